#include "fixes/twin_edit.h"

#include "fixes/held_lock.h"

#include "fixes/names.h"
#include "base/banned.h"

/* --- spots --- */

bool spot_find(const Unit *unit, NodeId node, Spot *spot)
{
    *spot = (Spot){.unit = unit};
    return around_find(unit, 0, node, &spot->around);
}

bool spot_of_finding(const Draft *draft, Spot *spot)
{
    const FunctionInfo *function = draft_function(draft);
    *spot = (Spot){.unit = draft->unit};
    return around_find(draft->unit, function ? function->node : 0, draft->subject->node, &spot->around);
}

Spot spot_around(const Spot *spot, uint32_t levels)
{
    Spot outer = *spot;
    outer.around.count -= levels < outer.around.count ? levels : outer.around.count;
    return outer;
}

NodeId spot_parent(const Spot *spot, uint32_t levels)
{
    return spot->around.count > levels ? spot->around.nodes[spot->around.count - 1 - levels] : 0;
}

NodeId spot_node(const Spot *spot)
{
    return spot_parent(spot, 0);
}

Str path_last(Str path)
{
    return str_after_last(path, '.');
}

Str path_owner(Str path)
{
    size_t dot = str_find_last(path, '.');
    return str_part(path, 0, dot == SIZE_MAX ? 0 : dot);
}

/* --- where an await may stand --- */

static bool is_comprehension(const Node *node)
{
    return node->kind == EXPR_LIST_COMPREHENSION || node->kind == EXPR_SET_COMPREHENSION ||
           node->kind == EXPR_DICT_COMPREHENSION;
}

/* Before 3.11 a comprehension in another one cannot be asynchronous. */
static bool is_nested_comprehension(const Spot *spot)
{
    unsigned count = 0;
    for (uint32_t i = 0; i < spot->around.count; i++)
        count += is_comprehension(unit_node(spot->unit, spot->around.nodes[i]));
    return count > 1;
}

static bool is_held(const Step *step)
{
    return !step->call && step->rule.effect == EFFECT_DB;
}

/* The spot stands in the body of a `with` that enters what the step gets. */
static bool is_in_body(const Spot *spot, const Step *step)
{
    for (uint32_t i = 0; i + 1 < spot->around.count; i++) {
        const Node *node = unit_node(spot->unit, spot->around.nodes[i]);
        if (spot->around.nodes[i] != step->statement || node->kind != STMT_WITH) continue;
        return unit_node(spot->unit, spot->around.nodes[i + 1])->kind != WITH_ITEM;
    }
    return false;
}

static bool is_in_with(const Spot *spot)
{
    for (uint32_t i = 0; i < spot->around.count; i++)
        if (unit_node(spot->unit, spot->around.nodes[i])->kind == STMT_WITH) return true;
    return false;
}

/* What `with` blocks hold, by the walks of the function: `with atomic():`. */
static bool is_in_held_block(const Spot *spot)
{
    size_t count = is_in_with(spot) ? spot->unit->on_loop.count : 0;
    for (size_t i = 0; i < count; i++) {
        const Instance *instance = spot->unit->on_loop.items[i];
        for (size_t k = 0; k < instance->steps.count; k++) {
            const Step *step = &instance->steps.items[k];
            if (is_held(step) && is_in_body(spot, step)) return true;
        }
    }
    return false;
}

bool twin_may_await(Draft *draft, const Spot *spot)
{
    const char *reason = around_forbids_await(&spot->around);
    if (!reason && is_nested_comprehension(spot)) reason = "stands in a nested comprehension";
    uint32_t function = draft->subject->function;
    if (!reason && function != ID_NONE && lock_is_held(draft->program, function, &spot->around))
        reason = "a lock of threads is held there";
    if (!reason && is_in_held_block(spot)) reason = "a transaction is held there";
    if (reason) draft_refuse(draft, "%s", reason);
    return !reason;
}

/* --- edits --- */

void twin_await(Draft *draft, const Spot *spot)
{
    bool bracket = around_binds_tighter(&spot->around);
    Span span = unit_node(spot->unit, spot_node(spot))->span;
    draft_insert(draft, spot->unit, span.start, bracket ? STR("(await ") : STR("await "));
    if (bracket) draft_insert(draft, spot->unit, span.end, STR(")"));
}

void twin_rename(Draft *draft, const Unit *unit, NodeId attribute, Str name)
{
    const Node *node = unit_node(unit, attribute);
    Str text = unit_text(unit, attribute), old = name_str(node->name);
    if (str_equal(old, name)) return;
    if (node->kind != EXPR_ATTRIBUTE || !old.len || !str_ends(text, old)) {
        draft_refuse(draft, "the name in the text was not found");
        return;
    }
    draft_replace(draft, unit, (Span){node->span.end - (uint32_t)old.len, node->span.end}, name);
}

static void insert_async(Draft *draft, const Unit *unit, NodeId node, Str keyword)
{
    if (str_starts(unit_text(unit, node), keyword))
        draft_insert(draft, unit, unit_node(unit, node)->span.start, STR("async "));
    else
        draft_refuse(draft, "the name in the text was not found");
}

static const char *const collectors[] = {"list", "tuple", "set", "frozenset", "sorted", "sum",
                                         "min",  "max",   "any", "all",       "dict",   "enumerate"};

static bool is_collector(Str name)
{
    for (size_t i = 0; i < sizeof collectors / sizeof *collectors; i++)
        if (str_equal(name, str_from(collectors[i]))) return true;
    return false;
}

NodeId twin_collected(const Unit *unit, NodeId call)
{
    const Node *node = unit_node(unit, call);
    const Node *callee = unit_node(unit, node->first), *argument = unit_node(unit, node->second);
    if (node->kind != EXPR_CALL || callee->kind != EXPR_NAME || !is_collector(name_str(callee->name)))
        return 0;
    return argument->kind == ARG_KEYWORD || argument->kind == EXPR_STARRED || argument->kind == EXPR_GENERATOR
               ? 0
               : node->second;
}

/* `list(x)` becomes `[item async for item in x]`, `set(x)` becomes `set([item async for item in x])`. */
static void collect(Draft *draft, const Unit *unit, NodeId call, NodeId argument)
{
    const Node *node = unit_node(unit, call), *value = unit_node(unit, argument);
    Str name = name_fresh(draft, unit, draft_function(draft), STR("item"));
    Str before = draft_format(draft, "[%.*s async for %.*s in ", DRAFT_STR(name), DRAFT_STR(name));
    uint32_t open = unit_node(unit, node->first)->span.end;
    bool list = str_equal(name_str(unit_node(unit, node->first)->name), STR("list"));
    bool tight = value->span.start == open + 1 && value->span.end + 1 == node->span.end;
    if (list && tight) {
        draft_replace(draft, unit, (Span){node->span.start, value->span.start}, before);
        draft_replace(draft, unit, (Span){value->span.end, node->span.end}, STR("]"));
    } else {
        draft_insert(draft, unit, value->span.start, before);
        draft_insert(draft, unit, value->span.end, STR("]"));
    }
}

static void iterate_loop(Draft *draft, const Spot *spot)
{
    NodeId parent = spot_parent(spot, 1);
    const Node *loop = unit_node(spot->unit, parent);
    bool iterated = (loop->kind == STMT_FOR || loop->kind == CLAUSE_FOR) && loop->second == spot_node(spot);
    bool generates = unit_node(spot->unit, spot_parent(spot, 2))->kind == EXPR_GENERATOR;
    if (iterated && loop->kind == CLAUSE_FOR && generates)
        draft_refuse(draft, "stands in a generator expression");
    else if (iterated && loop->flags & FLAG_ASYNC)
        draft_refuse(draft, "is iterated asynchronously already");
    else if (iterated)
        insert_async(draft, spot->unit, parent, STR("for"));
    else
        draft_refuse(draft, "is not iterated in place");
}

void twin_iterate(Draft *draft, const Spot *spot)
{
    const Unit *unit = spot->unit;
    NodeId parent = spot_parent(spot, 1), node = spot_node(spot);
    if (twin_collected(unit, node))
        collect(draft, unit, node, twin_collected(unit, node));
    else if (twin_collected(unit, parent) == node)
        collect(draft, unit, parent, node);
    else
        iterate_loop(draft, spot);
}

void twin_enter(Draft *draft, const Spot *spot)
{
    NodeId statement = spot_parent(spot, 2);
    const Node *item = unit_node(spot->unit, spot_parent(spot, 1));
    const Node *with = unit_node(spot->unit, statement);
    bool alone = with->kind == STMT_WITH && with->first == spot_parent(spot, 1) && !item->next;
    if (item->kind != WITH_ITEM || item->first != spot_node(spot) || !alone)
        draft_refuse(draft, "is not what one `with` enters");
    else if (with->flags & FLAG_ASYNC)
        draft_refuse(draft, "is entered asynchronously already");
    else
        insert_async(draft, spot->unit, statement, STR("with"));
}

/* --- arguments --- */

static bool is_off(const Node *value)
{
    return value->kind == EXPR_FALSE || value->kind == EXPR_NOTHING;
}

static bool has_word(Str words, Str word)
{
    return word.len && name_occurs(words, word);
}

static void take_keyword(Draft *draft, const Unit *unit, const Node *argument, Str words)
{
    Str name = name_str(argument->name);
    if (!name.len)
        draft_refuse(draft, "hands over arguments by `**`");
    else if (has_word(words, name) && !is_off(unit_node(unit, argument->first)))
        draft_refuse(draft, "the asynchronous form gives something else with `%.*s`", DRAFT_STR(name));
}

bool twin_takes(Draft *draft, const Unit *unit, NodeId call, Str path)
{
    Str words = catalogue_unlike(unit->catalogue, path);
    unsigned position = 0;
    if (str_equal(words, STR("*"))) draft_refuse(draft, "the asynchronous form gives something else");
    for (NodeId at = words.len ? unit_node(unit, call)->second : 0; at; at = unit_node(unit, at)->next) {
        const Node *argument = unit_node(unit, at);
        if (argument->kind == ARG_KEYWORD)
            take_keyword(draft, unit, argument, words);
        else if (argument->kind == EXPR_STARRED || has_word(words, draft_format(draft, "%u", position++)))
            draft_refuse(draft, "the asynchronous form takes other arguments");
    }
    return !draft_is_refused(draft);
}
