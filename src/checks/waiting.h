/* waiting.h - what the checks of awaits ask of each await: is there something to gain, is there something against it.
 *
 * Owner   texts: the results arena of the run. */
#ifndef LOOPSAFE_CHECKS_WAITING_H
#define LOOPSAFE_CHECKS_WAITING_H

#include "checks/check.h"
#include "program/sequence.h"
#include "program/waits.h"

/* A function whose statements are reported, and the ways in which it is called. */
typedef struct Waiter {
    const FunctionInfo *info;
    uint32_t function;
    Instance *const *instances;
    size_t count;
    Sequences found;
} Waiter;

typedef struct Waiting {
    Awaited awaited;
    NodeId await;
    Str name;      /* of what is called, as a reader would name it */
    bool recurses; /* it calls the function that it stands in */
    bool brief;    /* … in a thread, and it is not known for how long */
    bool proven;   /* it waits for something that others do not slow down */
    bool idle;     /* it waits for nothing, or for time, a lock, another task; or with a lock held */
    bool effect;   /* its name says that it changes something */
    bool ordered;  /* its name says that others have to wait for it, or it for them */
} Waiting;

/* Calls `look` for each function of the unit that has sequences or repetitions. */
void waiting_each(CheckRun *run, void (*look)(CheckRun *run, const Waiter *waiter));
Waiting waiting_of(CheckRun *run, const Waiter *waiter, NodeId await);
/* Both use something that does one thing at a time. */
bool waiting_conflicts(const Waiting *left, const Waiting *right);
/* "the network", "a thread or a process of a pool" … */
const char *waiting_kind(Trait kind);
/* Of what is done once, SEVERITY_INFO; else the given one. */
Severity waiting_severity(const CheckRun *run, const Waiter *waiter, Severity severity);

#endif
