#include "program/header.h"

#include "base/banned.h"

Span statement_header(const Unit *unit, NodeId statement)
{
    const Node *node = unit_node(unit, statement);
    NodeId last = 0;
    switch ((NodeKind)node->kind) {
    case STMT_IF:
    case STMT_WHILE:
    case STMT_MATCH:
        last = node->first;
        break;
    case STMT_FOR:
        last = node->second;
        break;
    case STMT_WITH:
        for (NodeId item = node->first; item; item = unit_node(unit, item)->next)
            last = item;
        break;
    case STMT_TRY:
    case STMT_FUNCTION:
    case STMT_CLASS:
        return (Span){node->span.start, node->span.start};
    default:
        return node->span;
    }
    return (Span){node->span.start, last ? unit_node(unit, last)->span.end : node->span.start};
}
