#include "fixes/block_names.h"

#include "fixes/nodes.h"
#include "program/uses.h"
#include "base/banned.h"

static const Node *node_of(const Block *block, NodeId id)
{
    return unit_node(block->unit, id);
}

static bool is_in_block(const Block *block, NodeId id)
{
    return span_holds(node_of(block, block->statement)->span, node_of(block, id)->span);
}

/* --- names that are bound --- */

/* The list of what a statement binds: targets of an assignment, of a loop, of a `with`, captures of a case. */
static NodeId bound_list(const Node *node)
{
    switch (node->kind) {
    case STMT_ASSIGN:
    case STMT_FOR:
    case CLAUSE_FOR:
    case ALIAS:
    case CASE:
    case STMT_DELETE:
        return node->first;
    case STMT_ANNOTATED:
        return node->third ? node->first : 0;
    case WITH_ITEM:
        return node->second;
    default:
        return 0;
    }
}

static void add_target(Block *block, NodeId id, unsigned depth)
{
    const Node *node = node_of(block, id);
    bool holds_more = node->kind == EXPR_TUPLE || node->kind == EXPR_LIST || node->kind == EXPR_STARRED;
    if (node->kind == EXPR_NAME) vec_add(&block->targets, id);
    if (!holds_more || depth >= LIMIT_FIX_NESTING) return;
    for (NodeId at = node->first; at; at = node_of(block, at)->next)
        add_target(block, at, depth + 1);
}

static void find_targets(Block *block)
{
    Nodes nodes;
    nodes_init(&nodes, block->unit, block->function);
    for (NodeId at; (at = nodes_next(&nodes));) {
        const Node *node = node_of(block, at);
        bool one = node->kind == STMT_ANNOTATED || node->kind == STMT_FOR || node->kind == CLAUSE_FOR ||
                   node->kind == WITH_ITEM || node->kind == ALIAS;
        for (NodeId target = bound_list(node); target; target = one ? 0 : node_of(block, target)->next)
            add_target(block, target, 0);
    }
    nodes_free(&nodes);
}

static void add_bound(Block *block, Name name)
{
    for (size_t i = 0; i < block->bound.count; i++)
        if (block->bound.items[i] == name) return;
    if (name) vec_add(&block->bound, name);
}

/* `import a.b` binds a. */
static Name alias_name(const Block *block, const Node *alias)
{
    if (alias->first || !alias->name) return NULL;
    return names_intern(block->unit->names, str_before(name_str(alias->name), '.'));
}

/* What a comprehension binds is its own. */
static bool is_of_comprehension(const Block *block, NodeId target)
{
    bool found = false;
    Nodes nodes;
    nodes_init(&nodes, block->unit, block->statement);
    for (NodeId at; !found && (at = nodes_next(&nodes));) {
        const Node *node = node_of(block, at);
        found = node->kind == CLAUSE_FOR &&
                span_holds(node_of(block, node->first)->span, node_of(block, target)->span);
    }
    nodes_free(&nodes);
    return found;
}

static void find_bound(Block *block)
{
    for (size_t i = 0; i < block->targets.count; i++) {
        NodeId target = block->targets.items[i];
        if (is_in_block(block, target) && !is_of_comprehension(block, target))
            add_bound(block, node_of(block, target)->name);
    }
    Nodes nodes;
    nodes_init(&nodes, block->unit, block->statement);
    for (NodeId at; (at = nodes_next(&nodes));) {
        const Node *node = node_of(block, at);
        if (node->kind == ALIAS) add_bound(block, alias_name(block, node));
        if (node->kind == HANDLER || node->kind == EXPR_NAMED) add_bound(block, node->name);
        if (node->kind == STMT_AUGMENTED) add_bound(block, node_of(block, node->first)->name);
    }
    nodes_free(&nodes);
}

/* --- names that are read --- */

static bool is_target(const Block *block, NodeId id)
{
    for (size_t i = 0; i < block->targets.count; i++)
        if (block->targets.items[i] == id) return true;
    return false;
}

static bool binds_name(const Block *block, NodeId outer, Span body, Name name)
{
    Span span = node_of(block, outer)->span;
    for (size_t i = 0; i < block->targets.count; i++) {
        const Node *target = node_of(block, block->targets.items[i]);
        if (target->name == name && span_holds(span, target->span) && target->span.end <= body.start)
            return true;
    }
    return false;
}

/* A `with` or a loop of the block, or one beside it. */
static bool is_candidate(const Block *block, NodeId statement, bool inside)
{
    bool around = span_holds(node_of(block, statement)->span, node_of(block, block->statement)->span);
    return inside ? is_in_block(block, statement) : !is_in_block(block, statement) && !around;
}

/* The place stands in the body of a `with` or a loop that binds the name itself. */
static bool is_excused(const Block *block, NodeId id, Name name, bool inside)
{
    bool found = false;
    Nodes nodes;
    nodes_init(&nodes, block->unit, block->function);
    for (NodeId at; !found && (at = nodes_next(&nodes));) {
        const Node *node = node_of(block, at);
        NodeId first = node->kind == STMT_WITH ? node->second : node->kind == STMT_FOR ? node->third : 0;
        if (!first || !is_candidate(block, at, inside)) continue;
        Span body = {node_of(block, first)->span.start, node->span.end};
        found = span_holds(body, node_of(block, id)->span) && binds_name(block, at, body, name);
    }
    nodes_free(&nodes);
    return found;
}

static bool clause_binds(const Block *block, const Node *clause, Name name)
{
    if (clause->kind != CLAUSE_FOR) return false;
    for (size_t i = 0; i < block->targets.count; i++) {
        const Node *target = node_of(block, block->targets.items[i]);
        if (target->name == name && span_holds(node_of(block, clause->first)->span, target->span))
            return true;
    }
    return false;
}

/* The place stands in a comprehension that binds the name: it is another one. */
static bool is_own_of_comprehension(const Block *block, NodeId id, Name name)
{
    bool found = false;
    Nodes nodes;
    nodes_init(&nodes, block->unit, block->function);
    for (NodeId at; !found && (at = nodes_next(&nodes));) {
        const Node *node = node_of(block, at);
        bool comprehension = node->kind >= EXPR_LIST_COMPREHENSION && node->kind <= EXPR_GENERATOR;
        if (!comprehension || !span_holds(node->span, node_of(block, id)->span)) continue;
        for (NodeId clause = node->second; clause && !found; clause = node_of(block, clause)->next)
            found = clause_binds(block, node_of(block, clause), name);
    }
    nodes_free(&nodes);
    return found;
}

/* A place outside the block that reads the name after it, or in another pass of a loop. */
static bool reads_later(const Block *block, NodeId id, Name name)
{
    const Node *node = node_of(block, id);
    if (node->kind != EXPR_NAME || node->name != name || is_in_block(block, id) || is_target(block, id))
        return false;
    bool after = node->span.start >= node_of(block, block->statement)->span.end;
    return (after || block->in_loop) && !is_excused(block, id, name, false) &&
           !is_own_of_comprehension(block, id, name);
}

/* Where an exception of the block is handled: there it is not known what was bound. */
static bool is_in_handler(const Block *block, const Around *around, NodeId id)
{
    for (uint32_t i = 0; i + 1 < around->count && around->nodes[i] != block->statement; i++) {
        const Node *node = node_of(block, around->nodes[i]);
        if (node->kind != STMT_TRY) continue;
        NodeId lists[] = {node->second, node->fourth};
        for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
            for (NodeId at = lists[k]; at; at = node_of(block, at)->next)
                if (span_holds(node_of(block, at)->span, node_of(block, id)->span)) return true;
    }
    return false;
}

typedef struct Reads {
    bool later, in_handler;
} Reads;

static Reads reads_of(const Block *block, const Around *around, Name name)
{
    Reads reads = {0};
    Nodes nodes;
    nodes_init(&nodes, block->unit, block->function);
    for (NodeId at; (at = nodes_next(&nodes));) {
        if (!reads_later(block, at, name)) continue;
        reads.later = true;
        if (is_in_handler(block, around, at)) reads.in_handler = true;
    }
    nodes_free(&nodes);
    return reads;
}

/* --- whether a name has its value in every way --- */

static bool list_binds(const Block *block, NodeId first, Name name, unsigned depth);

static bool target_binds(const Block *block, NodeId list, Name name)
{
    for (size_t i = 0; list && i < block->targets.count; i++) {
        const Node *target = node_of(block, block->targets.items[i]);
        if (target->name != name) continue;
        for (NodeId at = list; at; at = node_of(block, at)->next)
            if (span_holds(node_of(block, at)->span, target->span)) return true;
    }
    return false;
}

static bool try_binds(const Block *block, const Node *node, Name name, unsigned depth)
{
    if (list_binds(block, node->fourth, name, depth)) return true;
    if (!list_binds(block, node->first, name, depth) && !list_binds(block, node->third, name, depth))
        return false;
    for (NodeId at = node->second; at; at = node_of(block, at)->next) {
        NodeId last = node_of(block, at)->second;
        while (last && node_of(block, last)->next)
            last = node_of(block, last)->next;
        bool leaves = node_of(block, last)->kind == STMT_RAISE;
        if (!leaves && !list_binds(block, node_of(block, at)->second, name, depth)) return false;
    }
    return true;
}

static bool with_binds(const Block *block, const Node *node, Name name, unsigned depth)
{
    for (NodeId at = node->first; at; at = node_of(block, at)->next)
        if (target_binds(block, node_of(block, at)->second, name)) return true;
    return list_binds(block, node->second, name, depth);
}

static bool import_binds(const Block *block, const Node *node, Name name)
{
    for (NodeId at = node->first; at; at = node_of(block, at)->next)
        if (alias_name(block, node_of(block, at)) == name ||
            target_binds(block, node_of(block, at)->first, name))
            return true;
    return false;
}

static bool statement_binds(const Block *block, const Node *node, Name name, unsigned depth)
{
    switch (node->kind) {
    case STMT_ASSIGN:
        return target_binds(block, node->first, name);
    case STMT_ANNOTATED:
        return node->third && target_binds(block, node->first, name);
    case STMT_IMPORT:
    case STMT_IMPORT_FROM:
        return import_binds(block, node, name);
    case STMT_WITH:
        return with_binds(block, node, name, depth);
    case STMT_TRY:
        return try_binds(block, node, name, depth);
    case STMT_IF:
        return node->third && list_binds(block, node->second, name, depth) &&
               list_binds(block, node->third, name, depth);
    default:
        return false;
    }
}

static bool list_binds(const Block *block, NodeId first, Name name, unsigned depth)
{
    if (depth >= LIMIT_FIX_NESTING) return false;
    for (NodeId at = first; at; at = node_of(block, at)->next)
        if (statement_binds(block, node_of(block, at), name, depth + 1)) return true;
    return false;
}

/* --- what comes from outside under the same name --- */

static bool is_bound_outside(const Block *block, Name name)
{
    for (NodeId at = node_of(block, block->function)->first; at; at = node_of(block, at)->next)
        if (node_of(block, at)->name == name) return true;
    for (size_t i = 0; i < block->targets.count; i++) {
        NodeId target = block->targets.items[i];
        if (node_of(block, target)->name == name && !is_in_block(block, target) &&
            !is_own_of_comprehension(block, target, name))
            return true;
    }
    return false;
}

/* Inside the block the name is read before it is bound there, or may be. */
static bool is_read_first(const Block *block, Name name)
{
    bool read = false;
    Uses uses;
    uses_init(&uses, block->unit);
    uses_add_statement(&uses, block->statement);
    for (size_t i = 0; i < uses.list.count && !read; i++) {
        const Use *use = &uses.list.items[i];
        if (use->name != name) continue;
        if (use->kind == USE_WRITE) break;
        read = true;
    }
    bool damaged = uses.damaged;
    uses_free(&uses);
    return read || damaged;
}

static bool is_read_inside(const Block *block, Name name)
{
    bool found = false;
    Nodes nodes;
    nodes_init(&nodes, block->unit, block->statement);
    for (NodeId at; !found && (at = nodes_next(&nodes));) {
        const Node *node = node_of(block, at);
        bool reads = node->kind == EXPR_NAME && node->name == name && !is_target(block, at);
        found = reads && !is_excused(block, at, name, true);
    }
    nodes_free(&nodes);
    return found;
}

static bool is_declared_global(const Block *block, Name name)
{
    bool found = false;
    Nodes nodes;
    nodes_init(&nodes, block->unit, block->function);
    for (NodeId at; !found && (at = nodes_next(&nodes));) {
        const Node *node = node_of(block, at);
        if (node->kind != STMT_GLOBAL && node->kind != STMT_NONLOCAL) continue;
        for (NodeId item = node->first; item && !found; item = node_of(block, item)->next)
            found = node_of(block, item)->name == name;
    }
    nodes_free(&nodes);
    return found;
}

static bool is_entered(const Block *block, Name name)
{
    const Node *statement = node_of(block, block->statement);
    for (NodeId at = statement->kind == STMT_WITH ? statement->first : 0; at; at = node_of(block, at)->next)
        if (target_binds(block, node_of(block, at)->second, name)) return true;
    return false;
}

static void judge_name(Block *block, const Around *around, Name name)
{
    Draft *draft = block->draft;
    Reads reads = reads_of(block, around, name);
    bool always = statement_binds(block, node_of(block, block->statement), name, 0);
    bool outside = is_bound_outside(block, name);
    bool later = reads.later && (!block->returns || reads.in_handler);
    bool has_old = outside && (is_read_first(block, name) || (!always && is_read_inside(block, name)));
    if (is_declared_global(block, name)) draft_refuse(draft, "a name of the block is global");
    if (later && is_entered(block, name)) draft_refuse(draft, "what it opens is used on the loop afterwards");
    if (has_old || (later && outside && (!always || reads.in_handler)))
        vec_add(&block->kept, name);
    else if (reads.in_handler)
        draft_refuse(draft, "a name of the block is read where its exception is handled");
    else if (later && !always)
        draft_refuse(draft, "a name that is read afterwards is not bound in every way");
    else if (later)
        vec_add(&block->results, name);
}

void block_names(Block *block, const Around *around)
{
    find_targets(block);
    find_bound(block);
    for (size_t i = 0; i < block->bound.count && !draft_is_refused(block->draft); i++)
        judge_name(block, around, block->bound.items[i]);
}
