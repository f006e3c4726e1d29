/* verify.h - runs an application before and after a fix, and judges (plan.h -> run.h).
 *
 *   isolate ─▶ copy ─▶ stand-ins ─▶ functional pass A, A again, B ─▶ timing A B B A ─▶ judge
 *
 * Owner   the run lives in the arena; what was started and written is gone when verify_run returns.
 * Errors  VerifyEnd and a Fail of one line. An endpoint or a finding that cannot be judged is no error: it says so.
 * Order   call it before the process has threads. */
#ifndef LOOPSAFE_VERIFY_VERIFY_H
#define LOOPSAFE_VERIFY_VERIFY_H

#include "verify/plan.h"

VerifyEnd verify_run(Arena *arena, VerifyPlan *plan, Run *run, Fail *fail)
    __attribute__((warn_unused_result));

#endif
