/* twin_trace.h - from a place where a client is used to what is done with it there.
 *
 *   client.users["x"].find_one(q)     Client ▸ Database ▸ Collection ▸ awaited: a document
 *   rows = client.rows()              Client ▸ Rows: a holder of its own, to be followed as well
 *
 * Shape   types are the plain library's classes; a Family is the client and all that is made of it. */
#ifndef LOOPSAFE_FIXES_TWIN_TRACE_H
#define LOOPSAFE_FIXES_TWIN_TRACE_H

#include "fixes/twin_holder.h"

typedef struct Family {
    Draft *draft;
    VEC(Holder) holders;
} Family;

/* The class whose objects stand in for those of the type; empty: none is known. */
Str twin_of_type(const Catalogue *catalogue, Arena *arena, Str type);
/* Follows an object of the type from its spot outwards: writes what it needs, adds the names that hold what comes of it,
 * or refuses. */
void trace_use(Family *family, const Spot *spot, Str type);

#endif
