#include "session/explain.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/pool.h"
#include "checks/chain.h"
#include "program/header.h"
#include "program/reach.h"
#include "base/banned.h"

/* Unknown calls that are named one by one. */
enum { UNKNOWN_LISTED = 5 };

/* --- which instance --- */

/* A nested function that is called in place is part of what surrounds it. */
static const Instance *instance_around(const Ways *ways, uint32_t function)
{
    const Instance *own = ways_nearest(ways, function);
    for (size_t i = 0; !own && i < ways->count; i++) {
        const Instance *instance = ways->order[i];
        for (size_t k = 0; k < instance->steps.count; k++)
            if (instance->steps.items[k].function == function) return instance;
    }
    return own;
}

static void find_instance(Explain *explain)
{
    uint32_t function = explain->target.function;
    explain->on_loop = ways_find(&explain->session->arena, explain->program, true);
    explain->elsewhere = ways_find(&explain->session->arena, explain->program, false);
    if (function == ID_NONE) return;
    explain->instance = instance_around(&explain->on_loop, function);
    explain->is_on_loop = explain->instance != NULL;
    if (!explain->instance) explain->instance = instance_around(&explain->elsewhere, function);
    explain->out->is_followed = explain->instance != NULL;
}

/* --- effects --- */

static bool effect_of(Explain *explain, Effect effect, FunctionEffect *out)
{
    const Instance *instance = explain->instance;
    const CodeRule *code = catalogue_code_of(explain->program->catalogue, effect);
    const Reach *reach = instance->reach[effect];
    if (!code || !reach) return false;
    Chain chain;
    chain_follow(&explain->run, instance, reach, &chain);
    *out = (FunctionEffect){.weight = reach->weight,
                            .finding = {.code = code->code,
                                        .effect = effect,
                                        .severity = reach->severity,
                                        .confidence = reach->confidence,
                                        .place = explain->out->place}};
    chain_keep(&explain->run, &chain, &out->finding);
    vec_free(&chain.hops);
    return true;
}

static int compare_effects(const void *left, const void *right)
{
    const FunctionEffect *one = left, *other = right;
    bool one_cheap = one->weight == WEIGHT_CHEAP, other_cheap = other->weight == WEIGHT_CHEAP;
    if (one_cheap != other_cheap) return one_cheap ? 1 : -1;
    if (one->finding.severity != other->finding.severity)
        return (int)other->finding.severity - (int)one->finding.severity;
    return (int)one->finding.effect - (int)other->finding.effect;
}

static void list_effects(Explain *explain)
{
    Explanation *out = explain->out;
    if (!explain->instance) return;
    out->effects = arena_array(&explain->session->arena, EFFECT_COUNT, sizeof *out->effects);
    for (int effect = 0; effect < EFFECT_COUNT; effect++)
        out->effect_count += effect_of(explain, (Effect)effect, &out->effects[out->effect_count]);
    if (out->effect_count) qsort(out->effects, out->effect_count, sizeof *out->effects, compare_effects);
}

/* --- where knowledge ended --- */

static void add_unknown(Explain *explain, const FunctionInfo *info, NodeId node, Str name)
{
    Explanation *out = explain->out;
    if (out->unknown_listed == UNKNOWN_LISTED) return;
    Span span = unit_node(info->unit, node)->span;
    out->unknown[out->unknown_listed++] =
        (UnknownCall){.place = check_place(&explain->run, info->unit, span),
                      .function = str_copy(&explain->session->arena, info->name),
                      .name = str_copy(&explain->session->arena, name),
                      .source = check_line(&explain->run, info->unit, span)};
}

/* Calls of the statement whose callee is unknown where the function ends. */
static void name_unknown(Explain *explain, const FunctionInfo *info, const FunctionEnd *end, NodeId statement)
{
    NodeList calls = {0};
    calls_in(info->unit, statement_header(info->unit, statement), &calls);
    bool named = false;
    for (size_t i = 0; i < calls.count; i++) {
        Callee callee = function_end_callee(end, calls.items[i]);
        if (callee.kind != CALLEE_UNKNOWN) continue;
        add_unknown(explain, info, calls.items[i], callee.name);
        named = true;
    }
    if (!named) add_unknown(explain, info, statement, STR(""));
    vec_free(&calls);
}

static void list_unknown_of(Explain *explain, const Instance *instance)
{
    Explanation *out = explain->out;
    const FunctionInfo *info = program_function(explain->program, instance->function);
    size_t count = instance->unresolved.count;
    out->unknown_count += count;
    if (!count || out->unknown_listed == UNKNOWN_LISTED) return;
    FunctionEnd end = function_end(explain->program, instance->function, instance);
    for (size_t i = 0; i < count; i++)
        name_unknown(explain, info, &end, instance->unresolved.items[i]);
}

/* Each function once, by its nearest instance. */
static void list_unknown(Explain *explain)
{
    if (!explain->instance) return;
    Ways below = ways_below(&explain->session->arena, explain->program, explain->instance);
    bool *seen = arena_array(&explain->session->arena, explain->program->functions.count, sizeof *seen);
    explain->out->unknown = arena_array(&explain->session->arena, UNKNOWN_LISTED, sizeof(UnknownCall));
    for (size_t i = 0; i < below.count; i++) {
        if (seen[below.order[i]->function]) continue;
        seen[below.order[i]->function] = true;
        list_unknown_of(explain, below.order[i]);
    }
}

/* --- all of it --- */

static void describe_target(Explain *explain)
{
    const Target *target = &explain->target;
    const Unit *unit = target->unit;
    Explanation *out = explain->out;
    out->is_line = target->row1 != 0;
    out->module = unit->module_file ? unit->module_file->name : STR("");
    if (target->function != ID_NONE)
        out->function = program_function(explain->program, target->function)->name;
    Span span = target->function == ID_NONE
                    ? (Span){0, 0}
                    : unit_node(unit, program_function(explain->program, target->function)->node)->span;
    if (out->is_line) span.start = unit->lines.starts[target->row1 - 1];
    span.end = span.start;
    out->place = check_place(&explain->run, unit, span);
    out->source = check_line(&explain->run, unit, span);
}

typedef struct ExplainCall {
    Explain explain;
    const char *word;
    Fail *fail;
    bool done;
} ExplainCall;

/* Callees are walked again, which nests deep. */
static void explain_all(void *context, size_t item, size_t worker)
{
    (void)item;
    (void)worker;
    ExplainCall *call = context;
    Explain *explain = &call->explain;
    Session *session = explain->session;
    call->done = explain_target(session, call->word, &explain->target, call->fail);
    if (!call->done) return;
    explain->run =
        (CheckRun){.program = explain->program, .unit = explain->target.unit, .results = &session->arena};
    size_t file = explain->target.file;
    if (file != SIZE_MAX && session->files[file].unit)
        analysis_find(&explain->run, &session->found.files[file]);
    find_instance(explain);
    describe_target(explain);
    explain_reasons(explain);
    if (explain->out->is_line) {
        explain_steps(explain);
    } else {
        list_effects(explain);
        list_unknown(explain);
    }
    vec_free(&explain->run.reports);
}

bool session_explain(Session *session, const Options *options, const char *word, Explanation *explanation,
                     Fail *fail)
{
    *explanation = (Explanation){0};
    if (!session_analyse(session, options, fail)) return false;
    ExplainCall call = {.explain = {.session = session, .program = &session->program, .out = explanation},
                        .word = word,
                        .fail = fail};
    pool_call(explain_all, &call);
    return call.done;
}
