/* loop_name.h - the name under which a function can reach the loop that its thread does not run.
 *
 *   loop = asyncio.get_running_loop()     in the function around it, or at module level
 *   self._loop = asyncio.get_event_loop() in another method of the class
 *   loop: asyncio.AbstractEventLoop       a parameter
 *
 * Owner   the unit's text.   Errors  none.   Threads read-only on the program. */
#ifndef LOOPSAFE_FIXES_LOOP_NAME_H
#define LOOPSAFE_FIXES_LOOP_NAME_H

#include "program/program.h"

/* Empty: none is known. */
Str loop_name(const Program *program, const FunctionInfo *function);

#endif
