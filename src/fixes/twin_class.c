#include "fixes/twin_class.h"

#include "fixes/names.h"
#include "base/banned.h"

/* The function around the spot, for what shadows names there; NULL: the module. */
static const FunctionInfo *function_around(const Spot *spot)
{
    for (uint32_t i = spot->around.count; i-- > 0;) {
        NodeId at = spot->around.nodes[i];
        if (unit_node(spot->unit, at)->kind != STMT_FUNCTION) continue;
        for (size_t k = 0; k < spot->unit->functions.count; k++) {
            const FunctionInfo *info = unit_function_info(spot->unit, spot->unit->functions.items[k]);
            if (info->node == at) return info;
        }
        return NULL;
    }
    return NULL;
}

static bool is_shadowed(const Spot *spot, Str name)
{
    for (uint32_t i = 0; i < spot->around.count; i++) {
        NodeId at = spot->around.nodes[i];
        bool scope = unit_node(spot->unit, at)->kind == STMT_FUNCTION ||
                     unit_node(spot->unit, at)->kind == EXPR_LAMBDA;
        if (scope && name_is_local(spot->unit, at, name)) return true;
    }
    return false;
}

static Str path_of_name(const Spot *spot, const Node *node)
{
    const FrameSlot *slot = frame_slot(spot->unit->module, node->name);
    const Item *item = slot && slot->bound ? value_find(slot->value, ITEM_PATH) : NULL;
    bool sure = item && slot->value->count == 1 && !slot->value->open_ended;
    return sure && !is_shadowed(spot, name_str(node->name)) ? item->path : STR("");
}

enum { CLASS_PARTS = 8 };

Str class_path(Draft *draft, const Spot *spot)
{
    Str path = STR("");
    NodeId at = spot_node(spot);
    for (unsigned i = 0; i < CLASS_PARTS; i++) {
        const Node *node = unit_node(spot->unit, at);
        if (node->kind == EXPR_NAME) {
            Str root = path_of_name(spot, node);
            if (!root.len) return root;
            Str whole = path.len ? str_join(draft->arena, root, STR("."), path) : root;
            return catalogue_canonical(spot->unit->catalogue, whole);
        }
        if (node->kind != EXPR_ATTRIBUTE) return STR("");
        Str name = name_str(node->name);
        path = path.len ? str_join(draft->arena, name, STR("."), path) : name;
        at = node->first;
    }
    return STR("");
}

/* --- the import --- */

/* How often the file names it, its import aside; texts of functions that were not read count as one more. */
static size_t name_uses(const Unit *unit, Name name)
{
    size_t count = facts_node_count(unit->facts), uses = 0;
    for (NodeId id = 1; id < count; id++) {
        const Node *node = unit_node(unit, id);
        bool unread = node->kind == STMT_FUNCTION && node->flags & FLAG_UNREAD;
        if (node->kind == EXPR_NAME && node->name == name && node->span.end > node->span.start) uses++;
        if (unread && name_occurs(unit_text(unit, id), name_str(name))) uses++;
    }
    return uses;
}

typedef struct Import {
    NodeId statement, alias;
    size_t count; /* of names that the statement imports */
} Import;

/* The module's own `from … import name` of a name; statement 0: none, or several. */
static Import import_of(const Unit *unit, Name name)
{
    Import found = {0};
    for (NodeId at = facts_module(unit->facts); at; at = unit_node(unit, at)->next) {
        const Node *statement = unit_node(unit, at);
        if (statement->kind != STMT_IMPORT_FROM || statement->level) continue;
        Import import = {.statement = at};
        for (NodeId item = statement->first; item; item = unit_node(unit, item)->next) {
            const Node *alias = unit_node(unit, item);
            import.count++;
            if (alias->name == name && !alias->first) import.alias = item;
        }
        if (!import.alias) continue;
        if (found.statement) return (Import){0};
        found = import;
    }
    return found;
}

/* `from lib import Client`: the module becomes that of the twin. */
static bool change_module(Draft *draft, const Unit *unit, Import import, Str module)
{
    const Node *statement = unit_node(unit, import.statement);
    Str text = unit_text(unit, import.statement), old = name_str(statement->name);
    size_t at = str_find(text, old);
    if (import.count != 1 || at == SIZE_MAX || !old.len) return false;
    uint32_t start = statement->span.start + (uint32_t)at;
    draft_replace(draft, unit, (Span){start, start + (uint32_t)old.len}, module);
    return true;
}

static bool change_name(Draft *draft, const Unit *unit, Import import, Str name)
{
    Span span = unit_node(unit, import.alias)->span;
    if (!str_equal(unit_text(unit, import.alias), name_str(unit_node(unit, import.alias)->name)))
        return false;
    if (name_occurs(unit->source.text, name)) return false;
    draft_replace(draft, unit, span, name);
    return true;
}

static bool imports_name(const Unit *unit, Name name, Str module)
{
    size_t count = facts_node_count(unit->facts);
    for (NodeId id = 1; id < count; id++) {
        const Node *node = unit_node(unit, id);
        Str from = name_str(node->name);
        if (node->kind != STMT_IMPORT_FROM || (from.len && !str_equal(path_last(from), path_last(module))))
            continue;
        for (NodeId at = node->first; at; at = unit_node(unit, at)->next)
            if (unit_node(unit, at)->name == name) return true;
    }
    return false;
}

/* Another file may import the name from here. */
static bool is_handed_on(const Draft *draft, const Unit *unit, Name name)
{
    for (size_t i = 0; unit->module_file && i < draft->program->units.count; i++) {
        const Unit *other = draft->program->units.items[i];
        if (other != unit && other->is_root && imports_name(other, name, unit->module_file->name))
            return true;
    }
    return false;
}

/* The import itself becomes that of the twin when nothing else of the file needs it. */
static bool change_import(Draft *draft, const Spot *spot, Str path, Str twin, size_t others)
{
    const Node *node = unit_node(spot->unit, spot_node(spot));
    Import import = import_of(spot->unit, node->name);
    if (!str_equal(name_str(node->name), path_last(path))) return false;
    if (!import.statement || name_uses(spot->unit, node->name) != others + 1) return false;
    if (is_handed_on(draft, spot->unit, node->name)) return false;
    if (str_equal(path_owner(path), path_owner(twin)))
        return change_name(draft, spot->unit, import, path_last(twin));
    return str_equal(path_last(path), path_last(twin)) &&
           change_module(draft, spot->unit, import, path_owner(twin));
}

/* --- the name --- */

/* The module has the name for something else than the twin. */
static bool is_taken(const Spot *spot, Str twin)
{
    Str name = path_last(twin);
    for (uint32_t i = 0; i < spot->unit->module->slot_count; i++) {
        const FrameSlot *slot = &spot->unit->module->slots[i];
        if (!slot->bound || !str_equal(name_str(slot->name), name)) continue;
        const Item *item = value_find(slot->value, ITEM_PATH);
        return !item || !str_equal(catalogue_canonical(spot->unit->catalogue, item->path), twin);
    }
    return is_shadowed(spot, name);
}

/* The twin's own name, or that of its module before it. */
static Str import_twin(Draft *draft, const Spot *spot, Str twin)
{
    const FunctionInfo *function = function_around(spot);
    if (!is_taken(spot, twin))
        return draft_import(draft, spot->unit, function, path_owner(twin), path_last(twin));
    Str module = draft_import(draft, spot->unit, function, path_owner(twin), STR(""));
    return module.len ? str_join(draft->arena, module, STR("."), path_last(twin)) : module;
}

static void rename_name(Draft *draft, const Spot *spot, Str path, Str twin, size_t others)
{
    Str name = path_last(twin);
    if (!change_import(draft, spot, path, twin, others)) name = import_twin(draft, spot, twin);
    if (!draft_is_refused(draft) && !str_equal(unit_text(spot->unit, spot_node(spot)), name))
        draft_replace(draft, spot->unit, unit_node(spot->unit, spot_node(spot))->span, name);
}

/* `import lib` of the module itself; 0: none. */
static NodeId alias_of_module(const Unit *unit, Str module)
{
    for (NodeId at = facts_module(unit->facts); at; at = unit_node(unit, at)->next) {
        const Node *statement = unit_node(unit, at);
        for (NodeId item = statement->kind == STMT_IMPORT ? statement->first : 0; item;
             item = unit_node(unit, item)->next)
            if (!unit_node(unit, item)->first && str_equal(unit_text(unit, item), module)) return item;
    }
    return 0;
}

/* `import lib` becomes `import lib.aio`, which has all that it had: `lib.Client` is `lib.aio.Client` then. */
static bool lengthen_import(Draft *draft, const Spot *spot, Str path, Str twin)
{
    const Unit *unit = spot->unit;
    Str module = path_owner(path), longer = path_owner(twin);
    bool below = longer.len > module.len && str_starts(longer, module) && longer.ptr[module.len] == '.';
    NodeId alias =
        below && str_equal(unit_text(unit, spot_node(spot)), path) ? alias_of_module(unit, module) : 0;
    if (!alias) return false;
    if (!alias_of_module(unit, longer)) draft_replace(draft, unit, unit_node(unit, alias)->span, longer);
    draft_replace(draft, unit, unit_node(unit, spot_node(spot))->span, twin);
    return true;
}

void class_rename(Draft *draft, const Spot *spot, Str path, Str twin, size_t others)
{
    const Node *node = unit_node(spot->unit, spot_node(spot));
    bool beside = str_equal(path_owner(path), path_owner(twin));
    bool named = node->kind == EXPR_ATTRIBUTE && str_equal(name_str(node->name), path_last(path));
    bool method = catalogue_is_type(spot->unit->catalogue, path_owner(path));
    Spot object;
    if (named && beside) {
        twin_rename(draft, spot->unit, spot_node(spot), path_last(twin));
    } else if (named && method && str_equal(path_last(path), path_last(twin))) {
        if (spot_find(spot->unit, node->first, &object))
            class_rename(draft, &object, path_owner(path), path_owner(twin), others);
        else
            draft_refuse(draft, "the name in the text was not found");
    } else if (lengthen_import(draft, spot, path, twin)) {
        return;
    } else if (node->kind == EXPR_NAME || node->kind == EXPR_ATTRIBUTE) {
        rename_name(draft, spot, path, twin, others);
    } else {
        draft_refuse(draft, "the object is made in another way");
    }
}
