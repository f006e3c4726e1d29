/* Decorators: the language's own, frameworks' (where the function runs), and functions of the program. */
#include "program/flow.h"

#include "program/effects.h"
#include "program/instance.h"
#include "base/banned.h"

/* --- the language's --- */

static bool is_one_of(Str path, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(path, str_from(names[i]))) return true;
    return false;
}

#define IS_ONE_OF(path, names) is_one_of(path, names, sizeof(names) / sizeof *(names))

static void take_language_decorator(FunctionInfo *info, Str path)
{
    static const char *const properties[] = {"builtins.property", "functools.cached_property",
                                             "abc.abstractproperty"};
    static const char *const memos[] = {"functools.cache", "functools.lru_cache",
                                        "functools.cached_property"};
    static const char *const managers[] = {"contextlib.contextmanager", "contextlib.asynccontextmanager"};
    info->is_static = info->is_static || str_equal(path, STR("builtins.staticmethod"));
    info->is_class_method = info->is_class_method || str_equal(path, STR("builtins.classmethod"));
    info->is_property = info->is_property || IS_ONE_OF(path, properties);
    info->memoised = info->memoised || IS_ONE_OF(path, memos);
    info->is_manager = info->is_manager || IS_ONE_OF(path, managers);
    info->is_abstract = info->is_abstract || str_equal(path, STR("abc.abstractmethod"));
    info->is_dispatch = info->is_dispatch || str_equal(path, STR("functools.singledispatch")) ||
                        str_equal(path, STR("functools.singledispatchmethod"));
    info->is_overload = info->is_overload || str_equal(path, STR("typing.overload"));
}

static void take_traits(FunctionInfo *info, Str path)
{
    uint32_t traits = paths_find(&info->unit->program->paths, path)->traits;
    info->is_property = info->is_property || traits & TRAIT_BIT(TRAIT_PROPERTY);
    info->memoised = info->memoised || traits & TRAIT_BIT(TRAIT_MEMO);
}

/* The function stays what it is, whatever else the decorator makes of it. */
static bool is_transparent(const Flow *flow, Str path)
{
    static const char *const modules[] = {"builtins.", "contextlib.", "abc.",
                                          "typing.",   "functools.",  "typing_extensions."};
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
        if (str_starts(path, str_from(modules[i]))) return true;
    uint32_t traits = paths_find(&flow_program(flow)->paths, path)->traits;
    return str_ends(path, STR("cached_property")) ||
           traits & (TRAIT_BIT(TRAIT_PROPERTY) | TRAIT_BIT(TRAIT_MEMO));
}

/* --- what a decorator is --- */

/* The decorator's own value: of `@app.get("/")` that of app.get. */
static const Value *target_of(Flow *flow, NodeId decorator)
{
    bool silent = flow->silent;
    flow->silent = true;
    const Node *node = flow_node(flow, decorator);
    const Value *target = flow_expression(flow, node->kind == EXPR_CALL ? node->first : decorator);
    flow->silent = silent;
    return flow_settled(flow, target);
}

/* `@x.setter` of a property, `@pytest.fixture`, …: the name of the attribute, for what has no path. */
static bool is_property_part(const Flow *flow, NodeId decorator)
{
    const Node *node = flow_node(flow, decorator);
    if (node->kind != EXPR_ATTRIBUTE || !node->name) return false;
    Str name = name_str(node->name);
    return str_equal(name, STR("setter")) || str_equal(name, STR("getter")) ||
           str_equal(name, STR("deleter"));
}

static bool is_wrapper(Flow *flow, Str path, NodeId decorator)
{
    Handover rule;
    for (size_t i = 0; catalogue_handover(flow->unit->catalogue, path, i, &rule); i++)
        if (rule.is_decorator && rule.is_wrapper &&
            (!rule.is_conditional || effect_test(flow, &rule.condition, decorator)))
            return true;
    return false;
}

static bool has_handover(const Flow *flow, Str path)
{
    Handover rule;
    for (size_t i = 0; catalogue_handover(flow->unit->catalogue, path, i, &rule); i++)
        if (rule.is_decorator) return true;
    return false;
}

/* --- what the name is bound to --- */

/* `@marked("a")`: a context manager is entered around each call. */
static const Value *managed_by(Flow *flow, const Value *made, const Value *value)
{
    const Item *item = made && made->count == 1 ? &made->items[0] : NULL;
    bool manages = item && item->kind == ITEM_RESULT && item_function(flow, item)->is_manager;
    if (item && item->kind == ITEM_OBJECT)
        manages = flow_class_derives(flow, item->id, STR("contextlib.ContextDecorator"));
    if (!manages) return NULL;
    const Value **parts = arena_array(flow->arena, 1, sizeof *parts);
    parts[0] = made;
    return value_of(flow->arena, (Item){.kind = ITEM_WRAPPED,
                                        .path = STR("contextlib.ContextDecorator"),
                                        .inner = value,
                                        .parts = parts,
                                        .part_count = 1,
                                        .confidence = CONFIDENCE_CERTAIN});
}

/* A decorator of the program is called with the function; what it gives takes the function's place. */
static const Value *wrapped_by(Flow *flow, NodeId decorator, const Value *value)
{
    const Value *made = flow_expression(flow, decorator), *managed = managed_by(flow, made, value);
    if (managed) return managed;
    const Value *wrapper = flow_settled(flow, made);
    const Item *function = value_find(wrapper, ITEM_FUNCTION), *class = value_find(wrapper, ITEM_CLASS);
    if (function) {
        Invocation *invocation = invocation_with(flow_program(flow), function, &value, 1);
        const Value *result = flow_settled(flow, invocation_result(flow_program(flow), invocation));
        bool calls = value_find(result, ITEM_FUNCTION) || value_find(result, ITEM_WRAPPED) ||
                     value_find(result, ITEM_OBJECT) || value_find(result, ITEM_CLASS);
        return calls ? result : value;
    }
    const Item *object = value_find(wrapper, ITEM_OBJECT);
    if (object) {
        const Value *method = flow_member(flow, object, names_intern(flow->unit->names, STR("__call__")));
        const Item *call = value_find(method, ITEM_FUNCTION);
        Invocation *invocation = call ? invocation_with(flow_program(flow), call, &value, 1) : NULL;
        const Value *result =
            call ? flow_settled(flow, invocation_result(flow_program(flow), invocation)) : NULL;
        return value_find(result, ITEM_FUNCTION) ? result : value;
    }
    return class ? flow_make_object(flow, class, &value, 1) : value;
}

static const Value *apply(Flow *flow, NodeId decorator, const Value *value)
{
    const Value *target = target_of(flow, decorator);
    const Item *path = value_find(target, ITEM_PATH);
    if (!path) return target ? wrapped_by(flow, decorator, value) : value;
    if (!is_wrapper(flow, path->path, decorator)) return value;
    return value_of(
        flow->arena,
        (Item){.kind = ITEM_WRAPPED, .path = path->path, .inner = value, .confidence = CONFIDENCE_CERTAIN});
}

/* The last decorator is applied first. */
static const Value *apply_from(Flow *flow, NodeId decorator, const Value *value)
{
    if (!decorator) return value;
    NodeId next = flow_node(flow, decorator)->next;
    return apply(flow, decorator, apply_from(flow, next, value));
}

const Value *flow_decorated(Flow *flow, NodeId definition, const Value *plain)
{
    return apply_from(flow, flow_node(flow, definition)->third, plain);
}

/* --- definitions --- */

/* Nothing but what is transparent stands above it: the name is the function. */
bool flow_is_plain(Flow *flow, NodeId definition)
{
    for (NodeId at = flow_node(flow, definition)->third; at; at = flow_node(flow, at)->next) {
        bool is_call = flow_node(flow, at)->kind == EXPR_CALL;
        const Value *target = flow_expression(flow, is_call ? flow_node(flow, at)->first : at);
        const Item *path = value_find(target, ITEM_PATH);
        if (is_property_part(flow, at)) continue;
        if (!path || (!is_transparent(flow, path->path) && !has_handover(flow, path->path))) return false;
        if (is_wrapper(flow, path->path, at)) return false;
    }
    return true;
}

bool flow_is_for_caller(Flow *flow, NodeId definition)
{
    for (NodeId at = flow_node(flow, definition)->third; at; at = flow_node(flow, at)->next) {
        Handover rule;
        const Item *path = value_find(target_of(flow, at), ITEM_PATH);
        if (!path) return false;
        bool listed = catalogue_handover(flow->unit->catalogue, path->path, 0, &rule);
        if (listed ? rule.coroutine_runs != PLACE_INLINE : !is_transparent(flow, path->path)) return false;
    }
    return true;
}

void flow_take_language_decorators(Flow *flow, uint32_t function)
{
    FunctionInfo *info = unit_function_info(flow->unit, function);
    for (NodeId at = flow_node(flow, info->node)->third; at; at = flow_node(flow, at)->next) {
        bool is_call = flow_node(flow, at)->kind == EXPR_CALL;
        const Value *target = flow_expression(flow, is_call ? flow_node(flow, at)->first : at);
        const Item *path = value_find(target, ITEM_PATH);
        if (!path) continue;
        take_language_decorator(info, path->path);
        take_traits(info, path->path);
    }
}

static bool place_by(Flow *flow, uint32_t function, const Item *path, NodeId decorator)
{
    Handover rule;
    bool any = false;
    for (size_t i = 0; catalogue_handover(flow->unit->catalogue, path->path, i, &rule); i++) {
        if (!rule.is_decorator || (rule.is_conditional && !effect_test(flow, &rule.condition, decorator)))
            continue;
        any = true;
        if (rule.is_wrapper) continue;
        const Value *value =
            value_of(flow->arena, (Item){.kind = ITEM_FUNCTION, .id = function, .closure = flow->frame});
        flow_note_server(flow, value, path->path);
        flow_hand_over(flow, value, rule.def_runs, rule.coroutine_runs, 0);
        if (rule.is_conditional) break;
    }
    return any;
}

void flow_place_decorated(Flow *flow, uint32_t function)
{
    FunctionInfo *info = unit_function_info(flow->unit, function);
    bool unknown = false;
    for (NodeId at = flow_node(flow, info->node)->third; at; at = flow_node(flow, at)->next) {
        flow_expression(flow, at);
        const Item *path = value_find(target_of(flow, at), ITEM_PATH);
        if (path && (place_by(flow, function, path, at) || is_transparent(flow, path->path))) continue;
        unknown = unknown || !is_property_part(flow, at);
    }
    info->contexts.exposed = info->contexts.exposed || unknown;
    info->contexts.as_coroutine = info->contexts.as_coroutine || unknown;
}
