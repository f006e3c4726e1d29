/* ticks.h - the long ticks of a phase, and what took the time of each.
 *
 *   tick   |--------------------------------------------|
 *   events      [call ]      [sample]     [GIL]              as recorded
 *   charged [   call  ][     sample ][        GIL       ]    each from the end of the last one, the last to the end
 *
 * Shape   a tick is long when it took more than the threshold without the time that the machine ran something else, which is
 *         taken off the samples first and then off the rest. Ticks that reach out of the phase are cut at its ends.
 * Owner   the arena.   Order  by lane and number: of one loop, by time. */
#ifndef LOOPSAFE_VERIFY_TICKS_H
#define LOOPSAFE_VERIFY_TICKS_H

#include "runtime/area.h"
#include "verify/run.h"

typedef struct TickEvent {
    const ProbeRecord *record;
    StallKind kind;
    uint64_t charged_ns;
} TickEvent;

typedef struct Tick {
    uint64_t at_ns, for_ns; /* in the phase */
    uint64_t longest_ns;    /* of the whole tick, without the time that the machine ran something else */
    uint64_t blocked_ns, gil_ns, runqueue_ns; /* of for_ns */
    bool is_long;                             /* else it is only here for its runqueue_ns */
    TickEvent *events;
    size_t event_count;
} Tick;

typedef struct Ticks {
    Tick *items;
    size_t count;
} Ticks;

typedef struct TickSpan {
    uint64_t from_ns, to_ns;
    const uint64_t *open_ns; /* PROBE_LANES of them: start of the tick that had not ended at to_ns, or 0 */
    uint64_t stall_ns;
} TickSpan;

Ticks ticks_read(Arena *arena, const ProbeArea *area, const TickSpan *span);
/* Kind of stall that a record stands for; false: it stands for none. */
bool record_stall_kind(const ProbeRecord *record, StallKind *kind);

#endif
