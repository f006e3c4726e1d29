/* Assignment: what a target holds afterwards. */
#include "program/flow.h"

#include "program/containers.h"
#include "program/contributions.h"
#include "program/instance.h"
#include "program/operators.h"
#include "base/banned.h"

/* "self.client" for a chain of attributes on a name, interned; NULL for anything else. */
static Name dotted_name(Flow *flow, NodeId id)
{
    const Node *node = flow_node(flow, id);
    while (node->kind == EXPR_ATTRIBUTE)
        node = flow_node(flow, node->first);
    if (node->kind != EXPR_NAME) return NULL;
    return names_intern(flow->unit->names, unit_text(flow->unit, id));
}

const FrameSlot *flow_dotted_slot(Flow *flow, NodeId id)
{
    if (!flow->unit->has_dotted) return NULL;
    Name dotted = dotted_name(flow, id);
    if (!dotted) return NULL;
    for (Frame *frame = flow->frame; frame; frame = frame->parent) {
        const FrameSlot *slot = frame_slot(frame, dotted);
        if (slot) return slot;
    }
    return NULL;
}

Name global_key(Names *names, Arena *arena, Name name)
{
    return names_intern(names, str_join(arena, STR("global"), STR(" "), name_str(name)));
}

Name outside_key(Names *names, Arena *arena, const ClassInfo *info, Name attribute)
{
    return names_intern(names, str_join(arena, info->name, STR(" "), name_str(attribute)));
}

/* The function sees its own assignment; the module's other functions see that it may have been made. */
static void assign_global(Flow *flow, Name name, const Value *value)
{
    frame_assign(flow->frame, name, value);
    if (!flow->instance || !value) return;
    Name key = global_key(flow->unit->names, flow->arena, name);
    instance_assign_attribute(flow_program(flow), flow->instance, key, value);
}

static void assign_name(Flow *flow, Name name, const Value *value)
{
    Frame *frame = flow->frame;
    uint32_t outer = map_find(&frame->outer, name);
    if (outer == 1) {
        assign_global(flow, name, value);
        return;
    }
    Frame *scope = outer == MAP_NONE ? frame : frame->parent;
    while (outer == 2 && scope && !frame_slot(scope, name) && scope->parent)
        scope = scope->parent;
    if (!scope || scope == flow->unit->module) scope = frame;
    const FrameSlot *slot = outer == 2 ? frame_slot(scope, name) : NULL;
    frame_assign(scope, name, slot ? value_join(flow->arena, slot->value, value) : value);
}

/* The object is what the function is a method of: its first parameter. */
static bool is_receiver(const Flow *flow, NodeId object)
{
    const Node *node = flow_node(flow, object);
    if (!flow->instance || node->kind != EXPR_NAME) return false;
    const FunctionInfo *info = unit_function_info(flow->unit, flow->instance->function);
    NodeId first = info->class_id == ID_NONE ? 0 : unit_node(info->unit, info->node)->first;
    return first && info->unit == flow->unit && unit_node(info->unit, first)->name == node->name;
}

/* `STATE.client = connect()`: other functions may see it in objects of the class. */
static void assign_from_outside(Flow *flow, const Value *objects, Name attribute, const Value *value)
{
    if (!flow->instance || !flow->unit->is_root || value_literal(value)) return;
    objects = flow_settled(flow, objects);
    for (uint32_t i = 0; objects && i < objects->count; i++) {
        if (objects->items[i].kind != ITEM_OBJECT) continue;
        const ClassInfo *info = unit_class_info(flow->unit, objects->items[i].id);
        if (info->unit != flow->unit) continue;
        Name key = outside_key(flow->unit->names, flow->arena, info, attribute);
        instance_assign_attribute(flow_program(flow), flow->instance, key, value);
    }
}

static void assign_attribute(Flow *flow, NodeId target, const Value *value)
{
    Name attribute = flow_node(flow, target)->name;
    NodeId object = flow_node(flow, target)->first;
    const Value *objects = flow_expression(flow, object);
    if (flow_write_attribute(flow, target, objects, attribute, &value)) return;
    if (value && is_receiver(flow, object))
        instance_assign_attribute(flow_program(flow), flow->instance, attribute, value);
    else if (value)
        assign_from_outside(flow, objects, attribute, value);
    if (value && !is_receiver(flow, object)) contribute_attribute(flow, objects, attribute, value);
    Name dotted = dotted_name(flow, target);
    if (!dotted) return;
    flow->unit->has_dotted = true;
    frame_assign(flow->frame, dotted, value);
}

/* `clients[key] = value`: the container then may hold the value too. */
static void assign_subscript(Flow *flow, NodeId target, const Value *value)
{
    NodeId object_id = flow_node(flow, target)->first;
    const Value *object = flow_settled(flow, flow_expression(flow, object_id));
    bool missing;
    flow_list(flow, flow_node(flow, target)->second);
    flow_specials(flow, target, object, STR("__setitem__"), &missing);
    const Item *item = value_find(object, ITEM_DICT);
    if (!item) item = value_find(object, ITEM_LIST);
    NodeKind kind = flow_node(flow, object_id)->kind;
    if (!item || !value || (kind != EXPR_NAME && kind != EXPR_ATTRIBUTE)) return;
    Name key = constant_key(flow, flow_node(flow, target)->second);
    if (contribute_put(flow, object_id, item->kind, key, value)) return;
    flow_assign(flow, object_id, value_of(flow->arena, container_with(flow->arena, item, key, value)));
}

/* What is unpacked: an object with fields in order is a tuple of them. */
static const Value *unpacked(Flow *flow, const Value *value)
{
    const Value *known = flow_settled(flow, value);
    const Item *object = known && known->count == 1 ? value_find(known, ITEM_OBJECT) : NULL;
    const Value *fields = object ? flow_fields(flow, object) : NULL;
    return fields ? fields : known;
}

const Value *flow_part(Flow *flow, const Value *value, uint32_t at)
{
    const Value *known = unpacked(flow, value);
    const Item *tuple = known && known->count == 1 ? value_find(known, ITEM_TUPLE) : NULL;
    if (tuple && at < tuple->part_count) return tuple->parts[at];
    const Value *held = flow_held(flow, known);
    return at == ID_NONE ? value_list(flow->arena, held) : held;
}

/* `args, shop = make()` of a module: what make gives is not known yet. */
static bool assign_later(Flow *flow, NodeId target, const Value *value)
{
    if (!flow->defining || !value || value->count != 1 || value->items[0].kind != ITEM_LAZY) return false;
    Item part = {.kind = ITEM_PART, .inner = value, .confidence = CONFIDENCE_CERTAIN};
    bool counts = true; /* behind a starred one nobody knows which it is */
    for (NodeId id = flow_node(flow, target)->first; id; id = flow_node(flow, id)->next, part.id++) {
        bool starred = flow_node(flow, id)->kind == EXPR_STARRED;
        if (starred) part.id = ID_NONE;
        flow_assign(flow, id, counts ? value_of(flow->arena, part) : NULL);
        counts = counts && !starred;
    }
    return true;
}

/* Whatever is no tuple is iterated. */
static void assign_items(Flow *flow, NodeId target, const Value *value)
{
    if (assign_later(flow, target, value)) return;
    const Value *known = unpacked(flow, value);
    const Item *tuple = known && known->count == 1 ? value_find(known, ITEM_TUPLE) : NULL;
    const Value *held = tuple ? flow_held(flow, known) : flow_iterate(flow, target, value);
    uint32_t at = 0;
    for (NodeId id = flow_node(flow, target)->first; id; id = flow_node(flow, id)->next, at++) {
        if (flow_node(flow, id)->kind == EXPR_STARRED)
            flow_assign(flow, flow_node(flow, id)->first, value_list(flow->arena, held));
        else
            flow_assign(flow, id, tuple && at < tuple->part_count ? tuple->parts[at] : held);
    }
}

void flow_assign(Flow *flow, NodeId target, const Value *value)
{
    if (!target) return;
    const Node *node = flow_node(flow, target);
    switch ((NodeKind)node->kind) {
    case EXPR_NAME:
        assign_name(flow, node->name, value);
        break;
    case EXPR_ATTRIBUTE:
        assign_attribute(flow, target, value);
        break;
    case EXPR_SUBSCRIPT:
        assign_subscript(flow, target, value);
        break;
    case EXPR_TUPLE:
    case EXPR_LIST:
        assign_items(flow, target, value);
        break;
    case EXPR_STARRED:
        flow_assign(flow, node->first, value);
        break;
    default:
        break;
    }
}

void flow_write_back(Flow *flow, NodeId target, const Value *value)
{
    NodeId object_id = flow_node(flow, target)->first;
    NodeKind kind = flow_node(flow, target)->kind;
    Name attribute = flow_node(flow, target)->name;
    bool silent = flow->silent, missing;
    if (silent || (kind != EXPR_ATTRIBUTE && kind != EXPR_SUBSCRIPT)) return;
    flow->silent = true; /* it was evaluated when the target was read */
    const Value *object = flow_expression(flow, object_id);
    flow->silent = silent;
    if (kind == EXPR_ATTRIBUTE)
        flow_write_attribute(flow, target, object, attribute, &value);
    else
        flow_specials(flow, target, object, STR("__setitem__"), &missing);
}

void flow_delete(Flow *flow, NodeId target)
{
    NodeId object_id = flow_node(flow, target)->first;
    NodeKind kind = flow_node(flow, target)->kind;
    Name attribute = flow_node(flow, target)->name;
    bool missing;
    if (kind == EXPR_NAME) {
        frame_unbind(flow->frame, attribute);
    } else if (kind == EXPR_ATTRIBUTE) {
        flow_write_attribute(flow, target, flow_expression(flow, object_id), attribute, NULL);
    } else if (kind == EXPR_SUBSCRIPT) {
        const Value *object = flow_expression(flow, object_id);
        flow_list(flow, flow_node(flow, target)->second);
        flow_specials(flow, target, object, STR("__delitem__"), &missing);
    } else if (kind == EXPR_TUPLE || kind == EXPR_LIST) {
        for (NodeId at = object_id; at; at = flow_node(flow, at)->next)
            flow_delete(flow, at);
    }
}
