#include "session/scope.h"

#include <string.h>

#include "base/banned.h"

typedef struct PathWord {
    const char *word;
    PathClass class;
} PathWord;

/* Whole names of directories. */
static const PathWord directories[] = {
    {"test", PATH_OUTSIDE},       {"tests", PATH_OUTSIDE},         {"testing", PATH_OUTSIDE},
    {"_test", PATH_OUTSIDE},      {"_tests", PATH_OUTSIDE},        {"__tests__", PATH_OUTSIDE},
    {"unittests", PATH_OUTSIDE},  {"unit_tests", PATH_OUTSIDE},    {"integration_tests", PATH_OUTSIDE},
    {"e2e", PATH_OUTSIDE},        {"fixtures", PATH_OUTSIDE},      {"pytest", PATH_OUTSIDE},
    {"example", PATH_OUTSIDE},    {"examples", PATH_OUTSIDE},      {"sample", PATH_OUTSIDE},
    {"samples", PATH_OUTSIDE},    {"demo", PATH_OUTSIDE},          {"demos", PATH_OUTSIDE},
    {"tutorial", PATH_OUTSIDE},   {"tutorials", PATH_OUTSIDE},     {"doc", PATH_OUTSIDE},
    {"docs", PATH_OUTSIDE},       {"documentation", PATH_OUTSIDE}, {"docs_src", PATH_OUTSIDE},
    {"script", PATH_OUTSIDE},     {"scripts", PATH_OUTSIDE},       {"benchmark", PATH_OUTSIDE},
    {"benchmarks", PATH_OUTSIDE}, {"bench", PATH_OUTSIDE},         {"simulator", PATH_OUTSIDE},
    {"simulators", PATH_OUTSIDE}, {"cookbook", PATH_OUTSIDE},      {"notebooks", PATH_OUTSIDE},
    {"cli", PATH_COMMAND},        {"cmd", PATH_COMMAND},           {"cmds", PATH_COMMAND},
    {"commands", PATH_COMMAND},   {"migrations", PATH_COMMAND},    {"alembic", PATH_COMMAND},
};

/* Whole names of files. */
static const PathWord files[] = {
    {"conftest.py", PATH_OUTSIDE}, {"setup.py", PATH_OUTSIDE}, {"noxfile.py", PATH_OUTSIDE},
    {"tests.py", PATH_OUTSIDE},    {"test.py", PATH_OUTSIDE},  {"testclient.py", PATH_OUTSIDE},
    {"__main__.py", PATH_COMMAND}, {"cli.py", PATH_COMMAND},   {"_cli.py", PATH_COMMAND},
    {"manage.py", PATH_COMMAND},
};

static PathClass word_class(Str word, const PathWord *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(word, str_from(words[i].word))) return words[i].class;
    return PATH_APPLICATION;
}

static PathClass file_class(Str name)
{
    if (str_starts(name, STR("test_")) || str_ends(name, STR("_test.py")) || str_ends(name, STR("_tests.py")))
        return PATH_OUTSIDE;
    return word_class(name, files, sizeof files / sizeof *files);
}

static PathClass more_special(PathClass left, PathClass right)
{
    return left > right ? left : right;
}

PathClass scope_of_path(Str path)
{
    PathClass class = PATH_APPLICATION;
    for (;;) {
        size_t slash = str_find_byte(path, '/');
        if (slash == SIZE_MAX) return more_special(class, file_class(path));
        Str directory = str_part(path, 0, slash);
        class =
            more_special(class, word_class(directory, directories, sizeof directories / sizeof *directories));
        path = str_part(path, slash + 1, path.len);
    }
}
