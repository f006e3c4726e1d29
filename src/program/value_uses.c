#include "program/value_uses.h"

#include "base/limits.h"
#include "base/banned.h"

typedef struct Search {
    const Unit *unit;
    NodeId value; /* looked for; 0: a name is */
    Name name;
    Name bound; /* to which the value was bound */
    uint32_t uses;
    unsigned depth;
    bool nested;
} Search;

static void look(Search *search, NodeId id, uint32_t as);

static void look_each(Search *search, NodeId first, uint32_t as)
{
    for (NodeId at = first; at; at = unit_node(search->unit, at)->next)
        look(search, at, as);
}

static bool is_one_of(Str word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(word, str_from(words[i]))) return true;
    return false;
}

#define IS_ONE_OF(word, words) is_one_of(word, words, sizeof(words) / sizeof *(words))

static uint32_t use_of_attribute(Str name)
{
    static const char *const ends[] = {"close", "aclose",  "shutdown",   "stop",     "cancel",
                                       "quit",  "dispose", "disconnect", "terminate"};
    return USED_ATTRIBUTE | (IS_ONE_OF(name, ends) ? (uint32_t)USED_CLOSED : 0);
}

/* What handing a value to the callee means, by how the callee is called. */
static uint32_t use_as_argument(const Unit *unit, NodeId callee)
{
    static const char *const entering[] = {"enter_context", "enter_async_context", "closing", "aclosing"};
    static const char *const keeping[] = {"add",      "setdefault", "put",    "put_nowait", "set",
                                          "register", "setattr",    "update", "push"};
    static const char *const grouping[] = {"append", "insert", "extend"};
    const Node *node = unit_node(unit, callee);
    Str name = node->name ? name_str(node->name) : (Str){"", 0};
    if (IS_ONE_OF(name, entering)) return USED_WITH;
    if (IS_ONE_OF(name, keeping)) return USED_STORED;
    if (IS_ONE_OF(name, grouping)) return USED_GROUPED;
    size_t start = 0;
    while (start < name.len && name.ptr[start] == '_')
        start++;
    bool makes = start < name.len && name.ptr[start] >= 'A' && name.ptr[start] <= 'Z';
    return makes || !name.len ? USED_STORED : USED_ARGUMENT;
}

static bool all_are_names(const Unit *unit, NodeId first)
{
    for (NodeId at = first; at; at = unit_node(unit, at)->next)
        if (unit_node(unit, at)->kind != EXPR_NAME) return false;
    return first != 0;
}

/* `a = value`: the name's uses count; of a name that is bound anew nothing more is known. */
static void look_assigned(Search *search, NodeId first, NodeId value)
{
    bool plain = all_are_names(search->unit, first) && search->value;
    uint32_t before = search->uses;
    look(search, value, plain ? USED_BOUND : USED_STORED);
    if (search->uses & ~before & USED_BOUND) search->bound = unit_node(search->unit, first)->name;
    for (NodeId at = first; at; at = unit_node(search->unit, at)->next)
        if (unit_node(search->unit, at)->kind != EXPR_NAME) look(search, at, USED_ATTRIBUTE);
}

static void look_entered(Search *search, const Node *node)
{
    uint32_t before = search->uses;
    look(search, node->first, USED_WITH);
    const Node *target = unit_node(search->unit, node->second);
    if (search->uses & ~before & USED_WITH && target->kind == EXPR_NAME && search->value)
        search->bound = target->name;
}

static void look_nested(Search *search, NodeId first)
{
    bool nested = search->nested;
    search->nested = true;
    look_each(search, first, USED_CAPTURED);
    search->nested = nested;
}

static void look_links(Search *search, const Node *node, uint32_t as)
{
    look_each(search, node->first, as);
    look_each(search, node->second, as);
    look_each(search, node->third, as);
    look_each(search, node->fourth, as);
}

static void look_statement(Search *search, const Node *node)
{
    switch ((NodeKind)node->kind) {
    case STMT_EXPRESSION:
        look(search, node->first, USED_DROPPED);
        return;
    case STMT_ASSIGN:
        look_assigned(search, node->first, node->second);
        return;
    case STMT_ANNOTATED:
        look_assigned(search, node->first, node->third);
        return;
    case STMT_RETURN:
        look(search, node->first, USED_RETURNED);
        return;
    case WITH_ITEM:
        look_entered(search, node);
        return;
    case STMT_FUNCTION:
        look_nested(search, node->second);
        return;
    case STMT_CLASS:
        look_nested(search, node->second);
        return;
    default:
        look_links(search, node, USED_ATTRIBUTE);
        return;
    }
}

static void look_call(Search *search, const Node *node)
{
    look(search, node->first, USED_ATTRIBUTE);
    look_each(search, node->second, use_as_argument(search->unit, node->first));
}

/* `task if there else None`, `first or second`: what is taken is used as the whole is. */
static void look_expression(Search *search, const Node *node, uint32_t as)
{
    switch ((NodeKind)node->kind) {
    case EXPR_AWAIT:
        look(search, node->first,
             search->value && node->first == search->value ? as : (uint32_t)USED_AWAITED);
        return;
    case EXPR_ATTRIBUTE:
        look(search, node->first, use_of_attribute(name_str(node->name)));
        return;
    case EXPR_CALL:
        look_call(search, node);
        return;
    case ARG_KEYWORD:
    case EXPR_STARRED:
    case EXPR_BOOLEAN:
    case EXPR_CONDITIONAL:
        look_links(search, node, as);
        return;
    case EXPR_YIELD:
        look(search, node->first, USED_RETURNED);
        return;
    case EXPR_LAMBDA:
        look_nested(search, node->second);
        return;
    case EXPR_NAMED:
        look(search, node->first, USED_STORED);
        return;
    case EXPR_TUPLE:
    case EXPR_LIST:
    case EXPR_SET:
    case EXPR_DICT:
    case PAIR:
    case EXPR_LIST_COMPREHENSION:
    case EXPR_SET_COMPREHENSION:
    case EXPR_DICT_COMPREHENSION:
    case EXPR_GENERATOR:
        look_links(search, node, USED_GROUPED);
        return;
    default:
        look_links(search, node, USED_ATTRIBUTE);
        return;
    }
}

static bool is_found(const Search *search, NodeId id, const Node *node)
{
    if (search->value) return id == search->value;
    return node->kind == EXPR_NAME && node->name == search->name;
}

/* What nests too deeply to be looked at may store it. */
static void look(Search *search, NodeId id, uint32_t as)
{
    const Node *node = unit_node(search->unit, id);
    if (!id) return;
    if (search->depth >= LIMIT_NESTING) {
        search->uses |= USED_STORED;
        return;
    }
    if (is_found(search, id, node)) {
        search->uses |= search->nested ? (uint32_t)USED_CAPTURED : as;
        return;
    }
    search->depth++;
    bool statement = node->kind >= STMT_EXPRESSION;
    if (statement)
        look_statement(search, node);
    else
        look_expression(search, node, as);
    search->depth--;
}

uint32_t value_uses(const FunctionInfo *function, NodeId statement, NodeId expression)
{
    Search search = {.unit = function->unit, .value = expression};
    look(&search, statement, USED_ATTRIBUTE);
    if (!search.bound) return search.uses;
    if (unit_declares_global(function, name_str(search.bound))) return USED_STORED;
    search.value = 0;
    search.name = search.bound;
    look_each(&search, unit_node(function->unit, function->node)->second, USED_ATTRIBUTE);
    return search.uses;
}
