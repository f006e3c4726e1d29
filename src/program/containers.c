#include "program/containers.h"

#include "base/banned.h"

enum { DICT_PARTS = 64 };

Name constant_key(const Flow *flow, NodeId key)
{
    return key && flow_node(flow, key)->kind == EXPR_STRING ? flow_node(flow, key)->name : NULL;
}

static bool is_plain(const Flow *flow, NodeId id)
{
    NodeKind kind = flow_node(flow, id)->kind;
    return kind == EXPR_STRING || kind == EXPR_NUMBER || kind == EXPR_TRUE || kind == EXPR_FALSE ||
           kind == EXPR_NOTHING;
}

/* Literals add nothing to what a container holds. */
static bool is_plain_pair(const Flow *flow, NodeId id)
{
    const Node *node = flow_node(flow, id);
    return node->kind == PAIR ? is_plain(flow, node->first) && is_plain(flow, node->second)
                              : is_plain(flow, id);
}

static const Value *joined(Arena *arena, const Value *held, const Value *value, bool any)
{
    return any ? value_join(arena, held, value) : value;
}

/* How many pairs there are when each has a constant key; 0: some has none. */
static uint32_t count_constant_keys(const Flow *flow, NodeId first)
{
    uint32_t count = 0;
    for (NodeId id = first; id; id = flow_node(flow, id)->next, count++) {
        bool pair = flow_node(flow, id)->kind == PAIR;
        if (!pair || count >= DICT_PARTS || !constant_key(flow, flow_node(flow, id)->first)) return 0;
    }
    return count;
}

const Value *dict_display(Flow *flow, NodeId first)
{
    uint32_t count = count_constant_keys(flow, first);
    const Value **parts = arena_array(flow->arena, count, sizeof *parts);
    Name *keys = arena_array(flow->arena, count, sizeof *keys);
    Item dict = {.kind = ITEM_DICT, .confidence = CONFIDENCE_CERTAIN};
    bool any = false;
    uint32_t at = 0;
    for (NodeId id = first; id; id = flow_node(flow, id)->next, at++) {
        const Value *value = is_plain_pair(flow, id) ? NULL : flow_expression(flow, id);
        if (count) {
            keys[at] = constant_key(flow, flow_node(flow, id)->first);
            parts[at] = value;
        }
        if (is_plain_pair(flow, id)) continue;
        dict.inner = joined(flow->arena, dict.inner, value, any);
        any = true;
    }
    if (any && count) {
        dict.parts = parts;
        dict.keys = keys;
        dict.part_count = count;
    }
    return value_of(flow->arena, dict);
}

const Value *dict_value_at(Flow *flow, const Item *dict, NodeId key)
{
    Name name = constant_key(flow, key);
    const Value *found = NULL, *others = NULL;
    bool any = false, any_other = false;
    for (uint32_t i = 0; name && i < dict->part_count; i++) {
        if (dict->keys[i] == name) {
            found = dict->parts[i]; /* the last pair of a display wins */
            any = true;
        } else if (!dict->keys[i]) {
            others = joined(flow->arena, others, dict->parts[i], any_other);
            any_other = true;
        }
    }
    if (!any) return any_other ? others : dict->inner;
    return any_other ? value_join(flow->arena, found, others) : found;
}

/* --- putting something in --- */

static const Value *all_parts(Arena *arena, const Item *dict)
{
    const Value *held = NULL;
    bool any = false;
    for (uint32_t i = 0; i < dict->part_count; i++) {
        if (!dict->parts[i]) continue;
        held = joined(arena, held, dict->parts[i], any);
        any = true;
    }
    return held;
}

static uint32_t place_of(const Item *dict, Name key)
{
    uint32_t at = 0;
    while (at < dict->part_count && dict->keys[at] != key)
        at++;
    return at;
}

/* What stood under a known key is gone; under a key that is not known it may still stand. */
static Item dict_with(Arena *arena, const Item *dict, Name key, const Value *value)
{
    Item changed = *dict;
    uint32_t at = place_of(dict, key), count = at < dict->part_count ? dict->part_count : at + 1;
    const Value **parts = arena_array(arena, count, sizeof *parts);
    Name *keys = arena_array(arena, count, sizeof *keys);
    for (uint32_t i = 0; i < dict->part_count; i++) {
        parts[i] = dict->parts[i];
        keys[i] = dict->keys[i];
    }
    bool joins = at < dict->part_count && !key && dict->parts[at];
    parts[at] = joins ? value_join(arena, dict->parts[at], value) : value;
    keys[at] = key;
    changed.parts = parts;
    changed.keys = keys;
    changed.part_count = count;
    changed.inner = all_parts(arena, &changed);
    return changed;
}

Item container_with(Arena *arena, const Item *container, Name key, const Value *value)
{
    bool keyed = container->kind == ITEM_DICT && container->part_count;
    if (keyed && container->part_count < DICT_PARTS) return dict_with(arena, container, key, value);
    if (container->kind == ITEM_DICT && key && !container->inner && !container->part_count &&
        container->confidence == CONFIDENCE_CERTAIN)
        return dict_with(arena, container, key, value);
    Item changed = *container;
    if (container->kind == ITEM_DICT) {
        changed.parts = NULL;
        changed.keys = NULL;
        changed.part_count = 0;
    }
    changed.inner = container->inner ? value_join(arena, container->inner, value) : value;
    return changed;
}

/* --- iterators that call something --- */

const Value *lazy_calls(Flow *flow, const Value *function, const Value *given, const Value *held)
{
    const Value **parts = arena_array(flow->arena, 2, sizeof *parts);
    parts[0] = function;
    parts[1] = given;
    return value_of(flow->arena, (Item){.kind = ITEM_LIST,
                                        .inner = held,
                                        .parts = parts,
                                        .part_count = 2,
                                        .confidence = CONFIDENCE_CERTAIN});
}

void run_lazy_calls(Flow *flow, NodeId node, const Item *iterator)
{
    if (iterator->kind != ITEM_LIST || iterator->part_count < 2 || !node) return;
    flow_invoke_with(flow, node, iterator->parts[0], &iterator->parts[1], 1);
}
