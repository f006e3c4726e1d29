/* closest.h - what somebody meant who mistyped a word. */
#ifndef LOOPSAFE_BASE_CLOSEST_H
#define LOOPSAFE_BASE_CLOSEST_H

#include "base/str.h"

typedef struct Closest {
    Str word;         /* as typed */
    const char *name; /* the nearest so far; NULL: none is near enough */
    size_t distance;
} Closest;

void closest_init(Closest *closest, Str word);
/* A candidate is near enough when at most a third of the word's letters is wrong, missing, too many or
 * swapped; of equally near ones the first stays. */
void closest_try(Closest *closest, const char *name);

#endif
