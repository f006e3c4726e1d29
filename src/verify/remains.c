#include "verify/remains.h"

#include "base/banned.h"

/* Time of one tree, as a share of what was measured and a request, summed over endpoints. */
typedef struct Amount {
    double share, per_request_ns;
    bool is_guess; /* per_request_ns: nobody was answered */
} Amount;

typedef struct Search {
    const Run *run;
    size_t number;
    const RunFinding *finding;
} Search;

/* --- measured time and requests --- */

static uint64_t wall_of(const RunEndpoint *endpoint, Tree tree)
{
    return endpoint->asked[tree].wall_ns;
}

/* Where none was answered between one and all have run: what speaks for the fix is taken. */
static uint64_t requests_of(const RunEndpoint *endpoint, Tree tree)
{
    const RunAsked *asked = &endpoint->asked[tree];
    if (asked->answered) return asked->answered;
    return tree == TREE_AFTER && asked->others ? asked->others : 1;
}

static void amount_add(Amount *amount, const RunEndpoint *endpoint, Tree tree, uint64_t time_ns)
{
    uint64_t wall = wall_of(endpoint, tree);
    if (wall) amount->share += (double)time_ns / (double)wall;
    amount->per_request_ns += (double)time_ns / (double)requests_of(endpoint, tree);
    amount->is_guess = amount->is_guess || !endpoint->asked[tree].answered;
}

/* --- which stalls --- */

static bool ran_on(const RunFinding *finding, size_t endpoint)
{
    for (size_t i = 0; i < finding->endpoint_count; i++)
        if (finding->endpoints[i] == endpoint) return true;
    return false;
}

static bool counts_for(const Search *search, const RunStall *stall, Tree tree)
{
    return stall->tree == tree && stall->endpoint < search->run->endpoint_count &&
           ran_on(search->finding, stall->endpoint);
}

static bool is_at_lines(const Search *search, const RunStall *stall, Tree tree)
{
    return counts_for(search, stall, tree) && stall->finding == search->number && stall->kind != STALL_GIL;
}

static bool same_function(const RunFrame *left, const RunFrame *right)
{
    return left && right && str_equal(left->file, right->file) && str_equal(left->function, right->function);
}

/* A stalls in this function, too, and no finding had said so: that is no fault of the fix. */
static bool is_known_place(const Run *run, const RunStall *stall)
{
    for (size_t i = 0; i < run->stall_count; i++) {
        const RunStall *other = &run->stalls[i];
        bool is_missed = other->tree == TREE_BEFORE && other->finding == SIZE_MAX;
        if (is_missed && other->endpoint == stall->endpoint && other->kind == stall->kind &&
            same_function(other->at, stall->at))
            return true;
    }
    return false;
}

static bool has_fix(const RunFinding *finding)
{
    return finding->fix_title.len > 0;
}

/* Another finding that was fixed stands in the stall's file on the same endpoint, and this one does not. */
static bool belongs_to_another(const Search *search, const RunStall *stall)
{
    if (str_equal(search->finding->path, stall->at->file)) return false;
    for (size_t i = 0; i < search->run->finding_count; i++) {
        const RunFinding *other = &search->run->findings[i];
        if (i != search->number && has_fix(other) && ran_on(other, stall->endpoint) &&
            str_equal(other->path, stall->at->file))
            return true;
    }
    return false;
}

static bool is_moved(const Search *search, const RunStall *stall)
{
    return counts_for(search, stall, TREE_AFTER) && stall->finding == SIZE_MAX && stall->kind != STALL_GIL &&
           stall->by_change && stall->at && stall->at->in_project &&
           stall->longest_ns > search->run->stall_ns && !is_known_place(search->run, stall) &&
           !belongs_to_another(search, stall);
}

/* --- waits that the fix has brought about elsewhere --- */

/* One of the project's functions stands on the way to both. */
static bool meet(const RunStall *left, const RunStall *right)
{
    for (size_t i = 0; i < left->stack.count; i++)
        for (size_t k = 0; k < right->stack.count; k++)
            if (left->stack.frames[i].in_project && right->stack.frames[k].in_project &&
                same_function(&left->stack.frames[i], &right->stack.frames[k]))
                return true;
    return false;
}

/* What A stalled at the finding's lines came the same way. */
static bool leads_to_lines(const Search *search, const RunStall *stall)
{
    for (size_t i = 0; i < search->run->stall_count; i++) {
        const RunStall *other = &search->run->stalls[i];
        if (is_at_lines(search, other, TREE_BEFORE) && other->endpoint == stall->endpoint &&
            meet(other, stall))
            return true;
    }
    return false;
}

static Amount blocked_there(const Run *run, const RunStall *place, Tree tree)
{
    Amount amount = {0};
    for (size_t i = 0; i < run->stall_count; i++) {
        const RunStall *stall = &run->stalls[i];
        if (stall->tree == tree && stall->kind == STALL_BLOCKED && stall->endpoint == place->endpoint &&
            same_function(stall->at, place->at))
            amount_add(&amount, &run->endpoints[place->endpoint], tree, stall->total_ns);
    }
    return amount;
}

/* What was done in one piece while the loop stood still is not any more: others come in between, and a lock that is held
 * meanwhile keeps them waiting on the loop. */
static bool is_new_wait(const Search *search, const RunStall *stall)
{
    static const double times = 10;
    if (!counts_for(search, stall, TREE_AFTER) || stall->kind != STALL_BLOCKED ||
        stall->finding == search->number)
        return false;
    if (stall->finding != SIZE_MAX && has_fix(&search->run->findings[stall->finding])) return false;
    if (!stall->at || !stall->at->in_project || stall->longest_ns <= search->run->stall_ns) return false;
    return leads_to_lines(search, stall) &&
           blocked_there(search->run, stall, TREE_AFTER).per_request_ns >
               times * blocked_there(search->run, stall, TREE_BEFORE).per_request_ns;
}

/* --- the GIL --- */

/* Of A, at the finding's lines, while that endpoint was asked. */
static uint64_t kind_time(const Run *run, size_t finding, size_t endpoint, StallKind kind)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < run->stall_count; i++)
        if (run->stalls[i].tree == TREE_BEFORE && run->stalls[i].finding == finding &&
            run->stalls[i].endpoint == endpoint && run->stalls[i].kind == kind)
            sum += run->stalls[i].total_ns;
    return sum;
}

/* What a finding that was fixed computes; 0 where it rather waits. Only work that computes holds the GIL in a thread: what
 * waits lets it go, but for moments that belong to nobody. */
static uint64_t moved_work(const Run *run, size_t finding, size_t endpoint)
{
    uint64_t computed = kind_time(run, finding, endpoint, STALL_CPU);
    return computed > kind_time(run, finding, endpoint, STALL_BLOCKED) ? computed : 0;
}

/* Of all work that was moved there, the part of this finding: they all hold the same GIL. */
static double part_of_work(const Search *search, size_t endpoint)
{
    uint64_t own = moved_work(search->run, search->number, endpoint), all = 0;
    for (size_t i = 0; i < search->run->finding_count; i++)
        if (i == search->number || has_fix(&search->run->findings[i]))
            all += moved_work(search->run, i, endpoint);
    return all ? (double)own / (double)all : 0;
}

static uint64_t gil_time(const Run *run, size_t endpoint, Tree tree)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < run->stall_count; i++)
        if (run->stalls[i].tree == tree && run->stalls[i].endpoint == endpoint &&
            run->stalls[i].kind == STALL_GIL)
            sum += run->stalls[i].total_ns;
    return sum;
}

/* What B waits beyond what A waits in the same time. */
static uint64_t gil_excess(const Run *run, size_t endpoint)
{
    const RunEndpoint *at = &run->endpoints[endpoint];
    uint64_t wall = wall_of(at, TREE_BEFORE);
    double before = wall ? (double)gil_time(run, endpoint, TREE_BEFORE) / (double)wall : 0;
    double after = (double)gil_time(run, endpoint, TREE_AFTER) - before * (double)wall_of(at, TREE_AFTER);
    return after > 0 ? (uint64_t)after : 0;
}

static Amount gil_amount(const Search *search, double *share)
{
    Amount amount = {0};
    uint64_t waited = 0, stalled = 0;
    for (size_t i = 0; i < search->finding->endpoint_count; i++) {
        size_t endpoint = search->finding->endpoints[i];
        if (endpoint >= search->run->endpoint_count) continue;
        uint64_t excess = gil_excess(search->run, endpoint);
        double part = part_of_work(search, endpoint);
        if (part <= 0) continue;
        amount_add(&amount, &search->run->endpoints[endpoint], TREE_AFTER, (uint64_t)((double)excess * part));
        waited += excess;
        stalled += search->run->endpoints[endpoint].asked[TREE_AFTER].stalled_ns;
    }
    *share = stalled ? (double)waited / (double)stalled : 0;
    return amount;
}

/* --- all of it --- */

typedef bool (*StallIs)(const Search *search, const RunStall *stall);

static bool was_at_lines(const Search *search, const RunStall *stall)
{
    return is_at_lines(search, stall, TREE_BEFORE);
}

static bool still_at_lines(const Search *search, const RunStall *stall)
{
    return is_at_lines(search, stall, TREE_AFTER);
}

static bool is_elsewhere(const Search *search, const RunStall *stall)
{
    return is_moved(search, stall) || is_new_wait(search, stall);
}

static bool still_blocks(const Search *search, const RunStall *stall)
{
    return still_at_lines(search, stall) && stall->kind == STALL_BLOCKED &&
           stall->longest_ns > search->run->stall_ns;
}

/* Sums the stalls that are of that sort; *largest: the one that takes most time. */
static Amount sum_stalls(const Search *search, StallIs is, const RunStall **largest)
{
    Amount sum = {0};
    *largest = NULL;
    for (size_t i = 0; i < search->run->stall_count; i++) {
        const RunStall *stall = &search->run->stalls[i];
        if (!is(search, stall)) continue;
        amount_add(&sum, &search->run->endpoints[stall->endpoint], stall->tree, stall->total_ns);
        if (!*largest || stall->total_ns > (*largest)->total_ns) *largest = stall;
    }
    return sum;
}

static double ratio_of(Amount before, Amount after)
{
    if (before.share <= 0 || before.per_request_ns <= 0) return after.share > 0 ? 1 : 0;
    double by_share = after.share / before.share, by_request = after.per_request_ns / before.per_request_ns;
    return after.is_guess || by_share < by_request ? by_share : by_request;
}

/* One call among many that took long once is the machine's. What is still made keeps a good part of the requests waiting,
 * or some of them for about as long as before. */
static bool blocks_more_than_by_accident(const Search *search, Amount before, Amount blocked,
                                         const RunStall *was, const RunStall *is)
{
    static const double accident = 0.01;
    if (blocked.share <= accident * before.share) return false;
    return blocked.per_request_ns > (double)search->run->stall_ns / 2 || is->longest_ns > was->longest_ns / 2;
}

static uint64_t longest_blocked(const Search *search)
{
    uint64_t longest = 0;
    for (size_t i = 0; i < search->run->stall_count; i++) {
        const RunStall *stall = &search->run->stalls[i];
        if (was_at_lines(search, stall) && stall->kind == STALL_BLOCKED && stall->longest_ns > longest)
            longest = stall->longest_ns;
    }
    return longest;
}

/* A loop with much to do has long ticks: many requests that compute a little are found in one of them. What computes only
 * stalls when it does so for a good part of a stall each request; a call that blocks has a length of its own. */
static bool has_stalled(const Search *search, Amount before)
{
    static const double least_share = 0.05;
    uint64_t stall_ns = search->run->stall_ns;
    return before.share >= least_share &&
           (longest_blocked(search) > stall_ns || before.per_request_ns > (double)stall_ns / 2);
}

Remains remains_of(const Run *run, size_t number)
{
    Search search = {run, number, &run->findings[number]};
    const RunStall *was, *at_lines, *blocking, *moved_to;
    Amount before = sum_stalls(&search, was_at_lines, &was);
    Amount lines = sum_stalls(&search, still_at_lines, &at_lines);
    Amount blocked = sum_stalls(&search, still_blocks, &blocking);
    Amount moved = sum_stalls(&search, is_elsewhere, &moved_to);
    Remains remains = {.was_stalled = was && has_stalled(&search, before)};
    Amount gil = gil_amount(&search, &remains.gil_share);
    Amount all = {lines.share + moved.share + gil.share,
                  lines.per_request_ns + moved.per_request_ns + gil.per_request_ns,
                  lines.is_guess || moved.is_guess || gil.is_guess};
    remains.ratio = ratio_of(before, all);
    remains.before_per_request_ns = before.per_request_ns;
    remains.per_request_ns = lines.per_request_ns + moved.per_request_ns;
    /* A thread that computes keeps the loop waiting for it in other ways, too: to start, to hand over. */
    remains.still_blocks = blocking && blocked.share >= gil.share &&
                           (!was || blocks_more_than_by_accident(&search, before, blocked, was, blocking));
    remains.kind = all.share > 0 ? REMAINS_AT_LINES : REMAINS_NOTHING;
    remains.stall = remains.still_blocks ? blocking : at_lines;
    if (remains.still_blocks) return remains;
    if (moved.share > lines.share && moved.share >= gil.share) {
        remains.kind = REMAINS_MOVED;
        remains.stall = moved_to;
    } else if (gil.share > lines.share) {
        remains.kind = REMAINS_GIL;
    }
    return remains;
}
