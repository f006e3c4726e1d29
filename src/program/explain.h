/* explain.h - what the analysis knew of a function and of the calls on a line, asked afterwards.
 *
 * Owner   the program's arena.
 * Threads the program's thread, after program_follow and reach_solve. Callees are read once more, silently: nothing
 *         that was found changes. */
#ifndef LOOPSAFE_PROGRAM_EXPLAIN_H
#define LOOPSAFE_PROGRAM_EXPLAIN_H

#include "program/program.h"

/* What a call expression calls, as far as it is known where the function ends. */
typedef enum CalleeKind {
    CALLEE_UNKNOWN,
    CALLEE_FUNCTION, /* a function or class that was read */
    CALLEE_BLOCKS,   /* the tables know it as blocking, but not called like this */
    CALLEE_HARMLESS, /* the tables say that it does not block */
    CALLEE_OFFLOADS, /* it runs a function elsewhere */
    CALLEE_UNLISTED  /* known by name; no table tells something of it */
} CalleeKind;

typedef struct Callee {
    CalleeKind kind;
    Str name;         /* dotted, or as it is written */
    Str why;          /* CALLEE_HARMLESS: the table's words; may be empty */
    Placement placed; /* CALLEE_OFFLOADS: where */
} Callee;

/* A function's names where its body ends. */
typedef struct FunctionEnd {
    Unit *unit;
    Frame *frame;
    uint32_t function;
} FunctionEnd;

/* Walks the function's body once more; instance: NULL for what is known from the declaration alone. */
FunctionEnd function_end(Program *program, uint32_t function, const Instance *instance);
Callee function_end_callee(const FunctionEnd *end, NodeId call);
/* The calls whose text touches the span, in the order of the text. */
typedef VEC(NodeId) NodeList;
void calls_in(const Unit *unit, Span span, NodeList *calls);

/* The innermost function (no lambda) whose definition, decorators included, holds the row; ID_NONE: none does. */
uint32_t unit_function_on_row(const Unit *unit, uint32_t row1);
/* Where the span hands the function over by name, or puts its result on a loop: 0: nowhere. */
NodeId handover_find(const Unit *unit, Span span, Str function);
/* The function that hands it to a loop; ID_NONE: none that was walked. */
uint32_t handing_function(const Program *program, uint32_t function);
/* Row of the comment that takes the function off the loop; 0: none. */
uint32_t off_loop_row1(const Program *program, const FunctionInfo *info);

#endif
