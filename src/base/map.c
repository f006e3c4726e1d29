#include "base/map.h"

#include "base/banned.h"

void map_init(Map *map, Arena *arena)
{
    *map = (Map){.arena = arena};
}

static MapSlot *slot_of(const Map *map, Name key)
{
    size_t at = key->hash & (map->size - 1);
    while (map->slots[at].key && map->slots[at].key != key)
        at = (at + 1) & (map->size - 1);
    return &map->slots[at];
}

uint32_t map_find(const Map *map, Name key)
{
    if (!map->size || !key) return MAP_NONE;
    const MapSlot *slot = slot_of(map, key);
    return slot->key ? slot->value : MAP_NONE;
}

static void grow(Map *map)
{
    Map larger = {.arena = map->arena, .size = map->size ? map->size * 2 : 16, .count = map->count};
    larger.slots = arena_array(map->arena, larger.size, sizeof *larger.slots);
    for (size_t i = 0; i < map->size; i++)
        if (map->slots[i].key) *slot_of(&larger, map->slots[i].key) = map->slots[i];
    *map = larger;
}

void map_put(Map *map, Name key, uint32_t value)
{
    if ((map->count + 1) * 2 > map->size) grow(map);
    MapSlot *slot = slot_of(map, key);
    if (!slot->key) map->count++;
    *slot = (MapSlot){key, value};
}
