#include "fixes/loop_name.h"

#include "fixes/names.h"
#include "base/banned.h"

static bool gives_loop(const Unit *unit, NodeId value)
{
    Str text = unit_text(unit, value);
    return unit_node(unit, value)->kind == EXPR_CALL &&
           (str_ends(text, STR("get_running_loop()")) || str_ends(text, STR("get_event_loop()")));
}

/* What the block binds to a loop, of the kind; empty: nothing. */
static Str bound_in(const Unit *unit, NodeId first, NodeKind target_kind)
{
    for (NodeId at = first; at; at = unit_node(unit, at)->next) {
        const Node *statement = unit_node(unit, at), *target = unit_node(unit, statement->first);
        bool assigns = statement->kind == STMT_ASSIGN && !target->next && target->kind == target_kind;
        if (assigns && gives_loop(unit, statement->second)) return unit_text(unit, statement->first);
    }
    return STR("");
}

static Str parameter(const FunctionInfo *function)
{
    const Unit *unit = function->unit;
    for (NodeId at = unit_node(unit, function->node)->first; at; at = unit_node(unit, at)->next) {
        const Node *node = unit_node(unit, at);
        bool typed = node->first && str_ends(unit_text(unit, node->first), STR("AbstractEventLoop"));
        if (typed && node->name) return name_str(node->name);
    }
    return STR("");
}

static Str around(const FunctionInfo *function)
{
    const Unit *unit = function->unit;
    for (uint32_t id = function->outer; id != ID_NONE; id = unit_function_info(unit, id)->outer) {
        const FunctionInfo *outer = unit_function_info(unit, id);
        Str name = bound_in(unit, unit_node(unit, outer->node)->second, EXPR_NAME);
        if (!name.len) name = parameter(outer);
        if (name.len && !name_is_local(unit, function->node, name)) return name;
    }
    return STR("");
}

static Str attribute(const Program *program, const FunctionInfo *function)
{
    const Unit *unit = function->unit;
    for (size_t i = 0; function->class_id != ID_NONE && i < unit->functions.count; i++) {
        const FunctionInfo *other = program_function(program, unit->functions.items[i]);
        if (other->class_id != function->class_id || other == function) continue;
        Str name = bound_in(unit, unit_node(unit, other->node)->second, EXPR_ATTRIBUTE);
        if (str_starts(name, STR("self."))) return name;
    }
    return STR("");
}

Str loop_name(const Program *program, const FunctionInfo *function)
{
    Str name = parameter(function);
    if (!name.len) name = around(function);
    if (!name.len && !function->is_static && !function->is_class_method) name = attribute(program, function);
    if (name.len) return name;
    name = bound_in(function->unit, facts_module(function->unit->facts), EXPR_NAME);
    return name.len && !name_is_shadowed(function->unit, function, name) ? name : STR("");
}
