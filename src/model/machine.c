#include "model/machine.h"

#include "base/banned.h"

enum { PARTS = 64 }; /* of a nanosecond */

void machine_go(Machine *machine, uint64_t now_ns)
{
    uint64_t parts = (now_ns - machine->now_ns) * PARTS;
    machine->done +=
        machine->busy > machine->processors ? parts * machine->processors / machine->busy : parts;
    machine->now_ns = now_ns;
}

uint64_t machine_start(Machine *machine, uint64_t work_ns, uint32_t kind, uint32_t who, uint32_t turn)
{
    uint64_t mark = machine->done + work_ns * PARTS;
    machine->busy++;
    agenda_add(&machine->marks, mark, kind, who, turn);
    return mark;
}

void machine_stop(Machine *machine)
{
    machine->busy--;
}

uint64_t machine_left_ns(const Machine *machine, uint64_t mark)
{
    return mark > machine->done ? (mark - machine->done) / PARTS : 0;
}

/* How long it takes until each has done that much, both in parts of a nanosecond. Rounded up, so that the mark is reached then. */
static uint64_t parts_until(const Machine *machine, uint64_t parts)
{
    uint64_t busy = machine->busy, processors = machine->processors;
    if (busy <= processors) return parts;
    if (parts / processors >= UINT64_MAX / 4 / busy) return UINT64_MAX / 4; /* years */
    return parts / processors * busy + (parts % processors * busy + processors - 1) / processors;
}

uint64_t machine_next_ns(const Machine *machine)
{
    const AgendaEvent *first = agenda_first(&machine->marks);
    if (!first) return UINT64_MAX;
    if (first->at <= machine->done) return machine->now_ns;
    return machine->now_ns + (parts_until(machine, first->at - machine->done) + PARTS - 1) / PARTS;
}

AgendaEvent machine_take(Machine *machine)
{
    return agenda_take(&machine->marks);
}

void machine_free(Machine *machine)
{
    agenda_free(&machine->marks);
}
