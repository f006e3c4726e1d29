/* types.h - what annotations, type variables and tests tell of values; part of flow.h.
 *
 *   `x: Store[Order] | None` ──flow_annotation──▶ an object of Store with Order, ──`if x:`, isinstance──▶ what is left
 *
 * Shape   a generic type's arguments are the parts of its item, as objects of what stands in the brackets.
 * Owner   the flow's arena. */
#ifndef LOOPSAFE_PROGRAM_TYPES_H
#define LOOPSAFE_PROGRAM_TYPES_H

#include "program/program.h"

typedef struct Flow Flow;

/* --- types.c --- */
/* The value that an annotation stands for. */
const Value *flow_annotation(Flow *flow, NodeId id);
/* A class, as an object of it. */
const Value *flow_object_of(Flow *flow, const Value *named);
/* The value that a type of the catalogue stands for: "tuple[A, B]", "Iterator[A]", "A | None". */
const Value *type_value(Arena *arena, Str type, Confidence confidence);
bool type_is_of_language(Str path);

/* The generic type with what stands in brackets after it. */
const Value *flow_generic(Flow *flow, const Item *generic, NodeId index);

/* --- generics.c --- */
/* What every value of a type variable is: its bound, or one of its constraints; NULL: anything. */
const Value *flow_variable_bound(Flow *flow, const Item *variable);
bool value_holds_variable(const Value *value);
/* The value with the type variables of the receiver's class replaced by what they stand for in it. */
const Value *flow_for_receiver(Flow *flow, const Value *value, const Value *receiver);
/* The same for one object or class. */
const Value *flow_for_object(Flow *flow, const Value *value, const Item *object);

/* --- injection.c --- */
/* What the call in a parameter's default or annotation makes a framework hand in; NULL: nothing that is known. */
const Value *flow_injected(Flow *flow, NodeId call);
/* Of what is handed in and what the annotation says, that which tells more. */
const Value *flow_injected_or(Flow *flow, const Value *injected, const Value *declared);

/* --- functions.c --- */
/* What the function's annotation says it returns; NULL: nothing. */
const Value *flow_annotated_result(Flow *flow, uint32_t function);

/* --- settle.c --- */
/* flow_settled, but type variables stay what they are. */
const Value *flow_settled_type(Flow *flow, const Value *value);

/* --- hierarchy.c --- */
/* The class itself is declared as abstract: a Protocol, an ABC. */
bool class_is_abstract(Program *program, uint32_t class_id);
/* No class of the project may derive from it. */
bool class_is_leaf(Program *program, uint32_t class_id);

/* --- functions.c --- */
/* What a parameter's annotation tells; NULL: nothing, or it is not there. */
const Value *flow_declared_parameter(Flow *flow, NodeId parameter);

/* --- classes.c --- */
bool flow_class_derives(Flow *flow, uint32_t class_id, Str base);
/* An object of a NamedTuple class as the tuple of its fields; NULL: it is none. */
const Value *flow_fields(Flow *flow, const Item *object);
/* A member of an enumeration, as its class's calling, iterating or indexing gives; NULL: the class is none. */
const Value *flow_enum_member(Flow *flow, const Item *class);

/* --- narrow.c --- */
/* What the test tells of the names in it where it holds, or fails. False: it cannot come out so. */
bool flow_narrow(Flow *flow, NodeId test, bool holds);
/* The name `subject` is of one of the classes: `case A() | B():`. */
void flow_narrow_to(Flow *flow, NodeId subject, NodeId types);

#endif
