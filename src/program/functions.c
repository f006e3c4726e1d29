#include "program/flow.h"

#include "base/limits.h"
#include "program/arguments.h"
#include "base/banned.h"

/* A value of unknown kind whose size the caller decides. */
static const Value *unknown_from_outside(Arena *arena)
{
    const Value *some = value_of(arena, (Item){.kind = ITEM_LITERAL, .outside = true});
    return value_join(arena, some, NULL);
}

static const Value *receiver_value(Flow *flow, const FunctionInfo *info, const Value *bound)
{
    if (bound) return bound;
    bool is_class = info->is_class_method || str_ends(info->name, STR(".__new__"));
    return value_of(flow->unit->arena, (Item){.kind = is_class ? ITEM_CLASS : ITEM_OBJECT,
                                              .id = info->class_id,
                                              .confidence = CONFIDENCE_CERTAIN});
}

static const Value *parameter_value(Flow *flow, NodeId parameter)
{
    Arena *arena = flow->unit->arena;
    uint16_t flags = flow_node(flow, parameter)->flags;
    const Value *declared = flow_annotation(flow, flow_node(flow, parameter)->first);
    if (flags & FLAG_STAR) return value_list(arena, declared);
    if (flags & FLAG_DOUBLE_STAR)
        return value_of(arena, (Item){.kind = ITEM_DICT, .inner = declared, .confidence = CONFIDENCE_LIKELY});
    if (declared) return value_from_outside(arena, declared);
    NodeId fallback = flow_node(flow, parameter)->second;
    if (!fallback || flow_node(flow, fallback)->kind == EXPR_NOTHING) return unknown_from_outside(arena);
    const Value *value = value_join(arena, flow_expression(flow, fallback), NULL);
    return value ? value_from_outside(arena, value) : unknown_from_outside(arena);
}

Frame *flow_function_frame(Flow *flow, uint32_t function, const Value *bound)
{
    const FunctionInfo *info = unit_function_info(flow->unit, function);
    Frame *frame = frame_new(flow->unit->arena, FRAME_FUNCTION, info->closure);
    frame->function = function;
    Frame *around = flow->frame;
    bool silent = flow->silent;
    flow->silent = true;
    flow->frame = info->closure;
    bool method = info->class_id != ID_NONE && !info->is_static;
    for (NodeId id = flow_node(flow, info->node)->first; id; id = flow_node(flow, id)->next) {
        const Value *value = method ? receiver_value(flow, info, bound) : parameter_value(flow, id);
        method = false;
        frame_assign(frame, flow_node(flow, id)->name, value);
    }
    flow->frame = around;
    flow->silent = silent;
    return frame;
}

/* Walks the body in the flow's frame; flow->result is what it returns or yields. */
static void walk_in_frame(Flow *flow, uint32_t function, Frame *frame)
{
    FunctionInfo *info = unit_function_info(flow->unit, function);
    Frame *around = flow->frame;
    uint32_t outer = flow->function;
    flow->frame = frame;
    flow->function = function;
    flow->guard_depth += info->memoised;
    info->active = true;
    if (info->is_lambda) {
        flow->result = flow_expression(flow, flow_node(flow, info->node)->second);
        flow->result_given = true;
    } else {
        flow_block(flow, flow_node(flow, info->node)->second);
    }
    info->active = false;
    flow->guard_depth -= info->memoised;
    flow->frame = around;
    flow->function = outer;
    if (info->is_generator) flow->result = value_list(flow->unit->arena, flow->result);
}

void flow_walk_body(Flow *flow, uint32_t function, const Value *bound)
{
    unit_read_body(flow->unit, function);
    walk_in_frame(flow, function, flow_function_frame(flow, function, bound));
}

void flow_root(Unit *unit, uint32_t function)
{
    FunctionInfo *info = unit_function_info(unit, function);
    if (info->off_loop || info->active) return;
    bool on_loop = info->is_async || info->contexts.loop;
    if (on_loop && info->walked_on_loop) return;
    info->walked_on_loop = on_loop;
    Flow flow = {
        .unit = unit, .frame = info->closure, .function = ID_NONE, .root = on_loop ? function : ID_NONE};
    flow_walk_body(&flow, function, NULL);
}

static const Value *annotated_result(Flow *flow, uint32_t function)
{
    const FunctionInfo *info = unit_function_info(flow->unit, function);
    if (flow_node(flow, info->node)->flags & FLAG_HEADER_UNREAD) unit_read_body(flow->unit, function);
    NodeId annotation = flow_node(flow, info->node)->fourth;
    if (info->is_lambda || !annotation) return NULL;
    Frame *around = flow->frame;
    flow->frame = info->closure;
    const Value *value = flow_annotation(flow, annotation);
    flow->frame = around;
    return value;
}

const Value *flow_function_result(Flow *flow, uint32_t function, const Value *bound)
{
    FunctionInfo *info = unit_function_info(flow->unit, function);
    if (info->result_known) return info->result;
    if (info->active || flow->inline_depth >= LIMIT_INLINE_DEPTH) return NULL;
    const Value *value = annotated_result(flow, function);
    if (!value) {
        Flow walk = flow_aside(flow, info->closure);
        flow_walk_body(&walk, function, bound);
        value = walk.result;
    }
    info->result = value;
    info->result_known = true;
    return value;
}

/* Binds the arguments of a call to parameters; what is missing keeps its declared value. */
static void bind_arguments(Flow *flow, Frame *frame, const FunctionInfo *info, NodeId call)
{
    if (!call || flow_node(flow, call)->kind != EXPR_CALL) return;
    bool silent = flow->silent;
    flow->silent = true;
    NodeId parameter = flow_node(flow, info->node)->first;
    if (info->class_id != ID_NONE && !info->is_static && parameter)
        parameter = flow_node(flow, parameter)->next;
    for (NodeId at = flow_node(flow, call)->second; at; at = flow_node(flow, at)->next) {
        NodeKind kind = flow_node(flow, at)->kind;
        if (kind == EXPR_STARRED) break;
        if (kind == ARG_KEYWORD) {
            Name name = flow_node(flow, at)->name;
            if (name && frame_slot(frame, name))
                frame_assign(frame, name, argument_value(flow, flow_node(flow, at)->first));
            continue;
        }
        if (!parameter || flow_node(flow, parameter)->flags & (FLAG_STAR | FLAG_DOUBLE_STAR)) break;
        const Value *value = argument_value(flow, at);
        if (value) frame_assign(frame, flow_node(flow, parameter)->name, value);
        parameter = flow_node(flow, parameter)->next;
    }
    flow->silent = silent;
}

static bool may_enter(Flow *flow, const FunctionInfo *info)
{
    if (info->active || info->off_loop) return false;
    if (flow->inline_depth < LIMIT_INLINE_DEPTH && flow->unit->inline_calls < LIMIT_INLINE_CALLS) return true;
    if (!flow->silent) flow->unit->limits_reached++;
    return false;
}

const Value *flow_enter_function(Flow *flow, uint32_t function, const Value *bound, NodeId call)
{
    FunctionInfo *info = unit_function_info(flow->unit, function);
    if (!may_enter(flow, info)) return NULL;
    unit_read_body(flow->unit, function);
    Frame *frame = flow_function_frame(flow, function, bound);
    bind_arguments(flow, frame, info, call);
    Flow outer = *flow;
    flow->result = NULL;
    flow->result_given = false;
    flow->inline_depth++;
    flow->unit->inline_calls++;
    if (!flow->report) flow->report = call;
    walk_in_frame(flow, function, frame);
    const Value *result = flow->result;
    flow->report = outer.report;
    flow->inline_depth = outer.inline_depth;
    flow->result = outer.result;
    flow->result_given = outer.result_given;
    return result;
}
