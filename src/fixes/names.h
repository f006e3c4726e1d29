/* names.h - which names a scope has, and new ones that it has not.
 *
 * Shape   read off the text: a nested function's own names are not its outer function's.
 * Threads read-only on the unit. */
#ifndef LOOPSAFE_FIXES_NAMES_H
#define LOOPSAFE_FIXES_NAMES_H

#include "fixes/draft.h"

/* The function's own text binds the name: a parameter, an assignment, an import, a nested definition, `global`. */
bool name_is_local(const Unit *unit, NodeId function, Str name);
/* The same of the function and of those around it. */
bool name_is_shadowed(const Unit *unit, const FunctionInfo *function, Str name);
/* The text has the word. */
bool name_occurs(Str text, Str name);
/* A name that does not occur in the text of the function: wanted, wanted_2 … */
Str name_fresh(const Draft *draft, const Unit *unit, const FunctionInfo *function, Str wanted);

#endif
