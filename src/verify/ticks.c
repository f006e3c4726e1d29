#include "verify/ticks.h"

#include <stdlib.h>

#include "base/vec.h"
#include "base/banned.h"

typedef struct Reading {
    Arena *arena;
    const TickSpan *span;
    VEC(const ProbeRecord *) ticks, events; /* sorted by lane, number, end */
    VEC(Tick) found;
} Reading;

/* --- records --- */

static ProbeKind kind_of(const ProbeRecord *record)
{
    return (ProbeKind)atomic_load_explicit(&record->kind, memory_order_acquire);
}

bool record_stall_kind(const ProbeRecord *record, StallKind *kind)
{
    switch (kind_of(record)) {
    case PROBE_CALL:
        *kind = STALL_BLOCKED;
        return true;
    case PROBE_SAMPLE:
        *kind = STALL_CPU;
        return true;
    case PROBE_GIL:
        *kind = STALL_GIL;
        return true;
    default:
        return false;
    }
}

static uint64_t end_of(const ProbeRecord *record)
{
    uint64_t end = record->at_ns + record->for_ns;
    return end < record->at_ns ? UINT64_MAX : end;
}

static int compare_numbers(uint64_t left, uint64_t right)
{
    return (left > right) - (left < right);
}

static int compare_places(const ProbeRecord *left, const ProbeRecord *right)
{
    int by_lane = compare_numbers(left->lane, right->lane);
    return by_lane ? by_lane : compare_numbers(left->tick, right->tick);
}

static int compare_records(const void *left, const void *right)
{
    const ProbeRecord *one = *(const ProbeRecord *const *)left, *other = *(const ProbeRecord *const *)right;
    int by_place = compare_places(one, other);
    if (by_place) return by_place;
    int by_end = compare_numbers(end_of(one), end_of(other));
    return by_end ? by_end : compare_numbers(one->at_ns, other->at_ns);
}

static void collect(Reading *reading, const ProbeArea *area)
{
    StallKind kind;
    size_t count = probe_area_count(area);
    for (size_t i = 0; i < count; i++) {
        const ProbeRecord *record = probe_area_record(area, i);
        if (record->at_ns >= reading->span->to_ns || end_of(record) <= reading->span->from_ns) continue;
        if (kind_of(record) == PROBE_TICK)
            vec_add(&reading->ticks, record);
        else if (record_stall_kind(record, &kind))
            vec_add(&reading->events, record);
    }
    if (reading->ticks.count)
        qsort(reading->ticks.items, reading->ticks.count, sizeof *reading->ticks.items, compare_records);
    if (reading->events.count)
        qsort(reading->events.items, reading->events.count, sizeof *reading->events.items, compare_records);
}

/* The first event of that tick or of one behind it. */
static size_t first_event(const Reading *reading, const ProbeRecord *tick)
{
    size_t low = 0, high = reading->events.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_places(reading->events.items[middle], tick) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* --- what took the time --- */

static uint64_t cut(const Reading *reading, uint64_t at_ns)
{
    if (at_ns < reading->span->from_ns) return reading->span->from_ns;
    return at_ns > reading->span->to_ns ? reading->span->to_ns : at_ns;
}

static void charge(const Reading *reading, Tick *tick)
{
    uint64_t at = tick->at_ns, end = tick->at_ns + tick->for_ns;
    for (size_t i = 0; i < tick->event_count; i++) {
        uint64_t until = cut(reading, end_of(tick->events[i].record));
        if (until > end || i + 1 == tick->event_count) until = end;
        if (until <= at) continue;
        tick->events[i].charged_ns = until - at;
        at = until;
    }
}

/* Takes the time off the events of a kind, each by its share; gives what is left of it. */
static uint64_t take_off(Tick *tick, StallKind kind, uint64_t time_ns)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < tick->event_count; i++)
        if (tick->events[i].kind == kind) sum += tick->events[i].charged_ns;
    uint64_t taken = time_ns < sum ? time_ns : sum;
    for (size_t i = 0; i < tick->event_count && sum; i++)
        if (tick->events[i].kind == kind)
            tick->events[i].charged_ns -=
                (uint64_t)((double)tick->events[i].charged_ns * ((double)taken / (double)sum));
    return time_ns - taken;
}

static void add_events(const Reading *reading, const ProbeRecord *record, Tick *tick)
{
    size_t first = first_event(reading, record), end = first;
    while (end < reading->events.count && !compare_places(reading->events.items[end], record))
        end++;
    tick->event_count = end - first;
    tick->events = arena_array(reading->arena, tick->event_count, sizeof *tick->events);
    for (size_t i = 0; i < tick->event_count; i++) {
        tick->events[i].record = reading->events.items[first + i];
        record_stall_kind(tick->events[i].record, &tick->events[i].kind);
    }
    charge(reading, tick);
    uint64_t left = take_off(tick, STALL_CPU, tick->runqueue_ns);
    take_off(tick, STALL_BLOCKED, take_off(tick, STALL_GIL, left));
}

/* --- ticks --- */

static uint64_t part_of(uint32_t microseconds, double share, uint64_t most)
{
    uint64_t part = (uint64_t)(microseconds * 1000.0 * share);
    return part < most ? part : most;
}

static Tick tick_of(const Reading *reading, const ProbeRecord *record)
{
    uint64_t start = cut(reading, record->at_ns), whole = record->for_ns;
    uint64_t machine = part_of(record->runqueue_us, 1, whole);
    Tick tick = {
        .at_ns = start, .for_ns = cut(reading, end_of(record)) - start, .longest_ns = whole - machine};
    double share = whole ? (double)tick.for_ns / (double)whole : 0;
    uint64_t left = tick.for_ns;
    tick.runqueue_ns = part_of(record->runqueue_us, share, left);
    tick.blocked_ns = part_of(record->blocked_us, share, left -= tick.runqueue_ns);
    tick.gil_ns = part_of(record->gil_us, share, left - tick.blocked_ns);
    tick.is_long = tick.longest_ns > reading->span->stall_ns;
    return tick;
}

static void add_tick(Reading *reading, const ProbeRecord *record)
{
    Tick tick = tick_of(reading, record);
    if (tick.is_long) add_events(reading, record, &tick);
    vec_add(&reading->found, tick);
}

/* --- the tick that had not ended --- */

static bool has_ended(const Reading *reading, const ProbeRecord *tick)
{
    for (size_t i = 0; i < reading->ticks.count; i++)
        if (!compare_places(reading->ticks.items[i], tick)) return true;
    return false;
}

/* The number of the tick that began then: that of its events. */
static uint64_t open_number(const Reading *reading, uint16_t lane, uint64_t since_ns)
{
    uint64_t number = UINT64_MAX;
    for (size_t i = 0; i < reading->events.count; i++) {
        const ProbeRecord *event = reading->events.items[i];
        if (event->lane == lane && event->at_ns >= since_ns) number = event->tick;
    }
    return number;
}

static void sum_events(const Reading *reading, ProbeRecord *tick)
{
    uint64_t sums[STALL_KINDS] = {0};
    StallKind kind;
    for (size_t i = first_event(reading, tick); i < reading->events.count; i++) {
        const ProbeRecord *event = reading->events.items[i];
        if (compare_places(event, tick)) break;
        if (record_stall_kind(event, &kind)) sums[kind] += event->for_ns / 1000;
    }
    tick->blocked_us = sums[STALL_BLOCKED] < UINT32_MAX ? (uint32_t)sums[STALL_BLOCKED] : UINT32_MAX;
    tick->gil_us = sums[STALL_GIL] < UINT32_MAX ? (uint32_t)sums[STALL_GIL] : UINT32_MAX;
}

static void add_open_tick(Reading *reading, uint16_t lane)
{
    uint64_t since = reading->span->open_ns[lane], end = reading->span->to_ns;
    if (!since || since >= end) return;
    ProbeRecord *tick = arena_alloc(reading->arena, sizeof *tick);
    tick->lane = lane;
    tick->at_ns = since;
    tick->for_ns = end - since;
    tick->tick = open_number(reading, lane, since);
    if (has_ended(reading, tick)) return;
    sum_events(reading, tick);
    add_tick(reading, tick);
}

Ticks ticks_read(Arena *arena, const ProbeArea *area, const TickSpan *span)
{
    Reading reading = {.arena = arena, .span = span};
    collect(&reading, area);
    for (size_t i = 0; i < reading.ticks.count; i++)
        add_tick(&reading, reading.ticks.items[i]);
    for (uint16_t lane = 0; lane < PROBE_LANES; lane++)
        add_open_tick(&reading, lane);
    Ticks ticks = {arena_array(arena, reading.found.count, sizeof(Tick)), reading.found.count};
    for (size_t i = 0; i < ticks.count; i++)
        ticks.items[i] = reading.found.items[i];
    vec_free(&reading.ticks);
    vec_free(&reading.events);
    vec_free(&reading.found);
    return ticks;
}
