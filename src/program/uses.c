#include "program/uses.h"

#include "base/identifier.h"
#include "base/limits.h"
#include "base/banned.h"

typedef struct Walk {
    Uses *uses;
    unsigned depth;
    unsigned awaits;      /* around it */
    unsigned conditional; /* branches and loops around it */
    unsigned loops;
    unsigned handlers;
    NodeId statement;
} Walk;

void uses_init(Uses *uses, const Unit *unit)
{
    *uses = (Uses){.unit = unit};
}

void uses_free(Uses *uses)
{
    vec_free(&uses->list);
}

bool uses_has(const Uses *uses, UseKind kind, Name name)
{
    for (size_t i = 0; i < uses->list.count; i++)
        if (uses->list.items[i].kind == kind && uses->list.items[i].name == name) return true;
    return false;
}

size_t uses_count(const Uses *uses, UseKind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < uses->list.count; i++)
        count += uses->list.items[i].kind == kind;
    return count;
}

NodeId awaited_call(const Unit *unit, NodeId await)
{
    const Node *node = unit_node(unit, await);
    NodeId call = node->kind == EXPR_AWAIT ? node->first : await;
    return unit_node(unit, call)->kind == EXPR_CALL ? call : 0;
}

Name root_name(const Unit *unit, NodeId expression)
{
    const Node *node = unit_node(unit, expression);
    for (unsigned i = 0; i < LIMIT_NESTING; i++, node = unit_node(unit, node->first))
        if (node->kind != EXPR_ATTRIBUTE && node->kind != EXPR_SUBSCRIPT && node->kind != EXPR_CALL) break;
    return node->kind == EXPR_NAME ? node->name : NULL;
}

static const Node *node_of(const Walk *walk, NodeId id)
{
    return unit_node(walk->uses->unit, id);
}

static void add(Walk *walk, UseKind kind, Name name, NodeId node)
{
    vec_add(&walk->uses->list, ((Use){.kind = kind,
                                      .name = name,
                                      .node = node,
                                      .conditional = walk->conditional > 0,
                                      .repeated = walk->loops > 0,
                                      .rare = walk->handlers > 0,
                                      .statement = walk->statement}));
}

/* --- expressions --- */

static void read_one(Walk *walk, NodeId id);

static void read_list(Walk *walk, NodeId first)
{
    for (NodeId id = first; id; id = node_of(walk, id)->next)
        read_one(walk, id);
}

static void read_links(Walk *walk, const Node *node)
{
    NodeId links[] = {node->first, node->second, node->third, node->fourth};
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        read_list(walk, links[i]);
}

static void read_await(Walk *walk, NodeId id)
{
    if (walk->awaits) walk->uses->nests = true;
    walk->awaits++;
    read_list(walk, node_of(walk, id)->first);
    walk->awaits--;
    add(walk, USE_AWAIT, NULL, id);
}

/* Only the first operand is sure to be evaluated. */
static void read_boolean(Walk *walk, NodeId id)
{
    NodeId first = node_of(walk, id)->first;
    read_one(walk, first);
    walk->conditional++;
    if (first) read_list(walk, node_of(walk, first)->next);
    walk->conditional--;
}

static void read_conditional(Walk *walk, NodeId id)
{
    const Node node = *node_of(walk, id);
    read_one(walk, node.second);
    walk->conditional++;
    read_one(walk, node.first);
    read_one(walk, node.third);
    walk->conditional--;
}

/* Element and clauses; the first iterable is evaluated once, before anything else. */
static void read_inside(Walk *walk, NodeId id)
{
    const Node node = *node_of(walk, id);
    NodeId first = node.second;
    const Node clause = *node_of(walk, first);
    read_one(walk, node.first);
    read_one(walk, clause.first);
    read_list(walk, clause.next);
}

/* Awaits in it are those of every item. */
static void read_comprehension(Walk *walk, NodeId id)
{
    Uses *uses = walk->uses;
    unsigned awaits = walk->awaits;
    bool any = false;
    read_one(walk, node_of(walk, node_of(walk, id)->second)->second);
    bool nests = uses->nests;
    size_t first = uses->list.count, kept = first;
    walk->awaits = 0;
    read_inside(walk, id);
    walk->awaits = awaits;
    for (size_t i = first; i < uses->list.count; i++) {
        any = any || uses->list.items[i].kind == USE_AWAIT;
        if (uses->list.items[i].kind != USE_AWAIT) uses->list.items[kept++] = uses->list.items[i];
    }
    uses->list.count = kept;
    uses->nests = nests;
    if (any) add(walk, USE_EACH, NULL, id);
}

static void read_attribute(Walk *walk, NodeId id)
{
    add(walk, USE_ATTRIBUTE, NULL, id);
    read_one(walk, node_of(walk, id)->first);
}

/* `found.append(…)`, `seen.add(…)` */
static void read_call(Walk *walk, NodeId id)
{
    static const char *const words[] = {"append", "extend", "add", "update", "insert", "setdefault", NULL};
    const Node node = *node_of(walk, id);
    read_links(walk, &node);
    const Node *callee = node_of(walk, node.first);
    if (callee->kind == EXPR_ATTRIBUTE && identifier_is_word(name_str(callee->name), words))
        add(walk, USE_COLLECT, root_name(walk->uses->unit, node.first), id);
}

static void read_kind(Walk *walk, NodeId id)
{
    const Node *node = node_of(walk, id);
    switch ((NodeKind)node->kind) {
    case EXPR_NAME:
        add(walk, USE_READ, node->name, id);
        break;
    case EXPR_ATTRIBUTE:
        read_attribute(walk, id);
        break;
    case EXPR_CALL:
        read_call(walk, id);
        break;
    case EXPR_AWAIT:
        read_await(walk, id);
        break;
    case EXPR_BOOLEAN:
        read_boolean(walk, id);
        break;
    case EXPR_CONDITIONAL:
        read_conditional(walk, id);
        break;
    case EXPR_LIST_COMPREHENSION:
    case EXPR_SET_COMPREHENSION:
    case EXPR_DICT_COMPREHENSION:
    case EXPR_GENERATOR:
        read_comprehension(walk, id);
        break;
    case EXPR_NAMED:
        read_one(walk, node->first);
        add(walk, USE_WRITE, node_of(walk, id)->name, id);
        break;
    case EXPR_YIELD:
        walk->uses->leaves = true;
        read_links(walk, node);
        break;
    case NODE_DAMAGED:
        walk->uses->damaged = true;
        break;
    default:
        read_links(walk, node);
        break;
    }
}

static bool enter(Walk *walk)
{
    if (walk->depth >= LIMIT_NESTING) {
        walk->uses->damaged = true;
        return false;
    }
    walk->depth++;
    return true;
}

static void read_one(Walk *walk, NodeId id)
{
    if (!id || !enter(walk)) return;
    read_kind(walk, id);
    walk->depth--;
}

/* --- targets --- */

static void write_one(Walk *walk, NodeId id)
{
    const Node *node = node_of(walk, id);
    if (!id || !enter(walk)) return;
    switch ((NodeKind)node->kind) {
    case EXPR_NAME:
        add(walk, USE_WRITE, node->name, id);
        break;
    case EXPR_TUPLE:
    case EXPR_LIST:
    case EXPR_STARRED:
        for (NodeId at = node->first; at; at = node_of(walk, at)->next)
            write_one(walk, at);
        break;
    case EXPR_SUBSCRIPT:
        read_list(walk, node->second);
        add(walk, USE_STORE, root_name(walk->uses->unit, id), id);
        break;
    default:
        add(walk, USE_STORE, root_name(walk->uses->unit, id), id);
        break;
    }
    walk->depth--;
}

static void write_list(Walk *walk, NodeId first)
{
    for (NodeId id = first; id; id = node_of(walk, id)->next)
        write_one(walk, id);
}

/* --- statements --- */

static void take_statement(Walk *walk, NodeId id);

static void take_block(Walk *walk, NodeId first)
{
    for (NodeId id = first; id; id = node_of(walk, id)->next)
        take_statement(walk, id);
}

static void take_branch(Walk *walk, NodeId first)
{
    walk->conditional++;
    take_block(walk, first);
    walk->conditional--;
}

static void take_augmented(Walk *walk, NodeId id)
{
    const Node node = *node_of(walk, id);
    read_one(walk, node.second);
    if (node_of(walk, node.first)->kind == EXPR_NAME)
        add(walk, USE_ADD, node_of(walk, node.first)->name, id);
    else
        write_one(walk, node.first);
}

static void take_for(Walk *walk, NodeId id)
{
    const Node node = *node_of(walk, id);
    read_one(walk, node.second);
    walk->loops++;
    if (node.flags & FLAG_ASYNC) add(walk, USE_AWAIT, NULL, node.second);
    write_one(walk, node.first);
    take_branch(walk, node.third);
    walk->loops--;
    take_branch(walk, node.fourth);
}

static void take_with(Walk *walk, NodeId id)
{
    const Node node = *node_of(walk, id);
    for (NodeId item = node.first; item; item = node_of(walk, item)->next) {
        NodeId context = node_of(walk, item)->first;
        read_one(walk, context);
        if (node.flags & FLAG_ASYNC) {
            add(walk, USE_AWAIT, NULL, context);
            walk->uses->list.items[walk->uses->list.count - 1].entered = true;
        }
        write_one(walk, node_of(walk, item)->second);
    }
    take_block(walk, node.second);
}

static void take_try(Walk *walk, NodeId id)
{
    const Node node = *node_of(walk, id);
    take_block(walk, node.first);
    for (NodeId handler = node.second; handler; handler = node_of(walk, handler)->next) {
        read_one(walk, node_of(walk, handler)->first);
        walk->handlers++;
        take_branch(walk, node_of(walk, handler)->second);
        walk->handlers--;
    }
    take_block(walk, node.third);
    take_block(walk, node.fourth);
}

static void take_match(Walk *walk, NodeId id)
{
    const Node node = *node_of(walk, id);
    read_one(walk, node.first);
    for (NodeId at = node.second; at; at = node_of(walk, at)->next) {
        write_list(walk, node_of(walk, at)->first);
        read_one(walk, node_of(walk, at)->second);
        take_branch(walk, node_of(walk, at)->third);
    }
}

static void take_definition(Walk *walk, NodeId id)
{
    add(walk, USE_WRITE, node_of(walk, id)->name, id);
}

static void take_import(Walk *walk, NodeId id)
{
    for (NodeId at = node_of(walk, id)->first; at; at = node_of(walk, at)->next) {
        NodeId as = node_of(walk, at)->first;
        add(walk, USE_WRITE, as ? node_of(walk, as)->name : node_of(walk, at)->name, at);
    }
}

static void take_simple(Walk *walk, NodeId id)
{
    const Node node = *node_of(walk, id);
    switch ((NodeKind)node.kind) {
    case STMT_ASSIGN:
        read_one(walk, node.second);
        write_list(walk, node.first);
        break;
    case STMT_ANNOTATED:
        read_one(walk, node.third);
        if (node.third) write_one(walk, node.first);
        break;
    case STMT_AUGMENTED:
        take_augmented(walk, id);
        break;
    case STMT_RETURN:
    case STMT_BREAK:
        walk->uses->leaves = true;
        read_links(walk, &node);
        break;
    case STMT_IMPORT:
    case STMT_IMPORT_FROM:
        take_import(walk, id);
        break;
    case STMT_FUNCTION:
    case STMT_CLASS:
        take_definition(walk, id);
        break;
    case NODE_DAMAGED:
        walk->uses->damaged = true;
        break;
    default:
        read_links(walk, &node);
        break;
    }
}

static void take_kind(Walk *walk, NodeId id)
{
    const Node node = *node_of(walk, id);
    switch ((NodeKind)node.kind) {
    case STMT_IF:
        read_one(walk, node.first);
        take_branch(walk, node.second);
        take_branch(walk, node.third);
        break;
    case STMT_WHILE:
        walk->loops++;
        read_one(walk, node.first);
        take_branch(walk, node.second);
        walk->loops--;
        break;
    case STMT_FOR:
        take_for(walk, id);
        break;
    case STMT_WITH:
        take_with(walk, id);
        break;
    case STMT_TRY:
        take_try(walk, id);
        break;
    case STMT_MATCH:
        take_match(walk, id);
        break;
    default:
        walk->statement = id;
        take_simple(walk, id);
        walk->statement = 0;
        break;
    }
}

static void take_statement(Walk *walk, NodeId id)
{
    if (!id || !enter(walk)) return;
    take_kind(walk, id);
    walk->depth--;
}

void uses_add_statement(Uses *uses, NodeId statement)
{
    Walk walk = {.uses = uses};
    take_statement(&walk, statement);
}

void uses_add_expression(Uses *uses, NodeId expression)
{
    Walk walk = {.uses = uses};
    read_one(&walk, expression);
}

void uses_add_block(Uses *uses, NodeId first)
{
    Walk walk = {.uses = uses};
    take_block(&walk, first);
}
