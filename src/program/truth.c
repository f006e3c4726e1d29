/* Tests that are decided where the walk stands: a parameter that was handed False, a name bound to None. */
#include "program/flow.h"

#include "base/banned.h"

static Truth opposite(Truth truth)
{
    return truth == TRUTH_UNKNOWN ? truth : truth == TRUTH_HOLDS ? TRUTH_FAILS : TRUTH_HOLDS;
}

static Truth truth_if(bool holds)
{
    return holds ? TRUTH_HOLDS : TRUTH_FAILS;
}

static bool is_zero(Str number)
{
    for (size_t i = 0; i < number.len; i++)
        if (number.ptr[i] != '0' && number.ptr[i] != '.' && number.ptr[i] != '_') return false;
    return number.len > 0;
}

static Truth of_literal(const Item *literal)
{
    switch ((NodeKind)literal->id) {
    case EXPR_TRUE:
        return TRUTH_HOLDS;
    case EXPR_FALSE:
    case EXPR_NOTHING:
        return TRUTH_FAILS;
    case EXPR_NUMBER:
        return truth_if(!is_zero(literal->path));
    default:
        return TRUTH_UNKNOWN;
    }
}

/* A value whose evaluation has no effect: looking at it twice costs nothing and records nothing. */
static const Value *plain_value(Flow *flow, NodeId id)
{
    NodeKind kind = flow_node(flow, id)->kind;
    bool literal = kind == EXPR_TRUE || kind == EXPR_FALSE || kind == EXPR_NOTHING || kind == EXPR_NUMBER ||
                   kind == EXPR_STRING;
    if (!literal && kind != EXPR_NAME) return NULL;
    bool silent = flow->silent;
    flow->silent = true;
    const Value *value = flow_expression(flow, id);
    flow->silent = silent;
    return value;
}

static bool is_object(const Value *value)
{
    for (uint32_t i = 0; value && i < value->count; i++)
        if (value->items[i].kind == ITEM_LITERAL || value->items[i].kind == ITEM_PATH ||
            value->items[i].kind == ITEM_RESULT || value->items[i].kind == ITEM_LAZY)
            return false;
    return value && value->count && !value->open_ended;
}

static Truth same_literal(const Value *left, const Value *right)
{
    const Item *one = value_literal(left), *other = value_literal(right);
    if (one && other) return truth_if(one->id == other->id && str_equal(one->path, other->path));
    bool none = (one && one->id == EXPR_NOTHING) || (other && other->id == EXPR_NOTHING);
    return none && is_object(one ? right : left) ? TRUTH_FAILS : TRUTH_UNKNOWN;
}

static Truth of_comparison(Flow *flow, const Node *node)
{
    NodeId left = node->first, right = left ? flow_node(flow, left)->next : 0;
    if (!node->name || !right || flow_node(flow, right)->next) return TRUTH_UNKNOWN;
    Str operator= name_str(node->name);
    bool same = str_equal(operator, STR("is")) || str_equal(operator, STR("=="));
    bool differs = str_equal(operator, STR("is not")) || str_equal(operator, STR("!="));
    if (!same && !differs) return TRUTH_UNKNOWN;
    Truth truth = same_literal(plain_value(flow, left), plain_value(flow, right));
    return same ? truth : opposite(truth);
}

static Truth of_boolean(Flow *flow, const Node *node)
{
    bool all = str_equal(name_str(node->name), STR("and"));
    Truth ends = all ? TRUTH_FAILS : TRUTH_HOLDS, joined = opposite(ends);
    for (NodeId at = node->first; at; at = flow_node(flow, at)->next) {
        Truth one = flow_truth(flow, at);
        if (one == ends) return ends;
        if (one == TRUTH_UNKNOWN) joined = TRUTH_UNKNOWN;
    }
    return joined;
}

Truth flow_truth(Flow *flow, NodeId test)
{
    const Node *node = flow_node(flow, test);
    switch ((NodeKind)node->kind) {
    case EXPR_TRUE:
    case EXPR_FALSE:
    case EXPR_NOTHING:
    case EXPR_NUMBER:
    case EXPR_NAME: {
        const Item *literal = value_literal(plain_value(flow, test));
        return literal ? of_literal(literal) : TRUTH_UNKNOWN;
    }
    case EXPR_UNARY:
        return node->name && str_equal(name_str(node->name), STR("not")) ? opposite(flow_truth(flow, node->first))
                                                                          : TRUTH_UNKNOWN;
    case EXPR_COMPARE:
        return of_comparison(flow, node);
    case EXPR_BOOLEAN:
        return of_boolean(flow, node);
    default:
        return TRUTH_UNKNOWN;
    }
}
