#include "verify/timing.h"

#include <math.h>

#include "base/vec.h"
#include "verify/measure.h"
#include "verify/speed.h"

#include "base/banned.h"

/* An open loop at that share of what B reaches does not overload it. */
static const double OPEN_SHARE = 0.5;
/* Rounds of A that differ by more than that are run again, and so is a B that looks slower; so often. */
static const double NOISE = 0.10;
/* Fewer requests than that say nothing of what one costs the processor. */
enum { TRIES = 3, OVERHEAD_REQUESTS = 200 };

/* Drift of the machine cancels. */
static const Tree turns[] = {TREE_BEFORE, TREE_AFTER, TREE_AFTER, TREE_BEFORE};
enum { TURNS = sizeof turns / sizeof *turns };

struct Timing {
    Measure measure;
    const bool *wanted;
    bool ends;           /* this endpoint is the last that its application serves */
    bool *doubtful;      /* of the wanted those that are asked again */
    bool adopted[TREES]; /* its first round was made by timing_adopt */
    double probe_overhead;
};

static bool has_after(const Timing *timing)
{
    return timing->measure.stage->trees[TREE_AFTER] != NULL;
}

static size_t endpoint_count(const Timing *timing)
{
    return timing->measure.endpoints->count;
}

static CellDraft *first_load(const Timing *timing, size_t endpoint, Tree tree)
{
    return measure_draft(&timing->measure, endpoint, tree, 0);
}

static double noise_of(const Timing *timing, size_t endpoint)
{
    return cell_p50_deviation(first_load(timing, endpoint, TREE_BEFORE));
}

static bool looks_slower(const Timing *timing, size_t endpoint, size_t load, double percent)
{
    const RunCell cells[] = {cell_done(measure_draft(&timing->measure, endpoint, TREE_BEFORE, load)),
                             cell_done(measure_draft(&timing->measure, endpoint, TREE_AFTER, load))};
    const RunEndpoint seen = {.cells = cells, .cell_count = TREES, .noise = noise_of(timing, endpoint)};
    return speed_under(&seen, load, percent).kind == SPEED_SLOWER;
}

/* What a machine does beside us is over after a while, or it is not. */
static bool is_doubtful(const Timing *timing, size_t endpoint)
{
    return noise_of(timing, endpoint) > NOISE || looks_slower(timing, endpoint, 0, 50);
}

static bool closed_round(Timing *timing, Tree tree, size_t endpoint, Fail *fail)
{
    Measure *measure = &timing->measure;
    size_t count = measure->open == SIZE_MAX ? measure->load_count : measure->open;
    for (size_t load = 0; load < count; load++) {
        measure->is_last = timing->ends && load + 1 == count;
        if (!measure_load(measure, tree, endpoint, load, fail)) return false;
    }
    return true;
}

/* --- the open loop --- */

/* What B reaches, at the first number of users, decides how many requests a second are asked of both. */
static void plan_rate(Timing *timing, size_t endpoint)
{
    const VerifyPlan *plan = timing->measure.stage->plan;
    Tree tree = has_after(timing) ? TREE_AFTER : TREE_BEFORE;
    double reached = cell_done(first_load(timing, endpoint, tree)).per_second;
    timing->measure.rates[endpoint] = plan->rate > 0 ? plan->rate : reached * OPEN_SHARE;
}

static bool is_open_doubtful(const Timing *timing, size_t endpoint)
{
    size_t open = timing->measure.open;
    return open != SIZE_MAX && looks_slower(timing, endpoint, open, 99);
}

static bool open_round(Timing *timing, Tree tree, size_t endpoint, Fail *fail)
{
    Measure *measure = &timing->measure;
    if (measure->open == SIZE_MAX || measure->rates[endpoint] < 1) return true;
    measure->is_last = timing->ends;
    return measure_load(measure, tree, endpoint, measure->open, fail);
}

/* --- what the probe costs: one more round of A without it --- */

/* The other round of A will have about as many answers as the first. */
static bool wants_bare(const Timing *timing, size_t endpoint)
{
    uint64_t answered = first_load(timing, endpoint, TREE_BEFORE)->cell.answered;
    return isnan(timing->probe_overhead) && 2 * answered >= OVERHEAD_REQUESTS &&
           !stage_has(timing->measure.stage, &MEASURE_BARE);
}

static void find_overhead(Timing *timing, size_t endpoint)
{
    CellDraft bare;
    Fail fail = {0};
    const RunCell with = cell_done(first_load(timing, endpoint, TREE_BEFORE));
    if (!isnan(timing->probe_overhead) || with.answered < OVERHEAD_REQUESTS) return;
    bool done = measure_bare(&timing->measure, endpoint, &bare, &fail);
    uint64_t without = cell_done(&bare).cpu_per_request_ns;
    if (done && without) timing->probe_overhead = (double)with.cpu_per_request_ns / (double)without - 1;
}

/* --- where several applications live: one endpoint after the other --- */

/* A B B A; without a tree B: A A. */
static bool closed_rounds(Timing *timing, size_t endpoint, Fail *fail)
{
    for (size_t i = 0; i < TURNS; i++) {
        if (turns[i] == TREE_AFTER && !has_after(timing)) continue;
        measure_leave(&timing->measure);
        if (i + 1 == TURNS && wants_bare(timing, endpoint)) stage_ahead(timing->measure.stage, &MEASURE_BARE);
        if (!closed_round(timing, turns[i], endpoint, fail)) return false;
    }
    return true;
}

static bool closed_until_quiet(Timing *timing, size_t endpoint, Fail *fail)
{
    for (size_t tries = 1;; tries++) {
        if (!closed_rounds(timing, endpoint, fail)) return false;
        if (tries == TRIES || !is_doubtful(timing, endpoint)) return true;
        measure_forget(&timing->measure, endpoint);
    }
}

static bool open_until_quiet(Timing *timing, size_t endpoint, Fail *fail)
{
    plan_rate(timing, endpoint);
    for (size_t tries = 1;; tries++) {
        if (!open_round(timing, TREE_BEFORE, endpoint, fail)) return false;
        if (has_after(timing) && !open_round(timing, TREE_AFTER, endpoint, fail)) return false;
        if (tries == TRIES || !is_open_doubtful(timing, endpoint)) return true;
        measure_forget_load(&timing->measure, endpoint, timing->measure.open);
    }
}

static bool endpoint_rounds(Timing *timing, size_t endpoint, Fail *fail)
{
    if (!closed_until_quiet(timing, endpoint, fail) || !open_until_quiet(timing, endpoint, fail))
        return false;
    find_overhead(timing, endpoint);
    return true;
}

static bool each_endpoint(Timing *timing, Fail *fail)
{
    for (size_t i = 0; i < endpoint_count(timing); i++)
        if (timing->wanted[i] && !endpoint_rounds(timing, i, fail)) return false;
    return true;
}

/* --- where one application lives: it serves all endpoints before the other tree's has its turn --- */

typedef bool RoundOf(Timing *timing, Tree tree, size_t endpoint, Fail *fail);

static size_t last_of(const Timing *timing, const bool *chosen)
{
    size_t last = 0;
    for (size_t i = 0; i < endpoint_count(timing); i++)
        if (chosen[i]) last = i;
    return last;
}

static bool sweep(Timing *timing, Tree tree, const bool *chosen, RoundOf *round, Fail *fail)
{
    bool done = true;
    size_t last = last_of(timing, chosen);
    for (size_t i = 0; done && i <= last && i < endpoint_count(timing); i++) {
        timing->ends = i == last;
        done = !chosen[i] || round(timing, tree, i, fail);
    }
    measure_stop(&timing->measure);
    timing->ends = timing->measure.is_last = false;
    return done;
}

static bool closed_turns(Timing *timing, Fail *fail)
{
    for (size_t i = 0; i < TURNS; i++) {
        bool *adopted = &timing->adopted[turns[i]];
        bool skipped = *adopted || (turns[i] == TREE_AFTER && !has_after(timing));
        *adopted = false;
        if (!skipped && !sweep(timing, turns[i], timing->doubtful, closed_round, fail)) return false;
    }
    return true;
}

static bool open_turns(Timing *timing, Fail *fail)
{
    if (!sweep(timing, TREE_BEFORE, timing->doubtful, open_round, fail)) return false;
    return !has_after(timing) || sweep(timing, TREE_AFTER, timing->doubtful, open_round, fail);
}

/* Those that are asked again: all but them stand. */
static size_t forget_doubtful(Timing *timing, bool is_open)
{
    size_t count = 0;
    for (size_t i = 0; i < endpoint_count(timing); i++) {
        bool *doubtful = &timing->doubtful[i];
        *doubtful = *doubtful && (is_open ? is_open_doubtful(timing, i) : is_doubtful(timing, i));
        if (!*doubtful) continue;
        if (is_open)
            measure_forget_load(&timing->measure, i, timing->measure.open);
        else
            measure_forget(&timing->measure, i);
        count++;
    }
    return count;
}

static bool turns_until_quiet(Timing *timing, bool is_open, Fail *fail)
{
    for (size_t i = 0; i < endpoint_count(timing); i++)
        timing->doubtful[i] = timing->wanted[i];
    for (size_t tries = 1;; tries++) {
        if (!(is_open ? open_turns(timing, fail) : closed_turns(timing, fail))) return false;
        if (tries == TRIES || !forget_doubtful(timing, is_open)) return true;
    }
}

static bool sweeps(Timing *timing, Fail *fail)
{
    if (!turns_until_quiet(timing, false, fail)) return false;
    for (size_t i = 0; i < endpoint_count(timing); i++)
        if (timing->wanted[i]) plan_rate(timing, i);
    if (!turns_until_quiet(timing, true, fail)) return false;
    for (size_t i = 0; i < endpoint_count(timing); i++)
        if (timing->wanted[i]) find_overhead(timing, i);
    return true;
}

/* --- a quick run: A B --- */

static bool quick_rounds(Timing *timing, Fail *fail)
{
    for (size_t tree = 0; tree < TREES; tree++) {
        if (timing->adopted[tree] || (tree == TREE_AFTER && !has_after(timing))) continue;
        if (!sweep(timing, (Tree)tree, timing->wanted, closed_round, fail)) return false;
    }
    return true;
}

/* --- all of it --- */

Timing *timing_new(Stage *stage, const Endpoints *endpoints, const bool *wanted, Match *match)
{
    Timing *timing = arena_alloc(stage->arena, sizeof *timing);
    *timing = (Timing){.wanted = wanted, .probe_overhead = NAN};
    measure_begin(&timing->measure, stage, endpoints, match);
    timing->doubtful = arena_array(stage->arena, endpoints->count, sizeof *timing->doubtful);
    return timing;
}

bool timing_adopt(Timing *timing, Tree tree, Host *host, Fail *fail)
{
    measure_adopt(&timing->measure, tree, host);
    timing->adopted[tree] = true;
    return sweep(timing, tree, timing->wanted, closed_round, fail);
}

bool timing_rounds(Timing *timing, Fail *fail)
{
    const Stage *stage = timing->measure.stage;
    if (stage->plan->quick) return quick_rounds(timing, fail);
    bool done = stage->together ? each_endpoint(timing, fail) : sweeps(timing, fail);
    measure_stop(&timing->measure);
    return done;
}

/* Each endpoint is asked at a rate of its own. */
static void say_rates(Timing *timing)
{
    const Measure *measure = &timing->measure;
    double least = 0, most = 0;
    for (size_t i = 0; i < endpoint_count(timing); i++) {
        double rate = measure->rates[i];
        if (rate > 0 && (least <= 0 || rate < least)) least = rate;
        if (rate > most) most = rate;
    }
    if (measure->open == SIZE_MAX || most <= 0 || measure->stage->plan->rate > 0) return;
    RunLoad *load = &measure->loads[measure->open];
    load->rate = most;
    Arena *arena = measure->stage->arena;
    load->words =
        least < most
            ? str_format(arena, "%.3g to %.3g requests a second, half of what the second version answers",
                         least, most)
            : str_format(arena, "%.3g requests a second, half of what the second version answers", most);
}

static void take_cells(const Timing *timing, size_t endpoint)
{
    const Measure *measure = &timing->measure;
    VEC(RunCell) cells = {0};
    for (size_t tree = 0; tree < TREES; tree++)
        for (size_t load = 0; load < measure->load_count; load++) {
            const CellDraft *draft = measure_draft(measure, endpoint, (Tree)tree, load);
            if (draft->rounds) vec_add(&cells, cell_done(draft));
        }
    RunEndpoint *item = &measure->endpoints->items[endpoint];
    RunCell *kept = arena_array(measure->stage->arena, cells.count, sizeof *kept);
    for (size_t i = 0; i < cells.count; i++)
        kept[i] = cells.items[i];
    item->cells = kept;
    item->cell_count = cells.count;
    item->noise = noise_of(timing, endpoint);
    vec_free(&cells);
}

TimingResult timing_done(Timing *timing)
{
    say_rates(timing);
    for (size_t i = 0; i < endpoint_count(timing); i++)
        if (timing->wanted[i]) take_cells(timing, i);
    return (TimingResult){timing->measure.loads, timing->measure.load_count, timing->probe_overhead};
}
