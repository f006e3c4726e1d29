#include "program/containers.h"

#include "base/limits.h"
#include "program/arguments.h"
#include "program/instance.h"
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
    return value_of(flow->arena, (Item){.kind = is_class ? ITEM_CLASS : ITEM_OBJECT,
                                        .id = info->class_id,
                                        .confidence = CONFIDENCE_CERTAIN});
}

const Value *flow_declared_parameter(Flow *flow, NodeId parameter)
{
    const Node *node = flow_node(flow, parameter);
    NodeId annotation = node->first, fallback = node->second;
    if (node->flags & (FLAG_STAR | FLAG_DOUBLE_STAR) || !annotation) return NULL;
    if (fallback && flow_node(flow, fallback)->kind == EXPR_CALL) return NULL;
    return flow_annotation(flow, annotation);
}

static const Value *parameter_value(Flow *flow, NodeId parameter, const Value *bound)
{
    Arena *arena = flow->arena;
    uint16_t flags = flow_node(flow, parameter)->flags;
    const Value *declared = flow_annotation(flow, flow_node(flow, parameter)->first);
    NodeId fallback = flow_node(flow, parameter)->second;
    declared =
        flow_injected_or(flow, flow_injected(flow, fallback), flow_for_receiver(flow, declared, bound));
    if (flags & FLAG_STAR) return value_list(arena, declared);
    if (flags & FLAG_DOUBLE_STAR)
        return value_of(arena, (Item){.kind = ITEM_DICT, .inner = declared, .confidence = CONFIDENCE_LIKELY});
    if (declared) return value_from_outside(arena, declared);
    if (!fallback || flow_node(flow, fallback)->kind == EXPR_NOTHING) return unknown_from_outside(arena);
    const Value *value = value_join(arena, flow_expression(flow, fallback), NULL);
    return value ? value_from_outside(arena, value) : unknown_from_outside(arena);
}

Frame *flow_function_frame(Flow *flow, uint32_t function, Frame *closure, const Value *bound)
{
    const FunctionInfo *info = unit_function_info(flow->unit, function);
    Frame *frame = frame_new(flow->arena, FRAME_FUNCTION, closure);
    frame->function = function;
    Frame *around = flow->frame;
    bool silent = flow->silent;
    flow->silent = true;
    flow->frame = closure;
    bool method = bound || (info->class_id != ID_NONE && !info->is_static);
    for (NodeId id = flow_node(flow, info->node)->first; id; id = flow_node(flow, id)->next) {
        const Value *value = method ? receiver_value(flow, info, bound) : parameter_value(flow, id, bound);
        method = false;
        frame_assign(frame, flow_node(flow, id)->name, value);
    }
    flow->frame = around;
    flow->silent = silent;
    return frame;
}

void flow_walk_in_frame(Flow *flow, uint32_t function, Frame *frame)
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
    if (info->is_generator) flow->result = value_list(flow->arena, flow->result);
}

const Value *flow_annotated_result(Flow *flow, uint32_t function)
{
    const FunctionInfo *info = unit_function_info(flow->unit, function);
    NodeId annotation = flow_node(flow, info->node)->fourth;
    return info->is_lambda || !annotation ? NULL : flow_annotation(flow, annotation);
}

/* Binds the arguments of a call to parameters; what is missing keeps its declared value. */
static void bind_arguments(Flow *flow, Frame *frame, const FunctionInfo *info, bool bound, NodeId call)
{
    if (!call || flow_node(flow, call)->kind != EXPR_CALL) return;
    bool silent = flow->silent;
    flow->silent = true;
    NodeId parameter = flow_node(flow, info->node)->first;
    if (bound && parameter) parameter = flow_node(flow, parameter)->next;
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
    Program *program = flow_program(flow);
    if (info->active || info->off_loop) return false;
    if (flow->inline_depth < LIMIT_INLINE_DEPTH && program->inline_calls < LIMIT_INLINE_CALLS) return true;
    if (!flow->silent) program->counters.limits_reached++;
    return false;
}

static void bind_values(Flow *flow, Frame *frame, const FunctionInfo *info, const Item *item,
                        const Value *const *values, uint32_t count)
{
    NodeId parameter = flow_node(flow, info->node)->first;
    if (item->inner && parameter) parameter = flow_node(flow, parameter)->next;
    for (uint32_t i = 0; i < count && parameter; i++, parameter = flow_node(flow, parameter)->next) {
        if (flow_node(flow, parameter)->flags & (FLAG_STAR | FLAG_DOUBLE_STAR)) return;
        if (values[i]) frame_assign(frame, flow_node(flow, parameter)->name, values[i]);
    }
}

static Frame *frame_for(Flow *flow, const Item *item)
{
    FunctionInfo *info = unit_function_info(flow->unit, item->id);
    unit_read_body(info);
    Frame *frame =
        flow_function_frame(flow, item->id, item->closure ? item->closure : info->closure, item->inner);
    frame->depth = flow->frame->depth;
    return frame;
}

static const Value *enter_in_frame(Flow *flow, uint32_t function, Frame *frame, NodeId call)
{
    Flow outer = *flow;
    flow->result = NULL;
    flow->result_given = false;
    flow->inline_depth++;
    flow_program(flow)->inline_calls++;
    if (!flow->report) flow->report = call;
    flow_walk_in_frame(flow, function, frame);
    const Value *result = flow->result;
    flow->report = outer.report;
    flow->inline_depth = outer.inline_depth;
    flow->result = outer.result;
    flow->result_given = outer.result_given;
    return result;
}

const Value *flow_enter_function(Flow *flow, const Item *item, NodeId call)
{
    const FunctionInfo *info = unit_function_info(flow->unit, item->id);
    if (!may_enter(flow, info)) return NULL;
    Frame *frame = frame_for(flow, item);
    bind_arguments(flow, frame, info, item->inner != NULL, call);
    return enter_in_frame(flow, item->id, frame, call);
}

const Value *flow_enter_with(Flow *flow, const Item *item, NodeId node, const Value *const *values,
                             uint32_t count)
{
    const FunctionInfo *info = unit_function_info(flow->unit, item->id);
    if (!may_enter(flow, info)) return NULL;
    Frame *frame = frame_for(flow, item);
    bind_values(flow, frame, info, item, values, count);
    return enter_in_frame(flow, item->id, frame, node);
}
