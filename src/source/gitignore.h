/* gitignore.h - ignore files, and which of them speak about a path.
 *
 *   .ignore          always read, innermost directory first; its verdict is final
 *   .gitignore       inside a git repository only, innermost first, up to the repository's root
 *   info/exclude     of that repository, when no .gitignore spoke
 *   core.excludesFile  (the repository's, the user's, the system's; default ~/.config/git/ignore) after that
 *
 * A repository inside another one starts afresh: the outer .gitignore can leave out the inner directory itself,
 * but says nothing about what is in it. That is what ripgrep and ruff do. Within one file the last pattern that
 * matches wins. What lies below a directory that is left out is never asked about.
 *
 * Shape   one IgnoreLevel a directory that holds ignore files or a .git, linked to those above it.
 * Owner   the reader's arena.
 * Errors  an ignore file that cannot be read is listed in the reader; a malformed pattern matches nothing. */
#ifndef LOOPSAFE_SOURCE_GITIGNORE_H
#define LOOPSAFE_SOURCE_GITIGNORE_H

#include "base/vec.h"
#include "source/glob.h"

typedef struct IgnorePattern {
    Glob glob;
    Str suffix; /* `*` and this, the commonest pattern; ptr NULL: use the glob */
    bool negated;
    bool directories_only;
    bool whole_path; /* has a slash: compared with the path below the ignore file, else with the last part */
} IgnorePattern;

typedef struct IgnoreList {
    IgnorePattern *patterns; /* in the file's order */
    size_t count;
} IgnoreList;

typedef enum IgnoreVerdict { IGNORE_SILENT, IGNORE_LEAVE_OUT, IGNORE_KEEP } IgnoreVerdict;

typedef struct IgnoreLevel {
    const struct IgnoreLevel *above; /* of the closest directory upwards that has one */
    size_t base_bytes;               /* of the directory's absolute path with its slash */
    bool is_repository;              /* holds .git */
    bool in_repository;              /* it or a directory above does */
    IgnoreList ignore;               /* .ignore */
    IgnoreList gitignore;
    IgnoreList exclude; /* info/exclude; of a repository only, as is the next */
    IgnoreList global;
} IgnoreLevel;

typedef struct IgnoreReader {
    Arena *arena;
    VEC(Str) unreadable; /* absolute paths */
} IgnoreReader;

/* What a directory's listing showed. */
typedef struct IgnoreFiles {
    bool has_ignore;
    bool has_gitignore;
    bool has_git;
} IgnoreFiles;

void ignore_list_parse(Arena *arena, Str text, IgnoreList *list);
/* name: the path below the list's directory. */
IgnoreVerdict ignore_list_match(const IgnoreList *list, Str name, bool is_directory);

/* Reads the ignore files of one directory (absolute path, no slash at its end; "" is the root); gives `above` when
 * there are none. */
const IgnoreLevel *ignore_level_open(IgnoreReader *reader, const IgnoreLevel *above, Str directory,
                                     IgnoreFiles files);
/* The levels of all directories above this one; NULL: none has any. */
const IgnoreLevel *ignore_levels_above(IgnoreReader *reader, Str directory);
/* Whether a path (absolute, below the level's directory) is left out. level may be NULL. */
bool ignore_levels_leave_out(const IgnoreLevel *level, Str path, bool is_directory);

#endif
