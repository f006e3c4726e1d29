/* agenda.h - what happens when: a heap of events, the earliest on top.
 *
 * Owner   zero it to begin; agenda_free ends it.   Order  of equal times the one that was added first. */
#ifndef LOOPSAFE_MODEL_AGENDA_H
#define LOOPSAFE_MODEL_AGENDA_H

#include <stdint.h>

#include "base/vec.h"

typedef struct AgendaEvent {
    uint64_t at, order;
    uint32_t kind, who;
    uint32_t turn; /* for the one who added it, to know an event that no longer holds */
} AgendaEvent;

typedef struct Agenda {
    VEC(AgendaEvent) events; /* four children each */
    uint64_t added;
} Agenda;

void agenda_add(Agenda *agenda, uint64_t at, uint32_t kind, uint32_t who, uint32_t turn);
/* The earliest; NULL: there is none. */
const AgendaEvent *agenda_first(const Agenda *agenda);
/* Removes the earliest, which there must be. */
AgendaEvent agenda_take(Agenda *agenda);
void agenda_free(Agenda *agenda);

#endif
