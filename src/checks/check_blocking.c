/* LS101-LS190, LS401, LS407: a statement on the loop from which calls lead to something that blocks. One finding a statement, the
 * strongest. */
#include "checks/check.h"

#include "checks/chain.h"
#include "checks/wording.h"
#include "program/contexts.h"
#include "program/header.h"
#include "program/loops.h"
#include "program/reach.h"
#include "base/banned.h"

/* One way in which a statement of on-loop code blocks. */
typedef struct Stall {
    const Instance *instance;
    const Step *step;
    Effect effect;
    Reach reach;
    bool done; /* another one of its statement was reported */
} Stall;

typedef struct Stalls {
    VEC(Stall) list;
} Stalls;

/* A call in a loop is made for every item. */
static Severity severity_of(const CheckRun *run, const Stall *stall)
{
    uint32_t function = stall->instance->function;
    bool nested = stall->effect == EFFECT_LOOP_MISUSE; /* what raises does so the first time */
    if (run->runs_once ||
        (nested ? run->program->nests_loops : contexts_once(run->program, function) != NULL))
        return SEVERITY_INFO;
    Severity severity = stall->reach.severity;
    bool repeated = stall->step->call && stall->step->in_loop && stall->reach.weight > WEIGHT_CHEAP;
    return severity == SEVERITY_LOW && repeated && !stall->step->guarded ? SEVERITY_MEDIUM : severity;
}

static bool has_code(const CheckRun *run, Effect effect)
{
    return !(run->left_out & 1u << effect) && catalogue_code_of(run->program->catalogue, effect) != NULL;
}

/* The strongest of what the step leads to. */
static bool stall_of(const CheckRun *run, const Instance *instance, const Step *step, Stall *stall)
{
    bool any = false;
    for (int effect = 0; effect < EFFECT_COUNT; effect++) {
        Reach reach;
        if (!has_code(run, (Effect)effect) || !reach_of_step(run->program, step, (Effect)effect, &reach))
            continue;
        if (any && reach_compare(&reach, &stall->reach) <= 0) continue;
        *stall = (Stall){.instance = instance, .step = step, .effect = (Effect)effect, .reach = reach};
        any = true;
    }
    return any;
}

static Str copied(CheckRun *run, Str text)
{
    return str_copy(run->results, text);
}

/* --- reporting --- */

/* A handler that never awaits need not be a coroutine where the framework has threads for plain functions: they help
 * where the work lets other threads run. */
static Str advice(CheckRun *run, const Stall *stall, const Rule *rule)
{
    const FunctionInfo *info = program_function(run->program, stall->instance->function);
    Str text = wording_advice(run->results, rule);
    bool in_pool = info->contexts.pooled && rule->effect == EFFECT_CPU && rule->gil == GIL_RELEASED;
    if (!in_pool || loops_suspends(info)) return text;
    return str_join(run->results, text, STR(", or make the handler a plain `def`, "),
                    STR("which the framework runs in its thread pool"));
}

/* Threads that are waited for to end, where their type was only inferred, are mostly those that stop with the program. */
static bool is_weak(const Stall *stall, const Rule *rule)
{
    bool joined = str_ends(rule->path, STR(".join")) && stall->reach.hops;
    bool ends = joined || str_ends(rule->path, STR(".shutdown"));
    bool guessed = stall->effect == EFFECT_THREAD_WAIT && stall->reach.confidence < CONFIDENCE_CERTAIN;
    return (guessed && ends) || stall->reach.weight == WEIGHT_CHEAP;
}

static Subject subject_of(CheckRun *run, const Stall *stall, const Chain *chain)
{
    Reach *reach = arena_array(run->results, 1, sizeof *reach);
    *reach = stall->reach;
    return (Subject){.kind = SUBJECT_STALL,
                     .function = stall->instance->function,
                     .node = stall->step->report,
                     .statement = stall->step->statement,
                     .instance = stall->instance,
                     .reach = reach,
                     .sink_instance = chain->instance,
                     .sink = chain->step};
}

static void report(CheckRun *run, const Stall *stall)
{
    const Unit *unit = run->unit;
    Chain chain;
    chain_follow(run, stall->instance, &stall->reach, &chain);
    const Rule *rule = &chain.step->rule;
    const CodeRule *code = catalogue_code_of(unit->catalogue, stall->effect);
    const Unit *sink_unit = program_function(run->program, chain.instance->function)->unit;
    Span span = unit_node(unit, stall->step->report)->span;
    Span header = statement_header(unit, stall->step->statement);
    Str entered = chain.hops.count ? str_after_last(chain.hops.items[0].callee, '.') : (Str){"", 0};
    Finding finding = {.code = code->code,
                       .message = wording_message(run->results, rule, entered),
                       .advice = advice(run, stall, rule),
                       .why = wording_why(run->results, rule),
                       .severity = severity_of(run, stall),
                       .confidence = stall->reach.confidence,
                       .effect = stall->effect,
                       .function =
                           copied(run, program_function(run->program, stall->instance->function)->name)};
    chain_keep(run, &chain, &finding);
    vec_free(&chain.hops);
    const Lines *lines = &unit->lines;
    uint32_t first = lines_row1(lines, header.start), last = lines_row1(lines, header.end);
    uint32_t row = lines_row1(lines, span.end);
    Report *added = check_add(run, finding, span, first, row > last ? row : last, is_weak(stall, rule));
    added->sink_module = sink_unit == unit ? NULL : sink_unit->module_file;
    added->subject = subject_of(run, stall, &chain);
}

static int stronger(const CheckRun *run, const Stall *left, const Stall *right)
{
    bool left_cheap = left->reach.weight == WEIGHT_CHEAP, right_cheap = right->reach.weight == WEIGHT_CHEAP;
    if (left_cheap != right_cheap) return right_cheap ? 1 : -1;
    int by_severity = (int)severity_of(run, left) - (int)severity_of(run, right);
    return by_severity ? by_severity : reach_compare(&left->reach, &right->reach);
}

static bool same_statement(const Stall *left, const Stall *right)
{
    return left->instance->function == right->instance->function &&
           left->step->statement == right->step->statement;
}

static void collect(const CheckRun *run, Stalls *stalls)
{
    for (size_t i = 0; i < run->unit->on_loop.count; i++) {
        const Instance *instance = run->unit->on_loop.items[i];
        for (size_t k = 0; k < instance->steps.count; k++) {
            Stall stall;
            if (stall_of(run, instance, &instance->steps.items[k], &stall)) vec_add(&stalls->list, stall);
        }
    }
}

/* Stalls of one statement stand near each other in the list, but not always side by side. */
static void run_blocking(CheckRun *run)
{
    Stalls stalls = {0};
    collect(run, &stalls);
    for (size_t i = 0; i < stalls.list.count; i++) {
        const Stall *best = &stalls.list.items[i];
        if (best->done) continue;
        uint32_t function = best->instance->function;
        for (size_t k = i + 1; k < stalls.list.count && stalls.list.items[k].instance->function == function;
             k++) {
            Stall *other = &stalls.list.items[k];
            if (!same_statement(best, other)) continue;
            other->done = true;
            if (stronger(run, other, best) > 0) best = other;
        }
        report(run, best);
    }
    vec_free(&stalls.list);
}

const Check check_blocking = {.name = "blocking", .run = run_blocking};
