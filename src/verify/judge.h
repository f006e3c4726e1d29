/* judge.h - from what was measured to verdicts. Pure: no process, no clock, no file.
 *
 *   answers of A, A again, B ─▶ masks, differences         (answers.h)
 *   calls to the outside of A, B ─▶ differences            (effects.h)
 *   stalls × findings ─▶ seen, missed by the analyser      (match.h)
 *   all of these and the cells ─▶ verdicts                 (judge.h)
 */
#ifndef LOOPSAFE_VERIFY_JUDGE_H
#define LOOPSAFE_VERIFY_JUDGE_H

#include "base/arena.h"
#include "verify/run.h"

/* Fills in verdicts and their reasons of findings, endpoints and run from everything else in it. The arrays that the run
 * points to are those of `findings` and `endpoints`, handed in as writable. */
void run_judge(Arena *arena, Run *run, RunFinding *findings, RunEndpoint *endpoints);

#endif
