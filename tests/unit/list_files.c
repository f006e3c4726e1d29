/* list_files.c - prints what discovery finds below its arguments, each path followed by a NUL.
 *
 * Nothing is excluded by name, so that the ignore files alone decide; used by tests/gitignore_property.py. */
#include <stdio.h>

#include "source/discover.h"
#include "base/banned.h"

int main(int argument_count, char **arguments)
{
    Arena arena;
    arena_init(&arena);
    Discovered found;
    Fail fail = {0};
    DiscoverOptions options = {.roots = (const char *const *)(arguments + 1),
                               .root_count = argument_count > 1 ? (size_t)argument_count - 1 : 0,
                               .respect_gitignore = true};
    bool done = discover_files(&arena, &options, &found, &fail);
    if (!done) fprintf(stderr, "%s\n", fail.text);
    for (size_t i = 0; done && i < found.file_count; i++) {
        fwrite(found.files[i].path.ptr, 1, found.files[i].path.len, stdout);
        putchar('\0');
    }
    for (size_t i = 0; done && i < found.trouble_count; i++)
        fprintf(stderr, "%s: %s\n", found.troubles[i].path.ptr, found.troubles[i].what);
    arena_free(&arena);
    return done ? 0 : 2;
}
