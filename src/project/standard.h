/* standard.h - which top-level names are the standard library's.
 *
 * The directory of the file that imports stands before the standard library on Python's search path, installed packages
 * stand after it; so a project's `types.py` somewhere else is not what `import types` means. */
#ifndef LOOPSAFE_PROJECT_STANDARD_H
#define LOOPSAFE_PROJECT_STANDARD_H

#include "base/str.h"

bool standard_has(Str name);
/* Whether no file can take its place (`sys`, `time`, `os` …). */
bool standard_is_fixed(Str name);

#endif
