/* discover.h - which files are looked at.
 *
 * Shape   roots from the command line -> a sorted list of files, each once. Like ruff and git: .gitignore, .ignore,
 *         .git/info/exclude and the global excludes file are honoured inside directories; a file that is named
 *         itself is always taken unless force_exclude is set.
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
    const Str *exclude; /* glob patterns, ruff's meaning: a bare name matches any path part; */
    size_t exclude_count; /* a pattern with a slash is relative to base_directory */
    const char *base_directory; /* absolute; of the configuration file, or the working directory */
    bool force_exclude;
    bool respect_gitignore;
    size_t threads;
} DiscoverOptions;

typedef struct DiscoveredFile {
    Str path;          /* as it is shown: relative to the working directory when below it */
    Str project_path;  /* relative to the root (or the project's root above it): what path classes are judged by */
    bool named;        /* typed on the command line, not found in a directory */
} DiscoveredFile;

typedef struct DiscoverTrouble {
    Str path;
    const char *what; /* "permission denied", "link loop", "too deep" … */
} DiscoverTrouble;

typedef struct Discovered {
    DiscoveredFile *files;
    size_t file_count;
    DiscoverTrouble *troubles;
    size_t trouble_count;
    size_t ignored_count;   /* left out by ignore files */
    size_t excluded_count;  /* left out by exclude patterns */
} Discovered;

bool discover_files(Arena *arena, const DiscoverOptions *options, Discovered *found, Fail *fail)
    __attribute__((warn_unused_result));

#endif
