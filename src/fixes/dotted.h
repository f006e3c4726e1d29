/* dotted.h - what an expression of a file names, as the tables spell it, and where a local name gets its value.
 *
 *   from requests import exceptions as x
 *   x.Timeout          "requests.exceptions.Timeout"
 *
 * Shape   read off imports alone: a name that something else binds as well names nothing.
 * Owner   texts live in the draft's arena.   Threads read-only on the unit. */
#ifndef LOOPSAFE_FIXES_DOTTED_H
#define LOOPSAFE_FIXES_DOTTED_H

#include "fixes/draft.h"

/* Empty: it is not known to name anything. What nothing binds is "builtins." and its name. */
Str dotted_path(const Draft *draft, NodeId expression);
/* The same of an expression that stands in a function of any unit; NULL: at its module level. */
Str dotted_path_in(const Draft *draft, const Unit *unit, const FunctionInfo *function, NodeId expression);
/* The unit imports the module, or something in it, at module level. */
bool dotted_imports(const Unit *unit, Str module);

#endif
