/* instance.h - a function called with certain things, and what comes of it.
 *
 *   call as written ──▶ Invocation (values as they were) ──settled, bound to parameters──▶ Instance
 *
 * Shape   calls with the same receiver and the same telling arguments (callables, objects, True, False, None, 0) share
 *         one Instance; what tells nothing is left to the parameter's declaration.
 * Owner   the program's arena. */
#ifndef LOOPSAFE_PROGRAM_INSTANCE_H
#define LOOPSAFE_PROGRAM_INSTANCE_H

#include "program/flow.h"

/* The call `call` of a function; call 0: nothing is known about the arguments. */
Invocation *invocation_of_call(Flow *flow, const Item *function, NodeId call);
/* A call with these positional arguments and no others. */
Invocation *invocation_with(Program *program, const Item *function, const Value *const *values,
                            uint32_t count);
/* The instance that stands for the call; NULL: calls nest too deep in what it is called with. */
Instance *invocation_instance(Program *program, Invocation *invocation);
Instance *instance_generic(Program *program, uint32_t function);
/* Walks it unless that was done. What leads back to a question that is being answered is cut off; the walk is partial
 * then, and kept. False: it is being walked just now, or questions nest too deep. */
bool instance_walk(Program *program, Instance *instance);
/* Walks it for good: asked from outside any question, it walks once more what was walked in part. */
void instance_complete(Program *program, Instance *instance);
/* What a call gives: a coroutine's result as if awaited, a generator as what it yields. */
const Value *invocation_result(Program *program, Invocation *invocation);
/* What the call assigned to the attribute of its own object; NULL: nothing. */
const Value *invocation_attribute(Program *program, Invocation *invocation, Name name);
const Value *instance_attribute(const Instance *instance, Name name);
void instance_assign_attribute(Program *program, Instance *instance, Name name, const Value *value);

#endif
