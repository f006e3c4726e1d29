#define _GNU_SOURCE
#include "runtime/area.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/limits.h"

#include "base/banned.h"

/* --- making it --- */

static uint64_t place(uint64_t *end, uint64_t entries, uint64_t entry_bytes)
{
    uint64_t at = (*end + 63) / 64 * 64;
    *end = at + entries * entry_bytes;
    return at;
}

static ProbeHeader lay_out(void)
{
    ProbeHeader header = {.magic = PROBE_MAGIC,
                          .version = PROBE_VERSION,
                          .record_capacity = LIMIT_PROBE_RECORDS,
                          .frame_capacity = LIMIT_PROBE_FRAMES,
                          .stack_capacity = LIMIT_PROBE_STACKS,
                          .text_capacity = LIMIT_PROBE_TEXTS};
    uint64_t end = sizeof header;
    header.records_at = place(&end, header.record_capacity, sizeof(ProbeRecord));
    header.frames_at = place(&end, header.frame_capacity, sizeof(ProbeFrame));
    header.stacks_at = place(&end, header.stack_capacity, sizeof(uint32_t));
    header.texts_at = place(&end, header.text_capacity, 1);
    header.size = end;
    return header;
}

bool probe_area_new(ProbeArea *area, Fail *fail)
{
    ProbeHeader header = lay_out();
    *area = (ProbeArea){.descriptor = memfd_create("loopsafe-probe", MFD_CLOEXEC), .size = header.size};
    if (area->descriptor < 0) return fail_at(fail, NULL, 0, "no memory for the probe: %s", strerror(errno));
    void *memory = MAP_FAILED;
    if (ftruncate(area->descriptor, (off_t)header.size) == 0)
        memory = mmap(NULL, area->size, PROT_READ | PROT_WRITE, MAP_SHARED, area->descriptor, 0);
    if (memory == MAP_FAILED) {
        fail_at(fail, NULL, 0, "no memory for the probe: %s", strerror(errno));
        close(area->descriptor);
        area->descriptor = -1;
        return false;
    }
    area->header = memory;
    *area->header = header;
    return true;
}

void probe_area_free(ProbeArea *area)
{
    if (area->header) munmap(area->header, area->size);
    if (area->header && area->descriptor >= 0) close(area->descriptor);
    *area = (ProbeArea){.descriptor = -1};
}

void probe_area_settings(ProbeArea *area, uint64_t stall_ns, uint64_t call_ns, uint64_t sample_ns)
{
    atomic_store(&area->header->stall_ns, stall_ns);
    atomic_store(&area->header->call_ns, call_ns);
    atomic_store(&area->header->sample_ns, sample_ns);
}

/* --- reading it: places come from lay_out, never from what the application may have written over --- */

static size_t at_most(uint32_t count, size_t capacity)
{
    return count < capacity ? count : capacity;
}

static const ProbeRecord *records(const ProbeArea *area)
{
    return (const ProbeRecord *)(const void *)((const char *)area->header + lay_out().records_at);
}

size_t probe_area_count(const ProbeArea *area)
{
    return at_most(atomic_load(&area->header->record_count), LIMIT_PROBE_RECORDS);
}

const ProbeRecord *probe_area_record(const ProbeArea *area, size_t index)
{
    return records(area) + index;
}

static const uint32_t *stacks(const ProbeArea *area)
{
    return (const uint32_t *)(const void *)((const char *)area->header + lay_out().stacks_at);
}

size_t probe_area_depth(const ProbeArea *area, uint32_t stack)
{
    if (!stack || stack >= LIMIT_PROBE_STACKS) return 0;
    return at_most(stacks(area)[stack], LIMIT_PROBE_STACKS - stack - 1);
}

ProbeFrame probe_area_frame(const ProbeArea *area, uint32_t stack, size_t depth)
{
    if (depth >= probe_area_depth(area, stack)) return (ProbeFrame){0};
    uint32_t frame = stacks(area)[stack + 1 + depth];
    if (frame >= LIMIT_PROBE_FRAMES) return (ProbeFrame){0};
    return ((const ProbeFrame *)(const void *)((const char *)area->header + lay_out().frames_at))[frame];
}

Str probe_area_text(const ProbeArea *area, uint32_t text)
{
    if (!text || text >= LIMIT_PROBE_TEXTS) return STR("");
    const char *start = (const char *)area->header + lay_out().texts_at + text;
    return (Str){start, strnlen(start, LIMIT_PROBE_TEXTS - text)};
}

void probe_area_open_ticks(const ProbeArea *area, uint64_t open_ns[PROBE_LANES])
{
    for (size_t i = 0; i < PROBE_LANES; i++)
        open_ns[i] = atomic_load(&area->header->tick_at_ns[i]);
}

size_t probe_area_notice_count(const ProbeArea *area)
{
    return at_most(atomic_load(&area->header->notice_count), PROBE_NOTICES);
}

Str probe_area_notice(const ProbeArea *area, size_t index)
{
    if (index >= probe_area_notice_count(area)) return STR("");
    const ProbeNotice *notice = &area->header->notices[index];
    if (!atomic_load(&notice->ready)) return STR("");
    return (Str){notice->text, strnlen(notice->text, PROBE_NOTICE_BYTES)};
}
