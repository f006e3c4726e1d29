/* regex.h - regular expressions that may take time beyond all bounds.
 *
 *   (\w+\s?)+$      a word of n letters is split in 2^n ways before it is known that nothing matches
 *
 * Shape   one that is known to: a group that repeats without an end, holds something that does so too and nothing else that
 *         must be there, and has something behind it that may fail. Atomic groups and possessive repeats do not go back.
 * Source  the pattern as it stands in a raw string. What is nested too deep or not understood is not said to. */
#ifndef LOOPSAFE_PROGRAM_REGEX_H
#define LOOPSAFE_PROGRAM_REGEX_H

#include "base/str.h"

bool regex_backtracks(Str pattern);

#endif
