/* modules_state.h - what a Modules holds; for modules.c, places.c and search.c. */
#ifndef LOOPSAFE_PROJECT_MODULES_STATE_H
#define LOOPSAFE_PROJECT_MODULES_STATE_H

#include "project/directories.h"
#include "project/modules.h"

/* A Module with its place in the tree. */
typedef struct ModuleRecord ModuleRecord;
struct ModuleRecord {
    Module module; /* first: a Module is the start of its record */
    Modules *modules;
    uint32_t directory;    /* of a file: the one that holds it; of a namespace package: its first one */
    ModuleRecord *sibling; /* the next namespace package with the same first directory */
};

typedef struct Root {
    uint32_t directory;
    bool is_installed;
    Map found; /* what was asked for below it -> Modules.answers */
} Root;

/* Where a top-level name is looked for: a directory, or a module that an editable install maps. */
typedef struct Place {
    uint32_t directory; /* DIRECTORY_NONE: an editable one */
    uint32_t editable;
} Place;

typedef struct Editable {
    Str name; /* may hold dots */
    Name top;
    uint32_t directory; /* of the package, else of the file */
    Name stem;          /* of the file, or NULL: a package */
} Editable;

/* One directory of the project that holds a top-level name. */
typedef struct TopPlace {
    uint32_t directory;
    uint32_t next; /* or UINT32_MAX */
} TopPlace;

/* From a top-level name to the directories that hold it, in the files' order. */
typedef struct TopIndex {
    Map first, last; /* -> Modules.top_places */
} TopIndex;

struct Modules {
    Arena *arena;
    Names *names;
    const DiscoveredFile *files;
    size_t file_count;
    Directories directories;
    uint32_t base;        /* directory */
    uint32_t base_source; /* its `src`, or DIRECTORY_NONE */
    LIST(uint32_t) environment;
    LIST(Editable) editables;
    LIST(Root) roots;  /* the discovered files' first, in their order; then as they are met */
    uint32_t *root_of; /* by directory, or UINT32_MAX; root_of_count of them */
    uint32_t root_of_count;
    ModuleRecord **records; /* by source, made when asked for; record_count of them */
    uint32_t record_count;
    Map namespaces; /* a directory's path -> Modules.namespace_heads */
    LIST(ModuleRecord *) namespace_heads;
    LIST(const Module *) answers;
    bool has_tops;
    TopIndex regular, namespace;
    LIST(TopPlace) top_places;
    LIST(Place) places; /* scratch of a search, used as a stack */
};

/* ---- modules.c ---- */

uint32_t modules_root_number(Modules *modules, uint32_t directory);
const Module *modules_of_source(Modules *modules, uint32_t source);
/* The namespace package `name` whose first directory this is. */
const Module *modules_namespace(Modules *modules, uint32_t directory, Str name);

/* ---- places.c ---- */

/* Append to modules->places where the top-level name is looked for by a module below the root, best first; a name
 * that many roots hold has many places, most are found in their own. */
void places_add_own(Modules *modules, const Root *root, Name top);
void places_add_others(Modules *modules, const Root *root, Name top);
/* Whether a directory is a place of its own on the search path, so that no package name goes through it. */
bool places_end_at(const Modules *modules, uint32_t directory);

/* ---- search.c ---- */

/* What the absolute name means in a module below the root, or NULL. */
const Module *search_find(Modules *modules, const Root *root, Str name);
/* Whether the directory itself holds what the name's first part means. */
bool search_has(Modules *modules, uint32_t directory, Str name);

#endif
