/* offload_call.h - one expression of a coroutine that a thread works out.
 *
 *   load(a, k=b)        await asyncio.to_thread(load, a, k=b)
 *   open(p).read()      await asyncio.to_thread(lambda: open(p).read())
 *   reply.text          await asyncio.to_thread(lambda: reply.text)
 *
 * Threads read-only on the program. */
#ifndef LOOPSAFE_FIXES_OFFLOAD_CALL_H
#define LOOPSAFE_FIXES_OFFLOAD_CALL_H

#include "fixes/draft.h"

/* around: from the function inwards to the call; path: of what blocks, for the spelling. */
void offload_call(Draft *draft, const Around *around, Str path);
/* The whole expression, in a lambda. */
void offload_expression(Draft *draft, const Around *around, Str path);
/* A short name of what is called, for a title. */
Str offload_name(const Draft *draft, NodeId node);

#endif
