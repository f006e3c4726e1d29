/* arena.h - memory that lives and dies together.
 *
 * Shape   a chain of blocks, each larger than the last; nothing is freed piecemeal. Beside it a set of the pieces that
 *         were shared: equal bytes are stored once.
 * Owner   whoever called arena_init; arena_free ends it.
 * Errors  none: memory that cannot be had ends the process with exit code 3 in memory_exhausted.
 * Threads an arena belongs to one thread at a time. */
#ifndef LOOPSAFE_BASE_ARENA_H
#define LOOPSAFE_BASE_ARENA_H

#include <stddef.h>

typedef struct ArenaBlock ArenaBlock;
typedef struct ArenaShared ArenaShared;

typedef struct Arena {
    ArenaBlock *block;   /* the block that is being filled */
    size_t used_bytes;   /* handed out since arena_init or arena_reset */
    size_t held_bytes;   /* taken from the system and not given back */
    ArenaShared *shared; /* open addressing; a power of two of slots */
    size_t shared_size, shared_count;
} Arena;

void arena_init(Arena *arena);
void arena_free(Arena *arena);
/* Forgets everything and keeps the largest block for the next round. */
void arena_reset(Arena *arena);
/* Zeroed memory, aligned for any type; size 0 gives a valid pointer. */
void *arena_alloc(Arena *arena, size_t size_bytes);
/* Zeroed memory for count items; a product that overflows ends the process. */
void *arena_array(Arena *arena, size_t count, size_t item_bytes);
/* A copy of length bytes, followed by a NUL. */
char *arena_copy(Arena *arena, const char *bytes, size_t length);

/* The one stored copy of these bytes, made when they are first asked for; never to be changed. Structures need to be
 * without padding. */
const void *arena_share(Arena *arena, const void *bytes, size_t size_bytes);

/* malloc and realloc that never return NULL; for base/ and the borders of libraries. */
void *memory_alloc(size_t size_bytes);
void *memory_resize(void *old, size_t size_bytes);
_Noreturn void memory_exhausted(void);

#endif
