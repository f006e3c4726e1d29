#include "program/unit.h"

#include <string.h>

#include "program/flow.h"
#include "base/banned.h"

const Node *unit_node(const Unit *unit, NodeId id)
{
    return facts_node(unit->facts, id);
}

Str unit_text(const Unit *unit, NodeId id)
{
    Span span = unit_node(unit, id)->span;
    return str_part(facts_outline(unit->facts)->text, span.start, span.end);
}

FunctionInfo *unit_function_info(const Unit *unit, uint32_t id)
{
    return unit->functions.items[id];
}

ClassInfo *unit_class_info(const Unit *unit, uint32_t id)
{
    return unit->classes.items[id];
}

static uint32_t *id_slot(Unit *unit, NodeId node)
{
    if (node >= unit->function_ids_size) {
        size_t size = (size_t)node + 1 + unit->function_ids_size;
        unit->function_ids = memory_resize(unit->function_ids, size * sizeof *unit->function_ids);
        memset(unit->function_ids + unit->function_ids_size, 0,
               (size - unit->function_ids_size) * sizeof *unit->function_ids);
        unit->function_ids_size = size;
    }
    return &unit->function_ids[node];
}

static Str qualified_name(const Unit *unit, const Node *node, uint32_t class_id, uint32_t outer)
{
    Str name = node->kind == EXPR_LAMBDA ? STR("<lambda>") : name_str(node->name);
    if (class_id != ID_NONE)
        return str_join(unit->arena, unit_class_info(unit, class_id)->name, STR("."), name);
    if (outer == ID_NONE) return name;
    return str_join(unit->arena, unit_function_info(unit, outer)->name, STR(".<locals>."), name);
}

uint32_t unit_function(Unit *unit, NodeId node, Frame *closure, uint32_t class_id, uint32_t outer)
{
    uint32_t *slot = id_slot(unit, node);
    if (*slot) {
        FunctionInfo *known = unit_function_info(unit, *slot - 1);
        known->closure = closure;
        return *slot - 1;
    }
    const Node *facts = unit_node(unit, node);
    FunctionInfo *info = arena_alloc(unit->arena, sizeof *info);
    info->node = node;
    info->closure = closure;
    info->class_id = class_id;
    info->outer = outer;
    info->is_lambda = facts->kind == EXPR_LAMBDA;
    info->is_async = facts->flags & FLAG_ASYNC;
    info->is_generator = facts->flags & FLAG_GENERATOR;
    info->name = qualified_name(unit, facts, class_id, outer);
    *slot = (uint32_t)unit->functions.count + 1;
    vec_add(&unit->functions, info);
    return *slot - 1;
}

void unit_follow(Unit *unit, uint32_t function)
{
    FunctionInfo *info = unit_function_info(unit, function);
    if (info->contexts.loop || info->off_loop) return;
    info->followed = true;
    info->contexts.loop = true;
    vec_add(&unit->waiting, function);
}

void unit_read_body(Unit *unit, uint32_t function)
{
    NodeId node = unit_function_info(unit, function)->node;
    if (!(unit_node(unit, node)->flags & FLAG_UNREAD)) return;
    facts_read(unit->facts, node);
    unit->rounds = 2;
    /* A yield inside the body was not known from the header alone. */
    if (unit_node(unit, node)->flags & FLAG_GENERATOR)
        unit_function_info(unit, function)->is_generator = true;
}

/* A statement of the text starts with `global`. */
static bool declares_global(Str text)
{
    for (;;) {
        size_t at = str_find(text, STR("global "));
        if (at == SIZE_MAX) return false;
        size_t before = at;
        while (before && (text.ptr[before - 1] == ' ' || text.ptr[before - 1] == '\t'))
            before--;
        if (before && (text.ptr[before - 1] == '\n' || text.ptr[before - 1] == ';')) return true;
        text = str_part(text, at + 7, text.len);
    }
}

/* Sync functions that assign module globals: what they assign is seen by every function. */
static void take_globals(Unit *unit)
{
    for (size_t i = 0; i < unit->functions.count; i++) {
        FunctionInfo *info = unit->functions.items[i];
        if (info->is_lambda || !declares_global(unit_text(unit, info->node))) continue;
        Flow flow = {
            .unit = unit, .frame = info->closure, .function = ID_NONE, .root = ID_NONE, .silent = true};
        flow_function_result(&flow, (uint32_t)i, NULL);
    }
}

static bool is_word_byte(char byte)
{
    return byte == '_' || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z');
}

static size_t word_start(Str text, size_t end)
{
    while (end && is_word_byte(text.ptr[end - 1]))
        end--;
    return end;
}

/* `call_later(`, `.call_later(` or `asyncio.run(` hands a function to a loop, as far as its words tell. */
static bool registers(const Catalogue *catalogue, Str text, size_t bracket)
{
    size_t word = word_start(text, bracket);
    if (word == bracket) return false;
    if (word == 0 || text.ptr[word - 1] != '.')
        return catalogue_is_registrar(catalogue, str_part(text, word, bracket));
    if (catalogue_is_registrar(catalogue, str_part(text, word - 1, bracket))) return true;
    size_t receiver = word_start(text, word - 1);
    return catalogue_is_registrar(catalogue, str_part(text, receiver, bracket));
}

static bool calls_registrar(const Catalogue *catalogue, Str text)
{
    for (size_t start = 0;;) {
        size_t bracket = str_find_byte(str_part(text, start, text.len), '(');
        if (bracket == SIZE_MAX) return false;
        if (registers(catalogue, text, start + bracket)) return true;
        start += bracket + 1;
    }
}

/* Plain functions that hand callbacks or coroutines to a loop are walked too, for what they hand over. */
static void follow_registrars(Unit *unit)
{
    for (size_t i = 0; i < unit->functions.count; i++) {
        FunctionInfo *info = unit->functions.items[i];
        if (info->followed || info->is_lambda || info->outer != ID_NONE) continue;
        if (!calls_registrar(unit->catalogue, unit_text(unit, info->node))) continue;
        info->followed = true;
        vec_add(&unit->waiting, (uint32_t)i);
    }
}

static void walk_module(Unit *unit)
{
    Flow flow = {.unit = unit, .frame = unit->module, .function = ID_NONE, .root = ID_NONE};
    flow_block(&flow, facts_module(unit->facts));
}

void unit_analyse(Unit *unit)
{
    unit->module = frame_new(unit->arena, FRAME_MODULE, NULL);
    unit->rounds = 1;
    walk_module(unit);
    take_globals(unit);
    follow_registrars(unit);
    for (size_t i = 0; i < unit->waiting.count; i++) {
        unit->inline_calls = 0;
        flow_root(unit, unit->waiting.items[i]);
    }
}

void unit_free(Unit *unit)
{
    for (size_t i = 0; i < unit->functions.count; i++)
        vec_free(&unit->functions.items[i]->callers);
    vec_free(&unit->functions);
    vec_free(&unit->classes);
    vec_free(&unit->calls);
    vec_free(&unit->waiting);
    vec_free(&unit->star_imports);
    free(unit->function_ids);
}
