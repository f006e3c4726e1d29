/* What an instance does, in order: calls that block, calls of functions. */
#include "program/flow.h"

#include "program/arguments.h"
#include "program/bulk.h"
#include "program/effects.h"
#include "program/loops.h"
#include "program/operators.h"
#include "base/banned.h"

/* --- recording --- */

static Step *known_step(const Flow *flow, NodeId node, NodeId report)
{
    Instance *instance = flow->instance;
    for (size_t i = instance->steps.count; i-- > 0;) {
        Step *known = &instance->steps.items[i];
        if (known->node == node && known->report == report && known->function == flow->function) return known;
    }
    return NULL;
}

static bool already_recorded(const Flow *flow, NodeId node, NodeId report, const Rule *rule)
{
    const Step *first = flow->instance->steps.items;
    for (const Step *known = known_step(flow, node, report); known && known >= first; known--)
        if (!known->call && known->node == node && known->report == report &&
            str_equal(known->rule.path, rule->path))
            return true;
    return false;
}

/* The call sends data whose size was decided elsewhere: file.write(body), s3.put_object(Body=data). */
static bool sends_from_outside(Flow *flow, NodeId node)
{
    if (flow_node(flow, node)->kind != EXPR_CALL) return false;
    for (NodeId at = flow_node(flow, node)->second; at; at = flow_node(flow, at)->next) {
        bool keyword = flow_node(flow, at)->kind == ARG_KEYWORD;
        if (value_is_outside(argument_value(flow, keyword ? flow_node(flow, at)->first : at))) return true;
    }
    return false;
}

static bool stands_in(const Flow *flow, NodeId node, NodeId statement)
{
    Span inner = flow_node(flow, node)->span, outer = flow_node(flow, statement)->span;
    NodeKind kind = flow_node(flow, statement)->kind;
    bool simple =
        kind == STMT_EXPRESSION || kind == STMT_ASSIGN || kind == STMT_RETURN || kind == STMT_ANNOTATED;
    return simple && outer.start <= inner.start && inner.end <= outer.end;
}

/* An entry for every method of a class is shown as the method that is called. */
static Rule called_rule(const Rule *rule, const Item *callee)
{
    Rule called = *rule;
    if (str_ends(rule->path, STR(".*")) && callee && callee->kind == ITEM_PATH) called.path = callee->path;
    return called;
}

/* A single look at the file system is cheap; one for every entry of a tree is not. */
static bool adds_up(const Rule *rule)
{
    return rule->effect == EFFECT_FS_METADATA && rule->severity > SEVERITY_INFO;
}

/* A lambda that stands in the statement itself is no place to go to: the call in it is shown. */
static NodeId place_of_report(const Flow *flow, NodeId node)
{
    return flow->report && !stands_in(flow, node, flow->statement) ? flow->report : node;
}

Step flow_place(const Flow *flow, NodeId node)
{
    return (Step){.node = node,
                  .report = place_of_report(flow, node),
                  .statement = flow->statement,
                  .function = flow->function,
                  .weight = WEIGHT_ALWAYS,
                  .in_loop = flow->loop_depth > 0,
                  .loop = flow->counted_loop == LOOPS_UNSURE ? 0 : flow->counted_loop,

                  .guarded = flow->guard_depth > 0,
                  .branch = flow->branch,
                  .handed_on = flow_hands_on(flow, false)};
}

static bool is_recorded(const Flow *flow)
{
    return !flow->silent && flow->instance;
}

void flow_record(Flow *flow, NodeId node, const Rule *rule, const Item *receiver, Confidence confidence)
{
    if (!is_recorded(flow) || rule->effect == EFFECT_NONE) return;
    Step step = flow_place(flow, node);
    if (already_recorded(flow, node, step.report, rule)) return;
    step.weight = effect_weight(flow, rule, node, receiver);
    Rule computing;
    if (step.weight == WEIGHT_NONE && bulk_computes(flow, rule, &computing)) {
        rule = &computing;
        step.weight = bulk_weight(flow, rule, node, receiver);
    }
    if (step.weight == WEIGHT_NONE) return;
    if (step.weight == WEIGHT_CHEAP && flow->walk_depth && adds_up(rule)) step.weight = WEIGHT_OFTEN;
    step.rule = called_rule(rule, receiver);
    step.confidence = confidence;
    step.outside = sends_from_outside(flow, node);
    vec_add(&flow->instance->steps, step);
}

static bool same_call(const Invocation *left, const Invocation *right)
{
    return left->function == right->function && left->closure == right->closure &&
           value_equal(left->bound, right->bound);
}

/* The same call, walked a second time. */
static Step *known_call(const Flow *flow, NodeId node, NodeId report, const Invocation *invocation)
{
    Step *first = flow->instance->steps.items;
    for (Step *known = known_step(flow, node, report); known && known >= first; known--)
        if (known->call && known->node == node && known->report == report &&
            same_call(known->call, invocation))
            return known;
    return NULL;
}

void flow_step(Flow *flow, NodeId node, Invocation *invocation, Confidence confidence, bool awaited)
{
    if (!is_recorded(flow) || !node) return;
    const FunctionInfo *info = unit_function_info(flow->unit, invocation->function);
    Step step = flow_place(flow, node);
    Step *known = known_call(flow, node, step.report, invocation);
    if (known) {
        known->awaited = known->awaited || awaited;
        known->elsewhere = known->elsewhere && info->is_async && !known->awaited;
        return;
    }
    step.call = invocation;
    step.confidence = confidence;
    step.awaited = awaited;
    step.elsewhere = info->is_async && !awaited;
    vec_add(&flow->instance->steps, step);
}

void flow_run(Flow *flow, NodeId node, const Value *value, bool awaited)
{
    if (!awaited) flow_run_generators(flow, node, value);
    for (uint32_t i = 0; value && i < value->count; i++) {
        const Item *item = &value->items[i];
        if (item->kind != ITEM_RESULT) continue;
        const FunctionInfo *info = unit_function_info(flow->unit, item->invocation->function);
        if (awaited ? info->is_async : info->is_generator && !info->is_async)
            flow_step(flow, node, item->invocation, value_confidence(value, item), awaited);
    }
}

/* Kept sorted: a walk meets most places in their order, and those of a loop twice. */
static void note_unresolved(Flow *flow)
{
    Instance *instance = flow->instance;
    NodeId place = flow->report ? flow->report : flow->statement;
    size_t low = 0, high = instance->unresolved.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (instance->unresolved.items[middle] < place)
            low = middle + 1;
        else
            high = middle;
    }
    bool known = low < instance->unresolved.count && instance->unresolved.items[low] == place;
    if (!place || known) return;
    vec_add(&instance->unresolved, place);
    for (size_t i = instance->unresolved.count - 1; i > low; i--)
        instance->unresolved.items[i] = instance->unresolved.items[i - 1];
    instance->unresolved.items[low] = place;
}

void flow_count_call(Flow *flow, bool known)
{
    if (!is_recorded(flow)) return;
    if (known) {
        flow->instance->known_calls++;
        return;
    }
    flow->instance->unknown_calls++;
    note_unresolved(flow);
}
