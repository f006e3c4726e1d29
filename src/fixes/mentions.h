/* mentions.h - a local name in a function: where it gets its value, and who reads it there.
 *
 *   r = get(a)      binding 1
 *   r.json()        mention of 1
 *   r = get(b)      binding 2
 *   r.text          mention of 2
 *
 * Shape   a mention belongs to the last binding before it whose block holds it; with a binding in a branch between the
 *         two nobody knows. A single binding is the one of all.
 * Threads read-only on the unit. */
#ifndef LOOPSAFE_FIXES_MENTIONS_H
#define LOOPSAFE_FIXES_MENTIONS_H

#include "fixes/draft.h"

enum { MENTIONS_MOST = 200 };

typedef struct Mention {
    NodeId node; /* EXPR_NAME */
    uint32_t offset;
    NodeId statement; /* of a binding: the one that binds */
    NodeId block;     /* of a binding: the statement whose list holds `statement`, or the function */
    Span reach;       /* of a binding: from it to the end of the list that holds its statement */
    bool binds;
} Mention;

typedef struct Mentions {
    Mention items[MENTIONS_MOST];
    size_t count;
    const char *trouble; /* why it cannot be told; NULL: it can */
} Mentions;

/* All of the name in the finding's function, in the order of the text. */
void mentions_find(const Draft *draft, Name name, Mentions *found);
/* The binding that the mention reads, or NULL: it is not known. */
const Mention *mentions_binding(const Mentions *mentions, const Mention *mention);

#endif
