#include "program/durations.h"

#include "base/banned.h"

/* Instances looked at for the sake of one. */
enum { DURATION_VISITS = 400, JOB_SECONDS = 60 };

typedef struct Search {
    const Program *program;
    bool blocking;
    unsigned visits, depth;
    const Step *steps[DURATION_CALLS];
    Duration longest;
} Search;

static bool is_longer(const Search *search, const Duration *left, const Duration *right)
{
    if (!right->observation) return true;
    if (left->endless != right->endless) return left->endless;
    return search->blocking ? left->seconds > right->seconds : left->most_seconds > right->most_seconds;
}

static void take(Search *search, const Instance *instance, const Observation *observation)
{
    bool is_job = observation->traits & TRAIT_BIT(TRAIT_LONG_JOB);
    bool sleeps = observation->traits & TRAIT_BIT(TRAIT_SLEEPS) && observation->seconds > 0;
    if (observation->kind != OBSERVED_CALL || (!sleeps && !is_job)) return;
    if (observation->in_handler || observation->guarded) return;
    if (search->blocking && !observation->blocks) return;
    Duration wait = {.observation = observation,
                     .instance = instance,
                     .seconds = is_job ? JOB_SECONDS : observation->seconds,
                     .most_seconds = is_job ? JOB_SECONDS : observation->most_seconds,
                     .endless = observation->endless,
                     .is_job = is_job,
                     .step_count = search->depth};
    for (unsigned i = 0; i < search->depth; i++)
        wait.steps[i] = search->steps[i];
    if (is_longer(search, &wait, &search->longest)) search->longest = wait;
}

static void look_through(Search *search, const Instance *instance)
{
    if (search->visits++ >= DURATION_VISITS) return;
    for (size_t i = 0; i < instance->observations.count; i++)
        take(search, instance, &instance->observations.items[i]);
    for (size_t i = 0; search->depth < DURATION_CALLS && i < instance->steps.count; i++) {
        const Step *step = &instance->steps.items[i];
        if (step->guarded || !step_is_followed(search->program, step) || !step->call->instance) continue;
        search->steps[search->depth++] = step;
        look_through(search, step->call->instance);
        search->depth--;
    }
}

Duration duration_longest(const Program *program, const Instance *instance, bool blocking)
{
    Search search = {.program = program, .blocking = blocking};
    look_through(&search, instance);
    return search.longest;
}
