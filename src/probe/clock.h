/* clock.h - the time as loopsafe and the probe both read it.
 *
 * Shape   nanoseconds of CLOCK_MONOTONIC.
 * Threads any, also signal handlers. */
#ifndef LOOPSAFE_PROBE_CLOCK_H
#define LOOPSAFE_PROBE_CLOCK_H

#include <stdint.h>
#include <time.h>

enum { NS_A_US = 1000, NS_A_MS = 1000000, NS_A_SECOND = 1000000000 };

static inline uint64_t clock_read(clockid_t clock)
{
    struct timespec time;
    if (clock_gettime(clock, &time) != 0) return 0;
    return (uint64_t)time.tv_sec * NS_A_SECOND + (uint64_t)time.tv_nsec;
}

static inline uint64_t clock_now(void)
{
    return clock_read(CLOCK_MONOTONIC);
}

#endif
