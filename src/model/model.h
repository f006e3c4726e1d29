/* model.h - an asyncio server as a queueing system, simulated by discrete events: a loop, thread pools, the GIL with its
 * switch interval, worker processes on a number of processors.
 *
 * Shape   what a request does is a program of steps, times in milliseconds:
 *             cpu 2.5          holds loop (or thread) and GIL
 *             block 100        holds the loop (or its thread), not the GIL
 *             await 100        holds nothing
 *             thread[NAME] { … }   runs in a thread of that pool
 *             process[NAME] 40     runs in a process of that pool
 *             gather { … | … }     all at once, until the last is done
 *         A thread does cpu and block alone. Steps follow each other, with or without a `;` between them. Processors are shared
 *         evenly by all that compute. All users of a closed loop without a pause begin at once; with one, think times are
 *         exponential. Counted is what was under way in the counted time; what is not finished at the end enters the latencies
 *         as "at least its age".
 * Owner   plain data and the arena.
 * Errors  a program or a file that cannot be read: a Fail with path, line and what was expected.
 * Order   the same seed gives the same numbers on every machine: times are whole numbers. */
#ifndef LOOPSAFE_MODEL_MODEL_H
#define LOOPSAFE_MODEL_MODEL_H

#include "base/arena.h"
#include "base/fail.h"
#include "base/str.h"
#include "load/histogram.h"

typedef struct ModelPool {
    Str name;
    uint32_t size;   /* threads, tokens or processes */
    bool last_first; /* wakes the waiter that came last, as old anyio does */
} ModelPool;

typedef struct ModelStep ModelStep; /* model_program.h */

typedef struct Model {
    const ModelStep *program;
    const ModelPool *pools;
    size_t pool_count;
    uint32_t workers;     /* server processes; users are spread over them */
    uint32_t processors;  /* of the machine */
    uint64_t switch_ns;   /* of the GIL; 5 ms */
    double spread;        /* every duration varies by that share, evenly */
    uint32_t users;       /* closed loop */
    uint64_t think_ns;    /* mean, exponential */
    double rate;          /* open loop when above 0: requests a second, Poisson */
    bool even;            /* open loop: evenly spaced instead, as the load driver asks */
    uint64_t warm_ns;     /* simulated at first, not counted */
    uint64_t duration_ns; /* simulated and counted */
    uint64_t grace_ns;    /* simulated behind that at most, until what was begun in it is finished */
    uint64_t seed;
    uint64_t event_limit; /* 0: LIMIT_MODEL_EVENTS */
} Model;

typedef struct Prediction {
    Histogram latency; /* microseconds */
    double per_second;
    uint64_t finished;         /* in the counted time */
    uint64_t unfinished;       /* begun in it or before, and not finished when the simulation ended */
    uint64_t longest_stall_ns; /* of one step on the loop */
    double stall_share;        /* of the loop's time in steps longer than 5 ms */
    uint64_t events;           /* what it cost */
} Prediction;

/* program: the text above; pools: its names are looked up there. line1: where the program stands in the file of that path. */
bool model_program(Arena *arena, Str text, const char *path, size_t line1, const ModelPool *pools,
                   size_t pool_count, const ModelStep **program, Fail *fail)
    __attribute__((warn_unused_result));
/* False and a Fail when a limit is reached (LIMIT_MODEL_EVENTS, LIMIT_MODEL_TASKS). */
bool model_run(const Model *model, Prediction *prediction, Fail *fail) __attribute__((warn_unused_result));

#endif
