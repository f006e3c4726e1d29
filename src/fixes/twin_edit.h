/* twin_edit.h - how the asynchronous form of a call is written where the plain one stands.
 *
 *   x.get(k).name   ▸   (await x.aget(k)).name
 *   for a in x:     ▸   async for a in x:
 *
 * Shape   a Spot is an expression and what stands around it; the functions add to the draft, or refuse. */
#ifndef LOOPSAFE_FIXES_TWIN_EDIT_H
#define LOOPSAFE_FIXES_TWIN_EDIT_H

#include "fixes/draft.h"

typedef struct Spot {
    const Unit *unit;
    Around around; /* its last node is the expression */
} Spot;

/* The spot of a node of the unit, at any depth of any function; false: not found. */
bool spot_find(const Unit *unit, NodeId node, Spot *spot);
/* The spot of what the finding reports, from its function inwards. */
bool spot_of_finding(const Draft *draft, Spot *spot);
/* The spot of the node that stands so many levels around it. */
Spot spot_around(const Spot *spot, uint32_t levels);
NodeId spot_node(const Spot *spot);
/* The node so many levels around; 0: none. */
NodeId spot_parent(const Spot *spot, uint32_t levels);

/* The last part of a dotted path, and what stands before it. */
Str path_last(Str path);
Str path_owner(Str path);

/* Refuses where no `await` can stand, or must not: with a lock of threads or a transaction held. */
bool twin_may_await(Draft *draft, const Spot *spot);
/* The call becomes `await call`, in brackets where it has to be. */
void twin_await(Draft *draft, const Spot *spot);
/* The attribute `object.old` becomes `object.new`. */
void twin_rename(Draft *draft, const Unit *unit, NodeId attribute, Str name);
/* The loop, comprehension or list() that the spot is iterated by becomes asynchronous. */
void twin_iterate(Draft *draft, const Spot *spot);
/* What the call of a builtin such as list() collects: its first argument; 0: it is no such call. */
NodeId twin_collected(const Unit *unit, NodeId call);
/* The `with` that the spot is entered by becomes asynchronous. */
void twin_enter(Draft *draft, const Spot *spot);
/* Refuses a call with arguments that the twin of the path answers otherwise. */
bool twin_takes(Draft *draft, const Unit *unit, NodeId call, Str path);

#endif
