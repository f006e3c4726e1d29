/* remains.h - what is left in B of the stall that a finding of A is about.
 *
 *   at its lines        stalls where the finding, or the code that took its place, stands
 *   moved               stalls on the way of which is a function that was changed, at places of the project where A has
 *                       none, on the same endpoint: what a server or a middleware does for each request is none of them
 *                       and calls that block B where A's, a request, waited less than a tenth, on a way that A's stall took:
 *                       what held a lock for no time, as nobody else could run, now holds it over an await
 *   the GIL             what B waits for it beyond A: the work went to a thread and still holds the loop up; findings
 *                       whose work went there share it as they computed in A
 *
 * Shape   measured twice, as a share of the time and a request: a loop that answers a hundred times as many requests is busy
 *         for another reason. Other findings' stalls, fixed or not, are theirs. */
#ifndef LOOPSAFE_VERIFY_REMAINS_H
#define LOOPSAFE_VERIFY_REMAINS_H

#include "verify/run.h"

typedef enum RemainsKind { REMAINS_NOTHING, REMAINS_AT_LINES, REMAINS_MOVED, REMAINS_GIL } RemainsKind;

typedef struct Remains {
    double
        ratio; /* of what A stalled there, the part that B still stalls; the smaller one of both measures */
    double before_per_request_ns; /* in A, at the lines */
    double per_request_ns;        /* in B, what remains at the lines or was moved */
    bool
        was_stalled; /* A stalled there under load, for longer than the threshold and a good part of the time */
    bool
        still_blocks; /* a call longer than the threshold is still made at the lines, more than by accident */
    RemainsKind kind; /* what most of it is */
    const RunStall *stall; /* the one that takes most of it; NULL: none */
    double gil_share;      /* of all that B's loop stands still on these endpoints */
} Remains;

Remains remains_of(const Run *run, size_t finding);

#endif
