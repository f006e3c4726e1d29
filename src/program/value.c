#include "program/value.h"

#include <string.h>

#include "base/limits.h"
#include "base/banned.h"

/* A value while it is made. */
typedef union Draft {
    Value value;
    struct {
        uint32_t count;
        bool open_ended, unused[3];
        Item items[LIMIT_VALUES];
    } room;
} Draft;

_Static_assert(sizeof(Item) == 24 + 6 * sizeof(void *) + 2 * sizeof(Str), "items are compared as bytes");

static void draft(Draft *drafted, const Value *value)
{
    memset(drafted, 0, sizeof(Value));
    drafted->value.count = value->count;
    drafted->value.open_ended = value->open_ended;
    memcpy(drafted->room.items, value->items, value->count * sizeof value->items[0]);
}

static const Value *stored(Arena *arena, const Draft *drafted)
{
    return arena_share(arena, drafted, sizeof(Value) + drafted->value.count * sizeof(Item));
}

const Value *value_of(Arena *arena, Item item)
{
    Draft one;
    memset(&one, 0, sizeof(Value));
    one.value.count = 1;
    one.room.items[0] = item;
    if (item.part_count)
        one.room.items[0].parts = arena_share(arena, item.parts, item.part_count * sizeof *item.parts);
    return stored(arena, &one);
}

const Value *value_alternative(Arena *arena, const Value *value, uint32_t index)
{
    return value->count == 1 && !value->open_ended ? value : value_of(arena, value->items[index]);
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
        if (left->keys != right->keys && (!left->keys || !right->keys || left->keys[i] != right->keys[i]))
            return false;
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
           left->exact == right->exact && left->invocation == right->invocation &&
           left->closure == right->closure && str_equal(left->path, right->path) &&
           str_equal(left->origin, right->origin) && same_parts(left, right) &&
           (left->keys || value_equal(left->inner, right->inner));
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

static Item *held_in(Draft *draft, const Item *item)
{
    for (uint32_t i = 0; i < draft->value.count; i++)
        if (item_equal(&draft->room.items[i], item)) return &draft->room.items[i];
    return NULL;
}

static const Value *open_value(Arena *arena, const Value *value)
{
    if (!value || value->open_ended) return value;
    Draft copy;
    draft(&copy, value);
    copy.value.open_ended = true;
    return stored(arena, &copy);
}

const Value *value_join(Arena *arena, const Value *left, const Value *right)
{
    if (left == right) return left;
    if (!left) return open_value(arena, right);
    if (!right) return open_value(arena, left);
    Draft joined;
    draft(&joined, left);
    joined.value.open_ended = left->open_ended || right->open_ended;
    bool same = true;
    for (uint32_t i = 0; i < right->count; i++) {
        Item *known = held_in(&joined, &right->items[i]);
        if (known) {
            same = same && known->bulk >= right->items[i].bulk;
            known->bulk = known->bulk || right->items[i].bulk;
            continue;
        }
        if (joined.value.count == LIMIT_VALUES) {
            joined.value.open_ended = true;
            break;
        }
        joined.room.items[joined.value.count++] = right->items[i];
    }
    same = same && joined.value.count == left->count && joined.value.open_ended == left->open_ended;
    return same ? left : stored(arena, &joined);
}

const Value *value_at_most(Arena *arena, const Value *value, Confidence confidence)
{
    bool any = false;
    for (uint32_t i = 0; value && i < value->count; i++)
        any = any || value->items[i].confidence > confidence;
    if (!any) return value;
    Draft copy;
    draft(&copy, value);
    for (uint32_t i = 0; i < value->count; i++)
        if (value->items[i].confidence > confidence) copy.room.items[i].confidence = confidence;
    return stored(arena, &copy);
}

const Value *value_from_outside(Arena *arena, const Value *value)
{
    bool any = false;
    for (uint32_t i = 0; value && i < value->count; i++)
        any = any || !value->items[i].outside;
    if (!any) return value;
    Draft copy;
    draft(&copy, value);
    for (uint32_t i = 0; i < value->count; i++)
        copy.room.items[i].outside = true;
    return stored(arena, &copy);
}

bool value_is_outside(const Value *value)
{
    for (uint32_t i = 0; value && i < value->count; i++)
        if (value->items[i].outside) return true;
    return false;
}

const Value *value_as_bulk(Arena *arena, const Value *value)
{
    if (!value) value = value_join(arena, value_of(arena, (Item){.kind = ITEM_LITERAL, .bulk = true}), NULL);
    bool any = false;
    for (uint32_t i = 0; i < value->count; i++)
        any = any || !value->items[i].bulk;
    if (!any) return value;
    Draft copy;
    draft(&copy, value);
    for (uint32_t i = 0; i < value->count; i++)
        copy.room.items[i].bulk = true;
    return stored(arena, &copy);
}

bool value_is_bulk(const Value *value)
{
    for (uint32_t i = 0; value && i < value->count; i++) {
        const Item *item = &value->items[i];
        if (item->bulk) return true;
        for (uint32_t k = 0; item->kind == ITEM_LIST && item->inner && k < item->inner->count; k++)
            if (item->inner->items[k].bulk) return true;
    }
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
