#include "fixes/dotted.h"

#include "fixes/names.h"
#include "rules/swap.h"
#include "base/banned.h"

enum { DOTTED_PARTS = 16 };

static Str bound_by(const Unit *unit, const Node *alias)
{
    return name_str(alias->first ? unit_node(unit, alias->first)->name : alias->name);
}

/* What the import binds the name to; empty: it does not. */
static Str bound_to(const Draft *draft, const Unit *unit, const Node *statement, const Node *alias, Str name)
{
    if (!alias->name) return STR("");
    Str imported = name_str(alias->name), bound = bound_by(unit, alias);
    if (statement->kind == STMT_IMPORT && !alias->first)
        return str_equal(str_before(bound, '.'), name) ? name : STR("");
    if (!str_equal(bound, name)) return STR("");
    if (statement->kind == STMT_IMPORT) return imported;
    if (statement->level || !statement->name) return STR("");
    return str_join(draft->arena, name_str(statement->name), STR("."), imported);
}

/* An import in the function itself. */
static Str imported_in_function(const Draft *draft, const FunctionInfo *function, Str name)
{
    const Unit *unit = function->unit;
    Span span = unit_node(unit, function->node)->span;
    for (NodeId id = 1; id < facts_node_count(unit->facts); id++) {
        const Node *node = unit_node(unit, id);
        if (node->kind != STMT_IMPORT && node->kind != STMT_IMPORT_FROM) continue;
        if (!span_holds(span, node->span)) continue;
        for (NodeId at = node->first; at; at = unit_node(unit, at)->next) {
            Str path = bound_to(draft, unit, node, unit_node(unit, at), name);
            if (path.len) return path;
        }
    }
    return STR("");
}

static Str path_of_name(const Draft *draft, const Unit *unit, const FunctionInfo *function, Str name)
{
    for (const FunctionInfo *at = function; at;
         at = at->outer == ID_NONE ? NULL : unit_function_info(unit, at->outer))
        if (name_is_local(unit, at->node, name)) return imported_in_function(draft, at, name);
    const FrameSlot *slot = frame_slot(unit->module, names_intern(unit->names, name));
    if (!slot || !slot->bound) return str_join(draft->arena, STR("builtins"), STR("."), name);
    const Item *item = value_find(slot->value, ITEM_PATH);
    return item && slot->value->count == 1 ? item->path : STR("");
}

Str dotted_path_in(const Draft *draft, const Unit *unit, const FunctionInfo *function, NodeId expression)
{
    Str members[DOTTED_PARTS];
    size_t count = 0;
    const Node *node = unit_node(unit, expression);
    for (; node->kind == EXPR_ATTRIBUTE && count < DOTTED_PARTS; node = unit_node(unit, node->first))
        members[count++] = name_str(node->name);
    if (node->kind != EXPR_NAME || !node->name) return STR("");
    Str path = path_of_name(draft, unit, function, name_str(node->name));
    while (path.len && count)
        path = str_join(draft->arena, path, STR("."), members[--count]);
    return path.len ? catalogue_swap_path(unit->catalogue, draft->arena, path) : path;
}

Str dotted_path(const Draft *draft, NodeId expression)
{
    return dotted_path_in(draft, draft->unit, draft_function(draft), expression);
}

static bool is_in(Str path, Str module)
{
    return str_equal(path, module) ||
           (str_starts(path, module) && path.len > module.len && path.ptr[module.len] == '.');
}

static bool imports(const Unit *unit, const Node *statement, Str module)
{
    if (statement->kind == STMT_IMPORT_FROM)
        return !statement->level && statement->name && is_in(name_str(statement->name), module);
    if (statement->kind != STMT_IMPORT) return false;
    for (NodeId at = statement->first; at; at = unit_node(unit, at)->next) {
        const Node *alias = unit_node(unit, at);
        if (alias->name && is_in(name_str(alias->name), module)) return true;
    }
    return false;
}

bool dotted_imports(const Unit *unit, Str module)
{
    for (NodeId at = facts_module(unit->facts); at; at = unit_node(unit, at)->next)
        if (imports(unit, unit_node(unit, at), module)) return true;
    return false;
}
