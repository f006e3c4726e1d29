/* held_lock.h - whether a lock of threads is held where something is to be awaited: another coroutine that wants it would
 * stop the loop for good.
 *
 * Owner   nothing is kept.   Errors  none.   Threads read-only on the program. */
#ifndef LOOPSAFE_FIXES_HELD_LOCK_H
#define LOOPSAFE_FIXES_HELD_LOCK_H

#include "fixes/around.h"
#include "program/program.h"

/* A `with` of the function around the place enters such a lock, or `acquire` before it took one that nothing released. */
bool lock_is_held(const Program *program, uint32_t function, const Around *around);

#endif
