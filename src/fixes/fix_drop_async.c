/* A coroutine that never awaits, made a plain function, which the framework runs in a thread: another thread, so unsafe. */
#include "fixes/call_sites.h"
#include "fixes/shape.h"
#include "base/banned.h"

enum { CALL_DEPTH = 6, LOOK_LIMIT = 400 };

/* Something that its calls lead to needs the loop's own thread. */
typedef struct Search {
    const Program *program;
    unsigned looks;
    const char *found;
} Search;

static void look_at_notes(Search *search, const Instance *instance)
{
    for (size_t i = 0; i < instance->observations.count; i++) {
        const Observation *noted = &instance->observations.items[i];
        bool bound = noted->kind == OBSERVED_CALL && noted->traits & TRAIT_BIT(TRAIT_LOOP_BOUND);
        bool asks = noted->kind == OBSERVED_TASK || noted->kind == OBSERVED_COROUTINE ||
                    noted->kind == OBSERVED_LOOP_ASKED;
        if (bound || asks) search->found = "what it calls belongs on the loop";
    }
}

static void look(Search *search, const Instance *instance, unsigned depth)
{
    if (search->found || ++search->looks > LOOK_LIMIT || depth > CALL_DEPTH) return;
    look_at_notes(search, instance);
    for (size_t i = 0; i < instance->steps.count; i++) {
        const Step *step = &instance->steps.items[i];
        const Instance *callee = step->call ? step->call->instance : NULL;
        if (!callee) continue;
        if (program_function(search->program, step->call->function)->is_async)
            search->found = "it makes a coroutine";
        else
            look(search, callee, depth + 1);
    }
}

/* Only reading a global is the same in a thread. */
static bool assigns_globals(const Unit *unit, NodeId first)
{
    for (NodeId at = first; at; at = unit_node(unit, at)->next)
        if (unit_node(unit, at)->kind == STMT_GLOBAL) return true;
    return false;
}

static const char *use_elsewhere(const Draft *draft)
{
    CallSites mentions;
    call_sites_find(draft->program, draft->subject->function, &mentions);
    const char *reason = mentions.sites.count ? "other code calls it" : mentions.obstacle;
    call_sites_free(&mentions);
    return reason;
}

static const char *obstacle(const Draft *draft, const FunctionInfo *function)
{
    Search search = {.program = draft->program};
    if (!function->unit->is_root || function->class_id != ID_NONE) return "it is a method";
    if (assigns_globals(function->unit, draft_node(draft, function->node)->second))
        return "it assigns to a global, which several threads would do at once";
    look(&search, draft->subject->instance, 0);
    return search.found ? search.found : use_elsewhere(draft);
}

/* `async ` with its blanks, before `def`. */
static Span async_of(const Unit *unit, NodeId function)
{
    Str text = unit_text(unit, function), word = STR("async");
    size_t end = word.len;
    uint32_t start = unit_node(unit, function)->span.start;
    if (!str_starts(text, word)) return (Span){start, start};
    while (end < text.len && (text.ptr[end] == ' ' || text.ptr[end] == '\t'))
        end++;
    bool def = str_starts(str_part(text, end, text.len), STR("def"));
    return (Span){start, def ? start + (uint32_t)end : start};
}

static void drop(Draft *draft, const FunctionInfo *function)
{
    Span word = async_of(draft->unit, function->node);
    if (word.start == word.end) {
        draft_refuse(draft, "its header was not understood");
        return;
    }
    draft_replace(draft, draft->unit, word, STR(""));
    draft_claim(draft, draft->unit, draft_node(draft, function->node)->span);
    draft_at_most(draft, APPLICABILITY_UNSAFE);
    draft_title(draft, "Make `%.*s` a plain function", DRAFT_STR(function->name));
    draft_note(draft, "it then runs in a thread, several at once: what it shares has to bear that");
}

static void propose(Draft *draft)
{
    const FunctionInfo *function = draft_function(draft);
    if (draft->subject->kind != SUBJECT_FUNCTION || !function || !draft->subject->instance) return;
    const char *reason = obstacle(draft, function);
    if (reason)
        draft_refuse(draft, "%s", reason);
    else
        drop(draft, function);
}

const FixShape fix_drop_async = {.name = "drop-async", .rank = RANK_DROP_ASYNC, .propose = propose};
