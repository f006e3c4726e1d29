/* alarms.h - what is to happen when: the earliest first.
 *
 * Shape   a heap; of equal times any order. A timer whose subject is gone is told apart by the generation.
 * Owner   alarms_free. */
#ifndef LOOPSAFE_STANDIN_ALARMS_H
#define LOOPSAFE_STANDIN_ALARMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/vec.h"

typedef struct Alarm {
    uint64_t due_ns; /* CLOCK_MONOTONIC */
    uint32_t subject, generation;
} Alarm;

typedef struct Alarms {
    VEC(Alarm) items;
} Alarms;

void alarms_add(Alarms *alarms, Alarm timer);
/* False: none is due by then. */
bool alarms_take(Alarms *alarms, uint64_t now_ns, Alarm *timer);
/* Nanoseconds until the next is due; UINT64_MAX: there is none. */
uint64_t alarms_next(const Alarms *alarms, uint64_t now_ns);
void alarms_free(Alarms *alarms);

#endif
