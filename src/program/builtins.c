/* Calls that belong to the language itself: they make, copy, look into and iterate containers. */
#include "program/flow.h"

#include "program/arguments.h"
#include "program/containers.h"
#include "program/contributions.h"
#include "program/operators.h"
#include "program/outcomes.h"
#include "base/banned.h"

typedef const Value *(*BuiltinCall)(Flow *flow, NodeId call, const Item *callee);

static NodeId nth(const Flow *flow, NodeId call, int position)
{
    return argument_find(flow->unit, call, position, (Str){"", 0}, NULL);
}

static const Value *nth_value(Flow *flow, NodeId call, int position)
{
    NodeId argument = nth(flow, call, position);
    return argument ? argument_value(flow, argument) : NULL;
}

/* The object that the function at hand is a method of. */
static const Value *receiver_at(const Flow *flow, const Frame *frame, const FunctionInfo *info)
{
    NodeId first = unit_node(info->unit, info->node)->first;
    const FrameSlot *slot = first ? frame_slot(frame, flow_node(flow, first)->name) : NULL;
    return slot ? slot->value : NULL;
}

static const Value *call_super(Flow *flow, NodeId call, const Item *callee)
{
    (void)callee;
    (void)call;
    const Frame *frame = flow->frame;
    while (frame && (frame->kind != FRAME_FUNCTION ||
                     unit_function_info(flow->unit, frame->function)->class_id == ID_NONE))
        frame = frame->parent;
    if (!frame) return NULL;
    const FunctionInfo *info = unit_function_info(flow->unit, frame->function);
    const Value *object = receiver_at(flow, frame, info);
    if (!value_find(object, ITEM_OBJECT) && !value_find(object, ITEM_CLASS))
        object = value_of(
            flow->arena, (Item){.kind = ITEM_OBJECT, .id = info->class_id, .confidence = CONFIDENCE_CERTAIN});
    return value_of(
        flow->arena,
        (Item){.kind = ITEM_SUPER, .id = info->class_id, .inner = object, .confidence = CONFIDENCE_CERTAIN});
}

/* list(x), sorted(x), set(x) …: runs the iterator to its end. */
static const Value *call_collect(Flow *flow, NodeId call, const Item *callee)
{
    (void)callee;
    NodeId argument = nth(flow, call, 0);
    return value_list(flow->arena, flow_iterate(flow, call, argument_value(flow, argument)));
}

static const Value *iterate_nth(Flow *flow, NodeId call, int position)
{
    NodeId argument = nth(flow, call, position);
    return argument ? flow_iterate(flow, call, argument_value(flow, argument)) : NULL;
}

static const Value *iterate_first(Flow *flow, NodeId call)
{
    return iterate_nth(flow, call, 0);
}

/* Runs the iterator to its end, and a method of each item. */
static const Value *iterate_calling(Flow *flow, NodeId call, Str methods)
{
    bool missing;
    const Value *held = iterate_first(flow, call);
    flow_specials(flow, call, held, methods, &missing);
    return held;
}

/* Items are compared themselves unless a key stands for each. */
static bool has_key(const Flow *flow, NodeId call)
{
    return argument_find(flow->unit, call, -1, STR("key"), NULL) != 0;
}

static const Value *call_sorted(Flow *flow, NodeId call, const Item *callee)
{
    if (has_key(flow, call)) return call_collect(flow, call, callee);
    return value_list(flow->arena, iterate_calling(flow, call, STR("__lt__ __gt__")));
}

/* max(x), min(x): one item of it; max(a, b): one of them. */
static const Value *call_extreme(Flow *flow, NodeId call, const Item *callee)
{
    (void)callee;
    Str methods = has_key(flow, call) ? (Str){"", 0} : STR("__lt__ __gt__");
    if (!nth(flow, call, 1)) return iterate_calling(flow, call, methods);
    const Value *result = NULL;
    NodeId argument;
    bool missing;
    for (int i = 0; (argument = nth(flow, call, i)) != 0; i++) {
        const Value *value = argument_value(flow, argument);
        flow_specials(flow, call, value, methods, &missing);
        result = i ? value_join(flow->arena, result, value) : value;
    }
    return result;
}

/* next(x): one more item of it. */
static const Value *call_next(Flow *flow, NodeId call, const Item *callee)
{
    (void)callee;
    bool missing;
    const Value *result = flow_specials(flow, call, nth_value(flow, call, 0), STR("__next__"), &missing);
    return missing ? iterate_first(flow, call) : result;
}

/* "".join(x), x.extend(y): all of it, for a plain value. */
static const Value *call_consume(Flow *flow, NodeId call, const Item *callee)
{
    (void)callee;
    iterate_first(flow, call);
    return NULL;
}

static const Value *call_truths(Flow *flow, NodeId call, const Item *callee)
{
    (void)callee;
    iterate_calling(flow, call, STR("__bool__ __len__"));
    return NULL;
}

static const Value *call_sum(Flow *flow, NodeId call, const Item *callee)
{
    (void)callee;
    iterate_calling(flow, call, STR("__radd__ __add__"));
    return NULL;
}

/* iter(x): an object's `__iter__` gives it; a generator is its own, and does not run yet. */
static const Value *call_iter(Flow *flow, NodeId call, const Item *callee)
{
    (void)callee;
    bool missing;
    const Value *value = nth_value(flow, call, 0);
    const Value *result = flow_specials(flow, call, value, STR("__iter__"), &missing);
    return missing ? value : result;
}

/* map(f, x) gives what f gives for each item, filter(f, x) the items: both call f only as they are iterated. */
static const Value *call_map(Flow *flow, NodeId call, const Item *callee)
{
    (void)callee;
    const Value *function = nth_value(flow, call, 0), *given = iterate_nth(flow, call, 1);
    bool silent = flow->silent;
    flow->silent = true;
    const Value *result = flow_invoke_with(flow, call, function, &given, 1);
    flow->silent = silent;
    return lazy_calls(flow, function, given, result);
}

static const Value *call_filter(Flow *flow, NodeId call, const Item *callee)
{
    (void)callee;
    const Value *held = iterate_nth(flow, call, 1);
    return lazy_calls(flow, nth_value(flow, call, 0), held, held);
}

/* reversed(x), copy(x): the same items. */
static const Value *call_same(Flow *flow, NodeId call, const Item *callee)
{
    (void)callee;
    return nth_value(flow, call, 0);
}

/* stack.enter_context(x): what `with x` binds. */
static const Value *call_enter(Flow *flow, NodeId call, const Item *callee)
{
    (void)callee;
    NodeId argument = nth(flow, call, 0);
    size_t before = flow->instance ? flow->instance->steps.count : 0;
    const Value *bound = argument ? flow_enter(flow, call, argument_value(flow, argument), false) : NULL;
    flow_leave_later(flow, before);
    return bound;
}

static const Value *call_enumerate(Flow *flow, NodeId call, const Item *callee)
{
    (void)callee;
    const Value **parts = arena_array(flow->arena, 2, sizeof *parts);
    NodeId argument = nth(flow, call, 0);
    parts[1] = argument ? flow_iterate(flow, call, argument_value(flow, argument)) : NULL;
    return value_list(flow->arena, value_tuple(flow->arena, parts, 2));
}

enum { ZIP_PARTS = 8 };

static const Value *call_zip(Flow *flow, NodeId call, const Item *callee)
{
    (void)callee;
    const Value **parts = arena_array(flow->arena, ZIP_PARTS, sizeof *parts);
    uint32_t count = 0;
    while (count < ZIP_PARTS && nth(flow, call, (int)count)) {
        parts[count] = flow_held(flow, nth_value(flow, call, (int)count));
        count++;
    }
    return value_list(flow->arena, value_tuple(flow->arena, parts, count));
}

static const Value *call_getattr(Flow *flow, NodeId call, const Item *callee)
{
    (void)callee;
    NodeId name = nth(flow, call, 1);
    if (!name || flow_node(flow, name)->kind != EXPR_STRING) return NULL;
    return flow_attribute(flow, call, nth_value(flow, call, 0), flow_node(flow, name)->name);
}

static const Value *call_cast(Flow *flow, NodeId call, const Item *callee)
{
    (void)callee;
    const Value *declared = flow_annotation(flow, nth(flow, call, 0));
    return declared ? declared : nth_value(flow, call, 1);
}

static const Value *call_type_variable(Flow *flow, NodeId call, const Item *callee)
{
    (void)callee;
    return value_of(flow->arena, (Item){.kind = ITEM_VARIABLE,
                                        .exact = true,
                                        .made_by = call,
                                        .unit = flow->unit,
                                        .confidence = CONFIDENCE_LIKELY});
}

/* NewType("Client", Order) is a type whose values are those of Order; calling it gives back what it is called with. */
static const Value *call_new_type(Flow *flow, NodeId call, const Item *callee)
{
    if (callee->part_count) return callee->parts[0];
    const Value **parts = arena_array(flow->arena, 1, sizeof *parts);
    parts[0] = flow_annotation(flow, nth(flow, call, 1));
    Item type = *callee;
    type.parts = parts;
    type.part_count = 1;
    return value_of(flow->arena, type);
}

/* dict(a=x, b=y) */
static const Value *call_dict(Flow *flow, NodeId call, const Item *callee)
{
    (void)callee;
    const Value *held = NULL;
    bool any = false;
    for (NodeId at = flow_node(flow, call)->second; at; at = flow_node(flow, at)->next) {
        bool keyword = flow_node(flow, at)->kind == ARG_KEYWORD;
        const Value *value = argument_value(flow, keyword ? flow_node(flow, at)->first : at);
        const Item *dict = value_find(value, ITEM_DICT);
        if (!keyword || dict) value = dict ? dict->inner : NULL;
        held = any ? value_join(flow->arena, held, value) : value;
        any = true;
    }
    return value_of(flow->arena, (Item){.kind = ITEM_DICT, .inner = held, .confidence = CONFIDENCE_CERTAIN});
}

/* --- methods of containers: callee->inner is the container --- */

static const Value *held_by(Flow *flow, const Item *callee)
{
    const Item *container = callee->inner ? &callee->inner->items[0] : NULL;
    if (!container) return NULL;
    return container->kind == ITEM_TUPLE ? flow_held(flow, callee->inner) : container->inner;
}

/* x.pop() of a list, x.get(key) of a dictionary */
static const Value *call_held(Flow *flow, NodeId call, const Item *callee)
{
    const Item *container = callee->inner ? &callee->inner->items[0] : NULL;
    if (!container || container->kind != ITEM_DICT) return held_by(flow, callee);
    const Value *held = dict_value_at(flow, container, nth(flow, call, 0)), *other = nth_value(flow, call, 1);
    return held && other ? value_join(flow->arena, held, other) : held ? held : other;
}

static const Value *call_values(Flow *flow, NodeId call, const Item *callee)
{
    (void)call;
    return value_list(flow->arena, held_by(flow, callee));
}

static const Value *call_items(Flow *flow, NodeId call, const Item *callee)
{
    (void)call;
    const Value **parts = arena_array(flow->arena, 2, sizeof *parts);
    parts[1] = held_by(flow, callee);
    return value_list(flow->arena, value_tuple(flow->arena, parts, 2));
}

static const Value *call_container(Flow *flow, NodeId call, const Item *callee)
{
    (void)flow;
    (void)call;
    return callee->inner;
}

/* x.sort() */
static const Value *call_sort(Flow *flow, NodeId call, const Item *callee)
{
    bool missing;
    if (!has_key(flow, call))
        flow_specials(flow, call, held_by(flow, callee), STR("__lt__ __gt__"), &missing);
    return NULL;
}

/* stream.send(x): callee->inner is the generator that goes on. */
static const Value *call_resume(Flow *flow, NodeId call, const Item *callee)
{
    flow_run(flow, call, callee->inner, false);
    return flow_held(flow, callee->inner);
}

/* clients.append(x): the list then may hold x. */
static const Value *call_append(Flow *flow, NodeId call, const Item *callee)
{
    NodeId object = flow_node(flow, flow_node(flow, call)->first)->first;
    const Value *value = nth_value(flow, call, 0);
    NodeKind kind = flow_node(flow, object)->kind;
    const Item *list = callee->inner ? &callee->inner->items[0] : NULL;
    if (!value || !list || list->kind != ITEM_LIST) return NULL;
    if (contribute_put(flow, object, ITEM_LIST, NULL, value)) return NULL;
    if (kind != EXPR_NAME && kind != EXPR_ATTRIBUTE) return NULL;
    flow_assign(flow, object, value_of(flow->arena, container_with(flow->arena, list, NULL, value)));
    return NULL;
}

static const struct {
    const char *path;
    BuiltinCall call;
} builtins[] = {
    {"builtins.super", call_super},
    {"builtins.list", call_collect},
    {"builtins.tuple", call_collect},
    {"builtins.set", call_collect},
    {"builtins.frozenset", call_collect},
    {"builtins.sorted", call_sorted},
    {"collections.deque", call_collect},
    {"builtins.max", call_extreme},
    {"builtins.min", call_extreme},
    {"builtins.next", call_next},
    {"builtins.sum", call_sum},
    {"builtins.any", call_truths},
    {"builtins.all", call_truths},
    {"builtins.str.join", call_consume},
    {"builtins.iter", call_iter},
    {"builtins.map", call_map},
    {"builtins.filter", call_filter},
    {"builtins.reversed", call_same},
    {"copy.copy", call_same},
    {"contextlib.closing", call_same},
    {"contextlib.nullcontext", call_same},
    {"contextlib.ExitStack.enter_context", call_enter},
    {"contextlib.AsyncExitStack.enter_context", call_enter},
    {"builtins.enumerate", call_enumerate},
    {"builtins.zip", call_zip},
    {"builtins.getattr", call_getattr},
    {"typing.cast", call_cast},
    {"typing.TypeVar", call_type_variable},
    {"typing_extensions.TypeVar", call_type_variable},
    {"typing.NewType", call_new_type},
    {"builtins.dict", call_dict},
    {"collections.OrderedDict", call_dict},
    {"builtins.dict.get", call_held},
    {"builtins.dict.pop", call_held},
    {"builtins.dict.setdefault", call_held},
    {"builtins.dict.values", call_values},
    {"builtins.dict.items", call_items},
    {"builtins.dict.copy", call_container},
    {"builtins.list.pop", call_held},
    {"builtins.list.copy", call_container},
    {"builtins.list.sort", call_sort},
    {"builtins.list.extend", call_consume},
    {"types.GeneratorType.send", call_resume},
    {"types.GeneratorType.throw", call_resume},
    {"types.GeneratorType.__next__", call_resume},
    {"types.GeneratorType.__enter__", call_resume},
    {"builtins.list.append", call_append},
    {"builtins.list.add", call_append},
};

bool flow_builtin(Flow *flow, const Item *callee, NodeId call, const Value **result)
{
    if (flow_node(flow, call)->kind != EXPR_CALL) return false;
    bool of_language = type_is_of_language(callee->path) || str_starts(callee->path, STR("copy.")) ||
                       str_starts(callee->path, STR("types."));
    if (!of_language) return false;
    flow_conversion(flow, callee->path, call);
    for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++) {
        if (!str_equal(callee->path, str_from(builtins[i].path))) continue;
        *result = builtins[i].call(flow, call, callee);
        return true;
    }
    return false;
}
