/* gitconfig.h - the two facts that are needed from git's own files.
 *
 * Shape   reads `[core] excludesFile` of .git/config, ~/.gitconfig, $XDG_CONFIG_HOME/git/config and
 *         /etc/gitconfig, the first that has it; include sections are not followed.
 * Owner   the arena handed in.   Errors  what cannot be read is as good as absent. */
#ifndef LOOPSAFE_SOURCE_GITCONFIG_H
#define LOOPSAFE_SOURCE_GITCONFIG_H

#include "base/str.h"

/* Where a repository keeps config and info/: its .git, or where a .git file (worktree, submodule) leads; "" when
 * that leads nowhere. */
Str git_common_directory(Arena *arena, Str repository);
/* The user's excludes file for a repository; "": none. common may be "". */
Str git_excludes_file(Arena *arena, Str repository, Str common);
/* The value of core.excludesFile in a configuration text; ptr NULL: not set. */
Str git_config_excludes(Arena *arena, Str text);

#endif
