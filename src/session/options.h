/* options.h - what a run was asked to do: the command line over the configuration file over the defaults.
 *
 * Owner   strings borrow from argv or from the session's arena. */
#ifndef LOOPSAFE_SESSION_OPTIONS_H
#define LOOPSAFE_SESSION_OPTIONS_H

#include "rules/catalogue.h"

typedef enum Scope { SCOPE_APPLICATION, SCOPE_ALL } Scope;

typedef struct StrList {
    Str *items;
    size_t count;
} StrList;

typedef struct Options {
    const char *const *paths; /* files and directories; none: "." */
    size_t path_count;
    StrList select; /* code prefixes; none: ALL */
    StrList ignore;
    StrList exclude;        /* replaces the built-in list when given */
    bool exclude_given;
    StrList extend_exclude;
    StrList rules; /* paths of the user's tables, relative to where they were written */
    bool force_exclude;
    bool respect_gitignore;
    bool strict;      /* cheap calls too */
    bool show_info;   /* findings of severity info are listed, not only counted */
    Scope scope;
    Severity fail_on; /* least severity that makes the exit code 1 */
    size_t threads;   /* 0: as many as processors */
    const char *config_path; /* --config; NULL: the closest one */
    bool isolated;
    bool read_stdin;
    const char *stdin_filename; /* NULL: "-" */
    const char *base_directory; /* absolute; of the configuration file, else the working directory */
} Options;

#endif
