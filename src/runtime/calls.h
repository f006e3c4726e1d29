/* calls.h - calls to the outside that are being collected, from several sources. */
#ifndef LOOPSAFE_RUNTIME_CALLS_H
#define LOOPSAFE_RUNTIME_CALLS_H

#include "base/vec.h"
#include "runtime/outside.h"

typedef struct Calls {
    Arena *arena; /* texts */
    VEC(OutsideCall) items;
} Calls;

/* In the order of their times; of equal ones the one that was added first. */
void calls_sort(Calls *calls);

#endif
