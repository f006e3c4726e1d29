/* reach.h - what comes back up the calls: which effects an instance may have, and by which way.
 *
 * Shape   for each effect the strongest thing an instance does, and of several the one with the fewest calls. A way is
 *         read off step by step (Reach.next). */
#ifndef LOOPSAFE_PROGRAM_REACH_H
#define LOOPSAFE_PROGRAM_REACH_H

#include "program/program.h"

/* Fills Instance.reach of everything that program_follow reached. */
void reach_solve(Program *program);
/* What a step does of the effect; false: nothing. */
bool reach_of_step(const Program *program, const Step *step, Effect effect, Reach *reach);
/* Positive when left says more than right, then when it is nearer. */
int reach_compare(const Reach *left, const Reach *right);
Severity severity_lowered(Severity severity);

#endif
