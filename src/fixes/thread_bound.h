/* thread_bound.h - whether code that runs on the loop may run in a thread instead.
 *
 *   moved of the coroutine ──steps──▶ functions it calls ──▶ …
 *       sqlite3 connection of the coroutine, a task, a loop          no: refused
 *       self.cache = …, a global, an object that does one thing      perhaps: unsafe, with a note
 *       nothing of the kind                                          yes
 *
 * Threads read-only on the program. */
#ifndef LOOPSAFE_FIXES_THREAD_BOUND_H
#define LOOPSAFE_FIXES_THREAD_BOUND_H

#include "fixes/draft.h"

/* What moves into the thread. */
typedef struct Moved {
    NodeId
        node; /* a call whose function and arguments are worked out on the loop, or all of an expression or statement */
    bool is_whole; /* all of it */
} Moved;

/* Refuses the draft, or lowers it with a note, for what the moved does. */
void thread_judge(Draft *draft, Moved moved);
/* Objects of the class, or the call, belong to one thread. */
bool thread_is_bound(const Draft *draft, Str path);

#endif
