/* replace.h - files replaced by others of the same name: each has its old text or its new one, whatever happens.
 *
 *   replace_prepare … replace_prepare ─▶ replace_commit          (or replace_cancel)
 *        texts beside the files             renames
 *
 * Shape   a new text is written into a temporary file of the same directory, whole and down to the disk, with mode and, as
 *         far as allowed, owner of the old one; nothing is renamed before all of them are written.
 * Owner   replace_commit or replace_cancel ends it, and leaves no temporary file.
 * Errors  a Fail with the path. Signals that end the process wait meanwhile.
 * Threads one at a time. */
#ifndef LOOPSAFE_BASE_REPLACE_H
#define LOOPSAFE_BASE_REPLACE_H

#include "base/fail.h"
#include "base/str.h"
#include "base/vec.h"

typedef struct Replacement {
    const char *path;   /* no link; borrowed from the arena */
    const char *beside; /* the temporary file */
} Replacement;

typedef struct Replace {
    Arena arena;
    VEC(Replacement) items;
    void *signals; /* a sigset_t: those that were blocked before */
} Replace;

void replace_begin(Replace *replace);
/* path: of a file that is there, with all links resolved. old: what it must hold. */
bool replace_prepare(Replace *replace, const char *path, Str old, Str text, Fail *fail)
    __attribute__((warn_unused_result));
/* Puts all of them in place. False: some rename failed; *renamed says how many were done, in the order of preparing. */
bool replace_commit(Replace *replace, size_t *renamed, Fail *fail) __attribute__((warn_unused_result));
void replace_cancel(Replace *replace);

#endif
