/* map.h - from a name to a number.
 *
 * Shape   open addressing on the name's pointer and stored hash; iteration order is never used.
 * Owner   the arena it was made in; a map that grew leaves its old slots there. */
#ifndef LOOPSAFE_BASE_MAP_H
#define LOOPSAFE_BASE_MAP_H

#include "base/str.h"

typedef struct MapSlot {
    Name key; /* NULL: empty */
    uint32_t value;
} MapSlot;

typedef struct Map {
    Arena *arena;
    MapSlot *slots; /* a power of two of them, or NULL */
    size_t size;
    size_t count;
} Map;

#define MAP_NONE UINT32_MAX

void map_init(Map *map, Arena *arena);
/* The key's number, or MAP_NONE. */
uint32_t map_find(const Map *map, Name key);
void map_put(Map *map, Name key, uint32_t value);

#endif
