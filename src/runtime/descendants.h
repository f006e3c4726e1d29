/* descendants.h - a process and all that it has started, as /proc knows them.
 *
 * Shape   the process itself first; at most as many as there is room for.
 * Errors  a process that has ended meanwhile is left out, or has used no time. */
#ifndef LOOPSAFE_RUNTIME_DESCENDANTS_H
#define LOOPSAFE_RUNTIME_DESCENDANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

size_t descendants_of(pid_t root, pid_t *family, size_t room);
/* Nanoseconds on a processor of all its threads that still live; *main_ns, when wanted: of the first one. */
uint64_t descendant_cpu_ns(pid_t pid, uint64_t *main_ns);
/* One of its threads is on a processor, waits for one, or waits for a disk. */
bool descendant_runs(pid_t pid);
/* A handle that stays on this very process when its number goes to another one; -1: it is gone, or the kernel has none. */
int descendant_open(pid_t pid);
/* Ends the process of a handle and closes it. */
void descendant_kill(int handle);

#endif
