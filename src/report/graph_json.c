#include "report/graph_report.h"

#include "report/json_finding.h"

#include "base/banned.h"

static void add_number(JsonOut *out, const char *key, uint64_t number)
{
    json_out_key(out, key);
    json_out_number(out, number);
}

static void add_node(JsonOut *out, size_t id, const GraphNode *node)
{
    json_out_open(out, '{');
    add_number(out, "id", id);
    json_text_add(out, "function", node->function);
    json_text_or_null_add(out, "module", node->module);
    json_text_or_null_add(out, "path", node->path);
    json_out_key(out, "line");
    if (node->path.len)
        json_out_number(out, node->row1);
    else
        json_out_null(out);
    json_text_add(out, "context", str_from(graph_context_text(node->context)));
    json_out_key(out, "effects");
    json_out_open(out, '[');
    for (uint32_t effect = 0; effect < EFFECT_COUNT; effect++)
        if (node->effects & 1u << effect) json_out_str(out, str_from(effect_text((Effect)effect)));
    json_out_close(out, ']');
    json_out_close(out, '}');
}

static void add_edge(JsonOut *out, const Graph *graph, const GraphEdge *edge)
{
    json_out_open(out, '{');
    add_number(out, "from", edge->from);
    add_number(out, "to", edge->to);
    json_text_add(out, "path", graph->nodes[edge->from].path);
    json_out_key(out, "location");
    json_out_open(out, '{');
    add_number(out, "column", edge->place.column1);
    add_number(out, "row", edge->place.row1);
    json_out_close(out, '}');
    add_number(out, "count", edge->count);
    json_out_close(out, '}');
}

void graph_add_json(Buf *buf, const Graph *graph)
{
    JsonOut out;
    json_out_init(&out, buf, true);
    json_out_open(&out, '{');
    json_out_key(&out, "nodes");
    json_out_open(&out, '[');
    for (size_t i = 0; i < graph->node_count; i++)
        add_node(&out, i, &graph->nodes[i]);
    json_out_close(&out, ']');
    json_out_key(&out, "edges");
    json_out_open(&out, '[');
    for (size_t i = 0; i < graph->edge_count; i++)
        add_edge(&out, graph, &graph->edges[i]);
    json_out_close(&out, ']');
    json_out_close(&out, '}');
    buf_add_byte(buf, '\n');
}
