/* numbers.h - constant numbers: what the text says, and what names and arithmetic make of it. */
#ifndef LOOPSAFE_PROGRAM_NUMBERS_H
#define LOOPSAFE_PROGRAM_NUMBERS_H

#include "program/flow.h"

/* A number as Python writes it; false: the text is none. */
bool number_of_text(Str text, double *number);
/* The number that an expression stands for here; false: it is not constant. Walks names silently. */
bool number_of_node(Flow *flow, NodeId node, double *number);
/* `10**8`, `60 * 60`: the literal that arithmetic of literals gives; NULL: something else. */
const Value *number_folded(Flow *flow, NodeId binary, const Value *left, const Value *right);

#endif
