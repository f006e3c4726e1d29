#include "program/arguments.h"

#include "base/banned.h"

NodeId argument_find(const Unit *unit, NodeId call, int position, Str keyword, bool *unsure)
{
    int at = 0;
    bool spread = false;
    const Node *node = unit_node(unit, call);
    if (unsure) *unsure = false;
    if (node->kind != EXPR_CALL) return 0;
    for (NodeId id = node->second; id; id = node->next) {
        node = unit_node(unit, id);
        if (node->kind == ARG_KEYWORD) {
            if (!node->name)
                spread = true;
            else if (keyword.len && str_equal(name_str(node->name), keyword))
                return node->first;
        } else if (node->kind == EXPR_STARRED) {
            spread = true;
            at = -1;
        } else if (at >= 0 && at++ == position) {
            return id;
        }
    }
    if (unsure) *unsure = spread;
    return 0;
}

static const Arguments *holder_of(const Flow *flow, NodeId argument, size_t *index)
{
    for (const Arguments *known = flow->arguments; known; known = known->outer)
        for (*index = 0; *index < known->count; ++*index)
            if (known->nodes[*index] == argument) return known;
    return NULL;
}

const Value *argument_value(Flow *flow, NodeId argument)
{
    size_t index;
    const Arguments *known = holder_of(flow, argument, &index);
    if (known) return known->values[index];
    bool silent = flow->silent;
    flow->silent = true;
    const Value *value = flow_expression(flow, argument);
    flow->silent = silent;
    return value;
}

static bool is_literal(NodeKind kind)
{
    return kind == EXPR_STRING || kind == EXPR_NUMBER || kind == EXPR_TRUE || kind == EXPR_FALSE ||
           kind == EXPR_NOTHING;
}

bool argument_literal(Flow *flow, NodeId argument, Item *literal)
{
    NodeKind kind = unit_node(flow->unit, argument)->kind;
    if (!is_literal(kind) && kind != EXPR_NAME && kind != EXPR_ATTRIBUTE) return false;
    const Item *item = value_literal(flow_settled(flow, argument_value(flow, argument)));
    if (item) *literal = *item;
    return item != NULL;
}
