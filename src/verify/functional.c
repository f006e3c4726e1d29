#define _POSIX_C_SOURCE 200809L
#include "verify/functional.h"

#include <time.h>

#include "base/clock.h"
#include "base/banned.h"

/* What an answer leaves running (background tasks) gets time before the next request: until nobody has had anything to do for
 * some looks, and while it calls the outside, until the answers to that are over for a moment, too. An application that never
 * rests is not waited for as long as one that calls. */
static const uint64_t LOOK_NS = 7000000u, SETTLE_NS = 20000000u;
static const uint64_t RESTLESS_NS = 500000000u, LONGEST_SETTLE_NS = 3000000000u;
enum { LOOKS = 3 };

static void pause_for(uint64_t ns)
{
    struct timespec time = {(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};
    nanosleep(&time, NULL);
}

static Effects collect(Stage *stage)
{
    Effects effects = {0};
    effects.count = outside_calls(stage->outside, stage->arena, &effects.calls);
    return effects;
}

static Effects joined(Arena *arena, Effects first, Effects second)
{
    if (!second.count) return first;
    OutsideCall *calls = arena_array(arena, first.count + second.count, sizeof *calls);
    for (size_t i = 0; i < first.count; i++)
        calls[i] = first.calls[i];
    for (size_t i = 0; i < second.count; i++)
        calls[first.count + i] = second.calls[i];
    return (Effects){calls, first.count + second.count};
}

/* The last call has been answered, each step of a conversation, too, and nothing came of it. */
static bool is_over(const Stage *stage, const Effects *effects)
{
    uint64_t now_ns = clock_now_ns(), delay_ns = stage->plan->outside.delay_ns;
    bool is_quiet =
        !effects->count || effects->calls[effects->count - 1].at_ns + delay_ns + SETTLE_NS < now_ns;
    return is_quiet && outside_busy_ns(stage->outside) + SETTLE_NS < now_ns;
}

static bool is_at_rest(const Stage *stage, const Host *host, uint64_t for_ns)
{
    return for_ns > RESTLESS_NS || (process_rests(&host->process) && outside_rests(stage->outside));
}

static Effects settle(Stage *stage, const Host *host)
{
    uint64_t started = clock_now_ns(), for_ns = 0;
    Effects effects = {0};
    for (unsigned looks = 0; looks < LOOKS && for_ns < LONGEST_SETTLE_NS;) {
        pause_for(LOOK_NS);
        effects = joined(stage->arena, effects, collect(stage));
        for_ns = clock_now_ns() - started;
        looks = is_over(stage, &effects) && is_at_rest(stage, host, for_ns) ? looks + 1 : 0;
    }
    return effects;
}

void pass_run(Stage *stage, Host *host, const Requests *requests, Pass *pass)
{
    LoadAnswer *answers = arena_array(stage->arena, requests->count, sizeof *answers);
    Effects *effects = arena_array(stage->arena, requests->count, sizeof *effects);
    probe_area_settings(&host->area, stage->plan->stall_ns, 0, stage->plan->stall_ns);
    uint64_t led_ns = requests->before_count ? clock_now_ns() : 0;
    for (size_t i = 0; i < requests->before_count && process_alive(&host->process); i++)
        load_ask(stage->arena, host->port, &requests->before[i], PASS_ANSWER_NS);
    if (requests->before_count) settle(stage, host);
    collect(stage);
    for (size_t i = 0; i < requests->count && process_alive(&host->process); i++) {
        answers[i] = load_ask(stage->arena, host->port, &requests->items[i].load, PASS_ANSWER_NS);
        effects[i] = settle(stage, host);
    }
    *pass =
        (Pass){.answers = answers, .effects = effects, .request_count = requests->count, .led_ns = led_ns};
    if (requests->count) {
        pass->started_ns = answers[0].started_ns;
        pass->ended_ns = answers[requests->count - 1].ended_ns;
    }
}
