#include "source/exclude.h"

#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/vec.h"
#include "base/banned.h"

typedef VEC(Glob) GlobVec;

static void add_escaped(Buf *buf, Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (strchr("*?[]{}\\", text.ptr[i])) buf_add_byte(buf, '\\');
        buf_add_byte(buf, text.ptr[i]);
    }
}

/* One part of a path: `.` is nothing, `..` takes the last one off. */
static void add_part(Buf *buf, Str part)
{
    if (!part.len || str_equal(part, STR("."))) return;
    if (str_equal(part, STR(".."))) {
        size_t slash = str_find_last(buf_str(buf), '/');
        buf->len = slash == SIZE_MAX ? 0 : slash;
        return;
    }
    buf_add_byte(buf, '/');
    buf_add(buf, part);
}

Str exclude_pattern_below(Arena *arena, Str directory, Str pattern)
{
    if (str_find_byte(pattern, '/') == SIZE_MAX) return pattern;
    Buf buf;
    buf_init(&buf);
    bool is_absolute = pattern.len && pattern.ptr[0] == '/';
    if (!is_absolute && !str_equal(directory, STR("/"))) add_escaped(&buf, directory);
    while (pattern.len) {
        size_t slash = str_find_byte(pattern, '/');
        add_part(&buf, str_part(pattern, 0, slash));
        pattern = str_part(pattern, slash == SIZE_MAX ? pattern.len : slash + 1, pattern.len);
    }
    Str absolute = str_copy(arena, buf_str(&buf));
    buf_free(&buf);
    return absolute;
}

static bool add_pattern(Arena *arena, Str pattern, Str base_directory, GlobVec *names, GlobVec *paths)
{
    bool is_path = str_find_byte(pattern, '/') != SIZE_MAX;
    pattern = exclude_pattern_below(arena, base_directory, pattern);
    Glob glob;
    if (pattern.len > 2 * LIMIT_PATH_BYTES || !glob_compile(arena, pattern, GLOB_RUFF, &glob)) return false;
    if (is_path)
        vec_add(paths, glob);
    else
        vec_add(names, glob);
    return true;
}

static bool add_expanded(Arena *arena, Str pattern, Str base_directory, GlobVec *names, GlobVec *paths)
{
    Str *expanded;
    size_t count;
    if (!pattern.len || pattern.len > LIMIT_PATH_BYTES || !glob_expand(arena, pattern, &expanded, &count))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!add_pattern(arena, expanded[i], base_directory, names, paths)) return false;
    return true;
}

static Glob *keep(Arena *arena, const GlobVec *globs, size_t *count)
{
    Glob *kept = arena_array(arena, globs->count, sizeof *kept);
    if (globs->count) memcpy(kept, globs->items, globs->count * sizeof *kept);
    *count = globs->count;
    return kept;
}

bool exclude_set_init(Arena *arena, const Str *patterns, size_t count, Str base_directory, ExcludeSet *set,
                      Fail *fail)
{
    GlobVec names = {0}, paths = {0};
    bool valid = true;
    for (size_t i = 0; i < count && valid; i++) {
        valid = add_expanded(arena, patterns[i], base_directory, &names, &paths);
        if (!valid)
            fail_at(fail, NULL, 0, "the exclude pattern \"%.*s\" is not well-formed",
                    (int)(patterns[i].len & 0xFFFF), patterns[i].ptr);
    }
    *set = (ExcludeSet){0};
    set->names = keep(arena, &names, &set->name_count);
    set->paths = keep(arena, &paths, &set->path_count);
    vec_free(&names);
    vec_free(&paths);
    return valid;
}

static bool any_matches(const Glob *globs, size_t count, Str text)
{
    for (size_t i = 0; i < count; i++)
        if (glob_matches(&globs[i], text)) return true;
    return false;
}

bool exclude_set_has(const ExcludeSet *set, Str path)
{
    size_t slash = str_find_last(path, '/');
    Str name = slash == SIZE_MAX ? path : str_part(path, slash + 1, path.len);
    return any_matches(set->names, set->name_count, name) || any_matches(set->paths, set->path_count, path);
}

bool exclude_set_has_part(const ExcludeSet *set, Str path, size_t above_bytes)
{
    for (size_t end = above_bytes + 1; end <= path.len; end++)
        if ((end == path.len || path.ptr[end] == '/') && exclude_set_has(set, str_part(path, 0, end)))
            return true;
    return false;
}
