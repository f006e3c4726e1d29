/* process_log.h - the last words of a program: a thread reads all that it prints and keeps the end.
 *
 * Shape   a ring of LIMIT_PROCESS_LOG bytes.
 * Owner   process_log_free; it closes the descriptor that was handed in.
 * Threads one reader of its own; the others ask under its lock. */
#ifndef LOOPSAFE_RUNTIME_PROCESS_LOG_H
#define LOOPSAFE_RUNTIME_PROCESS_LOG_H

#include "runtime/process.h"

ProcessLog *process_log_new(int descriptor);
/* Reads what is left and stops reading. */
void process_log_close(ProcessLog *log);
void process_log_free(ProcessLog *log);
Str process_log_last(ProcessLog *log, Arena *arena, size_t bytes);

#endif
