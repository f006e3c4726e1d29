#define _GNU_SOURCE
#include "probe/store.h"

#include <sched.h>
#include <string.h>
#include <sys/mman.h>

#include "base/banned.h"

/* --- opening --- */

/* Zeros, which take memory as far as they are written; NULL: none. */
static void *memory_new(size_t size)
{
    void *memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

static bool table_open(StoreTable *table, uint32_t entries)
{
    uint32_t slots = 1024;
    while (slots < entries && slots < 1u << 30)
        slots *= 2;
    *table = (StoreTable){memory_new(slots * sizeof(uint32_t)), slots - 1};
    return table->slots;
}

/* Place 0 of stacks and texts means none. */
static void skip_place(_Atomic uint32_t *count)
{
    if (!atomic_load(count)) atomic_store(count, 1);
}

bool store_open(Store *store, ProbeHeader *header)
{
    char *memory = (char *)header;
    store->header = header;
    store->records = (ProbeRecord *)(void *)(memory + header->records_at);
    store->frames = (ProbeFrame *)(void *)(memory + header->frames_at);
    store->stacks = (uint32_t *)(void *)(memory + header->stacks_at);
    store->texts = memory + header->texts_at;
    skip_place(&header->stack_count);
    skip_place(&header->text_count);
    /* A stack takes a few places, a text a few bytes: half of the slots stay free. */
    store->known = memory_new(STORE_KNOWN_FRAMES * sizeof *store->known);
    return store->known && table_open(&store->known_frames, header->frame_capacity * 2) &&
           table_open(&store->known_stacks, header->stack_capacity / 4) &&
           table_open(&store->known_texts, header->text_capacity / 16);
}

/* --- the lock --- */

void store_lock(Store *store)
{
    while (atomic_flag_test_and_set_explicit(&store->locked, memory_order_acquire))
        sched_yield();
}

void store_unlock(Store *store)
{
    atomic_flag_clear_explicit(&store->locked, memory_order_release);
}

/* --- room in the areas --- */

/* The first of `wanted` entries; UINT32_MAX: no room. */
static uint32_t take(Store *store, _Atomic uint32_t *count, uint32_t capacity, uint32_t wanted)
{
    uint32_t first = atomic_load_explicit(count, memory_order_relaxed);
    do {
        if (wanted <= capacity && first <= capacity - wanted) continue;
        atomic_fetch_add_explicit(&store->header->lost, 1, memory_order_relaxed);
        return UINT32_MAX;
    } while (!atomic_compare_exchange_weak_explicit(count, &first, first + wanted, memory_order_release,
                                                    memory_order_relaxed));
    return first;
}

static uint64_t hash_bytes(const void *data, size_t size)
{
    const unsigned char *bytes = data;
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3u;
    return hash ^ hash >> 32;
}

/* A slot that may hold what is looked for; NULL: the table is full. */
static uint32_t *table_slot(const StoreTable *table, uint64_t hash, uint32_t attempt)
{
    return attempt > table->mask / 2 ? NULL : &table->slots[(hash + attempt) & table->mask];
}

/* --- texts, frames, stacks --- */

static uint32_t text_add(Store *store, const char *text, size_t size)
{
    uint32_t place =
        take(store, &store->header->text_count, store->header->text_capacity, (uint32_t)size + 1);
    if (place == UINT32_MAX) return 0;
    memcpy(store->texts + place, text, size);
    store->texts[place + size] = 0;
    return place;
}

static bool text_is(const Store *store, uint32_t place, const char *text, size_t size)
{
    return size < store->header->text_capacity - place && memcmp(store->texts + place, text, size) == 0 &&
           !store->texts[place + size];
}

uint32_t store_text(Store *store, const char *text, size_t size)
{
    uint64_t hash = hash_bytes(text, size);
    uint32_t *slot;
    for (uint32_t i = 0; (slot = table_slot(&store->known_texts, hash, i)) && *slot; i++)
        if (text_is(store, *slot, text, size)) return *slot;
    if (!slot) return 0;
    return *slot = text_add(store, text, size);
}

static uint32_t frame_add(Store *store, const ProbeFrame *frame)
{
    uint32_t place = take(store, &store->header->frame_count, store->header->frame_capacity, 1);
    if (place == UINT32_MAX) return 0;
    store->frames[place] = *frame;
    return place + 1;
}

uint32_t store_frame(Store *store, const ProbeFrame *frame)
{
    uint64_t hash = hash_bytes(frame, sizeof *frame);
    uint32_t *slot;
    for (uint32_t i = 0; (slot = table_slot(&store->known_frames, hash, i)) && *slot; i++)
        if (memcmp(&store->frames[*slot - 1], frame, sizeof *frame) == 0) return *slot;
    if (!slot) return 0;
    return *slot = frame_add(store, frame);
}

KnownFrame *store_known(Store *store, const FrameKey *key)
{
    uint64_t hash = (key->code >> 4) * 31 + (uint64_t)key->offset;
    return &store->known[(hash * 0x9e3779b97f4a7c15u) >> 52];
}

static uint32_t stack_add(Store *store, const uint32_t *frames, uint32_t count)
{
    uint32_t place = take(store, &store->header->stack_count, store->header->stack_capacity, count + 1);
    if (place == UINT32_MAX) return 0;
    store->stacks[place] = count;
    memcpy(store->stacks + place + 1, frames, count * sizeof *frames);
    return place;
}

uint32_t store_stack(Store *store, const uint32_t *frames, size_t count)
{
    if (!count) return 0;
    uint64_t hash = hash_bytes(frames, count * sizeof *frames);
    uint32_t *slot;
    for (uint32_t i = 0; (slot = table_slot(&store->known_stacks, hash, i)) && *slot; i++) {
        const uint32_t *known = store->stacks + *slot;
        if (known[0] == count && memcmp(known + 1, frames, count * sizeof *frames) == 0) return *slot;
    }
    if (!slot) return 0;
    return *slot = stack_add(store, frames, (uint32_t)count);
}

/* --- records --- */

void store_record(Store *store, const ProbeRecord *record)
{
    uint32_t place = take(store, &store->header->record_count, store->header->record_capacity, 1);
    if (place == UINT32_MAX) return;
    ProbeRecord *slot = &store->records[place];
    slot->lane = record->lane;
    slot->call = record->call;
    slot->stack = record->stack;
    slot->text = record->text;
    slot->at_ns = record->at_ns;
    slot->for_ns = record->for_ns;
    slot->blocked_us = record->blocked_us;
    slot->gil_us = record->gil_us;
    slot->cpu_us = record->cpu_us;
    slot->runqueue_us = record->runqueue_us;
    slot->tick = record->tick;
    atomic_store_explicit(&slot->kind, atomic_load_explicit(&record->kind, memory_order_relaxed),
                          memory_order_release);
}
