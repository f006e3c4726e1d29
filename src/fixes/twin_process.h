/* twin_process.h - a program that is run and waited for.
 *
 *   out = subprocess.check_output(["ls", path])
 *   ▸
 *   process = await asyncio.create_subprocess_exec("ls", path, stdout=asyncio.subprocess.PIPE)
 *   out, _ = await process.communicate()
 *   if process.returncode: raise …
 *
 * Shape   a statement of its own, whose result is unused or taken apart in ways that are known. */
#ifndef LOOPSAFE_FIXES_TWIN_PROCESS_H
#define LOOPSAFE_FIXES_TWIN_PROCESS_H

#include "fixes/draft.h"

/* False: what blocks is no call that runs a program. */
bool twin_process(Draft *draft);

#endif
