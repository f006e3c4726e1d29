#include "fixes/mentions.h"

#include "fixes/nodes.h"
#include "base/banned.h"

/* --- what binds --- */

static bool in_list(const Unit *unit, NodeId first, NodeId node)
{
    for (NodeId at = first; at; at = unit_node(unit, at)->next)
        if (at == node) return true;
    return false;
}

static bool passes(const Node *node)
{
    return node->kind == EXPR_TUPLE || node->kind == EXPR_LIST || node->kind == EXPR_STARRED;
}

/* The child is what the parent binds. */
static bool binds_child(const Unit *unit, const Node *parent, NodeId child)
{
    switch (parent->kind) {
    case STMT_ASSIGN:
    case STMT_DELETE:
    case STMT_GLOBAL:
    case STMT_NONLOCAL:
    case CASE:
        return in_list(unit, parent->first, child);
    case STMT_ANNOTATED:
    case STMT_FOR:
    case CLAUSE_FOR:
    case ALIAS:
        return parent->first == child;
    case WITH_ITEM:
        return parent->second == child;
    default:
        return false;
    }
}

static bool is_target(const Around *around)
{
    uint32_t at = around->count - 1;
    while (at > 1 && passes(unit_node(around->unit, around->nodes[at - 1])))
        at--;
    return at && binds_child(around->unit, unit_node(around->unit, around->nodes[at - 1]), around->nodes[at]);
}

/* A name that a clause of a comprehension binds, or that another function reads. */
static const char *trouble_of(const Around *around)
{
    for (uint32_t i = 1; i + 1 < around->count; i++) {
        const Node *node = unit_node(around->unit, around->nodes[i]);
        if (node->kind == STMT_FUNCTION || node->kind == EXPR_LAMBDA || node->kind == STMT_CLASS)
            return "is used in a nested function";
        if (node->kind == STMT_GLOBAL || node->kind == STMT_NONLOCAL) return "is a name of another scope";
    }
    return NULL;
}

/* --- where it binds --- */

static NodeId list_with(const Unit *unit, const Node *parent, NodeId statement)
{
    NodeId lists[] = {parent->second, parent->third, parent->fourth, parent->first};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (in_list(unit, lists[i], statement)) return lists[i];
    return statement;
}

static uint32_t end_of_list(const Unit *unit, NodeId first)
{
    uint32_t end = 0;
    for (NodeId at = first; at; at = unit_node(unit, at)->next)
        end = unit_node(unit, at)->span.end;
    return end;
}

static void note_binding(const Around *around, Mention *mention)
{
    mention->binds = true;
    mention->statement = around_statement(around);
    for (uint32_t i = 1; i < around->count; i++) {
        if (around->nodes[i] != mention->statement) continue;
        mention->block = around->nodes[i - 1];
        const Node *block = unit_node(around->unit, mention->block);
        NodeId list = list_with(around->unit, block, mention->statement);
        mention->reach =
            (Span){unit_node(around->unit, mention->statement)->span.start, end_of_list(around->unit, list)};
        return;
    }
}

/* --- finding them --- */

static void add(const Draft *draft, NodeId node, Mentions *found)
{
    Around around;
    if (found->count == MENTIONS_MOST ||
        !around_find(draft->unit, draft_function(draft)->node, node, &around)) {
        found->trouble = "is used too often to tell";
        return;
    }
    Mention *mention = &found->items[found->count++];
    *mention = (Mention){.node = node, .offset = draft_node(draft, node)->span.start};
    const char *trouble = trouble_of(&around);
    if (trouble) found->trouble = trouble;
    if (is_target(&around)) note_binding(&around, mention);
}

static void sort(Mentions *found)
{
    for (size_t i = 1; i < found->count; i++) {
        Mention mention = found->items[i];
        size_t at = i;
        for (; at && found->items[at - 1].offset > mention.offset; at--)
            found->items[at] = found->items[at - 1];
        found->items[at] = mention;
    }
}

/* A parameter or a handler has it as its own name. */
static bool binds_by_name(const Node *node, Name name)
{
    return node->name == name &&
           (node->kind == PARAMETER || node->kind == HANDLER || node->kind == EXPR_NAMED ||
            node->kind == STMT_FUNCTION || node->kind == STMT_CLASS);
}

void mentions_find(const Draft *draft, Name name, Mentions *found)
{
    found->count = 0;
    found->trouble = draft_function(draft) ? NULL : "is a name of the module";
    if (found->trouble) return;
    NodeId function = draft_function(draft)->node;
    Nodes nodes;
    nodes_init(&nodes, draft->unit, function);
    for (NodeId id; (id = nodes_next(&nodes));) {
        const Node *node = draft_node(draft, id);
        if (id == function || node->name != name) continue;
        if (node->kind == EXPR_NAME) add(draft, id, found);
        if (binds_by_name(node, name)) found->trouble = "is bound in several ways";
    }
    nodes_free(&nodes);
    sort(found);
}

/* --- which one it reads --- */

static const Mention *only_binding(const Mentions *mentions)
{
    const Mention *only = NULL;
    for (size_t i = 0; i < mentions->count; i++) {
        if (!mentions->items[i].binds) continue;
        if (only) return NULL;
        only = &mentions->items[i];
    }
    return only;
}

const Mention *mentions_binding(const Mentions *mentions, const Mention *mention)
{
    const Mention *last = only_binding(mentions);
    if (last) return last;
    bool between = false; /* one in a branch, after the last that is sure */
    for (const Mention *at = mentions->items; at < mention; at++) {
        if (!at->binds) continue;
        bool sure = mention->offset < at->reach.end;
        last = sure ? at : last;
        between = !sure;
    }
    return between ? NULL : last;
}
