/* contributions.h - what functions put into containers and objects that others read: registries, listeners, tables.
 *
 *   @on("paid")  ──walk──▶ HANDLERS[event] = f  ──noted──▶ (unit, HANDLERS)  ──read──▶ HANDLERS["paid"](order)
 *
 * Shape   noted by owner (a unit or a class) and name; likely at most, since nothing says when it was put there. Who reads
 *         before it is noted is walked again.
 * Owner   the program's arena. */
#ifndef LOOPSAFE_PROGRAM_CONTRIBUTIONS_H
#define LOOPSAFE_PROGRAM_CONTRIBUTIONS_H

#include "program/flow.h"

struct Contribution {
    const void *owner;     /* Unit or ClassInfo */
    const Value *held;     /* a container with what was put into it, or NULL */
    const Value *assigned; /* to attributes of objects from outside, or NULL */
    const Value *on_class; /* to attributes of the class itself, or NULL */
    VEC(Instance *) readers;
    bool grew;                 /* since its readers were last walked */
    struct Contribution *next; /* of the same name */
};

/* A value is put into the container that the expression stands for; true: it is one that others may read. */
bool contribute_put(Flow *flow, NodeId container, ItemKind kind, Name key, const Value *value);
/* A value is assigned to an attribute of objects or classes, by other code than their constructors. */
void contribute_attribute(Flow *flow, const Value *objects, Name attribute, const Value *value);
/* A function that may run in the place of a dispatching one; and all that may. */
void contribute_dispatch(Program *program, const FunctionInfo *info, const Value *function);
const Value *contributed_dispatch(Program *program, const FunctionInfo *info);
/* What was noted, and that the walk at hand has read it; NULL: nothing. expected: something may be noted later. */
const Contribution *contribution_read(Program *program, const void *owner, Name name, bool expected);
/* Something may still be put into the value: it is asked for again. */
bool contribution_may_grow(const Value *value);
/* A container with what was put into it from elsewhere. */
const Value *contribution_merged(Arena *arena, const Value *value, const Value *held);
/* The value of a module's name with what was put into it from elsewhere. */
const Value *contributed_global(Unit *unit, Name name, const Value *value);
/* Instances that read what has grown since, by index; asks once. */
void contributions_take_readers(Program *program, Instance ***readers, size_t *count);
void contributions_free(Program *program);

/* --- settle.c --- */
/* The module and the name in it that a dotted path of another module stands for; false: no module of the program. */
bool unit_find_owner(Unit *from, Str path, Unit **owner, Name *name);

/* --- registers.c --- */
/* Runs decorators that may put what they decorate into a table; reads modules that are imported for nothing else. */
void unit_register(Unit *unit);

#endif
