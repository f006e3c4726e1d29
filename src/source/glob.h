/* glob.h - file name patterns, in two dialects.
 *
 *   GLOB_GIT    .gitignore: `*` and `?` stop at '/', `**` between slashes spans directories
 *   GLOB_RUFF   exclude lists: `*` and `?` cross '/', `{a,b}` is either, a pattern that is not well-formed is refused
 *
 * Shape   a pattern compiled into tokens; `[a-z]`, `[!a]`, `[[:alpha:]]`, `\*` in both. A character is a byte.
 * Owner   the arena handed in; the pattern's text must live as long.
 * Errors  GLOB_GIT never fails: a malformed pattern matches nothing, as in git. GLOB_RUFF: false.
 * Cost    pattern bytes x name bytes at worst, whatever the pattern. */
#ifndef LOOPSAFE_SOURCE_GLOB_H
#define LOOPSAFE_SOURCE_GLOB_H

#include "base/str.h"

typedef enum GlobDialect { GLOB_GIT, GLOB_RUFF } GlobDialect;

typedef struct GlobToken GlobToken;

typedef struct Glob {
    Str literal;       /* what a name must start with; compared before anything else */
    GlobToken *tokens; /* what follows it */
    size_t token_count;
    bool never; /* malformed: matches nothing */
} Glob;

/* False only for GLOB_RUFF: an open bracket or a backslash at the end. Braces must have been expanded. */
bool glob_compile(Arena *arena, Str pattern, GlobDialect dialect, Glob *glob)
    __attribute__((warn_unused_result));
/* Whether the whole name matches. */
bool glob_matches(const Glob *glob, Str name);
/* Bytes in front that are no pattern. */
size_t glob_literal_bytes(Str pattern);
/* Every text that a pattern with `{a,b}` stands for, nesting allowed; false: braces do not pair, or there are more
 * than LIMIT_PATTERN_NAMES. */
bool glob_expand(Arena *arena, Str pattern, Str **expanded, size_t *count)
    __attribute__((warn_unused_result));

#endif
