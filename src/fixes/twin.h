/* twin.h - the asynchronous form of a call, written in its place.
 *
 *   time.sleep(x)   ▸  await asyncio.sleep(x)
 *
 * Owner   texts live in the draft's arena.   Errors  refused in the draft. */
#ifndef LOOPSAFE_FIXES_TWIN_H
#define LOOPSAFE_FIXES_TWIN_H

#include "fixes/draft.h"

/* The tables know a function that takes and gives the same, and is awaited. */
bool twin_fits(const Catalogue *catalogue, const Rule *rule);
/* Writes it in place of the call that stands in the function of the unit; bracket: in brackets. Gives the name of what is
 * awaited. */
Str twin_write(Draft *draft, const Unit *unit, const FunctionInfo *function, NodeId call, const Rule *rule,
               bool bracket);

#endif
