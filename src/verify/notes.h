/* notes.h - what a reader must know to believe a run: on what it ran, and what stood in for what.
 *
 * Owner   texts live in the arena; notes_take ends the lists.
 * Order   as noted; a line that comes twice stands once. */
#ifndef LOOPSAFE_VERIFY_NOTES_H
#define LOOPSAFE_VERIFY_NOTES_H

#include "base/vec.h"
#include "runtime/host.h"
#include "runtime/outside.h"
#include "runtime/requests.h"
#include "verify/differences.h"

typedef VEC(Str) NoteList;

typedef struct Notes {
    Arena *arena;
    NoteList stand_ins, stubs, masks, notices;
} Notes;

/* Also dates the run and says on which machine it runs. */
void notes_begin(Notes *notes, Arena *arena, Run *run);
/* Interpreter, framework, server and loop; what the host and its probe have to say. */
void notes_host(Notes *notes, const Host *host, Run *run);
void notes_outside(Notes *notes, const Outside *outside);
void notes_masks(Notes *notes, const Differences *differences);
/* What was not asked, not copied, or led nowhere: a report that leaves it out would claim too much. */
void notes_left_out(Notes *notes, const Requests *requests, size_t files);
void notes_refused(Notes *notes, const ProbeArea *area);
/* Event loops beside the one that serves, and those that the probe cannot measure. */
void notes_loops(Notes *notes, const ProbeArea *area);
/* wanted: --env. */
void notes_preload(Notes *notes, const Str *wanted, size_t wanted_count);
void notes_add(Notes *notes, Str notice);
/* Hands the lines to the run. */
void notes_take(Notes *notes, Run *run);

#endif
