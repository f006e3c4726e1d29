#define _POSIX_C_SOURCE 200809L
#include "session/options.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/banned.h"

const char *options_scope(size_t index)
{
    static const char *const names[] = {[SCOPE_APPLICATION] = "application", [SCOPE_ALL] = "all"};
    return index < sizeof names / sizeof *names ? names[index] : NULL;
}

const char *options_follow(size_t index)
{
    static const char *const names[] = {[FOLLOW_INSTALLED] = "installed", [FOLLOW_PROJECT] = "project"};
    return index < sizeof names / sizeof *names ? names[index] : NULL;
}

const char *options_target(size_t index)
{
    static const char *const names[] = {"py39", "py310", "py311", "py312", "py313", "py314"};
    return index < sizeof names / sizeof *names ? names[index] : NULL;
}

bool options_start_here(Options *options, Arena *arena, Fail *fail)
{
    char *directory = arena_alloc(arena, LIMIT_PATH_BYTES);
    if (!getcwd(directory, LIMIT_PATH_BYTES))
        return fail_at(fail, NULL, 0, "the working directory cannot be found: %s", strerror(errno));
    options->base_directory = directory;
    return true;
}
