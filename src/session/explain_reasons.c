/* Where a function runs, and why. */
#include "session/explain.h"

#include "checks/chain.h"
#include "program/contexts.h"
#include "base/banned.h"

typedef VEC(Reason) Reasons;

static void add(Explain *explain, Reasons *reasons, const Unit *unit, Reason reason, NodeId node)
{
    if (node) {
        Span span = unit_node(unit, node)->span;
        reason.place = check_place(&explain->run, unit, span);
        reason.source = check_line(&explain->run, unit, span);
    }
    vec_add(reasons, reason);
}

/* --- the way from a root --- */

Hop *explain_way(Explain *explain, const Ways *ways, const Instance *instance, size_t *count, uint32_t *root)
{
    size_t steps = ways->of[instance->index].hops;
    const Instance **callers = arena_array(&explain->session->arena, steps, sizeof *callers);
    const Step **made = arena_array(&explain->session->arena, steps, sizeof *made);
    for (size_t i = steps; i-- > 0;) {
        const Way *way = &ways->of[instance->index];
        callers[i] = way->caller;
        made[i] = way->step;
        instance = way->caller;
    }
    *root = instance->function;
    Chain chain = {0};
    for (size_t i = 0; i < steps; i++) {
        chain.instance = callers[i];
        chain.step = made[i];
        chain_add_step(&explain->run, &chain);
    }
    *count = chain.hops.count;
    Hop *hops = chain_hops(&explain->run, &chain);
    vec_free(&chain.hops);
    return hops;
}

/* --- roots --- */

/* A call in a function that was walked, or in the module itself, hands it over. */
static bool add_handover(Explain *explain, Reasons *reasons, const FunctionInfo *info, uint32_t function)
{
    uint32_t by = handing_function(explain->program, function);
    const FunctionInfo *giver = by == ID_NONE ? NULL : program_function(explain->program, by);
    const Unit *unit = giver ? giver->unit : info->unit;
    Span span = giver ? unit_node(unit, giver->node)->span : (Span){0, UINT32_MAX};
    NodeId call = handover_find(unit, span, str_after_last(info->name, '.'));
    bool decorated = !info->is_lambda && unit_node(info->unit, info->node)->third;
    if (!call && (!giver || decorated)) return false;
    Reason reason = {
        .kind = REASON_HANDED_OVER,
        .text = giver ? str_format(&explain->session->arena, "`%.*s` hands it to a loop", WORDS(giver->name))
                      : STR("the module hands it to something that runs it on a loop")};
    add(explain, reasons, unit, reason, call ? call : giver->node);
    return true;
}

static void add_placement(Explain *explain, Reasons *reasons, const FunctionInfo *info, uint32_t function)
{
    if (add_handover(explain, reasons, info, function)) return;
    NodeId decorator = unit_node(info->unit, info->node)->third;
    if (decorator && !info->is_lambda)
        add(explain, reasons, info->unit,
            (Reason){.kind = REASON_DECORATED, .text = STR("its decorator puts it on a loop")}, decorator);
    else
        add(explain, reasons, info->unit,
            (Reason){.kind = REASON_FRAMEWORK, .text = STR("a framework or the language calls it there")},
            info->node);
}

/* A root's own reasons. */
static void add_root(Explain *explain, Reasons *reasons, uint32_t function)
{
    const FunctionInfo *info = program_function(explain->program, function);
    if (info->is_async)
        add(explain, reasons, info->unit,
            (Reason){.kind = REASON_COROUTINE, .text = STR("it is a coroutine")}, 0);
    if (!info->is_async || handing_function(explain->program, function) != ID_NONE)
        add_placement(explain, reasons, info, function);
}

static void add_called(Explain *explain, Reasons *reasons, const Ways *ways, ReasonKind kind)
{
    Reason reason = {.kind = kind};
    uint32_t root;
    reason.way = explain_way(explain, ways, explain->instance, &reason.way_count, &root);
    const FunctionInfo *info = program_function(explain->program, root);
    const char *what = info->is_async ? "coroutine" : "function";
    bool is_root = reason.way_count == 0;
    if (is_root && kind == REASON_ELSEWHERE)
        reason.text = STR("it is read for what it hands to a loop; nothing on a loop calls it");
    else if (kind == REASON_CALLED)
        reason.text = str_format(&explain->session->arena, "the %s `%.*s` runs it", what, WORDS(info->name));
    else
        reason.text = str_format(&explain->session->arena, "only the %s `%.*s` runs it, which no loop does",
                                 what, WORDS(info->name));
    add(explain, reasons, info->unit, reason, 0);
}

/* --- the rest --- */

static void add_once(Explain *explain, Reasons *reasons, uint32_t function)
{
    const char *once =
        explain->run.runs_once ? explain->run.runs_once : contexts_once(explain->program, function);
    if (!once || !explain->is_on_loop) return;
    Str text = str_format(&explain->session->arena, "it %s: findings are of severity info", once);
    add(explain, reasons, NULL, (Reason){.kind = REASON_ONCE, .text = text}, 0);
}

static void add_off_loop(Explain *explain, Reasons *reasons, const FunctionInfo *info)
{
    uint32_t row1 = off_loop_row1(explain->program, info);
    Reason reason = {.kind = REASON_OFF_LOOP, .text = STR("a comment says that it never runs on a loop")};
    if (row1) {
        Span span = {info->unit->lines.starts[row1 - 1], info->unit->lines.starts[row1 - 1]};
        reason.place = check_place(&explain->run, info->unit, span);
        reason.source = check_line(&explain->run, info->unit, span);
    }
    vec_add(reasons, reason);
}

static void add_unreached(Explain *explain, Reasons *reasons)
{
    const Session *session = explain->session;
    size_t file = explain->target.file;
    bool outside = file != SIZE_MAX && !session->files[file].unit && session->options.scope != SCOPE_ALL &&
                   scope_of_path(session->found.files[file].project_path) == PATH_OUTSIDE;
    if (outside)
        vec_add(
            reasons,
            ((Reason){.kind = REASON_OUT_OF_SCOPE,
                      .text = STR("the file is out of scope (tests, examples, docs, scripts): --scope all "
                                  "takes it in")}));
    else
        vec_add(reasons,
                ((Reason){.kind = REASON_NOT_REACHED,
                          .text = STR("nothing that runs on a loop calls it, as far as can be told")}));
}

static void add_function(Explain *explain, Reasons *reasons, uint32_t function)
{
    const FunctionInfo *info = program_function(explain->program, function);
    if (info->off_loop) {
        add_off_loop(explain, reasons, info);
        return;
    }
    if (!explain->instance) {
        add_unreached(explain, reasons);
        return;
    }
    const Way *way = explain->is_on_loop ? &explain->on_loop.of[explain->instance->index] : NULL;
    if (!way)
        add_called(explain, reasons, &explain->elsewhere, REASON_ELSEWHERE);
    else if (way->hops || explain->instance->function != function)
        add_called(explain, reasons, &explain->on_loop, REASON_CALLED);
    else
        add_root(explain, reasons, function);
    add_once(explain, reasons, function);
}

void explain_reasons(Explain *explain)
{
    Reasons reasons = {0};
    if (explain->target.function == ID_NONE)
        vec_add(
            &reasons,
            ((Reason){.kind = REASON_NO_FUNCTION,
                      .text = STR("the line stands in no function: it runs when the module is imported")}));
    else
        add_function(explain, &reasons, explain->target.function);
    Explanation *out = explain->out;
    out->reason_count = reasons.count;
    out->reasons = arena_array(&explain->session->arena, reasons.count, sizeof *out->reasons);
    for (size_t i = 0; i < reasons.count; i++)
        out->reasons[i] = reasons.items[i];
    vec_free(&reasons);
}
