/* Operators, comparisons, truth tests and conversions: the methods with two underscores that the language calls. */
#include "program/operators.h"

#include "program/arguments.h"
#include "program/numbers.h"
#include "program/outcomes.h"
#include "base/banned.h"

/* --- one method --- */

static Str next_word(Str *words)
{
    size_t blank = str_find_byte(*words, ' ');
    Str word = blank == SIZE_MAX ? *words : str_part(*words, 0, blank);
    *words = blank == SIZE_MAX ? (Str){"", 0} : str_part(*words, blank + 1, words->len);
    return word;
}

static bool call_external(Flow *flow, NodeId node, const Value *value, const Item *item, Str method,
                          const Value **result)
{
    const Catalogue *catalogue = flow->unit->catalogue;
    Confidence confidence = value_confidence(value, item);
    Rule rule;
    bool known = catalogue_member(catalogue, item->path, method, &rule);
    if (known) flow_record(flow, node, &rule, item, confidence);
    Str type = catalogue_returns(catalogue, str_join(flow->arena, item->path, STR("."), method));
    *result = type.len ? type_value(flow->arena, type, confidence) : NULL;
    return known || type.len;
}

/* False: the alternative has no such method. */
static bool call_method(Flow *flow, NodeId node, const Value *value, const Item *item, Str method,
                        const Value **result)
{
    if (item->kind == ITEM_INSTANCE) return call_external(flow, node, value, item, method, result);
    if (item->kind != ITEM_OBJECT) return false;
    Item object = *item;
    object.confidence = value_confidence(value, item);
    *result = flow_special(flow, node, &object, method, false);
    return *result != NULL;
}

static bool call_first(Flow *flow, NodeId node, const Value *value, const Item *item, Str methods,
                       const Value **result)
{
    while (methods.len)
        if (call_method(flow, node, value, item, next_word(&methods), result)) return true;
    return false;
}

/* Some alternative is an object, or may turn out to be one. */
static bool may_be_object(const Value *value)
{
    for (uint32_t i = 0; value && i < value->count; i++)
        switch (value->items[i].kind) {
        case ITEM_OBJECT:
        case ITEM_INSTANCE:
        case ITEM_RESULT:
        case ITEM_LAZY:
        case ITEM_PART:
        case ITEM_PATH:
            return true;
        default:
            break;
        }
    return false;
}

const Value *flow_specials(Flow *flow, NodeId node, const Value *value, Str methods, bool *missing)
{
    const Value *result = NULL;
    bool any = false;
    *missing = true;
    if (!may_be_object(value)) return NULL;
    value = flow_settled(flow, value);
    *missing = !value;
    for (uint32_t i = 0; value && i < value->count; i++) {
        const Value *one = NULL;
        if (!call_first(flow, node, value, &value->items[i], methods, &one)) {
            *missing = true;
            continue;
        }
        result = any ? value_join(flow->arena, result, one) : one;
        any = true;
    }
    return result;
}

/* Only steps come of it: nothing to do where none are recorded. */
static void call_only(Flow *flow, NodeId node, const Value *value, Str methods)
{
    bool missing;
    if (value && !flow->silent && flow->instance) flow_specials(flow, node, value, methods, &missing);
}

/* --- two operands --- */

typedef struct Operator {
    const char *sign, *method, *reflected, *in_place;
} Operator;

static const Operator arithmetic[] = {
    {"+", "__add__", "__radd__", "__iadd__ __add__"},
    {"-", "__sub__", "__rsub__", "__isub__ __sub__"},
    {"*", "__mul__", "__rmul__", "__imul__ __mul__"},
    {"/", "__truediv__", "__rtruediv__", "__itruediv__ __truediv__"},
    {"%", "__mod__", "__rmod__", "__imod__ __mod__"},
    {"|", "__or__", "__ror__", "__ior__ __or__"},
    {"&", "__and__", "__rand__", "__iand__ __and__"},
    {"@", "__matmul__", "__rmatmul__", "__imatmul__ __matmul__"},
    {"^", "__xor__", "__rxor__", "__ixor__ __xor__"},
    {"//", "__floordiv__", "__rfloordiv__", "__ifloordiv__ __floordiv__"},
    {"**", "__pow__", "__rpow__", "__ipow__ __pow__"},
    {"<<", "__lshift__", "__rlshift__", "__ilshift__ __lshift__"},
    {">>", "__rshift__", "__rrshift__", "__irshift__ __rshift__"},
};

static const Operator comparisons[] = {
    {"==", "__eq__", "__eq__", ""}, {"!=", "__ne__ __eq__", "__ne__ __eq__", ""},
    {"<", "__lt__", "__gt__", ""},  {">", "__gt__", "__lt__", ""},
    {"<=", "__le__", "__ge__", ""}, {">=", "__ge__", "__le__", ""},
};

static const Operator *operator_find(const Operator *operators, size_t count, Str sign)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(sign, str_from(operators[i].sign))) return &operators[i];
    return NULL;
}

static const Operator *arithmetic_find(Str sign)
{
    return operator_find(arithmetic, sizeof arithmetic / sizeof *arithmetic, sign);
}

/* The left operand is asked first; the right one when the left has no such method, or may have none. */
static const Value *operate(Flow *flow, NodeId node, const Value *left, const Value *right, Str method,
                            Str reflected)
{
    bool missing, ignored;
    const Value *result = flow_specials(flow, node, left, method, &missing);
    if (!missing && !left->open_ended) return result;
    if (!may_be_object(right)) return result;
    if (!left || left->open_ended) right = value_at_most(flow->arena, right, CONFIDENCE_LIKELY);
    const Value *other = flow_specials(flow, node, right, reflected, &ignored);
    return result && other ? value_join(flow->arena, result, other) : result ? result : other;
}

static const char as_text[] = "__str__ __repr__";

/* `"%s" % x`, `"%s %s" % (x, y)` */
static void format_values(Flow *flow, NodeId node, const Value *value)
{
    const Item *tuple = value && value->count == 1 ? value_find(value, ITEM_TUPLE) : NULL;
    if (!tuple) call_only(flow, node, value, STR(as_text));
    for (uint32_t i = 0; tuple && i < tuple->part_count; i++)
        call_only(flow, node, tuple->parts[i], STR(as_text));
}

const Value *flow_binary(Flow *flow, NodeId id)
{
    const Operator *operator= arithmetic_find(name_str(flow_node(flow, id)->name));
    NodeId left_id = flow_node(flow, id)->first, right_id = flow_node(flow, id)->second;
    const Value *left = flow_expression(flow, left_id);
    const Value *right = flow_expression(flow, right_id);
    if (!operator) return NULL;
    const Value *number = number_folded(flow, id, left, right);
    if (number) return number;
    NodeKind kind = flow_node(flow, left_id)->kind;
    if (operator->sign[0] == '%' &&(kind == EXPR_STRING || kind == EXPR_FORMAT)) {
        format_values(flow, id, right);
        return NULL;
    }
    return operate(flow, id, left, right, str_from(operator->method), str_from(operator->reflected));
}

const Value *flow_in_place(Flow *flow, NodeId id, const Value *target, const Value *value)
{
    Str sign = name_str(flow_node(flow, id)->name);
    const Operator *operator= sign.len ? arithmetic_find(str_part(sign, 0, sign.len - 1)) : NULL;
    if (!operator) return NULL;
    return operate(flow, id, target, value, str_from(operator->in_place), str_from(operator->reflected));
}

/* --- truth --- */

static const char as_truth[] = "__bool__ __len__";

const Value *flow_condition(Flow *flow, NodeId id)
{
    const Value *value = flow_expression(flow, id);
    flow_note_use(flow, id, value, OUTCOME_TEST);
    call_only(flow, id, value, STR(as_truth));
    return value;
}

const Value *flow_unary(Flow *flow, NodeId id)
{
    static const struct {
        const char *sign, *method;
    } methods[] = {{"-", "__neg__"}, {"+", "__pos__"}, {"~", "__invert__"}};
    Name word = flow_node(flow, id)->name;
    NodeId operand = flow_node(flow, id)->first;
    if (word && str_equal(name_str(word), STR("not"))) {
        flow_condition(flow, operand);
        return NULL;
    }
    const Value *value = flow_expression(flow, operand);
    bool missing;
    for (size_t i = 0; word && i < sizeof methods / sizeof *methods; i++)
        if (str_equal(name_str(word), str_from(methods[i].sign)))
            return flow_specials(flow, id, value, str_from(methods[i].method), &missing);
    return NULL;
}

/* --- comparisons --- */

/* `x in y`: without `__contains__` y is iterated. */
static void look_in(Flow *flow, NodeId id, const Value *container)
{
    const Value *result;
    flow_run(flow, id, container, false);
    container = flow_settled(flow, container);
    for (uint32_t i = 0; container && i < container->count; i++) {
        const Item *item = &container->items[i];
        if (call_method(flow, id, container, item, STR("__contains__"), &result)) continue;
        if (item->kind == ITEM_OBJECT) flow_iterate(flow, id, value_of(flow->arena, *item));
    }
}

static void compare(Flow *flow, NodeId id, Str sign, const Value *left, const Value *right)
{
    if (str_equal(sign, STR("in")) || str_equal(sign, STR("not in"))) {
        look_in(flow, id, right);
        return;
    }
    const Operator *operator= operator_find(comparisons, sizeof comparisons / sizeof *comparisons, sign);
    if (operator) operate(flow, id, left, right, str_from(operator->method), str_from(operator->reflected));
}

/* The facts hold the first operator of a chain; of the others there is the text. */
static Str sign_between(const Flow *flow, NodeId id, NodeId left, NodeId right)
{
    if (left == flow_node(flow, id)->first) return name_str(flow_node(flow, id)->name);
    Str text = flow->unit->source.text;
    uint32_t start = flow_node(flow, left)->span.end, end = flow_node(flow, right)->span.start;
    if (start > end || end > text.len) return (Str){"", 0};
    Str sign = str_trim(str_part(text, start, end));
    while (sign.len && sign.ptr[0] == ')')
        sign = str_trim(str_part(sign, 1, sign.len));
    while (sign.len && sign.ptr[sign.len - 1] == '(')
        sign = str_trim(str_part(sign, 0, sign.len - 1));
    return sign;
}

const Value *flow_comparison(Flow *flow, NodeId id)
{
    const Value *left = NULL;
    NodeId before = 0;
    bool recorded = !flow->silent && flow->instance;
    for (NodeId at = flow_node(flow, id)->first; at; at = flow_node(flow, at)->next) {
        const Value *right = flow_expression(flow, at);
        if (before && recorded) compare(flow, id, sign_between(flow, id, before, at), left, right);
        before = at;
        left = right;
    }
    return NULL;
}

/* --- text --- */

/* What a replacement field calls: `{x!r}` and `{x=}` ask for the representation. */
static Str field_methods(const Flow *flow, NodeId operand)
{
    Str text = flow->unit->source.text;
    size_t at = flow_node(flow, operand)->span.end;
    bool shows_name = false;
    for (; at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == ')' || text.ptr[at] == '='); at++)
        shows_name = shows_name || text.ptr[at] == '=';
    if (at + 1 < text.len && text.ptr[at] == '!')
        return text.ptr[at + 1] == 's' ? STR(as_text) : STR("__repr__");
    if (shows_name && at < text.len && text.ptr[at] == '}') return STR("__repr__");
    return STR("__format__ __str__ __repr__");
}

/* t"…": the fields are kept as they are. */
static bool is_template(const Flow *flow, NodeId id)
{
    Str text = unit_text(flow->unit, id);
    for (size_t i = 0; i < text.len && i < 2 && text.ptr[i] != '"' && text.ptr[i] != '\''; i++)
        if (text.ptr[i] == 't' || text.ptr[i] == 'T') return true;
    return false;
}

const Value *flow_format(Flow *flow, NodeId id)
{
    bool recorded = !flow->silent && flow->instance && !is_template(flow, id);
    for (NodeId at = flow_node(flow, id)->first; at; at = flow_node(flow, at)->next) {
        const Value *value = flow_expression(flow, at);
        if (recorded) call_only(flow, at, value, field_methods(flow, at));
    }
    return NULL;
}

/* --- functions of the language that call a method of their argument --- */

static const struct {
    const char *path, *methods;
    bool all; /* of every argument, not of the first alone */
} conversions[] = {
    {"builtins.len", "__len__", false},
    {"builtins.str", as_text, false},
    {"builtins.repr", "__repr__", false},
    {"builtins.ascii", "__repr__", false},
    {"builtins.print", as_text, true},
    {"builtins.format", "__format__ __str__ __repr__", false},
    {"builtins.str.format", "__format__ __str__ __repr__", true},
    {"builtins.bool", as_truth, false},
    {"builtins.int", "__int__ __index__ __trunc__", false},
    {"builtins.float", "__float__ __index__", false},
    {"builtins.complex", "__complex__ __float__ __index__", false},
    {"builtins.bytes", "__bytes__", false},
    {"builtins.hash", "__hash__", false},
    {"builtins.abs", "__abs__", false},
    {"builtins.round", "__round__", false},
    {"builtins.divmod", "__divmod__", false},
    {"builtins.pow", "__pow__", false},
    {"builtins.bin", "__index__", false},
    {"builtins.hex", "__index__", false},
    {"builtins.oct", "__index__", false},
    {"builtins.dir", "__dir__", false},
    {"builtins.reversed", "__reversed__", false},
    {"math.ceil", "__ceil__ __float__", false},
    {"math.floor", "__floor__ __float__", false},
    {"math.trunc", "__trunc__", false},
    {"copy.copy", "__copy__", false},
    {"copy.deepcopy", "__deepcopy__", false},
    {"os.fspath", "__fspath__", false},
};

static void convert(Flow *flow, NodeId call, Str methods, bool all)
{
    for (NodeId at = flow_node(flow, call)->second; at; at = flow_node(flow, at)->next) {
        NodeKind kind = flow_node(flow, at)->kind;
        if (kind == ARG_KEYWORD && !all) return;
        if (kind == ARG_KEYWORD || kind == EXPR_STARRED) continue;
        call_only(flow, call, argument_value(flow, at), methods);
        if (!all) return;
    }
}

void flow_conversion(Flow *flow, Str path, NodeId call)
{
    if (flow->silent || !flow->instance) return;
    for (size_t i = 0; i < sizeof conversions / sizeof *conversions; i++)
        if (str_equal(path, str_from(conversions[i].path)))
            convert(flow, call, str_from(conversions[i].methods), conversions[i].all);
}
