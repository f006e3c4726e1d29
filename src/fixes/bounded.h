/* bounded.h - a loop that awaits item by item, as calls that run together, a few at a time.
 *
 *   for key in keys:                       semaphore = asyncio.Semaphore(10)
 *       found.append(await fetch(key))
 *                                          async def fetch_one(key):
 *                                              async with semaphore:
 *                                                  return await fetch(key)
 *
 *                                          found.extend(await asyncio.gather(*(fetch_one(key) for key in keys)))
 *
 * Shape   head ▸ holder ▸ rest: statements of the loop's body before the one that holds the await, that one, those behind it.
 *         What stands behind the await is still done item by item, in order, when all results are there.
 * Owner   texts live in the draft's arena; bounded_free.
 * Threads read-only on the program. */
#ifndef LOOPSAFE_FIXES_BOUNDED_H
#define LOOPSAFE_FIXES_BOUNDED_H

#include "fixes/influence.h"

enum { BOUNDED_NAMES = 16 };

typedef struct Bounded {
    Draft *draft;
    const Unit *unit;
    const Repetition *repetition;
    Span loop;
    NodeId await;
    NodeId value;   /* what is awaited */
    NodeId head;    /* first statement before the holder, or 0 */
    NodeId holder;  /* statement of the body; of a comprehension the one that it stands in */
    NodeId list;    /* `found = []` right above the loop, or 0 */
    Name collector; /* `found`, when nothing else is done than to append the results to it */
    bool comprehension;
    bool direct;             /* the holder only gives the result a name */
    Name own[BOUNDED_NAMES]; /* the item's names, then those that the head makes of them */
    size_t item_count, own_count;
    Influence influence; /* of the awaited call */
    Around around;       /* the loop */
} Bounded;

/* Finds the parts of the loop. False: refused. */
bool bounded_init(Bounded *bounded, Draft *draft);
void bounded_free(Bounded *bounded);
/* The name is read where the loop's results are used, or after the loop. */
bool bounded_needs(const Bounded *bounded, Name name);
/* The draft's edits. */
void bounded_write(Bounded *bounded);

#endif
