/* walk.h - the Python files below one directory.
 *
 * Shape   directories are entered one after the other through their parent's descriptor; the kind of an entry comes
 *         from the listing, so that a file costs no call of its own. What an exclude pattern or an ignore file leaves
 *         out is not entered.
 * Links   a link to a directory is not followed, a link to a file is taken with the link's own path (ruff does
 *         both; a file that is also listed by itself is taken once, see discover.h).
 * Owner   the arena handed in. */
#ifndef LOOPSAFE_SOURCE_WALK_H
#define LOOPSAFE_SOURCE_WALK_H

#include "source/discover.h"
#include "source/exclude.h"
#include "source/gitignore.h"

typedef struct FoundFile {
    Str path;   /* absolute, no link among its directories */
    Str target; /* of a link: what it leads to, without links; else the same as path */
    Str shown;  /* as it is shown */
    Str project_path;
    size_t root; /* which argument led here */
    bool named;
} FoundFile;

typedef struct WalkRoot {
    Str path;  /* absolute, no links; "" is the file system's root */
    Str shown; /* what stands before a file's path below the root when it is shown: "" or it ends in '/' */
    size_t shared_bytes;  /* SIZE_MAX, or bytes to drop from the absolute path to get what is shown */
    size_t project_bytes; /* of the project's root with its slash */
    size_t index;
} WalkRoot;

typedef struct Walk {
    Arena *arena;
    const ExcludeSet *exclude;
    bool respect_ignore_files;
    IgnoreReader ignore;
    VEC(FoundFile) files;
    VEC(DiscoverTrouble) troubles;
    size_t ignored_count;
    size_t excluded_count;
    bool has_links; /* some file was reached through a link */
} Walk;

/* Adds what is below the root; what cannot be read becomes a trouble. */
void walk_root(Walk *walk, const WalkRoot *root);

#endif
