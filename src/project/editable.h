/* editable.h - what installers leave in site-packages for packages that stay where they are developed.
 *
 * Shape   `.pth` and `.egg-link` files name directories; a finder, Python code that is not run, holds its mapping
 *         as a literal.
 * Owner   the arena handed in.
 * Errors  none: what is not understood maps nothing; beyond LIMIT_INSTALL_ENTRIES nothing is taken. */
#ifndef LOOPSAFE_PROJECT_EDITABLE_H
#define LOOPSAFE_PROJECT_EDITABLE_H

#include "project/environment.h"
#include "project/list.h"

typedef LIST(Str) StrList;
typedef LIST(EditableModule) EditableList;

/* The lines of a `.pth` file that are paths; comments and code are none. */
void pth_lines(Arena *arena, Str text, StrList *lines);
/* Whether a file of site-packages is an editable install's finder. */
bool finder_is_name(Str file_name);
/* MAPPING and NAMESPACES of setuptools' finder, map_module() of the `editables` package. */
void finder_parse(Arena *arena, Str text, EditableList *found);

#endif
