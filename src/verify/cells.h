/* cells.h - the numbers of cells as verdicts and views ask for them. */
#ifndef LOOPSAFE_VERIFY_CELLS_H
#define LOOPSAFE_VERIFY_CELLS_H

#include "verify/run.h"

/* NULL: that tree was not measured under that load. */
const RunCell *cell_find(const RunEndpoint *endpoint, Tree tree, size_t load);
/* Of the measured time, the part in which the loop stood still; 0 of no time. */
double cell_stall_share(const RunCell *cell);
/* Microseconds; *at_least may be NULL. */
uint64_t cell_percentile(const RunCell *cell, double percent, bool *at_least);
/* How far the numbers of a cell are off by themselves: the larger of what its rounds differ by, beyond what a request more or
 * less in a round does, and of the time that the machine ran something else; as a share. */
double cell_noise(const RunCell *cell);
/* The rounds differ by more than 10 %, or the machine took more than 5 % of the time. */
bool cell_is_noisy(const RunCell *cell);
/* A stall of A that the analysis should have foretold: a call that blocked for longer than the threshold with no finding on
 * its stack, or the project's own computing. A loop that is busy with many requests, each of which takes little, is none. */
bool stall_is_missed(const Run *run, const RunStall *stall);
/* A call held the loop before the fix, and no frame of the project stands above it: the server's or a library's own affair. */
bool stall_is_foreign(const Run *run, const RunStall *stall);

#endif
