/* What import statements bind: dotted paths, and the unit that wrote them; settle.c finds what they stand for. */
#include "program/flow.h"

#include "base/banned.h"

/* Some file may tell what stands below the path's first module. */
static bool of_program(const Unit *unit, Str path)
{
    if (str_starts(path, STR("."))) path = str_part(path, 1, path.len);
    size_t dot = str_find_byte(path, '.');
    Str top = dot == SIZE_MAX ? path : str_part(path, 0, dot);
    return unit->module_file && top.len && modules_find(unit->program->modules, unit->module_file, top);
}

static const Value *path_value(const Flow *flow, Str path)
{
    return value_of(flow->arena, (Item){.kind = ITEM_PATH,
                                        .path = catalogue_canonical(flow->unit->catalogue, path),
                                        .unit = of_program(flow->unit, path) ? flow->unit : NULL,
                                        .confidence = CONFIDENCE_CERTAIN});
}

/* `import a.b` binds a; `import a.b as c` binds a.b to c. */
static void import_alias(Flow *flow, NodeId alias)
{
    const Node *node = flow_node(flow, alias);
    if (node->first) {
        frame_assign(flow->frame, flow_node(flow, node->first)->name, path_value(flow, name_str(node->name)));
        return;
    }
    Str path = name_str(node->name);
    size_t dot = str_find_byte(path, '.');
    Str top = dot == SIZE_MAX ? path : str_part(path, 0, dot);
    Name name = names_intern(flow->unit->names, top);
    /* `import os.path` after `import os` changes nothing. */
    frame_assign(flow->frame, name, path_value(flow, name_str(name)));
}

/* A relative import keeps a dot where no package's name stands before it: `.time` is never the library's `time`. */
static Str module_path(Flow *flow, const Node *statement)
{
    const Module *from = flow->unit->module_file;
    Str name = name_str(statement->name);
    if (!statement->level) return name;
    Str absolute = from ? modules_absolute(flow->arena, from, statement->level, name) : (Str){"", 0};
    bool in_package = absolute.len && (from->is_package || str_find_byte(from->name, '.') != SIZE_MAX);
    return in_package ? absolute : str_join(flow->arena, STR("."), STR(""), absolute.len ? absolute : name);
}

static void import_from(Flow *flow, NodeId id)
{
    const Node *statement = flow_node(flow, id);
    Str module = module_path(flow, statement);
    for (NodeId alias = statement->first; alias; alias = flow_node(flow, alias)->next) {
        const Node *node = flow_node(flow, alias);
        if (str_equal(name_str(node->name), STR("*"))) {
            vec_add(&flow->unit->star_imports, module);
            continue;
        }
        bool bare = str_equal(module, STR("."));
        Str path = str_join(flow->arena, module, bare ? STR("") : STR("."), name_str(node->name));
        Name bound = node->first ? flow_node(flow, node->first)->name : node->name;
        frame_assign(flow->frame, bound, path_value(flow, path));
    }
}

/* --- `def __getattr__(name)` of a module: names that are imported when somebody asks --- */

static NodeId import_of(const Unit *unit, NodeId first, Name name);

static bool imports(const Unit *unit, NodeId statement, Name name)
{
    const Node *node = unit_node(unit, statement);
    if (node->kind != STMT_IMPORT_FROM) return false;
    for (NodeId alias = node->first; alias; alias = unit_node(unit, alias)->next)
        if (unit_node(unit, alias)->name == name) return true;
    return false;
}

static NodeId import_inside(const Unit *unit, const Node *node, Name name)
{
    switch ((NodeKind)node->kind) {
    case STMT_IF: {
        NodeId found = import_of(unit, node->second, name);
        return found ? found : import_of(unit, node->third, name);
    }
    case STMT_TRY:
        return import_of(unit, node->first, name);
    case STMT_WITH:
        return import_of(unit, node->second, name);
    default:
        return 0;
    }
}

/* The statement among these, and the blocks in them, that imports the name. */
static NodeId import_of(const Unit *unit, NodeId first, Name name)
{
    for (NodeId at = first; at; at = unit_node(unit, at)->next) {
        NodeId inside = imports(unit, at, name) ? at : import_inside(unit, unit_node(unit, at), name);
        if (inside) return inside;
    }
    return 0;
}

const Value *unit_lazy_export(Unit *unit, Name name)
{
    const FrameSlot *slot = frame_slot(unit->module, names_intern(unit->names, STR("__getattr__")));
    const Item *function = slot ? value_find(slot->value, ITEM_FUNCTION) : NULL;
    if (!function) return NULL;
    FunctionInfo *info = unit_function_info(unit, function->id);
    unit_read_body(info);
    NodeId statement = import_of(unit, unit_node(unit, info->node)->second, name);
    if (!statement) return NULL;
    Flow flow = flow_in(unit, frame_new(&unit->program->arena, FRAME_COMPREHENSION, unit->module));
    flow_import(&flow, statement);
    const FrameSlot *bound = frame_slot(flow.frame, name);
    return bound ? bound->value : NULL;
}

void flow_import(Flow *flow, NodeId statement)
{
    if (flow_node(flow, statement)->kind == STMT_IMPORT_FROM) {
        import_from(flow, statement);
        return;
    }
    for (NodeId alias = flow_node(flow, statement)->first; alias; alias = flow_node(flow, alias)->next)
        import_alias(flow, alias);
}
