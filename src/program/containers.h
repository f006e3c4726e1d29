/* containers.h - what dictionaries hold by key, and iterators that call something for each item.
 *
 * Shape   an ITEM_DICT with parts knows what stands under which constant key: keys[i] names parts[i]; a key that is NULL
 *         stands for keys that are not known. inner is all of it. An ITEM_LIST with a part calls that part with each
 *         item while it is iterated: map, filter.
 * Owner   the flow's arena. */
#ifndef LOOPSAFE_PROGRAM_CONTAINERS_H
#define LOOPSAFE_PROGRAM_CONTAINERS_H

#include "program/flow.h"

/* The dictionary of a display whose pairs start at `first`; each is walked once. */
const Value *dict_display(Flow *flow, NodeId first);
/* What stands under the key (the node of an expression, 0: some key). */
const Value *dict_value_at(Flow *flow, const Item *dict, NodeId key);
/* The list or dictionary after the value was put into it, under the key or anywhere. */
Item container_with(Arena *arena, const Item *container, Name key, const Value *value);
/* The constant text that the expression is, as a name; NULL: it is none. */
Name constant_key(const Flow *flow, NodeId key);
/* map(function, …) and filter(function, …): calls the function as it is iterated. */
const Value *lazy_calls(Flow *flow, const Value *function, const Value *given, const Value *held);
/* Calls what the iterator calls for each item; true: it was such an iterator. */
void run_lazy_calls(Flow *flow, NodeId node, const Item *iterator);

/* --- calls.c --- */
/* Calls a value with these arguments, whatever stands at the node. */
const Value *flow_invoke_with(Flow *flow, NodeId node, const Value *callee, const Value *const *values,
                              uint32_t count);

/* --- functions.c --- */
/* flow_enter_function with these arguments, whatever stands at the node. */
const Value *flow_enter_with(Flow *flow, const Item *function, NodeId node, const Value *const *values,
                             uint32_t count);

#endif
