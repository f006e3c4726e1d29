#include "program/flow.h"

#include "base/limits.h"
#include "base/banned.h"

/* Reading an attribute of a module, class or object that stands outside the file. */
static const Value *external_attribute(Flow *flow, NodeId node, const Value *object, const Item *item,
                                       Name attribute)
{
    Unit *unit = flow->unit;
    Confidence confidence = value_confidence(object, item);
    Str path = catalogue_canonical(unit->catalogue,
                                   str_join(unit->arena, item->path, STR("."), name_str(attribute)));
    Str type = catalogue_attribute(unit->catalogue, path);
    Rule rule;
    if (item->kind == ITEM_INSTANCE && catalogue_find(unit->catalogue, path, &rule) &&
        rule.kind == CALL_PROPERTY) {
        if (node) flow_record(flow, node, &rule, item, confidence);
        type = rule.returns.len ? rule.returns : STR("builtins.object");
    }
    if (type.len) return type_value(unit->arena, type, confidence);
    return value_of(unit->arena, (Item){.kind = ITEM_PATH,
                                        .path = path,
                                        .confidence = confidence,
                                        .quiet = item->quiet,
                                        .made_by = item->made_by});
}

/* Methods of the language's containers are calls of builtins.list.NAME or builtins.dict.NAME on the container. */
static const Value *container_attribute(Flow *flow, const Item *item, Name attribute)
{
    Arena *arena = flow->unit->arena;
    Str class = item->kind == ITEM_DICT ? STR("builtins.dict") : STR("builtins.list");
    return value_of(arena, (Item){.kind = ITEM_PATH,
                                  .path = str_join(arena, class, STR("."), name_str(attribute)),
                                  .confidence = item->confidence,
                                  .inner = value_of(arena, *item)});
}

static const Value *class_attribute(Flow *flow, const Item *item, Name attribute)
{
    const Value *self = value_of(flow->unit->arena, *item);
    return flow_member(flow, item->id, self, attribute, 0);
}

static const Value *item_attribute(Flow *flow, NodeId node, const Value *object, const Item *item,
                                   Name attribute)
{
    switch (item->kind) {
    case ITEM_PATH:
    case ITEM_INSTANCE:
        return external_attribute(flow, node, object, item, attribute);
    case ITEM_OBJECT:
    case ITEM_CLASS:
        return class_attribute(flow, item, attribute);
    case ITEM_SUPER:
        return flow_super_member(flow, item->id, item->inner, attribute);
    case ITEM_LIST:
    case ITEM_DICT:
    case ITEM_TUPLE:
        return container_attribute(flow, item, attribute);
    default:
        return NULL;
    }
}

const Value *flow_attribute(Flow *flow, NodeId node, const Value *object, Name attribute)
{
    object = flow_settled(flow, object);
    const Value *result = NULL;
    bool any = false, open = object && object->open_ended;
    for (uint32_t i = 0; object && i < object->count; i++) {
        if (object->items[i].kind == ITEM_LITERAL) continue;
        const Value *one = item_attribute(flow, node, object, &object->items[i], attribute);
        result = any ? value_join(flow->unit->arena, result, one) : one;
        any = true;
    }
    return result && open ? value_join(flow->unit->arena, result, NULL) : result;
}

const Value *flow_settled(Flow *flow, const Value *value)
{
    if (!value_find(value, ITEM_RESULT)) return value;
    Arena *arena = flow->unit->arena;
    const Value *settled = NULL;
    for (uint32_t i = 0; i < value->count; i++) {
        const Item *item = &value->items[i];
        const Value *one = item->kind == ITEM_RESULT ? flow_function_result(flow, item->id, item->inner)
                                                     : value_of(arena, *item);
        one = value_at_most(arena, one, value_confidence(value, item));
        settled = i ? value_join(arena, settled, one) : one;
    }
    if (value_find(settled, ITEM_RESULT)) return NULL;
    return settled && value->open_ended ? value_join(arena, settled, NULL) : settled;
}

/* What a container holds, without saying that anything iterates it. */
const Value *flow_held(Flow *flow, const Value *value)
{
    value = flow_settled(flow, value);
    const Value *held = NULL;
    bool any = false;
    for (uint32_t i = 0; value && i < value->count; i++) {
        const Item *item = &value->items[i];
        const Value *one = NULL;
        if (item->kind == ITEM_LIST) one = item->inner;
        if (item->kind == ITEM_INSTANCE) {
            Str type = catalogue_item(flow->unit->catalogue, item->path);
            one = type.len ? type_value(flow->unit->arena, type, value_confidence(value, item)) : NULL;
        }
        for (uint32_t k = 0; item->kind == ITEM_TUPLE && k < item->part_count; k++)
            one = k ? value_join(flow->unit->arena, one, item->parts[k]) : item->parts[k];
        held = any ? value_join(flow->unit->arena, held, one) : one;
        any = true;
    }
    if (value_is_outside(value)) held = value_from_outside(flow->unit->arena, held);
    return held;
}
