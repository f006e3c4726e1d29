/* LS304: a thread around work that holds the interpreter's lock: the loop is not free of it, it shares. */
#include "checks/sites.h"
#include "program/reach.h"
#include "base/banned.h"

/* `gc.collect()` has no data that another process could work on. */
static bool takes_data(const Unit *unit, NodeId call, unsigned least)
{
    const Node *node = unit_node(unit, call);
    unsigned count = 0;
    for (NodeId at = node->kind == EXPR_CALL ? node->second : 0; at; at = unit_node(unit, at)->next)
        count++;
    return count >= least;
}

/* What a function does that computes, holding the lock, and nothing else that takes long. */
static const Reach *computing_of(const Instance *instance)
{
    for (uint32_t effect = 0; effect < EFFECT_COUNT; effect++) {
        const Reach *other = instance->reach[effect];
        bool computes = effect == EFFECT_CPU || effect == EFFECT_LONG_LOOP;
        if (other && !computes && other->weight > WEIGHT_CHEAP) return NULL;
    }
    const Reach *reach = instance->reach[EFFECT_LONG_LOOP];
    if (!reach) reach = instance->reach[EFFECT_CPU];
    return reach && !reach->step->guarded ? reach : NULL;
}

static Str handed_name(const CheckRun *run, const Observation *handed)
{
    return handed->call ? str_after_last(program_function(run->program, handed->call->function)->name, '.')
                        : str_after_last(handed->path, '.');
}

/* `run_in_executor(self.pool, f)`: the pool may be one of processes. `None` and a name whose value is known are not,
 * nor is a call whose first argument is the function. */
static bool is_surely_thread(const CheckRun *run, const Observation *handed)
{
    const Node *node = unit_node(run->unit, handed->node);
    NodeId first = node->kind == EXPR_CALL ? node->second : 0;
    const Node *argument = unit_node(run->unit, first);
    if (argument->kind != EXPR_ATTRIBUTE || !argument->next) return true;
    return str_equal(name_str(argument->name), handed_name(run, handed));
}

static void report(CheckRun *run, const Instance *instance, const Observation *handed, const Rule *rule)
{
    if (site_runs_once(run, instance)) return;
    Site site = {instance, handed->report, handed->statement};
    Finding finding = site_finding(run, "LS304", &site);
    finding.confidence = handed->confidence;
    finding.severity = SEVERITY_LOW;
    finding.message = str_format(
        run->results, "`%.*s` computes in a thread and holds the interpreter's lock: the loop waits its turn",
        SITE_STR(rule->path));
    finding.advice =
        STR("use a process pool (arguments and result are pickled), or a worker queue for long jobs");
    finding.why = STR(
        "one thread at a time runs Python: the loop gets its turn every 5 ms at best, so each of its steps "
        "takes longer; better than computing on the loop, worse than another process");
    site_sink(run, &finding, instance, handed->node, rule->path);
    site_add(run, finding, &site, false);
}

static void look_at_function(CheckRun *run, const Instance *instance, const Observation *handed)
{
    const Instance *holder = handed->call->instance;
    const Reach *reach = computing_of(holder);
    for (; reach && reach->next; reach = reach->next)
        holder = reach->step->call->instance;
    if (!reach || reach->step->rule.gil != GIL_HELD || reach->step->rule.weight < WEIGHT_OFTEN) return;
    bool counted = reach->step->rule.effect == EFFECT_LONG_LOOP;
    if (counted || takes_data(program_function(run->program, holder->function)->unit, reach->step->node, 1))
        report(run, instance, handed, &reach->step->rule);
}

/* `to_thread(yaml.safe_load, text)` */
static void look_at_path(CheckRun *run, const Instance *instance, const Observation *handed)
{
    Rule rule;
    if (catalogue_find(run->unit->catalogue, handed->path, &rule) && rule.effect == EFFECT_CPU &&
        rule.gil == GIL_HELD && rule.weight >= WEIGHT_OFTEN && takes_data(run->unit, handed->node, 2))
        report(run, instance, handed, &rule);
}

static void look_at(CheckRun *run, const Instance *instance)
{
    for (size_t i = 0; i < instance->observations.count; i++) {
        const Observation *handed = &instance->observations.items[i];
        if (handed->kind != OBSERVED_THREAD || handed->guarded || handed->function != instance->function)
            continue;
        if (!is_surely_thread(run, handed)) continue;
        if (handed->call && handed->call->instance)
            look_at_function(run, instance, handed);
        else if (handed->path.len)
            look_at_path(run, instance, handed);
    }
}

static void run_computing(CheckRun *run)
{
    for (size_t i = 0; i < run->unit->on_loop.count; i++)
        look_at(run, run->unit->on_loop.items[i]);
}

const Check check_thread_computes = {.name = "thread-computes", .run = run_computing};
