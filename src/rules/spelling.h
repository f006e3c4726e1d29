/* spelling.h - how a call is run in a thread, by what the file is written for.
 *
 *   asyncio.to_thread(f, a, k=c)      module asyncio, name to_thread
 *   sync_to_async(f)(a, k=c)          module asgiref.sync, wraps
 *   hass.async_add_executor_job(f, a) receiver hass
 *
 * Shape   rows of the tables' "spellings"; the first whose conditions hold for a file and a call is the one.
 * Owner   texts live as long as the catalogue.
 * Order   by `order`. */
#ifndef LOOPSAFE_RULES_SPELLING_H
#define LOOPSAFE_RULES_SPELLING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

typedef struct Spelling {
    Str module;       /* what is imported for it; empty: it is a method of receiver */
    Str name;         /* of the module or of the receiver */
    Str receiver;     /* a name in scope, or an attribute of `self` */
    Str opens;        /* what stands between the name and the function; empty: "(" */
    Str imported;     /* only in a file that imports this module, or this member of one; empty: in any */
    Str not_imported; /* only in one that does not import this */
    Str calls;        /* only for calls of catalogue paths below this; empty: for all */
    bool keywords;    /* hands keyword arguments on */
    bool wraps;       /* gives a function, which is called with the arguments */
    uint32_t since;   /* Python 3 minor version that has it; 0: all */
    uint32_t order;
} Spelling;

#endif
