/* differences.h - what was found to differ between A and B, and what A itself does not hold still and so was left out.
 *
 * Shape   of one request at most LIMIT_RUN_DIFFERENCES differences, the last of which says how many more there are; masks
 *         are lines, each once: "GET /orders: body $.items[*].id".
 * Owner   texts live in the arena; differences_free ends the lists.
 * Order   as found. */
#ifndef LOOPSAFE_VERIFY_DIFFERENCES_H
#define LOOPSAFE_VERIFY_DIFFERENCES_H

#include "base/buf.h"
#include "base/vec.h"
#include "verify/run.h"

typedef struct Differences {
    Arena *arena;
    Str request; /* the one that is compared */
    VEC(RunDifference) items;
    VEC(Str) masks;
    size_t first;    /* of the request */
    size_t left_out; /* differences of the request that are not listed */
    size_t masks_left_out;
} Differences;

void differences_init(Differences *differences, Arena *arena);
void differences_free(Differences *differences);
/* What is added from now on is about that request: "GET /orders/1". */
void differences_begin(Differences *differences, Str request);
/* Values are cut to one short line. */
void differences_add(Differences *differences, Str what, Str before, Str after);
/* Something that differs between two runs of A. */
void differences_mask(Differences *differences, Str what);
/* Of the request that was begun last. */
size_t differences_count(const Differences *differences);
/* All of them, copied into the arena. */
const RunDifference *differences_list(const Differences *differences, size_t *count);
const Str *differences_masks(const Differences *differences, size_t *count);

#endif
