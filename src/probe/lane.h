/* lane.h - a thread that runs an event loop, and what it is doing.
 *
 *            lane_tick_begin                  lane_pause
 *     IDLE ─────────────────▶ RUNNING ◀───────────────────▶ CALLING
 *          ◀─────────────────    ▲        lane_resume*
 *            lane_tick_end       │ the handler has looked
 *                                ▼
 *                        RUNNING | SAMPLING      set by the watchdog, which then sends the signal
 *
 * Shape   a thread never leaves RUNNING while SAMPLING is set: it waits for the signal, so that no call of libc is ever
 *         interrupted by it.
 * Owner   lanes are part of the Probe; a thread keeps its lane until it has left its loop.
 * Errors  errno is left as it is.
 * Threads the lane's own thread, unless a function says otherwise. */
#ifndef LOOPSAFE_PROBE_LANE_H
#define LOOPSAFE_PROBE_LANE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "probe/call_name.h"
#include "probe/usage.h"

enum { LANE_FREE, LANE_IDLE, LANE_RUNNING, LANE_CALLING, LANE_STATES = 7, LANE_SAMPLING = 8 };

/* Loops whose epoll descriptor is not known: it is the first that they wait on, or they tell of their waits. */
enum { SELECTOR_UNKNOWN = -1, SELECTOR_TOLD = -2 };

/* A wait for the GIL, which the interpreter does in pieces of its switch interval. */
typedef struct GilWait {
    uint64_t at_ns, for_ns, end_ns; /* at_ns 0: none */
    uint32_t stack;
} GilWait;

typedef struct Lane {
    _Atomic uint32_t state;
    uint16_t number;
    uint16_t depth; /* loops inside loops */
    pid_t thread;
    unsigned long identity; /* as the interpreter numbers its threads */
    uint64_t thread_state;  /* the interpreter's */
    int selector;           /* its epoll descriptor, or one of SELECTOR_* */
    uint64_t entered_ns;
    /* The tick. Atomic because the watchdog reads them. */
    _Atomic uint64_t tick, tick_at_ns, blocked_ns, gil_ns;
    _Atomic uint64_t sampled_ns; /* of the time that it computed, what samples stand for */
    _Atomic uint64_t own_ns;     /* in which the probe wrote records: nobody computed */
    uint32_t sampled_stack;      /* the last sample's */
    uint64_t short_ns;           /* in calls too short for a record of their own */
    uint64_t calls;
    GilWait gil;
    /* The call in progress. */
    _Atomic uint64_t call_at_ns, call_number;
    _Atomic uint32_t waits_for_gil; /* it is no call but a wait for the GIL */
    _Atomic uint32_t
        wanted; /* the watchdog found it in a call: it shall look for itself when the call ends */
    /* What the watchdog saw while a call was in progress, of interpreters that are asked. */
    _Atomic uint64_t seen_call;
    _Atomic uint32_t seen_stack;
    Usage usage;      /* at some time before the tick */
    uint64_t idle_ns; /* in the selector since then */
    uint64_t waits;   /* calls, and waits for the GIL and in the selector, since then */
    uint64_t idle_at_ns;
    int usage_file;
    /* The watchdog's. */
    uint64_t looked_tick, looked_at_ns;
    uint32_t unanswered; /* signals in a row that did not arrive: the thread blocks them */
} Lane;

/* The thread's lane; NULL: it runs no loop. */
Lane *lane_own(void);
/* NULL: no lane is free. */
Lane *lane_enter(uint64_t thread_state, unsigned long identity, int selector);
void lane_leave(void);
/* In a child that was forked: no thread runs a loop. */
void lane_forget(void);

/* The loop goes into its selector, comes out of it. False: it is in the middle of something else. */
bool lane_tick_end(Lane *lane);
void lane_tick_begin(Lane *lane);

/* Before and after a call. NULL: the thread runs no loop, or is in a call already: nothing is timed. */
Lane *lane_pause(void);
Lane *lane_pause_gil(void);
void lane_resume(Lane *lane, ProbeCall call);
void lane_resume_gil(Lane *lane);
/* Goes on without noting anything. */
void lane_resume_silent(Lane *lane);

/* Asks the lane's thread where it is; by the watchdog. */
void lane_ask(Lane *lane);
/* The answer; by the handler of the signal. */
void lane_answer(Lane *lane);
/* A sample of a stack: all that was computed since the last one. assumed: nobody has looked. Any thread. */
void lane_sample(Lane *lane, uint32_t stack, uint64_t now_ns, bool assumed);

#endif
