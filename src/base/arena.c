#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

struct ArenaBlock {
    ArenaBlock *older;
    size_t size; /* bytes of data */
    size_t used;
    _Alignas(max_align_t) unsigned char data[]; /* zeroed behind `used` */
};

/* Under AddressSanitizer memory that is not handed out is out of bounds: a pointer kept over a reset is found. */
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_SANITIZED 1
#endif
#endif
#ifdef ARENA_SANITIZED
#include <sanitizer/asan_interface.h>
#define mark_unused(memory, size) ASAN_POISON_MEMORY_REGION(memory, size)
#define mark_used(memory, size) ASAN_UNPOISON_MEMORY_REGION(memory, size)
#else
#define mark_unused(memory, size) ((void)(memory), (void)(size))
#define mark_used(memory, size) ((void)(memory), (void)(size))
#endif

struct ArenaShared {
    const void *bytes; /* NULL: empty */
    uint32_t size, hash;
};

enum { BLOCK_FIRST_BYTES = 16 * 1024, BLOCK_LARGEST_BYTES = 1024 * 1024, SHARED_FIRST_SLOTS = 256 };

_Noreturn void memory_exhausted(void)
{
    fputs("loopsafe: out of memory\n", stderr);
    exit(3);
}

void *memory_alloc(size_t size_bytes)
{
    void *memory = malloc(size_bytes ? size_bytes : 1);
    if (!memory) memory_exhausted();
    return memory;
}

void *memory_resize(void *old, size_t size_bytes)
{
    void *memory = realloc(old, size_bytes ? size_bytes : 1);
    if (!memory) memory_exhausted();
    return memory;
}

void arena_init(Arena *arena)
{
    *arena = (Arena){0};
}

static void free_blocks(Arena *arena, ArenaBlock *block)
{
    while (block) {
        ArenaBlock *older = block->older;
        arena->held_bytes -= block->size;
        mark_used(block->data, block->size);
        free(block);
        block = older;
    }
}

static void forget_shared(Arena *arena)
{
    free(arena->shared);
    arena->shared = NULL;
    arena->shared_size = arena->shared_count = 0;
}

void arena_free(Arena *arena)
{
    free_blocks(arena, arena->block);
    forget_shared(arena);
    *arena = (Arena){0};
}

void arena_reset(Arena *arena)
{
    arena->used_bytes = 0;
    forget_shared(arena);
    if (!arena->block) return;
    free_blocks(arena, arena->block->older);
    arena->block->older = NULL;
    mark_used(arena->block->data, arena->block->used);
    memset(arena->block->data, 0, arena->block->used);
    arena->block->used = 0;
    mark_unused(arena->block->data, arena->block->size);
}

static void add_block(Arena *arena, size_t least_bytes)
{
    size_t size = arena->block ? arena->block->size * 2 : BLOCK_FIRST_BYTES;
    if (size > BLOCK_LARGEST_BYTES) size = BLOCK_LARGEST_BYTES;
    if (size < least_bytes) size = least_bytes;
    ArenaBlock *block = calloc(1, sizeof *block + size);
    if (!block) memory_exhausted();
    block->older = arena->block;
    block->size = size;
    block->used = 0;
    mark_unused(block->data, size);
    arena->block = block;
    arena->held_bytes += size;
}

void *arena_alloc(Arena *arena, size_t size_bytes)
{
    const size_t align = _Alignof(max_align_t);
    if (size_bytes > SIZE_MAX - align) memory_exhausted();
    size_t rounded = (size_bytes + align - 1) / align * align;
    if (!arena->block || arena->block->size - arena->block->used < rounded) add_block(arena, rounded);
    void *memory = arena->block->data + arena->block->used;
    arena->block->used += rounded;
    arena->used_bytes += rounded;
    mark_used(memory, rounded);
    return memory;
}

static uint32_t hash_of(const unsigned char *bytes, size_t size_bytes)
{
    uint64_t hash = 0x9e3779b97f4a7c15u ^ size_bytes, word = 0;
    for (; size_bytes >= sizeof word; bytes += sizeof word, size_bytes -= sizeof word) {
        memcpy(&word, bytes, sizeof word);
        hash = (hash ^ word) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }
    for (; size_bytes; bytes++, size_bytes--)
        hash = (hash ^ *bytes) * 0xff51afd7ed558ccdu;
    return (uint32_t)(hash ^ hash >> 32);
}

static ArenaShared *shared_slot(ArenaShared *slots, size_t size, const ArenaShared *wanted)
{
    size_t at = wanted->hash & (size - 1);
    while (slots[at].bytes && (slots[at].hash != wanted->hash || slots[at].size != wanted->size ||
                               memcmp(slots[at].bytes, wanted->bytes, wanted->size) != 0))
        at = (at + 1) & (size - 1);
    return &slots[at];
}

static void grow_shared(Arena *arena)
{
    size_t size = arena->shared_size ? arena->shared_size * 2 : SHARED_FIRST_SLOTS;
    ArenaShared *larger = memory_alloc(size * sizeof *larger);
    memset(larger, 0, size * sizeof *larger);
    for (size_t i = 0; i < arena->shared_size; i++) {
        size_t at = arena->shared[i].hash & (size - 1);
        if (!arena->shared[i].bytes) continue;
        while (larger[at].bytes)
            at = (at + 1) & (size - 1);
        larger[at] = arena->shared[i];
    }
    free(arena->shared);
    arena->shared = larger;
    arena->shared_size = size;
}

const void *arena_share(Arena *arena, const void *bytes, size_t size_bytes)
{
    if (size_bytes > UINT32_MAX) memory_exhausted();
    if ((arena->shared_count + 1) * 2 > arena->shared_size) grow_shared(arena);
    ArenaShared wanted = {bytes, (uint32_t)size_bytes, hash_of(bytes, size_bytes)};
    ArenaShared *slot = shared_slot(arena->shared, arena->shared_size, &wanted);
    if (slot->bytes) return slot->bytes;
    void *copy = arena_alloc(arena, size_bytes);
    memcpy(copy, bytes, size_bytes);
    *slot = (ArenaShared){copy, wanted.size, wanted.hash};
    arena->shared_count++;
    return copy;
}

void *arena_array(Arena *arena, size_t count, size_t item_bytes)
{
    if (item_bytes && count > SIZE_MAX / item_bytes) memory_exhausted();
    return arena_alloc(arena, count * item_bytes);
}

char *arena_copy(Arena *arena, const char *bytes, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);
    if (length) memcpy(copy, bytes, length);
    return copy;
}
