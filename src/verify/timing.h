/* timing.h - the timing pass: endpoints under load, in both trees, in turns.
 *
 *   closed loops  A B B A         drift of the machine cancels
 *   open loop         B A         at a rate that B bears, when both were seen
 *
 * Shape   where several applications live at once (stage.h) the turns are an endpoint's; else those of all endpoints together,
 *         so that applications change seldom. What was noisy, or looks slower, is asked
 *         again, in all turns.
 * Owner   the stage's arena. */
#ifndef LOOPSAFE_VERIFY_TIMING_H
#define LOOPSAFE_VERIFY_TIMING_H

#include "verify/endpoints.h"
#include "verify/match.h"

typedef struct Timing Timing;

typedef struct TimingResult {
    const RunLoad *loads; /* closed ones in the order of the plan, then the open one */
    size_t load_count;
    double probe_overhead; /* NAN: not measured */
} TimingResult;

/* wanted: a flag for each endpoint. What is seen goes into the match. */
Timing *timing_new(Stage *stage, const Endpoints *endpoints, const bool *wanted, Match *match);
/* All rounds that are missing: in a quick run one a tree. */
bool timing_rounds(Timing *timing, Fail *fail) __attribute__((warn_unused_result));
/* The first round of a tree on an application that runs already and is stopped afterwards. */
bool timing_adopt(Timing *timing, Tree tree, Host *host, Fail *fail) __attribute__((warn_unused_result));
/* Puts the cells into the endpoints and ends the timing. */
TimingResult timing_done(Timing *timing);

#endif
