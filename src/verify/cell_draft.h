/* cell_draft.h - a cell while its rounds are being measured.
 *
 * Owner   the caller; cell_done makes the RunCell. */
#ifndef LOOPSAFE_VERIFY_CELL_DRAFT_H
#define LOOPSAFE_VERIFY_CELL_DRAFT_H

#include "load/load.h"
#include "verify/run.h"

enum { CELL_ROUNDS = 8 };

/* One round's numbers beside what the load driver counted. */
typedef struct CellRound {
    uint64_t cpu_ns, loop_cpu_ns; /* used by the application while the load ran */
} CellRound;

typedef struct CellDraft {
    RunCell cell;
    double per_second[CELL_ROUNDS];
    uint64_t p50_us[CELL_ROUNDS];
    size_t rounds;
    uint64_t handled; /* requests that this time was used for, warm-up and all */
    uint64_t cpu_ns, loop_cpu_ns;
} CellDraft;

void cell_begin(CellDraft *draft, Tree tree, size_t load);
void cell_add(CellDraft *draft, const LoadResult *result, const CellRound *round);
RunCell cell_done(const CellDraft *draft);
/* Largest deviation from the mean, as a share; 0 of fewer than two. */
double deviation(const double *values, size_t count);
/* The same of the rounds' medians. */
double cell_p50_deviation(const CellDraft *draft);

#endif
