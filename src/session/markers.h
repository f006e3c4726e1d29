/* markers.h - the suppression comments of one file, applied to what the checks reported. */
#ifndef LOOPSAFE_SESSION_MARKERS_H
#define LOOPSAFE_SESSION_MARKERS_H

#include "checks/check.h"
#include "python/outline.h"
#include "source/suppress.h"

typedef struct Markers {
    Suppression *items;
    size_t count;
    Span *off_loop; /* lines of definitions that are marked off-loop */
    size_t off_loop_count;
} Markers;

Markers markers_read(Arena *arena, const Catalogue *catalogue, const Outline *outline, const Lines *lines);
/* Takes silenced reports out of the run; gives how many. */
size_t markers_apply(Markers *markers, CheckRun *run);
/* The marker that silences the report, or NULL. */
const Suppression *markers_find(const Markers *markers, const Report *report, const Lines *lines);
/* Reports markers that are malformed or silenced nothing. */
void markers_report(const Markers *markers, CheckRun *run);

#endif
