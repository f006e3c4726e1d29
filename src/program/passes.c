#include "program/passes.h"

#include "base/limits.h"
#include "program/loops.h"
#include "base/banned.h"

enum { LEFT_DEPTH = 24 };

static bool block_leaves(const Unit *unit, NodeId first, bool nested, unsigned depth);

static bool statement_leaves(const Unit *unit, NodeId id, bool nested, unsigned depth)
{
    const Node *node = unit_node(unit, id);
    switch ((NodeKind)node->kind) {
    case STMT_BREAK:
        return !nested;
    case STMT_RETURN:
    case STMT_RAISE:
        return true;
    case STMT_IF:
        return block_leaves(unit, node->second, nested, depth) ||
               block_leaves(unit, node->third, nested, depth);
    case STMT_WITH:
        return block_leaves(unit, node->second, nested, depth);
    case STMT_FOR:
        return block_leaves(unit, node->third, true, depth) ||
               block_leaves(unit, node->fourth, nested, depth);
    case STMT_WHILE:
        return block_leaves(unit, node->second, true, depth) ||
               block_leaves(unit, node->third, nested, depth);
    case STMT_TRY:
    case STMT_MATCH:
        return block_leaves(unit, node->first, nested, depth) ||
               block_leaves(unit, node->second, nested, depth) ||
               block_leaves(unit, node->third, nested, depth) ||
               block_leaves(unit, node->fourth, nested, depth);
    case HANDLER:
        return block_leaves(unit, node->second, nested, depth);
    case CASE:
        return block_leaves(unit, node->third, nested, depth);
    default:
        return false;
    }
}

/* What is nested too deeply to be looked at may leave the loop. */
static bool block_leaves(const Unit *unit, NodeId first, bool nested, unsigned depth)
{
    if (depth >= LEFT_DEPTH) return true;
    for (NodeId at = first; at; at = unit_node(unit, at)->next)
        if (statement_leaves(unit, at, nested, depth + 1)) return true;
    return false;
}

static double item_count(const Unit *unit, NodeId first)
{
    double count = 0;
    for (NodeId at = first; at; at = unit_node(unit, at)->next)
        count++;
    return count;
}

static bool iterable_passes(Flow *flow, NodeId iterable, double *passes)
{
    const Node *node = flow_node(flow, iterable);
    if (node->kind == EXPR_LIST || node->kind == EXPR_TUPLE) {
        *passes = item_count(flow->unit, node->first);
        return *passes >= 1;
    }
    *passes = loops_range_passes(flow, iterable);
    return *passes >= 1;
}

static bool is_always(const Unit *unit, NodeId test)
{
    const Node *node = unit_node(unit, test);
    return node->kind == EXPR_TRUE ||
           (node->kind == EXPR_NUMBER && !str_equal(name_str(node->name), STR("0")));
}

static void pass_through(Flow *flow, NodeId loop, Passes *passes)
{
    const Node *node = flow_node(flow, loop);
    bool is_for = node->kind == STMT_FOR;
    NodeId head = is_for ? node->second : node->first, body = is_for ? node->third : node->second;
    double count = 1;
    bool is_left = block_leaves(flow->unit, body, false, 0);
    if (is_for && !iterable_passes(flow, head, &count)) return;
    passes->most *= count;
    if (is_left) return;
    passes->least *= count;
    passes->endless = passes->endless || (!is_for && is_always(flow->unit, head));
}

Passes flow_passes(Flow *flow)
{
    Passes passes = {1, 1, false};
    for (const LoopAround *around = flow->loops; around; around = around->outer)
        pass_through(flow, around->loop, &passes);
    return passes;
}
