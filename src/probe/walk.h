/* walk.h - the stack of a thread of the interpreter, read out of memory and put into the store.
 *
 * Shape   innermost first, at most LIMIT_PROBE_DEPTH frames.
 * Errors  a chain that is torn, because it was being changed, gives 0 and counts as a bad sample: never a guess.
 * Threads the thread itself, stopped in a handler or in a call; between store_lock and store_unlock. */
#ifndef LOOPSAFE_PROBE_WALK_H
#define LOOPSAFE_PROBE_WALK_H

#include <stddef.h>
#include <stdint.h>

/* The stack's place in the store; 0: none. */
uint32_t walk_stack(uint64_t thread_state);
/* Frames into `frames` (numbers as of store_frame, less one). */
size_t walk_frames(uint64_t thread_state, uint32_t *frames, size_t capacity);

#endif
