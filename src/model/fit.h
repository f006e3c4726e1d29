/* fit.h - a program of the model out of what was measured of one endpoint.
 *
 * Shape   half of the CPU time of loop or thread before what is waited for, half behind it: one step would hold the loop for as
 *         long as both.
 * Owner   the arena. Pure. */
#ifndef LOOPSAFE_MODEL_FIT_H
#define LOOPSAFE_MODEL_FIT_H

#include "base/arena.h"
#include "base/str.h"

/* Of one request, on average; 0: none. */
typedef struct FitMeasured {
    double loop_cpu_ms;     /* of the loop's thread */
    double thread_cpu_ms;   /* of other threads */
    double process_cpu_ms;  /* of other processes */
    double loop_blocked_ms; /* in calls that wait, on the loop */
    double
        alone_ms; /* from question to answer when nothing else is under way: what is in none of the others was waited for,
                             * in a thread when there is a thread pool, else awaited */
    Str thread_pool; /* of the endpoint, a name of the model's pools; empty: it uses none */
    Str process_pool;
} FitMeasured;

Str fit_program(Arena *arena, const FitMeasured *measured);

#endif
