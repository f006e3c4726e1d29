/* shared_state.h - what a function changes that others may see.
 *
 *   self.total += 1 · global cache · rows.append(x) of a parameter      seen by others
 *   out = []; out.append(x)                                             its own
 *
 * Threads read-only on the program. */
#ifndef LOOPSAFE_FIXES_SHARED_STATE_H
#define LOOPSAFE_FIXES_SHARED_STATE_H

#include "program/program.h"
#include "program/uses.h"

/* The first such thing as it is written, short enough for a note; empty: none. whole: of this statement or expression
 * of the function alone; 0: of all its body. */
Str shared_write(Arena *arena, const FunctionInfo *function, const Instance *instance, NodeId whole);
bool shared_is_parameter(const Unit *unit, NodeId function, Name name);

#endif
