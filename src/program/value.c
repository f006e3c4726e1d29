#include "program/value.h"

#include <string.h>

#include "base/limits.h"
#include "base/banned.h"

static Value *value_make(Arena *arena, uint32_t count)
{
    Value *value = arena_alloc(arena, sizeof *value + count * sizeof value->items[0]);
    value->count = count;
    return value;
}

const Value *value_of(Arena *arena, Item item)
{
    Value *value = value_make(arena, 1);
    value->items[0] = item;
    return value;
}

const Value *value_path(Arena *arena, Str path, Confidence confidence)
{
    return value_of(arena, (Item){.kind = ITEM_PATH, .path = path, .confidence = confidence});
}

const Value *value_instance(Arena *arena, Str path, Confidence confidence)
{
    return value_of(arena, (Item){.kind = ITEM_INSTANCE, .path = path, .confidence = confidence});
}

const Value *value_list(Arena *arena, const Value *held)
{
    return value_of(arena, (Item){.kind = ITEM_LIST, .inner = held, .confidence = CONFIDENCE_CERTAIN});
}

const Value *value_tuple(Arena *arena, const Value *const *parts, uint32_t count)
{
    return value_of(
        arena,
        (Item){.kind = ITEM_TUPLE, .parts = parts, .part_count = count, .confidence = CONFIDENCE_CERTAIN});
}

static bool same_parts(const Item *left, const Item *right)
{
    if (left->part_count != right->part_count) return false;
    for (uint32_t i = 0; i < left->part_count; i++)
        if (left->keys != right->keys && (!left->keys || !right->keys || left->keys[i] != right->keys[i])) return false;
    for (uint32_t i = 0; i < left->part_count; i++)
        if (!value_equal(left->parts[i], right->parts[i])) return false;
    return true;
}

/* What a dictionary with keys holds is told by its parts. */
bool item_equal(const Item *left, const Item *right)
{
    bool by_node = left->kind == ITEM_LAZY || left->kind == ITEM_VARIABLE;
    if (by_node && (left->made_by != right->made_by || left->unit != right->unit)) return false;
    return left->kind == right->kind && left->id == right->id && left->quiet == right->quiet &&
           left->exact == right->exact && left->invocation == right->invocation && left->closure == right->closure &&
           str_equal(left->path, right->path) && str_equal(left->origin, right->origin) &&
           same_parts(left, right) && (left->keys || value_equal(left->inner, right->inner));
}

bool value_equal(const Value *left, const Value *right)
{
    if (left == right) return true;
    if (!left || !right || left->count != right->count || left->open_ended != right->open_ended) return false;
    for (uint32_t i = 0; i < left->count; i++)
        if (!item_equal(&left->items[i], &right->items[i])) return false;
    return true;
}

static uint32_t mixed(uint32_t hash, uint32_t more)
{
    return (hash ^ more) * 0x01000193u;
}

uint32_t value_hash(const Value *value)
{
    uint32_t hash = 0x811c9dc5u;
    for (uint32_t i = 0; value && i < value->count; i++) {
        const Item *item = &value->items[i];
        hash = mixed(mixed(hash, (uint32_t)item->kind), item->id);
        hash = mixed(mixed(hash, str_hash(item->path)), item->part_count);
        if (item->inner) hash = mixed(hash, value_hash(item->inner));
    }
    return hash;
}

static bool holds(const Value *value, const Item *item)
{
    for (uint32_t i = 0; i < value->count; i++)
        if (item_equal(&value->items[i], item)) return true;
    return false;
}

static const Value *open_value(Arena *arena, const Value *value)
{
    if (!value || value->open_ended) return value;
    Value *copy = value_make(arena, value->count);
    memcpy(copy->items, value->items, value->count * sizeof value->items[0]);
    copy->open_ended = true;
    return copy;
}

const Value *value_join(Arena *arena, const Value *left, const Value *right)
{
    if (left == right) return left;
    if (!left) return open_value(arena, right);
    if (!right) return open_value(arena, left);
    Value *joined = value_make(arena, left->count + right->count);
    memcpy(joined->items, left->items, left->count * sizeof left->items[0]);
    joined->count = left->count;
    joined->open_ended = left->open_ended || right->open_ended;
    for (uint32_t i = 0; i < right->count; i++) {
        if (holds(left, &right->items[i])) continue;
        if (joined->count == LIMIT_VALUES) {
            joined->open_ended = true;
            break;
        }
        joined->items[joined->count++] = right->items[i];
    }
    return joined->count == left->count && joined->open_ended == left->open_ended ? left : joined;
}

const Value *value_at_most(Arena *arena, const Value *value, Confidence confidence)
{
    if (!value) return NULL;
    Value *copy = value_make(arena, value->count);
    copy->open_ended = value->open_ended;
    for (uint32_t i = 0; i < value->count; i++) {
        copy->items[i] = value->items[i];
        if (copy->items[i].confidence > confidence) copy->items[i].confidence = confidence;
    }
    return copy;
}

const Value *value_from_outside(Arena *arena, const Value *value)
{
    if (!value) return NULL;
    Value *copy = value_make(arena, value->count);
    copy->open_ended = value->open_ended;
    for (uint32_t i = 0; i < value->count; i++) {
        copy->items[i] = value->items[i];
        copy->items[i].outside = true;
    }
    return copy;
}

bool value_is_outside(const Value *value)
{
    for (uint32_t i = 0; value && i < value->count; i++)
        if (value->items[i].outside) return true;
    return false;
}

const Item *value_find(const Value *value, ItemKind kind)
{
    for (uint32_t i = 0; value && i < value->count; i++)
        if (value->items[i].kind == kind) return &value->items[i];
    return NULL;
}

const Item *value_literal(const Value *value)
{
    bool single = value && value->count == 1 && !value->open_ended;
    return single && value->items[0].kind == ITEM_LITERAL ? &value->items[0] : NULL;
}

Confidence value_confidence(const Value *value, const Item *item)
{
    if (value->open_ended && item->confidence > CONFIDENCE_LIKELY) return CONFIDENCE_LIKELY;
    return item->confidence;
}
