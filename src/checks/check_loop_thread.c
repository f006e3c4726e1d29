/* LS404: something of a loop touched from another thread; a loop that is made and not closed. */
#include "checks/sites.h"
#include "program/origins.h"
#include "program/value_uses.h"
#include "base/banned.h"

/* --- whose thread it is --- */

static bool makes_loop(const Instance *instance)
{
    for (size_t i = 0; i < instance->observations.count; i++)
        if (instance->observations.items[i].traits & TRAIT_BIT(TRAIT_MAKES_LOOP)) return true;
    for (size_t i = 0; i < instance->steps.count; i++)
        if (!instance->steps.items[i].call && instance->steps.items[i].rule.effect == EFFECT_LOOP_MISUSE)
            return true;
    return false;
}

/* The thread runs a loop of its own: what is touched there may be that loop's. */
static bool has_own_loop(const Instance *instance)
{
    for (; instance; instance = instance->thread_by)
        if (makes_loop(instance)) return true;
    return false;
}

static const FunctionInfo *root_of(const CheckRun *run, const Instance *instance)
{
    while (instance->thread_by)
        instance = instance->thread_by;
    return program_function(run->program, instance->function);
}

/* In a thread, and nowhere else as far as can be told. */
static bool is_in_thread(const CheckRun *run, const Instance *instance)
{
    const Contexts *contexts = &program_function(run->program, instance->function)->contexts;
    return instance->thread_depth && root_of(run, instance)->contexts.thread && !contexts->reached &&
           !contexts->loop && !has_own_loop(instance);
}

/* The text asks where it runs. */
static bool asks_for_loop(const FunctionInfo *info)
{
    const Str *words;
    size_t count = catalogue_words(info->unit->catalogue, TRAIT_ASKS_LOOP, &words);
    Str text = unit_text(info->unit, info->node);
    for (size_t i = 0; i < count; i++)
        if (str_find(text, words[i]) != SIZE_MAX) return true;
    return false;
}

/* --- reporting --- */

static void report_touched(CheckRun *run, const Instance *instance, const Observation *call)
{
    Site site = {instance, call->report, call->statement};
    Finding finding = site_finding(run, "LS404", &site);
    Str root = str_after_last(root_of(run, instance)->name, '.');
    bool task = call->traits & TRAIT_BIT(TRAIT_MAKES_TASK);
    finding.confidence = call->confidence;
    finding.severity = SEVERITY_HIGH;
    finding.message =
        str_format(run->results, "`%.*s` is called in a thread that `%.*s` runs in, not on its loop's own",
                   SITE_STR(call->path), SITE_STR(root));
    finding.advice = task ? STR("use `asyncio.run_coroutine_threadsafe(coroutine, loop)`")
                          : STR("hand the call to the loop: `loop.call_soon_threadsafe(...)`");
    finding.why =
        STR("nothing of asyncio is safe between threads: the loop is not woken, and what it holds may be "
            "damaged");
    site_sink(run, &finding, instance, call->node, call->path);
    Report *added = site_add(run, finding, &site, false);
    if (added) added->subject.observation = call;
}

static void report_unclosed(CheckRun *run, const Instance *instance, const Observation *call)
{
    Site site = {instance, call->report, call->statement};
    Finding finding = site_finding(run, "LS404", &site);
    Str name = str_after_last(finding.function, '.');
    finding.severity = SEVERITY_LOW;
    finding.message = str_format(run->results, "`%.*s` makes a loop and never closes it", SITE_STR(name));
    finding.advice = STR("use `asyncio.run(...)`, or close the loop in a `finally`");
    finding.why =
        STR("its selector and socket pair stay open until the garbage collector comes, and what it still "
            "runs is never ended");
    site_sink(run, &finding, instance, call->node, call->path);
    site_add(run, finding, &site, true);
}

/* --- what is looked for --- */

static void look_for_touched(CheckRun *run, const Instance *instance)
{
    if (!is_in_thread(run, instance) || asks_for_loop(program_function(run->program, instance->function)))
        return;
    for (size_t i = 0; i < instance->observations.count; i++) {
        const Observation *call = &instance->observations.items[i];
        bool bound = call->kind == OBSERVED_CALL && call->traits & TRAIT_BIT(TRAIT_LOOP_BOUND);
        if (bound && !call->is_own) report_touched(run, instance, call);
    }
}

/* It is this function's alone: no other closes it. A loop that was handed to something, as the thread's loop for one, is
 * left open only where that thread ends. */
static bool is_left_open(const CheckRun *run, const Instance *instance, const Observation *made)
{
    if (made->function != instance->function) return false;
    bool ends = instance->thread_depth && root_of(run, instance)->contexts.thread;
    uint32_t closed = USED_CLOSED | USED_STORED | USED_RETURNED | USED_CAPTURED | USED_GROUPED | USED_WITH |
                      USED_AWAITED | (ends ? 0u : (uint32_t)USED_ARGUMENT);
    uint32_t uses =
        value_uses(program_function(run->program, instance->function), made->statement, made->node);
    return uses & USED_BOUND && !(uses & closed);
}

static void look_for_unclosed(CheckRun *run, const Instance *instance)
{
    const FunctionInfo *info = program_function(run->program, instance->function);
    if (instance->reached || str_equal(info->name, STR("main"))) return;
    for (size_t i = 0; i < instance->observations.count; i++) {
        const Observation *made = &instance->observations.items[i];
        if (made->kind == OBSERVED_CALL && made->traits & TRAIT_BIT(TRAIT_MAKES_LOOP) && !made->guarded &&
            !made->in_handler && is_left_open(run, instance, made) && !site_runs_once(run, instance))
            report_unclosed(run, instance, made);
    }
}

/* --- one loop, several threads --- */

static const Observation *loop_made(const Instance *instance)
{
    for (size_t i = 0; i < instance->observations.count; i++)
        if (instance->observations.items[i].traits & TRAIT_BIT(TRAIT_MAKES_LOOP))
            return &instance->observations.items[i];
    return NULL;
}

/* `loop.run_until_complete(work())`, where the loop was handed in, or stands in the function around it. */
static bool runs_given_loop(const CheckRun *run, const Instance *instance)
{
    const FunctionInfo *info = program_function(run->program, instance->function);
    for (size_t i = 0; i < instance->steps.count; i++) {
        const Step *step = &instance->steps.items[i];
        if (step->call || step->rule.effect != EFFECT_LOOP_MISUSE || step->function != instance->function)
            continue;
        const Node *callee = unit_node(info->unit, unit_node(info->unit, step->node)->first);
        bool given = info->outer != ID_NONE || depends_on_call(info, callee->first);
        if (callee->kind == EXPR_ATTRIBUTE && given) return true;
    }
    return false;
}

static void report_shared(CheckRun *run, const Instance *instance, const Observation *started)
{
    Site site = {instance, started->report, started->statement};
    Finding finding = site_finding(run, "LS404", &site);
    finding.severity = SEVERITY_HIGH;
    finding.message = STR("all threads that are started here run the same loop: it runs in one thread only");
    finding.advice = STR("make a loop in each thread (`asyncio.run(...)`), or keep one and use "
                         "`asyncio.run_coroutine_threadsafe(coroutine, loop)`");
    finding.why = STR("the second thread gets a RuntimeError: the loop runs already");
    site_sink(run, &finding, instance, started->node,
              program_function(run->program, started->call->function)->name);
    site_add(run, finding, &site, false);
}

/* The loop is made once, before the loop that starts the threads. */
static void look_for_shared(CheckRun *run, const Instance *instance)
{
    const Observation *made = loop_made(instance);
    for (size_t i = 0; made && !made->in_loop && i < instance->observations.count; i++) {
        const Observation *started = &instance->observations.items[i];
        const Instance *thread = started->call ? started->call->instance : NULL;
        bool several = started->kind == OBSERVED_THREAD && started->in_loop && thread;
        if (several && !loop_made(thread) && runs_given_loop(run, thread))
            report_shared(run, instance, started);
    }
}

static void run_loops(CheckRun *run)
{
    for (size_t i = 0; i < run->unit->observed.count; i++)
        look_for_shared(run, run->unit->observed.items[i]);
    for (size_t i = 0; i < run->unit->others.count; i++) {
        look_for_touched(run, run->unit->others.items[i]);
        look_for_unclosed(run, run->unit->others.items[i]);
    }
}

const Check check_loop_thread = {.name = "loop-thread", .run = run_loops};
