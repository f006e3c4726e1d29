/* uses.h - what statements read, write and await, in the order in which they do it.
 *
 *   x = await load(a.b)  ──▶  attribute a.b · read a · await load(a.b) · write x
 *
 * Shape   names by their text; what a nested function or class does is not looked at. A store is an assignment to an
 *         attribute or an item: its root is the name on its left, which is not read by that.
 * Owner   whoever called uses_init frees; nodes are of the unit.   Threads read-only on the unit. */
#ifndef LOOPSAFE_PROGRAM_USES_H
#define LOOPSAFE_PROGRAM_USES_H

#include "program/unit.h"

typedef enum UseKind {
    USE_READ,      /* name */
    USE_ATTRIBUTE, /* node: a dotted name that is read */
    USE_WRITE,     /* name */
    USE_ADD,       /* name, of `name += …` */
    USE_STORE,     /* name: the root; node: the target */
    USE_AWAIT,     /* node: the await, or the call that `async with` enters */
    USE_COLLECT,   /* name: the root, or NULL; node: the call of append, add … of a container */
    USE_EACH       /* node: a comprehension with an await in it */
} UseKind;

typedef struct Use {
    UseKind kind;
    Name name; /* NULL: none */
    NodeId node;
    NodeId statement; /* the simple statement that it stands in, or 0 */
    bool conditional; /* not always: behind `or`, in a branch, in a loop */
    bool repeated;    /* in a loop */
    bool rare;        /* in the handler of an exception */
    bool entered;     /* USE_AWAIT: of `async with` */
} Use;

typedef struct Uses {
    const Unit *unit;
    VEC(Use) list;
    bool leaves;  /* return, break, yield: what follows may not happen, or something happens between */
    bool nests;   /* an await in an await: one needs the other */
    bool damaged; /* a part was not understood, or nests too deep */
} Uses;

void uses_init(Uses *uses, const Unit *unit);
void uses_free(Uses *uses);
/* Adds what one statement does, or an expression. */
void uses_add_statement(Uses *uses, NodeId statement);
void uses_add_expression(Uses *uses, NodeId expression);
/* Adds what all statements of a block do. */
void uses_add_block(Uses *uses, NodeId first);
bool uses_has(const Uses *uses, UseKind kind, Name name);
size_t uses_count(const Uses *uses, UseKind kind);
/* What is called when the await is one of a call; 0: it is not. */
NodeId awaited_call(const Unit *unit, NodeId await);
/* The name on the left of a dotted or indexed expression; NULL: it is none. */
Name root_name(const Unit *unit, NodeId expression);

#endif
