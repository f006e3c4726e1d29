#include "program/loops.h"

#include "base/limits.h"
#include "program/header.h"
#include "program/numbers.h"
#include "base/banned.h"

/* --- what stands in a loop --- */

typedef struct Scan {
    bool suspends; /* await, yield */
    bool leaves;   /* break of the loop itself, return */
} Scan;

static void scan_list(const Unit *unit, NodeId first, unsigned depth, bool inner, Scan *scan);

static bool is_scope(NodeKind kind)
{
    return kind == STMT_FUNCTION || kind == STMT_CLASS || kind == EXPR_LAMBDA;
}

static void scan_node(const Unit *unit, NodeId id, unsigned depth, bool inner, Scan *scan)
{
    const Node *node = unit_node(unit, id);
    NodeKind kind = (NodeKind)node->kind;
    if (is_scope(kind)) return;
    if (kind == EXPR_AWAIT || kind == EXPR_YIELD || node->flags & FLAG_ASYNC) scan->suspends = true;
    if (kind == STMT_RETURN || (kind == STMT_BREAK && !inner)) scan->leaves = true;
    inner = inner || kind == STMT_FOR || kind == STMT_WHILE;
    const NodeId links[] = {node->first, node->second, node->third, node->fourth};
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        scan_list(unit, links[i], depth + 1, inner, scan);
}

/* What nests too deep to be looked at may suspend. */
static void scan_list(const Unit *unit, NodeId first, unsigned depth, bool inner, Scan *scan)
{
    if (first && depth > LIMIT_NESTING) scan->suspends = true;
    for (NodeId id = first; id && !scan->suspends; id = unit_node(unit, id)->next)
        scan_node(unit, id, depth, inner, scan);
}

static bool runs_to_its_end(const Unit *unit, NodeId first)
{
    Scan scan = {false, false};
    scan_list(unit, first, 0, false, &scan);
    return !scan.suspends && !scan.leaves;
}

bool loops_suspends(const FunctionInfo *info)
{
    Scan scan = {false, false};
    if (info->is_lambda) return false;
    scan_list(info->unit, unit_node(info->unit, info->node)->second, 0, false, &scan);
    return scan.suspends;
}

/* Statements of one pass: of an `if` one branch, of loops in it their header. */
static double count_steps(const Flow *flow, NodeId first, unsigned depth)
{
    double count = 0;
    for (NodeId id = first; id && depth < LIMIT_NESTING; id = flow_node(flow, id)->next) {
        const Node *node = flow_node(flow, id);
        count++;
        if (node->kind == STMT_IF) count += count_steps(flow, node->second, depth + 1) / 2;
        if (node->kind == STMT_WITH) count += count_steps(flow, node->second, depth + 1);
        if (node->kind == STMT_TRY) count += count_steps(flow, node->first, depth + 1);
    }
    return count;
}

/* --- how often it runs --- */

static bool is_range(Flow *flow, NodeId call)
{
    NodeId callee = flow_node(flow, call)->first;
    const Node *node = flow_node(flow, callee);
    if (flow_node(flow, call)->kind != EXPR_CALL || node->kind != EXPR_NAME || !node->name) return false;
    if (!str_equal(name_str(node->name), STR("range"))) return false;
    const Item *path = value_find(flow_lookup(flow, node->name), ITEM_PATH);
    return path && str_equal(path->path, STR("builtins.range"));
}

double loops_range_passes(Flow *flow, NodeId call)
{
    double numbers[3] = {0, 0, 1};
    size_t count = 0;
    if (!is_range(flow, call)) return 0;
    for (NodeId at = flow_node(flow, call)->second; at; at = flow_node(flow, at)->next)
        if (count == 3 || !number_of_node(flow, at, &numbers[count++])) return 0;
    if (count == 1) {
        numbers[1] = numbers[0];
        numbers[0] = 0;
    }
    double passes = numbers[2] != 0 ? (numbers[1] - numbers[0]) / numbers[2] : 0;
    return count && passes > 0 ? passes : 0;
}

/* How much a pass adds to the counter, in a statement of the body itself. */
static double counter_step(Flow *flow, NodeId body, Name counter)
{
    for (NodeId id = body; id; id = flow_node(flow, id)->next) {
        const Node *node = flow_node(flow, id);
        if (node->kind != STMT_AUGMENTED || !node->name) continue;
        Str sign = name_str(node->name);
        NodeId value = node->second;
        double step;
        if (flow_node(flow, node->first)->name != counter || !number_of_node(flow, value, &step)) continue;
        if (str_equal(sign, STR("+="))) return step;
        if (str_equal(sign, STR("-="))) return -step;
    }
    return 0;
}

static bool is_order(Name sign)
{
    if (!sign) return false;
    char first = name_str(sign).ptr[0];
    return first == '<' || first == '>';
}

/* `i = 0` … `while i < 10_000_000: … i += 1`; 0: not known. */
static double while_passes(Flow *flow, NodeId loop)
{
    NodeId test = flow_node(flow, loop)->first, body = flow_node(flow, loop)->second;
    const Node *compared = flow_node(flow, test);
    NodeId left = compared->first, right = left ? flow_node(flow, left)->next : 0;
    double start, stop;
    if (compared->kind != EXPR_COMPARE || !is_order(compared->name) || !right) return 0;
    if (flow_node(flow, right)->next || flow_node(flow, left)->kind != EXPR_NAME) return 0;
    Name counter = flow_node(flow, left)->name;
    if (!number_of_node(flow, left, &start) || !number_of_node(flow, right, &stop)) return 0;
    double step = counter_step(flow, body, counter);
    double passes = step != 0 ? (stop - start) / step : 0;
    return passes > 0 ? passes : 0;
}

/* --- keeping it --- */

static uint32_t known_loop(const Instance *instance, const CountedLoop *loop)
{
    for (size_t i = instance->loops.count; i-- > 0;) {
        const CountedLoop *known = &instance->loops.items[i];
        if (known->node == loop->node && known->report == loop->report && known->function == loop->function)
            return (uint32_t)i + 1;
    }
    return 0;
}

static Str header_text(Flow *flow, Span span)
{
    enum { MOST = 60 };
    Str text = str_part(flow->unit->source.text, span.start, span.end);
    size_t line = str_find_byte(text, '\n');
    if (line != SIZE_MAX) text = str_part(text, 0, line);
    if (text.len > MOST) text = str_part(text, 0, MOST);
    return name_str(names_intern(flow->unit->names, str_trim(text)));
}

static void keep(Flow *flow, NodeId place, Span header, double passes, double steps)
{
    Step at = flow_place(flow, place);
    CountedLoop loop = {.node = place,
                        .report = at.report,
                        .statement = at.statement,
                        .function = at.function,
                        .guarded = at.guarded,
                        .around = flow->counted_loop,
                        .passes = passes,
                        .steps = steps};
    uint32_t number = known_loop(flow->instance, &loop);
    if (!number) {
        loop.text = header_text(flow, header);
        vec_add(&flow->instance->loops, loop);
        number = (uint32_t)flow->instance->loops.count;
    }
    flow->counted_loop = number;
}

static bool may_count(const Flow *flow)
{
    return flow->instance && !flow->silent && flow->counted_loop != LOOPS_UNSURE;
}

uint32_t loops_enter_for(Flow *flow, NodeId loop)
{
    uint32_t around = flow->counted_loop;
    NodeId iterable = flow_node(flow, loop)->second, body = flow_node(flow, loop)->third;
    if (!may_count(flow)) return around;
    double passes = loops_range_passes(flow, iterable);
    if (passes > 1 && runs_to_its_end(flow->unit, body))
        keep(flow, iterable, statement_header(flow->unit, loop), passes, count_steps(flow, body, 0));
    return around;
}

uint32_t loops_enter_while(Flow *flow, NodeId loop)
{
    uint32_t around = flow->counted_loop;
    NodeId test = flow_node(flow, loop)->first, body = flow_node(flow, loop)->second;
    if (!may_count(flow)) return around;
    double passes = while_passes(flow, loop);
    if (passes > 1 && runs_to_its_end(flow->unit, body))
        keep(flow, test, statement_header(flow->unit, loop), passes, count_steps(flow, body, 0));
    return around;
}

void loops_enter_clause(Flow *flow, NodeId clause)
{
    NodeId iterable = flow_node(flow, clause)->second;
    if (!may_count(flow) || flow_node(flow, clause)->flags & FLAG_ASYNC) return;
    double passes = loops_range_passes(flow, iterable);
    if (passes > 1) keep(flow, iterable, flow_node(flow, clause)->span, passes, 1);
}

bool loops_may_stop_early(const Flow *flow, NodeId call)
{
    static const char *const names[] = {"any", "all", "next", "iter", "enumerate", "zip", "islice"};
    const Node *callee = flow_node(flow, flow_node(flow, call)->first);
    if (callee->kind != EXPR_NAME || !callee->name) return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_equal(name_str(callee->name), str_from(names[i]))) return true;
    return false;
}
