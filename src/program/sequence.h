/* sequence.h - awaits that stand one after the other and need nothing of each other, and loops that await item by item.
 *
 *   a = await f()          one Sequence of two members
 *   b = await g(x)
 *   for item in items:     one Repetition
 *       out.append(await h(item))
 *
 * Shape   read off the text alone: whether anything is gained, and whether the calls share something, is for whoever
 *         asks. Nothing in a lock, a transaction or a limiter is in it.
 * Owner   sequences_free.   Order  of the text.   Threads read-only on the unit. */
#ifndef LOOPSAFE_PROGRAM_SEQUENCE_H
#define LOOPSAFE_PROGRAM_SEQUENCE_H

#include "program/uses.h"

/* One await of a sequence. */
typedef struct Member {
    NodeId statement;
    NodeId await; /* the await, or the call that `async with` enters */
    bool bound;   /* its result goes to local names, to items of one, or is returned */
    bool stored;  /* its result goes to an attribute: somebody else may see it */
    bool conditional;
    bool entered; /* `async with` */
} Member;

typedef struct Sequence {
    size_t first, count; /* among Sequences.members */
} Sequence;

enum { REPETITION_AWAITS = 8 };

/* A loop or a comprehension with awaits for each item. */
typedef struct Repetition {
    NodeId loop; /* STMT_FOR, or the comprehension */
    NodeId iterable;
    NodeId awaits[REPETITION_AWAITS]; /* for an item, in order */
    size_t count;
    bool collected; /* its results are kept, by nothing that the next item looks at */
    bool rare;      /* awaits where an exception is handled */
    bool counted;   /* a fixed number of times: range(3) */
} Repetition;

typedef struct Sequences {
    VEC(Member) members;
    VEC(Sequence) sequences;
    VEC(Repetition) repetitions;
} Sequences;

/* Those of the function's own body. */
void sequences_find(const Unit *unit, NodeId function, Sequences *found);
void sequences_free(Sequences *found);
/* The loop awaits once an item, and the items need nothing of each other; used by sequences_find. */
bool repetition_find(const Unit *unit, NodeId loop, Repetition *found);

#endif
