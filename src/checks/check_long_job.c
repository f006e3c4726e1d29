/* LS405: work of minutes that a request starts in its own process: a restart loses it. */
#include "checks/sites.h"
#include "program/value_uses.h"
#include "program/durations.h"
#include "base/banned.h"

/* A wait that is certain; polling that may end before. */
static const double least_seconds = 10.0, least_polling_seconds = 60.0;

static bool is_long(const Duration *wait)
{
    return wait->observation && (wait->endless || wait->is_job || wait->seconds >= least_seconds ||
                                 wait->most_seconds >= least_polling_seconds);
}

/* The request waits for the task, or ends it: its life is the request's. */
static bool is_kept_by_request(const CheckRun *run, const Instance *instance, const Observation *task)
{
    if (task->function != instance->function || !(task->traits & TRAIT_BIT(TRAIT_MAKES_TASK))) return false;
    uint32_t uses =
        value_uses(program_function(run->program, instance->function), task->statement, task->node);
    return uses & (USED_AWAITED | USED_CLOSED | USED_RETURNED | USED_ARGUMENT | USED_CAPTURED | USED_GROUPED |
                   USED_WITH);
}

static Str how_long(CheckRun *run, const Duration *wait)
{
    if (wait->endless) return STR("it has no end");
    if (wait->is_job)
        return str_format(run->results, "`%.*s` takes minutes", SITE_STR(wait->observation->path));
    if (wait->seconds < least_seconds)
        return str_format(run->results, "it polls for up to %.0f s", wait->most_seconds);
    return str_format(run->results, "it waits %.0f s", wait->seconds);
}

static void report(CheckRun *run, const Instance *instance, const Observation *task, const Duration *wait)
{
    Site site = {instance, task->report, task->statement};
    const FunctionInfo *job = program_function(run->program, task->call->function);
    Finding finding = site_finding(run, "LS405", &site);
    Str name = str_after_last(finding.function, '.'), job_name = str_after_last(job->name, '.'),
        how = how_long(run, wait);
    finding.confidence = task->confidence;
    finding.message =
        str_format(run->results, "`%.*s` leaves `%.*s` running in this process after its response: %.*s",
                   SITE_STR(name), SITE_STR(job_name), SITE_STR(how));
    finding.advice =
        STR("hand the job to a worker queue (Celery, RQ, arq) and let the request only record it");
    finding.why =
        STR("the job lives in the process that serves requests: a restart or a deployment loses it, and "
            "nobody knows its state or tries it again");
    site_sink(run, &finding, instance, task->node, task->path);
    site_add(run, finding, &site, false);
}

static void look_at(CheckRun *run, const Instance *instance)
{
    for (size_t i = 0; i < instance->observations.count; i++) {
        const Observation *task = &instance->observations.items[i];
        if (task->kind != OBSERVED_JOB || task->guarded || !task->call->instance) continue;
        Duration wait = duration_longest(run->program, task->call->instance, false);
        if (is_long(&wait) && !is_kept_by_request(run, instance, task) && !site_runs_once(run, instance))
            report(run, instance, task, &wait);
    }
}

static void look_at_all(CheckRun *run, Instance *const *instances, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (instances[i]->served == 1) look_at(run, instances[i]);
}

static void run_long_jobs(CheckRun *run)
{
    look_at_all(run, run->unit->on_loop.items, run->unit->on_loop.count);
    look_at_all(run, run->unit->others.items, run->unit->others.count);
}

const Check check_long_job = {.name = "long-job", .run = run_long_jobs};
