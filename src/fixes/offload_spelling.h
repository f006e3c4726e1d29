/* offload_spelling.h - how a call is run in a thread in this file, with this call.
 *
 *   before            f     after   arguments   end
 *   await to_thread(  load  ,·      a, b        )
 *
 * Owner   texts live in the results arena. */
#ifndef LOOPSAFE_FIXES_OFFLOAD_SPELLING_H
#define LOOPSAFE_FIXES_OFFLOAD_SPELLING_H

#include "fixes/draft.h"

typedef struct Way {
    const Spelling *row;
    Str opened;   /* "await asyncio.to_thread(" */
    bool partial; /* keyword arguments go through functools.partial, which stands in `opened` */
} Way;

/* The way of the tables for a call of the path (empty: none in particular) that hands on keyword arguments or not; false,
 * and refused: there is none. */
bool way_find(Draft *draft, Str path, bool keywords, Way *way);

#endif
