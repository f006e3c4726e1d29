/* Loops that await something for each item, and whose items need nothing of each other. */
#include "program/sequence.h"

#include "base/limits.h"
#include "base/banned.h"

typedef struct NameSet {
    VEC(Name) names;
} NameSet;

typedef struct Loop {
    const Unit *unit;
    Uses body;
    NameSet items;   /* the loop's own names, and what was made of them */
    NameSet results; /* what was made of what was awaited */
} Loop;

static bool holds(const NameSet *set, Name name)
{
    for (size_t i = 0; name && i < set->names.count; i++)
        if (set->names.items[i] == name) return true;
    return false;
}

static void put(NameSet *set, Name name)
{
    if (name && !holds(set, name)) vec_add(&set->names, name);
}

static bool is_in(const Unit *unit, NodeId inner, NodeId outer)
{
    Span in = unit_node(unit, inner)->span, out = unit_node(unit, outer)->span;
    return inner && outer && out.start <= in.start && in.end <= out.end;
}

static void take_targets(Loop *loop, NodeId target)
{
    Uses uses;
    uses_init(&uses, loop->unit);
    uses_add_expression(&uses, target);
    for (size_t i = 0; i < uses.list.count; i++)
        if (uses.list.items[i].kind == USE_READ) put(&loop->items, uses.list.items[i].name);
    uses_free(&uses);
}

/* A name is made of what was read since the name before it was written. */
static void follow_names(Loop *loop)
{
    bool of_item = false, of_await = false, wrote = false;
    for (size_t i = 0; i < loop->body.list.count; i++) {
        const Use *use = &loop->body.list.items[i];
        bool reads = use->kind == USE_READ || use->kind == USE_AWAIT;
        if (reads && wrote) of_item = of_await = wrote = false;
        if (use->kind == USE_READ) {
            of_item = of_item || holds(&loop->items, use->name);
            of_await = of_await || holds(&loop->results, use->name);
        }
        of_await = of_await || use->kind == USE_AWAIT;
        if (use->kind != USE_WRITE) continue;
        if (of_item || of_await) put(&loop->items, use->name);
        if (of_await) put(&loop->results, use->name);
        wrote = true;
    }
}

static bool reads_of(const Loop *loop, const NameSet *set, NodeId expression)
{
    for (size_t i = 0; i < loop->body.list.count; i++) {
        const Use *use = &loop->body.list.items[i];
        if (use->kind == USE_READ && holds(set, use->name) && is_in(loop->unit, use->node, expression))
            return true;
    }
    return false;
}

/* --- what one item leaves for the next --- */

/* The name is read before the body gives it a value: it comes from the item before. */
static bool is_carried(const Loop *loop, Name name)
{
    bool read = false;
    for (size_t i = 0; i < loop->body.list.count; i++) {
        const Use *use = &loop->body.list.items[i];
        if (use->name != name) continue;
        if (use->kind == USE_WRITE) return read;
        read = read || use->kind == USE_READ;
    }
    return false;
}

/* The receiver of a call that collects: `found` of `found.append(x)`. */
static NodeId collector_of(const Unit *unit, NodeId call)
{
    return unit_node(unit, unit_node(unit, call)->first)->first;
}

static bool is_collecting(const Loop *loop, NodeId node)
{
    for (size_t i = 0; i < loop->body.list.count; i++) {
        const Use *use = &loop->body.list.items[i];
        if (use->kind == USE_COLLECT && is_in(loop->unit, node, collector_of(loop->unit, use->node)))
            return true;
    }
    return false;
}

/* `print(len(found))`: whatever it says, nothing follows from it. */
static bool is_aside(const Loop *loop, const Use *use)
{
    if (unit_node(loop->unit, use->statement)->kind != STMT_EXPRESSION) return false;
    for (size_t i = 0; i < loop->body.list.count; i++) {
        const Use *other = &loop->body.list.items[i];
        if (other->kind == USE_AWAIT && is_in(loop->unit, use->node, other->node)) return false;
    }
    return true;
}

/* What was collected is looked at in the body, too, so that something may follow from it. */
static bool is_looked_at(const Loop *loop, Name root, NodeId collector)
{
    const Unit *unit = loop->unit;
    bool dotted = unit_node(unit, collector)->kind == EXPR_ATTRIBUTE;
    for (size_t i = 0; i < loop->body.list.count; i++) {
        const Use *use = &loop->body.list.items[i];
        bool same = dotted ? use->kind == USE_ATTRIBUTE &&
                                 str_equal(unit_text(unit, use->node), unit_text(unit, collector))
                           : use->kind == USE_READ && use->name == root;
        if (same && !is_collecting(loop, use->node) && !is_aside(loop, use)) return true;
    }
    return false;
}

static bool leaves_something(const Loop *loop, const Use *use)
{
    switch (use->kind) {
    case USE_WRITE:
        return is_carried(loop, use->name);
    case USE_ADD:
        return uses_has(&loop->body, USE_READ, use->name) || uses_has(&loop->body, USE_WRITE, use->name);
    case USE_COLLECT:
        return !holds(&loop->items, use->name) &&
               is_looked_at(loop, use->name, collector_of(loop->unit, use->node));
    case USE_STORE:
        if (holds(&loop->items, use->name)) return false;
        return unit_node(loop->unit, use->node)->kind != EXPR_SUBSCRIPT || !use->name ||
               uses_has(&loop->body, USE_READ, use->name);
    default:
        return false;
    }
}

/* --- what becomes of the results --- */

static bool takes_result(const Loop *loop, NodeId expression)
{
    for (size_t i = 0; i < loop->body.list.count; i++) {
        const Use *use = &loop->body.list.items[i];
        if (use->kind == USE_AWAIT && is_in(loop->unit, use->node, expression)) return true;
    }
    return reads_of(loop, &loop->results, expression);
}

static bool is_kept(const Loop *loop, const Use *use)
{
    if (use->kind == USE_COLLECT) return takes_result(loop, use->node);
    return (use->kind == USE_STORE || use->kind == USE_ADD) && use->statement &&
           takes_result(loop, use->statement);
}

static bool is_collected(const Loop *loop)
{
    for (size_t i = 0; i < loop->body.list.count; i++)
        if (is_kept(loop, &loop->body.list.items[i])) return true;
    return false;
}

/* --- the loop --- */

static bool awaits_each(const Loop *loop, Repetition *found)
{
    for (size_t i = 0; i < loop->body.list.count; i++) {
        const Use *use = &loop->body.list.items[i];
        if (leaves_something(loop, use)) return false;
        if (use->kind != USE_AWAIT) continue;
        if (use->repeated || !reads_of(loop, &loop->items, use->node)) return false;
        if (found->count < REPETITION_AWAITS) found->awaits[found->count] = use->node;
        found->rare = found->rare || use->rare;
        found->count++;
    }
    return found->count && found->count <= REPETITION_AWAITS;
}

/* `range(3)` */
static bool is_fixed_count(const Unit *unit, NodeId iterable)
{
    const Node *node = unit_node(unit, iterable), *callee = unit_node(unit, node->first);
    if (node->kind != EXPR_CALL || !str_equal(name_str(callee->name), STR("range"))) return false;
    for (NodeId at = node->second; at; at = unit_node(unit, at)->next)
        if (unit_node(unit, at)->kind != EXPR_NUMBER) return false;
    return true;
}

static bool judge(Loop *loop, NodeId target, Repetition *found)
{
    if (loop->body.leaves || loop->body.damaged || !uses_count(&loop->body, USE_AWAIT)) return false;
    if (loop->body.list.count > LIMIT_REPETITION) return false;
    take_targets(loop, target);
    follow_names(loop);
    found->counted = is_fixed_count(loop->unit, found->iterable);
    return awaits_each(loop, found);
}

static bool of_statement(Loop *loop, const Node *node, Repetition *found)
{
    if (node->flags & FLAG_ASYNC) return false;
    uses_add_block(&loop->body, node->third);
    found->iterable = node->second;
    if (!judge(loop, node->first, found)) return false;
    found->collected = is_collected(loop);
    return true;
}

static bool of_comprehension(Loop *loop, const Node *node, Repetition *found)
{
    const Node *clause = unit_node(loop->unit, node->second);
    if (node->kind == EXPR_GENERATOR || clause->kind != CLAUSE_FOR || clause->flags & FLAG_ASYNC)
        return false;
    for (NodeId at = clause->next; at; at = unit_node(loop->unit, at)->next)
        if (unit_node(loop->unit, at)->kind == CLAUSE_FOR) return false;
    uses_add_expression(&loop->body, node->first);
    found->iterable = clause->second;
    found->collected = true;
    return judge(loop, clause->first, found);
}

bool repetition_find(const Unit *unit, NodeId id, Repetition *found)
{
    const Node *node = unit_node(unit, id);
    Loop loop = {.unit = unit};
    uses_init(&loop.body, unit);
    *found = (Repetition){.loop = id};
    bool is_one =
        node->kind == STMT_FOR ? of_statement(&loop, node, found) : of_comprehension(&loop, node, found);
    vec_free(&loop.items.names);
    vec_free(&loop.results.names);
    uses_free(&loop.body);
    return is_one;
}
