/* durations.h - the longest wait of known length that a function comes to, through the calls it makes.
 *
 *   endpoint ──step──▶ helper ──step──▶ poll: time.sleep(5)
 *
 * Shape   a wait in an exception handler, or behind work that is done once, is none: most calls do not come to it.
 * Owner   nothing is kept; steps and observations are the instances'. */
#ifndef LOOPSAFE_PROGRAM_DURATIONS_H
#define LOOPSAFE_PROGRAM_DURATIONS_H

#include "program/program.h"

enum { DURATION_CALLS = 5 };

typedef struct Duration {
    const Observation *observation; /* of what waits; NULL: none was found */
    const Instance *instance;       /* that waits there */
    double seconds;
    double most_seconds; /* when none of its loops is left early */
    bool endless;
    bool is_job;                       /* it takes minutes of work */
    const Step *steps[DURATION_CALLS]; /* the calls that lead there */
    unsigned step_count;
} Duration;

/* The longest; one without an end is longer than any. blocking: of those that hold the thread, by what is certain;
 * else by what is possible. */
Duration duration_longest(const Program *program, const Instance *instance, bool blocking);

#endif
