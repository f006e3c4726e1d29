/* pool.h - the same work on many items, on several threads.
 *
 * Threads items are handed out in order, one at a time; pool_run returns when all are done. Results belong in
 *         a slot per item, so that they do not depend on which thread took it. */
#ifndef LOOPSAFE_BASE_POOL_H
#define LOOPSAFE_BASE_POOL_H

#include <stddef.h>

/* worker is 0 .. threads-1 and names the scratch memory that the call may use. */
typedef void (*PoolWork)(void *context, size_t item, size_t worker);

/* Runs work for items 0 .. count-1; threads is cut to 1 .. LIMIT_THREADS. A thread that cannot be started is done
 * without. */
void pool_run(size_t threads, size_t count, PoolWork work, void *context);
/* Runs work for item 0 in a thread with a large stack, for work that nests; here when there is no thread to be had. */
void pool_call(PoolWork work, void *context);
/* Processors this process may use, at least 1. */
size_t pool_processors(void);

#endif
