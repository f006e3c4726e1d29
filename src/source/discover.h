/* discover.h - which files are looked at.
 *
 * Shape   roots from the command line -> a sorted list of files, each once. Below a directory these are *.py and *.pyi
 *         that no exclude pattern (exclude.h) and no ignore file (gitignore.h) leaves out; a file or directory that
 *         is named itself is always taken unless force_exclude is set, and that asks the exclude patterns only.
 * Links   a link to a directory is followed when it is a root, never below one; a link to a file is taken, wherever
 *         it leads. A file that is reached twice (root given twice, link beside its target) is listed once: as
 *         it was named, else under its own path, else under the first link's.
 * Owner   the arena handed in.
 * Order   by path bytes, whatever order the file system gives.
 * Errors  a root that does not exist is a Fail; what cannot be read below a root is counted and listed. */
#ifndef LOOPSAFE_SOURCE_DISCOVER_H
#define LOOPSAFE_SOURCE_DISCOVER_H

#include "base/fail.h"
#include "base/str.h"

typedef struct DiscoverOptions {
    const char *const *roots; /* as typed; files or directories */
    size_t root_count;
    const Str *exclude;   /* glob patterns, ruff's meaning: a bare name matches any path part; */
    size_t exclude_count; /* a pattern with a slash is relative to base_directory */
    const char
        *base_directory; /* absolute; of the configuration file, or the working directory (also: NULL) */
    bool force_exclude;
    bool respect_gitignore; /* false: .ignore is not read either, as in ruff */
} DiscoverOptions;

typedef struct DiscoveredFile {
    Str path; /* as it is shown: relative to the working directory when below it; ends in NUL, opens as it is */
    Str project_path; /* relative to the project's root: the closest directory, from the root up, that holds
                        * pyproject.toml, setup.py, setup.cfg, loopsafe.toml, .loopsafe.toml or .git; else the root
                        * itself (of a file: its directory). What path classes are judged by. */
    bool named;       /* typed on the command line, not found in a directory */
} DiscoveredFile;

typedef struct DiscoverTrouble {
    Str path;
    const char *what; /* "permission denied", "link loop", "too deep" … */
} DiscoverTrouble;

typedef struct Discovered {
    DiscoveredFile *files;
    size_t file_count;
    DiscoverTrouble *troubles; /* by path */
    size_t trouble_count;
    size_t ignored_count;  /* Python files and directories left out by ignore files */
    size_t excluded_count; /* the same, and named ones, left out by exclude patterns */
} Discovered;

bool discover_files(Arena *arena, const DiscoverOptions *options, Discovered *found, Fail *fail)
    __attribute__((warn_unused_result));
/* What is excluded unless the user gives a list of their own; ruff's list. */
const Str *discover_default_exclude(size_t *count);

#endif
