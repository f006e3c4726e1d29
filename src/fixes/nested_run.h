/* nested_run.h - a loop that is run inside a running one: what it runs is awaited instead.
 *
 *   asyncio.run(load(key))            ▸  await load(key)
 *   loop.run_until_complete(load())   ▸  await load()
 *
 * Owner   texts live in the draft's arena.   Errors  refused in the draft. */
#ifndef LOOPSAFE_FIXES_NESTED_RUN_H
#define LOOPSAFE_FIXES_NESTED_RUN_H

#include "fixes/draft.h"

/* The rule is a call that runs the awaitable it is given, and nothing else. */
bool nested_run_fits(const Rule *rule);
/* Writes the await in place of the call of the unit. bracket: in brackets. */
void nested_run_write(Draft *draft, const Unit *unit, NodeId call, bool bracket);

#endif
