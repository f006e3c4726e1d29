/* config.h - loopsafe.toml, .loopsafe.toml and [tool.loopsafe] of pyproject.toml.
 *
 *   select = ["LS1", "LS201"]        strict = true                 fail-on = "medium"
 *   ignore = ["LS135"]               show-info = false             scope = "application"
 *   exclude = ["vendor"]             force-exclude = false         output-format = "concise"
 *   extend-exclude = ["src/gen/x_*"] respect-gitignore = true      rules = ["loopsafe/rules.json"]
 *   cache = true                     cache-dir = ".cache/loopsafe"
 *   fixable = ["ALL"]                unfixable = ["LS2"]           unsafe-fixes = false
 *   http-client = "name"             target-version = "py310"
 *
 * Shape   the closest file counts, from the start directory up, and nothing is merged; in one directory loopsafe.toml
 *         comes before .loopsafe.toml before pyproject.toml, and a pyproject.toml without the table is passed over.
 *         Patterns with a slash and paths of rules are below the file's directory; both are absolute here.
 * Owner   the arena handed in.
 * Errors  a key that is none, a value of the wrong type, a code that is none, a text that is no TOML: a Fail with
 *         path and line. */
#ifndef LOOPSAFE_SESSION_CONFIG_H
#define LOOPSAFE_SESSION_CONFIG_H

#include "base/fail.h"
#include "session/options.h"

typedef struct Config {
    const char *path;           /* absolute; NULL: there is no file */
    const char *base_directory; /* absolute; of the file, NULL with it */
    unsigned given;             /* OptionKey bits: what the file sets; the rest has no meaning */
    StrList select;
    StrList ignore;
    StrList exclude;
    StrList extend_exclude;
    StrList rules;
    bool force_exclude;
    bool respect_gitignore;
    bool strict;
    bool show_info;
    Scope scope;
    Follow follow;
    const char *python; /* absolute, or relative to the working directory */
    Severity fail_on;
    bool cache;
    const char *cache_directory; /* absolute */
    Str output_format;           /* name of a reporter */
    StrList fixable;
    StrList unfixable;
    bool unsafe_fixes;
    FixSettings fixes;
    StrList verify; /* arguments of `loopsafe verify` (config_verify.h) */
} Config;

/* Finds and reads the configuration: the named file, else the closest one; start is a file or directory (the first
 * path argument; NULL: the working directory), and need not exist. isolated: none. */
bool config_load(Arena *arena, const char *path_or_null, const char *start, bool isolated, Config *config,
                 Fail *fail) __attribute__((warn_unused_result));
/* Reads a text as the file of that path would be; a path that ends in pyproject.toml: its [tool.loopsafe]. */
bool config_parse(Arena *arena, Str text, const char *path, Config *config, Fail *fail)
    __attribute__((warn_unused_result));
/* Where the cache lies for runs in the working directory; NULL and a Fail: the configuration cannot be read. */
const char *config_cache_directory(Arena *arena, Fail *fail);
/* Fills in what the command line has not set. extend-exclude and rules of both are kept, the file's first. A base
 * directory of a file replaces that of the options; the command line's patterns stay below the old one. */
void config_apply(Arena *arena, const Config *config, Options *options);

#endif
