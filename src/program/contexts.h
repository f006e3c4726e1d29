/* contexts.h - where a function runs, as far as its own file tells. */
#ifndef LOOPSAFE_PROGRAM_CONTEXTS_H
#define LOOPSAFE_PROGRAM_CONTEXTS_H

#include "program/unit.h"

/* The function runs once, with nothing else waiting for its loop: a command, a script, start-up. Gives the reason,
 * or NULL when it serves requests as far as can be told. */
const char *contexts_once(const Unit *unit, uint32_t function);

#endif
