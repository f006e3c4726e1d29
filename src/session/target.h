/* target.h - the oldest Python that a project says it runs on: `requires-python` of its pyproject.toml. */
#ifndef LOOPSAFE_SESSION_TARGET_H
#define LOOPSAFE_SESSION_TARGET_H

#include "base/str.h"

/* The minor version of Python 3; 0: the closest pyproject.toml from the file or directory up does not say, or cannot be
 * read. */
uint32_t target_minor(Arena *arena, const char *start);
/* The least minor version that a specifier like ">=3.10,<4" allows; 0: it has none. */
uint32_t target_of_specifier(Str specifier);

#endif
