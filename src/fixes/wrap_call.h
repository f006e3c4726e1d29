/* wrap_call.h - a call handed to something that makes it: `f(x, y)` ▸ `head(f, x, y)`.
 *
 * Owner   texts live in the draft's arena.   Errors  refused in the draft. */
#ifndef LOOPSAFE_FIXES_WRAP_CALL_H
#define LOOPSAFE_FIXES_WRAP_CALL_H

#include "fixes/draft.h"

/* head: all that stands before the callee, its bracket with it; tail: what stands behind the call. */
void wrap_call(Draft *draft, const Unit *unit, NodeId call, Str head, Str tail);

#endif
