#include "verify/cells.h"

#include "base/banned.h"

const RunCell *cell_find(const RunEndpoint *endpoint, Tree tree, size_t load)
{
    for (size_t i = 0; i < endpoint->cell_count; i++)
        if (endpoint->cells[i].tree == tree && endpoint->cells[i].load == load) return &endpoint->cells[i];
    return NULL;
}

double cell_stall_share(const RunCell *cell)
{
    return cell->wall_ns ? (double)cell->stalled_ns / (double)cell->wall_ns : 0;
}

uint64_t cell_percentile(const RunCell *cell, double percent, bool *at_least)
{
    return histogram_percentile(&cell->latency, percent, at_least);
}

/* What the rounds differ by; a request more or less in a round is no noise. */
static double spread_of(const RunCell *cell)
{
    static const double one_request = 1.5;
    double rounds = cell->rounds ? cell->rounds : 1;
    return cell->spread * (double)cell->answered / rounds < one_request ? 0 : cell->spread;
}

static double machine_share(const RunCell *cell)
{
    return cell->wall_ns ? (double)cell->runqueue_ns / (double)cell->wall_ns : 0;
}

double cell_noise(const RunCell *cell)
{
    double spread = spread_of(cell), machine = machine_share(cell);
    return spread > machine ? spread : machine;
}

bool cell_is_noisy(const RunCell *cell)
{
    static const double most_spread = 0.10, most_machine = 0.05;
    return spread_of(cell) > most_spread || machine_share(cell) > most_machine;
}

static uint64_t answered_before(const RunEndpoint *endpoint)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < endpoint->cell_count; i++)
        if (endpoint->cells[i].tree == TREE_BEFORE) sum += endpoint->cells[i].answered;
    return sum ? sum : 1;
}

bool stall_is_foreign(const Run *run, const RunStall *stall)
{
    return stall->tree == TREE_BEFORE && stall->finding == SIZE_MAX && stall->kind == STALL_BLOCKED &&
           stall->longest_ns > run->stall_ns && stall->at && !stall->at->in_project;
}

bool stall_is_missed(const Run *run, const RunStall *stall)
{
    enum { BUSY_SHARE = 4 }; /* of the threshold, a request */
    if (stall->tree != TREE_BEFORE || stall->finding != SIZE_MAX || stall->longest_ns <= run->stall_ns)
        return false;
    if (stall->kind == STALL_BLOCKED) return !stall_is_foreign(run, stall);
    if (stall->kind == STALL_GIL || !stall->at || !stall->at->in_project) return false;
    if (stall->endpoint >= run->endpoint_count) return true;
    return stall->total_ns / answered_before(&run->endpoints[stall->endpoint]) > run->stall_ns / BUSY_SHARE;
}
