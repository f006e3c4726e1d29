#include "program/flow.h"

#include "program/arguments.h"
#include "program/effects.h"
#include "base/banned.h"

/* A call while it is looked at. */
typedef struct Call {
    NodeId node;
    bool awaited;
    bool hands_over; /* some argument runs elsewhere: lazy arguments are not run here */
} Call;

static const Value *call_item(Flow *flow, const Call *call, const Value *callee, const Item *item);

/* --- recording --- */

static bool already_recorded(const Flow *flow, NodeId node, NodeId report, const Rule *rule)
{
    const Unit *unit = flow->unit;
    for (size_t i = unit->calls.count; i-- > 0;) {
        const LoopCall *known = &unit->calls.items[i];
        if (known->function != flow->root) return false;
        if (known->node == node && known->report == report && str_equal(known->rule.path, rule->path))
            return true;
    }
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

void flow_record(Flow *flow, NodeId node, const Rule *rule, const Item *receiver, Confidence confidence)
{
    if (flow->silent || flow->root == ID_NONE || rule->effect == EFFECT_NONE) return;
    /* A lambda that stands in the statement itself is no place to go to: the call in it is shown. */
    NodeId report = flow->report && !stands_in(flow, node, flow->statement) ? flow->report : node;
    if (already_recorded(flow, node, report, rule)) return;
    Weight weight = effect_weight(flow, rule, node, receiver);
    if (weight == WEIGHT_NONE) return;
    if (weight == WEIGHT_CHEAP && flow->walk_depth && adds_up(rule)) weight = WEIGHT_OFTEN;
    LoopCall call = {.node = node,
                     .report = report,
                     .statement = flow->statement,
                     .function = flow->root,
                     .sink_function = flow->function,
                     .rule = called_rule(rule, receiver),
                     .weight = weight,
                     .confidence = confidence,
                     .in_loop = flow->loop_depth > 0,
                     .guarded = flow->guard_depth > 0,
                     .outside = sends_from_outside(flow, node)};
    vec_add(&flow->unit->calls, call);
}

static void count_call(Flow *flow, bool known)
{
    if (flow->silent || flow->root == ID_NONE) return;
    if (known)
        flow->unit->resolved++;
    else
        flow->unit->unresolved++;
}

/* --- iteration and `with` --- */

static void record_origin(Flow *flow, NodeId node, const Value *value, const Item *item, CallKind kind)
{
    Rule rule;
    if (!item->origin.len || !node) return;
    if (catalogue_find(flow->unit->catalogue, item->origin, &rule) && rule.kind == kind)
        flow_record(flow, node, &rule, NULL, value_confidence(value, item));
}

bool flow_walks_files(const Flow *flow, const Value *value)
{
    Rule rule;
    for (uint32_t i = 0; value && i < value->count; i++)
        if (value->items[i].origin.len &&
            catalogue_find(flow->unit->catalogue, value->items[i].origin, &rule) &&
            rule.effect == EFFECT_FS_METADATA && rule.severity >= SEVERITY_MEDIUM)
            return true;
    return false;
}

static void record_member(Flow *flow, NodeId node, const Value *value, const Item *item, Str member)
{
    Rule rule;
    if (!node || item->kind != ITEM_INSTANCE) return;
    if (catalogue_member(flow->unit->catalogue, item->path, member, &rule))
        flow_record(flow, node, &rule, item, value_confidence(value, item));
}

/* Nested functions and lambdas run in place; so do nested generators, where they are iterated. */
static bool runs_in_place(const Flow *flow, const FunctionInfo *info)
{
    return !info->is_async && (info->is_lambda || info->outer != ID_NONE) &&
           (flow->root != ID_NONE || flow->silent);
}

static void run_generators(Flow *flow, NodeId node, const Value *value)
{
    for (uint32_t i = 0; node && value && i < value->count; i++) {
        const Item *item = &value->items[i];
        if (item->kind != ITEM_RESULT) continue;
        const FunctionInfo *info = unit_function_info(flow->unit, item->id);
        if (!info->is_generator || !runs_in_place(flow, info)) continue;
        NodeId report = flow->report;
        if (!report) flow->report = node;
        flow_enter_function(flow, item->id, item->inner, item->made_by);
        flow->report = report;
    }
}

const Value *flow_iterate(Flow *flow, NodeId node, const Value *value)
{
    run_generators(flow, node, value);
    value = flow_settled(flow, value);
    for (uint32_t i = 0; value && i < value->count; i++) {
        record_origin(flow, node, value, &value->items[i], CALL_ITERATION);
        record_member(flow, node, value, &value->items[i], STR("__iter__"));
    }
    return flow_held(flow, value);
}

static const Value *entered(Flow *flow, NodeId node, const Value *value, const Item *item)
{
    Arena *arena = flow->unit->arena;
    if (item->kind == ITEM_LIST) return item->inner;
    if (item->kind == ITEM_INSTANCE) {
        Str type = catalogue_enter(flow->unit->catalogue, item->path);
        if (type.len) return type_value(arena, type, value_confidence(value, item));
    }
    if (item->kind == ITEM_OBJECT) {
        Name method = names_intern(flow->unit->names, node ? STR("__enter__") : STR("__aenter__"));
        const Value *enter = flow_member(flow, item->id, value_of(arena, *item), method, 0);
        const Value *bound = enter ? flow_result_of(flow, enter, 0) : NULL;
        if (bound) return bound;
    }
    return value_of(arena, *item);
}

/* node 0: `async with`, which itself does not block. */
const Value *flow_enter(Flow *flow, NodeId node, const Value *value)
{
    value = flow_settled(flow, value);
    const Value *bound = NULL;
    for (uint32_t i = 0; value && i < value->count; i++) {
        const Item *item = &value->items[i];
        record_origin(flow, node, value, item, CALL_CONTEXT);
        record_member(flow, node, value, item, STR("__enter__"));
        record_member(flow, node, value, item, STR("__exit__"));
        const Value *one = entered(flow, node, value, item);
        bound = i ? value_join(flow->unit->arena, bound, one) : one;
    }
    return bound && value->open_ended ? value_join(flow->unit->arena, bound, NULL) : bound;
}

/* --- calls of what stands outside the file --- */

static bool is_call_kind(CallKind kind)
{
    return kind == CALL_FUNCTION || kind == CALL_METHOD || kind == CALL_CONSTRUCTOR;
}

/* An awaited call is of something that can be awaited: where only its type was inferred, the inference was wrong. */
static bool awaits_well(const Call *call, const Rule *rule, Confidence confidence)
{
    return !call->awaited || (rule->kind == CALL_FUNCTION && confidence == CONFIDENCE_CERTAIN);
}

static const Value *returned(Flow *flow, const Call *call, Str path, const Rule *rule, Confidence confidence)
{
    Unit *unit = flow->unit;
    Str type = rule && rule->returns.len ? rule->returns : catalogue_returns(unit->catalogue, path);
    bool lazy = rule && (rule->kind == CALL_ITERATION || rule->kind == CALL_CONTEXT);
    if (!type.len && !lazy) return NULL;
    const Value *value = type.len ? type_value(unit->arena, type, confidence)
                                  : value_instance(unit->arena, STR("builtins.object"), confidence);
    if (!value || value->count != 1) return value;
    Item item = value->items[0];
    item.made_by = call->node;
    if (lazy) item.origin = rule->path;
    return value_of(unit->arena, item);
}

/* Makes the variable that holds the receiver quiet: sock.setblocking(False). */
static void quiet_receiver(Flow *flow, const Call *call, const Rule *rule)
{
    NodeId callee = flow_node(flow, call->node)->first;
    if (flow_node(flow, callee)->kind != EXPR_ATTRIBUTE) return;
    for (size_t i = 0; i < rule->unless_count; i++)
        if (effect_condition_holds(flow, catalogue_unless(flow->unit->catalogue, rule, i), call->node)) {
            NodeId object = flow_node(flow, callee)->first;
            const Value *value = argument_value(flow, object);
            if (!value || value->count != 1) return;
            Item item = value->items[0];
            item.quiet = true;
            flow_assign(flow, object, value_of(flow->unit->arena, item));
            return;
        }
}

static bool is_runner(const Flow *flow, Str path)
{
    Rule rule;
    return catalogue_find(flow->unit->catalogue, path, &rule) && rule.effect == EFFECT_LOOP_MISUSE;
}

/* asyncio.run(main()): main is alone on its loop unless the file starts tasks or serves. */
static void note_runner(Flow *flow, Str path, const Value *function, const Handover *rule)
{
    if (flow->silent) return;
    if (!is_runner(flow, path)) {
        if (rule->coroutine_runs == PLACE_LOOP) flow->unit->starts_tasks = true;
        return;
    }
    for (uint32_t i = 0; function && i < function->count; i++)
        if (function->items[i].kind == ITEM_RESULT || function->items[i].kind == ITEM_FUNCTION)
            unit_function_info(flow->unit, function->items[i].id)->contexts.run_alone = true;
}

/* Arguments that are functions go where the table says; gives what the call returns, if that is one's result. */
static const Value *hand_arguments_over(Flow *flow, const Call *call, const Item *item)
{
    const Value *result = NULL;
    NodeId settled = 0; /* the argument that a conditional row has placed */
    Handover rule;
    for (size_t i = 0; catalogue_handover(flow->unit->catalogue, item->path, i, &rule); i++) {
        NodeId argument = argument_find(flow->unit, call->node, rule.position, rule.keyword, NULL);
        if (!argument) continue;
        if (rule.is_conditional && !effect_test(flow, &rule.condition, call->node)) continue;
        if (rule.is_conditional)
            settled = argument;
        else if (settled == argument)
            continue;
        const Value *function = argument_value(flow, argument);
        note_runner(flow, item->path, function, &rule);
        if (rule.is_wrapper) {
            result = value_of(flow->unit->arena, (Item){.kind = ITEM_WRAPPED,
                                                        .path = item->path,
                                                        .inner = function,
                                                        .confidence = CONFIDENCE_CERTAIN});
            continue;
        }
        if (rule.def_runs == PLACE_INLINE) {
            result = flow_invoke(flow, call->node, function);
            continue;
        }
        flow_hand_over(flow, function, rule.def_runs, rule.coroutine_runs, call->node);
        if (call->awaited) result = flow_result_of(flow, function, 0);
    }
    return result;
}

static const Value *call_path(Flow *flow, const Call *call, const Value *callee, const Item *item)
{
    Unit *unit = flow->unit;
    Confidence confidence = value_confidence(callee, item);
    const Value *result;
    Rule rule;
    bool known = catalogue_find(unit->catalogue, item->path, &rule);
    if (known && is_call_kind(rule.kind) && awaits_well(call, &rule, confidence))
        flow_record(flow, call->node, &rule, item, confidence);
    if (known && rule.quiets_receiver) quiet_receiver(flow, call, &rule);
    const Value *handed = hand_arguments_over(flow, call, item);
    if (flow_builtin(flow, item, call->node, &result)) return result;
    if (handed) return handed;
    return returned(flow, call, item->path, known ? &rule : NULL, confidence);
}

static const Value *call_instance(Flow *flow, const Call *call, const Value *callee, const Item *item)
{
    Rule rule;
    Confidence confidence = value_confidence(callee, item);
    Str path = str_join(flow->unit->arena, item->path, STR("."), STR("__call__"));
    bool known = catalogue_member(flow->unit->catalogue, item->path, STR("__call__"), &rule);
    if (known && !call->awaited) flow_record(flow, call->node, &rule, item, confidence);
    return returned(flow, call, path, known ? &rule : NULL, confidence);
}

/* --- calls of what the file defines --- */

static void note_caller(Flow *flow, FunctionInfo *info)
{
    if (flow->silent) return;
    if (flow->root == ID_NONE) return;
    for (size_t i = 0; i < info->callers.count; i++)
        if (info->callers.items[i] == flow->root) return;
    vec_add(&info->callers, flow->root);
}

static const Value *call_function(Flow *flow, const Call *call, const Item *item)
{
    FunctionInfo *info = unit_function_info(flow->unit, item->id);
    note_caller(flow, info);
    if (!info->is_generator && runs_in_place(flow, info))
        return flow_enter_function(flow, item->id, item->inner, call->node);
    Item result = *item;
    result.kind = ITEM_RESULT;
    result.made_by = call->node;
    return value_of(flow->unit->arena, result);
}

static const Value *call_class(Flow *flow, const Call *call, const Item *item)
{
    return value_of(
        flow->unit->arena,
        (Item){.kind = ITEM_OBJECT, .id = item->id, .made_by = call->node, .confidence = CONFIDENCE_CERTAIN});
}

static const Value *call_object(Flow *flow, const Call *call, const Item *item)
{
    Name name = names_intern(flow->unit->names, STR("__call__"));
    const Value *method = flow_member(flow, item->id, value_of(flow->unit->arena, *item), name, 0);
    const Item *function = value_find(method, ITEM_FUNCTION);
    return function ? call_function(flow, call, function) : NULL;
}

/* A wrapper that offloads cuts; one that only binds arguments (functools.partial) runs what it wraps. */
static const Value *call_wrapped(Flow *flow, const Call *call, const Item *item)
{
    Handover rule;
    bool binds = false;
    for (size_t i = 0; catalogue_handover(flow->unit->catalogue, item->path, i, &rule); i++)
        binds =
            binds || (rule.is_wrapper && (rule.def_runs == PLACE_INLINE || rule.def_runs == PLACE_UNKNOWN));
    if (binds) return flow_invoke(flow, call->node, item->inner);
    flow_hand_over(flow, item->inner, PLACE_THREAD, PLACE_UNKNOWN, 0);
    return flow_result_of(flow, item->inner, 0);
}

static const Value *call_item(Flow *flow, const Call *call, const Value *callee, const Item *item)
{
    switch (item->kind) {
    case ITEM_PATH:
        return call_path(flow, call, callee, item);
    case ITEM_INSTANCE:
        return call_instance(flow, call, callee, item);
    case ITEM_FUNCTION:
        return call_function(flow, call, item);
    case ITEM_CLASS:
        return call_class(flow, call, item);
    case ITEM_OBJECT:
        return call_object(flow, call, item);
    case ITEM_WRAPPED:
        return call_wrapped(flow, call, item);
    default:
        return NULL;
    }
}

static const Value *call_each(Flow *flow, const Call *call, const Value *callee)
{
    const Value *result = NULL;
    bool any = false;
    for (uint32_t i = 0; callee && i < callee->count; i++) {
        if (callee->items[i].kind == ITEM_LITERAL) continue;
        const Value *one = call_item(flow, call, callee, &callee->items[i]);
        result = any ? value_join(flow->unit->arena, result, one) : one;
        any = true;
    }
    return result && callee->open_ended ? value_join(flow->unit->arena, result, NULL) : result;
}

const Value *flow_invoke(Flow *flow, NodeId node, const Value *callee)
{
    Call call = {.node = node};
    return call_each(flow, &call, flow_settled(flow, callee));
}

const Value *flow_result_of(Flow *flow, const Value *callee, NodeId node)
{
    bool silent = flow->silent;
    flow->silent = true;
    const Value *result = flow_invoke(flow, node, callee);
    flow->silent = silent;
    return result;
}

/* --- the call expression --- */

/* Reads the callee: for `object.method` the attribute itself is not read as data. */
static const Value *callee_value(Flow *flow, NodeId callee)
{
    return flow_settled(flow, flow_expression(flow, callee));
}

static bool hands_over(const Flow *flow, const Value *callee)
{
    Handover rule;
    for (uint32_t i = 0; callee && i < callee->count; i++)
        if (callee->items[i].kind == ITEM_PATH &&
            catalogue_handover(flow->unit->catalogue, callee->items[i].path, 0, &rule) &&
            rule.def_runs != PLACE_INLINE)
            return true;
    return false;
}

static const Value *walk_argument(Flow *flow, const Call *call, NodeId argument)
{
    /* What a lazy generator would do is done where the call runs. */
    bool lazy = call->hands_over && flow_node(flow, argument)->kind == EXPR_GENERATOR;
    bool silent = flow->silent;
    flow->silent = silent || lazy;
    const Value *value = flow_expression(flow, argument);
    flow->silent = silent;
    return value;
}

/* Arguments are evaluated here, whoever runs the call. A keyword's value is known under its own node. */
static Arguments walk_arguments(Flow *flow, const Call *call)
{
    Arena *arena = flow->unit->arena;
    NodeId first = flow_node(flow, call->node)->second;
    size_t count = 0;
    for (NodeId at = first; at; at = flow_node(flow, at)->next)
        count++;
    NodeId *nodes = arena_array(arena, count, sizeof *nodes);
    const Value **values = arena_array(arena, count, sizeof(const Value *));
    count = 0;
    for (NodeId at = first; at; at = flow_node(flow, at)->next, count++) {
        nodes[count] = flow_node(flow, at)->kind == ARG_KEYWORD ? flow_node(flow, at)->first : at;
        values[count] = walk_argument(flow, call, at);
    }
    return (Arguments){nodes, values, count, flow->arguments};
}

const Value *flow_call(Flow *flow, NodeId node, bool awaited)
{
    const Value *callee = callee_value(flow, flow_node(flow, node)->first);
    Call call = {.node = node, .awaited = awaited, .hands_over = hands_over(flow, callee)};
    Arguments arguments = walk_arguments(flow, &call);
    count_call(flow, callee && callee->count);
    flow->arguments = &arguments;
    const Value *result = call_each(flow, &call, callee);
    flow->arguments = arguments.outer;
    return result;
}
