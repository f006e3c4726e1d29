#include "program/explain.h"

#include "program/flow.h"
#include "base/banned.h"

/* --- what a call calls --- */

static void bind_arguments(const Instance *instance, const Unit *unit, const FunctionInfo *info, Frame *frame)
{
    uint32_t index = 0;
    for (NodeId at = unit_node(unit, info->node)->first; at; at = unit_node(unit, at)->next, index++)
        if (index < instance->argument_count && instance->arguments[index] &&
            !instance->arguments[index]->open_ended)
            frame_assign(frame, unit_node(unit, at)->name, instance->arguments[index]);
}

FunctionEnd function_end(Program *program, uint32_t function, const Instance *instance)
{
    FunctionInfo *info = program->functions.items[function];
    unit_read_body(info);
    Flow flow = flow_in(info->unit, info->closure);
    Frame *closure = instance && instance->closure ? instance->closure : info->closure;
    Frame *frame = flow_function_frame(&flow, function, closure, instance ? instance->bound : NULL);
    if (instance) bind_arguments(instance, info->unit, info, frame);
    flow_walk_in_frame(&flow, function, frame);
    return (FunctionEnd){info->unit, frame, function};
}

static bool offloads(const Unit *unit, Str path, Placement *placed)
{
    Handover rule;
    for (size_t i = 0; catalogue_handover(unit->catalogue, path, i, &rule); i++)
        if (!rule.is_decorator && (rule.def_runs == PLACE_THREAD || rule.def_runs == PLACE_PROCESS)) {
            *placed = rule.def_runs;
            return true;
        }
    return false;
}

static Callee path_callee(const Unit *unit, Str path)
{
    Callee callee = {.name = path};
    Rule rule;
    if (offloads(unit, path, &callee.placed))
        callee.kind = CALLEE_OFFLOADS;
    else if (!catalogue_find(unit->catalogue, path, &rule))
        callee.kind = CALLEE_UNLISTED;
    else if (rule.effect == EFFECT_NONE)
        callee.kind = CALLEE_HARMLESS, callee.why = rule.why;
    else
        callee.kind = CALLEE_BLOCKS;
    return callee;
}

static bool item_callee(const Unit *unit, const Item *item, Callee *callee)
{
    switch (item->kind) {
    case ITEM_PATH:
        *callee = path_callee(unit, item->path);
        return true;
    case ITEM_FUNCTION:
        *callee = (Callee){.kind = CALLEE_FUNCTION, .name = unit_function_info(unit, item->id)->name};
        return true;
    case ITEM_CLASS:
        *callee = (Callee){.kind = CALLEE_FUNCTION, .name = unit_class_info(unit, item->id)->name};
        return true;
    case ITEM_OBJECT:
    case ITEM_INSTANCE:
    case ITEM_WRAPPED:
    case ITEM_SUPER:
        *callee = (Callee){.kind = CALLEE_FUNCTION};
        return true;
    default:
        return false;
    }
}

Callee function_end_callee(const FunctionEnd *end, NodeId call)
{
    const Unit *unit = end->unit;
    NodeId written = unit_node(unit, call)->first;
    Flow flow = flow_in(end->unit, end->frame);
    flow.function = end->function;
    const Value *value = flow_settled(&flow, flow_expression(&flow, written));
    Callee callee = {.kind = CALLEE_UNKNOWN};
    for (uint32_t i = 0; value && i < value->count; i++)
        if (item_callee(unit, &value->items[i], &callee)) break;
    if (!callee.name.len) callee.name = unit_text(unit, written);
    return callee;
}

/* --- nodes by their place --- */

static bool same_span(Span left, Span right)
{
    return left.start == right.start && left.end == right.end;
}

static void add_once(const Unit *unit, NodeList *calls, NodeId call)
{
    Span span = unit_node(unit, call)->span;
    size_t at = 0;
    while (at < calls->count && unit_node(unit, calls->items[at])->span.start <= span.start) {
        if (same_span(unit_node(unit, calls->items[at])->span, span)) return;
        at++;
    }
    vec_add(calls, call);
    for (size_t i = calls->count - 1; i > at; i--)
        calls->items[i] = calls->items[i - 1];
    calls->items[at] = call;
}

void calls_in(const Unit *unit, Span span, NodeList *calls)
{
    size_t count = facts_node_count(unit->facts);
    for (NodeId id = 1; id < count; id++) {
        const Node *node = unit_node(unit, id);
        if (node->kind == EXPR_CALL && node->span.start < span.end && span.start < node->span.end)
            add_once(unit, calls, id);
    }
}

static uint32_t first_row1(const Unit *unit, const Node *node)
{
    uint32_t row1 = lines_row1(&unit->lines, node->span.start);
    uint32_t decorator =
        node->third ? lines_row1(&unit->lines, unit_node(unit, node->third)->span.start) : row1;
    return decorator < row1 ? decorator : row1;
}

uint32_t unit_function_on_row(const Unit *unit, uint32_t row1)
{
    uint32_t found = ID_NONE, found_row1 = 0;
    for (size_t i = 0; i < unit->functions.count; i++) {
        const FunctionInfo *info = unit_function_info(unit, unit->functions.items[i]);
        if (info->is_lambda) continue;
        const Node *node = unit_node(unit, info->node);
        uint32_t first = first_row1(unit, node), last = lines_row1(&unit->lines, node->span.end);
        if (row1 < first || row1 > last || first < found_row1) continue;
        found = unit->functions.items[i];
        found_row1 = first;
    }
    return found;
}

/* --- handovers --- */

static bool names(const Unit *unit, NodeId id, Str name)
{
    const Node *node = unit_node(unit, id);
    while (node->kind == ARG_KEYWORD || node->kind == EXPR_CALL)
        node = unit_node(unit, node->first);
    return (node->kind == EXPR_NAME || node->kind == EXPR_ATTRIBUTE) && str_equal(name_str(node->name), name);
}

static bool hands_over(const Unit *unit, NodeId call, Str name)
{
    for (NodeId at = unit_node(unit, call)->second; at; at = unit_node(unit, at)->next)
        if (names(unit, at, name)) return true;
    return false;
}

NodeId handover_find(const Unit *unit, Span span, Str function)
{
    NodeList calls = {0};
    NodeId found = 0;
    calls_in(unit, span, &calls);
    for (size_t i = 0; !found && i < calls.count; i++)
        if (hands_over(unit, calls.items[i], function)) found = calls.items[i];
    vec_free(&calls);
    return found;
}

uint32_t handing_function(const Program *program, uint32_t function)
{
    for (size_t i = 0; i < program->waiting.count; i++) {
        const Instance *instance = program->waiting.items[i];
        for (size_t k = 0; k < instance->handed.count; k++)
            if (instance->handed.items[k]->function == function) return instance->function;
    }
    return ID_NONE;
}

static uint32_t marker_row1(const Unit *unit, NodeId node)
{
    uint32_t start = unit_node(unit, node)->span.start;
    for (size_t i = 0; i < unit->off_loop_count; i++)
        if (unit->off_loop[i].start <= start && start < unit->off_loop[i].end)
            return lines_row1(&unit->lines, unit->off_loop[i].start);
    return 0;
}

uint32_t off_loop_row1(const Program *program, const FunctionInfo *info)
{
    for (const FunctionInfo *at = info; at->off_loop;) {
        uint32_t row1 = marker_row1(at->unit, at->node);
        if (!row1 && at->class_id != ID_NONE)
            row1 = marker_row1(at->unit, unit_class_info(at->unit, at->class_id)->node);
        if (row1 || at->outer == ID_NONE) return row1;
        at = program->functions.items[at->outer];
    }
    return 0;
}
