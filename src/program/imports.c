/* What import statements bind. A relative import, or one of a module of the project, gives a path that the catalogue
 * does not know; following it into its file is the work of the module table. */
#include "program/flow.h"

#include "base/banned.h"

static const Value *path_value(const Flow *flow, Str path)
{
    Arena *arena = flow->unit->arena;
    return value_path(arena, catalogue_canonical(flow->unit->catalogue, path), CONFIDENCE_CERTAIN);
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
    frame_assign(flow->frame, name, value_path(flow->unit->arena, name_str(name), CONFIDENCE_CERTAIN));
}

static Str module_path(Flow *flow, const Node *statement)
{
    static const char dots[] = "................";
    size_t level = statement->level < sizeof dots - 1 ? statement->level : sizeof dots - 1;
    return str_join(flow->unit->arena, (Str){dots, level}, STR(""), name_str(statement->name));
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
        Str path = str_join(flow->unit->arena, module, STR("."), name_str(node->name));
        Name bound = node->first ? flow_node(flow, node->first)->name : node->name;
        frame_assign(flow->frame, bound, path_value(flow, path));
    }
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
