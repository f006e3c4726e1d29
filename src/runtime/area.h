/* area.h - the memory that the probe writes (probe/record.h), seen from loopsafe's side.
 *
 * Owner   probe_area_free unmaps it and closes the descriptor.
 * Errors  no memory, no descriptor: a Fail. What a damaged application wrote is checked: a record, stack or text outside
 *         its area reads as unknown, never as memory of somebody else.
 * Threads read while the application writes. */
#ifndef LOOPSAFE_RUNTIME_AREA_H
#define LOOPSAFE_RUNTIME_AREA_H

#include "base/fail.h"
#include "base/str.h"
#include "probe/record.h"

typedef struct ProbeArea {
    int descriptor; /* is handed to the application under the same number */
    ProbeHeader *header;
    size_t size;
} ProbeArea;

bool probe_area_new(ProbeArea *area, Fail *fail) __attribute__((warn_unused_result));
void probe_area_free(ProbeArea *area);
void probe_area_settings(ProbeArea *area, uint64_t stall_ns, uint64_t call_ns, uint64_t sample_ns);
/* Records begun; one of kind PROBE_EMPTY is still being written. */
size_t probe_area_count(const ProbeArea *area);
const ProbeRecord *probe_area_record(const ProbeArea *area, size_t index);
/* Frames of a stack, innermost first; 0: unknown. */
size_t probe_area_depth(const ProbeArea *area, uint32_t stack);
ProbeFrame probe_area_frame(const ProbeArea *area, uint32_t stack, size_t depth);
Str probe_area_text(const ProbeArea *area, uint32_t text);
/* Of each lane the start of the tick that has not ended yet; 0: its loop waits for something to do, or has ended. */
void probe_area_open_ticks(const ProbeArea *area, uint64_t open_ns[PROBE_LANES]);
/* Lines that the probe has for the user; one that is still being written is empty. */
size_t probe_area_notice_count(const ProbeArea *area);
Str probe_area_notice(const ProbeArea *area, size_t index);

#endif
