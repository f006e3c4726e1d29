#include "program/flow.h"

#include <string.h>

#include "base/limits.h"
#include "program/effects.h"
#include "base/banned.h"

void class_attribute_add(Unit *unit, uint32_t class_id, Name attribute, const Value *value)
{
    ClassInfo *info = unit_class_info(unit, class_id);
    uint32_t known = map_find(&info->attributes, attribute);
    if (known != MAP_NONE) {
        const Value *before = info->attribute_values[known];
        info->attribute_values[known] = value_join(unit->arena, before, value);
        return;
    }
    if (info->attribute_count == info->attribute_capacity) {
        uint32_t capacity = info->attribute_capacity ? info->attribute_capacity * 2 : 8;
        const Value **larger = arena_array(unit->arena, capacity, sizeof *larger);
        if (info->attribute_count)
            memcpy(larger, info->attribute_values, info->attribute_count * sizeof *larger);
        info->attribute_values = larger;
        info->attribute_capacity = capacity;
    }
    map_put(&info->attributes, attribute, info->attribute_count);
    info->attribute_values[info->attribute_count++] = value;
}

/* --- definitions --- */

typedef struct Decorators {
    bool is_wrapper; /* the name is bound to something that offloads */
    bool is_unknown;
    Str wrapper;
} Decorators;

static void apply_language_decorator(FunctionInfo *info, Str path, Decorators *seen)
{
    if (str_equal(path, STR("builtins.staticmethod")))
        info->is_static = true;
    else if (str_equal(path, STR("builtins.classmethod")))
        info->is_class_method = true;
    else if (str_equal(path, STR("builtins.property")) || str_equal(path, STR("functools.cached_property")))
        info->is_property = true;
    else if (str_equal(path, STR("functools.cache")) || str_equal(path, STR("functools.lru_cache")))
        info->memoised = true;
    else if (!str_starts(path, STR("contextlib.")) && !str_starts(path, STR("abc.")) &&
             !str_starts(path, STR("typing.")) && !str_starts(path, STR("functools.")))
        seen->is_unknown = true;
    if (str_equal(path, STR("functools.cached_property"))) info->memoised = true;
}

static void apply_decorator(Flow *flow, uint32_t function, const Item *item, NodeId decorator,
                            Decorators *seen)
{
    FunctionInfo *info = unit_function_info(flow->unit, function);
    Handover rule;
    bool any = false;
    for (size_t i = 0; catalogue_handover(flow->unit->catalogue, item->path, i, &rule); i++) {
        if (!rule.is_decorator || (rule.is_conditional && !effect_test(flow, &rule.condition, decorator)))
            continue;
        any = true;
        if (rule.is_wrapper) {
            seen->is_wrapper = true;
            seen->wrapper = item->path;
            continue;
        }
        const Value *value = value_of(flow->unit->arena, (Item){.kind = ITEM_FUNCTION, .id = function});
        flow_hand_over(flow, value, rule.def_runs, rule.coroutine_runs, 0);
        if (rule.is_conditional) break;
    }
    if (!any) apply_language_decorator(info, item->path, seen);
}

/* The decorator's own path: of `@app.get("/")` that of app.get. */
static const Value *decorator_target(Flow *flow, NodeId decorator)
{
    bool silent = flow->silent;
    flow->silent = true;
    const Node *node = flow_node(flow, decorator);
    const Value *target = flow_expression(flow, node->kind == EXPR_CALL ? node->first : decorator);
    flow->silent = silent;
    return target;
}

static Decorators apply_decorators(Flow *flow, NodeId node, uint32_t function)
{
    Decorators seen = {0};
    for (NodeId at = flow_node(flow, node)->third; at; at = flow_node(flow, at)->next) {
        flow_expression(flow, at);
        const Value *target = decorator_target(flow, at);
        const Item *path = value_find(target, ITEM_PATH);
        if (path)
            apply_decorator(flow, function, path, at, &seen);
        else
            seen.is_unknown = true;
    }
    if (seen.is_unknown) unit_function_info(flow->unit, function)->contexts.exposed = true;
    return seen;
}

static bool marked_off_loop(const Unit *unit, NodeId node)
{
    const Node *facts = unit_node(unit, node);
    for (size_t i = 0; i < unit->off_loop_count; i++)
        if (unit->off_loop[i].start <= facts->span.start && facts->span.start < unit->off_loop[i].end)
            return true;
    return false;
}

static bool holds_coroutines(const Unit *unit, const FunctionInfo *info)
{
    uint32_t level = unit_node(unit, info->node)->level;
    const Outline *outline = facts_outline(unit->facts);
    if (!level) return str_find(unit_text(unit, info->node), STR("async ")) != SIZE_MAX;
    return level <= outline->region_count && outline->regions[level - 1].has_async;
}

static uint32_t enclosing_class(const Flow *flow)
{
    return flow->frame->kind == FRAME_CLASS ? flow->frame->class_id : ID_NONE;
}

const Value *flow_define_function(Flow *flow, NodeId node)
{
    Unit *unit = flow->unit;
    for (NodeId id = flow_node(flow, node)->first; id; id = flow_node(flow, id)->next)
        flow_expression(flow, flow_node(flow, id)->second);
    uint32_t function = unit_function(unit, node, flow->frame, enclosing_class(flow), flow->function);
    FunctionInfo *info = unit_function_info(unit, function);
    bool in_off_loop = flow->function != ID_NONE && unit_function_info(unit, flow->function)->off_loop;
    bool class_off_loop = info->class_id != ID_NONE && unit_class_info(unit, info->class_id)->off_loop;
    info->off_loop = in_off_loop || class_off_loop || marked_off_loop(unit, node);
    Decorators seen = apply_decorators(flow, node, function);
    if (!flow->silent && info->is_async) unit_follow(unit, function);
    /* A plain function that defines coroutines is walked for its scope. */
    if (!flow->silent && !info->is_async && !info->followed && holds_coroutines(unit, info)) {
        info->followed = true;
        vec_add(&unit->waiting, function);
    }
    const Value *value = value_of(
        unit->arena, (Item){.kind = ITEM_FUNCTION, .id = function, .confidence = CONFIDENCE_CERTAIN});
    if (!seen.is_wrapper) return value;
    return value_of(
        unit->arena,
        (Item){.kind = ITEM_WRAPPED, .path = seen.wrapper, .inner = value, .confidence = CONFIDENCE_CERTAIN});
}

static void take_bases(Flow *flow, NodeId node, ClassInfo *info)
{
    uint32_t count = 0;
    for (NodeId id = flow_node(flow, node)->first; id; id = flow_node(flow, id)->next)
        count++;
    info->bases = arena_array(flow->unit->arena, count, sizeof *info->bases);
    info->base_count = 0;
    for (NodeId id = flow_node(flow, node)->first; id; id = flow_node(flow, id)->next) {
        const Value *value = flow_expression(flow, id);
        if (flow_node(flow, id)->kind != ARG_KEYWORD) info->bases[info->base_count++] = value;
    }
}

bool flow_class_derives(const Unit *unit, uint32_t class_id, Str base, unsigned depth)
{
    const ClassInfo *info = unit_class_info(unit, class_id);
    for (uint32_t i = 0; depth < LIMIT_BASES && i < info->base_count; i++)
        for (uint32_t k = 0; info->bases[i] && k < info->bases[i]->count; k++) {
            const Item *item = &info->bases[i]->items[k];
            if (item->kind == ITEM_PATH && catalogue_derives(unit->catalogue, item->path, base)) return true;
            if (item->kind == ITEM_CLASS && item->id != class_id &&
                flow_class_derives(unit, item->id, base, depth + 1))
                return true;
        }
    return false;
}

/* Methods that a framework calls because of the class's bases. */
static void place_method(Flow *flow, uint32_t class_id, uint32_t function, Str method, unsigned depth)
{
    const ClassInfo *info = unit_class_info(flow->unit, class_id);
    for (uint32_t i = 0; depth < LIMIT_BASES && i < info->base_count; i++)
        for (uint32_t k = 0; info->bases[i] && k < info->bases[i]->count; k++) {
            const Item *item = &info->bases[i]->items[k];
            MethodPlacement placement;
            if (item->kind == ITEM_CLASS && item->id != class_id)
                place_method(flow, item->id, function, method, depth + 1);
            if (item->kind != ITEM_PATH ||
                !catalogue_method_placement(flow->unit->catalogue, item->path, method, &placement))
                continue;
            const Value *value = value_of(flow->unit->arena, (Item){.kind = ITEM_FUNCTION, .id = function});
            flow_hand_over(flow, value, placement.def_runs, placement.coroutine_runs, 0);
        }
}

/* Plain methods that the language itself runs for `await` and `async for`. */
static bool belongs_to_await(Str method)
{
    return str_equal(method, STR("__await__")) || str_equal(method, STR("__aiter__")) ||
           str_equal(method, STR("__anext__"));
}

static void place_methods(Flow *flow, uint32_t class_id)
{
    const ClassInfo *info = unit_class_info(flow->unit, class_id);
    for (uint32_t i = 0; i < info->frame->slot_count; i++) {
        const FrameSlot *slot = &info->frame->slots[i];
        for (uint32_t k = 0; slot->value && k < slot->value->count; k++)
            if (slot->value->items[k].kind == ITEM_FUNCTION) {
                if (belongs_to_await(name_str(slot->name)) && !flow->silent)
                    unit_follow(flow->unit, slot->value->items[k].id);
                place_method(flow, class_id, slot->value->items[k].id, name_str(slot->name), 0);
            }
    }
}

static ClassInfo *class_of_node(Flow *flow, NodeId node, uint32_t *class_id)
{
    Unit *unit = flow->unit;
    for (size_t i = 0; i < unit->classes.count; i++)
        if (unit->classes.items[i]->node == node) {
            *class_id = (uint32_t)i;
            return unit->classes.items[i];
        }
    ClassInfo *info = arena_alloc(unit->arena, sizeof *info);
    info->node = node;
    map_init(&info->attributes, unit->arena);
    map_init(&info->searched, unit->arena);
    *class_id = (uint32_t)unit->classes.count;
    vec_add(&unit->classes, info);
    return info;
}

static Str class_name(const Flow *flow, NodeId node)
{
    Str name = name_str(flow_node(flow, node)->name);
    if (flow->frame->kind == FRAME_CLASS)
        return str_join(flow->unit->arena, unit_class_info(flow->unit, flow->frame->class_id)->name, STR("."),
                        name);
    if (flow->function == ID_NONE) return name;
    return str_join(flow->unit->arena, unit_function_info(flow->unit, flow->function)->name,
                    STR(".<locals>."), name);
}

uint32_t flow_define_class(Flow *flow, NodeId node)
{
    uint32_t class_id;
    ClassInfo *info = class_of_node(flow, node, &class_id);
    info->name = class_name(flow, node);
    info->closure = flow->frame;
    info->off_loop = marked_off_loop(flow->unit, node);
    for (NodeId at = flow_node(flow, node)->third; at; at = flow_node(flow, at)->next)
        flow_expression(flow, at);
    take_bases(flow, node, info);
    info->frame = frame_new(flow->unit->arena, FRAME_CLASS, flow->frame);
    info->frame->class_id = class_id;
    flow->frame = info->frame;
    flow_block(flow, flow_node(flow, node)->second);
    flow->frame = info->closure;
    place_methods(flow, class_id);
    return class_id;
}

/* --- look-up --- */

/* Assignments to self.NAME in one method. */
static void take_attributes(Flow *flow, uint32_t function)
{
    FunctionInfo *info = unit_function_info(flow->unit, function);
    if (info->attributes_taken || info->active) return;
    info->attributes_taken = true;
    Flow walk = flow_aside(flow, info->closure);
    if (walk.inline_depth < LIMIT_INLINE_DEPTH) flow_walk_body(&walk, function, NULL);
}

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

/* Some `.NAME` in the text may be assigned to there: a cheap look before the body is parsed. */
static bool may_assign(Str text, Str needle)
{
    for (;;) {
        size_t at = str_find(text, needle);
        if (at == SIZE_MAX) return false;
        text = str_part(text, at + needle.len, text.len);
        if (is_assigned_in(text)) return true;
    }
}

/* Walks the methods that may assign to `.NAME`, each method once. */
static void search_methods(Flow *flow, ClassInfo *info, Name name)
{
    if (map_find(&info->searched, name) != MAP_NONE) return;
    map_put(&info->searched, name, 1);
    Str needle = str_join(flow->unit->arena, STR("."), STR(""), name_str(name));
    for (uint32_t i = 0; i < info->frame->slot_count; i++) {
        const Value *value = info->frame->slots[i].value;
        for (uint32_t k = 0; value && k < value->count; k++) {
            if (value->items[k].kind != ITEM_FUNCTION) continue;
            uint32_t function = value->items[k].id;
            NodeId node = unit_function_info(flow->unit, function)->node;
            if (may_assign(unit_text(flow->unit, node), needle)) take_attributes(flow, function);
        }
    }
}

static const Value *bound_function(Flow *flow, const Item *function, uint32_t class_id, const Value *object)
{
    const FunctionInfo *info = unit_function_info(flow->unit, function->id);
    Item bound = *function;
    if (info->is_static) return value_of(flow->unit->arena, bound);
    bound.inner = object;
    if (info->is_class_method)
        bound.inner = value_of(flow->unit->arena,
                               (Item){.kind = ITEM_CLASS, .id = class_id, .confidence = CONFIDENCE_CERTAIN});
    if (info->is_property) bound.kind = ITEM_RESULT;
    return value_of(flow->unit->arena, bound);
}

static const Value *bound_members(Flow *flow, const Value *members, uint32_t class_id, const Value *object)
{
    const Value *bound = NULL;
    for (uint32_t i = 0; members && i < members->count; i++) {
        const Item *item = &members->items[i];
        const Value *one = item->kind == ITEM_FUNCTION ? bound_function(flow, item, class_id, object)
                                                       : value_of(flow->unit->arena, *item);
        bound = bound ? value_join(flow->unit->arena, bound, one) : one;
    }
    return members && members->open_ended ? value_join(flow->unit->arena, bound, NULL) : bound;
}

static bool knows_member(const Flow *flow, Str type, Name name)
{
    const Catalogue *catalogue = flow->unit->catalogue;
    Rule rule;
    if (catalogue_member(catalogue, type, name_str(name), &rule)) return true;
    Str path = str_join(flow->unit->arena, type, STR("."), name_str(name));
    return catalogue_attribute(catalogue, path).len || catalogue_returns(catalogue, path).len;
}

static const Value *base_member(Flow *flow, const ClassInfo *info, const Value *object, Name name,
                                unsigned depth)
{
    for (uint32_t i = 0; i < info->base_count; i++)
        for (uint32_t k = 0; info->bases[i] && k < info->bases[i]->count; k++) {
            const Item *item = &info->bases[i]->items[k];
            const Value *found = NULL;
            if (item->kind == ITEM_CLASS) found = flow_member(flow, item->id, object, name, depth + 1);
            if (item->kind == ITEM_PATH && knows_member(flow, item->path, name))
                found = flow_attribute(flow, 0,
                                       value_instance(flow->unit->arena, item->path, item->confidence), name);
            if (found) return found;
        }
    return NULL;
}

const Value *flow_member(Flow *flow, uint32_t class_id, const Value *object, Name name, unsigned depth)
{
    if (depth >= LIMIT_BASES) return NULL;
    ClassInfo *info = unit_class_info(flow->unit, class_id);
    if (!info->frame) return NULL;
    const FrameSlot *slot = frame_slot(info->frame, name);
    const Value *member = slot ? bound_members(flow, slot->value, class_id, object) : NULL;
    if (member && (value_find(member, ITEM_FUNCTION) || value_find(member, ITEM_RESULT))) return member;
    search_methods(flow, info, name);
    uint32_t at = map_find(&info->attributes, name);
    if (at != MAP_NONE) {
        const Value *assigned =
            value_at_most(flow->unit->arena, info->attribute_values[at], CONFIDENCE_LIKELY);
        if (assigned && assigned->count)
            return member ? value_join(flow->unit->arena, member, assigned) : assigned;
    }
    if (member) return member;
    return base_member(flow, info, object, name, depth);
}

const Value *flow_super_member(Flow *flow, uint32_t class_id, const Value *object, Name name)
{
    return base_member(flow, unit_class_info(flow->unit, class_id), object, name, 0);
}
