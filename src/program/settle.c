/* Promises kept: what a name of another module stands for, what a call gives, what a module's expression is worth. */
#include "program/flow.h"

#include "base/limits.h"
#include "program/contributions.h"
#include "program/instance.h"
#include "base/banned.h"

enum { SETTLE_STEPS = 6 };

/* --- names of other modules --- */

static const Value *star_member(Unit *unit, Name name, unsigned depth)
{
    if (name_str(name).len && name_str(name).ptr[0] == '_') return NULL;
    for (size_t i = unit->star_imports.count; i-- > 0;) {
        Str rest;
        Str path = unit->star_imports.items[i];
        if (str_starts(path, STR("."))) path = str_part(path, 1, path.len);
        const Module *module =
            unit->module_file ? modules_find_prefix(unit->program->modules, unit->module_file, path, &rest)
                              : NULL;
        Unit *other = module && !rest.len ? program_unit(unit->program, module) : NULL;
        const Value *found = other && other != unit ? unit_member(other, name, depth + 1) : NULL;
        if (found) return found;
    }
    return NULL;
}

/* What functions assign to a global of the module. */
static void collect_global(Unit *unit, Name name, Lazy *lazy)
{
    Program *program = unit->program;
    for (size_t i = 0; i < unit->functions.count; i++) {
        FunctionInfo *info = unit_function_info(unit, unit->functions.items[i]);
        if (info->is_lambda || info->outer != ID_NONE || !unit_declares_global(info, name_str(name)))
            continue;
        Instance *instance = instance_generic(program, unit->functions.items[i]);
        if (!instance || !instance_walk(program, instance)) continue;
        const Value *value = instance_attribute(instance, global_key(unit->names, &program->arena, name));
        if (value) lazy->value = lazy->value ? value_join(&program->arena, lazy->value, value) : value;
    }
}

static const Value *assigned_globally(Unit *unit, Name name)
{
    if (map_find(&unit->declared_global, name) == MAP_NONE) return NULL;
    uint32_t at = map_find(&unit->globals, name);
    if (at == MAP_NONE) {
        at = (uint32_t)unit->lazies.count;
        vec_add(&unit->lazies, arena_alloc(&unit->program->arena, sizeof(Lazy)));
        map_put(&unit->globals, name, at);
    }
    Lazy *lazy = unit->lazies.items[at];
    if (lazy->known || !query_begin(unit->program, &lazy->query)) return lazy->value;
    lazy->value = NULL;
    collect_global(unit, name, lazy);
    lazy->known = query_end(unit->program, &lazy->query);
    return lazy->value;
}

const Value *unit_global(Unit *unit, Name name, const Value *bound)
{
    const Value *assigned = assigned_globally(unit, name);
    if (!assigned) return contributed_global(unit, name, bound);
    return contributed_global(
        unit, name,
        bound && !value_literal(bound) ? value_join(&unit->program->arena, bound, assigned) : assigned);
}

static const Value *submodule(Unit *unit, Name name)
{
    if (!unit->module_file || !unit->module_file->is_package) return NULL;
    Str path = str_join(&unit->program->arena, unit->module_file->name, STR("."), name_str(name));
    if (!modules_find(unit->program->modules, unit->module_file, path)) return NULL;
    return value_of(&unit->program->arena,
                    (Item){.kind = ITEM_PATH, .path = path, .unit = unit, .confidence = CONFIDENCE_CERTAIN});
}

const Value *unit_member(Unit *unit, Name name, unsigned depth)
{
    if (depth >= LIMIT_REEXPORTS) return NULL;
    const FrameSlot *slot = frame_slot(unit->module, name);
    if (slot) return unit_global(unit, name, slot->value);
    const Value *found = assigned_globally(unit, name);
    if (found) return contributed_global(unit, name, found);
    found = star_member(unit, name, depth);
    if (!found) found = unit_lazy_export(unit, name);
    return found ? found : submodule(unit, name);
}

static Str next_part(Str *rest)
{
    size_t dot = str_find_byte(*rest, '.');
    Str part = dot == SIZE_MAX ? *rest : str_part(*rest, 0, dot);
    *rest = dot == SIZE_MAX ? (Str){"", 0} : str_part(*rest, dot + 1, rest->len);
    return part;
}

bool unit_find_owner(Unit *from, Str path, Unit **owner, Name *name)
{
    for (unsigned depth = 0; depth < LIMIT_REEXPORTS; depth++) {
        Str rest;
        if (str_starts(path, STR("."))) path = str_part(path, 1, path.len);
        const Module *module =
            from->module_file ? modules_find_prefix(from->program->modules, from->module_file, path, &rest)
                              : NULL;
        if (!module || !rest.len || str_find_byte(rest, '.') != SIZE_MAX) return false;
        Unit *unit = program_unit(from->program, module);
        if (!unit || !unit->defined) return false;
        *owner = unit;
        *name = names_intern(from->names, rest);
        const FrameSlot *slot = frame_slot(unit->module, *name);
        const Item *again = slot ? value_find(slot->value, ITEM_PATH) : NULL;
        if (!again || !again->unit) return slot != NULL;
        from = again->unit;
        path = again->path;
    }
    return false;
}

static const Value *look_up(Unit *from, Str path)
{
    Program *program = from->program;
    Str rest;
    if (str_starts(path, STR("."))) path = str_part(path, 1, path.len);
    const Module *module = modules_find_prefix(program->modules, from->module_file, path, &rest);
    if (!module || !rest.len) return NULL;
    Unit *unit = program_unit(program, module);
    if (!unit || !unit->defined) return NULL;
    Flow flow = flow_in(unit, unit->module);
    const Value *value = unit_member(unit, names_intern(program->names, next_part(&rest)), 0);
    while (value && rest.len)
        value = flow_attribute(&flow, 0, value, names_intern(program->names, next_part(&rest)));
    return value;
}

/* What the dotted path is for the module that wrote it; NULL: nothing of the program. */
static const Value *resolve(Unit *from, Str path)
{
    if (!from->module_file || paths_find(&from->program->paths, path)->is_known) return NULL;
    Name name = names_intern(from->names, path);
    uint32_t known = map_find(&from->resolved, name);
    if (known != MAP_NONE) return from->resolved_values.items[known];
    Program *program = from->program;
    uint32_t outer_cut = program->cut_depth;
    program->cut_depth = UINT32_MAX;
    const Value *value = look_up(from, path);
    bool whole = program->cut_depth == UINT32_MAX;
    if (outer_cut < program->cut_depth) program->cut_depth = outer_cut;
    if (!whole || contribution_may_grow(value)) return value;
    map_put(&from->resolved, name, (uint32_t)from->resolved_values.count);
    vec_add(&from->resolved_values, value);
    return value;
}

/* --- expressions of modules --- */

static const Value *evaluate(Unit *unit, const Item *item)
{
    Flow flow = flow_in(unit, item->closure);
    NodeKind kind = unit_node(unit, item->made_by)->kind;
    if (kind == STMT_ANNOTATED) {
        const Value *declared = flow_annotation(&flow, unit_node(unit, item->made_by)->second);
        return declared ? declared : flow_expression(&flow, unit_node(unit, item->made_by)->third);
    }
    if (kind == STMT_FUNCTION || kind == STMT_CLASS) return flow_decorated(&flow, item->made_by, item->inner);
    return flow_expression(&flow, item->made_by);
}

static const Value *lazy_value(const Item *item)
{
    Unit *unit = item->unit;
    Lazy *lazy = unit_lazy(unit, item->made_by);
    if (lazy->known) return lazy->value;
    if (!query_begin(unit->program, &lazy->query)) return lazy->value;
    lazy->value = evaluate(unit, item);
    lazy->known = query_end(unit->program, &lazy->query);
    return lazy->value;
}

/* --- settling --- */

static const Value *settled_path(Flow *flow, const Value *value, const Item *item)
{
    const Value *found = item->unit && !flow->defining ? resolve(item->unit, item->path) : NULL;
    if (!found) return NULL;
    const Item *class = item->part_count && found->count == 1 ? value_find(found, ITEM_CLASS) : NULL;
    if (class && !class->part_count) {
        Item generic = *class;
        generic.parts = item->parts;
        generic.part_count = item->part_count;
        found = value_of(flow->arena, generic);
    }
    return value_at_most(flow->arena, found, value_confidence(value, item));
}

static const Value *settled_instance(Flow *flow, const Value *value, const Item *item)
{
    const Value *found = settled_path(flow, value, item);
    if (!found) return NULL;
    found = flow_object_of(flow, flow_settled_type(flow, found));
    return found ? found : value_of(flow->arena, (Item){.kind = ITEM_LITERAL, .id = EXPR_STRING});
}

/* The item's promise kept; the item itself when it is none; NULL: nothing is known. */
static const Value *settled_item(Flow *flow, const Value *value, uint32_t index)
{
    const Item *item = &value->items[index];
    const Value *found = NULL;
    switch (item->kind) {
    case ITEM_PATH:
        found = settled_path(flow, value, item);
        break;
    case ITEM_INSTANCE:
        found = settled_instance(flow, value, item);
        break;
    case ITEM_VARIABLE:
        return flow->defining ? NULL : flow_variable_bound(flow, item);
    case ITEM_LAZY:
        return flow->defining ? NULL : lazy_value(item);
    case ITEM_PART:
        return flow->defining ? NULL : flow_part(flow, item->inner, item->id);
    case ITEM_RESULT:
        return flow->defining
                   ? NULL
                   : value_at_most(flow->arena, invocation_result(flow_program(flow), item->invocation),
                                   value_confidence(value, item));
    default:
        break;
    }
    return found ? found : value_alternative(flow->arena, value, index);
}

static bool is_promise(const Flow *flow, const Item *item, bool of_variables)
{
    if (item->kind == ITEM_VARIABLE) return of_variables;
    if (item->kind == ITEM_RESULT || item->kind == ITEM_LAZY || item->kind == ITEM_PART) return true;
    if (item->kind != ITEM_PATH && item->kind != ITEM_INSTANCE) return false;
    return item->unit && !flow->defining && resolve(item->unit, item->path);
}

static bool holds_promise(const Flow *flow, const Value *value, bool of_variables)
{
    for (uint32_t i = 0; value && i < value->count; i++)
        if (is_promise(flow, &value->items[i], of_variables)) return true;
    return false;
}

static const Value *settle(Flow *flow, const Value *value, bool of_variables)
{
    for (unsigned step = 0; step < SETTLE_STEPS && holds_promise(flow, value, of_variables); step++) {
        const Value *settled = NULL;
        for (uint32_t i = 0; i < value->count; i++) {
            const Item *item = &value->items[i];
            bool stays = item->kind == ITEM_VARIABLE && !of_variables;
            const Value *one =
                stays ? value_alternative(flow->arena, value, i) : settled_item(flow, value, i);
            settled = i ? value_join(flow->arena, settled, one) : one;
        }
        value = settled && value->open_ended ? value_join(flow->arena, settled, NULL) : settled;
    }
    return holds_promise(flow, value, of_variables) ? NULL : value;
}

const Value *flow_settled(Flow *flow, const Value *value)
{
    return settle(flow, value, true);
}

const Value *flow_settled_type(Flow *flow, const Value *value)
{
    return settle(flow, value, false);
}

static bool is_name(const Item *item)
{
    return item->kind == ITEM_PATH || item->kind == ITEM_LAZY || item->kind == ITEM_PART;
}

const Value *flow_resolved(Flow *flow, const Value *value)
{
    const Value *resolved = NULL;
    bool any = false;
    for (uint32_t i = 0; value && i < value->count; i++)
        any = any || (is_name(&value->items[i]) && is_promise(flow, &value->items[i], false));
    if (!any) return value;
    for (uint32_t i = 0; i < value->count; i++) {
        const Value *one = value_alternative(flow->arena, value, i);
        if (is_name(&value->items[i])) one = flow_settled(flow, one);
        resolved = i ? value_join(flow->arena, resolved, one) : one;
    }
    return resolved;
}
