#include "verify/cell_draft.h"

#include "base/banned.h"

void cell_begin(CellDraft *draft, Tree tree, size_t load)
{
    *draft = (CellDraft){.cell = {.tree = tree, .load = load}};
}

void cell_add(CellDraft *draft, const LoadResult *result, const CellRound *round)
{
    RunCell *cell = &draft->cell;
    cell->answered += result->answered;
    cell->failed += result->failed + result->broken;
    cell->unfinished += result->unfinished;
    cell->wall_ns += result->ended_ns - result->started_ns;
    histogram_merge(&cell->latency, &result->latency);
    draft->handled += result->handled;
    draft->cpu_ns += round->cpu_ns;
    draft->loop_cpu_ns += round->loop_cpu_ns;
    if (draft->rounds == CELL_ROUNDS) return;
    draft->per_second[draft->rounds] = result->per_second;
    draft->p50_us[draft->rounds] = histogram_percentile(&result->latency, 50, NULL);
    draft->rounds++;
}

double deviation(const double *values, size_t count)
{
    double sum = 0, most = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    double mean = count ? sum / (double)count : 0;
    if (count < 2 || mean <= 0) return 0;
    for (size_t i = 0; i < count; i++) {
        double apart = (values[i] > mean ? values[i] - mean : mean - values[i]) / mean;
        if (apart > most) most = apart;
    }
    return most;
}

double cell_p50_deviation(const CellDraft *draft)
{
    double values[CELL_ROUNDS];
    for (size_t i = 0; i < draft->rounds; i++)
        values[i] = (double)draft->p50_us[i];
    return deviation(values, draft->rounds);
}

RunCell cell_done(const CellDraft *draft)
{
    RunCell cell = draft->cell;
    double sum = 0;
    for (size_t i = 0; i < draft->rounds; i++)
        sum += draft->per_second[i];
    cell.per_second = draft->rounds ? sum / (double)draft->rounds : 0;
    cell.rounds = (uint32_t)draft->rounds;
    cell.spread = deviation(draft->per_second, draft->rounds);
    if (draft->handled) {
        cell.cpu_per_request_ns = draft->cpu_ns / draft->handled;
        cell.loop_cpu_per_request_ns = draft->loop_cpu_ns / draft->handled;
    }
    return cell;
}
