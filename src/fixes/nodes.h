/* nodes.h - every node below one, in the order of the text.
 *
 *   nodes_init(&nodes, unit, statement);
 *   for (NodeId at; (at = nodes_next(&nodes));) ...
 *   nodes_free(&nodes);
 *
 * Shape   no recursion; what nodes_skip names is left out with all below it.
 * Owner   nodes_free ends it.   Threads read-only on the unit. */
#ifndef LOOPSAFE_FIXES_NODES_H
#define LOOPSAFE_FIXES_NODES_H

#include "program/unit.h"

typedef struct Nodes {
    const Unit *unit;
    VEC(NodeId) waiting; /* each stands for itself and its list behind it */
    NodeId root, at;
    bool skips;
} Nodes;

void nodes_init(Nodes *nodes, const Unit *unit, NodeId root);
void nodes_free(Nodes *nodes);
/* The next one, the root first; 0: no more. */
NodeId nodes_next(Nodes *nodes);
/* Leaves out what stands below the last one. */
void nodes_skip(Nodes *nodes);

bool node_is_scope(const Node *node); /* a function, a lambda, a class */

#endif
