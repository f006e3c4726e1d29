/* probe.h - all that the probe knows, inside the application's process.
 *
 *   loopsafe_probe.py ─ arm, check, mode ─▶ Probe          probe.c
 *                     ─ enter, leave ─────▶ Lane           lane.c      a thread that runs a loop
 *   selector.c, calls_*.c (interposed) ───▶ Lane           ticks, calls
 *   watchdog.c ─ signal ─▶ sample.c ──────▶ Lane           where a loop computes
 *   walk.c, store.c ◀── all of these                       stacks and records in the shared memory
 *
 * Shape   one static struct: a library that is loaded in front of others has no other place for what its functions, which
 *         have the signatures of libc, must find. Beside it one pointer a thread: the thread's lane.
 * Errors  never the application's: what cannot be done is left out, and `notice` of the shared memory says so. */
#ifndef LOOPSAFE_PROBE_PROBE_H
#define LOOPSAFE_PROBE_PROBE_H

#include <sys/types.h>
#include <time.h>

#include "probe/lane.h"
#include "probe/layout.h"
#include "probe/record.h"
#include "probe/store.h"

#define PROBE_EXPORT __attribute__((visibility("default")))

typedef struct Probe {
    ProbeHeader *area; /* NULL: not armed, or a child that was forked */
    pid_t pid;
    Layout layout;
    uint64_t code_type;                           /* the type object of code objects */
    uintptr_t interpreter_start, interpreter_end; /* its code: who waits in there waits for the GIL */
    int signal;                                   /* asks a lane's thread where it is; 0: none is free */
    Store store;
    Lane lanes[PROBE_LANES];
    timer_t watchdog_timer;
    _Atomic uint32_t watchdog_parked; /* it sleeps until its timer is wound */
    _Atomic uint32_t watchdog_started;
} Probe;

extern Probe probe;

/* A line for the user; one that was said already is not said again. Any thread. */
void probe_notice(const char *text);

#endif
