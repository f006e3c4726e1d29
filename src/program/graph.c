#include "program/graph.h"

#include <stdlib.h>

#include "program/ways.h"
#include "base/banned.h"

/* An edge before the nodes are numbered: functions by their number, primitives behind them. */
typedef struct Builder {
    Arena *arena;
    const Program *program;
    bool everything, cheap;
    VEC(GraphNode) nodes; /* by function, then primitives in the order in which they are met */
    VEC(GraphEdge) edges;
    Map primitives; /* path -> index into nodes */
    bool *kept;
} Builder;

const char *graph_context_text(GraphContext context)
{
    static const char *const texts[] = {[GRAPH_ROOT] = "root",
                                        [GRAPH_CALLED] = "called",
                                        [GRAPH_ELSEWHERE] = "elsewhere",
                                        [GRAPH_PRIMITIVE] = "primitive"};
    return texts[context];
}

/* --- nodes --- */

static GraphNode function_node(const FunctionInfo *info)
{
    const Unit *unit = info->unit;
    return (GraphNode){.context = GRAPH_ELSEWHERE,
                       .module = unit->module_file ? unit->module_file->name : STR(""),
                       .function = info->name,
                       .path = unit->path,
                       .row1 = lines_row1(&unit->lines, unit_node(unit, info->node)->span.start)};
}

static uint32_t primitive_node(Builder *builder, const Rule *rule)
{
    Name name = names_intern(builder->program->names, rule->path);
    uint32_t known = map_find(&builder->primitives, name);
    if (known == MAP_NONE) {
        known = (uint32_t)builder->nodes.count;
        map_put(&builder->primitives, name, known);
        vec_add(&builder->nodes, ((GraphNode){.context = GRAPH_PRIMITIVE, .function = name_str(name)}));
    }
    builder->nodes.items[known].effects |= 1u << rule->effect;
    return known;
}

static void add_functions(Builder *builder)
{
    for (size_t i = 0; i < builder->program->functions.count; i++)
        vec_add(&builder->nodes, function_node(builder->program->functions.items[i]));
    Ways ways = ways_find(builder->arena, builder->program, true);
    for (size_t i = ways.count; i-- > 0;) {
        const Instance *instance = ways.order[i];
        GraphNode *node = &builder->nodes.items[instance->function];
        bool root = instance->on_loop;
        if (root || node->context != GRAPH_ROOT) node->context = root ? GRAPH_ROOT : GRAPH_CALLED;
    }
}

/* --- edges --- */

static void add_step(Builder *builder, const Instance *instance, const Step *step)
{
    const Program *program = builder->program;
    const FunctionInfo *info = program->functions.items[instance->function];
    uint32_t to;
    if (step->call) {
        if (!step_is_followed(program, step)) return;
        to = step->call->function;
    } else {
        if (step->weight == WEIGHT_CHEAP && !builder->cheap) return;
        if (!catalogue_code_of(program->catalogue, step->rule.effect)) return;
        to = primitive_node(builder, &step->rule);
    }
    Position place = lines_position(&info->unit->lines, unit_node(info->unit, step->node)->span.start);
    vec_add(&builder->edges, ((GraphEdge){instance->function, to, place, 1}));
}

static int compare_numbers(uint32_t left, uint32_t right)
{
    return left < right ? -1 : left > right;
}

static int compare_pairs(const void *left, const void *right)
{
    const GraphEdge *one = left, *other = right;
    int by_from = compare_numbers(one->from, other->from), by_to = compare_numbers(one->to, other->to);
    if (by_from || by_to) return by_from ? by_from : by_to;
    int by_row = compare_numbers(one->place.row1, other->place.row1);
    return by_row ? by_row : compare_numbers(one->place.column1, other->place.column1);
}

/* Instances of one function make the same calls: one edge a pair, counted by lines. */
static void merge_edges(Builder *builder)
{
    GraphEdge *edges = builder->edges.items;
    if (!builder->edges.count) return;
    qsort(edges, builder->edges.count, sizeof *edges, compare_pairs);
    size_t kept = 0;
    Position last = edges[0].place;
    for (size_t i = 1; i < builder->edges.count; i++) {
        bool same = edges[i].from == edges[kept].from && edges[i].to == edges[kept].to;
        bool moved = edges[i].place.row1 != last.row1;
        last = edges[i].place;
        if (!same)
            edges[++kept] = edges[i];
        else
            edges[kept].count += moved;
    }
    builder->edges.count = kept + 1;
}

static void add_edges(Builder *builder)
{
    const Program *program = builder->program;
    for (size_t i = 0; i < program->waiting.count; i++) {
        const Instance *instance = program->waiting.items[i];
        for (size_t k = 0; k < instance->steps.count; k++)
            add_step(builder, instance, &instance->steps.items[k]);
    }
    merge_edges(builder);
}

/* --- what is kept --- */

static void spread_effects(Builder *builder)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = builder->edges.count; i-- > 0;) {
            const GraphEdge *edge = &builder->edges.items[i];
            uint32_t effects = builder->nodes.items[edge->to].effects;
            GraphNode *from = &builder->nodes.items[edge->from];
            changed = changed || (from->effects | effects) != from->effects;
            from->effects |= effects;
        }
    }
}

static void choose_nodes(Builder *builder)
{
    size_t count = builder->nodes.count, functions = builder->program->functions.count;
    builder->kept = arena_array(builder->arena, count, sizeof *builder->kept);
    for (size_t i = 0; i < builder->program->waiting.count; i++) {
        uint32_t function = builder->program->waiting.items[i]->function;
        const GraphNode *node = &builder->nodes.items[function];
        builder->kept[function] = builder->everything || (node->context != GRAPH_ELSEWHERE && node->effects);
    }
    for (size_t i = 0; i < builder->edges.count; i++) {
        const GraphEdge *edge = &builder->edges.items[i];
        if (edge->to >= functions && builder->kept[edge->from]) builder->kept[edge->to] = true;
    }
}

/* --- the order of the result --- */

typedef struct Numbered {
    const GraphNode *node;
    uint32_t old;
} Numbered;

static int compare_nodes(const void *left, const void *right)
{
    const Numbered *one = left, *other = right;
    bool primitive = one->node->context == GRAPH_PRIMITIVE;
    if (primitive != (other->node->context == GRAPH_PRIMITIVE)) return primitive ? 1 : -1;
    int by_path = str_compare(one->node->path, other->node->path);
    int by_row = compare_numbers(one->node->row1, other->node->row1);
    int by_name = str_compare(one->node->function, other->node->function);
    if (by_path || by_row) return by_path ? by_path : by_row;
    return by_name ? by_name : compare_numbers(one->old, other->old);
}

/* The new number of each node; gives how many there are. */
static uint32_t *number_nodes(Builder *builder, Graph *graph)
{
    size_t count = builder->nodes.count;
    Numbered *order = arena_array(builder->arena, count, sizeof *order);
    uint32_t *numbers = arena_array(builder->arena, count, sizeof *numbers);
    for (uint32_t i = 0; i < count; i++)
        if (builder->kept[i]) order[graph->node_count++] = (Numbered){&builder->nodes.items[i], i};
    if (graph->node_count) qsort(order, graph->node_count, sizeof *order, compare_nodes);
    graph->nodes = arena_array(builder->arena, graph->node_count, sizeof *graph->nodes);
    for (uint32_t i = 0; i < graph->node_count; i++) {
        graph->nodes[i] = *order[i].node;
        graph->nodes[i].entry = true;
        numbers[order[i].old] = i;
    }
    return numbers;
}

static int compare_edges(const void *left, const void *right)
{
    const GraphEdge *one = left, *other = right;
    int by_from = compare_numbers(one->from, other->from);
    int by_row = compare_numbers(one->place.row1, other->place.row1);
    int by_column = compare_numbers(one->place.column1, other->place.column1);
    if (by_from || by_row) return by_from ? by_from : by_row;
    return by_column ? by_column : compare_numbers(one->to, other->to);
}

static void take_edges(Builder *builder, Graph *graph, const uint32_t *numbers)
{
    graph->edges = arena_array(builder->arena, builder->edges.count, sizeof *graph->edges);
    for (size_t i = 0; i < builder->edges.count; i++) {
        GraphEdge edge = builder->edges.items[i];
        if (!builder->kept[edge.from] || !builder->kept[edge.to]) continue;
        edge.from = numbers[edge.from];
        edge.to = numbers[edge.to];
        graph->edges[graph->edge_count++] = edge;
    }
    if (graph->edge_count) qsort(graph->edges, graph->edge_count, sizeof *graph->edges, compare_edges);
    for (size_t i = graph->edge_count; i-- > 0;) {
        const GraphEdge *edge = &graph->edges[i];
        graph->nodes[edge->from].edge_first = (uint32_t)i;
        graph->nodes[edge->from].edge_count++;
        if (edge->from != edge->to) graph->nodes[edge->to].entry = false;
    }
}

Graph graph_of(Arena *arena, const Program *program, bool everything, bool cheap)
{
    Builder builder = {.arena = arena, .program = program, .everything = everything, .cheap = cheap};
    map_init(&builder.primitives, arena);
    add_functions(&builder);
    add_edges(&builder);
    spread_effects(&builder);
    choose_nodes(&builder);
    Graph graph = {0};
    uint32_t *numbers = number_nodes(&builder, &graph);
    take_edges(&builder, &graph, numbers);
    vec_free(&builder.nodes);
    vec_free(&builder.edges);
    return graph;
}
