#include "fixes/shared_state.h"

#include "fixes/nodes.h"
#include "base/banned.h"

typedef struct Search {
    Arena *arena;
    const Unit *unit;
    const FunctionInfo *function;
    const Instance *instance;
} Search;

bool shared_is_parameter(const Unit *unit, NodeId function, Name name)
{
    for (NodeId at = unit_node(unit, function)->first; at; at = unit_node(unit, at)->next)
        if (unit_node(unit, at)->name == name) return true;
    return false;
}

/* --- whether an object is the function's own --- */

static bool is_project_call(const Search *search, NodeId call)
{
    for (size_t i = 0; i < search->instance->steps.count; i++) {
        const Step *step = &search->instance->steps.items[i];
        if (step->node != call || !step->call) continue;
        const FunctionInfo *info = program_function(search->unit->program, step->call->function);
        if (!str_ends(info->name, STR("__init__"))) return true;
    }
    return false;
}

/* Something new: a display, a comprehension, what a library or a constructor gives. */
static bool makes_new(const Search *search, NodeId value)
{
    switch (unit_node(search->unit, value)->kind) {
    case EXPR_CALL:
        return !is_project_call(search, value);
    case EXPR_NAME:
    case EXPR_ATTRIBUTE:
    case EXPR_SUBSCRIPT:
    case EXPR_BOOLEAN:
    case EXPR_CONDITIONAL:
    case EXPR_NAMED:
    case EXPR_AWAIT:
    case EXPR_YIELD:
    case EXPR_TUPLE:
    case NODE_NONE:
        return false;
    default:
        return true;
    }
}

/* The value that a node binds to the name, 0: not known, or the node itself when it binds nothing to it. */
static bool binds(const Search *search, const Node *node, Name name, NodeId *value)
{
    const Unit *unit = search->unit;
    *value = 0;
    switch (node->kind) {
    case STMT_ASSIGN:
        *value = node->second;
        for (NodeId at = node->first; at; at = unit_node(unit, at)->next) {
            if (unit_node(unit, at)->kind == EXPR_NAME && unit_node(unit, at)->name == name) return true;
        }
        return false;
    case STMT_ANNOTATED:
        *value = node->third;
        return node->third && unit_node(unit, node->first)->name == name;
    case WITH_ITEM:
        *value = node->first;
        return node->second && unit_node(unit, node->second)->name == name;
    case EXPR_NAMED:
        *value = node->first;
        return node->name == name;
    default:
        return false;
    }
}

static bool is_own(const Search *search, Name name)
{
    bool found = false, own = true;
    if (!name || shared_is_parameter(search->unit, search->function->node, name)) return false;
    Nodes nodes;
    nodes_init(&nodes, search->unit, search->function->node);
    for (NodeId at; own && (at = nodes_next(&nodes));) {
        NodeId value;
        if (!binds(search, unit_node(search->unit, at), name, &value)) continue;
        found = true;
        own = makes_new(search, value);
    }
    nodes_free(&nodes);
    return found && own;
}

/* A constructor's own object is new. */
static bool is_new_self(const Search *search, Name name)
{
    const Node *function = unit_node(search->unit, search->function->node);
    bool constructor = function->name && str_equal(name_str(function->name), STR("__init__"));
    return constructor && name == unit_node(search->unit, function->first)->name;
}

/* --- what is changed --- */

enum { WRITTEN_BYTES = 40 };

static Str written_text(const Search *search, NodeId written, Name root)
{
    Str text = unit_text(search->unit, written);
    bool is_short = text.len && text.len <= WRITTEN_BYTES && str_find_byte(text, '\n') == SIZE_MAX;
    return str_copy(search->arena, is_short ? text : root ? name_str(root) : STR("an object"));
}

static Str look_at_uses(const Search *search, const Uses *uses)
{
    for (size_t i = 0; i < uses->list.count; i++) {
        const Use *use = &uses->list.items[i];
        if (use->kind != USE_STORE || is_own(search, use->name) || is_new_self(search, use->name)) continue;
        return written_text(search, use->node, use->name);
    }
    return uses->damaged ? STR("something that was not understood") : STR("");
}

/* `rows.append(x)`: methods of containers that change them. */
static NodeId changed_by_call(const Search *search, const Node *call)
{
    static const char *const words[] = {"append", "appendleft", "extend",  "add",     "update",
                                        "insert", "setdefault", "pop",     "popleft", "popitem",
                                        "remove", "clear",      "discard", "sort",    "reverse"};
    const Node *callee = unit_node(search->unit, call->first);
    if (call->kind != EXPR_CALL || callee->kind != EXPR_ATTRIBUTE) return 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_equal(name_str(callee->name), str_from(words[i]))) return callee->first;
    return 0;
}

static Str changed_by(const Search *search, NodeId id)
{
    const Node *node = unit_node(search->unit, id);
    if (node->kind == STMT_GLOBAL || node->kind == STMT_NONLOCAL)
        return str_copy(search->arena, name_str(unit_node(search->unit, node->first)->name));
    NodeId object = changed_by_call(search, node);
    Name root = object ? root_name(search->unit, object) : NULL;
    if (!object || is_own(search, root) || is_new_self(search, root)) return STR("");
    return written_text(search, object, root);
}

static Str look_at_nodes(const Search *search, NodeId whole)
{
    Str found = STR("");
    Nodes nodes;
    nodes_init(&nodes, search->unit, whole);
    for (NodeId at; !found.len && (at = nodes_next(&nodes));)
        found = changed_by(search, at);
    nodes_free(&nodes);
    return found;
}

Str shared_write(Arena *arena, const FunctionInfo *function, const Instance *instance, NodeId whole)
{
    const Unit *unit = function->unit;
    Search search = {.arena = arena, .unit = unit, .function = function, .instance = instance};
    Str found = look_at_nodes(&search, whole ? whole : function->node);
    if (found.len) return found;
    Uses uses;
    uses_init(&uses, unit);
    const Node *node = unit_node(unit, whole ? whole : function->node);
    bool is_body = !whole && node->kind == STMT_FUNCTION;
    if (is_body)
        uses_add_block(&uses, node->second);
    else if (whole && node->kind >= STMT_EXPRESSION)
        uses_add_statement(&uses, whole);
    else
        uses_add_expression(&uses, whole ? whole : node->second);
    found = look_at_uses(&search, &uses);
    uses_free(&uses);
    return found;
}
