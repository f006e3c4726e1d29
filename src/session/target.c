#define _GNU_SOURCE
#include "session/target.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "session/toml.h"
#include "base/banned.h"

/* `3.10`, `3.10.2`, `3.10.*`: the part behind the first dot; 0: there is none, or it is another Python. */
static uint32_t minor_of(Str version)
{
    version = str_trim(version);
    if (!str_starts(version, STR("3."))) return 0;
    uint32_t minor = 0;
    for (size_t i = 2; i < version.len && version.ptr[i] >= '0' && version.ptr[i] <= '9' && minor < 100; i++)
        minor = minor * 10 + (uint32_t)(version.ptr[i] - '0');
    return minor;
}

/* `>=3.10`; other clauses set no lower bound. */
static uint32_t minor_of_clause(Str clause)
{
    static const char *const signs[] = {">=", "==", "~=", "^", ">"};
    clause = str_trim(clause);
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (str_starts(clause, str_from(signs[i]))) return minor_of(str_drop(clause, str_from(signs[i]).len));
    return 0;
}

uint32_t target_of_specifier(Str specifier)
{
    uint32_t least = 0;
    while (specifier.len) {
        size_t comma = str_find_byte(specifier, ',');
        uint32_t minor = minor_of_clause(str_part(specifier, 0, comma == SIZE_MAX ? specifier.len : comma));
        if (minor > least) least = minor;
        specifier = comma == SIZE_MAX ? STR("") : str_drop(specifier, comma + 1);
    }
    return least;
}

static uint32_t minor_of_file(Arena *arena, const char *path)
{
    Str text;
    Fail ignored = {0};
    TomlValue *root;
    if (io_read_file(arena, path, TOML_MOST_BYTES, &text) != IO_OK) return 0;
    if (str_find(text, STR("requires-python")) == SIZE_MAX) return 0;
    if (!toml_parse(arena, text, path, &root, &ignored)) return 0;
    const TomlValue *value = toml_find(toml_find(root, STR("project")), STR("requires-python"));
    return value && value->kind == TOML_STRING ? target_of_specifier(value->text) : 0;
}

static Str absolute(Arena *arena, const char *path)
{
    char *real = realpath(path, NULL);
    Str kept = str_copy(arena, str_from(real));
    free(real);
    return kept;
}

uint32_t target_minor(Arena *arena, const char *start)
{
    for (Str place = absolute(arena, start); place.len;) {
        Str path = str_join(arena, place, STR("/pyproject.toml"), STR(""));
        if (access(path.ptr, F_OK) == 0) return minor_of_file(arena, path.ptr);
        size_t slash = str_find_last(place, '/');
        place = str_part(place, 0, slash == SIZE_MAX ? 0 : slash);
    }
    return 0;
}
