#include "fixes/fixed_path.h"

#include "fixes/names.h"
#include "fixes/nodes.h"
#include "fixes/shared_state.h"
#include "base/banned.h"

enum { ASSIGNMENTS_DEEP = 3, MODE_BYTES = 6 /* "w:gz" */ };

bool opens_to_write(const Unit *unit, NodeId call)
{
    for (NodeId at = unit_node(unit, call)->second; at; at = unit_node(unit, at)->next) {
        const Node *argument = unit_node(unit, at);
        if (argument->kind == ARG_KEYWORD) argument = unit_node(unit, argument->first);
        Str mode = argument->kind == EXPR_STRING ? name_str(argument->name) : STR("");
        if (!mode.len || mode.len > MODE_BYTES) continue;
        if (mode.ptr[0] == 'w' || mode.ptr[0] == 'a' || mode.ptr[0] == 'x') return true;
    }
    return false;
}

static NodeId argument_at(const Unit *unit, NodeId call, unsigned at)
{
    NodeId argument = unit_node(unit, call)->second;
    for (; argument && at; at--)
        argument = unit_node(unit, argument)->next;
    return argument && unit_node(unit, argument)->kind != ARG_KEYWORD ? argument : 0;
}

/* The path that is written: an argument of `open`, or the object of a method; 0: nothing is written, as far as can be seen. */
static NodeId written_path(const Unit *unit, NodeId id, uint32_t traits)
{
    const Node *call = unit_node(unit, id);
    const Node *callee = unit_node(unit, call->first);
    if (call->kind != EXPR_CALL) return 0;
    Str name = name_str(callee->name);
    bool is_method = callee->kind == EXPR_ATTRIBUTE;
    if (is_method && (str_equal(name, STR("write_text")) || str_equal(name, STR("write_bytes"))))
        return callee->first;
    if (traits & TRAIT_BIT(TRAIT_WRITES_FIRST)) return argument_at(unit, id, 0);
    if (traits & TRAIT_BIT(TRAIT_WRITES_SECOND)) return argument_at(unit, id, 1);
    if (!str_equal(name, STR("open")) || !opens_to_write(unit, id)) return 0;
    bool takes_path =
        unit_node(unit, call->second)->next && unit_node(unit, unit_node(unit, call->second)->next)->kind;
    return !is_method || takes_path ? call->second : callee->first;
}

static bool is_fixed(const FunctionInfo *function, NodeId expression, unsigned depth);

/* A local name that is bound once, to something fixed. */
static bool is_fixed_local(const FunctionInfo *function, Name name, unsigned depth)
{
    NodeId value = 0;
    unsigned count = 0;
    Nodes nodes;
    nodes_init(&nodes, function->unit, function->node);
    for (NodeId at; (at = nodes_next(&nodes));) {
        const Node *node = unit_node(function->unit, at);
        if (node->kind != STMT_ASSIGN || unit_node(function->unit, node->first)->name != name) continue;
        if (unit_node(function->unit, node->first)->kind != EXPR_NAME) continue;
        value = node->second;
        count++;
    }
    nodes_free(&nodes);
    return count == 1 && depth < ASSIGNMENTS_DEEP && is_fixed(function, value, depth + 1);
}

static bool is_fixed_name(const FunctionInfo *function, Name name, unsigned depth)
{
    const Unit *unit = function->unit;
    bool is_self = function->class_id != ID_NONE &&
                   unit_node(unit, unit_node(unit, function->node)->first)->name == name;
    if (is_self) return true;
    if (shared_is_parameter(unit, function->node, name)) return false;
    if (!name_is_shadowed(unit, function, name_str(name))) return true;
    return is_fixed_local(function, name, depth);
}

static bool is_fixed(const FunctionInfo *function, NodeId expression, unsigned depth)
{
    bool fixed = true;
    Nodes nodes;
    nodes_init(&nodes, function->unit, expression);
    for (NodeId at; fixed && (at = nodes_next(&nodes));) {
        const Node *node = unit_node(function->unit, at);
        fixed = node->kind != EXPR_NAME || is_fixed_name(function, node->name, depth);
    }
    nodes_free(&nodes);
    return fixed;
}

bool writes_fixed_file(const FunctionInfo *function, NodeId call, uint32_t traits)
{
    NodeId path = written_path(function->unit, call, traits);
    return path && is_fixed(function, path, 0);
}
