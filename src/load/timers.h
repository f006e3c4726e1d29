/* timers.h - who is due when: a heap of (time, number), the earliest on top.
 *
 * Owner   zero it to begin; timers_free ends it.   Order  of equal times the lower number first. */
#ifndef LOOPSAFE_LOAD_TIMERS_H
#define LOOPSAFE_LOAD_TIMERS_H

#include <stdint.h>

#include "base/vec.h"

typedef struct Timer {
    uint64_t at_ns;
    size_t number;
} Timer;

typedef VEC(Timer) Timers;

void timers_add(Timers *timers, uint64_t at_ns, size_t number);
/* The earliest, removed; there must be one. */
Timer timers_take(Timers *timers);
void timers_free(Timers *timers);

#endif
