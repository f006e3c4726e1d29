/* graph_report.h - the call graph as a tree, as Graphviz's dot, as JSON.
 *
 * Shape   the tree: entries first, what they call below, in the order of the text; what stands in it already is named
 *         and not opened again. dot: a box a function, its file a tooltip. JSON: {"nodes": [{id function module path
 *         line context effects}], "edges": [{from to path location count}]}; of a primitive module, path and line are
 *         null. Paths are as in the rest of the output for people. */
#ifndef LOOPSAFE_REPORT_GRAPH_REPORT_H
#define LOOPSAFE_REPORT_GRAPH_REPORT_H

#include "base/buf.h"
#include "program/graph.h"

/* depth: levels below an entry. */
void graph_add_text(Buf *buf, const Graph *graph, size_t depth);
void graph_add_dot(Buf *buf, const Graph *graph);
void graph_add_json(Buf *buf, const Graph *graph);

#endif
