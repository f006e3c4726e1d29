/* LS408: a coroutine that never awaits and blocks, where the framework would run a plain function in its pool. */
#include "checks/check.h"

#include "checks/chain.h"
#include "checks/wording.h"
#include "program/contexts.h"
#include "program/reach.h"
#include "program/loops.h"
#include "program/outcomes.h"
#include "base/banned.h"

/* The strongest stall of the coroutine. */
typedef struct Stalled {
    const Instance *instance;
    Reach reach;
} Stalled;

static const Step *end_of(const Reach *reach)
{
    while (reach->next)
        reach = reach->next;
    return reach->step;
}

/* Worth a thread, where it stalls nobody: it waits for long, or computes without holding the interpreter. */
static bool is_better_in_thread(const CheckRun *run, Effect effect, const Reach *reach)
{
    if (effect == EFFECT_LOOP_MISUSE || !catalogue_code_of(run->program->catalogue, effect)) return false;
    if (reach->weight <= WEIGHT_CHEAP || reach->severity < SEVERITY_MEDIUM) return false;
    bool computes = effect == EFFECT_CPU || effect == EFFECT_LONG_LOOP || effect == EFFECT_BUSY_WAIT;
    return !computes || end_of(reach)->rule.gil == GIL_RELEASED;
}

/* A comment on the statement says that its stall is wanted. */
static bool is_silenced(const Unit *unit, const Step *step)
{
    Span span = unit_node(unit, step->report)->span;
    Str line = lines_line(&unit->lines, lines_row1(&unit->lines, span.end));
    return str_find(line, STR("# noqa")) != SIZE_MAX || str_find(line, STR("# loopsafe:")) != SIZE_MAX;
}

static void look_at_step(const CheckRun *run, const Instance *instance, const Step *step, Stalled *stalled)
{
    if (is_silenced(run->unit, step)) return;
    for (int effect = 0; effect < EFFECT_COUNT; effect++) {
        Reach reach;
        if (!reach_of_step(run->program, step, (Effect)effect, &reach)) continue;
        if (!is_better_in_thread(run, (Effect)effect, &reach)) continue;
        if (stalled->instance && reach_compare(&reach, &stalled->reach) <= 0) continue;
        *stalled = (Stalled){instance, reach};
    }
}

/* It makes tasks or asks for its loop: it belongs there. */
static bool works_with_loop(const Instance *instance)
{
    for (size_t i = 0; i < instance->observations.count; i++) {
        ObservationKind kind = instance->observations.items[i].kind;
        if (kind == OBSERVED_TASK || kind == OBSERVED_COROUTINE || kind == OBSERVED_LOOP_ASKED) return true;
    }
    return false;
}

/* Nobody would notice but the framework if it were a plain function. */
static bool may_be_plain(const FunctionInfo *info)
{
    bool handed = info->contexts.pooled && !info->contexts.as_coroutine;
    if (!info->is_async || info->is_generator || !handed || info->class_id != ID_NONE) return false;
    return !info->callers.count && !loops_suspends(info) && !function_is_named_again(info);
}

static Str message_of(CheckRun *run, const FunctionInfo *info, const Rule *rule)
{
    Str head = str_join(run->results, STR("`"), info->name, STR("` never awaits, and `"));
    return str_join(run->results, head, wording_name(rule),
                    STR("` blocks the event loop in it: as a plain `def` it runs in the thread pool"));
}

/* `async def name` */
static Span header_of(const Unit *unit, const FunctionInfo *info)
{
    Span span = unit_node(unit, info->node)->span;
    size_t bracket = str_find_byte(unit_text(unit, info->node), '(');
    return (Span){span.start, bracket == SIZE_MAX ? span.end : span.start + (uint32_t)bracket};
}

static void report(CheckRun *run, const FunctionInfo *info, const Stalled *stalled)
{
    const CodeRule *code = check_code(run, "LS408");
    Chain chain;
    chain_follow(run, stalled->instance, &stalled->reach, &chain);
    Finding finding = {
        .code = code->code,
        .message = message_of(run, info, &chain.step->rule),
        .advice =
            STR("drop `async`: the framework then calls it in a thread; or replace what blocks and await it"),
        .why = STR("a coroutine runs on the event loop until it awaits; this one never does, so every other "
                   "request waits for it"),
        .severity = SEVERITY_MEDIUM,
        .confidence = stalled->reach.confidence,
        .function = str_copy(run->results, info->name)};
    chain_keep(run, &chain, &finding);
    vec_free(&chain.hops);
    Span span = header_of(run->unit, info);
    uint32_t row1 = lines_row1(&run->unit->lines, span.start);
    Report *added = check_add(run, finding, span, row1, row1, false);
    added->subject = (Subject){.kind = SUBJECT_FUNCTION,
                               .function = stalled->instance->function,
                               .node = info->node,
                               .statement = info->node,
                               .instance = stalled->instance,
                               .sink_instance = chain.instance,
                               .sink = chain.step};
}

/* All instances of one function stand side by side. */
static void run_async(CheckRun *run)
{
    const Unit *unit = run->unit;
    for (size_t i = 0, next; i < unit->on_loop.count; i = next) {
        uint32_t function = unit->on_loop.items[i]->function;
        const FunctionInfo *info = program_function(run->program, function);
        Stalled stalled = {0};
        bool bound = run->runs_once || !may_be_plain(info);
        for (next = i; next < unit->on_loop.count && unit->on_loop.items[next]->function == function;
             next++) {
            const Instance *instance = unit->on_loop.items[next];
            bound = bound || works_with_loop(instance);
            for (size_t k = 0; !bound && k < instance->steps.count; k++)
                look_at_step(run, instance, &instance->steps.items[k], &stalled);
        }
        if (!bound && stalled.instance && !contexts_once(run->program, function)) report(run, info, &stalled);
    }
}

const Check check_async = {.name = "async", .run = run_async};
