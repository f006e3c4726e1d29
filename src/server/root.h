/* root.h - what is analysed together: a folder of the workspace, or a file that lies in none.
 *
 * Owner   root_free ends it, and the run that it keeps.
 * Threads one. */
#ifndef LOOPSAFE_SERVER_ROOT_H
#define LOOPSAFE_SERVER_ROOT_H

#include "server/run.h"

typedef struct Root {
    Buf directory; /* absolute */
    Buf file;      /* the only one that is looked at; empty: all below the directory */
    bool is_due;
    int64_t due_ms; /* when to analyse, on the clock of roots_now_ms */
    Run *latest;    /* the last that succeeded, or NULL */
    Buf told;       /* the trouble that was shown last */
    bool is_gone;   /* no longer in the workspace; ends with its run */
} Root;

typedef struct Roots {
    VEC(Root *) items;
} Roots;

void roots_free(Roots *roots);
/* Known already, it stays. */
void roots_add_folder(Roots *roots, Str directory);
void roots_remove_folder(Roots *roots, Str directory);
/* The innermost folder that holds the file; else the root of that file alone; NULL: there is none. */
Root *root_find(const Roots *roots, Str path);
/* The same; made where there is none. */
Root *root_get(Roots *roots, Str path);
/* Ends roots that are gone, but for one. */
void roots_sweep(Roots *roots, const Root *running);

int64_t roots_now_ms(void);
/* Analyses so long after now; a later call replaces the time. */
void root_want(Root *root, int64_t delay_ms);
/* The one that is due first, or NULL. */
Root *roots_next(const Roots *roots);

#endif
