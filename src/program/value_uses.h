/* value_uses.h - what a function does with a value that one of its expressions gives, as far as its own text tells.
 *
 *   pool = create_pool()     bound to a name, whose uses count instead
 *   self.pool = pool         stored
 *
 * Shape   bits of ValueUse: whatever holds somewhere in the function.
 * Owner   nothing is kept. */
#ifndef LOOPSAFE_PROGRAM_VALUE_USES_H
#define LOOPSAFE_PROGRAM_VALUE_USES_H

#include "program/unit.h"

typedef enum ValueUse {
    USED_DROPPED = 1,    /* nobody takes it */
    USED_ATTRIBUTE = 2,  /* a method is called, an attribute read; compared, called */
    USED_WITH = 4,       /* entered by `with` or a stack of context managers */
    USED_ARGUMENT = 8,   /* handed to a function */
    USED_STORED = 16,    /* put into an object, a container, a global, or handed to a constructor */
    USED_RETURNED = 32,  /* returned or yielded */
    USED_AWAITED = 64,   /* `await task` */
    USED_CLOSED = 128,   /* a method that ends it is called: close, aclose, shutdown, cancel, stop … */
    USED_CAPTURED = 256, /* a nested function names it */
    USED_BOUND = 512,    /* bound to a local name */
    USED_GROUPED = 1024  /* put into a list, tuple, set or dictionary that is written there */
} ValueUse;

/* Of the value that the expression in the statement of the function gives. */
uint32_t value_uses(const FunctionInfo *function, NodeId statement, NodeId expression);

#endif
