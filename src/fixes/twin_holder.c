#include "fixes/twin_holder.h"

#include "fixes/names.h"
#include "fixes/twin_files.h"
#include "base/banned.h"

enum { HOLDER_USES = 200 };

bool holder_equal(const Holder *one, const Holder *other)
{
    return one->kind == other->kind && one->unit == other->unit && one->scope == other->scope &&
           one->name == other->name;
}

static bool is_function(const Node *node)
{
    return node->kind == STMT_FUNCTION || node->kind == EXPR_LAMBDA;
}

/* --- what an expression names --- */

/* The innermost function around the spot that binds the name; 0: none. */
static NodeId binding_function(const Spot *spot, Name name)
{
    for (uint32_t i = spot->around.count; i-- > 0;) {
        NodeId at = spot->around.nodes[i];
        if (is_function(unit_node(spot->unit, at)) && name_is_local(spot->unit, at, name_str(name)))
            return at;
    }
    return 0;
}

/* The class whose method has the name as its first parameter there; 0: none. */
static NodeId class_of_self(const Spot *spot, Name name)
{
    NodeId function = binding_function(spot, name);
    const Node *parameter = unit_node(spot->unit, unit_node(spot->unit, function)->first);
    if (!function || parameter->kind != PARAMETER || parameter->name != name) return 0;
    for (uint32_t i = 1; i < spot->around.count; i++) {
        NodeId outer = spot->around.nodes[i - 1];
        if (spot->around.nodes[i] == function && unit_node(spot->unit, outer)->kind == STMT_CLASS)
            return outer;
    }
    return 0;
}

static const Item *imported(const Unit *unit, Name name)
{
    const FrameSlot *slot = frame_slot(unit->module, name);
    const Item *item = slot && slot->bound ? value_find(slot->value, ITEM_PATH) : NULL;
    return item && slot->value->count == 1 ? item : NULL;
}

/* The path is the name of the module's own thing. */
static bool is_of_module(const Unit *unit, Str path, Str name)
{
    if (!unit->module_file) return false;
    Str module = unit->module_file->name;
    return path.len == module.len + 1 + name.len && str_starts(path, module) && str_ends(path, name) &&
           path.ptr[module.len] == '.';
}

/* The name as the module's scope has it; NULL: it has none. */
static Name module_name(const Unit *unit, Str name)
{
    for (uint32_t i = 0; i < unit->module->slot_count; i++)
        if (str_equal(name_str(unit->module->slots[i].name), name)) return unit->module->slots[i].name;
    return NULL;
}

/* The file's own name, or that of the file that it is imported from. */
static Holder global_holder(Draft *draft, const Unit *unit, Name name)
{
    const Item *item = imported(unit, name);
    if (!item) return (Holder){.kind = HOLDER_GLOBAL, .unit = unit, .name = name};
    Str last = path_last(item->path);
    const Unit *found = NULL;
    for (size_t i = 0; i < draft->program->units.count; i++) {
        const Unit *other = draft->program->units.items[i];
        if (!is_of_module(other, item->path, last)) continue;
        if (found) return (Holder){0};
        found = other;
    }
    Name own = found && found->is_root ? module_name(found, last) : NULL;
    if (!own || imported(found, own)) return (Holder){0};
    return (Holder){.kind = HOLDER_GLOBAL, .unit = found, .name = own};
}

Holder holder_of(Draft *draft, const Spot *spot)
{
    const Node *node = unit_node(spot->unit, spot_node(spot));
    if (node->kind == EXPR_ATTRIBUTE) {
        const Node *object = unit_node(spot->unit, node->first);
        NodeId scope = object->kind == EXPR_NAME ? class_of_self(spot, object->name) : 0;
        if (!scope) return (Holder){0};
        return (Holder){.kind = HOLDER_ATTRIBUTE, .unit = spot->unit, .scope = scope, .name = node->name};
    }
    if (node->kind != EXPR_NAME || !node->name) return (Holder){0};
    NodeId function = binding_function(spot, node->name);
    if (!function) return global_holder(draft, spot->unit, node->name);
    return (Holder){.kind = HOLDER_LOCAL, .unit = spot->unit, .scope = function, .name = node->name};
}

bool spot_is_target(const Spot *spot)
{
    const Node *parent = unit_node(spot->unit, spot_parent(spot, 1));
    NodeId node = spot_node(spot);
    if (parent->kind == STMT_ASSIGN) return parent->second != node;
    if (parent->kind == STMT_ANNOTATED) return parent->first == node;
    return parent->kind == WITH_ITEM && parent->second == node;
}

/* --- all uses --- */

typedef struct Search {
    Draft *draft;
    const Holder *holder;
    const Unit *unit; /* that is looked at */
    Name name;        /* of the holder in that unit */
    Spots *spots;
} Search;

static bool stands_in(const Spot *spot, NodeId scope)
{
    for (uint32_t i = 0; i < spot->around.count; i++)
        if (spot->around.nodes[i] == scope) return true;
    return !scope;
}

static bool is_declaration(const Spot *spot)
{
    const Node *parent = unit_node(spot->unit, spot_parent(spot, 1));
    return parent->kind == STMT_GLOBAL || parent->kind == STMT_NONLOCAL || parent->kind == STMT_DELETE;
}

static void add_spot(Search *search, const Spot *spot)
{
    if (search->spots->count >= HOLDER_USES)
        draft_refuse(search->draft, "the object is used in too many places");
    else
        vec_add(search->spots, *spot);
}

static void look_at_name(Search *search, NodeId id)
{
    const Holder *holder = search->holder;
    Spot spot;
    if (!spot_find(search->unit, id, &spot)) {
        draft_refuse(search->draft, "a use of the object was not found");
        return;
    }
    bool own = search->unit == holder->unit;
    if (own && !stands_in(&spot, holder->scope)) return;
    if (is_declaration(&spot)) {
        draft_refuse(search->draft, "the object is bound more than once");
        return;
    }
    if (unit_node(search->unit, spot_parent(&spot, 1))->kind == ALIAS) return;
    if (binding_function(&spot, search->name) == (own ? holder->scope : 0)) add_spot(search, &spot);
}

/* Classes without bases have nothing of each other. */
static bool is_unrelated(const Search *search, NodeId scope)
{
    const Holder *holder = search->holder;
    bool same = search->unit == holder->unit && scope == holder->scope;
    return scope && !same && !unit_node(search->unit, scope)->first &&
           !unit_node(holder->unit, holder->scope)->first;
}

/* `self.name` in the class; the same name of another object may be the same client. */
static void look_at_attribute(Search *search, NodeId id)
{
    const Node *object = unit_node(search->unit, unit_node(search->unit, id)->first);
    Spot spot;
    if (!spot_find(search->unit, id, &spot)) {
        draft_refuse(search->draft, "a use of the object was not found");
        return;
    }
    NodeId scope = object->kind == EXPR_NAME ? class_of_self(&spot, object->name) : 0;
    if (search->unit == search->holder->unit && scope == search->holder->scope)
        add_spot(search, &spot);
    else if (!is_unrelated(search, scope))
        draft_refuse(search->draft, "the object may be reached from outside its class");
}

/* An import, a parameter, a definition of the same name. */
static bool binds_otherwise(const Search *search, const Node *node)
{
    bool named = node->kind == ALIAS || node->kind == PARAMETER || node->kind == HANDLER ||
                 node->kind == STMT_FUNCTION || node->kind == STMT_CLASS || node->kind == EXPR_NAMED;
    if (!named || node->name != search->name || search->unit != search->holder->unit) return false;
    Span scope = unit_node(search->unit, search->holder->scope)->span;
    bool inside = !search->holder->scope || (scope.start <= node->span.start && node->span.end <= scope.end);
    return inside && (search->holder->kind == HOLDER_LOCAL || node->kind == ALIAS);
}

/* `client: Client` in a class says of its objects what would not hold any more. */
static bool declares(const Search *search, const Node *node)
{
    const Node *target = unit_node(search->unit, node->first);
    return node->kind == STMT_ANNOTATED && target->kind == EXPR_NAME && target->name == search->name &&
           search->unit == search->holder->unit;
}

static void look_at_node(Search *search, NodeId id)
{
    const Node *node = unit_node(search->unit, id);
    bool attribute = search->holder->kind == HOLDER_ATTRIBUTE;
    if (node->span.start == node->span.end) return; /* of a text that is not in the file */
    if (node->kind == NODE_DAMAGED)
        draft_refuse(search->draft, "a file with the object does not parse");
    else if (attribute ? declares(search, node) : binds_otherwise(search, node))
        draft_refuse(search->draft, "the object is bound more than once");
    else if (node->kind == STMT_FUNCTION && node->flags & FLAG_UNREAD &&
             name_occurs(unit_text(search->unit, id), name_str(search->name)))
        draft_refuse(search->draft, "the object is used in a plain function");
    else if (node->name == search->name && attribute && node->kind == EXPR_ATTRIBUTE)
        look_at_attribute(search, id);
    else if (node->name == search->name && !attribute && node->kind == EXPR_NAME)
        look_at_name(search, id);
}

static void look_at_unit(Search *search)
{
    size_t count = facts_node_count(search->unit->facts);
    for (NodeId id = 1; id < count && !draft_is_refused(search->draft); id++)
        look_at_node(search, id);
}

/* --- other files --- */

/* Modules of the same last name: `from .db import client`, `import app.db`. */
static bool may_mean(const Unit *unit, Str module)
{
    if (!unit->module_file) return false;
    return str_equal(path_last(module), path_last(unit->module_file->name));
}

/* `db.client` of an imported module. */
static bool reads_member(const Search *search, const Node *node)
{
    if (node->kind != EXPR_ATTRIBUTE || node->name != search->holder->name) return false;
    const Node *object = unit_node(search->unit, node->first);
    const Item *item = object->kind == EXPR_NAME ? imported(search->unit, object->name) : NULL;
    bool dotted = object->kind == EXPR_ATTRIBUTE && may_mean(search->holder->unit, name_str(object->name));
    return dotted || (item && may_mean(search->holder->unit, item->path));
}

static void look_at_import(Search *search, const Node *alias)
{
    Name name = alias->first ? unit_node(search->unit, alias->first)->name : alias->name;
    const Item *item = imported(search->unit, name);
    if (!item || !is_of_module(search->holder->unit, item->path, name_str(search->holder->name))) {
        draft_refuse(search->draft, "another file may import the object");
        return;
    }
    search->name = name;
    look_at_unit(search);
}

/* The client, or something of its package that may hand it on. */
static bool may_hand_on(const Search *search, const Node *statement)
{
    const Unit *unit = search->holder->unit;
    Str module = name_str(statement->name);
    if (statement->level || !module.len || may_mean(unit, module)) return true;
    return unit->module_file && str_equal(str_before(module, '.'), str_before(unit->module_file->name, '.'));
}

static void look_at_names(Search *search, const Node *statement)
{
    for (NodeId at = statement->first; at; at = unit_node(search->unit, at)->next) {
        const Node *alias = unit_node(search->unit, at);
        if (alias->name == search->holder->name) look_at_import(search, alias);
        if (alias->name && str_equal(name_str(alias->name), STR("*")))
            draft_refuse(search->draft, "another file may import the object");
    }
}

static void look_at_importer(Search *search)
{
    size_t count = facts_node_count(search->unit->facts);
    for (NodeId id = 1; id < count && !draft_is_refused(search->draft); id++) {
        const Node *node = unit_node(search->unit, id);
        if (reads_member(search, node)) draft_refuse(search->draft, "another file may import the object");
        if (node->kind == STMT_IMPORT_FROM && may_hand_on(search, node)) look_at_names(search, node);
    }
}

static void look_at_others(Search *search)
{
    const Program *program = search->draft->program;
    for (size_t i = 0; i < program->units.count && !draft_is_refused(search->draft); i++) {
        search->unit = program->units.items[i];
        search->name = search->holder->name;
        bool other = search->unit != search->holder->unit && search->unit->is_root;
        if (!other || str_find(search->unit->source.text, name_str(search->name)) == SIZE_MAX) continue;
        if (search->holder->kind == HOLDER_ATTRIBUTE)
            look_at_unit(search);
        else
            look_at_importer(search);
    }
}

void holder_uses(Draft *draft, const Holder *holder, Spots *spots)
{
    Search search = {draft, holder, holder->unit, holder->name, spots};
    if (map_find(&holder->unit->declared_global, holder->name) != MAP_NONE && holder->kind == HOLDER_GLOBAL)
        draft_refuse(draft, "the object is bound more than once");
    look_at_unit(&search);
    if (holder->kind != HOLDER_LOCAL) look_at_others(&search);
}

void holder_check_files(Draft *draft, const Holder *holder)
{
    const Module *module = holder->unit->module_file;
    Str place = module && !module->is_package ? path_last(module->name) : STR("");
    if (holder->kind == HOLDER_ATTRIBUTE) place = name_str(unit_node(holder->unit, holder->scope)->name);
    Str words[] = {name_str(holder->name), place};
    if (holder->kind != HOLDER_LOCAL && !draft_is_refused(draft) && unread_files_mention(draft, words, 2))
        draft_refuse(draft, "a file that is not analysed may use the object");
}
