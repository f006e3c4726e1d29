#include "program/flow.h"

#include "program/bulk.h"
#include "program/instance.h"
#include "program/operators.h"
#include "base/banned.h"

/* Reading an attribute of a module, class or object that stands outside the file. */
static const Value *external_attribute(Flow *flow, NodeId node, const Value *object, const Item *item,
                                       Name attribute)
{
    Confidence confidence = value_confidence(object, item);
    const Value *method = bulk_method(flow, item, attribute);
    if (method) return method;
    const PathEntry *entry = paths_below(&flow_program(flow)->paths, item->path, attribute);
    Str type = entry->attribute;
    if (item->kind == ITEM_INSTANCE && entry->has_rule && entry->rule.kind == CALL_PROPERTY) {
        if (node) flow_record(flow, node, &entry->rule, item, confidence);
        type = entry->rule.returns.len ? entry->rule.returns : STR("builtins.object");
    }
    if (type.len) return bulk_attribute(flow, item, entry, type_value(flow->arena, type, confidence));
    const Value *read = value_of(flow->arena, (Item){.kind = ITEM_PATH,
                                                     .path = entry->path,
                                                     .unit = item->unit,
                                                     .confidence = confidence,
                                                     .quiet = item->quiet,
                                                     .bulk = item->bulk,
                                                     .made_by = item->made_by});
    return bulk_attribute(flow, item, entry, read);
}

/* Methods of the language's containers are calls of builtins.list.NAME or builtins.dict.NAME on the container. */
static const Value *container_attribute(Flow *flow, const Item *item, Name attribute)
{
    Arena *arena = flow->arena;
    Str class = item->kind == ITEM_DICT ? STR("builtins.dict") : STR("builtins.list");
    return value_of(arena, (Item){.kind = ITEM_PATH,
                                  .path = paths_joined(&flow_program(flow)->paths, class, attribute),
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

/* The function of a property, bound to its object; NULL: the member is none, or it is read from the class. */
static const Item *getter_of(const Flow *flow, const Item *member)
{
    const Item *function = member->kind == ITEM_WRAPPED ? value_find(member->inner, ITEM_FUNCTION) : member;
    if (!function || function->kind != ITEM_FUNCTION || !function->inner) return NULL;
    return unit_function_info(flow->unit, function->id)->is_property ? function : NULL;
}

static const Value *read_members(Flow *flow, NodeId node, const Value *members)
{
    const Value *read = NULL;
    for (uint32_t i = 0; members && i < members->count; i++) {
        const Item *item = &members->items[i], *getter = getter_of(flow, item);
        const Value *one = NULL;
        if (getter) one = read_property(flow, node, members, getter);
        if (item->kind == ITEM_OBJECT) one = read_descriptor(flow, node, item);
        if (!one) one = value_alternative(flow->arena, members, i);
        read = i ? value_join(flow->arena, read, one) : one;
    }
    return read && members->open_ended ? value_join(flow->arena, read, NULL) : read;
}

/* `__getattr__` runs for what nothing else gives. */
static const Value *missing_attribute(Flow *flow, NodeId node, const Item *object, Name attribute)
{
    if (object->kind != ITEM_OBJECT || flow->defining || str_starts(name_str(attribute), STR("__")))
        return NULL;
    if (!flow_member(flow, object, names_intern(flow->unit->names, STR("__getattr__")))) return NULL;
    if (!flow_lacks_attribute(flow, object->id, attribute)) return NULL;
    return flow_special(flow, node, object, STR("__getattr__"), false);
}

static const Value *class_attribute(Flow *flow, NodeId node, const Item *item, Name attribute)
{
    const Value *members = flow_member(flow, item, attribute);
    return members ? read_members(flow, node, members) : missing_attribute(flow, node, item, attribute);
}

/* Methods of a generator that has not ended: send() and the like run on in it. */
static const Value *generator_attribute(Flow *flow, const Value *object, Name attribute)
{
    if (!object || object->count != 1 || object->items[0].kind != ITEM_RESULT) return NULL;
    const FunctionInfo *info = item_function(flow, &object->items[0]);
    if (!info->is_generator || info->is_async) return NULL;
    return value_of(flow->arena, (Item){.kind = ITEM_PATH,
                                        .path = str_join(flow->arena, STR("types.GeneratorType"), STR("."),
                                                         name_str(attribute)),
                                        .confidence = value_confidence(object, &object->items[0]),
                                        .inner = object});
}

/* `", ".join`, `"{}".format` */
static const Value *text_attribute(Flow *flow, const Item *literal, Name attribute)
{
    Str path = paths_joined(&flow_program(flow)->paths, STR("builtins.str"), attribute);
    return value_path(flow->arena, path, literal->confidence);
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
    const Value *generator = generator_attribute(flow, object, attribute);
    if (generator) return generator;
    object = flow_settled(flow, object);
    const Item *literal = value_literal(object);
    if (literal && literal->id == EXPR_STRING) return text_attribute(flow, literal, attribute);
    const Value *result = NULL;
    bool any = false, open = object && object->open_ended;
    for (uint32_t i = 0; object && i < object->count; i++) {
        bool unknown = object->items[i].kind == ITEM_LITERAL;
        const Value *one = unknown ? bulk_method(flow, &object->items[i], attribute)
                                   : item_attribute(flow, node, object, &object->items[i], attribute);
        if (unknown && !one) continue;
        result = any ? value_join(flow->arena, result, one) : one;
        any = true;
    }
    return result && open ? value_join(flow->arena, result, NULL) : result;
}

/* --- writing --- */

Name property_part_key(Flow *flow, Name property, Str part)
{
    return names_intern(flow->unit->names, str_join(flow->arena, name_str(property), STR(" "), part));
}

static bool run_part(Flow *flow, NodeId node, const Item *object, Name part, const Value *const *value)
{
    const Value *members = flow_member(flow, object, part);
    const Item *function = value_find(members, ITEM_FUNCTION);
    if (!function) return false;
    Invocation *invocation = invocation_with(flow_program(flow), function, value, value ? 1 : 0);
    flow_step(flow, node, invocation, value_confidence(members, function), false);
    return true;
}

static bool run_descriptor(Flow *flow, NodeId node, const Value *members, Str method)
{
    members = flow_settled(flow, members);
    const Item *descriptor = value_find(members, ITEM_OBJECT);
    return descriptor && flow_special(flow, node, descriptor, method, false);
}

/* The first class that has the name decides. */
static bool write_member(Flow *flow, NodeId node, const Item *object, Name attribute,
                         const Value *const *value)
{
    uint32_t count;
    const uint32_t *order = class_order(flow_program(flow), object->id, &count);
    for (uint32_t i = 0; i < count; i++) {
        const Frame *frame = unit_class_info(flow->unit, order[i])->frame;
        const FrameSlot *slot = frame ? frame_slot(frame, attribute) : NULL;
        if (!slot) continue;
        Name part = property_part_key(flow, attribute, value ? STR("setter") : STR("deleter"));
        if (frame_slot(frame, part)) return run_part(flow, node, object, part, value);
        return run_descriptor(flow, node, slot->value, value ? STR("__set__") : STR("__delete__"));
    }
    flow_special(flow, node, object, value ? STR("__setattr__") : STR("__delattr__"), false);
    return false;
}

bool flow_write_attribute(Flow *flow, NodeId node, const Value *object, Name attribute,
                          const Value *const *value)
{
    bool written = false;
    if (flow->defining) return false;
    object = flow_settled(flow, object);
    for (uint32_t i = 0; object && i < object->count; i++)
        if (object->items[i].kind == ITEM_OBJECT)
            written = write_member(flow, node, &object->items[i], attribute, value) || written;
    return written;
}
