/* asker.h - asks an interpreter that the probe cannot read where a thread is: takes the GIL and calls
 * sys._current_frames(), through functions of its stable interface.
 *
 * Shape   native code that holds the GIL is seen only when it has ended, on a later line: the price of an unknown version.
 * Errors  an interpreter without these functions, or an answer that makes no sense: no stack.
 * Threads asker_look by the watchdog alone. */
#ifndef LOOPSAFE_PROBE_ASKER_H
#define LOOPSAFE_PROBE_ASKER_H

#include "probe/lane.h"

/* True when the interpreter has all that is needed. */
bool asker_ready(void);
void asker_look(Lane *lane);

#endif
