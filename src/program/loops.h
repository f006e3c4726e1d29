/* loops.h - loops of the text whose cost is known: how often they run, and those that only wait.
 *
 *   for row in range(3000):            CountedLoop 3000 × 1 statement
 *       for column in range(3000):         CountedLoop 3000 × 2 statements, around: the first
 *
 * Shape   a loop is counted when its passes are constant (a range, a counter that is compared with a number) and
 *         nothing in it ends it early, awaits or yields. Instance.loops holds them, those around others first.
 * Owner   the program's arena. */
#ifndef LOOPSAFE_PROGRAM_LOOPS_H
#define LOOPSAFE_PROGRAM_LOOPS_H

#include "program/flow.h"

/* Flow.counted_loop where nothing can be counted: whoever consumes a generator may stop at any item. */
#define LOOPS_UNSURE UINT32_MAX

/* Before the body is walked; gives what Flow.counted_loop was, to be put back after it. */
uint32_t loops_enter_for(Flow *flow, NodeId loop);
uint32_t loops_enter_while(Flow *flow, NodeId loop);
/* For a clause of a comprehension: holds until the comprehension puts the old one back. */
void loops_enter_clause(Flow *flow, NodeId clause);
/* Passes of `range(stop)`, `range(start, stop, step)` with constants; 0: it is something else, or not known. */
double loops_range_passes(Flow *flow, NodeId call);
/* The function awaits or yields somewhere. */
bool loops_suspends(const FunctionInfo *info);
/* The call may stop before the last item of a generator expression that it is given: any, next. */
bool loops_may_stop_early(const Flow *flow, NodeId call);

/* --- busy.c --- */
/* Records that a `while` only asks over and over. */
void busy_find(Flow *flow, NodeId loop);

/* --- cost.c --- */
/* After program_follow: fills Instance.cost, and makes steps of loops that run long. */
void cost_solve(Program *program);

#endif
