#include "report/graph_report.h"

#include "base/visible.h"

#include "base/banned.h"

/* A quoted text as dot reads it. */
static void add_quoted(Buf *buf, Str first, const char *between, Str second)
{
    Str parts[] = {first, str_from(between), second};
    buf_add_byte(buf, '"');
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        Buf shown;
        buf_init(&shown);
        visible_add(&shown, parts[i]);
        for (size_t k = 0; k < shown.len; k++) {
            if (shown.data[k] == '"' || shown.data[k] == '\\') buf_add_byte(buf, '\\');
            buf_add_byte(buf, shown.data[k]);
        }
        buf_free(&shown);
    }
    buf_add_byte(buf, '"');
}

static const char *style_of(GraphContext context)
{
    static const char *const styles[] = {[GRAPH_ROOT] = "style=bold",
                                         [GRAPH_CALLED] = "style=solid",
                                         [GRAPH_ELSEWHERE] = "style=dashed",
                                         [GRAPH_PRIMITIVE] = "shape=ellipse, color=red"};
    return styles[context];
}

static void add_node(Buf *buf, size_t id, const GraphNode *node)
{
    buf_format(buf, "  n%zu [label=", id);
    add_quoted(buf, node->module, node->module.len ? "." : "", node->function);
    buf_format(buf, ", %s", style_of(node->context));
    if (node->path.len) {
        char row1[16];
        size_t at = sizeof row1 - 1;
        row1[at] = '\0';
        for (uint32_t rest = node->row1; rest || at == sizeof row1 - 1; rest /= 10)
            row1[--at] = (char)('0' + rest % 10);
        buf_add_text(buf, ", tooltip=");
        add_quoted(buf, node->path, ":", str_from(row1 + at));
    }
    buf_add_text(buf, "];\n");
}

void graph_add_dot(Buf *buf, const Graph *graph)
{
    buf_add_text(buf, "digraph loopsafe {\n  rankdir=LR;\n  node [shape=box];\n");
    for (size_t i = 0; i < graph->node_count; i++)
        add_node(buf, i, &graph->nodes[i]);
    for (size_t i = 0; i < graph->edge_count; i++) {
        const GraphEdge *edge = &graph->edges[i];
        buf_format(buf, "  n%u -> n%u [label=\"%u\"];\n", edge->from, edge->to, edge->place.row1);
    }
    buf_add_text(buf, "}\n");
}
