/* Decorators that put what they decorate into a table: they are run before anything that reads the table. */
#include "program/contributions.h"

#include "base/limits.h"
#include "program/instance.h"
#include "base/banned.h"

/* The text keeps something: a cheap look before the function is walked. */
static bool keeps_something(Str text)
{
    static const char *const marks[] = {"] =",          "]=",       ".append(",  ".add(",
                                        ".setdefault(", ".insert(", ".register("};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (str_find(text, str_from(marks[i])) != SIZE_MAX) return true;
    return false;
}

static bool target_registers(Flow *flow, NodeId decorator, bool of_class)
{
    const Node *node = flow_node(flow, decorator);
    const Value *target =
        flow_settled(flow, flow_expression(flow, node->kind == EXPR_CALL ? node->first : decorator));
    const Item *function = value_find(target, ITEM_FUNCTION);
    if (!function) return false;
    const FunctionInfo *info = unit_function_info(flow->unit, function->id);
    return of_class || keeps_something(unit_text(info->unit, info->node));
}

static bool registers(Flow *flow, NodeId definition)
{
    bool of_class = flow_node(flow, definition)->kind == STMT_CLASS;
    for (NodeId at = flow_node(flow, definition)->third; at; at = flow_node(flow, at)->next)
        if (target_registers(flow, at, of_class)) return true;
    return false;
}

/* `@show.register`: the function runs in the place of `show` for some arguments. */
static void register_dispatch(Flow *flow, NodeId definition, const Value *plain)
{
    for (NodeId at = flow_node(flow, definition)->third; at; at = flow_node(flow, at)->next) {
        const Node *node = flow_node(flow, at);
        if (node->kind == EXPR_CALL) node = flow_node(flow, node->first);
        if (node->kind != EXPR_ATTRIBUTE || !str_equal(name_str(node->name), STR("register"))) continue;
        const Value *target = flow_settled(flow, flow_expression(flow, node->first));
        const Item *wrapped = value_find(target, ITEM_WRAPPED);
        const Item *function = value_find(wrapped ? wrapped->inner : target, ITEM_FUNCTION);
        FunctionInfo *info = function ? unit_function_info(flow->unit, function->id) : NULL;
        if (info && info->is_dispatch) contribute_dispatch(flow_program(flow), info, plain);
    }
}

static void register_one(Unit *unit, const Pending *pending)
{
    Flow flow = flow_in(unit, pending->frame);
    NodeKind kind = unit_node(unit, pending->node)->kind;
    if (kind != STMT_FUNCTION && kind != STMT_CLASS) return;
    Item plain = {.kind = kind == STMT_CLASS ? ITEM_CLASS : ITEM_FUNCTION,
                  .id = pending->id,
                  .closure = kind == STMT_CLASS ? NULL : pending->frame,
                  .confidence = CONFIDENCE_CERTAIN};
    register_dispatch(&flow, pending->node, value_of(flow.arena, plain));
    if (!registers(&flow, pending->node)) return;
    flow_settled(&flow, value_of(flow.arena, (Item){.kind = ITEM_LAZY,
                                                    .made_by = pending->node,
                                                    .unit = unit,
                                                    .closure = pending->frame,
                                                    .inner = value_of(flow.arena, plain),
                                                    .confidence = CONFIDENCE_CERTAIN}));
}

/* The name stands in the text this once: the module is imported for what it does. */
static bool stands_once(Str text, Str name)
{
    size_t at = str_find(text, name);
    return at != SIZE_MAX && str_find(str_part(text, at + name.len, text.len), name) == SIZE_MAX;
}

static void read_module(Unit *unit, Str path)
{
    Str rest;
    const Module *module = modules_find_prefix(unit->program->modules, unit->module_file, path, &rest);
    if (module && !rest.len && module->origin == MODULE_PROJECT) program_unit(unit->program, module);
}

static void register_imports(Unit *unit, NodeId statement)
{
    const Node *node = unit_node(unit, statement);
    Str text = facts_outline(unit->facts)->text;
    Str from = node->kind == STMT_IMPORT_FROM ? name_str(node->name) : (Str){"", 0};
    if (node->kind == STMT_IMPORT_FROM && node->level)
        from = modules_absolute(unit->arena, unit->module_file, node->level, from);
    unsigned count = 0;
    for (NodeId id = node->first; id && count < LIMIT_EFFECT_IMPORTS;
         id = unit_node(unit, id)->next, count++) {
        const Node *alias = unit_node(unit, id);
        Str path = alias->name ? name_str(alias->name) : (Str){"", 0};
        if (alias->first || !path.len || !stands_once(text, path)) continue;
        read_module(unit, from.len ? str_join(unit->arena, from, STR("."), path) : path);
    }
}

/* Modules that are imported for nothing else than what they do. */
static void read_imports(Unit *unit)
{
    unsigned count = 0;
    NodeId first = unit->module_file ? facts_module(unit->facts) : 0;
    for (NodeId at = first; at && count < LIMIT_EFFECT_IMPORTS; at = unit_node(unit, at)->next) {
        NodeKind kind = unit_node(unit, at)->kind;
        if (kind != STMT_IMPORT && kind != STMT_IMPORT_FROM) continue;
        register_imports(unit, at);
        count++;
    }
}

void unit_register(Unit *unit)
{
    for (size_t i = 0; i < unit->pending.count; i++)
        register_one(unit, &unit->pending.items[i]);
    read_imports(unit);
}
