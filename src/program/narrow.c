/* What a test tells of the names in it: `x is None`, `x`, `isinstance(x, A)`, and what `not`, `and`, `or` make of them. */
#include "program/flow.h"

#include "base/banned.h"

typedef enum Match { MATCH_NO, MATCH_MAYBE, MATCH_YES } Match;

/* One question about a name. */
typedef struct Question {
    enum { ASKS_TRUTH, ASKS_NONE, ASKS_CLASS } kind;
    bool holds;
    const Value *classes; /* ASKS_CLASS: what is known of them; open-ended: not all are */
} Question;

static Match negated(Match match)
{
    return match == MATCH_YES ? MATCH_NO : match == MATCH_NO ? MATCH_YES : MATCH_MAYBE;
}

/* --- truth and None --- */

/* A literal that was not made up for something unknown. */
static bool is_real_literal(const Item *item)
{
    return item->kind == ITEM_LITERAL && item->path.len;
}

static bool is_none(const Item *item)
{
    return item->kind == ITEM_LITERAL && item->id == EXPR_NOTHING;
}

static Match is_true(const Item *item)
{
    if (item->kind == ITEM_FUNCTION || item->kind == ITEM_CLASS) return MATCH_YES;
    if (!is_real_literal(item)) return MATCH_MAYBE;
    if (item->id == EXPR_NOTHING || item->id == EXPR_FALSE) return MATCH_NO;
    if (item->id == EXPR_NUMBER) return str_equal(item->path, STR("0")) ? MATCH_NO : MATCH_MAYBE;
    return item->id == EXPR_TRUE ? MATCH_YES : MATCH_MAYBE;
}

static Match is_nothing(const Item *item)
{
    if (is_none(item)) return MATCH_YES;
    bool promise = item->kind == ITEM_RESULT || item->kind == ITEM_LAZY || item->kind == ITEM_PART ||
                   item->kind == ITEM_PATH;
    if (promise || (item->kind == ITEM_LITERAL && !is_real_literal(item))) return MATCH_MAYBE;
    return MATCH_NO;
}

/* --- classes --- */

/* Types of the language that no other class of objects is of by chance. */
static bool is_plain_type(Str path)
{
    static const char *const names[] = {"str",  "bytes", "bytearray", "int",          "float", "complex",
                                        "bool", "list",  "dict",      "tuple",        "set",   "frozenset",
                                        "type", "slice", "range",     "BaseException"};
    if (!str_starts(path, STR("builtins."))) return false;
    Str name = str_part(path, sizeof "builtins." - 1, path.len);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_equal(name, str_from(names[i]))) return true;
    return false;
}

static bool is_builtin(const Item *class, const char *name)
{
    Str path = class->path;
    return class->kind == ITEM_PATH && str_starts(path, STR("builtins.")) &&
           str_equal(str_part(path, sizeof "builtins." - 1, path.len), str_from(name));
}

static Match literal_is_of(const Item *item, const Item *class)
{
    bool text = is_builtin(class, "str"), number = is_builtin(class, "int");
    if (!is_real_literal(item)) return MATCH_MAYBE;
    if (class->kind == ITEM_CLASS) return MATCH_NO;
    switch ((NodeKind)item->id) {
    case EXPR_STRING:
        if (is_builtin(class, "bytes")) return MATCH_MAYBE;
        return text ? MATCH_YES : is_plain_type(class->path) ? MATCH_NO : MATCH_MAYBE;
    case EXPR_TRUE:
    case EXPR_FALSE:
        if (number || is_builtin(class, "bool")) return MATCH_YES;
        return is_plain_type(class->path) ? MATCH_NO : MATCH_MAYBE;
    case EXPR_NUMBER:
        if (number || is_builtin(class, "float") || is_builtin(class, "complex")) return MATCH_MAYBE;
        return is_plain_type(class->path) ? MATCH_NO : MATCH_MAYBE;
    default:
        return MATCH_NO;
    }
}

/* What a container of the language may be; a LIST stands for any sequence, set or iterator. */
static Match container_is_of(const Item *item, const Item *class)
{
    static const char *const sequences[] = {"list", "set", "frozenset", "tuple", "str", "bytes", "range"};
    if (class->kind == ITEM_CLASS) return MATCH_NO;
    if (!is_plain_type(class->path)) return MATCH_MAYBE;
    if (item->kind == ITEM_TUPLE) return is_builtin(class, "tuple") ? MATCH_YES : MATCH_NO;
    if (item->kind == ITEM_DICT) return is_builtin(class, "dict") ? MATCH_MAYBE : MATCH_NO;
    if (item->exact) return is_builtin(class, "list") ? MATCH_YES : MATCH_NO;
    for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++)
        if (is_builtin(class, sequences[i])) return MATCH_MAYBE;
    return MATCH_NO;
}

static bool stands_above(Flow *flow, uint32_t class_id, uint32_t base)
{
    uint32_t count;
    const uint32_t *order = class_order(flow_program(flow), class_id, &count);
    for (uint32_t i = 0; i < count; i++)
        if (order[i] == base) return true;
    return false;
}

/* Some base stands in no file of the program: what it derives from is not known. */
static bool has_outer_base(Flow *flow, uint32_t class_id)
{
    uint32_t count;
    const uint32_t *order = class_order(flow_program(flow), class_id, &count);
    for (uint32_t i = 0; i < count; i++) {
        const ClassInfo *info = unit_class_info(flow->unit, order[i]);
        if (info->has_unknown_base) return true;
        for (uint32_t k = 0; k < info->base_count; k++) {
            const Item *path = value_find(class_base(flow_program(flow), order[i], k), ITEM_PATH);
            if (path && !type_is_of_language(path->path)) return true;
        }
    }
    return false;
}

static Match object_is_of(Flow *flow, const Item *item, const Item *class)
{
    bool outer = has_outer_base(flow, item->id);
    if (class->kind == ITEM_PATH) {
        if (flow_class_derives(flow, item->id, class->path)) return MATCH_YES;
        return outer || !is_plain_type(class->path) ? MATCH_MAYBE : MATCH_NO;
    }
    if (stands_above(flow, item->id, class->id)) return MATCH_YES;
    bool structural = flow_class_derives(flow, class->id, STR("typing.Protocol"));
    bool below = !item->exact && stands_above(flow, class->id, item->id);
    return outer || structural || below ? MATCH_MAYBE : MATCH_NO;
}

static Match instance_is_of(Flow *flow, const Item *item, const Item *class)
{
    if (class->kind == ITEM_CLASS)
        return flow_class_derives(flow, class->id, item->path) ? MATCH_MAYBE : MATCH_NO;
    if (catalogue_derives(flow->unit->catalogue, item->path, class->path)) return MATCH_YES;
    bool known = catalogue_is_type(flow->unit->catalogue, item->path);
    return known && is_plain_type(class->path) ? MATCH_NO : MATCH_MAYBE;
}

static Match is_of_class(Flow *flow, const Item *item, const Item *class)
{
    bool known = class->kind == ITEM_CLASS || class->kind == ITEM_PATH;
    if (!known) return MATCH_MAYBE;
    if (is_builtin(class, "object")) return MATCH_YES;
    switch (item->kind) {
    case ITEM_LITERAL:
        return literal_is_of(item, class);
    case ITEM_LIST:
    case ITEM_DICT:
    case ITEM_TUPLE:
        return container_is_of(item, class);
    case ITEM_OBJECT:
        return object_is_of(flow, item, class);
    case ITEM_INSTANCE:
        return instance_is_of(flow, item, class);
    case ITEM_FUNCTION:
    case ITEM_WRAPPED:
        return class->kind == ITEM_CLASS || is_plain_type(class->path) ? MATCH_NO : MATCH_MAYBE;
    default:
        return MATCH_MAYBE;
    }
}

static Match is_of_any(Flow *flow, const Item *item, const Value *classes)
{
    Match best = classes->open_ended ? MATCH_MAYBE : MATCH_NO;
    for (uint32_t i = 0; i < classes->count && best != MATCH_YES; i++) {
        Match one = is_of_class(flow, item, &classes->items[i]);
        if (one > best) best = one;
    }
    return best;
}

/* --- what is left of a value --- */

static Match answer(Flow *flow, const Question *question, const Item *item)
{
    Match match = question->kind == ASKS_TRUTH  ? is_true(item)
                  : question->kind == ASKS_NONE ? is_nothing(item)
                                                : is_of_any(flow, item, question->classes);
    return question->holds ? match : negated(match);
}

/* The items for which the answer is at least `least`; NULL: there are none. */
static const Value *kept(Flow *flow, const Question *question, const Value *value, Match least)
{
    const Value *left = NULL;
    for (uint32_t i = 0; i < value->count; i++) {
        if (answer(flow, question, &value->items[i]) < least) continue;
        const Value *one = value_alternative(flow->arena, value, i);
        left = left ? value_join(flow->arena, left, one) : one;
    }
    return left;
}

/* `isinstance(x, A)` holds: of what x may be, what is an A; of a base or something unknown, an A itself. */
static const Value *left_of_class(Flow *flow, const Question *question, const Value *value)
{
    const Value *sure = value ? kept(flow, question, value, MATCH_YES) : NULL;
    const Value *objects = flow_object_of(flow, question->classes);
    const Value *possible = value ? kept(flow, question, value, MATCH_MAYBE) : NULL;
    if (sure && !value->open_ended) return sure;
    if (objects) return value_is_outside(value) ? value_from_outside(flow->arena, objects) : objects;
    return possible && value->open_ended ? value_join(flow->arena, possible, NULL) : possible;
}

/* The value is what the caller of the instance at hand handed over, and nothing else. */
static bool is_argument(const Flow *flow, Name name, const Value *value)
{
    const Instance *instance = flow->instance;
    if (!instance || !value || value->open_ended || instance->function != flow->function) return false;
    const FunctionInfo *info = unit_function_info(flow->unit, flow->function);
    uint32_t index = 0;
    for (NodeId at = flow_node(flow, info->node)->first; at; at = flow_node(flow, at)->next, index++)
        if (flow_node(flow, at)->name == name)
            return index < instance->argument_count && instance->arguments[index] == value;
    return false;
}

static bool runs_when_iterated(const Flow *flow, const Value *value)
{
    for (uint32_t i = 0; value && i < value->count; i++)
        if (value->items[i].kind == ITEM_RESULT && item_function(flow, &value->items[i])->is_generator)
            return true;
    return false;
}

static bool narrow_name(Flow *flow, Name name, const Question *question)
{
    const FrameSlot *slot = frame_slot(flow->frame, name);
    const Value *before = slot ? slot->value : NULL;
    if (!slot || runs_when_iterated(flow, before)) return true;
    bool of_class = question->kind == ASKS_CLASS;
    const Value *value = of_class ? flow_settled(flow, before) : before;
    if (of_class && question->holds) {
        if (value && !kept(flow, question, value, MATCH_MAYBE) && is_argument(flow, name, before))
            return false;
        const Value *left = left_of_class(flow, question, value);
        if (left) frame_assign(flow->frame, name, left);
        return true;
    }
    if (!value) return true;
    const Value *left = kept(flow, question, value, MATCH_MAYBE);
    if (left && left->count == value->count) return true;
    if (!left && is_argument(flow, name, before)) return false;
    if (!left && !of_class) return true;
    frame_assign(flow->frame, name, left && value->open_ended ? value_join(flow->arena, left, NULL) : left);
    return true;
}

/* --- tests --- */

/* The name that an expression reads or binds; NULL: it is none. */
static Name name_of(const Flow *flow, NodeId id)
{
    const Node *node = flow_node(flow, id);
    return node->kind == EXPR_NAME || node->kind == EXPR_NAMED ? node->name : NULL;
}

/* `A`, `(A, B)`, `A | B` as one value; open-ended when one of them is not known. */
static const Value *classes_of(Flow *flow, NodeId id)
{
    const Node *node = flow_node(flow, id);
    bool either = node->kind == EXPR_BINARY && str_equal(name_str(node->name), STR("|"));
    if (either) {
        NodeId right = node->second;
        const Value *left = classes_of(flow, node->first);
        return value_join(flow->arena, left, classes_of(flow, right));
    }
    if (node->kind != EXPR_TUPLE) return flow_settled(flow, flow_expression(flow, id));
    const Value *classes = NULL;
    for (NodeId at = node->first; at; at = flow_node(flow, at)->next) {
        const Value *one = classes_of(flow, at);
        classes = at == flow_node(flow, id)->first ? one : value_join(flow->arena, classes, one);
    }
    return classes;
}

static bool narrow_class(Flow *flow, Name name, NodeId type, bool holds)
{
    bool silent = flow->silent;
    flow->silent = true;
    const Value *classes = classes_of(flow, type);
    flow->silent = silent;
    if (!name || !classes || flow->defining) return true;
    return narrow_name(flow, name, &(Question){ASKS_CLASS, holds, classes});
}

/* `inspect.iscoroutinefunction(f)` of a function that is known; true: nothing says that the branch is not taken. */
static bool may_be_coroutine(Flow *flow, const Node *call, bool holds)
{
    const Item *callee = value_find(flow_expression(flow, call->first), ITEM_PATH);
    if (!callee || !str_ends(callee->path, STR(".iscoroutinefunction"))) return true;
    const Value *value = call->second ? flow_settled(flow, flow_expression(flow, call->second)) : NULL;
    const Item *function =
        value && value->count == 1 && !value->open_ended ? value_find(value, ITEM_FUNCTION) : NULL;
    return !function || unit_function_info(flow->unit, function->id)->is_async == holds;
}

static bool asks_for_coroutine(const Flow *flow, const Node *call)
{
    const Node *callee = flow_node(flow, call->first);
    return callee->name && str_equal(name_str(callee->name), STR("iscoroutinefunction"));
}

static bool narrow_call(Flow *flow, NodeId test, bool holds)
{
    const Node *node = flow_node(flow, test);
    if (asks_for_coroutine(flow, node)) {
        bool silent = flow->silent;
        flow->silent = true;
        bool may_be = may_be_coroutine(flow, node, holds);
        flow->silent = silent;
        return may_be;
    }
    NodeId object = node->second, type = object ? flow_node(flow, object)->next : 0;
    if (!type || flow_node(flow, node->first)->kind != EXPR_NAME) return true;
    const Item *callee = value_find(flow_expression(flow, node->first), ITEM_PATH);
    if (!callee || !is_builtin(callee, "isinstance")) return true;
    return narrow_class(flow, name_of(flow, object), type, holds);
}

/* `x is None`, `x == None` and their opposites. */
static bool narrow_compare(Flow *flow, NodeId test, bool holds)
{
    const Node *node = flow_node(flow, test);
    NodeId left = node->first, right = left ? flow_node(flow, left)->next : 0;
    Str operator= name_str(node->name);
    bool same = str_equal(operator, STR("is")) || str_equal(operator, STR("=="));
    bool other = str_equal(operator, STR("is not")) || str_equal(operator, STR("!="));
    Name name = left ? name_of(flow, left) : NULL;
    if (!right || flow_node(flow, right)->next || flow_node(flow, right)->kind != EXPR_NOTHING) return true;
    if (!name || (!same && !other)) return true;
    return narrow_name(flow, name, &(Question){ASKS_NONE, holds == same, NULL});
}

/* `and` that holds: each part does; `or` that does not: none does. */
static bool narrow_boolean(Flow *flow, NodeId test, bool holds)
{
    const Node *node = flow_node(flow, test);
    bool all = str_equal(name_str(node->name), STR("and"));
    bool possible = true;
    if (all != holds) return true;
    for (NodeId at = node->first; at; at = flow_node(flow, at)->next)
        possible = flow_narrow(flow, at, holds) && possible;
    return possible;
}

bool flow_narrow(Flow *flow, NodeId test, bool holds)
{
    const Node *node = flow_node(flow, test);
    switch ((NodeKind)node->kind) {
    case EXPR_UNARY:
        return !str_equal(name_str(node->name), STR("not")) || flow_narrow(flow, node->first, !holds);
    case EXPR_BOOLEAN:
        return narrow_boolean(flow, test, holds);
    case EXPR_COMPARE:
        return narrow_compare(flow, test, holds);
    case EXPR_CALL:
        return narrow_call(flow, test, holds);
    case EXPR_NAME:
    case EXPR_NAMED:
        return narrow_name(flow, node->name, &(Question){ASKS_TRUTH, holds, NULL});
    default:
        return true;
    }
}

void flow_narrow_to(Flow *flow, NodeId subject, NodeId types)
{
    bool silent = flow->silent;
    const Value *classes = NULL;
    flow->silent = true;
    for (NodeId at = types; at; at = flow_node(flow, at)->next) {
        const Value *one = flow_settled(flow, flow_expression(flow, at));
        classes = at == types ? one : value_join(flow->arena, classes, one);
    }
    flow->silent = silent;
    Name name = name_of(flow, subject);
    if (name && classes && !flow->defining) narrow_name(flow, name, &(Question){ASKS_CLASS, true, classes});
}
