/* flow.h - following one function's statements and expressions.
 *
 * Shape   a Flow is the place where the walk stands: scope, function, statement, how it got there. Walking the same
 *         expression twice (loops are walked twice) reports it once.
 * Owner   the caller's stack. */
#ifndef LOOPSAFE_PROGRAM_FLOW_H
#define LOOPSAFE_PROGRAM_FLOW_H

#include "program/unit.h"

typedef struct Flow Flow;

/* An `if` that tells something where the walk stands: it is around it, or it left the block before it. */
typedef struct Guard {
    NodeId test;
    bool holds; /* false: the test failed, or the walk would not be here */
    const struct Guard *outer;
} Guard;

/* Values of a call's arguments while the call is looked at: each argument is walked once. */
typedef struct Arguments {
    const NodeId *nodes;
    const Value *const *values;
    size_t count;
    const struct Arguments *outer;
} Arguments;

struct Flow {
    Unit *unit;
    Frame *frame;
    uint32_t function; /* whose body is walked; ID_NONE: module or class level */
    uint32_t root;     /* the on-loop function the walk started in; ID_NONE: nothing is recorded */
    NodeId statement;  /* of the root, the one being walked */
    NodeId report;     /* call in the root that entered nested code; 0 while in the root itself */
    unsigned loop_depth;
    unsigned walk_depth;  /* loops over directory trees around it: single calls add up there */
    unsigned guard_depth; /* once-only work around it */
    const Guard *guards;
    const Arguments *arguments; /* of the innermost call */
    unsigned inline_depth;
    unsigned depth;      /* of expressions and blocks, against LIMIT_NESTING */
    bool silent;         /* for types only: nothing is recorded, nothing is put on lists */
    const Value *result; /* joined from return statements */
    bool result_given;
};

/* A walk beside this one, for types only: in another scope, one level deeper, recording nothing. */
static inline Flow flow_aside(const Flow *flow, Frame *frame)
{
    return (Flow){.unit = flow->unit,
                  .frame = frame,
                  .function = ID_NONE,
                  .root = ID_NONE,
                  .silent = true,
                  .inline_depth = flow->inline_depth + 1,
                  .depth = flow->depth};
}

/* --- statements.c --- */
/* Walks a block; true when its end is not reached (return, raise, continue, break). */
bool flow_block(Flow *flow, NodeId first);

/* --- expressions.c --- */
const Value *flow_expression(Flow *flow, NodeId id);
void flow_list(Flow *flow, NodeId first);
/* Binds a target (name, attribute, tuple …) to a value. */
void flow_assign(Flow *flow, NodeId target, const Value *value);
const Value *flow_lookup(Flow *flow, Name name);

/* --- calls.c --- */
const Value *flow_call(Flow *flow, NodeId call, bool awaited);
/* Calls a value with nothing known about the arguments: decorators' targets, callbacks run in place. */
const Value *flow_invoke(Flow *flow, NodeId call, const Value *callee);
/* What calling the value gives, without recording anything. */
const Value *flow_result_of(Flow *flow, const Value *callee, NodeId call);
/* Records that the loop does what a rule says. */
void flow_record(Flow *flow, NodeId node, const Rule *rule, const Item *receiver, Confidence confidence);
/* Iterating, entering (`with`) a value; gives what is bound. */
const Value *flow_iterate(Flow *flow, NodeId node, const Value *value);
/* Iterating the value walks a whole directory tree. */
bool flow_walks_files(const Flow *flow, const Value *value);
const Value *flow_enter(Flow *flow, NodeId node, const Value *value);

/* --- attributes.c --- */
const Value *flow_attribute(Flow *flow, NodeId node, const Value *object, Name attribute);
/* ITEM_RESULT alternatives replaced by what the functions return. */
const Value *flow_settled(Flow *flow, const Value *value);
const Value *flow_held(Flow *flow, const Value *value);

/* --- classes.c --- */
uint32_t flow_define_class(Flow *flow, NodeId node);
const Value *flow_define_function(Flow *flow, NodeId node);
const Value *flow_member(Flow *flow, uint32_t class_id, const Value *object, Name name, unsigned depth);
/* A member of the class's bases: super().name. */
const Value *flow_super_member(Flow *flow, uint32_t class_id, const Value *object, Name name);
bool flow_class_derives(const Unit *unit, uint32_t class_id, Str base, unsigned depth);

/* --- functions.c --- */
/* Walks a function in place, with the arguments of a call (0: unknown). */
const Value *flow_enter_function(Flow *flow, uint32_t function, const Value *bound, NodeId call);
/* Walks a function on the loop, as a root. */
void flow_root(Unit *unit, uint32_t function);
const Value *flow_function_result(Flow *flow, uint32_t function, const Value *bound);
/* Walks a function's body in a scope of its own; flow->result is what it gives. */
void flow_walk_body(Flow *flow, uint32_t function, const Value *bound);
/* A new scope for the function with its parameters bound. */
Frame *flow_function_frame(Flow *flow, uint32_t function, const Value *bound);

/* --- types.c --- */
/* The value that an annotation stands for. */
const Value *flow_annotation(Flow *flow, NodeId id);
/* The value that a type of the catalogue stands for: "tuple[A, B]", "Iterator[A]", "A | None". */
const Value *type_value(Arena *arena, Str type, Confidence confidence);

/* Generic types of the language whose value is one of their first argument: Annotated, Optional, Final … */
bool type_stands_for_first(Str path);

/* --- imports.c --- */
void flow_import(Flow *flow, NodeId statement);

/* --- handover.c --- */
/* Where a function runs that is handed to the call or decorator `path`. */
void flow_hand_over(Flow *flow, const Value *function, Placement def_runs, Placement coroutine_runs,
                    NodeId call);

/* --- builtins.c --- */
/* Calls that belong to the language: super(), zip(), list(), getattr() …; false: not one of them. */
bool flow_builtin(Flow *flow, const Item *callee, NodeId call, const Value **result);

static inline const Node *flow_node(const Flow *flow, NodeId id)
{
    return unit_node(flow->unit, id);
}

#endif
