/* environment.h - what an application finds in its environment: what Python and the machine need, folders of its own, nothing
 * that could be a secret.
 *
 *   inherited   only names of a short list: PATH, LANG, LC_*, TZ, PYTHONPATH, …      (environment.c)
 *   set         HOME, TMPDIR, XDG_*, PYTHONDONTWRITEBYTECODE, …                      below `folder`
 *   further     what the outside of the run says: DATABASE_URL, SSL_CERT_FILE, …     (outside.h)
 *   wanted      what the user hands over: NAME, or NAME=value
 *
 * Shape   "NAME=value" lines, sorted, ends in NULL; of a name that comes twice the later source of the above counts.
 * Owner   the arena. Folders are made.
 * Errors  a wanted NAME that is not set, or that loopsafe needs itself, is a Fail. */
#ifndef LOOPSAFE_RUNTIME_ENVIRONMENT_H
#define LOOPSAFE_RUNTIME_ENVIRONMENT_H

#include "base/arena.h"
#include "base/fail.h"
#include "base/str.h"

typedef struct EnvironmentPlan {
    const char *const *inherited; /* the program's own environment, ends in NULL */
    const char *folder;           /* home/, tmp/ are made in it */
    const char *project,
        *copy; /* entries of PYTHONPATH below `project` become entries below `copy`; NULL: none do */
    const char *const *further; /* of outside_environment */
    size_t further_count;
    const Str *wanted; /* --env */
    size_t wanted_count;
} EnvironmentPlan;

const char *const *environment_make(Arena *arena, const EnvironmentPlan *plan, Fail *fail);

#endif
