/* directories.h - which directories and Python files there are, as far as somebody asked.
 *
 * Shape   directories form a tree without links: a name that is a link leads to the directory it means. Sources are
 *         `*.py` files by directory and stem; the discovered ones come first and have their number.
 * Owner   the arena handed in.
 * Errors  none: what cannot be read is not there.
 * Order   what was discovered is known at once, the rest after directories_list, which reads a directory once. */
#ifndef LOOPSAFE_PROJECT_DIRECTORIES_H
#define LOOPSAFE_PROJECT_DIRECTORIES_H

#include "base/str.h"
#include "project/list.h"

#define DIRECTORY_NONE UINT32_MAX
#define SOURCE_NONE UINT32_MAX

typedef enum InitState { INIT_UNKNOWN, INIT_ABSENT, INIT_PRESENT } InitState;

typedef struct Directory {
    Str path;        /* absolute, no links, ends in NUL; "" is the file system's root */
    Name name;       /* its last part */
    uint32_t parent; /* DIRECTORY_NONE above the file system's root */
    uint32_t root;   /* of the modules in it: the first directory, from itself up, without `__init__.py`; or
                      * DIRECTORY_NONE: not asked for yet */
    InitState init;  /* whether it holds `__init__.py` */
    bool is_listed;
    bool is_discovered; /* a discovered file is somewhere below */
    bool is_project_root;
    bool is_environment; /* installed packages are found in it */
    bool is_top;         /* stands in the index of top-level names */
} Directory;

typedef struct Source {
    uint32_t directory;
    Name stem;     /* the name without `.py` */
    uint32_t file; /* among the discovered files, or UINT32_MAX */
} Source;

typedef enum EntryKind { ENTRY_SOURCE, ENTRY_DIRECTORY } EntryKind;

typedef struct Entry {
    Name name; /* NULL: a free slot */
    uint32_t directory;
    EntryKind kind;
    uint32_t number; /* of the source or directory */
} Entry;

typedef struct Directories {
    Arena *arena;
    Names *names;
    LIST(Directory) all; /* the file system's root first */
    LIST(Source) sources;
    Entry *entries; /* open addressing, a power of two of slots */
    size_t entry_slots;
    size_t entry_count;
    Name init;        /* "__init__" */
    uint32_t working; /* the working directory */
} Directories;

void directories_init(Directories *directories, Arena *arena, Names *names);
/* The directory a path leads to; relative ones start at the working directory. DIRECTORY_NONE: there is none. */
uint32_t directories_find(Directories *directories, Str path);
/* The same for the directory of a file that exists: never DIRECTORY_NONE. */
uint32_t directories_get(Directories *directories, Str path);
/* A discovered file; `*.py` files can be found by import afterwards. Returns the source's number. */
uint32_t directories_add_file(Directories *directories, uint32_t directory, Str file_name, uint32_t file);
/* Reads what stands in the directory, once. */
void directories_list(Directories *directories, uint32_t directory);
/* A source or directory of that name as far as known, or UINT32_MAX. */
uint32_t directories_entry(const Directories *directories, uint32_t directory, Name name, EntryKind kind);
bool directories_have_init(Directories *directories, uint32_t directory);
/* The directory from which the modules of this one are imported. */
uint32_t directories_root(Directories *directories, uint32_t directory);
/* Whether the directory is the other one or below it. */
bool directories_within(const Directories *directories, uint32_t directory, uint32_t other);
/* The parts of the path between an upper directory and one below it, with dots; "" for the same. */
Str directories_dotted(const Directories *directories, Arena *arena, uint32_t upper, uint32_t directory);

#endif
