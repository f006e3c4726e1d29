/* effects.h - what a known call does here: its rule after the conditions on its arguments. */
#ifndef LOOPSAFE_PROGRAM_EFFECTS_H
#define LOOPSAFE_PROGRAM_EFFECTS_H

#include "program/flow.h"

/* The call's weight; receiver may be NULL. */
Weight effect_weight(Flow *flow, const Rule *rule, NodeId call, const Item *receiver);
/* The call is handed a file that is none: `csv.writer(buffer)`, `ZipFile(BytesIO(data))`. */
bool effect_in_memory(Flow *flow, NodeId call);
/* All of its conditions hold for the call; those on the receiver never do. */
bool effect_condition_holds(Flow *flow, const Unless *unless, NodeId call);
/* The condition holds for the arguments of the call (a decorator's call too; a bare decorator has none). */
bool effect_test(Flow *flow, const Condition *condition, NodeId call);

#endif
