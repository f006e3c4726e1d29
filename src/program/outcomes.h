/* outcomes.h - what becomes of what calls give, and of functions: of tasks, coroutines, pools.
 *
 * Shape   flow_* record what a walk meets, as observations of its instance; function_* read a function's text, without
 *         a walk, and err on one side, which each names: strings and comments count as code.
 * Threads flow_*: the program's. function_*: any, once the program is followed. */
#ifndef LOOPSAFE_PROGRAM_OUTCOMES_H
#define LOOPSAFE_PROGRAM_OUTCOMES_H

#include "program/flow.h"

/* Records what the tables' traits say of a call of the path. */
void flow_observe_call(Flow *flow, NodeId call, const PathEntry *entry, Confidence confidence, bool awaited);
/* What becomes of what the expression gave: of a task or a coroutine that a call makes it is recorded. */
void flow_note_use(Flow *flow, NodeId expression, const Value *value, Outcome use);
/* The same for what a statement assigns: a name that is never read keeps nothing. */
void flow_note_assigned(Flow *flow, NodeId statement, const Value *value);
/* The same for the object of an attribute that is read. */
void flow_note_member(Flow *flow, NodeId attribute, const Value *object);
/* Leaving `with pool:` waits only for what its body has not waited for. `before`: steps before the statement. */
void flow_weigh_exit(Flow *flow, NodeId statement, size_t before);
/* What has been entered since is left where a stack is closed, and not here. */
void flow_leave_later(Flow *flow, size_t before);
/* Notes of coroutine functions that are handed over there whether a plain one would run in a thread. */
void flow_note_coroutines(Flow *flow, const Value *function, Placement def_runs, Placement coroutine_runs,
                          NodeId call);

/* Its file names the function besides its definition and where it is handed to a framework; true also when the file is too long to tell. */
bool function_is_named_again(const FunctionInfo *info);

#endif
