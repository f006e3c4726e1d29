/* host_plan.h - how a host is started: its plan as the file that loopsafe_host.py reads, its environment, its arguments.
 *
 * Owner   the arena.
 * Errors  a file that cannot be written, a companion that is not there: a Fail. */
#ifndef LOOPSAFE_RUNTIME_HOST_PLAN_H
#define LOOPSAFE_RUNTIME_HOST_PLAN_H

#include "runtime/host.h"

/* Path of the plan's file; NULL and a Fail. */
const char *host_plan_write(Arena *arena, const HostPlan *plan, Fail *fail);
/* The plan's environment and what the host needs in it; area NULL: without the probe's memory. NULL and a Fail. */
const char *const *host_environment(Arena *arena, const HostPlan *plan, const ProbeArea *area, Fail *fail);

#endif
