/* twin_holder.h - a name that holds a client, and everywhere it is used.
 *
 *   client = Client()        the binding
 *   client.get(k)            a use
 *
 * Shape   a local name, a name of a module (imported by other files too), or `self.name` of a class.
 * Owner   spots: whoever collects them frees.
 * Errors  a use that cannot be followed is a refusal of the draft. */
#ifndef LOOPSAFE_FIXES_TWIN_HOLDER_H
#define LOOPSAFE_FIXES_TWIN_HOLDER_H

#include "base/vec.h"
#include "fixes/twin_edit.h"

typedef enum HolderKind { HOLDER_NONE, HOLDER_LOCAL, HOLDER_GLOBAL, HOLDER_ATTRIBUTE } HolderKind;

typedef struct Holder {
    HolderKind kind;
    const Unit *unit;
    NodeId scope; /* the function, the class; 0: the module */
    Name name;
    Str type; /* path of the class of what it holds */
} Holder;

typedef VEC(Spot) Spots;

bool holder_equal(const Holder *one, const Holder *other);
/* What the expression names: EXPR_NAME, or `self.name`; HOLDER_NONE: neither. */
Holder holder_of(Draft *draft, const Spot *spot);
/* All places where it is read or bound; refuses when there may be others. */
void holder_uses(Draft *draft, const Holder *holder, Spots *spots);
/* Refuses when files that are not analysed may use it: a job of another process, a test. Reads them. */
void holder_check_files(Draft *draft, const Holder *holder);
/* The spot is where it is bound: a target. */
bool spot_is_target(const Spot *spot);

#endif
