#include "program/flow.h"

#include "program/arguments.h"
#include "program/bulk.h"
#include "program/containers.h"
#include "program/contributions.h"
#include "program/effects.h"
#include "program/instance.h"
#include "program/loops.h"
#include "program/operators.h"
#include "program/outcomes.h"
#include "base/banned.h"

/* A call while it is looked at. */
typedef struct Call {
    NodeId node;
    bool awaited;
    bool hands_over; /* some argument runs elsewhere: lazy arguments are not run here */
    bool bare;       /* made by the language or a library, with these arguments and not those of the node */
    const Value *const *values;
    uint32_t value_count;
    Name special; /* the method that the language asked for */
} Call;

static const Value *call_item(Flow *flow, const Call *call, const Value *callee, const Item *item);
static const Value *call_each(Flow *flow, const Call *call, const Value *callee);

/* --- calls of what stands outside the file --- */

enum { HANDED_ARGUMENTS = 8 };

/* A call that works on an object that does not block: `metadata.create_all(connection)`. */
static bool works_on_quiet(Flow *flow, const Call *call)
{
    NodeId argument = call->bare ? 0 : argument_find(flow->unit, call->node, 0, (Str){"", 0}, NULL);
    const Value *first = argument ? argument_value(flow, argument) : NULL;
    if (call->bare && call->value_count) first = call->values[0];
    return first && first->count == 1 && first->items[0].quiet;
}

static bool is_call_kind(CallKind kind)
{
    return kind == CALL_FUNCTION || kind == CALL_METHOD || kind == CALL_CONSTRUCTOR;
}

/* An awaited call is of something that can be awaited: where only its type was inferred, the inference was wrong. */
static bool awaits_well(const Call *call, const Rule *rule, Confidence confidence)
{
    return !call->awaited || (rule->kind == CALL_FUNCTION && confidence == CONFIDENCE_CERTAIN);
}

static const Value *returned(Flow *flow, const Call *call, const Item *callee, Str path, const Rule *rule,
                             Confidence confidence)
{
    Unit *unit = flow->unit;
    Arena *arena = flow->arena;
    Str type = rule && rule->returns.len ? rule->returns : paths_find(&unit->program->paths, path)->returns;
    bool lazy = rule && (rule->kind == CALL_ITERATION || rule->kind == CALL_CONTEXT);
    if (!type.len && !lazy) return NULL;
    const Value *value = type.len ? type_value(arena, type, confidence)
                                  : value_instance(arena, STR("builtins.object"), confidence);
    if (!value || value->count != 1) return value;
    Item item = value->items[0];
    item.made_by = call->node;
    item.unit = unit;
    item.quiet = rule && rule->effect == EFFECT_FILE && (callee->quiet || effect_in_memory(flow, call->node));
    if (lazy) item.origin = rule->path;
    return value_of(arena, item);
}

/* What an object that does not block gives does not block either: `session.query(User)`. */
static const Value *given_by(Flow *flow, const Item *callee, const Value *value)
{
    if (!callee->quiet || !value || value->count != 1) return value;
    Item item = value->items[0];
    item.quiet = true;
    return value_of(flow->arena, item);
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
            flow_assign(flow, object, value_of(flow->arena, item));
            return;
        }
}

static bool is_runner(const Flow *flow, Str path)
{
    Rule rule;
    return catalogue_find(flow->unit->catalogue, path, &rule) && rule.effect == EFFECT_LOOP_MISUSE;
}

/* A method that runs a loop is for whoever has the object, a script or not; one that a thread runs has it alone. A script
 * that runs a method of another module's class is not the only one who may. */
static void note_run(const Flow *flow, FunctionInfo *run)
{
    if (run->unit != flow->unit && run->class_id != ID_NONE) return;
    bool method =
        flow->function != ID_NONE && unit_function_info(flow->unit, flow->function)->class_id != ID_NONE;
    if (method)
        run->run_by = flow->function + 1;
    else
        run->contexts.run_alone = true;
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
            note_run(flow, item_function(flow, &function->items[i]));
}

/* `session.run_sync(f, a)` calls f(session, a): what the session does there is awaited underneath. */
static const Value *call_with_handed(Flow *flow, const Call *call, const Handover *rule,
                                     const Value *function)
{
    const Value *values[HANDED_ARGUMENTS];
    uint32_t count = 1;
    NodeId argument;
    values[0] = value_of(
        flow->arena,
        (Item){.kind = ITEM_INSTANCE, .path = rule->hands, .quiet = true, .confidence = CONFIDENCE_CERTAIN});
    while (count < HANDED_ARGUMENTS &&
           (argument =
                argument_find(flow->unit, call->node, rule->position + (int)count, (Str){"", 0}, NULL)) != 0)
        values[count++] = argument_value(flow, argument);
    return flow_invoke_with(flow, call->node, function, values, count);
}

/* `sorted(rows, key=sorted)`: a callable of a library has none of the call's own arguments. */
static const Value *run_inline(Flow *flow, NodeId node, const Value *function)
{
    return value_find(function, ITEM_PATH) ? flow_invoke_with(flow, node, function, NULL, 0)
                                           : flow_invoke(flow, node, function);
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
            result = value_of(flow->arena, (Item){.kind = ITEM_WRAPPED,
                                                  .path = item->path,
                                                  .inner = function,
                                                  .confidence = CONFIDENCE_CERTAIN});
            continue;
        }
        if (rule.def_runs == PLACE_INLINE) {
            result = rule.hands.len ? call_with_handed(flow, call, &rule, function)
                                    : run_inline(flow, call->node, function);
            continue;
        }
        flow_note_server(flow, function, item->path);
        flow_hand_over(flow, function, rule.def_runs, rule.coroutine_runs, call->node);
        flow_observe_job(flow, call->node, item->path, function);
        if (call->awaited) result = flow_result_of(flow, function, 0);
    }
    return result;
}

/* Nothing else is called there: `wait = time.sleep if slow else asyncio.sleep` may be either. */
static bool is_single(const Value *callee)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < callee->count; i++)
        count += callee->items[i].kind != ITEM_LITERAL;
    return count == 1;
}

static const Value *path_called(Flow *flow, const Call *call, const Value *callee, const Item *item)
{
    Confidence confidence = value_confidence(callee, item);
    const Value *result;
    const PathEntry *entry = paths_find(&flow_program(flow)->paths, item->path);
    const Rule *rule = entry->has_rule ? &entry->rule : NULL;
    if (rule && is_call_kind(rule->kind) && awaits_well(call, rule, confidence) &&
        !works_on_quiet(flow, call))
        flow_record(flow, call->node, rule, item, confidence);
    if (entry->traits & TRAITS_OBSERVED && !call->bare)
        flow_observe_traits(flow, call->node, entry, confidence, call->awaited);
    if (rule && rule->quiets_receiver) quiet_receiver(flow, call, rule);
    if (entry->traits && !call->bare && is_single(callee))
        flow_observe_call(flow, call->node, entry, confidence, call->awaited);
    /* The node's arguments are not those of a call that is not written out: `map(list, rows)`. */
    const Value *handed = entry->has_handover && !call->bare ? hand_arguments_over(flow, call, item) : NULL;
    flow_note_wait(flow, call->node, item, call->awaited, NULL);
    if (!call->bare && flow_builtin(flow, item, call->node, &result)) return result;
    if (handed) return handed;
    return given_by(flow, item, returned(flow, call, item, item->path, rule, confidence));
}

static const Value *call_path(Flow *flow, const Call *call, const Value *callee, const Item *item)
{
    return bulk_result(flow, item, call->bare ? 0 : call->node, path_called(flow, call, callee, item));
}

static const Value *call_instance(Flow *flow, const Call *call, const Value *callee, const Item *item)
{
    Rule rule;
    Confidence confidence = value_confidence(callee, item);
    Str path = str_join(flow->arena, item->path, STR("."), STR("__call__"));
    bool known = catalogue_member(flow->unit->catalogue, item->path, STR("__call__"), &rule);
    if (known && !call->awaited) flow_record(flow, call->node, &rule, item, confidence);
    return returned(flow, call, item, path, known ? &rule : NULL, confidence);
}

/* --- calls of what the program defines --- */

/* The function stands in what is being walked: its names are the ones at hand. */
static bool runs_in_place(const Flow *flow, const Item *item, const FunctionInfo *info)
{
    if (info->is_async || info->is_generator || (!info->is_lambda && info->outer == ID_NONE)) return false;
    if (!flow->instance && !flow->silent) return false;
    const Frame *closure = item->closure ? item->closure : info->closure;
    for (const Frame *frame = flow->frame; frame; frame = frame->parent)
        if (frame == closure) return closure->kind != FRAME_MODULE && closure->kind != FRAME_CLASS;
    return false;
}

static const Value *result_value(Flow *flow, const Call *call, const Item *item, Invocation *invocation)
{
    return value_of(flow->arena, (Item){.kind = ITEM_RESULT,
                                        .invocation = invocation,
                                        .made_by = call->node,
                                        .unit = flow->unit,
                                        .confidence = item->confidence});
}

static bool is_named(const FunctionInfo *info, Str name)
{
    return str_equal(str_after_last(info->name, '.'), name);
}

/* A generator runs when it is iterated, the function of a context manager when it is entered. */
static const Value *call_function(Flow *flow, const Call *call, const Item *item, Confidence confidence)
{
    FunctionInfo *info = unit_function_info(flow->unit, item->id);
    if (runs_in_place(flow, item, info))
        return call->bare ? flow_enter_with(flow, item, call->node, call->values, call->value_count)
                          : flow_enter_function(flow, item, call->node);
    Invocation *invocation = call->bare
                                 ? invocation_with(flow_program(flow), item, call->values, call->value_count)
                                 : invocation_of_call(flow, item, call->node);
    if (call->special && !is_named(info, name_str(call->special))) invocation->called_as = call->special;
    if (!info->is_generator || info->is_async)
        flow_step(flow, call->node, invocation, confidence, call->awaited);
    return result_value(flow, call, item, invocation);
}

/* What is registered with @singledispatch runs in the function's place. */
static void call_registered(Flow *flow, const Call *call, const Item *item)
{
    FunctionInfo *info = unit_function_info(flow->unit, item->id);
    const Value *registered = info->is_dispatch ? contributed_dispatch(flow_program(flow), info) : NULL;
    Call other = *call;
    other.special = names_intern(flow->unit->names, info->name);
    for (uint32_t i = 0; registered && i < registered->count; i++) {
        Item function = registered->items[i];
        function.inner = item->inner;
        call_function(flow, &other, &function, function.confidence);
    }
}

const Value *flow_special(Flow *flow, NodeId node, const Item *object, Str method, bool awaited)
{
    Name name = names_intern(flow->unit->names, method);
    const Value *members = flow_settled(flow, flow_member(flow, object, name));
    const Value *result = NULL;
    for (uint32_t i = 0; members && i < members->count; i++) {
        Call call = {.node = node, .awaited = awaited, .bare = true, .special = name};
        if (members->items[i].kind != ITEM_FUNCTION) continue;
        Confidence confidence = value_confidence(members, &members->items[i]);
        if (object->confidence < confidence) confidence = object->confidence;
        const Value *one = call_function(flow, &call, &members->items[i], confidence);
        result = result ? value_join(flow->arena, result, one) : one;
    }
    return result;
}

/* The constructors in the order in which Python runs them: __new__, __init__ (or what a dataclass makes of it). */
static Invocation *construct(Flow *flow, const Call *call, const Item *object, Confidence confidence)
{
    static const char *const methods[] = {"__new__", "__post_init__", "__attrs_post_init__", "__init__"};
    Invocation *made = NULL;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        Name name = names_intern(flow->unit->names, str_from(methods[i]));
        const Value *member = flow_settled(flow, flow_member(flow, object, name));
        const Item *function = value_find(member, ITEM_FUNCTION);
        if (!function) continue;
        bool plain = i == 1 || i == 2;
        Invocation *invocation = invocation_of_call(flow, function, plain ? 0 : call->node);
        flow_step(flow, call->node, invocation, confidence, false);
        made = invocation;
    }
    return made;
}

/* `field(default_factory=f)`: f runs in the constructor that the decorator makes. */
static NodeId default_factory(const Unit *unit, NodeId statement)
{
    const Node *node = unit_node(unit, statement);
    NodeId value = node->kind == STMT_ANNOTATED ? node->third : node->kind == STMT_ASSIGN ? node->second : 0;
    if (!value || unit_node(unit, value)->kind != EXPR_CALL) return 0;
    NodeId factory = argument_find(unit, value, -1, STR("default_factory"), NULL);
    return factory ? factory : argument_find(unit, value, -1, STR("factory"), NULL);
}

/* By keyword, or by its place among the fields. */
static bool is_given(Flow *flow, const Call *call, const Unit *unit, NodeId statement, int place)
{
    const Node *target = unit_node(unit, unit_node(unit, statement)->first);
    return target->name && argument_find(flow->unit, call->node, place, name_str(target->name), NULL);
}

/* `id: int` is a field of the constructor; `kind: ClassVar[str]` and `_: KW_ONLY` are none. */
static bool is_field(const Unit *unit, NodeId statement)
{
    const Node *node = unit_node(unit, statement);
    if (node->kind != STMT_ANNOTATED) return node->kind == STMT_ASSIGN && default_factory(unit, statement);
    Str type = unit_text(unit, node->second);
    return str_find(type, STR("ClassVar")) == SIZE_MAX && str_find(type, STR("KW_ONLY")) == SIZE_MAX;
}

static void run_defaults(Flow *flow, const Call *call, uint32_t class_id)
{
    uint32_t count;
    const uint32_t *order = flow->defining ? NULL : class_order(flow_program(flow), class_id, &count);
    int place = 0;
    for (uint32_t i = order ? count : 0; i-- > 0;) {
        const ClassInfo *info = unit_class_info(flow->unit, order[i]);
        if (!info->is_data) continue;
        NodeId first = unit_node(info->unit, info->node)->second;
        for (NodeId at = first; at; at = unit_node(info->unit, at)->next) {
            NodeId factory = default_factory(info->unit, at);
            int own = is_field(info->unit, at) ? place++ : -1;
            if (!factory || is_given(flow, call, info->unit, at, own)) continue;
            Flow there = flow_in(info->unit, info->frame);
            const Value *value = flow_settled(&there, flow_expression(&there, factory));
            Call bare = {.node = call->node, .bare = true};
            call_each(flow, &bare, value);
        }
    }
}

static const Value *call_class(Flow *flow, const Call *call, const Item *item, Confidence confidence)
{
    Item object = {.kind = ITEM_OBJECT,
                   .id = item->id,
                   .exact = true,
                   .parts = item->parts,
                   .part_count = item->part_count,
                   .made_by = call->node,
                   .unit = flow->unit,
                   .confidence = confidence};
    object.invocation = construct(flow, call, &object, confidence);
    run_defaults(flow, call, item->id);
    return value_of(flow->arena, object);
}

const Value *flow_make_object(Flow *flow, const Item *class, const Value *const *values, uint32_t count)
{
    Item object = {.kind = ITEM_OBJECT, .id = class->id, .exact = true, .confidence = class->confidence};
    Name name = names_intern(flow->unit->names, STR("__init__"));
    const Item *function = value_find(flow_settled(flow, flow_member(flow, &object, name)), ITEM_FUNCTION);
    if (function) object.invocation = invocation_with(flow_program(flow), function, values, count);
    return value_of(flow->arena, object);
}

static const Value *call_object(Flow *flow, const Call *call, const Item *item)
{
    Name name = names_intern(flow->unit->names, STR("__call__"));
    const Value *method = flow_settled(flow, flow_member(flow, item, name));
    return method ? call_each(flow, call, method) : NULL;
}

/* A wrapper that offloads cuts; one that only binds arguments (functools.partial) runs what it wraps. Context managers
 * that stand around it (parts) are entered. */
static const Value *call_wrapped(Flow *flow, const Call *call, const Item *item)
{
    Handover rule;
    bool binds = item->part_count > 0;
    for (uint32_t i = 0; i < item->part_count; i++)
        flow_enter(flow, call->node, item->parts[i], false);
    for (size_t i = 0; catalogue_handover(flow->unit->catalogue, item->path, i, &rule); i++)
        binds =
            binds || (rule.is_wrapper && (rule.def_runs == PLACE_INLINE || rule.def_runs == PLACE_UNKNOWN));
    Call inner = {.node = call->node, .awaited = call->awaited};
    if (binds) return call_each(flow, &inner, flow_settled(flow, item->inner));
    flow_note_wait(flow, call->node, item, call->awaited, item->inner);
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
        call_registered(flow, call, item);
        return call_function(flow, call, item, value_confidence(callee, item));
    case ITEM_CLASS:
        return call_class(flow, call, item, value_confidence(callee, item));
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
        result = any ? value_join(flow->arena, result, one) : one;
        any = true;
    }
    return result && callee->open_ended ? value_join(flow->arena, result, NULL) : result;
}

const Value *flow_invoke(Flow *flow, NodeId node, const Value *callee)
{
    Call call = {.node = node};
    return call_each(flow, &call, flow_settled(flow, callee));
}

const Value *flow_invoke_with(Flow *flow, NodeId node, const Value *callee, const Value *const *values,
                              uint32_t count)
{
    Call call = {.node = node, .bare = true, .values = values, .value_count = count};
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
            paths_find(&flow_program(flow)->paths, callee->items[i].path)->has_handover &&
            catalogue_handover(flow->unit->catalogue, callee->items[i].path, 0, &rule) &&
            rule.def_runs != PLACE_INLINE)
            return true;
    return false;
}

static const Value *walk_argument(Flow *flow, const Call *call, NodeId argument)
{
    /* What a lazy generator would do is done where the call runs. */
    bool lazy = call->hands_over && flow_node(flow, argument)->kind == EXPR_GENERATOR;
    bool silent = flow->silent, generator = flow_node(flow, argument)->kind == EXPR_GENERATOR;
    uint32_t counted_loop = flow->counted_loop;
    if (generator && loops_may_stop_early(flow, call->node)) flow->counted_loop = LOOPS_UNSURE;
    flow->silent = silent || lazy;
    const Value *value = generator ? flow_comprehension(flow, argument) : flow_expression(flow, argument);
    flow->silent = silent;
    flow->counted_loop = counted_loop;
    if (!call->hands_over) flow_run_generators(flow, argument, value);
    return value;
}

/* Arguments are evaluated here, whoever runs the call. A keyword's value is known under its own node. */
static Arguments walk_arguments(Flow *flow, const Call *call)
{
    Arena *arena = flow->arena;
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
    flow_count_call(flow, callee && callee->count);
    flow->arguments = &arguments;
    if (awaited) flow_note_awaited_call(flow, node, callee, &arguments);
    const Value *result = call_each(flow, &call, callee);
    flow->arguments = arguments.outer;
    return result;
}
