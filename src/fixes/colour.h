/* colour.h - plain functions made coroutines, so that what blocks in them can be awaited.
 *
 *   async def handler():            async def handler():
 *       return load()          ▸        return await load()
 *   def load():                     async def load():
 *       time.sleep(1)                   await asyncio.sleep(1)
 *
 * Shape   the functions on the way from the finding to what blocks, and plain functions that call one of them; every call of
 *         them in the project gets its `await`. All of them can, or the draft is refused.
 * Owner   texts live in the draft's arena.   Errors  refused in the draft.   Threads read-only on the program. */
#ifndef LOOPSAFE_FIXES_COLOUR_H
#define LOOPSAFE_FIXES_COLOUR_H

#include "fixes/draft.h"

/* Writes what blocks, so that it is awaited; bracket: in brackets. */
typedef void SinkWrite(Draft *draft, const Unit *unit, const FunctionInfo *function, const Step *sink,
                       bool bracket);

/* The finding's statement leads over calls to what blocks, which is a call in the function itself. */
bool colour_fits(const Draft *draft);
void colour_write(Draft *draft, SinkWrite *write_sink);

#endif
