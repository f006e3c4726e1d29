#include "fixes/names.h"

#include "base/identifier.h"
#include "base/banned.h"

typedef struct Search {
    const Unit *unit;
    Str name;
    bool found;
    unsigned depth;
} Search;

static void look(Search *search, NodeId id, bool target);

static void look_each(Search *search, NodeId first, bool target)
{
    for (NodeId at = first; at && !search->found; at = unit_node(search->unit, at)->next)
        look(search, at, target);
}

static bool is_name(const Search *search, const Node *node)
{
    return node->name && str_equal(name_str(node->name), search->name);
}

/* `import a.b` binds a, `import a.b as c` and `from a import b as c` bind c. */
static bool binds_alias(const Search *search, const Node *alias)
{
    if (alias->first) return is_name(search, unit_node(search->unit, alias->first));
    if (!alias->name) return false;
    return str_equal(str_before(name_str(alias->name), '.'), search->name);
}

static void look_at_definition(Search *search, const Node *node)
{
    search->found = is_name(search, node);
    look_each(search, node->third, false);
    if (node->kind == STMT_CLASS) look_each(search, node->first, false);
}

/* Which of the links of a kind hold what is bound: bits of first, second, third, fourth. */
static unsigned target_links(const Node *node)
{
    switch (node->kind) {
    case STMT_ASSIGN:
    case STMT_ANNOTATED:
    case STMT_AUGMENTED:
    case STMT_DELETE:
    case STMT_FOR:
    case STMT_GLOBAL:
    case STMT_NONLOCAL:
    case CLAUSE_FOR:
    case CASE:
        return 1;
    case WITH_ITEM:
        return 2;
    default:
        return 0;
    }
}

static bool binds(const Search *search, const Node *node, bool target)
{
    switch (node->kind) {
    case EXPR_NAME:
        return target && is_name(search, node);
    case EXPR_NAMED:
    case PARAMETER:
    case HANDLER:
        return is_name(search, node);
    case ALIAS:
        return binds_alias(search, node);
    default:
        return false;
    }
}

static void look_at_links(Search *search, const Node *node, bool target)
{
    bool passes = node->kind == EXPR_TUPLE || node->kind == EXPR_LIST || node->kind == EXPR_STARRED;
    unsigned links = target && passes ? 1 : target_links(node);
    look_each(search, node->first, links & 1);
    look_each(search, node->second, links & 2);
    look_each(search, node->third, false);
    look_each(search, node->fourth, false);
}

static void look(Search *search, NodeId id, bool target)
{
    const Node *node = unit_node(search->unit, id);
    if (search->depth >= LIMIT_FIX_NESTING) {
        search->found = true; /* not known: as if it were */
        return;
    }
    search->depth++;
    if (binds(search, node, target))
        search->found = true;
    else if (node->kind == STMT_FUNCTION || node->kind == STMT_CLASS)
        look_at_definition(search, node);
    else if (node->kind != EXPR_LAMBDA)
        look_at_links(search, node, target);
    search->depth--;
}

bool name_is_local(const Unit *unit, NodeId function, Str name)
{
    Search search = {.unit = unit, .name = name};
    const Node *node = unit_node(unit, function);
    look_each(&search, node->first, false);
    look_each(&search, node->second, false);
    return search.found;
}

bool name_is_shadowed(const Unit *unit, const FunctionInfo *function, Str name)
{
    for (const FunctionInfo *at = function; at;
         at = at->outer == ID_NONE ? NULL : unit_function_info(unit, at->outer))
        if (name_is_local(unit, at->node, name)) return true;
    return false;
}

bool name_occurs(Str text, Str name)
{
    for (size_t start = 0;;) {
        size_t found = str_find(str_part(text, start, text.len), name);
        if (found == SIZE_MAX) return false;
        size_t at = start + found, end = at + name.len;
        bool before = at && byte_is_word(text.ptr[at - 1]);
        bool after = end < text.len && byte_is_word(text.ptr[end]);
        if (!before && !after) return true;
        start = at + 1;
    }
}

enum { FRESH_TRIES = 100 };

Str name_fresh(const Draft *draft, const Unit *unit, const FunctionInfo *function, Str wanted)
{
    Str text = function ? unit_text(unit, function->node) : unit->source.text;
    Str name = str_copy(draft->arena, wanted);
    for (unsigned i = 2; name_occurs(text, name) && i < FRESH_TRIES; i++)
        name = draft_format(draft, "%.*s_%u", DRAFT_STR(wanted), i);
    return name;
}
