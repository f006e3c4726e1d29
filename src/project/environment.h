/* environment.h - where the packages of a project's Python are installed, found without running it.
 *
 * Shape   directories in the order in which Python would search them, and the modules that editable installs map.
 * Owner   the arena handed in.
 * Errors  a --python that names nothing usable is an error; an environment that is not found is none.
 * Source  --python, then VIRTUAL_ENV, CONDA_PREFIX, then .venv, venv, env in the base directory and above. */
#ifndef LOOPSAFE_PROJECT_ENVIRONMENT_H
#define LOOPSAFE_PROJECT_ENVIRONMENT_H

#include "base/arena.h"
#include "base/fail.h"
#include "base/str.h"

typedef struct EditableModule {
    Str name;         /* top-level module or package */
    const char *path; /* its directory (package) or file */
} EditableModule;

typedef struct Environment {
    const char *prefix;       /* of the environment, or NULL: none */
    const char **directories; /* site-packages, then what .pth files and .egg-link files add */
    size_t directory_count;
    EditableModule *editables;
    size_t editable_count;
} Environment;

typedef struct EnvironmentOptions {
    const char *python; /* --python: an interpreter, an environment's directory or a site-packages; or NULL */
    const char *base_directory; /* the project's */
    const char *virtual_env;    /* of the process's environment, or NULL */
    const char *conda_prefix;   /* likewise */
} EnvironmentOptions;

bool environment_find(Arena *arena, const EnvironmentOptions *options, Environment *environment, Fail *fail);

#endif
