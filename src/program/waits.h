/* waits.h - what awaiting a coroutine waits for: the network, a thread, a process; or only computes.
 *
 *   load_page ──await L12──▶ fetch ──await L40──▶ httpx.AsyncClient.get   [waits-network]
 *
 * Shape   for each kind of waiting (TRAIT_WAITS_…) the surest way an instance comes to wait so, and of several the one
 *         with the fewest calls. A way is read off step by step (Wait.next).
 * Owner   the program's arena.   Threads after waits_solve read-only. */
#ifndef LOOPSAFE_PROGRAM_WAITS_H
#define LOOPSAFE_PROGRAM_WAITS_H

#include "program/program.h"

enum { WAIT_KINDS = TRAIT_WAITS_OTHER + 1 };

/* Beside the bits of Trait in Instance.waits, Observation.waits and Awaited.waits. */
#define WAITS_UNKNOWN (1u << 31) /* it awaits something of which nothing is known */
/* Over an object that does one thing at a time and that it did not make itself: a database's, or another. */
#define WAITS_SHARED_DB (1u << 30)
#define WAITS_SHARED_OTHER (1u << 29)
#define WAITS_LONG (1u << 28) /* what it runs in a thread is known to wait, or to compute for long */
#define WAITS_SHARED (WAITS_SHARED_DB | WAITS_SHARED_OTHER)
/* What gains from running side by side, whoever else does the same. */
#define WAITS_APART                                                                                          \
    (TRAIT_BIT(TRAIT_WAITS_NETWORK) | TRAIT_BIT(TRAIT_WAITS_EXECUTOR) | TRAIT_BIT(TRAIT_WAITS_PROCESS))

typedef struct Wait {
    uint32_t hops;
    Confidence confidence;
    bool sometimes;                 /* only the first call does so, or only what it calls in some cases */
    const Step *step;               /* of the instance: calls what waits; NULL: it waits itself */
    const Observation *observation; /* of the instance: where it waits itself; NULL: see step */
    const struct Wait *next;        /* of what the step calls */
} Wait;

/* What one await of a function waits for, taken over the ways in which the function is called. */
typedef struct Awaited {
    uint32_t waits;           /* bits of Trait and of this file: in all cases */
    uint32_t sometimes;       /* in some */
    bool is_shared;           /* its receiver or an argument does one thing at a time */
    bool is_held;             /* a lock or a limiter is held around it */
    bool is_known;            /* something of what is called is known */
    Trait kind;               /* of what follows: the surest that gains from running apart, else of any */
    const Instance *instance; /* whose await it is; NULL: it waits for nothing that is known */
    const Step *step;         /* of the instance: the awaited call; NULL: it is of a library */
    const Wait *way;          /* of what the step calls; NULL without a step */
    const Observation *end;   /* the library's call that the way ends in */
    Confidence confidence;
} Awaited;

/* Fills Instance.waits and Instance.wait of everything that program_follow reached. */
void waits_solve(Program *program);
/* What is awaited in the span; the instances are of one function, in the unit. */
Awaited waits_at(const Program *program, const Unit *unit, Instance *const *instances, size_t count,
                 Span span);

#endif
