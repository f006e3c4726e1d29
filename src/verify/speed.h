/* speed.h - whether B answers later than A, and whether the numbers are quiet enough to say so.
 *
 *   the closed loop with the fewest users: p50     every open loop: p99
 *
 * Shape   slower is more than 10 % and more than the noise, and more than a clock can tell. A noisy run is only too noisy to
 *         judge where the noise could turn the verdict. */
#ifndef LOOPSAFE_VERIFY_SPEED_H
#define LOOPSAFE_VERIFY_SPEED_H

#include "verify/run.h"

typedef enum SpeedKind { SPEED_SAME, SPEED_NOISY, SPEED_SLOWER } SpeedKind;

typedef struct Speed {
    SpeedKind kind;
    size_t load;
    double percent; /* the percentile that is worst */
    uint64_t before_us, after_us;
    double noise; /* as a share */
} Speed;

Speed speed_of(const Run *run, const RunEndpoint *endpoint);
/* An application that refuses more than it answers times few requests, and which ones is chance: not compared. */
bool speed_is_refused(const RunCell *before, const RunCell *after);
/* One load's percentile. */
Speed speed_under(const RunEndpoint *endpoint, size_t load, double percent);
/* How much sooner B answers: 1 - B/A of p50 under the load where it gains most, less the noise; 0: nowhere. */
Speed speed_gain(const Run *run, const RunEndpoint *endpoint, double *gain);
/* Some cell of the endpoint differs too much from itself to tell small changes. */
bool speed_is_noisy(const RunEndpoint *endpoint);

#endif
