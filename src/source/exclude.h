/* exclude.h - exclude patterns, with ruff's meaning.
 *
 *   build           no slash: any file or directory of that name
 *   *_pb2.py        the same with a pattern
 *   src/gen/[ab]/x  a slash: the path below the base directory (or an absolute path)
 *
 * `*` and `?` cross '/', `{a,b}` is either. A slash at the end only makes a pattern one with a slash. Unlike ruff's,
 * a pattern without a slash never looks at the directories above the root that is walked.
 *
 * Owner   the arena handed in.   Errors  a pattern that is not well-formed is a Fail. */
#ifndef LOOPSAFE_SOURCE_EXCLUDE_H
#define LOOPSAFE_SOURCE_EXCLUDE_H

#include "base/fail.h"
#include "source/glob.h"

typedef struct ExcludeSet {
    Glob *names; /* compared with the last part of a path */
    size_t name_count;
    Glob *paths; /* compared with the absolute path */
    size_t path_count;
} ExcludeSet;

/* A pattern with a slash made absolute; one without stays as it is. */
Str exclude_pattern_below(Arena *arena, Str directory, Str pattern);
bool exclude_set_init(Arena *arena, const Str *patterns, size_t count, Str base_directory, ExcludeSet *set,
                      Fail *fail) __attribute__((warn_unused_result));
/* path: absolute; only it is judged, not the directories above it. */
bool exclude_set_has(const ExcludeSet *set, Str path);
/* The path itself or a directory on the way to it, below the first `above_bytes` bytes. */
bool exclude_set_has_part(const ExcludeSet *set, Str path, size_t above_bytes);

#endif
