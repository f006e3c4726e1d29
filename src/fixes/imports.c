/* How a thing of another module is written at a place: through an import that the module has, or one that is added. */
#include "fixes/import_place.h"
#include "fixes/names.h"
#include "base/banned.h"

typedef struct Wanted {
    Draft *draft;
    const Unit *unit;
    const FunctionInfo *function;
    Str module, member;
    Str spelled; /* once it was found */
} Wanted;

static Str dotted(const Wanted *wanted, Str left, Str right)
{
    return right.len ? str_join(wanted->draft->arena, left, STR("."), right) : left;
}

/* The module's name is still what an import made it. */
static bool is_imported(const Unit *unit, Str name)
{
    const FrameSlot *slot = frame_slot(unit->module, names_intern(unit->names, name));
    return slot && slot->bound && value_find(slot->value, ITEM_PATH);
}

/* --- imports that are there --- */

static void take(Wanted *wanted, Str spelled)
{
    Str root = str_before(spelled, '.');
    if (!wanted->spelled.len && is_imported(wanted->unit, root) &&
        !name_is_shadowed(wanted->unit, wanted->function, root))
        wanted->spelled = spelled;
}

static Str bound_name(const Unit *unit, const Node *alias)
{
    return name_str(alias->first ? unit_node(unit, alias->first)->name : alias->name);
}

static void look_at_import(Wanted *wanted, const Node *alias)
{
    Str name = alias->name ? name_str(alias->name) : STR("");
    bool below = !alias->first && str_starts(name, wanted->module) && name.len > wanted->module.len &&
                 name.ptr[wanted->module.len] == '.'; /* `import a.b` binds a */
    if (below || (name.len && str_equal(name, wanted->module)))
        take(wanted,
             dotted(wanted, below ? wanted->module : bound_name(wanted->unit, alias), wanted->member));
}

static void look_at_from(Wanted *wanted, const Node *statement, const Node *alias)
{
    if (!alias->name || !statement->name || statement->level) return;
    Str module = name_str(statement->name), name = name_str(alias->name);
    Str bound = bound_name(wanted->unit, alias);
    if (str_equal(module, wanted->module) && str_equal(name, wanted->member)) take(wanted, bound);
    if (str_equal(dotted(wanted, module, name), wanted->module))
        take(wanted, dotted(wanted, bound, wanted->member));
}

static void look_at_statement(Wanted *wanted, const Node *statement)
{
    if (statement->kind != STMT_IMPORT && statement->kind != STMT_IMPORT_FROM) return;
    for (NodeId at = statement->first; at; at = unit_node(wanted->unit, at)->next) {
        const Node *alias = unit_node(wanted->unit, at);
        if (statement->kind == STMT_IMPORT)
            look_at_import(wanted, alias);
        else
            look_at_from(wanted, statement, alias);
    }
}

/* What stands in an `if` may not be there at run time: TYPE_CHECKING. */
static void look_at_module(Wanted *wanted)
{
    const Unit *unit = wanted->unit;
    for (NodeId at = facts_module(unit->facts); at; at = unit_node(unit, at)->next) {
        const Node *statement = unit_node(unit, at);
        look_at_statement(wanted, statement);
        if (statement->kind != STMT_TRY) continue;
        for (NodeId inner = statement->first; inner; inner = unit_node(unit, inner)->next)
            look_at_statement(wanted, unit_node(unit, inner));
    }
}

/* A function's own import counts where it stands first in the body. */
static void look_at_function(Wanted *wanted)
{
    if (!wanted->function || wanted->spelled.len) return;
    const Unit *unit = wanted->unit;
    for (NodeId at = unit_node(unit, wanted->function->node)->second; at; at = unit_node(unit, at)->next) {
        const Node *statement = unit_node(unit, at);
        bool docstring =
            statement->kind == STMT_EXPRESSION && unit_node(unit, statement->first)->kind == EXPR_STRING;
        if (statement->kind != STMT_IMPORT && statement->kind != STMT_IMPORT_FROM && !docstring) return;
        for (NodeId item = docstring ? 0 : statement->first; item; item = unit_node(unit, item)->next) {
            const Node *alias = unit_node(unit, item);
            if (statement->kind == STMT_IMPORT && alias->name &&
                str_equal(name_str(alias->name), wanted->module))
                wanted->spelled = dotted(wanted, bound_name(unit, alias), wanted->member);
        }
    }
}

/* --- an import that is added --- */

/* The module has the name for something else, or the function has. */
static bool is_taken(const Wanted *wanted, Str name, Str path)
{
    if (name_is_shadowed(wanted->unit, wanted->function, name)) return true;
    const FrameSlot *slot = frame_slot(wanted->unit->module, names_intern(wanted->unit->names, name));
    if (!slot || !slot->bound) return false;
    const Item *item = value_find(slot->value, ITEM_PATH);
    return !item || slot->value->count > 1 || !str_equal(item->path, path);
}

enum { ALIAS_TRIES = 5 };

/* name, name_, name__ …; empty: all taken. */
static Str free_name(const Wanted *wanted, Str name, Str path)
{
    Str tried = name;
    for (unsigned i = 0; i < ALIAS_TRIES; i++) {
        if (!is_taken(wanted, tried, path)) return tried;
        tried = str_join(wanted->draft->arena, tried, STR("_"), STR(""));
    }
    return STR("");
}

static bool is_dotted(Str path)
{
    return str_find_byte(path, '.') != SIZE_MAX;
}

/* `import asyncio`; of a module in a package its member. */
static void add_import(Wanted *wanted)
{
    Draft *draft = wanted->draft;
    bool from = is_dotted(wanted->module) && wanted->member.len;
    Str what = from ? wanted->member : wanted->module;
    Str path = from ? dotted(wanted, wanted->module, wanted->member) : wanted->module;
    Str name = is_dotted(what) ? what : free_name(wanted, what, path);
    if (!name.len || (is_dotted(what) && is_taken(wanted, str_before(what, '.'), str_before(what, '.')))) {
        draft_refuse(draft, "the name `%.*s` is taken", DRAFT_STR(str_before(what, '.')));
        return;
    }
    Str as = str_equal(name, what) ? STR("") : str_join(draft->arena, STR(" as "), name, STR(""));
    import_place(draft, wanted->unit, wanted->module, from ? what : STR(""), as);
    wanted->spelled = from ? name : dotted(wanted, name, wanted->member);
}

Str draft_import(Draft *draft, const Unit *unit, const FunctionInfo *function, Str module, Str member)
{
    Wanted wanted = {.draft = draft, .unit = unit, .function = function, .module = module, .member = member};
    look_at_module(&wanted);
    look_at_function(&wanted);
    if (!wanted.spelled.len) add_import(&wanted);
    return wanted.spelled;
}

Str draft_name(Draft *draft, Str module, Str member)
{
    return draft_import(draft, draft->unit, draft_function(draft), module, member);
}
