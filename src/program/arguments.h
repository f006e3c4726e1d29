/* arguments.h - the arguments of a call, by position and by name. */
#ifndef LOOPSAFE_PROGRAM_ARGUMENTS_H
#define LOOPSAFE_PROGRAM_ARGUMENTS_H

#include "program/flow.h"

/* The expression handed over at a position (from 0, -1: none) or under a keyword (empty: none); 0: it is not there.
 * unsure (may be NULL): a `*` or `**` stands before, so that it may be there all the same. */
NodeId argument_find(const Unit *unit, NodeId call, int position, Str keyword, bool *unsure);
/* The value of an argument, evaluated in the flow's scope without recording anything. */
const Value *argument_value(Flow *flow, NodeId argument);
/* The literal that an expression is or that its name was bound to. */
bool argument_literal(Flow *flow, NodeId argument, Item *literal);

#endif
