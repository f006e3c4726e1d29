/* stack_read.h - a stack of the probe as frames of the run: files relative to the tree, and which of them are the project's.
 *
 * Owner   texts are copied into the arena: the probe's memory may go. */
#ifndef LOOPSAFE_VERIFY_STACK_READ_H
#define LOOPSAFE_VERIFY_STACK_READ_H

#include "runtime/area.h"
#include "verify/run.h"

/* root: absolute folder of the tree that was run. A file below it is the project's, unless an environment in it holds it. */
RunStack stack_read(Arena *arena, const ProbeArea *area, uint32_t stack, Str root);
/* The innermost frame of the project, else the innermost one; NULL: the stack is unknown. */
const RunFrame *stack_place(const RunStack *stack);

#endif
