/* influence.h - what calls leave behind that others may see: may one of them run before the other is done?
 *
 *   await self.login()    sets self.token
 *   await self.load()     reads self.token      the order matters
 *
 * Shape   names of attributes and of module-level names, whatever object has them: two of one name are taken for one.
 * Owner   whoever called influence_init frees.
 * Threads read-only on the program. */
#ifndef LOOPSAFE_FIXES_INFLUENCE_H
#define LOOPSAFE_FIXES_INFLUENCE_H

#include "fixes/draft.h"
#include "program/uses.h"

typedef struct Influence {
    VEC(Name) sets;         /* attributes and global names that functions of the project give a value */
    VEC(Name) reads;        /* … and read */
    bool changes_arguments; /* something that was handed in gets another item, attribute or value */
    bool unknown;           /* too much is called to be looked at */
} Influence;

void influence_init(Influence *influence);
void influence_free(Influence *influence);
/* Adds what the calls in the node of the finding's function lead to. */
void influence_add(Influence *influence, const Draft *draft, NodeId node);
bool influence_has(const Influence *influence, Name name);
/* A name that one sets and the other sets or reads; NULL: none. */
Name influence_meets(const Influence *one, const Influence *other);

/* Why the expression may not be evaluated earlier than it is, before what the influence is of is done; NULL: it may. It
 * calls nothing, and reads nothing that is set meanwhile. influence: NULL: of nothing. */
const char *influence_forbids(const Influence *influence, const Draft *draft, NodeId expression);

#endif
