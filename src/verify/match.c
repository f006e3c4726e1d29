#include "verify/match.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/vec.h"
#include "verify/stack_read.h"
#include "verify/ticks.h"
#include "verify/words.h"
#include "base/banned.h"

enum { NEARBY = 1024 }; /* places of a phase that are remembered by their stack */

/* Blocking calls of one name at a finding's lines, one request at a time. */
typedef struct MatchCall {
    size_t finding;
    Str name;
    uint64_t count[TREES], sum_ns[TREES], longest_ns[TREES];
    RunStall first; /* words of it for the reader */
} MatchCall;

typedef struct MatchVisit {
    size_t finding, endpoint;
} MatchVisit;

/* A stack of this phase that was looked at. */
typedef struct NearPlace {
    bool is_known;
    uint32_t stack;
    uint16_t call;
    StallKind kind;
    size_t number; /* of the stall, in a functional phase of the call; SIZE_MAX: it is of no interest */
} NearPlace;

struct Match {
    Arena *arena;
    MatchPlan plan;
    VEC(RunStall) stalls;
    VEC(MatchCall) calls;
    VEC(MatchVisit) visits;
    NearPlace near[NEARBY];
};

Match *match_new(Arena *arena, const MatchPlan *plan)
{
    Match *match = memory_alloc(sizeof *match);
    memset(match, 0, sizeof *match);
    match->arena = arena;
    match->plan = *plan;
    return match;
}

void match_free(Match *match)
{
    if (!match) return;
    vec_free(&match->stalls);
    vec_free(&match->calls);
    vec_free(&match->visits);
    free(match);
}

/* --- findings --- */

static LineRows finding_rows(const Match *match, Tree tree, size_t finding)
{
    const RunFinding *at = &match->plan.findings[finding];
    if (tree == TREE_AFTER) return (LineRows){at->after_row1, at->after_end_row1};
    return (LineRows){at->row1, at->end_row1 < at->row1 ? at->row1 : at->end_row1};
}

static bool rows_hold(LineRows rows, uint32_t row1)
{
    return rows.row1 && row1 >= rows.row1 && row1 <= rows.end_row1;
}

/* Interpreters before 3.11 give the plain name; nested functions are written with <locals>. */
static bool same_function(Str left, Str right)
{
    return str_equal(str_after_last(left, '.'), str_after_last(right, '.'));
}

static bool stands_in(const Match *match, Tree tree, size_t finding, const RunFrame *frame, bool in_statement)
{
    const RunFinding *at = &match->plan.findings[finding];
    if (at->harm != HARM_STALL || !str_equal(at->path, frame->file)) return false;
    if (!in_statement) return rows_hold(finding_rows(match, tree, finding), frame->row1);
    const LineRows *statements = match->plan.statements[tree];
    return statements && same_function(at->function, frame->function) &&
           rows_hold(statements[finding], frame->row1);
}

/* Of several findings in the same rows the narrowest; of equally narrow ones the first. */
static size_t finding_at(const Match *match, Tree tree, const RunFrame *frame, bool in_statement)
{
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < match->plan.finding_count; i++) {
        if (!stands_in(match, tree, i, frame, in_statement)) continue;
        LineRows rows = finding_rows(match, tree, i), least = {0};
        if (best != SIZE_MAX) least = finding_rows(match, tree, best);
        if (best == SIZE_MAX || rows.end_row1 - rows.row1 < least.end_row1 - least.row1) best = i;
    }
    return best;
}

static size_t finding_of(const Match *match, Tree tree, const RunStack *stack)
{
    for (unsigned in_statement = 0; in_statement < 2; in_statement++)
        for (size_t i = 0; i < stack->count; i++) {
            if (!stack->frames[i].in_project) continue;
            size_t finding = finding_at(match, tree, &stack->frames[i], in_statement);
            if (finding != SIZE_MAX) return finding;
        }
    return SIZE_MAX;
}

void match_ran(Match *match, size_t finding, size_t endpoint)
{
    for (size_t i = 0; i < match->visits.count; i++)
        if (match->visits.items[i].finding == finding && match->visits.items[i].endpoint == endpoint) return;
    vec_add(&match->visits, ((MatchVisit){finding, endpoint}));
}

/* --- stalls --- */

static Str call_name(const Match *match, const ProbeRecord *record, StallKind kind)
{
    if (kind != STALL_BLOCKED || !match->plan.call_name) return STR("");
    return str_from(match->plan.call_name(record->call));
}

static bool same_frame(const RunFrame *left, const RunFrame *right)
{
    if (!left || !right) return left == right;
    return left->row1 == right->row1 && str_equal(left->file, right->file) &&
           str_equal(left->function, right->function);
}

/* A function of a library is one, on whatever line it was found. */
static bool same_function_of(const RunFrame *left, const RunFrame *right)
{
    if (!left || !right) return left == right;
    return str_equal(left->file, right->file) && str_equal(left->function, right->function);
}

static bool same_stall(const RunStall *left, const RunStall *right)
{
    return left->tree == right->tree && left->kind == right->kind && left->endpoint == right->endpoint &&
           left->finding == right->finding && left->by_change == right->by_change &&
           same_frame(left->at, right->at) && str_equal(left->call, right->call) &&
           same_function_of(stack_callee(&left->stack), stack_callee(&right->stack));
}

static size_t stall_find(const Match *match, const RunStall *stall)
{
    for (size_t i = 0; i < match->stalls.count; i++)
        if (same_stall(&match->stalls.items[i], stall)) return i;
    return SIZE_MAX;
}

/* No room: the last place of its tree and kind, so that no time is lost. */
static size_t stall_last(const Match *match, const RunStall *stall)
{
    for (size_t i = match->stalls.count; i-- > 0;)
        if (match->stalls.items[i].tree == stall->tree && match->stalls.items[i].kind == stall->kind)
            return i;
    return match->stalls.count - 1;
}

/* Some frame of the project stands in a function that is not A's. */
static bool is_by_change(const Match *match, Tree tree, const RunStack *stack)
{
    if (tree == TREE_BEFORE || !match->plan.versions) return false;
    for (size_t i = 0; i < stack->count; i++) {
        const RunFrame *frame = &stack->frames[i];
        if (frame->in_project && versions_changed(match->plan.versions, frame->file, frame->row1))
            return true;
    }
    return false;
}

static RunStall stall_of(Match *match, const MatchPhase *phase, const ProbeRecord *record, StallKind kind)
{
    RunStall stall = {.tree = phase->tree, .kind = kind, .endpoint = phase->endpoint};
    stall.call = call_name(match, record, kind);
    stall.stack = stack_read(match->arena, phase->area, record->stack, match->plan.roots[phase->tree]);
    stall.at = stack_place(&stall.stack);
    stall.finding = finding_of(match, phase->tree, &stall.stack);
    stall.by_change = is_by_change(match, phase->tree, &stall.stack);
    return stall;
}

static NearPlace *near_place(Match *match, const ProbeRecord *record, StallKind kind)
{
    NearPlace *near = &match->near[(record->stack * 31u + record->call * 7u + kind) % NEARBY];
    bool is_it = near->stack == record->stack && near->call == record->call && near->kind == kind;
    if (!is_it) *near = (NearPlace){false, record->stack, record->call, kind, SIZE_MAX};
    return near;
}

static size_t stall_number(Match *match, const MatchPhase *phase, const ProbeRecord *record, StallKind kind)
{
    NearPlace *near = near_place(match, record, kind);
    if (near->is_known) return near->number;
    RunStall stall = stall_of(match, phase, record, kind);
    size_t number = stall_find(match, &stall);
    if (number == SIZE_MAX && match->stalls.count >= LIMIT_RUN_STALLS) number = stall_last(match, &stall);
    if (number == SIZE_MAX) {
        number = match->stalls.count;
        vec_add(&match->stalls, stall);
    }
    near->is_known = true;
    near->number = number;
    return number;
}

/* The stack that is shown is one of the longest. */
static void stall_lengthen(Match *match, size_t number, const MatchPhase *phase, const ProbeRecord *record,
                           uint64_t for_ns)
{
    RunStall *stall = &match->stalls.items[number];
    if (for_ns <= stall->longest_ns) return;
    if (stall->longest_ns && for_ns / 2 > stall->longest_ns) {
        RunStall longer = stall_of(match, phase, record, stall->kind);
        if (same_stall(stall, &longer)) {
            stall->stack = longer.stack;
            stall->at = longer.at;
        }
    }
    stall->longest_ns = for_ns;
}

/* --- ticks --- */

/* What was computed at one place in one tick is one stall, however often it was sampled; a call is one each. */
typedef struct TickStall {
    size_t stall;
    uint64_t for_ns, count;
} TickStall;

typedef struct TickStalls {
    VEC(TickStall) items;
} TickStalls;

static TickStall *tick_stall(TickStalls *stalls, size_t stall)
{
    for (size_t i = 0; i < stalls->items.count; i++)
        if (stalls->items.items[i].stall == stall) return &stalls->items.items[i];
    vec_add(&stalls->items, ((TickStall){.stall = stall}));
    return &stalls->items.items[stalls->items.count - 1];
}

static void add_event(Match *match, const MatchPhase *phase, const TickEvent *event, TickStalls *stalls)
{
    size_t number = stall_number(match, phase, event->record, event->kind);
    TickStall *sum = tick_stall(stalls, number);
    bool is_call = event->kind == STALL_BLOCKED;
    sum->for_ns += event->charged_ns;
    sum->count = is_call ? sum->count + 1 : 1;
    stall_lengthen(match, number, phase, event->record, is_call ? event->charged_ns : sum->for_ns);
}

/* Gives the stall that took most of it. */
static size_t add_events(Match *match, const MatchPhase *phase, const Tick *tick)
{
    TickStalls stalls = {0};
    for (size_t i = 0; i < tick->event_count; i++)
        if (tick->events[i].charged_ns) add_event(match, phase, &tick->events[i], &stalls);
    size_t most = SIZE_MAX;
    uint64_t most_ns = 0;
    for (size_t i = 0; i < stalls.items.count; i++) {
        const TickStall *sum = &stalls.items.items[i];
        match->stalls.items[sum->stall].total_ns += sum->for_ns;
        match->stalls.items[sum->stall].count += sum->count;
        if (sum->for_ns <= most_ns) continue;
        most = sum->stall;
        most_ns = sum->for_ns;
    }
    vec_free(&stalls.items);
    return most;
}

static void add_sums(MatchSums *sums, const Tick *tick)
{
    sums->runqueue_ns += tick->runqueue_ns;
    if (!tick->is_long) return;
    uint64_t stalled = tick->for_ns - tick->runqueue_ns;
    sums->long_ticks++;
    sums->stalled_ns += stalled;
    sums->blocked_ns += tick->blocked_ns;
    sums->gil_ns += tick->gil_ns;
    sums->cpu_ns += stalled - tick->blocked_ns - tick->gil_ns;
    if (tick->longest_ns > sums->longest_ns) sums->longest_ns = tick->longest_ns;
}

static int longest_first(const void *left, const void *right)
{
    const RunTick *one = left, *other = right;
    if (one->for_ns != other->for_ns) return one->for_ns > other->for_ns ? -1 : 1;
    return (one->at_ns > other->at_ns) - (one->at_ns < other->at_ns);
}

static int earliest_first(const void *left, const void *right)
{
    const RunTick *one = left, *other = right;
    return (one->at_ns > other->at_ns) - (one->at_ns < other->at_ns);
}

static void keep_timeline(Match *match, RunTick *ticks, size_t count, MatchSums *sums)
{
    if (!count) return;
    qsort(ticks, count, sizeof *ticks, longest_first);
    sums->tick_count = count < LIMIT_RUN_TICKS ? count : LIMIT_RUN_TICKS;
    RunTick *kept = arena_array(match->arena, sums->tick_count, sizeof *kept);
    memcpy(kept, ticks, sums->tick_count * sizeof *kept);
    qsort(kept, sums->tick_count, sizeof *kept, earliest_first);
    sums->ticks = kept;
}

static MatchSums read_ticks(Match *match, const MatchPhase *phase, Arena *scratch)
{
    TickSpan span = {phase->from_ns, phase->to_ns, phase->open_ns, match->plan.stall_ns};
    Ticks ticks = ticks_read(scratch, phase->area, &span);
    RunTick *timeline = arena_array(scratch, ticks.count, sizeof *timeline);
    MatchSums sums = {.wall_ns = phase->to_ns - phase->from_ns};
    size_t count = 0;
    for (size_t i = 0; i < ticks.count; i++) {
        const Tick *tick = &ticks.items[i];
        add_sums(&sums, tick);
        if (!tick->is_long) continue;
        timeline[count++] = (RunTick){.at_ns = tick->at_ns - phase->from_ns,
                                      .for_ns = tick->for_ns,
                                      .blocked_ns = tick->blocked_ns,
                                      .gil_ns = tick->gil_ns,
                                      .runqueue_ns = tick->runqueue_ns,
                                      .stall = add_events(match, phase, tick)};
    }
    keep_timeline(match, timeline, count, &sums);
    return sums;
}

/* --- one request at a time --- */

static size_t call_number(Match *match, const RunStall *stall)
{
    for (size_t i = 0; i < match->calls.count; i++)
        if (match->calls.items[i].finding == stall->finding &&
            str_equal(match->calls.items[i].name, stall->call))
            return i;
    vec_add(&match->calls, ((MatchCall){.finding = stall->finding, .name = stall->call, .first = *stall}));
    return match->calls.count - 1;
}

/* NULL: it stands at no finding's lines. */
static MatchCall *call_find(Match *match, const MatchPhase *phase, const ProbeRecord *record)
{
    NearPlace *near = near_place(match, record, STALL_BLOCKED);
    if (!near->is_known) {
        RunStall stall = stall_of(match, phase, record, STALL_BLOCKED);
        near->is_known = true;
        near->number = stall.finding == SIZE_MAX ? SIZE_MAX : call_number(match, &stall);
    }
    return near->number == SIZE_MAX ? NULL : &match->calls.items[near->number];
}

static void read_call(Match *match, const MatchPhase *phase, const ProbeRecord *record)
{
    MatchCall *call = call_find(match, phase, record);
    if (!call) return;
    call->count[phase->tree]++;
    call->sum_ns[phase->tree] += record->for_ns;
    if (record->for_ns > call->longest_ns[phase->tree]) call->longest_ns[phase->tree] = record->for_ns;
    if (phase->tree == TREE_BEFORE) match_ran(match, call->finding, phase->endpoint);
}

/* What a request computes at a finding's lines for longer than a stall is like a call of no name: some requests do that only
 * the first time, and then not under load. */
static void add_computed(Match *match, const MatchPhase *phase, const uint64_t *computed_ns,
                         const RunStall *first)
{
    for (size_t i = 0; i < match->plan.finding_count; i++) {
        if (computed_ns[i] <= match->plan.stall_ns) continue;
        size_t number = call_number(match, &first[i]); /* may move the calls */
        MatchCall *call = &match->calls.items[number];
        call->count[phase->tree]++;
        call->sum_ns[phase->tree] += computed_ns[i];
        if (computed_ns[i] > call->longest_ns[phase->tree]) call->longest_ns[phase->tree] = computed_ns[i];
        if (phase->tree == TREE_BEFORE) match_ran(match, i, phase->endpoint);
    }
}

static void read_computed(Match *match, const MatchPhase *phase)
{
    Arena scratch;
    arena_init(&scratch);
    size_t count = probe_area_count(phase->area), findings = match->plan.finding_count;
    uint64_t *computed_ns = arena_array(&scratch, findings, sizeof *computed_ns);
    RunStall *first = arena_array(&scratch, findings, sizeof *first);
    StallKind kind;
    for (size_t i = 0; i < count; i++) {
        const ProbeRecord *record = probe_area_record(phase->area, i);
        bool within = record->at_ns >= phase->from_ns && record->at_ns < phase->to_ns;
        if (!within || !record_stall_kind(record, &kind) || kind != STALL_CPU) continue;
        RunStall stall = stall_of(match, phase, record, STALL_CPU);
        if (stall.finding == SIZE_MAX) continue;
        if (!computed_ns[stall.finding]) first[stall.finding] = stall;
        computed_ns[stall.finding] += record->for_ns;
    }
    add_computed(match, phase, computed_ns, first);
    arena_free(&scratch);
}

/* What the host does itself in the middle of the application's code: it tells of lines that run. */
static bool is_ours(const ProbeArea *area, uint32_t stack)
{
    ProbeFrame innermost = probe_area_frame(area, stack, 0);
    return str_find(probe_area_text(area, innermost.file), STR("/lib/loopsafe/python/")) != SIZE_MAX;
}

static void read_calls(Match *match, const MatchPhase *phase)
{
    size_t count = probe_area_count(phase->area);
    StallKind kind;
    for (size_t i = 0; i < count; i++) {
        const ProbeRecord *record = probe_area_record(phase->area, i);
        bool is_call =
            record_stall_kind(record, &kind) && kind == STALL_BLOCKED && !is_ours(phase->area, record->stack);
        if (is_call && record->at_ns >= phase->from_ns && record->at_ns < phase->to_ns)
            read_call(match, phase, record);
    }
}

MatchSums match_phase(Match *match, const MatchPhase *phase)
{
    memset(match->near, 0, sizeof match->near);
    if (phase->is_functional) {
        if (!phase->is_untraced || phase->tree == TREE_AFTER) read_calls(match, phase);
        if (phase->is_untraced) read_computed(match, phase);
        return (MatchSums){.wall_ns = phase->to_ns - phase->from_ns};
    }
    Arena scratch;
    arena_init(&scratch);
    MatchSums sums = read_ticks(match, phase, &scratch);
    arena_free(&scratch);
    return sums;
}

const RunStall *match_stalls(const Match *match, size_t *count)
{
    *count = match->stalls.count;
    RunStall *stalls = arena_array(match->arena, *count, sizeof *stalls);
    if (*count) memcpy(stalls, match->stalls.items, *count * sizeof *stalls);
    return stalls;
}

/* --- what it says of the findings --- */

/* What A waits for there: of all calls at the lines the one that takes most time; where there is none, what it computes.
 * Others are on its way, and of a fixed line they may go on without waiting. */
static const MatchCall *main_call(const Match *match, size_t number)
{
    const MatchCall *most = NULL;
    for (size_t i = 0; i < match->calls.count; i++) {
        const MatchCall *call = &match->calls.items[i];
        if (call->finding != number || !call->count[TREE_BEFORE]) continue;
        bool named = call->name.len > 0, was_named = most && most->name.len > 0;
        bool longer = most && call->sum_ns[TREE_BEFORE] > most->sum_ns[TREE_BEFORE];
        if (!most || (named && !was_named) || (named == was_named && longer)) most = call;
    }
    return most;
}

static void settle_calls(const Match *match, RunFinding *finding, size_t number)
{
    const MatchCall *call = main_call(match, number);
    for (size_t tree = 0; tree < TREES; tree++) {
        finding->calls[tree] = call ? call->count[tree] : 0;
        finding->call_ns[tree] = call ? call->sum_ns[tree] : 0;
    }
}

/* The stall of A that took most time there; computing only counts when it took as long as a stall, since a sample may hit
 * any line, and waiting for the GIL is the fault of another line. */
static const RunStall *confirming_stall(const Match *match, size_t number)
{
    const RunStall *most = NULL;
    for (size_t i = 0; i < match->stalls.count; i++) {
        const RunStall *stall = &match->stalls.items[i];
        bool counts = stall->kind == STALL_BLOCKED ||
                      (stall->kind == STALL_CPU && stall->longest_ns > match->plan.stall_ns);
        if (stall->tree != TREE_BEFORE || stall->finding != number || !counts) continue;
        if (!most || stall->total_ns > most->total_ns) most = stall;
    }
    return most;
}

static Str reason_words(Match *match, const RunStall *stall, uint64_t longest_ns, uint64_t count)
{
    Buf text;
    buf_init(&text);
    stall_add_words(&text, stall);
    buf_add_text(&text, ", ");
    words_add_ms(&text, longest_ns);
    buf_add_text(&text, ", ");
    words_add_times(&text, count);
    Str copy = str_copy(match->arena, buf_str(&text));
    buf_free(&text);
    return copy;
}

static Str quiet_words(Match *match)
{
    Buf text;
    buf_init(&text);
    buf_add_text(&text, "runs, and takes less than ");
    words_add_ms(&text, match->plan.stall_ns);
    Str copy = str_copy(match->arena, buf_str(&text));
    buf_free(&text);
    return copy;
}

static bool has_run(const Match *match, size_t number)
{
    for (size_t i = 0; i < match->visits.count; i++)
        if (match->visits.items[i].finding == number) return true;
    return false;
}

static void settle_seen(Match *match, RunFinding *finding, size_t number)
{
    const RunStall *stall = confirming_stall(match, number);
    const MatchCall *call = main_call(match, number);
    bool ran = has_run(match, number) || finding->endpoint_count;
    finding->seen = stall || call ? SEEN_CONFIRMED : ran ? SEEN_NOT_REPRODUCED : SEEN_NOT_EXERCISED;
    if (stall)
        finding->seen_reason = reason_words(match, stall, stall->longest_ns, stall->count);
    else if (call)
        finding->seen_reason =
            reason_words(match, &call->first, call->longest_ns[TREE_BEFORE], call->count[TREE_BEFORE]);
    else if (ran)
        finding->seen_reason = quiet_words(match);
    else if (!finding->seen_reason.len)
        finding->seen_reason = STR("no request ran the line");
}

static void settle_lengths(const Match *match, RunFinding *finding, size_t number)
{
    memset(finding->stall_ns, 0, sizeof finding->stall_ns);
    for (size_t i = 0; i < match->stalls.count; i++) {
        const RunStall *stall = &match->stalls.items[i];
        if (stall->finding == number && stall->longest_ns > finding->stall_ns[stall->tree])
            finding->stall_ns[stall->tree] = stall->longest_ns;
    }
}

static void settle_endpoints(Match *match, RunFinding *finding, size_t number)
{
    size_t *endpoints = arena_array(match->arena, match->visits.count, sizeof *endpoints), count = 0;
    for (size_t i = 0; i < match->visits.count; i++)
        if (match->visits.items[i].finding == number && match->visits.items[i].endpoint != SIZE_MAX)
            endpoints[count++] = match->visits.items[i].endpoint;
    finding->endpoints = endpoints;
    finding->endpoint_count = count;
}

void match_settle(Match *match, RunFinding *findings)
{
    for (size_t i = 0; i < match->stalls.count; i++) {
        const RunStall *stall = &match->stalls.items[i];
        if (stall->tree == TREE_BEFORE && stall->finding != SIZE_MAX)
            match_ran(match, stall->finding, stall->endpoint);
    }
    for (size_t i = 0; i < match->plan.finding_count; i++) {
        for (size_t k = 0; k < findings[i].endpoint_count; k++)
            match_ran(match, i, findings[i].endpoints[k]);
        settle_calls(match, &findings[i], i);
        settle_seen(match, &findings[i], i);
        settle_lengths(match, &findings[i], i);
        settle_endpoints(match, &findings[i], i);
    }
}
