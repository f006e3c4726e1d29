/* fixing.h - a project with its findings fixed: first in memory, and on the disk when all is well.
 *
 *   analyse ─▶ apply what fits together ─▶ analyse again ─▶ … until nothing is left to fix ─▶ write
 *
 * Shape   of each finding that is shown the first fix that is sure enough is tried. A fix whose finding is still there
 *         afterwards, or that brings trouble of its own, is taken back in all files. Bounded: LIMIT_FIX_ROUNDS.
 * Owner   fixing_free ends everything that it hands out.
 * Errors  the user's set-up: a Fail; then nothing was written.
 * Threads one at a time.
 * Order   applied fixes by round and finding; files by path; refusals by how often, then by their words. */
#ifndef LOOPSAFE_SESSION_FIXING_H
#define LOOPSAFE_SESSION_FIXING_H

#include "session/session.h"

typedef struct AppliedFix {
    Str code, path;
    uint32_t row1;   /* of the finding, in the text of its round */
    Str fingerprint; /* of the finding */
    Str shape, title;
    Applicability applicability;
} AppliedFix;

typedef struct FixRefusal {
    Str reason; /* "await-twin: stands in a lambda" */
    size_t count;
} FixRefusal;

typedef struct ChangedFile {
    Str path;           /* as findings name it */
    const char *target; /* where it is written: absolute, all links resolved; NULL: standard input */
    Str before, after;  /* bytes */
} ChangedFile;

typedef struct Fixed {
    const Result *left; /* findings of the changed program */
    const AppliedFix *applied;
    size_t applied_count;
    const FixRefusal *refusals;
    size_t refusal_count;
    const ChangedFile *files;
    size_t file_count;
    const Str *packages; /* to be installed for the applied fixes; sorted */
    size_t package_count;
    size_t unsafe_count; /* findings left that unsafe fixes would mend */
    const Str *locked;   /* files that fixes want to change and nobody may write */
    size_t locked_count;
} Fixed;

typedef struct Fixing Fixing;

Fixing *fixing_new(void);
void fixing_free(Fixing *fixing);
/* Runs once. writes: fixing_write will be called, so that files that may not be written are left alone. */
bool fixing_run(Fixing *fixing, const Options *options, bool writes, SessionProgress progress,
                void *progress_context, Fixed *fixed, Fail *fail) __attribute__((warn_unused_result));
/* Writes the changed files: all of them are complete beside their old ones before the first is replaced. False: which
 * one failed, and how many were replaced before it. */
bool fixing_write(const Fixed *fixed, Fail *fail) __attribute__((warn_unused_result));
/* The session that `left` comes from. */
const Session *fixing_session(const Fixing *fixing);

#endif
