#include "load/timers.h"

#include <stdbool.h>

#include "base/banned.h"

static bool is_before(Timer left, Timer right)
{
    return left.at_ns != right.at_ns ? left.at_ns < right.at_ns : left.number < right.number;
}

void timers_add(Timers *timers, uint64_t at_ns, size_t number)
{
    Timer timer = {at_ns, number};
    vec_add(timers, timer);
    size_t place = timers->count - 1;
    while (place && is_before(timer, timers->items[(place - 1) / 2])) {
        timers->items[place] = timers->items[(place - 1) / 2];
        place = (place - 1) / 2;
    }
    timers->items[place] = timer;
}

/* The earlier of the two below a place; the place itself when there is none. */
static size_t earlier_child(const Timers *timers, size_t place)
{
    size_t child = 2 * place + 1;
    if (child >= timers->count) return place;
    return child + 1 < timers->count && is_before(timers->items[child + 1], timers->items[child]) ? child + 1
                                                                                                  : child;
}

Timer timers_take(Timers *timers)
{
    Timer first = timers->items[0], last = timers->items[--timers->count];
    size_t place = 0, child;
    while ((child = earlier_child(timers, place)) != place && is_before(timers->items[child], last)) {
        timers->items[place] = timers->items[child];
        place = child;
    }
    timers->items[place] = last;
    return first;
}

void timers_free(Timers *timers)
{
    vec_free(timers);
}
