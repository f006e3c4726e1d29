#include "cli/counters.h"

#include "base/banned.h"

typedef struct CounterRow {
    const char *name;
    size_t offset;
} CounterRow;

#define COUNTER(field) .name = #field, .offset = offsetof(Counters, field)

/* clang-format off */
static const CounterRow rows[] = {
    {COUNTER(files_found)},
    {COUNTER(files_read)},
    {COUNTER(files_unread)},
    {COUNTER(files_outlined)},
    {COUNTER(files_skipped)},
    {COUNTER(bytes_read)},
    {COUNTER(bytes_outlined)},
    {COUNTER(bytes_parsed)},
    {COUNTER(nodes)},
    {COUNTER(rounds)},
    {COUNTER(modules_loaded)},
    {COUNTER(modules_installed)},
    {COUNTER(instances)},
    {COUNTER(functions_on_loop)},
    {COUNTER(instances_in_threads)},
    {COUNTER(observations)},
    {COUNTER(loops_counted)},
    {COUNTER(calls_resolved)},
    {COUNTER(calls_unresolved)},
    {COUNTER(damaged_regions)},
    {COUNTER(limits_reached)},
    {COUNTER(arena_bytes)},
    {COUNTER(files_from_cache)},
    {COUNTER(result_from_cache)},
};
/* clang-format on */

_Static_assert(sizeof rows / sizeof rows[0] == sizeof(Counters) / sizeof(size_t), "a counter is not printed");

void counters_add(Buf *buf, const Counters *counters)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const size_t *value = (const size_t *)(const void *)((const char *)counters + rows[i].offset);
        buf_format(buf, "%-20s %zu\n", rows[i].name, *value);
    }
}
