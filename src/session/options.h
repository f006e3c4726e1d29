/* options.h - what a run was asked to do: the command line over the configuration file over the defaults.
 *
 * Order   whoever reads the command line starts from the defaults, sets what was typed and notes it in `given`;
 *         config_apply then fills in what is not given (config.h).
 * Owner   strings borrow from argv or from the session's arena. */
#ifndef LOOPSAFE_SESSION_OPTIONS_H
#define LOOPSAFE_SESSION_OPTIONS_H

#include "base/fail.h"
#include "fixes/settings.h"
#include "rules/catalogue.h"
#include "source/overlay.h"

typedef enum Scope { SCOPE_APPLICATION, SCOPE_ALL } Scope;
typedef enum Follow { FOLLOW_INSTALLED, FOLLOW_PROJECT } Follow;

typedef struct StrList {
    Str *items;
    size_t count;
} StrList;

/* What a configuration file can set; bits of Options.given and Config.given. */
typedef enum OptionKey {
    OPTION_SELECT = 1 << 0,
    OPTION_IGNORE = 1 << 1,
    OPTION_EXCLUDE = 1 << 2,
    OPTION_EXTEND_EXCLUDE = 1 << 3,
    OPTION_FORCE_EXCLUDE = 1 << 4,
    OPTION_RESPECT_GITIGNORE = 1 << 5,
    OPTION_STRICT = 1 << 6,
    OPTION_SCOPE = 1 << 7,
    OPTION_SHOW_INFO = 1 << 8,
    OPTION_FAIL_ON = 1 << 9,
    OPTION_RULES = 1 << 10,
    OPTION_OUTPUT_FORMAT = 1 << 11,
    OPTION_FOLLOW = 1 << 12,
    OPTION_PYTHON = 1 << 13,
    OPTION_CACHE = 1 << 14,
    OPTION_CACHE_DIR = 1 << 15,
    OPTION_FIXABLE = 1 << 16,
    OPTION_UNFIXABLE = 1 << 17,
    OPTION_UNSAFE_FIXES = 1 << 18,
    OPTION_HTTP_CLIENT = 1 << 19,
    OPTION_TARGET_VERSION = 1 << 20
} OptionKey;

typedef struct Options {
    unsigned
        given; /* OptionKey bits: set on the command line, the configuration leaves them alone; a list that holds
                     * something counts as given without its bit */
    const char *const *paths; /* files and directories; none: "." */
    size_t path_count;
    StrList select; /* code prefixes; none: ALL */
    StrList ignore;
    StrList exclude; /* replaces the built-in list when given */
    bool exclude_given;
    StrList extend_exclude;
    StrList rules; /* paths of the user's tables, relative to where they were written */
    bool force_exclude;
    bool respect_gitignore;
    bool strict;    /* cheap calls too */
    bool show_info; /* findings of severity info are listed, not only counted */
    Scope scope;
    Follow follow;      /* how far calls are followed */
    const char *python; /* whose packages are installed; NULL: found */
    Severity fail_on;   /* least severity that makes the exit code 1 */
    size_t threads;     /* 0: as many as processors */
    Str output_format; /* of the configuration file, for whoever prints; "": not set. The command line's wins. */
    const char *config_path; /* --config; NULL: the closest one */
    bool isolated;
    bool no_cache;
    const char *cache_directory; /* NULL: STORE_DIRECTORY in the base directory */
    FixSettings fixes;           /* what fixes are made for */
    StrList fixable;             /* code prefixes whose findings are fixed; none: ALL */
    StrList unfixable;
    bool unsafe_fixes;      /* those that are unsafe count, too */
    bool needs_texts;       /* session_bytes will be asked for: no earlier result will do */
    const Overlay *overlay; /* texts that stand in for files; outlives the session. NULL: none */
    bool read_stdin;
    const char *stdin_filename; /* NULL: "-" */
    const char *base_directory; /* absolute; of the configuration file, else the working directory */
} Options;

/* "py39" and later, by index; NULL after the last. The index of py39 is TARGET_FIRST_MINOR lower than its minor version. */
enum { TARGET_FIRST_MINOR = 9 };
const char *options_target(size_t index);
/* How scopes and ways to follow are typed, by the enum's value; NULL after the last. */
const char *options_scope(size_t index);
const char *options_follow(size_t index);
/* Makes the working directory the base directory. */
bool options_start_here(Options *options, Arena *arena, Fail *fail) __attribute__((warn_unused_result));

#endif
