/* LS406: a plain endpoint that sleeps: it holds one of the few threads that all plain endpoints share. */
#include "checks/sites.h"
#include "program/durations.h"
#include "base/banned.h"

static const double least_seconds = 1.0;
enum { POOL_THREADS = 40 };

/* 40 threads and 5 seconds: 8 requests a second. */
static Str capacity(CheckRun *run, double seconds)
{
    double rate = POOL_THREADS / seconds;
    if (rate >= 1)
        return str_format(run->results, "%d threads are all held by %.3g such requests a second",
                          (int)POOL_THREADS, rate);
    return str_format(run->results, "%d such requests hold all %d threads for %.3g s", (int)POOL_THREADS,
                      (int)POOL_THREADS, seconds);
}

static void keep_chain(CheckRun *run, const Instance *instance, const Duration *wait, Finding *finding)
{
    Chain chain = {.instance = instance};
    for (unsigned i = 0; i < wait->step_count; i++) {
        chain.step = wait->steps[i];
        chain_add_step(run, &chain);
        chain.instance = chain.step->call->instance;
    }
    finding->chain = chain_hops(run, &chain);
    finding->chain_count = chain.hops.count;
    vec_free(&chain.hops);
    site_sink(run, finding, wait->instance, wait->observation->node, wait->observation->path);
}

static void report(CheckRun *run, const Instance *instance, const Duration *wait)
{
    const Step *step = wait->step_count ? wait->steps[0] : NULL;
    Site site = {instance, step ? step->report : wait->observation->report,
                 step ? step->statement : wait->observation->statement};
    Finding finding = site_finding(run, "LS406", &site);
    Str name = str_after_last(finding.function, '.');
    finding.confidence = wait->observation->confidence;
    finding.severity = wait->endless || wait->seconds >= 5 ? SEVERITY_MEDIUM : SEVERITY_LOW;
    finding.message = str_format(run->results, "`%.*s` holds its thread of the pool for %.3g s: %.*s",
                                 SITE_STR(name), wait->seconds, SITE_STR(capacity(run, wait->seconds)));
    finding.advice =
        STR("make it `async def` and await asyncio.sleep, or only record the job here and leave it to a "
            "worker queue (Celery, RQ, arq)");
    finding.why =
        STR("plain endpoints, dependencies and background tasks share one pool of 40 threads by default; "
            "when all are held, every further request to one waits");
    keep_chain(run, instance, wait, &finding);
    site_add(run, finding, &site, false);
}

static void run_held(CheckRun *run)
{
    for (size_t i = 0; i < run->unit->others.count; i++) {
        const Instance *instance = run->unit->others.items[i];
        const Contexts *contexts = &program_function(run->program, instance->function)->contexts;
        if (!contexts->request || !contexts->few_threads || contexts->start_up) continue;
        Duration wait = duration_longest(run->program, instance, true);
        if (wait.observation && (wait.endless || wait.seconds >= least_seconds)) report(run, instance, &wait);
    }
}

const Check check_thread_held = {.name = "thread-held", .run = run_held};
