#include "fixes/nodes.h"

#include "base/banned.h"

void nodes_init(Nodes *nodes, const Unit *unit, NodeId root)
{
    *nodes = (Nodes){.unit = unit, .root = root};
    if (root) vec_add(&nodes->waiting, root);
}

void nodes_free(Nodes *nodes)
{
    vec_free(&nodes->waiting);
}

static void wait_for(Nodes *nodes, NodeId first)
{
    if (first) vec_add(&nodes->waiting, first);
}

NodeId nodes_next(Nodes *nodes)
{
    const Node *last = unit_node(nodes->unit, nodes->at);
    if (nodes->at && !nodes->skips) {
        wait_for(nodes, last->fourth);
        wait_for(nodes, last->third);
        wait_for(nodes, last->second);
        wait_for(nodes, last->first);
    }
    nodes->skips = false;
    nodes->at = nodes->waiting.count ? nodes->waiting.items[--nodes->waiting.count] : 0;
    if (nodes->at && nodes->at != nodes->root) wait_for(nodes, unit_node(nodes->unit, nodes->at)->next);
    return nodes->at;
}

void nodes_skip(Nodes *nodes)
{
    nodes->skips = true;
}

bool node_is_scope(const Node *node)
{
    return node->kind == STMT_FUNCTION || node->kind == EXPR_LAMBDA || node->kind == STMT_CLASS;
}
