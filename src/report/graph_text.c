#include "report/graph_report.h"

#include "base/vec.h"
#include "base/visible.h"

#include "base/banned.h"

/* A node that calls more than this is cut: generated code calls hundreds. */
enum { MOST_CALLS = 40 };

/* A call that is still to be printed, above those of its siblings that come after it. */
typedef struct Open {
    const GraphEdge *edge; /* NULL: an entry */
    uint32_t node;
    uint32_t level;
    uint32_t left_out; /* in place of a node: calls that are not shown */
} Open;

typedef struct Tree {
    Buf *buf;
    const Graph *graph;
    size_t depth;
    bool *shown; /* by node */
    VEC(Open) open;
} Tree;

static void add_effects(Buf *buf, uint32_t effects)
{
    const char *before = " [";
    for (uint32_t effect = 0; effect < EFFECT_COUNT; effect++) {
        if (!(effects & 1u << effect)) continue;
        buf_format(buf, "%s%s", before, effect_text((Effect)effect));
        before = ", ";
    }
    if (effects) buf_add_byte(buf, ']');
}

static void add_name(Buf *buf, const GraphNode *node)
{
    visible_add(buf, node->module);
    if (node->module.len) buf_add_byte(buf, '.');
    visible_add(buf, node->function);
}

static void add_place(Buf *buf, const Tree *tree, const Open *open)
{
    const GraphNode *node = &tree->graph->nodes[open->node];
    if (!open->edge) {
        buf_add_text(buf, "  ");
        visible_add(buf, node->path);
        buf_format(buf, ":%u", node->row1);
        return;
    }
    buf_format(buf, "  line %u", open->edge->place.row1);
    if (open->edge->count > 1) buf_format(buf, " and %u more", open->edge->count - 1);
}

static void open_calls(Tree *tree, uint32_t number, uint32_t level)
{
    const GraphNode *node = &tree->graph->nodes[number];
    uint32_t count = node->edge_count < MOST_CALLS ? node->edge_count : MOST_CALLS;
    if (count < node->edge_count)
        vec_add(&tree->open, ((Open){.level = level, .left_out = node->edge_count - count}));
    for (uint32_t i = count; i-- > 0;) {
        const GraphEdge *edge = &tree->graph->edges[node->edge_first + i];
        vec_add(&tree->open, ((Open){.edge = edge, .node = edge->to, .level = level}));
    }
}

static void add_left_out(Tree *tree, uint32_t level, uint32_t count)
{
    buf_add_repeat(tree->buf, ' ', 2 * (size_t)level);
    buf_format(tree->buf, "... %u more call%s\n", count, count == 1 ? "" : "s");
}

static void add_line(Tree *tree, const Open *open)
{
    Buf *buf = tree->buf;
    const GraphNode *node = &tree->graph->nodes[open->node];
    buf_add_repeat(buf, ' ', 2 * (size_t)open->level);
    add_name(buf, node);
    add_place(buf, tree, open);
    add_effects(buf, node->effects);
    bool again = tree->shown[open->node] && node->edge_count;
    if (again) buf_add_text(buf, " (above)");
    buf_add_byte(buf, '\n');
    tree->shown[open->node] = true;
    if (again || !node->edge_count) return;
    if (open->level < tree->depth)
        open_calls(tree, open->node, open->level + 1);
    else
        add_left_out(tree, open->level + 1, node->edge_count);
}

static void add_tree(Tree *tree, uint32_t entry)
{
    vec_add(&tree->open, ((Open){.node = entry}));
    while (tree->open.count) {
        Open open = tree->open.items[--tree->open.count];
        if (open.left_out)
            add_left_out(tree, open.level, open.left_out);
        else
            add_line(tree, &open);
    }
}

static void add_summary(Buf *buf, const Graph *graph)
{
    size_t primitives = 0, calls = 0;
    for (size_t i = 0; i < graph->node_count; i++)
        primitives += graph->nodes[i].context == GRAPH_PRIMITIVE;
    for (size_t i = 0; i < graph->edge_count; i++)
        calls += graph->edges[i].count;
    size_t functions = graph->node_count - primitives;
    if (functions) buf_add_byte(buf, '\n');
    buf_format(buf, "%zu function%s, %zu blocking callable%s, %zu call%s.\n", functions,
               functions == 1 ? "" : "s", primitives, primitives == 1 ? "" : "s", calls,
               calls == 1 ? "" : "s");
}

void graph_add_text(Buf *buf, const Graph *graph, size_t depth)
{
    Arena arena;
    arena_init(&arena);
    Tree tree = {.buf = buf,
                 .graph = graph,
                 .depth = depth,
                 .shown = arena_array(&arena, graph->node_count, sizeof(bool))};
    for (uint32_t i = 0; i < graph->node_count; i++)
        if (graph->nodes[i].entry) add_tree(&tree, i);
    /* Circles that nothing outside enters, roots that only others of theirs call. */
    for (uint32_t i = 0; i < graph->node_count; i++)
        if (!tree.shown[i] && graph->nodes[i].context == GRAPH_ROOT) add_tree(&tree, i);
    vec_free(&tree.open);
    arena_free(&arena);
    add_summary(buf, graph);
}
