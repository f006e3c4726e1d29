/* around.h - what stands around a node, from its function inwards.
 *
 *   STMT_FUNCTION ▸ STMT_WITH ▸ STMT_EXPRESSION ▸ EXPR_CALL ▸ node
 *
 * Shape   nodes[0] is the function (or, at module level, the statement), nodes[count - 1] the node itself.
 * Owner   the caller; nothing is allocated. */
#ifndef LOOPSAFE_FIXES_AROUND_H
#define LOOPSAFE_FIXES_AROUND_H

#include "base/limits.h"
#include "program/unit.h"

typedef struct Around {
    const Unit *unit;
    NodeId nodes[LIMIT_FIX_NESTING];
    uint32_t count; /* 0: not found, or nested too deep */
} Around;

/* function: 0 at module level. False: the node does not stand in it, or nested too deep. */
bool around_find(const Unit *unit, NodeId function, NodeId node, Around *around);
/* The node around the innermost one; 0: none. */
NodeId around_parent(const Around *around);
/* The innermost statement. */
NodeId around_statement(const Around *around);
/* Why an `await` cannot stand there: "the function is not a coroutine", "stands in a lambda"; NULL: it can. */
const char *around_forbids_await(const Around *around);
/* The same, were the function a coroutine. */
const char *around_forbids_suspension(const Around *around);
/* An `await` expression there needs brackets: `(await f()).text`. */
bool around_binds_tighter(const Around *around);

#endif
