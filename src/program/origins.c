#include "program/origins.h"

#include "base/limits.h"
#include "base/banned.h"

/* Assignments followed backwards, nodes looked at for one question. */
enum { ORIGIN_STEPS = 4, ORIGIN_NODES = 20000 };

typedef struct Search {
    const FunctionInfo *function;
    const Unit *unit;
    unsigned steps, depth, nodes;
} Search;

static bool depends(Search *search, NodeId expression);

static bool is_parameter(const Search *search, Name name)
{
    const FunctionInfo *info = search->function;
    NodeId first = unit_node(search->unit, info->node)->first;
    bool receiver = info->class_id != ID_NONE && !info->is_static;
    for (NodeId at = receiver && first ? unit_node(search->unit, first)->next : first; at;
         at = unit_node(search->unit, at)->next)
        if (unit_node(search->unit, at)->name == name) return true;
    return false;
}

static bool binds(const Search *search, NodeId target, Name name)
{
    const Node *node = unit_node(search->unit, target);
    if (node->kind == EXPR_NAME) return node->name == name;
    if (node->kind != EXPR_TUPLE && node->kind != EXPR_LIST) return false;
    for (NodeId at = node->first; at; at = unit_node(search->unit, at)->next)
        if (unit_node(search->unit, at)->name == name) return true;
    return false;
}

static bool assigns_dependent(Search *search, NodeId first_target, NodeId value, Name name)
{
    for (NodeId at = first_target; at; at = unit_node(search->unit, at)->next)
        if (binds(search, at, name)) return depends(search, value);
    return false;
}

/* Some statement below binds the name to what depends on the call. */
static bool is_bound_so(Search *search, NodeId id, Name name)
{
    const Node *node = unit_node(search->unit, id);
    if (search->nodes++ > ORIGIN_NODES || search->depth >= LIMIT_NESTING) return true;
    if (node->kind == STMT_ASSIGN) return assigns_dependent(search, node->first, node->second, name);
    if (node->kind == STMT_ANNOTATED) return assigns_dependent(search, node->first, node->third, name);
    if (node->kind == STMT_FOR && binds(search, node->first, name)) return true;
    if (node->kind == WITH_ITEM && node->second && binds(search, node->second, name)) return true;
    if (node->kind < STMT_EXPRESSION || node->kind == STMT_FUNCTION || node->kind == STMT_CLASS) return false;
    const NodeId links[] = {node->first, node->second, node->third, node->fourth};
    search->depth++;
    bool found = false;
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        for (NodeId at = links[i]; at && !found; at = unit_node(search->unit, at)->next)
            found = is_bound_so(search, at, name);
    search->depth--;
    return found;
}

static bool name_depends(Search *search, Name name)
{
    if (is_parameter(search, name)) return true;
    if (search->steps >= ORIGIN_STEPS) return false;
    search->steps++;
    bool found = false;
    for (NodeId at = unit_node(search->unit, search->function->node)->second; at && !found;
         at = unit_node(search->unit, at)->next)
        found = is_bound_so(search, at, name);
    search->steps--;
    return found;
}

static bool depends(Search *search, NodeId expression)
{
    const Node *node = unit_node(search->unit, expression);
    if (!expression) return false;
    if (search->nodes++ > ORIGIN_NODES || search->depth >= LIMIT_NESTING) return true;
    if (node->kind == EXPR_NAME) return name_depends(search, node->name);
    const NodeId links[] = {node->first, node->second, node->third, node->fourth};
    search->depth++;
    bool found = false;
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        for (NodeId at = links[i]; at && !found; at = unit_node(search->unit, at)->next)
            found = depends(search, at);
    search->depth--;
    return found;
}

bool depends_on_call(const FunctionInfo *function, NodeId expression)
{
    Search search = {.function = function, .unit = function->unit};
    return depends(&search, expression);
}
