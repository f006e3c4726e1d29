/* modules_dump.c - answers on imports of the project in the working directory; used by tests/modules/run.py.
 *
 * Standard input: lines `file TAB level TAB name`, level 0 for an absolute import. Standard output: for each line
 * the path of the module found, `namespace` or `nothing`. */
#include <stdio.h>

#include "base/io.h"
#include "base/limits.h"
#include "project/modules.h"
#include "base/banned.h"

static Str take_until(Str *text, char byte)
{
    size_t end = str_find_byte(*text, byte);
    Str part = str_part(*text, 0, end);
    *text = str_part(*text, end == SIZE_MAX ? text->len : end + 1, text->len);
    return part;
}

static const Module *module_of(Modules *modules, const Discovered *found, Str path)
{
    for (size_t i = 0; i < found->file_count; i++)
        if (str_equal(found->files[i].path, path)) return modules_of_file(modules, i);
    return NULL;
}

static const char *answer(Arena *arena, Modules *modules, const Discovered *found, Str line)
{
    const Module *from = module_of(modules, found, take_until(&line, '\t'));
    Str level = take_until(&line, '\t');
    if (!from || !level.len) return "no such file";
    unsigned dots = (unsigned)(level.ptr[0] - '0');
    Str name = dots ? modules_absolute(arena, from, dots, line) : line;
    const Module *module = modules_find(modules, from, name);
    if (!module) return "nothing";
    return module->path ? module->path : "namespace";
}

static bool open_project(Arena *arena, Names *names, Discovered *found, Modules **modules, Fail *fail)
{
    const char *const roots[] = {"."};
    DiscoverOptions options = {.roots = roots, .root_count = 1, .respect_gitignore = true};
    options.exclude = discover_default_exclude(&options.exclude_count);
    EnvironmentOptions where = {.base_directory = "."};
    Environment environment;
    if (!discover_files(arena, &options, found, fail)) return false;
    if (!environment_find(arena, &where, &environment, fail)) return false;
    *modules = modules_new(arena, names, found->files, found->file_count, ".", &environment);
    return true;
}

int main(void)
{
    Arena arena;
    arena_init(&arena);
    Names *names = names_new();
    Discovered found;
    Modules *modules = NULL;
    Fail fail = {0};
    Str questions;
    bool done = open_project(&arena, names, &found, &modules, &fail) &&
                io_read_stream(&arena, 0, LIMIT_TABLE_BYTES, &questions) == IO_OK;
    while (done && questions.len)
        puts(answer(&arena, modules, &found, take_until(&questions, '\n')));
    names_free(names);
    arena_free(&arena);
    return done ? 0 : 2;
}
