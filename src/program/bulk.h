/* bulk.h - whose size nobody here decides: the body of a response, the content of a file, an upload.
 *
 *   `text = await response.text()` ──Item.bulk──▶ `parse(text)` ──Instance.bulk──▶ def parse(page): ──▶ Soup(page)
 *
 * Shape   the tables name calls and attributes that give such data (TRAIT_BULK) and those that keep its size
 *         (TRAIT_KEEPS_SIZE). Parts of it (an item, a field, a line) are taken to be small.
 * Owner   the program's arena. */
#ifndef LOOPSAFE_PROGRAM_BULK_H
#define LOOPSAFE_PROGRAM_BULK_H

#include "program/flow.h"

/* The result of a call of the path, marked when its data are of any size. node: the call, or 0 when it is not written
 * out; callee: the path. */
const Value *bulk_result(Flow *flow, const Item *callee, NodeId node, const Value *result);
/* What reading the attribute `entry` of the item gives, marked likewise. */
const Value *bulk_attribute(Flow *flow, const Item *item, const PathEntry *entry, const Value *value);
/* A method of data of which no more is known than that they are of any size; NULL: none that keeps it. */
const Value *bulk_method(Flow *flow, const Item *item, Name attribute);
/* How much computing call `node` does: the rule's weight, judged by the data that it works on. */
Weight bulk_weight(Flow *flow, const Rule *rule, NodeId node, const Item *receiver);
/* The rule of a call that also computes, where the file that it is for is a buffer in memory; false: it does not. */
bool bulk_computes(Flow *flow, const Rule *rule, Rule *computing);

#endif
