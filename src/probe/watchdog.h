/* watchdog.h - a thread that looks at lanes whose tick has become long.
 *
 *   PROBE_MODE_FRAMES    asks the lane's thread by a signal, whose handler walks its own stack
 *   PROBE_MODE_WATCHDOG  takes the GIL and asks the interpreter (asker.h)
 *
 * Shape   asleep while no loop runs. The first tick then winds an alarm for the time when it would be long, and goes on: the
 *         watchdog wakes once a threshold at most, and an idle application costs nothing.
 * Errors  a thread that cannot be made: a notice, and computing is not sampled.
 * Threads any. */
#ifndef LOOPSAFE_PROBE_WATCHDOG_H
#define LOOPSAFE_PROBE_WATCHDOG_H

#include <stdbool.h>

/* Once; later calls do nothing. */
void watchdog_start(void);
/* A tick begins while the watchdog sleeps. */
void watchdog_wind(void);
/* Chooses a signal that nobody uses and sets its handler. False: all are taken. */
bool watchdog_signal(void);

#endif
