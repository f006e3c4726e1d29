/* modules.h - from dotted names to files: the project's modules and those installed beside it.
 *
 *   from ..db import session      in src/shop/api/orders.py   ──▶  shop.db  ──▶  src/shop/db/__init__.py
 *   import sqlmodel               ──▶  .venv/lib/python3.12/site-packages/sqlmodel/__init__.py
 *
 * Shape   one Module a file, whatever name it is reached by; a namespace package is a Module without a path.
 * Owner   the arena handed in. Lookups of installed modules touch the disk once a directory and remember it.
 * Errors  none: what cannot be read is not there.
 * Threads one at a time. Order: the same answers whatever was asked before. */
#ifndef LOOPSAFE_PROJECT_MODULES_H
#define LOOPSAFE_PROJECT_MODULES_H

#include "base/arena.h"
#include "base/map.h"
#include "base/str.h"
#include "project/environment.h"
#include "source/discover.h"

typedef enum ModuleOrigin { MODULE_PROJECT, MODULE_INSTALLED } ModuleOrigin;

/* A file's root is the first directory, from its own up, without `__init__.py`: src/acme/pay/api.py is "api" when none
 * of them holds one, and is found as "acme.pay.api" as well. A namespace package is named as it was asked for. */
typedef struct Module {
    Str name;         /* dotted, as an import below its own root writes it: "shop.db"; "" never */
    const char *path; /* of its file, as the file would be opened; NULL for a namespace package */
    ModuleOrigin origin;
    bool is_package;
    uint32_t file; /* index among the discovered files, or UINT32_MAX */
    uint32_t root; /* number of its root: those of discovered files in their order, then as they are met */
} Module;

typedef struct Modules Modules;

/* files: what was discovered (the project, whatever is excluded from checking may still be imported: it is looked for
 * on the disk below the roots). environment may have no site-packages at all. */
Modules *modules_new(Arena *arena, Names *names, const DiscoveredFile *files, size_t file_count,
                     const char *base_directory, const Environment *environment);
/* The module of a discovered file; never NULL. */
const Module *modules_of_file(Modules *modules, size_t file);
/* All that was discovered, in order. */
const DiscoveredFile *modules_files(const Modules *modules, size_t *count);
/* The absolute dotted name that a relative import means (level >= 1): from ..db import x in shop.api.orders, level 2,
 * name "db" -> "shop.db"; name may be empty. Directories count, `__init__.py` need not be there; what stands beside a file
 * in a directory without one is named alone. Empty when it leaves the top package: at the base directory, a `src`, the
 * environment's directories, or where none of these is above. from was handed out by one of these functions. */
Str modules_absolute(Arena *arena, const Module *from, unsigned level, Str name);
/* The module `name` as an absolute import in `from` finds it: own root first, then the project's other roots, then the
 * installed ones. NULL: none (stdlib, not installed, a C extension). A name of the standard library is looked for in the
 * own root only, one that is built in nowhere; an installed module sees its own root and the installed ones. */
const Module *modules_find(Modules *modules, const Module *from, Str name);
/* The longest prefix of the dotted path that is a module, with *rest set to what follows it (without the dot). */
const Module *modules_find_prefix(Modules *modules, const Module *from, Str path, Str *rest);

/* What lookups asked the disk so far, besides the discovered files: by directory. */
typedef enum LookKind {
    LOOK_NONE,
    LOOK_LISTED, /* which modules and directories it holds */
    LOOK_INIT,   /* only whether it holds `__init__.py`: it does */
    LOOK_NO_INIT
} LookKind;

typedef struct ModulesLook {
    const char *directory; /* absolute, no links */
    LookKind kind;
} ModulesLook;

size_t modules_look_count(const Modules *modules);
ModulesLook modules_look(const Modules *modules, size_t index);

#endif
