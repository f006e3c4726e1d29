/* operators.h - what the language calls without a call in the text: methods with two underscores, parts of properties.
 *
 * Shape   each function records steps at the node that it is given, and gives what the method gives (value.h).
 * Owner   the program's arena. */
#ifndef LOOPSAFE_PROGRAM_OPERATORS_H
#define LOOPSAFE_PROGRAM_OPERATORS_H

#include "program/flow.h"

/* --- operators.c --- */
/* Calls of every alternative the first of the methods ("__bool__ __len__") that it has; gives what they give.
 * missing: some alternative has none of them. */
const Value *flow_specials(Flow *flow, NodeId node, const Value *value, Str methods, bool *missing);
/* Evaluates something whose truth is asked for. */
const Value *flow_condition(Flow *flow, NodeId id);
/* What `target += value` leaves in the target; NULL: not known. */
const Value *flow_in_place(Flow *flow, NodeId id, const Value *target, const Value *value);
const Value *flow_binary(Flow *flow, NodeId id);
const Value *flow_unary(Flow *flow, NodeId id);
const Value *flow_comparison(Flow *flow, NodeId id);
const Value *flow_format(Flow *flow, NodeId id);
/* Built-in functions that call a method of their argument: len(), str(), print() … */
void flow_conversion(Flow *flow, Str path, NodeId call);

/* --- expressions.c --- */
/* A comprehension, or a generator expression that runs at once. */
const Value *flow_comprehension(Flow *flow, NodeId id);
/* Runs those generator expressions of this function that the value is. */
void flow_run_generators(Flow *flow, NodeId node, const Value *value);

/* --- targets.c --- */
/* What writing an attribute or an item back after `+=` calls. */
void flow_write_back(Flow *flow, NodeId target, const Value *value);
void flow_delete(Flow *flow, NodeId target);

/* --- attributes.c --- */
/* Sets the attribute (value NULL: deletes it) in the way that the class says: a property's setter, `__set__`. False: it
 * is set as usual. */
bool flow_write_attribute(Flow *flow, NodeId node, const Value *object, Name attribute,
                          const Value *const *value);
/* Under which a class keeps the `setter` or `deleter` of a property. */
Name property_part_key(Flow *flow, Name property, Str part);

/* --- classes.c --- */
/* Nothing in the program's text gives objects of the class the attribute, and nothing outside can. */
bool flow_lacks_attribute(Flow *flow, uint32_t class_id, Name name);

#endif
