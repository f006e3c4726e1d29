#include "program/flow.h"

#include "program/instance.h"
#include "base/banned.h"

/* Reading an attribute of a module, class or object that stands outside the file. */
static const Value *external_attribute(Flow *flow, NodeId node, const Value *object, const Item *item,
                                       Name attribute)
{
    const Unit *unit = flow->unit;
    Confidence confidence = value_confidence(object, item);
    Str path = catalogue_canonical(unit->catalogue,
                                   str_join(flow->arena, item->path, STR("."), name_str(attribute)));
    Str type = catalogue_attribute(unit->catalogue, path);
    Rule rule;
    if (item->kind == ITEM_INSTANCE && catalogue_find(unit->catalogue, path, &rule) &&
        rule.kind == CALL_PROPERTY) {
        if (node) flow_record(flow, node, &rule, item, confidence);
        type = rule.returns.len ? rule.returns : STR("builtins.object");
    }
    if (type.len) return type_value(flow->arena, type, confidence);
    return value_of(flow->arena, (Item){.kind = ITEM_PATH,
                                        .path = path,
                                        .unit = item->unit,
                                        .confidence = confidence,
                                        .quiet = item->quiet,
                                        .made_by = item->made_by});
}

/* Methods of the language's containers are calls of builtins.list.NAME or builtins.dict.NAME on the container. */
static const Value *container_attribute(Flow *flow, const Item *item, Name attribute)
{
    Arena *arena = flow->arena;
    Str class = item->kind == ITEM_DICT ? STR("builtins.dict") : STR("builtins.list");
    return value_of(arena, (Item){.kind = ITEM_PATH,
                                  .path = str_join(arena, class, STR("."), name_str(attribute)),
                                  .confidence = item->confidence,
                                  .inner = value_of(arena, *item)});
}

/* A property runs when it is read: what it gives, and the step that says so. */
static const Value *read_property(Flow *flow, NodeId node, const Value *members, const Item *item)
{
    Invocation *invocation = invocation_with(flow_program(flow), item, NULL, 0);
    flow_step(flow, node, invocation, value_confidence(members, item), false);
    return value_of(flow->arena, (Item){.kind = ITEM_RESULT,
                                        .invocation = invocation,
                                        .made_by = node,
                                        .unit = flow->unit,
                                        .confidence = value_confidence(members, item)});
}

/* A class attribute whose class has `__get__` gives what that gives. */
static const Value *read_descriptor(Flow *flow, NodeId node, const Item *item)
{
    Name name = names_intern(flow->unit->names, STR("__get__"));
    return flow_member(flow, item, name) ? flow_special(flow, node, item, STR("__get__"), false) : NULL;
}

static const Value *read_members(Flow *flow, NodeId node, const Value *members)
{
    const Value *read = NULL;
    for (uint32_t i = 0; members && i < members->count; i++) {
        const Item *item = &members->items[i];
        const Value *one = NULL;
        if (item->kind == ITEM_FUNCTION && unit_function_info(flow->unit, item->id)->is_property)
            one = read_property(flow, node, members, item);
        if (item->kind == ITEM_OBJECT) one = read_descriptor(flow, node, item);
        if (!one) one = value_of(flow->arena, *item);
        read = i ? value_join(flow->arena, read, one) : one;
    }
    return read && members->open_ended ? value_join(flow->arena, read, NULL) : read;
}

static const Value *class_attribute(Flow *flow, NodeId node, const Item *item, Name attribute)
{
    return read_members(flow, node, flow_member(flow, item, attribute));
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
        return class_attribute(flow, node, item, attribute);
    case ITEM_SUPER:
        return read_members(flow, node, flow_super_member(flow, item->id, item->inner, attribute));
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
        result = any ? value_join(flow->arena, result, one) : one;
        any = true;
    }
    return result && open ? value_join(flow->arena, result, NULL) : result;
}
