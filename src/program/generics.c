/* Generic classes: what their type variables stand for in an object of `Store[Order]`. */
#include "program/flow.h"

#include "program/arguments.h"
#include "base/banned.h"

enum { GENERIC_DEPTH = 8 };

/* --- type variables --- */

static bool is_variable(const Item *item, const Item *variable)
{
    return item->kind == ITEM_VARIABLE && item->made_by == variable->made_by && item->unit == variable->unit;
}

/* `TypeVar("T", bound=Order)`, `TypeVar("T", Order, User)`: what any of them is. */
const Value *flow_variable_bound(Flow *flow, const Item *variable)
{
    Unit *unit = variable->unit;
    Flow there = flow_in(unit, unit->module);
    NodeId call = variable->made_by;
    NodeId bound = argument_find(unit, call, -1, STR("bound"), NULL);
    const Value *value = bound ? flow_annotation(&there, bound) : NULL;
    for (int i = 1; !bound && argument_find(unit, call, i, (Str){"", 0}, NULL); i++) {
        const Value *one = flow_annotation(&there, argument_find(unit, call, i, (Str){"", 0}, NULL));
        value = i > 1 ? value_join(flow->arena, value, one) : one;
    }
    return value;
}

bool value_holds_variable(const Value *value)
{
    for (uint32_t i = 0; value && i < value->count; i++) {
        const Item *item = &value->items[i];
        if (item->kind == ITEM_VARIABLE || (!item->keys && value_holds_variable(item->inner))) return true;
        for (uint32_t k = 0; k < item->part_count; k++)
            if (value_holds_variable(item->parts[k])) return true;
    }
    return false;
}

/* --- what a class makes of them --- */

static bool lists_variables(const Item *base)
{
    return base->kind == ITEM_PATH &&
           (str_equal(base->path, STR("typing.Generic")) || str_equal(base->path, STR("typing.Protocol")));
}

/* The place of the variable among those that stand first in the parts; counts on in `place`. */
static bool find_place(const Item *base, const Item *variable, uint32_t *place)
{
    for (uint32_t i = 0; i < base->part_count; i++) {
        const Item *part = value_find(base->parts[i], ITEM_VARIABLE);
        if (part && is_variable(part, variable)) return true;
        *place += part != NULL;
    }
    return false;
}

/* Generic[A, B] names the class's own variables in order; without it they come in the order of its bases. */
static bool place_in_class(Program *program, uint32_t class_id, const Item *variable, uint32_t *place)
{
    const ClassInfo *info = program->classes.items[class_id];
    for (int only_listed = 1; only_listed >= 0; only_listed--) {
        *place = 0;
        for (uint32_t i = 0; i < info->base_count; i++) {
            const Value *base = class_base(program, class_id, i);
            if (!base || !base->count || (only_listed && !lists_variables(&base->items[0]))) continue;
            if (find_place(&base->items[0], variable, place)) return true;
        }
    }
    return false;
}

static const Value *substituted(Flow *flow, const Value *value, const Item *object, unsigned depth);

/* What the variable of a class above stands for in the object; NULL: that is not said. */
static const Value *variable_in(Flow *flow, const Item *object, const Item *variable, unsigned depth)
{
    Program *program = flow_program(flow);
    const ClassInfo *info = program->classes.items[object->id];
    uint32_t place;
    if (depth >= GENERIC_DEPTH) return NULL;
    if (place_in_class(program, object->id, variable, &place))
        return place < object->part_count ? object->parts[place] : NULL;
    for (uint32_t i = 0; i < info->base_count; i++) {
        const Item *base = value_find(class_base(program, object->id, i), ITEM_CLASS);
        const Value *found =
            base && base->id != object->id ? variable_in(flow, base, variable, depth + 1) : NULL;
        if (found) return substituted(flow, found, object, depth + 1);
    }
    return NULL;
}

static const Value *substituted_item(Flow *flow, const Item *item, const Item *object, unsigned depth)
{
    if (item->kind == ITEM_VARIABLE) {
        const Value *found = variable_in(flow, object, item, depth);
        return found ? found : value_of(flow->arena, *item);
    }
    Item changed = *item;
    const Value **parts = arena_array(flow->arena, item->part_count, sizeof *parts);
    for (uint32_t i = 0; i < item->part_count; i++)
        parts[i] = substituted(flow, item->parts[i], object, depth + 1);
    if (item->part_count) changed.parts = parts;
    changed.inner = substituted(flow, item->inner, object, depth + 1);
    return value_of(flow->arena, changed);
}

static const Value *substituted(Flow *flow, const Value *value, const Item *object, unsigned depth)
{
    if (depth >= GENERIC_DEPTH || !value_holds_variable(value)) return value;
    const Value *joined = NULL;
    for (uint32_t i = 0; i < value->count; i++) {
        const Value *one = substituted_item(flow, &value->items[i], object, depth);
        joined = i ? value_join(flow->arena, joined, one) : one;
    }
    return joined && value->open_ended ? value_join(flow->arena, joined, NULL) : joined;
}

const Value *flow_for_object(Flow *flow, const Value *value, const Item *object)
{
    if (!value || flow->defining) return value;
    bool has_class = object->kind == ITEM_OBJECT || object->kind == ITEM_CLASS;
    return has_class ? substituted(flow, value, object, 0) : value;
}

const Value *flow_for_receiver(Flow *flow, const Value *value, const Value *receiver)
{
    if (!value || flow->defining) return value;
    const Item *object = value_find(receiver, ITEM_OBJECT);
    if (!object) object = value_find(receiver, ITEM_CLASS);
    return object ? substituted(flow, value, object, 0) : value;
}
