#include "fixes/around.h"

#include "base/banned.h"

static bool holds(const Unit *unit, NodeId outer, NodeId inner)
{
    return outer == inner || span_holds(unit_node(unit, outer)->span, unit_node(unit, inner)->span);
}

/* The one of a list's items that holds the node; 0: none. */
static NodeId holder_in_list(const Unit *unit, NodeId first, NodeId node)
{
    for (NodeId at = first; at; at = unit_node(unit, at)->next)
        if (holds(unit, at, node)) return at;
    return 0;
}

static NodeId child_with(const Unit *unit, NodeId parent, NodeId node)
{
    const Node *links = unit_node(unit, parent);
    NodeId found = holder_in_list(unit, links->first, node);
    if (!found) found = holder_in_list(unit, links->second, node);
    if (!found) found = holder_in_list(unit, links->third, node);
    return found ? found : holder_in_list(unit, links->fourth, node);
}

bool around_find(const Unit *unit, NodeId function, NodeId node, Around *around)
{
    *around = (Around){.unit = unit};
    NodeId at = function ? function : holder_in_list(unit, facts_module(unit->facts), node);
    while (at && around->count < LIMIT_FIX_NESTING) {
        around->nodes[around->count++] = at;
        if (at == node) return true;
        at = child_with(unit, at, node);
    }
    around->count = 0;
    return false;
}

NodeId around_parent(const Around *around)
{
    return around->count > 1 ? around->nodes[around->count - 2] : 0;
}

static bool is_statement(const Node *node)
{
    return node->kind >= STMT_EXPRESSION && node->kind != HANDLER && node->kind != WITH_ITEM &&
           node->kind != CASE && node->kind != ALIAS && node->kind != PARAMETER;
}

NodeId around_statement(const Around *around)
{
    for (uint32_t i = around->count; i-- > 0;)
        if (is_statement(unit_node(around->unit, around->nodes[i]))) return around->nodes[i];
    return 0;
}

/* The iterable of a generator's first clause is evaluated where the generator stands. */
static bool is_first_iterable(const Around *around, uint32_t generator)
{
    if (generator + 2 >= around->count) return false;
    const Node *clause = unit_node(around->unit, around->nodes[generator + 1]);
    const Node *node = unit_node(around->unit, around->nodes[generator]);
    return clause->kind == CLAUSE_FOR && node->second == around->nodes[generator + 1] &&
           clause->second == around->nodes[generator + 2];
}

static const char *forbids(const Around *around, uint32_t i)
{
    const Node *node = unit_node(around->unit, around->nodes[i]);
    switch (node->kind) {
    case EXPR_LAMBDA:
        return "stands in a lambda";
    case EXPR_GENERATOR:
        return is_first_iterable(around, i) ? NULL : "stands in a generator expression";
    case STMT_CLASS:
        return "stands in the body of a class";
    case PARAMETER:
        return "stands in a list of parameters";
    default:
        return NULL;
    }
}

/* The function that an `await` there would stop, as an index of nodes; count: none. */
static uint32_t suspended(const Around *around, const char **reason)
{
    *reason = NULL;
    for (uint32_t i = around->count; i-- > 0;) {
        if (unit_node(around->unit, around->nodes[i])->kind == STMT_FUNCTION) return i;
        *reason = forbids(around, i);
        if (*reason) return i;
    }
    *reason = around->count ? "stands outside a function" : "its place in the function was not found";
    return around->count;
}

const char *around_forbids_suspension(const Around *around)
{
    const char *reason;
    suspended(around, &reason);
    return reason;
}

const char *around_forbids_await(const Around *around)
{
    const char *reason;
    uint32_t function = suspended(around, &reason);
    if (reason) return reason;
    bool is_async = unit_node(around->unit, around->nodes[function])->flags & FLAG_ASYNC;
    return is_async ? NULL : "the function is not a coroutine";
}

bool around_binds_tighter(const Around *around)
{
    NodeId parent = around_parent(around);
    const Node *node = unit_node(around->unit, parent);
    bool first = parent && node->first == around->nodes[around->count - 1];
    return node->kind == EXPR_AWAIT || (first && (node->kind == EXPR_ATTRIBUTE ||
                                                  node->kind == EXPR_SUBSCRIPT || node->kind == EXPR_CALL));
}
