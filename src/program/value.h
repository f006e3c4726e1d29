/* value.h - what a name or an expression may stand for.
 *
 * Shape   a Value is a set of alternatives (Items) that branches joined; `open_ended` says that something unknown
 *         may be among them. Values are never changed, only replaced. NULL is a value nothing is known about.
 *         Some items are promises (PATH of a module of the project, RESULT, LAZY, PART): settle.h keeps them.
 * Owner   the arena handed in, which stores equal values once. */
#ifndef LOOPSAFE_PROGRAM_VALUE_H
#define LOOPSAFE_PROGRAM_VALUE_H

#include "program/confidence.h"
#include "python/facts.h"
#include "rules/catalogue.h"

typedef enum ItemKind {
    ITEM_PATH, /* a module, function or class by its dotted name: path; unit: whose import it came through; parts */
    ITEM_INSTANCE, /* an object of a class by its dotted name: path of the class; unit as for ITEM_PATH; parts */
    ITEM_FUNCTION, /* a function or lambda: id; inner is the object it is bound to, or NULL; closure */
    ITEM_CLASS,    /* a class: id; parts: objects of what stands in brackets after a generic class */
    ITEM_OBJECT,   /* an object of a class: id; parts; exact: of no subclass; invocation */
    ITEM_RESULT,   /* what a call of a function gives, not looked at yet: invocation */
    ITEM_LAZY, /* the value of the expression or decorated definition made_by in the scope closure of unit */
    ITEM_PART, /* what the id-th target of an unpacking gets of inner, a promise; ID_NONE: the starred one */
    ITEM_WRAPPED, /* a callable that calls inner: functools.partial, sync_to_async; path of the wrapper */
    ITEM_LIST,    /* any sequence, set or iterator: inner is what it holds; parts: see containers.h */
    ITEM_DICT,    /* inner is what its values are; parts and keys: see containers.h */
    ITEM_TUPLE,   /* parts */
    ITEM_VARIABLE, /* a type variable: its TypeVar() is made_by in unit; an object of it, exact: the class itself */
    ITEM_SUPER,  /* super(): id is the class whose bases are meant; inner the object */
    ITEM_LITERAL /* None, a number, a text: path is its text, id the NodeKind */
} ItemKind;

typedef struct Value Value;

typedef struct Item {
    ItemKind kind;
    Confidence confidence;
    bool quiet;   /* set to non-blocking or to a zero time-out */
    bool outside; /* its size is decided outside the function: a parameter, an awaited result */
    bool exact; /* ITEM_OBJECT: made by a call of the class itself; ITEM_LIST: a list and no other sequence */
    bool
        bulk; /* its data are of any size: the content of a file, a response, an upload; no part of equality */
    uint32_t id;    /* function or class of the program */
    NodeId made_by; /* the call that made it, in unit; or 0 */
    uint32_t part_count;
    struct Unit *unit;
    struct Invocation *invocation; /* ITEM_RESULT: the call; ITEM_OBJECT: the constructor call, or NULL */
    struct Frame *closure;
    Str path;
    Str origin; /* call whose result blocks when it is iterated or entered; empty: none */
    const Value *inner;
    const Value *const *parts; /* of a tuple; of a generic type its arguments */
    const Name *keys;          /* ITEM_DICT: of the parts */
} Item;

struct Value {
    uint32_t count;
    bool open_ended; /* it may also be something that is not known */
    Item items[];
};

const Value *value_of(Arena *arena, Item item);
/* One alternative of the value as a value of its own. */
const Value *value_alternative(Arena *arena, const Value *value, uint32_t index);
const Value *value_path(Arena *arena, Str path, Confidence confidence);
const Value *value_instance(Arena *arena, Str path, Confidence confidence);
const Value *value_list(Arena *arena, const Value *held);
const Value *value_tuple(Arena *arena, const Value *const *parts, uint32_t count);
/* Everything that left or right may be; NULL on one side makes the other open-ended. */
const Value *value_join(Arena *arena, const Value *left, const Value *right);
/* The same alternatives with a confidence not above the given one. */
const Value *value_at_most(Arena *arena, const Value *value, Confidence confidence);
/* The same alternatives, marked as of a size decided outside. NULL stays NULL. */
const Value *value_from_outside(Arena *arena, const Value *value);
bool value_is_outside(const Value *value);
/* The same alternatives, marked as data of any size; NULL becomes something unknown that is. */
const Value *value_as_bulk(Arena *arena, const Value *value);
/* Some alternative is data of any size, or a sequence of such. */
bool value_is_bulk(const Value *value);
/* The first alternative of a kind, or NULL. */
const Item *value_find(const Value *value, ItemKind kind);
/* The literal that the value is and nothing else, or NULL. */
const Item *value_literal(const Value *value);
/* Confidence of one alternative: an open-ended value makes it at most likely. */
Confidence value_confidence(const Value *value, const Item *item);
bool item_equal(const Item *left, const Item *right);
bool value_equal(const Value *left, const Value *right);
uint32_t value_hash(const Value *value);

#endif
