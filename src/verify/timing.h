/* timing.h - the timing pass: endpoints under load, in both trees, in turns.
 *
 *   closed loops  A B B A         drift of the machine cancels
 *   open loop         B A         at a rate that B bears, when both were seen
 *
 * Shape   a cell a (endpoint, tree, load). An application serves one endpoint after the other and is replaced when it has
 *         left requests behind.
 * Owner   the stage's arena. */
#ifndef LOOPSAFE_VERIFY_TIMING_H
#define LOOPSAFE_VERIFY_TIMING_H

#include "verify/endpoints.h"
#include "verify/match.h"

typedef struct Timing Timing;

typedef struct TimingResult {
    const RunLoad *loads; /* closed ones in the order of the plan, then the open one */
    size_t load_count;
    double noise;          /* largest deviation of the p50 between rounds of A, as a share */
    double probe_overhead; /* NAN: not measured */
} TimingResult;

/* wanted: a flag for each endpoint. What is seen goes into the match. */
Timing *timing_new(Stage *stage, const Endpoints *endpoints, const bool *wanted, Match *match);
/* All rounds; in a quick run those that are missing: one a tree. */
bool timing_rounds(Timing *timing, Fail *fail) __attribute__((warn_unused_result));
/* That round of a quick run on an application that runs already and is stopped afterwards. */
bool timing_adopt(Timing *timing, Tree tree, Host *host, Fail *fail) __attribute__((warn_unused_result));
/* Puts the cells into the endpoints and ends the timing. */
TimingResult timing_done(Timing *timing);

#endif
