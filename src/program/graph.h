/* graph.h - who calls whom on the loop, down to what blocks: the program's instances as a graph of functions.
 *
 *   root ──▶ function ──▶ function ──▶ primitive
 *
 * Shape   a node a function or primitive, an edge a pair of them with its first place and the number of lines.
 * Owner   the arena handed in; names borrow from the program.
 * Order   nodes by path, line, name, primitives last by name; edges by place, then by the callee: the same for any
 *         number of threads. A node's id is its index. */
#ifndef LOOPSAFE_PROGRAM_GRAPH_H
#define LOOPSAFE_PROGRAM_GRAPH_H

#include "program/program.h"

typedef enum GraphContext {
    GRAPH_ROOT,      /* a coroutine, or handed to a loop */
    GRAPH_CALLED,    /* run by what is on the loop */
    GRAPH_ELSEWHERE, /* read, but not on a loop */
    GRAPH_PRIMITIVE
} GraphContext;

typedef struct GraphEdge {
    uint32_t from, to;
    Position place; /* of the first call, in the path of `from` or of the function nested in it */
    uint32_t count; /* of lines with such a call */
} GraphEdge;

typedef struct GraphNode {
    GraphContext context;
    Str module;   /* dotted; empty for a primitive */
    Str function; /* qualified name, or the primitive's path */
    Str path;     /* empty for a primitive */
    uint32_t row1;
    uint32_t effects; /* bits 1 << Effect: what it may do itself or by what it runs */
    bool entry;       /* no other node calls it */
    uint32_t edge_first, edge_count;
} GraphNode;

typedef struct Graph {
    GraphNode *nodes;
    size_t node_count;
    GraphEdge *edges; /* by `from` */
    size_t edge_count;
} Graph;

/* everything: functions that block nothing and those off the loop, too. cheap: primitives of microseconds, too. */
Graph graph_of(Arena *arena, const Program *program, bool everything, bool cheap);
const char *graph_context_text(GraphContext context);

#endif
