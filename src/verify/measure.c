#define _POSIX_C_SOURCE 200809L
#include "verify/measure.h"

#include <time.h>

#include "base/clock.h"
#include "base/limits.h"

#include "base/banned.h"

/* Before a measurement counts: caches fill, connections open. In a quick run that has been asked each request once. */
static const uint64_t WARM_NS = 200000000u, QUICK_WARM_NS = 150000000u;
/* After one: what is under way may end, also what waits for the outside, and this much later. What takes longer counts as
 * unfinished. */
static const uint64_t GRACE_NS = 100000000u, QUICK_GRACE_NS = 50000000u;
static const uint64_t CALL_NS = 1000000u;
/* So long calls to the outside may come behind the answers; they are over when so many looks in a row see none. */
static const uint64_t CALLS_NS = 3000000000u;
enum { OPEN_CONNECTIONS = 512, QUIET_LOOKS = 2 };

/* --- cells --- */

static MeasureCell *cell_of(const Measure *measure, size_t endpoint, Tree tree, size_t load)
{
    return &measure->cells[(endpoint * TREES + tree) * measure->load_count + load];
}

CellDraft *measure_draft(const Measure *measure, size_t endpoint, Tree tree, size_t load)
{
    return &cell_of(measure, endpoint, tree, load)->draft;
}

void measure_forget_load(Measure *measure, size_t endpoint, size_t load)
{
    for (size_t tree = 0; tree < TREES; tree++)
        cell_begin(measure_draft(measure, endpoint, (Tree)tree, load), (Tree)tree, load);
}

void measure_forget(Measure *measure, size_t endpoint)
{
    for (size_t load = 0; load < measure->load_count; load++)
        measure_forget_load(measure, endpoint, load);
}

/* --- the application --- */

void measure_stop(Measure *measure)
{
    if (measure->serving) stage_stop(&measure->host);
    measure->serving = false;
}

/* Unless what it records could find no room. */
void measure_leave(Measure *measure)
{
    bool room = measure->start.probe && measure->serving &&
                probe_area_count(&measure->host.area) < LIMIT_PROBE_RECORDS / 2;
    if (room)
        stage_leave(measure->stage, &measure->start, &measure->host);
    else
        measure_stop(measure);
    measure->serving = false;
}

static void set_timing(Measure *measure)
{
    uint64_t stall_ns = measure->stage->plan->stall_ns;
    probe_area_settings(&measure->host.area, stall_ns, CALL_NS, stall_ns);
}

/* Where a load needs an application of its own, two of them start in the time of one. */
static void begin_pair(Measure *measure, const StageStart *start)
{
    if (!measure->spends[start->tree] || stage_has(measure->stage, start)) return;
    stage_ahead(measure->stage, start);
    stage_ahead(measure->stage, start);
}

static bool serve(Measure *measure, Tree tree, bool probe, Fail *fail)
{
    if (measure->serving && measure->start.tree == tree && measure->start.probe == probe) return true;
    measure_leave(measure);
    measure->start = (StageStart){.tree = tree, .probe = probe};
    if (probe) begin_pair(measure, &measure->start);
    measure->serving = stage_serve(measure->stage, &measure->start, &measure->host, fail);
    if (measure->serving && measure->stage->fresh)
        endpoints_lead(measure->stage->arena, measure->endpoints, &measure->host);
    if (measure->serving && probe) set_timing(measure);
    return measure->serving;
}

void measure_adopt(Measure *measure, Tree tree, const Host *host)
{
    measure->host = *host;
    measure->start = (StageStart){.tree = tree, .probe = true};
    measure->serving = true;
    set_timing(measure);
}

/* --- one measurement --- */

static uint64_t grace_ns(const VerifyPlan *plan)
{
    return plan->outside.delay_ns + (plan->quick ? QUICK_GRACE_NS : GRACE_NS);
}

/* So long the application is waited for: as long as it takes to have a fresh one, unless nobody wants it any more, or it was
 * waited for in vain. */
static uint64_t drain_ns(const Measure *measure, const MeasureCell *cell)
{
    if (measure->is_last || (cell && cell->hangs)) return 0;
    return measure->stage->start_ns + measure->endpoints->lead_ns;
}

static LoadPlan plan_of(const Measure *measure, size_t endpoint, size_t load, const MeasureCell *cell)
{
    const EndpointRequests *requests = &measure->endpoints->requests[endpoint];
    const RunLoad *words = &measure->loads[load];
    bool open = load == measure->open;
    return (LoadPlan){.port = measure->host.port,
                      .requests = requests->good,
                      .request_count = requests->good_count,
                      .users = open ? OPEN_CONNECTIONS : words->users,
                      .rate = open ? measure->rates[endpoint] : 0,
                      .think_ns = words->think_ns,
                      .warm_ns = words->warm_ns,
                      .grace_ns = grace_ns(measure->stage->plan),
                      .drain_ns = drain_ns(measure, cell),
                      .alone_ns = requests->alone_ns,
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

static void add_asked(RunAsked *asked, const LoadResult *result, const MatchSums *sums)
{
    asked->wall_ns += result->ended_ns - result->started_ns;
    asked->stalled_ns += sums->stalled_ns;
    asked->answered += result->answered;
    asked->others += result->failed + result->broken + result->unfinished;
}

static void note_phase(Measure *measure, size_t endpoint, const LoadResult *result, CellDraft *draft)
{
    MatchPhase phase = {.area = &measure->host.area,
                        .tree = measure->start.tree,
                        .endpoint = endpoint,
                        .from_ns = result->started_ns,
                        .to_ns = result->ended_ns};
    probe_area_open_ticks(&measure->host.area, phase.open_ns);
    MatchSums sums = match_phase(measure->match, &phase);
    add_sums(&draft->cell, &sums);
    add_asked(&measure->endpoints->items[endpoint].asked[phase.tree], result, &sums);
}

/* --- calls to the outside: under load as many a request as alone --- */

static void pause_for(uint64_t ns)
{
    struct timespec time = {(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};
    nanosleep(&time, NULL);
}

/* What answers leave running calls later: it is waited for while it does and calls are missing. False: it goes on, and nobody
 * knows how many there would be. */
static bool note_calls(Measure *measure, size_t endpoint, const LoadResult *result)
{
    RunCalls *calls = &measure->endpoints->items[endpoint].calls;
    Outside *outside = measure->stage->outside;
    double wanted = calls->alone * (double)result->handled;
    uint64_t count = outside_requests(outside);
    unsigned quiet = 0;
    for (uint64_t until = clock_now_ns() + CALLS_NS;
         quiet < QUIET_LOOKS && (double)count < wanted && clock_now_ns() < until;) {
        pause_for(grace_ns(measure->stage->plan));
        uint64_t more = outside_requests(outside);
        quiet = more ? 0 : quiet + 1;
        count += more;
    }
    if (quiet < QUIET_LOOKS && (double)count < wanted) return false;
    calls->count[measure->start.tree] += count;
    calls->handled[measure->start.tree] += result->handled;
    return true;
}

/* The load runs and its numbers go into the draft. cell: NULL of a run without the probe. */
static bool load_once(Measure *measure, size_t endpoint, size_t load, MeasureCell *cell, CellDraft *draft,
                      Fail *fail)
{
    LoadPlan plan = plan_of(measure, endpoint, load, cell);
    LoadResult result;
    CellRound round;
    stage_hush(measure->stage);
    outside_requests(measure->stage->outside); /* those before it are no matter */
    uint64_t main_before, main_after, before = process_cpu_ns(&measure->host.process, &main_before);
    if (!load_run(&plan, &result, fail)) return false;
    round.cpu_ns = process_cpu_ns(&measure->host.process, &main_after) - before;
    round.loop_cpu_ns = main_after - main_before;
    if (cell) note_phase(measure, endpoint, &result, draft);
    cell_add(draft, &result, &round);
    bool rests = note_calls(measure, endpoint, &result);
    if (result.left || result.broken || !rests) {
        measure->spends[measure->start.tree] = true;
        if (cell) cell->hangs = result.left && plan.drain_ns;
        measure_stop(measure);
    }
    load_result_free(&result);
    return true;
}

bool measure_load(Measure *measure, Tree tree, size_t endpoint, size_t load, Fail *fail)
{
    const RunEndpoint *item = &measure->endpoints->items[endpoint];
    MeasureCell *cell = cell_of(measure, endpoint, tree, load);
    stage_progress(measure->stage,
                   str_format(measure->stage->arena, "%s %.*s %.*s: %.*s",
                              tree == TREE_BEFORE ? "before" : "after", (int)item->method.len,
                              item->method.ptr, (int)item->path.len, item->path.ptr,
                              (int)measure->loads[load].words.len, measure->loads[load].words.ptr)
                       .ptr);
    return serve(measure, tree, true, fail) && load_once(measure, endpoint, load, cell, &cell->draft, fail);
}

const StageStart MEASURE_BARE = {.tree = TREE_BEFORE};

bool measure_bare(Measure *measure, size_t endpoint, CellDraft *draft, Fail *fail)
{
    cell_begin(draft, TREE_BEFORE, 0);
    measure_leave(measure);
    measure->is_last = true;
    bool done = serve(measure, MEASURE_BARE.tree, MEASURE_BARE.probe, fail) &&
                load_once(measure, endpoint, 0, NULL, draft, fail);
    measure_stop(measure);
    measure->is_last = false;
    return done;
}

/* --- loads --- */

static Str closed_words(Arena *arena, uint32_t users, uint64_t think_ns)
{
    const char *plural = users == 1 ? "" : "s";
    if (!think_ns) return str_format(arena, "%u user%s without a pause", users, plural);
    return str_format(arena, "%u user%s, %.3g s between an answer and the next request", users, plural,
                      (double)think_ns / 1e9);
}

static void lay_loads(Measure *measure)
{
    const VerifyPlan *plan = measure->stage->plan;
    Arena *arena = measure->stage->arena;
    size_t closed = plan->quick ? 1 : plan->users_count;
    measure->loads = arena_array(arena, closed + 1, sizeof *measure->loads);
    for (size_t i = 0; i < closed; i++)
        measure->loads[i] = (RunLoad){.words = closed_words(arena, plan->users[i], plan->think_ns),
                                      .users = plan->users[i],
                                      .think_ns = plan->think_ns,
                                      .warm_ns = plan->quick ? QUICK_WARM_NS : WARM_NS,
                                      .duration_ns = plan->seconds_ns};
    measure->load_count = closed;
    measure->open = SIZE_MAX;
    if (plan->quick) return;
    measure->open = measure->load_count++;
    measure->loads[closed] = (RunLoad){
        .words = plan->rate > 0 ? str_format(arena, "%.3g requests a second", plan->rate)
                                : STR("half of the requests a second that the second version answers"),
        .rate = plan->rate > 0 ? plan->rate : 1,
        .warm_ns = WARM_NS,
        .duration_ns = plan->seconds_ns};
}

void measure_begin(Measure *measure, Stage *stage, const Endpoints *endpoints, Match *match)
{
    *measure = (Measure){.stage = stage, .endpoints = endpoints, .match = match};
    lay_loads(measure);
    measure->cells =
        arena_array(stage->arena, endpoints->count * TREES * measure->load_count, sizeof *measure->cells);
    measure->rates = arena_array(stage->arena, endpoints->count, sizeof *measure->rates);
    for (size_t i = 0; i < endpoints->count; i++)
        measure_forget(measure, i);
}
