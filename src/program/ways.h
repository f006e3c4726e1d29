/* ways.h - how the loop gets to what it runs: the shortest way from a root to every instance.
 *
 *   root ──step──▶ instance ──step──▶ instance      a root: a coroutine, or a function handed to a loop
 *
 * Shape   the searched instances in the order in which they were met, nearest first.
 * Owner   the arena handed in.   Order  of program_follow: the same for any number of threads. */
#ifndef LOOPSAFE_PROGRAM_WAYS_H
#define LOOPSAFE_PROGRAM_WAYS_H

#include "program/program.h"

/* How an instance is reached. */
typedef struct Way {
    const Instance *caller; /* NULL: it is a root */
    const Step *step;       /* of the caller */
    uint32_t hops;
    bool found;
} Way;

typedef struct Ways {
    Way *of; /* by Instance.index */
    const Instance **order;
    size_t count;
} Ways;

/* From everything on the loop; on_loop false: from the functions that are walked but run elsewhere. */
Ways ways_find(Arena *arena, const Program *program, bool on_loop);
/* From one instance, along calls that its own thread runs; coroutines of the project end a way. */
Ways ways_below(Arena *arena, const Program *program, const Instance *start);
/* The nearest instance of the function, or NULL. */
const Instance *ways_nearest(const Ways *ways, uint32_t function);
/* The step is a coroutine of the project: it reports what it does itself. */
bool step_reports_itself(const Program *program, const Step *step);

#endif
