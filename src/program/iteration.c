/* Iterating and entering values: what the language calls for `for` and `with`. */
#include "program/flow.h"

#include "program/containers.h"
#include "base/banned.h"

static void record_origin(Flow *flow, NodeId node, const Value *value, const Item *item, CallKind kind)
{
    Rule rule;
    if (!item->origin.len || !node || item->quiet) return;
    if (catalogue_find(flow->unit->catalogue, item->origin, &rule) && rule.kind == kind)
        flow_record(flow, node, &rule, NULL, value_confidence(value, item));
}

bool flow_walks_files(const Flow *flow, const Value *value)
{
    Rule rule;
    for (uint32_t i = 0; value && i < value->count; i++)
        if (value->items[i].origin.len &&
            catalogue_find(flow->unit->catalogue, value->items[i].origin, &rule) &&
            rule.effect == EFFECT_FS_METADATA && rule.severity >= SEVERITY_MEDIUM)
            return true;
    return false;
}

static void record_member(Flow *flow, NodeId node, const Value *value, const Item *item, Str member)
{
    Rule rule;
    if (!node || item->kind != ITEM_INSTANCE) return;
    if (catalogue_member(flow->unit->catalogue, item->path, member, &rule))
        flow_record(flow, node, &rule, item, value_confidence(value, item));
}

/* --- for --- */

static const Value *held_by_item(Flow *flow, const Value *value, const Item *item)
{
    if (item->kind == ITEM_LIST) return item->inner;
    if (item->kind == ITEM_CLASS) return flow_enum_member(flow, item);
    if (item->kind == ITEM_INSTANCE) {
        Str type = catalogue_item(flow->unit->catalogue, item->path);
        return type.len ? type_value(flow->arena, type, value_confidence(value, item)) : NULL;
    }
    const Value *held = NULL;
    for (uint32_t k = 0; item->kind == ITEM_TUPLE && k < item->part_count; k++)
        held = k ? value_join(flow->arena, held, item->parts[k]) : item->parts[k];
    return held;
}

const Value *flow_held(Flow *flow, const Value *value)
{
    value = flow_settled(flow, value);
    const Value *held = NULL;
    bool any = false;
    for (uint32_t i = 0; value && i < value->count; i++) {
        if (value->items[i].kind == ITEM_LITERAL) continue;
        const Value *one = held_by_item(flow, value, &value->items[i]);
        held = any ? value_join(flow->arena, held, one) : one;
        any = true;
    }
    if (value_is_outside(value)) held = value_from_outside(flow->arena, held);
    return held;
}

/* `__iter__` gives an iterator, whose `__next__` gives the items; a generator runs as it is iterated. Without
 * `__iter__` the object is asked for its items by number. */
static const Value *iterate_object(Flow *flow, NodeId node, const Item *object)
{
    const Value *iterator = flow_special(flow, node, object, STR("__iter__"), false);
    if (!iterator) return flow_settled(flow, flow_special(flow, node, object, STR("__getitem__"), false));
    flow_run(flow, node, iterator, false);
    iterator = flow_settled(flow, iterator);
    const Item *list = value_find(iterator, ITEM_LIST), *next = value_find(iterator, ITEM_OBJECT);
    if (list) return list->inner;
    if (!next && !iterator) next = object;
    return next ? flow_settled(flow, flow_special(flow, node, next, STR("__next__"), false)) : NULL;
}

const Value *flow_iterate(Flow *flow, NodeId node, const Value *value)
{
    flow_run(flow, node, value, false);
    value = flow_settled(flow, value);
    const Value *held = flow_held(flow, value);
    for (uint32_t i = 0; value && i < value->count; i++) {
        const Item *item = &value->items[i];
        record_origin(flow, node, value, item, CALL_ITERATION);
        record_member(flow, node, value, item, STR("__iter__"));
        run_lazy_calls(flow, node, item);
        if (item->kind != ITEM_OBJECT) continue;
        const Value *one = iterate_object(flow, node, item);
        if (one) held = held ? value_join(flow->arena, held, one) : one;
    }
    return held;
}

const Value *flow_iterate_async(Flow *flow, NodeId node, const Value *value)
{
    flow_run(flow, node, value, true);
    value = flow_settled(flow, value);
    const Value *held = flow_held(flow, value);
    for (uint32_t i = 0; value && i < value->count; i++) {
        if (value->items[i].kind != ITEM_OBJECT) continue;
        const Value *iterator = flow_special(flow, node, &value->items[i], STR("__aiter__"), false);
        flow_run(flow, node, iterator, true);
        const Item *next = value_find(flow_settled(flow, iterator), ITEM_OBJECT);
        const Value *one =
            next ? flow_settled(flow, flow_special(flow, node, next, STR("__anext__"), true)) : NULL;
        if (one) held = held ? value_join(flow->arena, held, one) : one;
    }
    return held;
}

/* --- with --- */

static const Value *enter_object(Flow *flow, NodeId node, const Item *object, bool is_async)
{
    const Value *bound =
        flow_special(flow, node, object, is_async ? STR("__aenter__") : STR("__enter__"), is_async);
    flow_special(flow, node, object, is_async ? STR("__aexit__") : STR("__exit__"), is_async);
    bound = flow_settled(flow, bound);
    return bound ? bound : value_of(flow->arena, *object);
}

static const Value *enter_item(Flow *flow, NodeId node, const Value *value, const Item *item, bool is_async)
{
    if (item->kind == ITEM_LIST) return item->inner;
    if (item->kind == ITEM_OBJECT) return enter_object(flow, node, item, is_async);
    if (item->kind == ITEM_INSTANCE) {
        Str type = catalogue_enter(flow->unit->catalogue, item->path);
        if (type.len) return type_value(flow->arena, type, value_confidence(value, item));
    }
    if (is_async) return value_of(flow->arena, *item);
    record_origin(flow, node, value, item, CALL_CONTEXT);
    record_member(flow, node, value, item, STR("__enter__"));
    record_member(flow, node, value, item, STR("__exit__"));
    return value_of(flow->arena, *item);
}

const Value *flow_enter(Flow *flow, NodeId node, const Value *value, bool is_async)
{
    flow_run(flow, node, value, is_async);
    value = flow_settled(flow, value);
    const Value *bound = NULL;
    for (uint32_t i = 0; value && i < value->count; i++) {
        const Value *one = enter_item(flow, node, value, &value->items[i], is_async);
        bound = i ? value_join(flow->arena, bound, one) : one;
    }
    return bound && value->open_ended ? value_join(flow->arena, bound, NULL) : bound;
}
