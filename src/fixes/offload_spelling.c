#include "fixes/offload_spelling.h"

#include "fixes/names.h"
#include "base/banned.h"

/* --- what the file imports --- */

/* path is wanted, or stands below it. */
static bool is_below(Str path, Str wanted)
{
    if (!str_starts(path, wanted)) return false;
    return path.len == wanted.len || path.ptr[wanted.len] == '.';
}

static bool import_brings(const Draft *draft, const Node *statement, Str wanted)
{
    bool from = statement->kind == STMT_IMPORT_FROM;
    if ((statement->kind != STMT_IMPORT && !from) || statement->level) return false;
    for (NodeId at = statement->first; at; at = unit_node(draft->unit, at)->next) {
        Str name = name_str(unit_node(draft->unit, at)->name);
        Str path = from ? str_join(draft->arena, name_str(statement->name), STR("."), name) : name;
        if (is_below(path, wanted)) return true;
    }
    return false;
}

/* Among statements, or in a `try` or an `if` among them. */
static bool list_brings(const Draft *draft, NodeId first, Str wanted, bool nested)
{
    unsigned count = 0;
    for (NodeId at = first; at && count < LIMIT_FIX_IMPORTS; at = unit_node(draft->unit, at)->next, count++) {
        const Node *node = unit_node(draft->unit, at);
        if (import_brings(draft, node, wanted)) return true;
        NodeId inner = node->kind == STMT_TRY ? node->first : node->kind == STMT_IF ? node->second : 0;
        if (inner && !nested && list_brings(draft, inner, wanted, true)) return true;
    }
    return false;
}

/* At module level or in the function. */
static bool is_imported(const Draft *draft, Str wanted)
{
    const FunctionInfo *function = draft_function(draft);
    if (list_brings(draft, facts_module(draft->unit->facts), wanted, false)) return true;
    return function && list_brings(draft, unit_node(draft->unit, function->node)->second, wanted, false);
}

/* --- an object that is at hand --- */

static bool is_parameter(const Unit *unit, NodeId function, Str name)
{
    for (NodeId at = unit_node(unit, function)->first; at; at = unit_node(unit, at)->next)
        if (str_equal(name_str(unit_node(unit, at)->name), name)) return true;
    return false;
}

/* "hass" where it is a parameter, "self.hass" where the class has it; empty: neither. */
static Str receiver_of(const Draft *draft, Str name)
{
    const FunctionInfo *function = draft_function(draft);
    if (!function) return STR("");
    if (is_parameter(draft->unit, function->node, name)) return name;
    Str own = str_join(draft->arena, STR("self."), name, STR(""));
    bool is_method = function->class_id != ID_NONE && is_parameter(draft->unit, function->node, STR("self"));
    if (!is_method) return STR("");
    const ClassInfo *holder = unit_class_info(draft->unit, function->class_id);
    return name_occurs(unit_text(draft->unit, holder->node), own) ? own : STR("");
}

/* --- the row --- */

static bool holds(const Draft *draft, const Spelling *row, Str path)
{
    uint32_t minor = draft->settings->python_minor;
    if (row->since && minor && minor < row->since) return false;
    if (row->calls.len && !is_below(path, row->calls)) return false;
    if (row->receiver.len && !receiver_of(draft, row->receiver).len) return false;
    if (row->imported.len && !is_imported(draft, row->imported)) return false;
    return !row->not_imported.len || !is_imported(draft, row->not_imported);
}

static const Spelling *find_row(const Draft *draft, Str path)
{
    const Catalogue *catalogue = draft->program->catalogue;
    for (size_t i = 0; i < catalogue_spelling_count(catalogue); i++)
        if (holds(draft, catalogue_spelling(catalogue, i), path)) return catalogue_spelling(catalogue, i);
    return NULL;
}

static Str spelled(Draft *draft, const Spelling *row)
{
    size_t dot = str_find_byte(row->name, '.');
    Str inner =
        str_join(draft->arena, row->module, STR("."), str_part(row->name, 0, dot == SIZE_MAX ? 0 : dot));
    if (dot != SIZE_MAX && is_imported(draft, inner))
        return draft_name(draft, inner, str_drop(row->name, dot + 1));
    if (!row->receiver.len) return draft_name(draft, row->module, row->name);
    return str_join(draft->arena, receiver_of(draft, row->receiver), STR("."), row->name);
}

bool way_find(Draft *draft, Str path, bool keywords, Way *way)
{
    *way = (Way){.row = find_row(draft, path)};
    if (!way->row) {
        draft_refuse(draft, "no way into a thread is known for this file");
        return false;
    }
    Str name = spelled(draft, way->row), opens = way->row->opens.len ? way->row->opens : STR("(");
    way->partial = keywords && !way->row->keywords;
    Str partial = way->partial ? draft_name(draft, STR("functools"), STR("partial")) : STR("");
    way->opened = draft_format(draft, "await %.*s%.*s%.*s%s", DRAFT_STR(name), DRAFT_STR(opens),
                               DRAFT_STR(partial), way->partial ? "(" : "");
    return !draft_is_refused(draft);
}
