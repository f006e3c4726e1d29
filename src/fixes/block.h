/* block.h - a statement that becomes a local function, which a thread runs.
 *
 *   with open(path) as f:              def read_data():
 *       data = json.load(f)                with open(path) as f:
 *   use(data)                                  return json.load(f)
 *                                      data = await asyncio.to_thread(read_data)
 *                                      use(data)
 *
 * Shape   names that are read afterwards come back as its result; what it reads it sees from outside.
 * Owner   block_free ends it.   Threads read-only on the program. */
#ifndef LOOPSAFE_FIXES_BLOCK_H
#define LOOPSAFE_FIXES_BLOCK_H

#include "fixes/draft.h"

typedef struct Block {
    Draft *draft;
    const Unit *unit;
    NodeId function;
    NodeId statement;
    uint32_t first_row1, last_row1;
    bool returns;        /* every way through it ends in `return` or an exception */
    bool in_loop;        /* what stands before it comes after it as well */
    NodeId assignment;   /* ends the block, and gives the only result; 0: none does */
    VEC(Name) bound;     /* names that it binds, in order */
    VEC(Name) results;   /* of those, what is read afterwards */
    VEC(Name) kept;      /* of those, what has a value before it as well: `nonlocal` */
    VEC(NodeId) targets; /* names that the whole function binds, where it does */
} Block;

/* Refuses the draft where the statement cannot become a function. around: from its function inwards to it. */
void block_init(Block *block, Draft *draft, const Around *around, NodeId statement);
void block_free(Block *block);
/* The edits; name: of the function; call: what runs it. */
void block_write(Block *block, Str name, Str call);
/* An `await` stands in it, or `async for`, `async with`. */
bool block_awaits(const Unit *unit, NodeId statement);

#endif
