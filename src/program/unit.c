#include "program/unit.h"

#include <string.h>

#include "program/flow.h"
#include "program/outcomes.h"
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
    return program_function(unit->program, id);
}

ClassInfo *unit_class_info(const Unit *unit, uint32_t id)
{
    return unit->program->classes.items[id];
}

static uint32_t *number_of(NodeNumbers *numbers, NodeId node)
{
    if (node >= numbers->size) {
        size_t size = (size_t)node + 1 + numbers->size;
        numbers->items = memory_resize(numbers->items, size * sizeof *numbers->items);
        memset(numbers->items + numbers->size, 0, (size - numbers->size) * sizeof *numbers->items);
        numbers->size = size;
    }
    return &numbers->items[node];
}

static Str qualified_name(const Unit *unit, const Node *node, uint32_t class_id, uint32_t outer)
{
    Str name = node->kind == EXPR_LAMBDA ? STR("<lambda>") : name_str(node->name);
    if (class_id != ID_NONE)
        return str_join(unit->arena, unit_class_info(unit, class_id)->name, STR("."), name);
    if (outer == ID_NONE) return name;
    return str_join(unit->arena, unit_function_info(unit, outer)->name, STR(".<locals>."), name);
}

/* Some text in it says `yield`: the body tells whether the function itself does. Whoever asks gets the same answer
 * whatever was read before. */
static void learn_generator(FunctionInfo *info)
{
    if (info->is_generator) unit_read_body(info);
}

uint32_t unit_function(Unit *unit, NodeId node, Frame *closure, uint32_t class_id, uint32_t outer)
{
    uint32_t *slot = number_of(&unit->function_ids, node);
    if (*slot) {
        FunctionInfo *known = unit_function_info(unit, *slot - 1);
        known->closure = closure;
        return *slot - 1;
    }
    const Node *facts = unit_node(unit, node);
    Program *program = unit->program;
    FunctionInfo *info = arena_alloc(&program->arena, sizeof *info);
    info->unit = unit;
    info->node = node;
    info->closure = closure;
    info->class_id = class_id;
    info->outer = outer;
    info->is_lambda = facts->kind == EXPR_LAMBDA;
    info->is_async = facts->flags & FLAG_ASYNC;
    info->is_generator = facts->flags & FLAG_GENERATOR;
    info->name = qualified_name(unit, facts, class_id, outer);
    vec_add(&program->functions, info);
    vec_add(&unit->functions, (uint32_t)program->functions.count - 1);
    *slot = (uint32_t)program->functions.count;
    uint32_t number = *slot - 1;
    learn_generator(info);
    return number;
}

uint32_t unit_class(Unit *unit, NodeId node, Str name)
{
    uint32_t *slot = number_of(&unit->class_ids, node);
    if (*slot) return *slot - 1;
    Program *program = unit->program;
    ClassInfo *info = arena_alloc(&program->arena, sizeof *info);
    info->unit = unit;
    info->node = node;
    info->name = name;
    map_init(&info->answers, &program->arena);
    vec_add(&program->classes, info);
    vec_add(&unit->classes, (uint32_t)program->classes.count - 1);
    *slot = (uint32_t)program->classes.count;
    return *slot - 1;
}

Lazy *unit_lazy(Unit *unit, NodeId node)
{
    uint32_t *slot = number_of(&unit->lazy_ids, node);
    if (!*slot) {
        vec_add(&unit->lazies, arena_alloc(&unit->program->arena, sizeof(Lazy)));
        *slot = (uint32_t)unit->lazies.count;
    }
    return unit->lazies.items[*slot - 1];
}

void unit_read_body(FunctionInfo *info)
{
    const Unit *unit = info->unit;
    if (!(unit_node(unit, info->node)->flags & FLAG_UNREAD)) return;
    facts_use(unit->facts, unit->program->parser, &unit->program->arena);
    facts_read(unit->facts, info->node);
    unit_body_was_read(info);
}

static bool is_nothing(const Unit *unit, const Node *statement)
{
    const Node *value = unit_node(unit, statement->first);
    switch ((NodeKind)statement->kind) {
    case STMT_PASS:
        return true;
    case STMT_EXPRESSION:
        return value->kind == EXPR_ELLIPSIS || value->kind == EXPR_STRING;
    case STMT_RAISE:
        return str_find(unit_text(unit, statement->first), STR("NotImplemented")) != SIZE_MAX;
    default:
        return false;
    }
}

void unit_read_header(FunctionInfo *info)
{
    const Unit *unit = info->unit;
    if (!(unit_node(unit, info->node)->flags & FLAG_HEADER_UNREAD)) return;
    facts_use(unit->facts, unit->program->parser, &unit->program->arena);
    facts_read_header(unit->facts, info->node);
    if (unit_node(unit, info->node)->flags & FLAG_HEADER_UNREAD) unit_read_body(info);
}

/* The last line returns something: the body need not be parsed to see that it does something. */
static bool ends_in_return(const FunctionInfo *info)
{
    Str text = str_trim(unit_text(info->unit, info->node));
    Str last = str_trim(str_part(text, str_find_last(text, '\n') + 1, text.len));
    return str_starts(last, STR("return ")) && str_find(last, STR("\"\"\"")) == SIZE_MAX &&
           str_find(last, STR("'''")) == SIZE_MAX;
}

bool unit_is_abstract(FunctionInfo *info)
{
    if (info->is_abstract) return true;
    bool unread = unit_node(info->unit, info->node)->flags & FLAG_UNREAD;
    if (info->is_lambda || (unread && ends_in_return(info))) return false;
    unit_read_body(info);
    for (NodeId at = unit_node(info->unit, info->node)->second; at; at = unit_node(info->unit, at)->next)
        if (!is_nothing(info->unit, unit_node(info->unit, at))) return false;
    return true;
}

/* A yield inside the body was not known from the header alone. */
void unit_body_was_read(FunctionInfo *info)
{
    info->is_generator = unit_node(info->unit, info->node)->flags & FLAG_GENERATOR;
}

/* A statement of the text starts with `global` and names it. */
static bool declares_global(Str text, Str name)
{
    for (;;) {
        size_t at = str_find(text, STR("global "));
        if (at == SIZE_MAX) return false;
        size_t before = at;
        while (before && (text.ptr[before - 1] == ' ' || text.ptr[before - 1] == '\t'))
            before--;
        bool starts = before && (text.ptr[before - 1] == '\n' || text.ptr[before - 1] == ';');
        text = str_part(text, at + 7, text.len);
        Str names = str_part(text, 0, str_find_byte(text, '\n'));
        if (starts && str_find(names, name) != SIZE_MAX) return true;
    }
}

bool unit_declares_global(const FunctionInfo *info, Str name)
{
    return declares_global(unit_text(info->unit, info->node), name);
}

static size_t word_start(Str text, size_t end)
{
    while (end && byte_is_word(text.ptr[end - 1]))
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

bool unit_calls_registrar(const FunctionInfo *info)
{
    return calls_registrar(info->unit->catalogue, unit_text(info->unit, info->node));
}

void unit_list_root(FunctionInfo *info, uint32_t function)
{
    if (info->listed || info->off_loop) return;
    info->listed = true;
    vec_add(&info->unit->roots, function);
}

/* Plain functions that hand callbacks or coroutines to a loop are walked too, for what they hand over. */
static void list_registrars(Unit *unit)
{
    for (size_t i = 0; i < unit->functions.count; i++) {
        uint32_t function = unit->functions.items[i];
        FunctionInfo *info = unit_function_info(unit, function);
        if (info->listed || info->is_lambda || info->outer != ID_NONE) continue;
        if (unit_calls_registrar(info)) unit_list_root(info, function);
    }
}

/* Names that some `global` statement declares, as far as the text tells. */
static void note_globals(Unit *unit)
{
    Str text = facts_outline(unit->facts)->text;
    map_init(&unit->declared_global, &unit->program->arena);
    for (size_t at; (at = str_find(text, STR("global "))) != SIZE_MAX;) {
        text = str_part(text, at + 7, text.len);
        for (size_t start = 0; start < text.len && text.ptr[start] != '\n'; start++) {
            Str name = str_word(text, start);
            start += name.len ? name.len - 1 : 0;
            if (name.len) map_put(&unit->declared_global, names_intern(unit->names, name), 1);
        }
    }
}

void unit_define(Unit *unit)
{
    if (unit->defined) return;
    unit->defined = true;
    Arena *arena = &unit->program->arena;
    map_init(&unit->resolved, arena);
    map_init(&unit->globals, arena);
    unit->module = frame_new(arena, FRAME_MODULE, NULL);
    note_globals(unit);
    Flow flow = flow_in(unit, unit->module);
    flow.defining = true;
    flow_block(&flow, facts_module(unit->facts));
}

static void link_one(Unit *unit, const Pending *pending)
{
    Flow flow = flow_in(unit, pending->frame);
    flow.silent = false;
    NodeKind kind = unit_node(unit, pending->node)->kind;
    if (kind == STMT_FUNCTION)
        flow_place_decorated(&flow, pending->id);
    else if (kind == STMT_CLASS)
        flow_place_methods(&flow, pending->id);
    else
        flow_note_use(&flow, pending->node, flow_expression(&flow, pending->node),
                      pending->statement ? OUTCOME_NONE : OUTCOME_SOME);
}

void unit_link(Unit *unit)
{
    if (unit->linked) return;
    unit->linked = true;
    for (size_t i = 0; i < unit->pending.count; i++)
        link_one(unit, &unit->pending.items[i]);
    list_registrars(unit);
}

void unit_free(Unit *unit)
{
    vec_free(&unit->pending);
    vec_free(&unit->functions);
    vec_free(&unit->classes);
    vec_free(&unit->roots);
    vec_free(&unit->star_imports);
    vec_free(&unit->resolved_values);
    vec_free(&unit->lazies);
    vec_free(&unit->on_loop);
    vec_free(&unit->observed);
    vec_free(&unit->observations);
    vec_free(&unit->others);
    free(unit->function_ids.items);
    free(unit->class_ids.items);
    free(unit->lazy_ids.items);
}
