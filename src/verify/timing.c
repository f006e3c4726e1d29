#define _POSIX_C_SOURCE 200809L
#include "verify/timing.h"

#include <math.h>
#include <time.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/vec.h"
#include "verify/cell_draft.h"

#include "base/banned.h"

/* Before a measurement counts: caches fill, connections open. In a quick run that has been asked each request once. */
static const uint64_t WARM_NS = 200000000u, QUICK_WARM_NS = 150000000u;
/* After one: what is under way may end, also what waits for the outside, and this much later. What takes longer counts as
 * unfinished. */
static const uint64_t GRACE_NS = 100000000u, QUICK_GRACE_NS = 50000000u;
static const uint64_t CALL_NS = 1000000u;
/* So long calls to the outside may come behind the answers. */
static const uint64_t CALLS_NS = 3000000000u;
/* An open loop at that share of what B reaches does not overload it. */
static const double OPEN_SHARE = 0.5;
/* Rounds of A that differ by more than that are run again, so often. */
static const double NOISE = 0.10;
/* Fewer requests than that say nothing of what one costs the processor. */
enum { TRIES = 3, OPEN_CONNECTIONS = 512, OVERHEAD_REQUESTS = 200 };

struct Timing {
    Stage *stage;
    const Endpoints *endpoints;
    const bool *wanted;
    Match *match;
    RunLoad *loads;
    size_t load_count, open; /* open: number of the open load; SIZE_MAX: none */
    CellDraft *cells;        /* [endpoint][tree][load] */
    double *rates;           /* of the open loop, an endpoint each; 0: B has not been seen */
    Host host;
    bool serving;
    StageStart start;        /* of the host */
    bool spends[TREES];      /* it leaves requests behind: a load needs an application of its own */
    bool done[TREES];        /* in a quick run */
    uint64_t rests_until_ns; /* the application that was loaded last has something left to do; 0: nothing */
    double noise, probe_overhead;
};

static CellDraft *cell_of(const Timing *timing, size_t endpoint, Tree tree, size_t load)
{
    return &timing->cells[(endpoint * TREES + tree) * timing->load_count + load];
}

/* --- the application --- */

static void stop(Timing *timing)
{
    if (timing->serving) stage_stop(&timing->host);
    timing->serving = false;
    timing->rests_until_ns = 0;
}

/* It may be asked again, unless what it records could find no room. */
static void leave(Timing *timing)
{
    bool room = timing->start.probe && timing->serving &&
                probe_area_count(&timing->host.area) < LIMIT_PROBE_RECORDS / 2;
    if (room)
        stage_leave(timing->stage, &timing->start, &timing->host);
    else
        stop(timing);
    timing->serving = false;
}

static void set_timing(Timing *timing)
{
    uint64_t stall_ns = timing->stage->plan->stall_ns;
    probe_area_settings(&timing->host.area, stall_ns, CALL_NS, stall_ns);
}

/* Where a load needs an application of its own, two of them start in the time of one. */
static void begin_pair(Timing *timing, const StageStart *start)
{
    if (!timing->spends[start->tree] || stage_has(timing->stage, start)) return;
    stage_ahead(timing->stage, start);
    stage_ahead(timing->stage, start);
}

static bool serve(Timing *timing, Tree tree, bool probe, Fail *fail)
{
    if (timing->serving && timing->start.tree == tree && timing->start.probe == probe) return true;
    leave(timing);
    timing->start = (StageStart){.tree = tree, .probe = probe};
    if (probe) begin_pair(timing, &timing->start);
    timing->serving = stage_serve(timing->stage, &timing->start, &timing->host, fail);
    if (timing->serving && timing->stage->fresh)
        endpoints_lead(timing->stage->arena, timing->endpoints, &timing->host);
    if (timing->serving && probe) set_timing(timing);
    return timing->serving;
}

/* --- one measurement --- */

static uint64_t grace_ns(const VerifyPlan *plan)
{
    return plan->outside.delay_ns + (plan->quick ? QUICK_GRACE_NS : GRACE_NS);
}

static LoadPlan plan_of(const Timing *timing, size_t endpoint, size_t load)
{
    const EndpointRequests *requests = &timing->endpoints->requests[endpoint];
    const RunLoad *words = &timing->loads[load];
    bool open = load == timing->open;
    return (LoadPlan){.port = timing->host.port,
                      .requests = requests->good,
                      .request_count = requests->good_count,
                      .users = open ? OPEN_CONNECTIONS : words->users,
                      .rate = open ? timing->rates[endpoint] : 0,
                      .think_ns = words->think_ns,
                      .warm_ns = words->warm_ns,
                      .grace_ns = grace_ns(timing->stage->plan),
                      .duration_ns = words->duration_ns};
}

static void add_sums(RunCell *cell, const MatchSums *sums)
{
    cell->stalled_ns += sums->stalled_ns;
    cell->blocked_ns += sums->blocked_ns;
    cell->gil_ns += sums->gil_ns;
    cell->cpu_ns += sums->cpu_ns;
    cell->runqueue_ns += sums->runqueue_ns;
    if (sums->longest_ns > cell->longest_ns) cell->longest_ns = sums->longest_ns;
    if (cell->timeline_ns) return;
    cell->ticks = sums->ticks;
    cell->tick_count = sums->tick_count;
    cell->timeline_ns = sums->wall_ns;
}

static void note_phase(Timing *timing, size_t endpoint, const LoadResult *result, CellDraft *draft)
{
    MatchPhase phase = {.area = &timing->host.area,
                        .tree = timing->start.tree,
                        .endpoint = endpoint,
                        .from_ns = result->started_ns,
                        .to_ns = result->ended_ns};
    probe_area_open_ticks(&timing->host.area, phase.open_ns);
    MatchSums sums = match_phase(timing->match, &phase);
    add_sums(&draft->cell, &sums);
}

/* --- calls to the outside: under load as many a request as alone --- */

static void pause_for(uint64_t ns)
{
    struct timespec time = {(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};
    nanosleep(&time, NULL);
}

/* What answers leave running calls later: it is waited for while it does and calls are missing. */
static void note_calls(Timing *timing, size_t endpoint, const LoadResult *result)
{
    RunCalls *calls = &timing->endpoints->items[endpoint].calls;
    Outside *outside = timing->stage->outside;
    double wanted = calls->alone * (double)result->handled;
    uint64_t count = outside_requests(outside), more = 1;
    for (uint64_t until = clock_now_ns() + CALLS_NS;
         more && (double)count < wanted && clock_now_ns() < until;) {
        pause_for(grace_ns(timing->stage->plan));
        more = outside_requests(outside);
        count += more;
    }
    calls->count[timing->start.tree] += count;
    calls->handled[timing->start.tree] += result->handled;
}

/* Those who have something left to do need a moment before somebody is asked again. */
static void let_rest(Timing *timing)
{
    uint64_t now = clock_now_ns();
    if (timing->rests_until_ns <= now) return;
    pause_for(timing->rests_until_ns - now);
}

/* If it answers the requests that it still has as fast as before, that takes no longer than the start of another one. */
static bool is_soon_idle(Timing *timing, const LoadResult *result)
{
    enum { SAFELY = 2 }; /* as long as it should take */
    if (!result->unfinished && !result->broken) return true;
    double rest_s = result->per_second > 0 ? (double)result->unfinished / result->per_second : INFINITY;
    double rest_ns = rest_s * 1e9 * SAFELY;
    if (result->broken || rest_ns > (double)timing->stage->start_ns) return false;
    timing->rests_until_ns = clock_now_ns() + (uint64_t)rest_ns;
    return true;
}

/* The load runs and its numbers go into the draft. */
static bool load_once(Timing *timing, size_t endpoint, size_t load, bool probe, CellDraft *draft, Fail *fail)
{
    LoadPlan plan = plan_of(timing, endpoint, load);
    LoadResult result;
    CellRound round;
    let_rest(timing);
    stage_hush(timing->stage);
    outside_requests(timing->stage->outside); /* those before it are no matter */
    uint64_t main_before, main_after, before = process_cpu_ns(&timing->host.process, &main_before);
    if (!load_run(&plan, &result, fail)) return false;
    round.cpu_ns = process_cpu_ns(&timing->host.process, &main_after) - before;
    round.loop_cpu_ns = main_after - main_before;
    if (probe) note_phase(timing, endpoint, &result, draft);
    cell_add(draft, &result, &round);
    note_calls(timing, endpoint, &result);
    if (!is_soon_idle(timing, &result)) {
        timing->spends[timing->start.tree] = true;
        stop(timing);
    }
    load_result_free(&result);
    return true;
}

static bool measure(Timing *timing, Tree tree, size_t endpoint, size_t load, Fail *fail)
{
    const RunEndpoint *item = &timing->endpoints->items[endpoint];
    Arena *arena = timing->stage->arena;
    stage_progress(timing->stage,
                   str_format(arena, "%s %.*s %.*s: %.*s", tree == TREE_BEFORE ? "before" : "after",
                              (int)item->method.len, item->method.ptr, (int)item->path.len, item->path.ptr,
                              (int)timing->loads[load].words.len, timing->loads[load].words.ptr)
                       .ptr);
    return serve(timing, tree, true, fail) &&
           load_once(timing, endpoint, load, true, cell_of(timing, endpoint, tree, load), fail);
}

/* --- rounds --- */

static bool closed_round(Timing *timing, Tree tree, size_t endpoint, Fail *fail)
{
    for (size_t load = 0; load < timing->load_count; load++)
        if (load != timing->open && !measure(timing, tree, endpoint, load, fail)) return false;
    return true;
}

static bool has_after(const Timing *timing)
{
    return timing->stage->trees[TREE_AFTER] != NULL;
}

static const StageStart BARE = {.tree = TREE_BEFORE};

/* The other round of A will have about as many answers as the first. */
static bool wants_bare(const Timing *timing, size_t endpoint)
{
    uint64_t answered = cell_of(timing, endpoint, TREE_BEFORE, 0)->cell.answered;
    return isnan(timing->probe_overhead) && 2 * answered >= OVERHEAD_REQUESTS &&
           !stage_has(timing->stage, &BARE);
}

/* A B B A; without a tree B: A A. Where only one application may live each round has its own. */
static bool closed_rounds(Timing *timing, size_t endpoint, Fail *fail)
{
    static const Tree turns[] = {TREE_BEFORE, TREE_AFTER, TREE_AFTER, TREE_BEFORE};
    enum { TURNS = sizeof turns / sizeof *turns };
    for (size_t i = 0; i < TURNS; i++) {
        if (turns[i] == TREE_AFTER && !has_after(timing)) continue;
        leave(timing);
        if (i + 1 == TURNS && wants_bare(timing, endpoint)) stage_ahead(timing->stage, &BARE);
        if (!closed_round(timing, turns[i], endpoint, fail)) return false;
    }
    return true;
}

static double noise_of(const Timing *timing, size_t endpoint)
{
    return cell_p50_deviation(cell_of(timing, endpoint, TREE_BEFORE, 0));
}

static void forget(Timing *timing, size_t endpoint)
{
    for (size_t tree = 0; tree < TREES; tree++)
        for (size_t load = 0; load < timing->load_count; load++)
            cell_begin(cell_of(timing, endpoint, (Tree)tree, load), (Tree)tree, load);
}

/* What a machine does beside us is over after a while, or it is not. */
static bool closed_until_quiet(Timing *timing, size_t endpoint, Fail *fail)
{
    for (size_t tries = 1;; tries++) {
        if (!closed_rounds(timing, endpoint, fail)) return false;
        if (tries == TRIES || noise_of(timing, endpoint) <= NOISE) return true;
        forget(timing, endpoint);
    }
}

/* What B reaches, at the first number of users, decides how many requests a second are asked of both. */
static double open_rate(const Timing *timing, size_t endpoint)
{
    if (timing->stage->plan->rate > 0) return timing->stage->plan->rate;
    Tree tree = has_after(timing) ? TREE_AFTER : TREE_BEFORE;
    return cell_done(cell_of(timing, endpoint, tree, 0)).per_second * OPEN_SHARE;
}

static bool open_rounds(Timing *timing, size_t endpoint, Fail *fail)
{
    if (timing->open == SIZE_MAX) return true;
    timing->rates[endpoint] = open_rate(timing, endpoint);
    if (timing->rates[endpoint] < 1) return true;
    return measure(timing, TREE_BEFORE, endpoint, timing->open, fail) &&
           (!has_after(timing) || measure(timing, TREE_AFTER, endpoint, timing->open, fail));
}

/* --- what the probe costs: one more round of A without it --- */

static double overhead(Timing *timing, size_t endpoint)
{
    CellDraft bare;
    Fail fail = {0};
    if (cell_done(cell_of(timing, endpoint, TREE_BEFORE, 0)).answered < OVERHEAD_REQUESTS) return NAN;
    cell_begin(&bare, TREE_BEFORE, 0);
    leave(timing);
    bool done =
        serve(timing, TREE_BEFORE, false, &fail) && load_once(timing, endpoint, 0, false, &bare, &fail);
    stop(timing);
    uint64_t with = cell_done(cell_of(timing, endpoint, TREE_BEFORE, 0)).cpu_per_request_ns;
    uint64_t without = cell_done(&bare).cpu_per_request_ns;
    return done && without ? (double)with / (double)without - 1 : NAN;
}

/* --- loads and cells --- */

static Str closed_words(Arena *arena, uint32_t users, uint64_t think_ns)
{
    const char *plural = users == 1 ? "" : "s";
    if (!think_ns) return str_format(arena, "%u user%s without a pause", users, plural);
    return str_format(arena, "%u user%s, %.3g s between an answer and the next request", users, plural,
                      (double)think_ns / 1e9);
}

static void lay_loads(Timing *timing)
{
    const VerifyPlan *plan = timing->stage->plan;
    Arena *arena = timing->stage->arena;
    size_t closed = plan->quick ? 1 : plan->users_count;
    timing->loads = arena_array(arena, closed + 1, sizeof *timing->loads);
    for (size_t i = 0; i < closed; i++)
        timing->loads[i] = (RunLoad){.words = closed_words(arena, plan->users[i], plan->think_ns),
                                     .users = plan->users[i],
                                     .think_ns = plan->think_ns,
                                     .warm_ns = plan->quick ? QUICK_WARM_NS : WARM_NS,
                                     .duration_ns = plan->seconds_ns};
    timing->load_count = closed;
    timing->open = SIZE_MAX;
    if (plan->quick) return;
    timing->open = timing->load_count++;
    timing->loads[closed] = (RunLoad){
        .words = plan->rate > 0 ? str_format(arena, "%.3g requests a second", plan->rate)
                                : STR("half of the requests a second that the second version answers"),
        .rate = plan->rate > 0 ? plan->rate : 1,
        .warm_ns = WARM_NS,
        .duration_ns = plan->seconds_ns};
}

static void take_cells(const Timing *timing, size_t endpoint)
{
    VEC(RunCell) cells = {0};
    for (size_t tree = 0; tree < TREES; tree++)
        for (size_t load = 0; load < timing->load_count; load++) {
            const CellDraft *draft = cell_of(timing, endpoint, (Tree)tree, load);
            if (draft->rounds) vec_add(&cells, cell_done(draft));
        }
    RunEndpoint *item = &timing->endpoints->items[endpoint];
    RunCell *kept = arena_array(timing->stage->arena, cells.count, sizeof *kept);
    for (size_t i = 0; i < cells.count; i++)
        kept[i] = cells.items[i];
    item->cells = kept;
    item->cell_count = cells.count;
    vec_free(&cells);
}

/* --- all of it --- */

Timing *timing_new(Stage *stage, const Endpoints *endpoints, const bool *wanted, Match *match)
{
    Timing *timing = arena_alloc(stage->arena, sizeof *timing);
    *timing = (Timing){
        .stage = stage, .endpoints = endpoints, .wanted = wanted, .match = match, .probe_overhead = NAN};
    lay_loads(timing);
    timing->cells =
        arena_array(stage->arena, endpoints->count * TREES * timing->load_count, sizeof *timing->cells);
    timing->rates = arena_array(stage->arena, endpoints->count, sizeof *timing->rates);
    for (size_t i = 0; i < endpoints->count; i++)
        forget(timing, i);
    return timing;
}

static bool endpoint_rounds(Timing *timing, size_t endpoint, Fail *fail)
{
    if (!closed_until_quiet(timing, endpoint, fail) || !open_rounds(timing, endpoint, fail)) return false;
    double noise = noise_of(timing, endpoint);
    if (noise > timing->noise) timing->noise = noise;
    if (isnan(timing->probe_overhead)) timing->probe_overhead = overhead(timing, endpoint);
    return true;
}

static bool quick_round(Timing *timing, Tree tree, Fail *fail)
{
    bool done = true;
    for (size_t i = 0; done && i < timing->endpoints->count; i++)
        done = !timing->wanted[i] || closed_round(timing, tree, i, fail);
    stop(timing);
    timing->done[tree] = true;
    return done;
}

static bool quick_rounds(Timing *timing, Fail *fail)
{
    bool before = timing->done[TREE_BEFORE] || quick_round(timing, TREE_BEFORE, fail);
    bool none = timing->done[TREE_AFTER] || !has_after(timing);
    return before && (none || quick_round(timing, TREE_AFTER, fail));
}

bool timing_rounds(Timing *timing, Fail *fail)
{
    bool done = true;
    if (timing->stage->plan->quick) return quick_rounds(timing, fail);
    for (size_t i = 0; done && i < timing->endpoints->count; i++)
        done = !timing->wanted[i] || endpoint_rounds(timing, i, fail);
    stop(timing);
    return done;
}

bool timing_adopt(Timing *timing, Tree tree, Host *host, Fail *fail)
{
    timing->host = *host;
    timing->start = (StageStart){.tree = tree, .probe = true};
    timing->serving = true;
    set_timing(timing);
    return quick_round(timing, tree, fail);
}

/* Each endpoint is asked at a rate of its own. */
static void say_rates(Timing *timing)
{
    double least = 0, most = 0;
    for (size_t i = 0; i < timing->endpoints->count; i++) {
        double rate = timing->rates[i];
        if (rate > 0 && (least <= 0 || rate < least)) least = rate;
        if (rate > most) most = rate;
    }
    if (timing->open == SIZE_MAX || most <= 0 || timing->stage->plan->rate > 0) return;
    RunLoad *load = &timing->loads[timing->open];
    load->rate = most;
    load->words = least < most
                      ? str_format(timing->stage->arena,
                                   "%.3g to %.3g requests a second, half of what the second version answers",
                                   least, most)
                      : str_format(timing->stage->arena,
                                   "%.3g requests a second, half of what the second version answers", most);
}

TimingResult timing_done(Timing *timing)
{
    say_rates(timing);
    for (size_t i = 0; i < timing->endpoints->count; i++)
        if (timing->wanted[i]) take_cells(timing, i);
    return (TimingResult){timing->loads, timing->load_count, timing->noise, timing->probe_overhead};
}
