/* vec.h - arrays that grow.
 *
 * Shape   a struct with `items`, `count`, `capacity` for any item type: VEC(Span) spans = {0};
 * Owner   vec_free ends it; pointers into items hold until the next vec_add. */
#ifndef LOOPSAFE_BASE_VEC_H
#define LOOPSAFE_BASE_VEC_H

#include <stdlib.h>

#include "base/arena.h"

#define VEC(Type)                                                                                            \
    struct {                                                                                                 \
        Type *items;                                                                                         \
        size_t count;                                                                                        \
        size_t capacity;                                                                                     \
    }

/* Appends one item. */
#define vec_add(vec, item) (vec_reserve(vec), (vec)->items[(vec)->count++] = (item))

#define vec_reserve(vec)                                                                                     \
    ((vec)->count < (vec)->capacity                                                                          \
         ? (void)0                                                                                           \
         : (void)((vec)->items = vec_grow((vec)->items, &(vec)->capacity, sizeof *(vec)->items)))

#define vec_free(vec) (free((vec)->items), (vec)->items = NULL, (vec)->count = (vec)->capacity = 0)

static inline void *vec_grow(void *items, size_t *capacity, size_t item_bytes)
{
    *capacity = *capacity ? *capacity * 2 : 8;
    if (*capacity > (size_t)-1 / 2 / item_bytes) memory_exhausted();
    return memory_resize(items, *capacity * item_bytes);
}

#endif
