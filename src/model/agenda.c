#include "model/agenda.h"

#include <stdbool.h>

#include "base/banned.h"

enum { CHILDREN = 4 };

static bool is_before(const AgendaEvent *left, const AgendaEvent *right)
{
    return left->at != right->at ? left->at < right->at : left->order < right->order;
}

void agenda_add(Agenda *agenda, uint64_t at, uint32_t kind, uint32_t who, uint32_t turn)
{
    AgendaEvent event = {at, agenda->added++, kind, who, turn};
    vec_add(&agenda->events, event);
    AgendaEvent *events = agenda->events.items;
    size_t place = agenda->events.count - 1;
    for (size_t parent; place && is_before(&event, &events[parent = (place - 1) / CHILDREN]); place = parent)
        events[place] = events[parent];
    events[place] = event;
}

const AgendaEvent *agenda_first(const Agenda *agenda)
{
    return agenda->events.count ? agenda->events.items : NULL;
}

/* The earliest below a place; the place itself when there is none. */
static size_t earliest_child(const Agenda *agenda, size_t place)
{
    size_t first = place * CHILDREN + 1, end = first + CHILDREN;
    if (first >= agenda->events.count) return place;
    if (end > agenda->events.count) end = agenda->events.count;
    size_t earliest = first;
    for (size_t child = first + 1; child < end; child++)
        if (is_before(&agenda->events.items[child], &agenda->events.items[earliest])) earliest = child;
    return earliest;
}

AgendaEvent agenda_take(Agenda *agenda)
{
    AgendaEvent *events = agenda->events.items;
    AgendaEvent first = events[0], last = events[--agenda->events.count];
    size_t place = 0, child;
    while ((child = earliest_child(agenda, place)) != place && is_before(&events[child], &last)) {
        events[place] = events[child];
        place = child;
    }
    events[place] = last;
    return first;
}

void agenda_free(Agenda *agenda)
{
    vec_free(&agenda->events);
}
