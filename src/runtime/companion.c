#define _GNU_SOURCE
#include "runtime/companion.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/str.h"

#include "base/banned.h"

/* The folder that the running program lies in; empty: unknown. */
static Str program_folder(Arena *arena)
{
    char path[LIMIT_PATH_BYTES];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path);
    if (length <= 0 || (size_t)length == sizeof path) return STR("");
    Str whole = {path, (size_t)length};
    return str_copy(arena, str_part(whole, 0, str_find_last(whole, '/')));
}

const char *companion_path(Arena *arena, const char *name, Fail *fail)
{
    Str folder = program_folder(arena);
    static const char *const places[] = {"/lib/loopsafe/", "/../lib/loopsafe/"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        Str path = str_join(arena, folder, str_from(places[i]), str_from(name));
        if (access(path.ptr, R_OK) == 0) return path.ptr;
    }
    fail_at(fail, NULL, 0,
            "'%s' does not lie beside the program: looked in %.*s/lib/loopsafe and ../lib/loopsafe", name,
            (int)folder.len, folder.ptr);
    return NULL;
}
