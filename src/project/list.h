/* list.h - arrays that grow inside an arena.
 *
 * Shape   a struct with `items`, `count`, `capacity`, as VEC has, with indices of 32 bits: LIST(Place) places = {0};
 * Owner   the arena; an array that grew leaves its old items there. Pointers into items hold until the next list_add. */
#ifndef LOOPSAFE_PROJECT_LIST_H
#define LOOPSAFE_PROJECT_LIST_H

#include <string.h>

#include "base/arena.h"

#define LIST(Type)                                                                                           \
    struct {                                                                                                 \
        Type *items;                                                                                         \
        uint32_t count;                                                                                      \
        uint32_t capacity;                                                                                   \
    }

/* Appends one item. */
#define list_add(arena, list, item)                                                                          \
    ((list)->count < (list)->capacity                                                                        \
         ? (void)0                                                                                           \
         : (void)((list)->items =                                                                            \
                      list_grow((arena), (list)->items, &(list)->capacity, sizeof *(list)->items)),          \
     (list)->items[(list)->count++] = (item))

static inline void *list_grow(Arena *arena, const void *items, uint32_t *capacity, size_t item_bytes)
{
    size_t old = *capacity, larger = old ? old * 2 : 8;
    if (larger > UINT32_MAX / 2) memory_exhausted();
    void *grown = arena_array(arena, larger, item_bytes);
    if (old) memcpy(grown, items, old * item_bytes);
    *capacity = (uint32_t)larger;
    return grown;
}

#endif
