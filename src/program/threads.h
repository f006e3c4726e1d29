/* threads.h - functions that run in threads: which of them are looked at, and how far.
 *
 *   @app.get ──▶ def endpoint ──▶ helper ──▶ time.sleep       walked, but nothing of it is on the loop
 *
 * Shape   a function is walked there only when its text calls something that matters in a thread, or calls by name a
 *         function whose text sleeps: a whole backend of plain functions is left alone.
 * Owner   the program's arena. */
#ifndef LOOPSAFE_PROGRAM_THREADS_H
#define LOOPSAFE_PROGRAM_THREADS_H

#include "program/program.h"

/* After all root units are defined: notes the functions whose text sleeps. */
void threads_note_sleepers(Program *program);
/* The text says that it may matter what the function does to the thread that runs it. */
bool thread_matters(const FunctionInfo *info);
/* The text calls something that holds the interpreter while it computes. */
bool thread_computes(const FunctionInfo *info);

#endif
