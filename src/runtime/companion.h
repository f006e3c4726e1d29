/* companion.h - files that belong to the program and lie beside it: the probe, the stand-in, the host's Python.
 *
 * Shape   PROGRAM_FOLDER/lib/loopsafe in a build, PREFIX/lib/loopsafe beside PREFIX/bin when installed.
 * Errors  a file that is not there is a Fail that names where it was looked for. */
#ifndef LOOPSAFE_RUNTIME_COMPANION_H
#define LOOPSAFE_RUNTIME_COMPANION_H

#include "base/arena.h"
#include "base/fail.h"

/* Absolute path of "libloopsafe_probe.so", "loopsafe-stand-in", "python/loopsafe_host.py", …; NULL and a Fail. */
const char *companion_path(Arena *arena, const char *name, Fail *fail);

#endif
