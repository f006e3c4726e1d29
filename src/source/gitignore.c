#define _GNU_SOURCE
#include "source/gitignore.h"

#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "source/gitconfig.h"
#include "base/banned.h"

/* ---- one file ---- */

/* Spaces at the end do not count unless a backslash stands before them. */
static Str trim_spaces(Str line)
{
    size_t keep = 0;
    for (size_t i = 0; i < line.len; i++) {
        if (line.ptr[i] == '\\' && i + 1 < line.len)
            i++;
        else if (line.ptr[i] == ' ')
            continue;
        keep = i + 1;
    }
    return str_part(line, 0, keep);
}

/* `*.pyc`: a star and then nothing special. */
static bool is_suffix_pattern(Str pattern)
{
    return pattern.len && pattern.ptr[0] == '*' &&
           glob_literal_bytes(str_part(pattern, 1, pattern.len)) == pattern.len - 1;
}

static void parse_pattern(Arena *arena, Str line, IgnorePattern *pattern)
{
    *pattern = (IgnorePattern){.suffix = {NULL, 0}};
    if (line.len && line.ptr[0] == '!') {
        pattern->negated = true;
        line = str_part(line, 1, line.len);
    }
    if (line.len && line.ptr[line.len - 1] == '/') {
        pattern->directories_only = true;
        line.len--;
    }
    pattern->whole_path = str_find_byte(line, '/') != SIZE_MAX;
    if (pattern->whole_path && line.ptr[0] == '/') line = str_part(line, 1, line.len);
    if (!pattern->whole_path && is_suffix_pattern(line)) {
        pattern->suffix = str_part(line, 1, line.len);
        return;
    }
    if (line.len > LIMIT_PATH_BYTES || !glob_compile(arena, line, GLOB_GIT, &pattern->glob))
        pattern->glob.never = true;
}

/* Takes one line off the text, without its line end; a NUL ends it, too. */
static Str take_line(Str *text)
{
    size_t end = str_find_byte(*text, '\n');
    Str line = str_part(*text, 0, end);
    *text = str_part(*text, end == SIZE_MAX ? text->len : end + 1, text->len);
    if (line.len && line.ptr[line.len - 1] == '\r') line.len--;
    return str_part(line, 0, str_find_byte(line, '\0'));
}

static size_t count_lines(Str text)
{
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '\n';
    return count;
}

void ignore_list_parse(Arena *arena, Str text, IgnoreList *list)
{
    if (str_starts(text, STR("\xEF\xBB\xBF"))) text = str_part(text, 3, text.len);
    *list = (IgnoreList){.patterns = arena_array(arena, count_lines(text), sizeof *list->patterns)};
    while (text.len) {
        Str line = take_line(&text);
        if (line.len && line.ptr[0] == '#') continue;
        line = trim_spaces(line);
        if (line.len) parse_pattern(arena, line, &list->patterns[list->count++]);
    }
}

IgnoreVerdict ignore_list_match(const IgnoreList *list, Str name, bool is_directory)
{
    Str last_part = str_after_last(name, '/');
    for (size_t i = list->count; i-- > 0;) {
        const IgnorePattern *pattern = &list->patterns[i];
        if (pattern->directories_only && !is_directory) continue;
        bool matches = pattern->suffix.ptr
                           ? str_ends(last_part, pattern->suffix)
                           : glob_matches(&pattern->glob, pattern->whole_path ? name : last_part);
        if (matches) return pattern->negated ? IGNORE_KEEP : IGNORE_LEAVE_OUT;
    }
    return IGNORE_SILENT;
}

/* ---- the files that speak about a directory ---- */

static void read_list(IgnoreReader *reader, Str path, IgnoreList *list)
{
    Str text;
    IoStatus status = io_read_file(reader->arena, path.ptr, LIMIT_TABLE_BYTES, &text);
    if (status == IO_OK)
        ignore_list_parse(reader->arena, text, list);
    else if (status != IO_MISSING)
        vec_add(&reader->unreadable, path);
}

static void read_repository(IgnoreReader *reader, Str directory, IgnoreLevel *level)
{
    Str common = git_common_directory(reader->arena, directory);
    if (common.len) {
        Str exclude = str_join(reader->arena, common, STR("/info/exclude"), STR(""));
        if (access(exclude.ptr, F_OK) == 0) read_list(reader, exclude, &level->exclude);
    }
    Str global = git_excludes_file(reader->arena, directory, common);
    if (global.len && access(global.ptr, F_OK) == 0) read_list(reader, global, &level->global);
}

const IgnoreLevel *ignore_level_open(IgnoreReader *reader, const IgnoreLevel *above, Str directory,
                                     IgnoreFiles files)
{
    if (!files.has_ignore && !files.has_gitignore && !files.has_git) return above;
    IgnoreLevel *level = arena_alloc(reader->arena, sizeof *level);
    level->above = above;
    level->base_bytes = directory.len + 1;
    level->is_repository = files.has_git;
    level->in_repository = files.has_git || (above && above->in_repository);
    if (files.has_ignore)
        read_list(reader, str_join(reader->arena, directory, STR("/.ignore"), STR("")), &level->ignore);
    if (files.has_gitignore && level->in_repository)
        read_list(reader, str_join(reader->arena, directory, STR("/.gitignore"), STR("")), &level->gitignore);
    if (files.has_git) read_repository(reader, directory, level);
    return level;
}

static bool holds(Arena *arena, Str directory, Str name)
{
    return access(str_join(arena, directory, name, STR("")).ptr, F_OK) == 0;
}

const IgnoreLevel *ignore_levels_above(IgnoreReader *reader, Str directory)
{
    const IgnoreLevel *level = NULL;
    for (size_t i = 0; i < directory.len; i++) {
        if (directory.ptr[i] != '/') continue;
        Str above = str_part(directory, 0, i);
        IgnoreFiles files = {holds(reader->arena, above, STR("/.ignore")),
                             holds(reader->arena, above, STR("/.gitignore")),
                             holds(reader->arena, above, STR("/.git"))};
        level = ignore_level_open(reader, level, above, files);
    }
    return level;
}

bool ignore_levels_leave_out(const IgnoreLevel *level, Str path, bool is_directory)
{
    IgnoreVerdict verdict = IGNORE_SILENT;
    bool git_is_done = !level || !level->in_repository;
    for (; level; level = level->above) {
        Str name = str_part(path, level->base_bytes, path.len);
        IgnoreVerdict ignore = ignore_list_match(&level->ignore, name, is_directory);
        if (ignore != IGNORE_SILENT) return ignore == IGNORE_LEAVE_OUT;
        if (git_is_done) continue;
        if (!verdict) verdict = ignore_list_match(&level->gitignore, name, is_directory);
        if (!verdict) verdict = ignore_list_match(&level->exclude, name, is_directory);
        if (!verdict) verdict = ignore_list_match(&level->global, name, is_directory);
        git_is_done = level->is_repository;
    }
    return verdict == IGNORE_LEAVE_OUT;
}
