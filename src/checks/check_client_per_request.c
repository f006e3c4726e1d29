/* LS409: a client, pool or engine that is made anew for each request. */
#include "checks/sites.h"
#include "program/origins.h"
#include "program/value_uses.h"
#include "base/banned.h"

/* Callers asked what they do with what a function returns. */
enum { RETURNED_THROUGH = 3 };

static bool is_used_up(const CheckRun *run, const Instance *instance, NodeId statement, NodeId node,
                       unsigned depth);

/* What the handler itself returns, or a dependency yields, lives as long as the request. */
static bool is_used_up_by_caller(const CheckRun *run, const Instance *instance, unsigned depth)
{
    const Step *step = instance->served_step;
    if (!instance->served_by) return true;
    if (depth >= RETURNED_THROUGH || step->function != instance->served_by->function) return false;
    return is_used_up(run, instance->served_by, step->statement, step->node, depth + 1);
}

/* Nothing that outlives the call keeps it. */
static bool is_used_up(const CheckRun *run, const Instance *instance, NodeId statement, NodeId node,
                       unsigned depth)
{
    uint32_t uses = value_uses(program_function(run->program, instance->function), statement, node);
    bool used = uses & (USED_ATTRIBUTE | USED_WITH | USED_CLOSED | USED_BOUND);
    if (uses & (USED_STORED | USED_CAPTURED | USED_GROUPED)) return false;
    if (uses & USED_RETURNED) return is_used_up_by_caller(run, instance, depth);
    return used;
}

static void report(CheckRun *run, const Instance *instance, const Observation *made)
{
    bool light = !(made->traits & TRAIT_BIT(TRAIT_LONG_LIVED));
    Site site = {instance, made->report, made->statement};
    Finding finding = site_finding(run, "LS409", &site);
    Str handler, name = made->path;
    const Instance *first = instance;
    while (first->served_by)
        first = first->served_by;
    handler = str_after_last(program_function(run->program, first->function)->name, '.');
    finding.confidence = made->confidence;
    finding.severity = light ? SEVERITY_LOW : SEVERITY_MEDIUM;
    finding.message = str_format(run->results, "`%.*s` is made anew for every request that `%.*s` serves",
                                 SITE_STR(name), SITE_STR(handler));
    finding.advice =
        STR("make it once when the application starts (lifespan, a module's global, a cached factory) and "
            "share it");
    finding.why =
        light ? STR("each one opens connections of its own: a handshake for every request, and none is used "
                    "again")
              : STR("each one starts from nothing: connections, threads or descriptions are set up for one "
                    "request and thrown away");
    site_sink(run, &finding, instance, made->node, made->path);
    site_add(run, finding, &site, light);
}

static void look_at(CheckRun *run, const Instance *instance)
{
    const uint32_t wanted = TRAIT_BIT(TRAIT_LONG_LIVED) | TRAIT_BIT(TRAIT_KEEPS_CONNECTIONS);
    for (size_t i = 0; i < instance->observations.count; i++) {
        const Observation *made = &instance->observations.items[i];
        if (made->kind != OBSERVED_CALL || !(made->traits & wanted) || made->guarded || made->in_handler)
            continue;
        if (made->function != instance->function) continue;
        /* With the credentials or the address of one request there is nothing to share. */
        if (depends_on_call(program_function(run->program, instance->function), made->node)) continue;
        if (is_used_up(run, instance, made->statement, made->node, 0) && !site_runs_once(run, instance))
            report(run, instance, made);
    }
}

static void look_at_all(CheckRun *run, Instance *const *instances, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (instances[i]->served) look_at(run, instances[i]);
}

static void run_clients(CheckRun *run)
{
    look_at_all(run, run->unit->on_loop.items, run->unit->on_loop.count);
    look_at_all(run, run->unit->others.items, run->unit->others.count);
}

const Check check_client_per_request = {.name = "client-per-request", .run = run_clients};
