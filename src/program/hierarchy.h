/* hierarchy.h - classes above and below: what a class inherits from, and who inherits from it.
 *
 * Shape   classes by their number in the program. The order is Python's (C3); where bases contradict each other, the
 *         order in which they are met.
 * Owner   the program's arena. */
#ifndef LOOPSAFE_PROGRAM_HIERARCHY_H
#define LOOPSAFE_PROGRAM_HIERARCHY_H

#include "program/program.h"

/* The class and its bases in the order in which Python looks through them. */
const uint32_t *class_order(Program *program, uint32_t class_id, uint32_t *count);
const Value *class_base(Program *program, uint32_t class_id, uint32_t index);
/* Classes that derive from it; at most `most`. False: there are more. */
bool class_subclasses(Program *program, uint32_t class_id, uint32_t *classes, uint32_t most, uint32_t *count);

#endif
