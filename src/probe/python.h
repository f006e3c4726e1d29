/* python.h - what src/runtime/python/loopsafe_probe.py calls in the probe, with the GIL held.
 *
 *   arm ─▶ walk, compared with the interpreter's own answer ─▶ mode ─▶ enter, leave at each loop
 *                                                                      wait, wake of a loop that waits on no epoll descriptor
 *
 * Errors  arm writes one line into `trouble`.
 * Threads arm, walk and mode by one thread, before any loop; the rest by the loop's own. */
#ifndef LOOPSAFE_PROBE_PYTHON_H
#define LOOPSAFE_PROBE_PYTHON_H

#include "probe/probe.h"

/* version: sys.hexversion; code_type: the type of code objects; ascii: a new string of ASCII letters.
 * 1: frames can be read from memory; 0: of this version it is not known how; -1: trouble. */
PROBE_EXPORT int loopsafe_probe_arm(uint32_t version, const void *code_type, const void *ascii, char *trouble,
                                    size_t size);
/* The stack of a thread as text, "file TAB function TAB line" a frame; its length. */
PROBE_EXPORT size_t loopsafe_probe_walk(const void *thread_state, char *text, size_t size);
/* A ProbeMode, and one line for the user or "". The mode that it is then. */
PROBE_EXPORT int loopsafe_probe_mode(int mode, const char *notice);
/* The thread enters a loop and leaves it. selector: the epoll descriptor that it waits on, or one of SELECTOR_*. */
PROBE_EXPORT void loopsafe_probe_enter(const void *thread_state, unsigned long identity, int selector);
PROBE_EXPORT void loopsafe_probe_leave(void);
/* The loop of this thread goes into a selector of another kind, and comes out of it. */
PROBE_EXPORT void loopsafe_probe_wait(void);
PROBE_EXPORT void loopsafe_probe_wake(void);

#endif
