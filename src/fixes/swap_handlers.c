/* `except` around a call whose library changes: what the new one raises is caught too. */
#include "fixes/dotted.h"
#include "fixes/mentions.h"
#include "fixes/swap.h"
#include "program/reach.h"
#include "base/banned.h"

enum { TRIES_MOST = 20 }; /* around the calls of one fix */

/* The types of one handler, as they will be written. */
typedef struct Types {
    Swap *swap;
    Span body; /* of what it guards */
    bool both; /* something else there still raises the old ones */
    bool changed;
    VEC(Str) texts;
} Types;

static void add_type(Types *types, Str text)
{
    for (size_t i = 0; i < types->texts.count; i++)
        if (str_equal(types->texts.items[i], text)) return;
    vec_add(&types->texts, text);
}

static bool is_used_inside(const Types *types, Str path)
{
    for (size_t i = 0; i < types->swap->uses.count; i++) {
        const SwapUse *use = &types->swap->uses.items[i];
        bool inside = types->body.start <= use->offset && use->offset <= types->body.end;
        if (inside && str_equal(use->path, path)) return true;
    }
    return false;
}

/* --- one type --- */

static bool is_of_library(const Swap *swap, Str path)
{
    return str_equal(str_before(path, '.'), str_before(swap->row.path, '.')) &&
           !str_starts(path, STR("builtins."));
}

/* All that stands for it; some only where a member was used in there. */
static void add_beside(Types *types, Str path)
{
    SwapRow row;
    for (size_t from = 0; swap_row(types->swap, path, SWAP_CATCH, &from, &row);)
        if (!row.only.len || is_used_inside(types, row.only))
            add_type(types, swap_spelled(types->swap, row.text));
}

static void add_mapped(Types *types, NodeId expression)
{
    SwapRow row;
    Swap *swap = types->swap;
    Str path = dotted_path(swap->draft, expression);
    size_t from = 0;
    bool known = path.len && swap_row(swap, path, SWAP_CATCH, &from, &row);
    if (!known) {
        if (is_of_library(swap, path)) swap_advise(swap, "`except %.*s` has no equivalent", DRAFT_STR(path));
        add_type(types, draft_text(swap->draft, expression));
        return;
    }
    if (!row.text.len) {
        swap_advise(swap, "`except %.*s` would no longer see its errors",
                    DRAFT_STR(draft_text(swap->draft, expression)));
        return;
    }
    if (types->both) add_type(types, draft_text(swap->draft, expression));
    add_beside(types, path);
    types->changed = true;
}

/* --- one handler --- */

static Str joined(const Types *types)
{
    Arena *arena = types->swap->draft->arena;
    Str text = STR("");
    for (size_t i = 0; i < types->texts.count; i++)
        text = str_join(arena, text, i ? STR(", ") : STR(""), types->texts.items[i]);
    return types->texts.count == 1 ? text : str_join(arena, STR("("), text, STR(")"));
}

/* The name of what was caught may be printed and raised again: its members are other ones now. */
static void check_name(const Swap *swap, const Node *handler)
{
    const Unit *unit = swap->draft->unit;
    for (NodeId id = 1; handler->name && id < facts_node_count(unit->facts); id++) {
        const Node *node = unit_node(unit, id);
        if (node->kind != EXPR_ATTRIBUTE || node->span.start < handler->span.start ||
            node->span.end > handler->span.end)
            continue;
        const Node *object = unit_node(unit, node->first);
        if (object->kind == EXPR_NAME && object->name == handler->name)
            draft_refuse(swap->draft, "the handler reads members of the exception");
    }
}

static void map_handler(Types *types, const Node *handler)
{
    Swap *swap = types->swap;
    const Node *caught = draft_node(swap->draft, handler->first);
    types->texts.count = 0;
    types->changed = false;
    if (!handler->first || caught->next) return;
    if (caught->kind == EXPR_TUPLE)
        for (NodeId at = caught->first; at; at = draft_node(swap->draft, at)->next)
            add_mapped(types, at);
    else
        add_mapped(types, handler->first);
    if (!types->changed || swap_stopped(swap)) return;
    check_name(swap, handler);
    if (str_find_byte(draft_text(swap->draft, handler->first), '#') != SIZE_MAX)
        draft_refuse(swap->draft, "a comment stands in what is replaced");
    swap_replace(swap, caught->span.start, caught->span.end, joined(types));
}

/* --- what else the body calls --- */

static bool is_own(const Swap *swap, NodeId node)
{
    for (size_t i = 0; i < swap->uses.count; i++)
        if (swap->uses.items[i].node == node) return true;
    return node == swap->root;
}

/* What the step leads to is of the old library. */
static bool raises_old(const Swap *swap, const Step *step)
{
    for (int effect = 0; effect < EFFECT_COUNT; effect++) {
        Reach reach;
        if (!reach_of_step(swap->draft->program, step, (Effect)effect, &reach)) continue;
        const Reach *last = &reach;
        while (last->next)
            last = last->next;
        if (!last->step->call && is_of_library(swap, last->step->rule.path)) return true;
    }
    return false;
}

/* Another call in there reaches the old library. */
static bool has_others(const Types *types)
{
    const Swap *swap = types->swap;
    const Instance *instance = swap->draft->subject->instance;
    for (size_t i = 0; i < instance->steps.count; i++) {
        const Step *step = &instance->steps.items[i];
        Span span = draft_node(swap->draft, step->report)->span;
        bool inside = types->body.start <= span.start && span.end <= types->body.end;
        if (inside && !is_own(swap, step->report) && raises_old(swap, step)) return true;
    }
    return false;
}

static Span body_of(const Swap *swap, const Node *attempt)
{
    Span body = draft_node(swap->draft, attempt->first)->span;
    for (NodeId at = attempt->first; at; at = draft_node(swap->draft, at)->next)
        body.end = draft_node(swap->draft, at)->span.end;
    return body;
}

static void map_handlers(Swap *swap, const Node *attempt)
{
    Types types = {.swap = swap, .body = body_of(swap, attempt)};
    types.both = has_others(&types);
    for (NodeId at = attempt->second; at && !swap_stopped(swap); at = draft_node(swap->draft, at)->next)
        map_handler(&types, draft_node(swap->draft, at));
    vec_free(&types.texts);
}

/* --- suppress() and the like --- */

static bool names_exception(const Swap *swap, NodeId expression)
{
    SwapRow row;
    size_t from = 0;
    Str path = dotted_path(swap->draft, expression);
    return path.len && swap_row(swap, path, SWAP_CATCH, &from, &row);
}

static void check_with(Swap *swap, const Node *with)
{
    for (NodeId at = with->first; at; at = draft_node(swap->draft, at)->next) {
        const Node *call = draft_node(swap->draft, draft_node(swap->draft, at)->first);
        for (NodeId item = call->kind == EXPR_CALL ? call->second : 0; item;
             item = draft_node(swap->draft, item)->next)
            if (names_exception(swap, item))
                draft_refuse(swap->draft, "a `with` around it names its exceptions");
    }
}

/* What stands around one of the calls; handlers that were seen to around another one are done. */
static void look_around(Swap *swap, NodeId node, NodeId *done)
{
    Around around;
    Span span = draft_node(swap->draft, node)->span;
    if (!around_find(swap->draft->unit, draft_function(swap->draft)->node, node, &around)) return;
    for (uint32_t i = 1; i < around.count && !swap_stopped(swap); i++) {
        const Node *outer = draft_node(swap->draft, around.nodes[i]);
        if (outer->kind == STMT_WITH) check_with(swap, outer);
        if (outer->kind != STMT_TRY || span.end > body_of(swap, outer).end) continue;
        size_t at = 0;
        while (at < TRIES_MOST && done[at] && done[at] != around.nodes[i])
            at++;
        if (at == TRIES_MOST) draft_refuse(swap->draft, "stands in too many handlers");
        if (at == TRIES_MOST || done[at]) continue;
        done[at] = around.nodes[i];
        map_handlers(swap, outer);
    }
}

void swap_handlers(Swap *swap)
{
    NodeId done[TRIES_MOST] = {0};
    look_around(swap, swap->root, done);
    for (size_t i = 0; i < swap->uses.count && !swap_stopped(swap); i++)
        look_around(swap, swap->uses.items[i].node, done);
}
