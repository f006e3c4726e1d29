/* scope.h - what kind of code a file is, by its path below the project's root. */
#ifndef LOOPSAFE_SESSION_SCOPE_H
#define LOOPSAFE_SESSION_SCOPE_H

#include "base/str.h"

typedef enum PathClass {
    PATH_APPLICATION,
    PATH_COMMAND, /* command-line modules: their findings are of severity info */
    PATH_OUTSIDE  /* tests, examples, documentation, scripts, benchmarks: out of the default scope */
} PathClass;

PathClass scope_of_path(Str project_path);

#endif
