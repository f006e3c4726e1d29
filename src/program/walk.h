/* walk.h - the place where a walk stands: scope, function, statement, and how it got there.
 *
 * Shape   a Flow is handed from statement to expression to call; what holds for a part only (a guard, a loop's depth) is set
 *         before the part and taken back after it.
 * Owner   the caller's stack. */
#ifndef LOOPSAFE_PROGRAM_WALK_H
#define LOOPSAFE_PROGRAM_WALK_H

#include "program/hierarchy.h"

typedef struct Flow Flow;

/* An `if` that tells something where the walk stands: it is around it, or it left the block before it. */
typedef struct Guard {
    NodeId test;
    bool holds; /* false: the test failed, or the walk would not be here */
    const struct Guard *outer;
} Guard;

/* A loop statement around the place where the walk stands. */
typedef struct LoopAround {
    NodeId loop;
    const struct LoopAround *outer;
} LoopAround;

/* Values of a call's arguments while the call is looked at: each argument is walked once. */
typedef struct Arguments {
    const NodeId *nodes;
    const Value *const *values;
    size_t count;
    const struct Arguments *outer;
} Arguments;

struct Flow {
    Unit *unit;
    Arena *arena; /* the program's: whatever outlives the statement */
    Frame *frame;
    uint32_t function;  /* whose body is walked; ID_NONE: module or class level */
    Instance *instance; /* whose steps are recorded; NULL: nothing is recorded */
    NodeId statement;   /* of the instance's function, the one being walked */
    NodeId
        report; /* call in the instance's function that entered nested code; 0 while in the function itself */
    unsigned loop_depth;
    uint32_t counted_loop;   /* number of the innermost CountedLoop + 1; 0: none; see loops.h */
    unsigned walk_depth;     /* loops over directory trees around it: single calls add up there */
    unsigned guard_depth;    /* once-only work around it */
    unsigned handler_depth;  /* exception handlers around it */
    const LoopAround *loops; /* statements around it */
    const Guard *guards;
    const Arguments *arguments; /* of the innermost call */
    unsigned inline_depth;
    unsigned await_depth; /* awaits around it */
    NodeId branch;  /* first statement or expression of the innermost part around it that may not run, or 0 */
    unsigned depth; /* of expressions and blocks, against LIMIT_NESTING */
    bool silent;    /* for types only: nothing is recorded, nothing is put on lists */
    bool defining;  /* a module's own walk: no other module is asked */
    const Value *result; /* joined from return statements */
    bool result_given;
};

/* A walk for types only in a scope of the unit. */
static inline Flow flow_in(Unit *unit, Frame *frame)
{
    return (Flow){
        .unit = unit, .arena = &unit->program->arena, .frame = frame, .function = ID_NONE, .silent = true};
}

static inline const Node *flow_node(const Flow *flow, NodeId id)
{
    return unit_node(flow->unit, id);
}

static inline Program *flow_program(const Flow *flow)
{
    return flow->unit->program;
}

#endif
