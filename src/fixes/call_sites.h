/* call_sites.h - all places of the project that say a function's name: calls that were understood, and whatever else.
 *
 *   def load(): …         its definition
 *   load()                a CallSite
 *   run(load)             an obstacle: who calls it is not known
 *   json.load(file)       something else of the same name
 *
 * Shape   what is not understood counts as a use. Files that nobody parsed are read as text.
 * Owner   call_sites_free.   Errors  none.   Threads read-only on the program. */
#ifndef LOOPSAFE_FIXES_CALL_SITES_H
#define LOOPSAFE_FIXES_CALL_SITES_H

#include "program/program.h"

/* A call of the function and of nothing else. */
typedef struct CallSite {
    const Unit *unit;
    NodeId call;
    uint32_t function; /* that holds the call; ID_NONE: module level */
} CallSite;

/* A text of the project that has the name; unit NULL: nobody parsed it. */
typedef struct Source {
    const Unit *unit;
    Str text;
} Source;

typedef struct CallSites {
    const Program *program;
    const FunctionInfo *function;
    uint32_t id;
    Str name; /* the last part of the function's name */
    VEC(CallSite) sites;
    VEC(Source) texts;    /* units with the name */
    VEC(Str) sources;     /* last parts of the names of modules that have the function */
    size_t bytes;         /* looked at */
    const char *obstacle; /* why not all uses are known; NULL: they are */
} CallSites;

/* Looks for all of them; ends at the first obstacle. */
void call_sites_find(const Program *program, uint32_t function, CallSites *mentions);
void call_sites_free(CallSites *mentions);

#endif
