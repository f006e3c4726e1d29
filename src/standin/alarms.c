#include "standin/alarms.h"

#include "base/banned.h"

void alarms_add(Alarms *alarms, Alarm timer)
{
    vec_add(&alarms->items, timer);
    size_t place = alarms->items.count - 1;
    while (place && alarms->items.items[(place - 1) / 2].due_ns > timer.due_ns) {
        alarms->items.items[place] = alarms->items.items[(place - 1) / 2];
        place = (place - 1) / 2;
    }
    alarms->items.items[place] = timer;
}

static size_t earlier_child(const Alarms *alarms, size_t place)
{
    size_t child = 2 * place + 1;
    bool right = child + 1 < alarms->items.count &&
                 alarms->items.items[child + 1].due_ns < alarms->items.items[child].due_ns;
    return right ? child + 1 : child;
}

/* Lets the last timer sink from the top. */
static void close_gap(Alarms *alarms)
{
    Alarm last = alarms->items.items[--alarms->items.count];
    size_t place = 0, child = earlier_child(alarms, 0);
    while (child < alarms->items.count && alarms->items.items[child].due_ns < last.due_ns) {
        alarms->items.items[place] = alarms->items.items[child];
        place = child;
        child = earlier_child(alarms, place);
    }
    alarms->items.items[place] = last;
}

bool alarms_take(Alarms *alarms, uint64_t now_ns, Alarm *timer)
{
    if (!alarms->items.count || alarms->items.items[0].due_ns > now_ns) return false;
    *timer = alarms->items.items[0];
    close_gap(alarms);
    return true;
}

uint64_t alarms_next(const Alarms *alarms, uint64_t now_ns)
{
    if (!alarms->items.count) return UINT64_MAX;
    uint64_t due = alarms->items.items[0].due_ns;
    return due > now_ns ? due - now_ns : 0;
}

void alarms_free(Alarms *alarms)
{
    vec_free(&alarms->items);
}
