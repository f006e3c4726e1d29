/* clock.h - the time that everything measured is told in. */
#ifndef LOOPSAFE_BASE_CLOCK_H
#define LOOPSAFE_BASE_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC in nanoseconds. */
uint64_t clock_now_ns(void);

#endif
