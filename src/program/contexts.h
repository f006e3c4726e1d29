/* contexts.h - where a function runs, as far as all of the program tells. */
#ifndef LOOPSAFE_PROGRAM_CONTEXTS_H
#define LOOPSAFE_PROGRAM_CONTEXTS_H

#include "program/program.h"

/* After program_follow: notes who calls whom. */
void contexts_note_callers(Program *program);
/* The function runs once, with nothing else waiting for its loop: a command, a script, start-up. Gives the reason,
 * or NULL when it serves requests as far as can be told. */
const char *contexts_once(const Program *program, uint32_t function);

#endif
