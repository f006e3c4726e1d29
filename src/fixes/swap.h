/* swap.h - a fix that replaces a library, while it is written: the call that starts it, and all that hangs on its value.
 *
 *   r = requests.get(url, timeout=5)      root: rows of "requests.get"       swap_call.c, swap_arguments.c
 *   r.raise_for_status()                  a use: rows of what it gives       swap_uses.c
 *   except requests.Timeout:              a handler around it                swap_handlers.c
 *   async with … as client:               around it                          swap_client.c
 *
 * Shape   every use must have a row: what has none stops the whole.
 * Owner   the draft's arena; the vectors end with swap_free. */
#ifndef LOOPSAFE_FIXES_SWAP_H
#define LOOPSAFE_FIXES_SWAP_H

#include "fixes/draft.h"
#include "rules/swap.h"

enum { SWAP_DEPTH = 8 }; /* values that hang on values */

/* A member that is used, and where. */
typedef struct SwapUse {
    Str path;    /* of the member */
    NodeId node; /* of what may raise: the call of the member, or the object itself */
    uint32_t offset;
} SwapUse;

typedef struct Swap {
    Draft *draft;
    SwapRow row; /* of the root */
    NodeId root; /* its call */
    Around around;
    Str client;            /* the client's name; empty: none is needed */
    Span open;             /* the block of a client that is open there already; empty: none is */
    VEC(Str) client_texts; /* arguments of the client */
    VEC(SwapUse) uses;
    uint32_t last_use; /* offset */
    unsigned depth;
} Swap;

/* --- swap_find.c --- */

/* The call that made what the finding's node works with, and the row of the library that is to replace it. */
bool swap_find(Swap *swap);

/* --- swap_call.c --- */

/* Edits of the root call and of everything that hangs on it. */
void swap_root(Swap *swap);

/* --- swap_arguments.c --- */

/* Maps the arguments of a call by the rows of the path; no rows: they stay. */
void swap_arguments(Swap *swap, NodeId call, Str path);

/* --- swap_uses.c --- */

/* What is done with the object that the expression gives; type: whose member rows it has. */
void swap_value(Swap *swap, NodeId expression, Str type);

/* --- swap_handlers.c --- */

void swap_handlers(Swap *swap);

/* --- swap_client.c --- */

/* The name of the client: of one that is open there, or a new one. */
void swap_client_name(Swap *swap);
/* Opens the client around the statement of the root. */
void swap_client(Swap *swap);

/* --- swap_text.c: what they share --- */

/* The row of the path for the swap's library and the form; from: where to go on looking. */
bool swap_row(const Swap *swap, Str path, SwapForm form, size_t *from, SwapRow *row);
/* Some row for a member or function of the path. */
bool swap_member_row(const Swap *swap, Str path, SwapRow *row);
/* The text with "$" spelled as the file needs it. */
Str swap_spelled(Swap *swap, Str text);
/* The text with "@" replaced. */
Str swap_filled(const Swap *swap, Str text, const char *hole, Str by);
void swap_replace(Swap *swap, uint32_t start, uint32_t end, Str text);
/* Where the dot of the attribute stands. */
uint32_t swap_dot(const Swap *swap, const Node *attribute);
/* Nothing is changed: advice that names what stands in the way. */
void swap_advise(Swap *swap, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool swap_stopped(const Swap *swap);
void swap_note(Swap *swap, Str note);
/* Puts `await` before the expression from start to its node's end, in brackets where something binds tighter. */
void swap_await(Swap *swap, NodeId node);

#endif
