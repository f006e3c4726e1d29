/* neighbours.h - whether there is room on the machine for two of a program at once.
 *
 * Shape   numbers of /proc as they are now; what cannot be read counts as no room.
 * Threads any. */
#ifndef LOOPSAFE_RUNTIME_NEIGHBOURS_H
#define LOOPSAFE_RUNTIME_NEIGHBOURS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Places where somebody waits for connections and that exist once in a network namespace: ports, and names of sockets that
 * are no files. SIZE_MAX: unknown. */
size_t neighbours_listening(void);
/* `count` more programs as large as this one, with its children, leave most of the free memory free. */
bool neighbours_have_memory(pid_t pid, size_t count);
/* Processors that this process may use. */
size_t neighbours_processors(void);

#endif
