/* swap.h - how a thing of one library is written with another: the records of the `swaps` of the tables.
 *
 *   requests.get(url, timeout=5).ok
 *   └ row "requests.get"        └ row "requests.Response.ok", for what that call gives
 *               └ row "requests.get" with the argument "timeout"
 *
 * Shape   texts of rows: "$" is the other library's module, as the file spells it; "@" what stands there, "@0" its first
 *         item.
 * Owner   texts live as long as the catalogue.   Order  of the table: the first row that fits counts. */
#ifndef LOOPSAFE_RULES_SWAP_H
#define LOOPSAFE_RULES_SWAP_H

#include "base/str.h"

typedef struct Catalogue Catalogue;

typedef enum SwapForm {
    SWAP_KEEP,  /* a member that reads the same, or under the name in text */
    SWAP_AWAIT, /* a member that is awaited: text is its name, or with brackets the call that it becomes */
    SWAP_EXPRESSION,  /* a member that becomes text; "@" is its object */
    SWAP_CLIENT,      /* a call: of the method text of a client that is opened around the statement */
    SWAP_CLIENT_HELD, /* the same; what it gives is used while the client is open */
    SWAP_OPEN, /* a call that gives an object: of text; "async with" enters it, "await" gives it otherwise */
    SWAP_MAKE, /* a call that gives an object: of text, not awaited */
    SWAP_OPEN_AWAITED, /* a call that gives an object: of text, awaited, also where it is entered */
    SWAP_RECEIVER,     /* a method: awaited, of text; "@" is the object */
    SWAP_ENTER,        /* `with` of it: `async with` */
    SWAP_ITERATE,      /* `for` over it: `async for` */
    SWAP_SET,          /* `x.member = value`: `await x.text(value)` */
    SWAP_HANDED, /* a function that is handed it first: the function's name is text, what it is handed value */
    SWAP_CATCH,  /* an exception: text */
    SWAP_ARGUMENT /* an argument of the call of the same path */
} SwapForm;

/* What an argument is, as it is written. */
typedef enum ArgumentShape {
    ARGUMENT_OTHER, /* a name, a call: not known */
    ARGUMENT_NUMBER,
    ARGUMENT_TEXT,
    ARGUMENT_BYTES,
    ARGUMENT_NONE,
    ARGUMENT_TRUE,
    ARGUMENT_FALSE,
    ARGUMENT_PAIR, /* a tuple of two */
    ARGUMENT_DICT,
    ARGUMENT_LIST
} ArgumentShape;

/* Where an argument goes. */
typedef enum ArgumentPlace { PLACE_CALL, PLACE_CLIENT, PLACE_DROPPED } ArgumentPlace;

typedef struct SwapRow {
    Str path; /* of the thing that is replaced, canonical; a member of what another row gives: "open.file.read" */
    Str group;    /* of libraries that stand for each other: "http-client" */
    Str library;  /* the other one's module */
    Str package;  /* to be installed for it */
    Str client;   /* SWAP_CLIENT…: what is opened, "$.AsyncClient" */
    Str variable; /* its name */
    SwapForm form;
    Str text;
    Str value;    /* SWAP_HANDED */
    Str gives;    /* what its value is, for the rows of members; empty: plain data */
    Str argument; /* SWAP_ARGUMENT: its keyword; "*": any other */
    int position; /* -1: by keyword only */
    unsigned of;  /* bits of ArgumentShape that the row is for; 0: any */
    Str only;     /* the argument is this dotted name, or a call of it; empty: any */
    ArgumentPlace place;
    Str absent;       /* what is written when the argument is not there */
    Str without;      /* the argument has none of these words, in any case, parted by "|" */
    Str call_without; /* the same of all of the call */
    Str note;         /* what changes */
} SwapRow;

/* The row of that index among those of the path; false: there are no more. */
bool catalogue_swap(const Catalogue *catalogue, Str path, size_t index, SwapRow *row);
/* The libraries of a group as a reader would list them, "httpx2, httpx, aiohttp", in the arena. */
Str catalogue_swap_libraries(const Catalogue *catalogue, Arena *arena, Str group);
/* A table has rows that write something with the library, for the group. */
bool catalogue_swaps_to(const Catalogue *catalogue, Str group, Str library);
/* The path with the re-exports of the tables resolved, in the arena. */
Str catalogue_swap_path(const Catalogue *catalogue, Arena *arena, Str path);

#endif
