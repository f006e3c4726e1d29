/* Functions and classes where they are defined. */
#include "program/flow.h"

#include "program/instance.h"
#include "program/operators.h"
#include "base/banned.h"

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

static void note_off_loop(const Flow *flow, FunctionInfo *info)
{
    const Unit *unit = flow->unit;
    bool in_off_loop = flow->function != ID_NONE && unit_function_info(unit, flow->function)->off_loop;
    bool class_off_loop = info->class_id != ID_NONE && unit_class_info(unit, info->class_id)->off_loop;
    info->off_loop = in_off_loop || class_off_loop || marked_off_loop(unit, info->node);
}

static void add_pending(const Flow *flow, NodeId node, uint32_t id)
{
    vec_add(&flow->unit->pending, ((Pending){node, flow->frame, id, false}));
}

static void add_nested_root(Flow *flow, FunctionInfo *info, const Item *function)
{
    if (flow->silent || !info->unit->is_root || info->off_loop) return;
    if (info->is_async) info->contexts.loop = true;
    program_add_root(flow_program(flow), invocation_with(flow_program(flow), function, NULL, 0));
}

void flow_use_function(Flow *flow, const Item *function)
{
    FunctionInfo *info = unit_function_info(flow->unit, function->id);
    if (info->waits_for_use && info->outer == flow->function) add_nested_root(flow, info, function);
}

/* `wrapper if iscoroutinefunction(f) else plain`: one of two that are defined is used. */
static bool waits_for_use(Flow *flow, const FunctionInfo *info)
{
    return info->is_async && flow->frame->kind == FRAME_FUNCTION && flow_is_for_caller(flow, info->node);
}

/* Coroutines, and plain functions that define some, are walked for themselves. */
static void list_root(Flow *flow, uint32_t function, const Value *value)
{
    FunctionInfo *info = unit_function_info(flow->unit, function);
    if (flow->defining) {
        if (info->is_async || holds_coroutines(flow->unit, info)) unit_list_root(info, function);
        if (info->is_async) info->contexts.loop = true;
        return;
    }
    info->waits_for_use = waits_for_use(flow, info);
    if (!info->waits_for_use && (info->is_async || holds_coroutines(flow->unit, info)))
        add_nested_root(flow, info, &value->items[0]);
}

/* `@zoom.setter`: the class keeps it beside the property, the name stays what it was. NULL: it is none. */
static const Value *keep_property_part(Flow *flow, NodeId node, const Value *plain)
{
    for (NodeId at = flow_node(flow, node)->third; at; at = flow_node(flow, at)->next) {
        Str part = name_str(flow_node(flow, at)->name);
        if (flow->frame->kind != FRAME_CLASS || flow_node(flow, at)->kind != EXPR_ATTRIBUTE) continue;
        if (!str_equal(part, STR("setter")) && !str_equal(part, STR("deleter"))) continue;
        const Value *property = flow_expression(flow, flow_node(flow, at)->first);
        const Item *getter = value_find(property, ITEM_FUNCTION);
        if (!getter || !unit_function_info(flow->unit, getter->id)->is_property) continue;
        frame_assign(flow->frame, property_part_key(flow, flow_node(flow, node)->name, part), plain);
        return property;
    }
    return NULL;
}

/* In a module the name may wait for its decorators until other modules may be asked. */
const Value *flow_define_function(Flow *flow, NodeId node)
{
    Unit *unit = flow->unit;
    for (NodeId id = flow_node(flow, node)->first; id; id = flow_node(flow, id)->next)
        flow_expression(flow, flow_node(flow, id)->second);
    uint32_t function = unit_function(unit, node, flow->frame, enclosing_class(flow), flow->function);
    note_off_loop(flow, unit_function_info(unit, function));
    const Value *plain = value_of(flow->arena, (Item){.kind = ITEM_FUNCTION,
                                                      .id = function,
                                                      .closure = flow->frame,
                                                      .confidence = CONFIDENCE_CERTAIN});
    bool decorated = flow_node(flow, node)->third;
    if (decorated) flow_take_language_decorators(flow, function);
    list_root(flow, function, plain);
    if (!decorated) return plain;
    const Value *property = keep_property_part(flow, node, plain);
    if (!flow->defining) {
        if (!flow->silent) flow_place_decorated(flow, function);
        return property ? property : flow_decorated(flow, node, plain);
    }
    add_pending(flow, node, function);
    if (property) return property;
    if (flow_is_plain(flow, node)) return plain;
    return value_of(flow->arena, (Item){.kind = ITEM_LAZY,
                                        .made_by = node,
                                        .unit = unit,
                                        .closure = flow->frame,
                                        .inner = plain,
                                        .confidence = CONFIDENCE_CERTAIN});
}

static void take_bases(Flow *flow, NodeId node, ClassInfo *info)
{
    uint32_t count = 0;
    for (NodeId id = flow_node(flow, node)->first; id; id = flow_node(flow, id)->next)
        count++;
    info->bases = arena_array(flow->arena, count, sizeof *info->bases);
    info->base_count = 0;
    for (NodeId id = flow_node(flow, node)->first; id; id = flow_node(flow, id)->next) {
        const Value *value = flow_expression(flow, id);
        if (flow_node(flow, id)->kind != ARG_KEYWORD) info->bases[info->base_count++] = value;
    }
}

/* Methods that a framework calls because of the class's bases. */
static void place_method(Flow *flow, uint32_t class_id, const Item *method, Str name)
{
    Program *program = flow_program(flow);
    uint32_t count;
    const uint32_t *order = class_order(program, class_id, &count);
    for (uint32_t i = 0; i < count; i++) {
        const ClassInfo *info = unit_class_info(flow->unit, order[i]);
        for (uint32_t k = 0; k < info->base_count; k++) {
            const Item *path = value_find(class_base(program, order[i], k), ITEM_PATH);
            MethodPlacement placement;
            if (!path || !catalogue_method_placement(flow->unit->catalogue, path->path, name, &placement))
                continue;
            Name last = names_intern(flow->unit->names, name);
            flow_note_server(flow, value_of(flow->arena, *method),
                             paths_below(&program->paths, path->path, last)->path);
            flow_hand_over(flow, value_of(flow->arena, *method), placement.def_runs, placement.coroutine_runs,
                           0);
        }
    }
}

/* Plain methods that the language itself runs for `await` and `async for`. */
static bool belongs_to_await(Str method)
{
    return str_equal(method, STR("__await__")) || str_equal(method, STR("__aiter__")) ||
           str_equal(method, STR("__anext__"));
}

void flow_place_methods(Flow *flow, uint32_t class_id)
{
    const ClassInfo *info = unit_class_info(flow->unit, class_id);
    for (uint32_t i = 0; i < info->frame->slot_count; i++) {
        const FrameSlot *slot = &info->frame->slots[i];
        const Value *value = slot->value;
        for (uint32_t k = 0; value && k < value->count; k++) {
            const Item *item = &value->items[k];
            if (item->kind == ITEM_LAZY && item->inner) item = &item->inner->items[0];
            if (item->kind != ITEM_FUNCTION) continue;
            FunctionInfo *method = unit_function_info(flow->unit, item->id);
            if (belongs_to_await(name_str(slot->name)) && !flow->silent) {
                method->contexts.loop = true;
                unit_list_root(method, item->id);
            }
            place_method(flow, class_id, item, name_str(slot->name));
        }
    }
}

static Str class_name(const Flow *flow, NodeId node)
{
    Str name = name_str(flow_node(flow, node)->name);
    if (flow->frame->kind == FRAME_CLASS)
        return str_join(flow->arena, unit_class_info(flow->unit, flow->frame->class_id)->name, STR("."),
                        name);
    if (flow->function == ID_NONE) return name;
    return str_join(flow->arena, unit_function_info(flow->unit, flow->function)->name, STR(".<locals>."),
                    name);
}

static bool makes_constructor(const Flow *flow, Str path)
{
    return str_equal(path, STR("dataclasses.dataclass")) ||
           paths_find(&flow_program(flow)->paths, path)->traits & TRAIT_BIT(TRAIT_CONSTRUCTOR);
}

static void take_class_decorators(Flow *flow, ClassInfo *info)
{
    for (NodeId at = flow_node(flow, info->node)->third; at; at = flow_node(flow, at)->next) {
        flow_expression(flow, at);
        bool is_call = flow_node(flow, at)->kind == EXPR_CALL;
        const Item *path =
            value_find(flow_expression(flow, is_call ? flow_node(flow, at)->first : at), ITEM_PATH);
        info->is_data = info->is_data || (path && makes_constructor(flow, path->path));
    }
}

const Value *flow_define_class(Flow *flow, NodeId node)
{
    Unit *unit = flow->unit;
    uint32_t class_id = unit_class(unit, node, class_name(flow, node));
    ClassInfo *info = unit_class_info(unit, class_id);
    info->closure = flow->frame;
    info->off_loop = marked_off_loop(unit, node);
    take_class_decorators(flow, info);
    take_bases(flow, node, info);
    info->frame = frame_new(flow->arena, FRAME_CLASS, flow->frame);
    info->frame->class_id = class_id;
    flow->frame = info->frame;
    flow_block(flow, flow_node(flow, node)->second);
    flow->frame = info->closure;
    const Value *plain =
        value_of(flow->arena, (Item){.kind = ITEM_CLASS, .id = class_id, .confidence = CONFIDENCE_CERTAIN});
    if (flow->defining)
        add_pending(flow, node, class_id);
    else if (!flow->silent)
        flow_place_methods(flow, class_id);
    return plain;
}
