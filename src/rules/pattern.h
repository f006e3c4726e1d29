/* pattern.h - one spelling for a family of callables: "requests.Session.{get,post}".
 *
 * Shape   a dotted path with any number of brace groups that do not nest; "*" may stand for the last part.
 * Owner   the names belong to the arena.
 * Errors  what is wrong comes back as a text without place; NULL when nothing is. */
#ifndef LOOPSAFE_RULES_PATTERN_H
#define LOOPSAFE_RULES_PATTERN_H

#include "base/str.h"

typedef struct PatternName {
    Str path;   /* dotted, no braces */
    Str member; /* what the last brace group chose; without a group the last part of the path */
} PatternName;

typedef struct Pattern {
    PatternName *names; /* in the order written */
    size_t count;
} Pattern;

const char *pattern_expand(Arena *arena, Str text, Pattern *pattern) __attribute__((warn_unused_result));
/* text with every "{}" replaced by member. */
Str pattern_fill(Arena *arena, Str text, Str member);

#endif
