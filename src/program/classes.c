/* Members of objects and classes: what a name after the dot may be. */
#include "program/flow.h"

#include <string.h>

#include "base/limits.h"
#include "program/contributions.h"
#include "program/instance.h"
#include "program/operators.h"
#include "base/banned.h"

/* --- what methods assign to attributes --- */

/* The text after `.NAME` makes it a target: `= …`, `: type`, `[key] = …`, `.append(…)`, or one of several targets. */
static bool is_assigned_in(Str after)
{
    Str rest = str_trim(str_part(after, 0, str_find_byte(after, '\n')));
    if (!rest.len) return false;
    switch (rest.ptr[0]) {
    case ':':
        return true;
    case '=':
        return rest.len < 2 || rest.ptr[1] != '=';
    case '[':
        return str_find(rest, STR("] =")) != SIZE_MAX || str_find(rest, STR("]=")) != SIZE_MAX;
    case '.':
        return str_starts(rest, STR(".append(")) || str_starts(rest, STR(".add("));
    case ',':
    case ')':
        return str_find(rest, STR("=")) != SIZE_MAX || str_ends(rest, STR(":")) || str_ends(rest, STR(","));
    default:
        return false;
    }
}

/* Some `.NAME` in the text may be assigned to there, of another object than `self` if so asked: a cheap look before the
 * body is parsed. */
static bool may_assign(Str text, Str needle, bool of_others)
{
    for (;;) {
        size_t at = str_find(text, needle);
        if (at == SIZE_MAX) return false;
        bool counts = !of_others || !str_ends(str_part(text, 0, at), STR("self"));
        text = str_part(text, at + needle.len, text.len);
        if (counts && is_assigned_in(text)) return true;
    }
}

static bool is_method_that_assigns(const Unit *unit, const Item *item, Str needle)
{
    if (item->kind != ITEM_FUNCTION) return false;
    const FunctionInfo *info = unit_function_info(unit, item->id);
    return info->class_id != ID_NONE && may_assign(unit_text(info->unit, info->node), needle, false);
}

static bool tells_something(const Value *value)
{
    for (uint32_t i = 0; value && i < value->count; i++)
        if (value->items[i].kind != ITEM_LITERAL) return true;
    return false;
}

static const Value *joined_with(Arena *arena, const Value *left, const Value *right)
{
    return left && right ? value_join(arena, left, right) : left ? left : right;
}

/* What functions of the class's file that are no methods of it assign to the attribute of its objects. */
static const Value *collect_from_outside(Program *program, const ClassInfo *info, Name name, Str needle)
{
    const Value *joined = NULL;
    const Unit *unit = info->unit;
    Name key = outside_key(unit->names, &program->arena, info, name);
    for (size_t i = 0; i < unit->functions.count; i++) {
        const FunctionInfo *function = unit_function_info(unit, unit->functions.items[i]);
        bool own = function->class_id != ID_NONE && unit_class_info(unit, function->class_id) == info;
        if (own || function->is_lambda || function->outer != ID_NONE) continue;
        if (!may_assign(unit_text(unit, function->node), needle, true)) continue;
        Instance *instance = instance_generic(program, unit->functions.items[i]);
        if (instance && instance_walk(program, instance))
            joined = joined_with(&program->arena, joined, instance_attribute(instance, key));
    }
    return joined;
}

/* A method that puts something into the attribute asks for it in turn: it sees what the methods before it assign. */
static void collect_attribute(Program *program, const ClassInfo *info, Name name, Lazy *lazy)
{
    lazy->value = NULL;
    Str needle = str_join(&program->arena, STR("."), STR(""), name_str(name));
    for (uint32_t i = 0; i < info->frame->slot_count; i++) {
        const Value *value = info->frame->slots[i].value;
        for (uint32_t k = 0; value && k < value->count; k++) {
            const Item *item = &value->items[k];
            const Item *plain = item->kind == ITEM_LAZY && item->inner ? &item->inner->items[0] : item;
            if (!is_method_that_assigns(info->unit, plain, needle)) continue;
            Instance *instance = instance_generic(program, plain->id);
            if (!instance || !instance_walk(program, instance)) continue;
            lazy->value = joined_with(&program->arena, lazy->value, instance_attribute(instance, name));
        }
    }
    const FrameSlot *slot = frame_slot(info->frame, name);
    bool told = tells_something(lazy->value) || (slot && tells_something(slot->value));
    if (!info->unit->is_root || told) return;
    const Value *outside = collect_from_outside(program, info, name, needle);
    lazy->value = joined_with(&program->arena, lazy->value, outside);
}

/* Names after a dot that the text may assign to. */
static void note_assigned(Unit *unit, Str text)
{
    for (size_t dot; (dot = str_find_byte(text, '.')) != SIZE_MAX;) {
        Str name = str_word(text, dot + 1);
        text = str_drop(text, dot + 1 + name.len);
        if (name.len && is_assigned_in(text)) map_put(&unit->assigned, names_intern(unit->names, name), 1);
    }
}

/* One look at the file's text tells for most names that nothing in it assigns to them. */
static bool may_be_assigned(Unit *unit, Name name)
{
    if (!unit->assigned_noted) {
        unit->assigned_noted = true;
        map_init(&unit->assigned, &unit->program->arena);
        note_assigned(unit, facts_outline(unit->facts)->text);
    }
    return map_find(&unit->assigned, name) != MAP_NONE;
}

static uint32_t answer_for(Program *program, ClassInfo *info, Name name)
{
    uint32_t at = map_find(&info->answers, name);
    if (at != MAP_NONE) return at;
    at = (uint32_t)info->lazies.count;
    vec_add(&info->lazies, arena_alloc(&program->arena, sizeof(Lazy)));
    map_put(&info->answers, name, at);
    return at;
}

/* What the methods of exactly this class assign to self.NAME. */
static const Value *assigned_attribute(Program *program, ClassInfo *info, Name name)
{
    if (!may_be_assigned(info->unit, name)) return NULL;
    uint32_t answer = answer_for(program, info, name);
    Lazy *lazy = info->lazies.items[answer];
    if (lazy->known || !query_begin(program, &lazy->query)) return lazy->value;
    collect_attribute(program, info, name, lazy);
    lazy->known = query_end(program, &lazy->query);
    return lazy->value;
}

/* --- binding --- */

static const Value *bound_function(Flow *flow, const Item *function, const Item *object)
{
    const FunctionInfo *info = unit_function_info(flow->unit, function->id);
    Item bound = *function;
    if (info->is_static || (object->kind == ITEM_CLASS && !info->is_class_method))
        return value_of(flow->arena, bound);
    bound.inner = value_of(flow->arena, *object);
    if (info->is_class_method)
        bound.inner = value_of(
            flow->arena, (Item){.kind = ITEM_CLASS, .id = object->id, .confidence = CONFIDENCE_CERTAIN});
    return value_of(flow->arena, bound);
}

static const Value *bound_wrapped(Flow *flow, const Item *wrapped, const Item *object)
{
    const Item *function = value_find(wrapped->inner, ITEM_FUNCTION);
    Item bound = *wrapped;
    if (function) bound.inner = bound_function(flow, function, object);
    return value_of(flow->arena, bound);
}

static const Value *bound_members(Flow *flow, const Value *members, const Item *object)
{
    const Value *bound = NULL;
    members = flow_settled(flow, members);
    for (uint32_t i = 0; members && i < members->count; i++) {
        const Item *item = &members->items[i];
        const Value *one = value_alternative(flow->arena, members, i);
        if (item->kind == ITEM_FUNCTION && !item->inner) one = bound_function(flow, item, object);
        if (item->kind == ITEM_WRAPPED) one = bound_wrapped(flow, item, object);
        bound = i ? value_join(flow->arena, bound, one) : one;
    }
    return members && members->open_ended ? value_join(flow->arena, bound, NULL) : bound;
}

/* --- look-up --- */

/* Bases that stand in no file of the program: the tables may know the member. */
static const Value *external_member(Flow *flow, uint32_t class_id, Name name)
{
    const ClassInfo *info = unit_class_info(flow->unit, class_id);
    for (uint32_t i = 0; i < info->base_count; i++) {
        const Value *base = class_base(flow_program(flow), class_id, i);
        for (uint32_t k = 0; base && k < base->count; k++) {
            const Item *item = &base->items[k];
            if (item->kind != ITEM_PATH || !paths_know_member(&flow_program(flow)->paths, item->path, name))
                continue;
            return flow_attribute(flow, 0, value_instance(flow->arena, item->path, item->confidence), name);
        }
    }
    return NULL;
}

static bool is_callable(const Value *value)
{
    return value_find(value, ITEM_FUNCTION) || value_find(value, ITEM_WRAPPED);
}

static bool is_dunder(Name name)
{
    return str_starts(name_str(name), STR("__"));
}

/* The language asks the class for it, never the object. */
static bool is_of_language(Name name)
{
    return is_dunder(name) && str_ends(name_str(name), STR("__"));
}

static const Value *member_of_class(Flow *flow, uint32_t class_id, const Item *object, Name name)
{
    ClassInfo *info = unit_class_info(flow->unit, class_id);
    if (!info->frame) return NULL;
    const FrameSlot *slot = frame_slot(info->frame, name);
    const Value *own = slot ? flow_for_object(flow, slot->value, object) : NULL;
    const Value *member = bound_members(flow, own, object);
    if (is_callable(member) || flow->defining) return member;
    if (is_of_language(name)) return member ? member : external_member(flow, class_id, name);
    const Value *assigned = assigned_attribute(flow_program(flow), info, name);
    if (assigned && assigned->count) {
        assigned = flow_for_object(flow, assigned, object);
        assigned = value_at_most(flow->arena, assigned, CONFIDENCE_LIKELY);
        return member && !value_literal(member) ? value_join(flow->arena, member, assigned) : assigned;
    }
    return member ? member : external_member(flow, class_id, name);
}

/* --- named tuples and enumerations --- */

const Value *flow_fields(Flow *flow, const Item *object)
{
    const ClassInfo *info = unit_class_info(flow->unit, object->id);
    if (flow->defining || !info->frame || !flow_class_derives(flow, object->id, STR("typing.NamedTuple")))
        return NULL;
    const Value **parts = arena_array(flow->arena, info->frame->slot_count, sizeof *parts);
    uint32_t count = 0;
    for (uint32_t i = 0; i < info->frame->slot_count; i++) {
        const Value *field = flow_settled(flow, info->frame->slots[i].value);
        if (!value_find(field, ITEM_FUNCTION)) parts[count++] = field;
    }
    return value_tuple(flow->arena, parts, count);
}

static bool is_enumeration(Flow *flow, uint32_t class_id)
{
    static const char *const bases[] = {"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum"};
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++)
        if (flow_class_derives(flow, class_id,
                               str_join(flow->arena, STR("enum"), STR("."), str_from(bases[i]))))
            return true;
    return false;
}

const Value *flow_enum_member(Flow *flow, const Item *class)
{
    if (flow->defining || !is_enumeration(flow, class->id)) return NULL;
    return value_of(
        flow->arena,
        (Item){.kind = ITEM_OBJECT, .id = class->id, .exact = true, .confidence = class->confidence});
}

/* A plain value in the body of the class itself: the members of an enumeration stand so. */
static bool is_enum_value(Flow *flow, uint32_t class_id, Name name)
{
    const ClassInfo *info = unit_class_info(flow->unit, class_id);
    const FrameSlot *slot = info->frame ? frame_slot(info->frame, name) : NULL;
    if (!slot || is_callable(slot->value)) return false;
    bool decorated = value_find(slot->value, ITEM_LAZY) && value_find(slot->value, ITEM_LAZY)->inner;
    return !decorated && is_enumeration(flow, class_id);
}

/* --- overriding --- */

static bool is_abstract(const Flow *flow, const Value *member)
{
    for (uint32_t i = 0; member && i < member->count; i++)
        if (member->items[i].kind == ITEM_FUNCTION &&
            !unit_is_abstract(unit_function_info(flow->unit, member->items[i].id)))
            return false;
    return member != NULL;
}

/* What subclasses put in the place of the method: any of them may be meant. */
static const Value *with_overrides(Flow *flow, const Item *object, const Value *member, Name name)
{
    Program *program = flow_program(flow);
    uint32_t classes[LIMIT_OVERRIDES * 2], count;
    bool abstract = is_abstract(flow, member);
    bool all = class_subclasses(program, object->id, classes, LIMIT_OVERRIDES * 2, &count);
    const Value *found = abstract ? NULL : member;
    for (uint32_t i = 0; all && i < count; i++) {
        const ClassInfo *info = unit_class_info(flow->unit, classes[i]);
        const FrameSlot *slot = info->frame ? frame_slot(info->frame, name) : NULL;
        if (!slot) continue;
        Item receiver = {.kind = object->kind, .id = classes[i], .confidence = CONFIDENCE_LIKELY};
        const Value *one =
            value_at_most(flow->arena, bound_members(flow, slot->value, &receiver), CONFIDENCE_LIKELY);
        found = found ? value_join(flow->arena, found, one) : one;
    }
    if (!all && abstract) program->counters.limits_reached++;
    return found ? found : member;
}

static const Value *own_member(Flow *flow, const Item *object, Name name)
{
    Program *program = flow_program(flow);
    uint32_t count;
    if (object->kind == ITEM_CLASS && is_enum_value(flow, object->id, name))
        return flow_enum_member(flow, object);
    if (object->kind == ITEM_OBJECT && object->invocation && !is_of_language(name)) {
        const Value *own = invocation_attribute(program, object->invocation, name);
        if (own) return own;
    }
    const uint32_t *order = class_order(program, object->id, &count);
    const Value *member = NULL;
    for (uint32_t i = 0; i < count && !member; i++)
        member = member_of_class(flow, order[i], object, name);
    if (member && !object->exact && is_callable(member) && !is_dunder(name))
        return with_overrides(flow, object, member, name);
    return member;
}

/* A container or None: something may be put there from elsewhere. */
static bool may_be_filled(const Value *member)
{
    const Item *literal = value_literal(member);
    return value_find(member, ITEM_DICT) || value_find(member, ITEM_LIST) ||
           (literal && literal->id == EXPR_NOTHING);
}

/* What was put into the attribute's container, or assigned to it, from elsewhere. */
static const Value *with_contributed(Flow *flow, const Item *object, Name name, const Value *member)
{
    Program *program = flow_program(flow);
    uint32_t count;
    const uint32_t *order = class_order(program, object->id, &count);
    bool expected = may_be_filled(member);
    for (uint32_t i = 0; i < count; i++) {
        const ClassInfo *info = unit_class_info(flow->unit, order[i]);
        const Contribution *noted =
            contribution_read(program, info, name, expected && (i == 0 || frame_slot(info->frame, name)));
        if (!noted) continue;
        if (noted->held) member = contribution_merged(flow->arena, member, noted->held);
        if (value_literal(member)) member = NULL;
        if (noted->assigned) member = joined_with(flow->arena, member, noted->assigned);
        if (noted->on_class)
            member = joined_with(flow->arena, member, bound_members(flow, noted->on_class, object));
    }
    return member;
}

const Value *flow_member(Flow *flow, const Item *object, Name name)
{
    if (flow->defining) return member_of_class(flow, object->id, object, name);
    const Value *member = own_member(flow, object, name);
    return is_of_language(name) ? member : with_contributed(flow, object, name, member);
}

static const Item *receiver_of(const Value *object)
{
    const Item *item = value_find(object, ITEM_OBJECT);
    return item ? item : value_find(object, ITEM_CLASS);
}

const Value *flow_super_member(Flow *flow, uint32_t class_id, const Value *object, Name name)
{
    const Item *receiver = receiver_of(object);
    if (!receiver) return NULL;
    uint32_t count;
    const uint32_t *order = class_order(flow_program(flow), receiver->id, &count);
    bool after = false;
    for (uint32_t i = 0; i < count; i++) {
        const Value *member = after ? member_of_class(flow, order[i], receiver, name) : NULL;
        if (member) return member;
        after = after || order[i] == class_id;
    }
    return external_member(flow, class_id, name);
}

bool flow_class_derives(Flow *flow, uint32_t class_id, Str base)
{
    uint32_t count;
    const uint32_t *order = class_order(flow_program(flow), class_id, &count);
    for (uint32_t i = 0; i < count; i++) {
        const ClassInfo *info = unit_class_info(flow->unit, order[i]);
        for (uint32_t k = 0; k < info->base_count; k++) {
            const Item *path = value_find(class_base(flow_program(flow), order[i], k), ITEM_PATH);
            if (path && catalogue_derives(flow->unit->catalogue, path->path, base)) return true;
        }
    }
    return false;
}

/* --- attributes that nobody gives --- */

static bool base_adds_nothing(const Value *base)
{
    for (uint32_t i = 0; base && i < base->count; i++) {
        const Item *item = &base->items[i];
        bool plain = item->kind == ITEM_PATH &&
                     (str_equal(item->path, STR("builtins.object")) ||
                      str_starts(item->path, STR("typing.")) || str_starts(item->path, STR("abc.")));
        if (item->kind != ITEM_CLASS && !plain) return false;
    }
    return base && !base->open_ended;
}

bool flow_lacks_attribute(Flow *flow, uint32_t class_id, Name name)
{
    uint32_t count;
    const uint32_t *order = class_order(flow_program(flow), class_id, &count);
    Str needle = str_join(flow->arena, STR("."), STR(""), name_str(name));
    for (uint32_t i = 0; i < count; i++) {
        const ClassInfo *info = unit_class_info(flow->unit, order[i]);
        if (!info->frame || frame_slot(info->frame, name)) return false;
        if (may_assign(unit_text(info->unit, info->node), needle, false)) return false;
        for (uint32_t k = 0; k < info->base_count; k++)
            if (!base_adds_nothing(class_base(flow_program(flow), order[i], k))) return false;
    }
    return count > 0;
}
