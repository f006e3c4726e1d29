/* together.h - how awaits are written that start together, once it is known that they may.
 *
 *   user = await load_user(key)          user, orders = await asyncio.gather(load_user(key), load_orders(key))
 *   orders = await load_orders(key)
 *
 * Shape   a part is one await; its statement is direct when it only gives the result a name, else it stays, with a new
 *         name in the await's place.
 * Owner   texts live in the draft's arena; together_free.
 * Threads read-only on the program. */
#ifndef LOOPSAFE_FIXES_TOGETHER_H
#define LOOPSAFE_FIXES_TOGETHER_H

#include "fixes/influence.h"

typedef struct Part {
    const Member *member;
    NodeId statement;
    NodeId await;
    NodeId value; /* what is awaited */
    Str callee;   /* as a reader would name it */
    Str name;     /* what the result is assigned to: the direct statement's target, or a new name */
    bool direct;
} Part;

typedef struct Together {
    Draft *draft;
    Part parts[LIMIT_SEQUENCE];
    size_t count;
    bool between;        /* a statement stands between those of the parts, and comes first */
    Influence influence; /* of all parts that were looked at */
} Together;

/* Fills the parts from the draft's subject. */
void together_init(Together *together);
void together_free(Together *together);
/* The draft's title and note. */
void together_say(Together *together);
/* The draft's edits. */
void together_write(Together *together, const Around *around);

#endif
