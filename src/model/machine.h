/* machine.h - processors, shared evenly by all that compute: with three on two processors each runs at two thirds.
 *
 *   work ──machine_start──▶ a mark, in what each that computes has done so far ──machine_next_ns──▶ when the first is reached
 *
 * Owner   zero it but for `processors` to begin; machine_free ends it.
 * Order   of marks reached at once the one that was set first. */
#ifndef LOOPSAFE_MODEL_MACHINE_H
#define LOOPSAFE_MODEL_MACHINE_H

#include "model/agenda.h"

typedef struct Machine {
    uint32_t processors;
    uint32_t busy;   /* how many compute */
    uint64_t now_ns; /* up to when `done` is reckoned */
    uint64_t done;   /* 64ths of a nanosecond that each one has computed which was there from the start */
    Agenda marks;
} Machine;

/* Reckons up to that time. */
void machine_go(Machine *machine, uint64_t now_ns);
/* One more computes; returns its mark. */
uint64_t machine_start(Machine *machine, uint64_t work_ns, uint32_t kind, uint32_t who, uint32_t turn);
/* One less computes; its mark stays and will be told though it no longer holds. */
void machine_stop(Machine *machine);
/* What is left of the work that ends at a mark. */
uint64_t machine_left_ns(const Machine *machine, uint64_t mark);
/* When the first mark is reached if nothing changes; UINT64_MAX: there is none. */
uint64_t machine_next_ns(const Machine *machine);
/* Takes that mark. */
AgendaEvent machine_take(Machine *machine);
void machine_free(Machine *machine);

#endif
