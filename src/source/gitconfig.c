#define _GNU_SOURCE
#include "source/gitconfig.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/banned.h"

static const Str NOTHING = {"", 0};

/* "" when it cannot be read. */
static Str read_text(Arena *arena, Str path)
{
    Str text;
    return io_read_file(arena, path.ptr, LIMIT_TABLE_BYTES, &text) == IO_OK ? text : NOTHING;
}

static Str join(Arena *arena, Str directory, Str name)
{
    return str_join(arena, directory, STR("/"), name);
}

/* A path as it stands in a file of git: absolute, or below the directory. */
static Str below(Arena *arena, Str directory, Str path)
{
    return path.len && path.ptr[0] == '/' ? str_copy(arena, path) : join(arena, directory, path);
}

/* ---- where a repository keeps its files ---- */

static Str first_line(Str text)
{
    return str_trim(str_part(text, 0, str_find_byte(text, '\n')));
}

static Str follow_git_file(Arena *arena, Str repository, Str git_file)
{
    Str line = first_line(read_text(arena, git_file));
    if (!str_starts(line, STR("gitdir:"))) return NOTHING;
    Str directory = below(arena, repository, str_trim(str_drop(line, strlen("gitdir:"))));
    Str common = first_line(read_text(arena, join(arena, directory, STR("commondir"))));
    return common.len ? below(arena, directory, common) : directory;
}

Str git_common_directory(Arena *arena, Str repository)
{
    Str git = join(arena, repository, STR(".git"));
    struct stat info;
    if (stat(git.ptr, &info) != 0) return NOTHING;
    return S_ISDIR(info.st_mode) ? git : follow_git_file(arena, repository, git);
}

/* ---- the configuration text ---- */

/* `[core]`, without a subsection. */
static bool is_core_section(Str line)
{
    size_t end = str_find_byte(line, ']');
    Str name = str_trim(str_part(line, 1, end));
    return end != SIZE_MAX && name.len == 4 && strncasecmp(name.ptr, "core", 4) == 0;
}

/* A value's text: quotes taken off, escapes resolved, a comment cut off. */
static Str read_value(Arena *arena, Str text)
{
    char *value = arena_alloc(arena, text.len + 1);
    size_t length = 0, keep = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];
        if (byte == '"') {
            quoted = !quoted;
            continue;
        }
        if (!quoted && (byte == '#' || byte == ';')) break;
        if (byte == '\\' && i + 1 < text.len) byte = text.ptr[++i];
        value[length++] = byte;
        if (quoted || (byte != ' ' && byte != '\t')) keep = length;
    }
    value[keep] = '\0';
    return (Str){value, keep};
}

Str git_config_excludes(Arena *arena, Str text)
{
    Str found = {NULL, 0};
    bool in_core = false;
    while (text.len) {
        size_t end = str_find_byte(text, '\n');
        Str line = str_trim(str_part(text, 0, end));
        text = str_drop(text, end == SIZE_MAX ? text.len : end + 1);
        if (line.len && line.ptr[0] == '[') {
            in_core = is_core_section(line);
            line = str_trim(str_drop(
                line, str_find_byte(line, ']') == SIZE_MAX ? line.len : str_find_byte(line, ']') + 1));
        }
        size_t equals = str_find_byte(line, '=');
        if (!in_core || equals == SIZE_MAX) continue;
        Str key = str_trim(str_part(line, 0, equals));
        if (key.len == strlen("excludesfile") && strncasecmp(key.ptr, "excludesfile", key.len) == 0)
            found = read_value(arena, str_trim(str_drop(line, equals + 1)));
    }
    return found;
}

/* ---- the user's excludes file ---- */

static Str home_directory(void)
{
    return str_from(getenv("HOME"));
}

/* $XDG_CONFIG_HOME or ~/.config; "" when neither is known. */
static Str config_directory(Arena *arena)
{
    Str xdg = str_from(getenv("XDG_CONFIG_HOME"));
    if (xdg.len) return xdg;
    Str home = home_directory();
    return home.len ? join(arena, home, STR(".config")) : NOTHING;
}

/* core.excludesFile of the first configuration that sets it; ptr NULL: none does. */
static Str configured_file(Arena *arena, Str common)
{
    Str home = home_directory(), config = config_directory(arena);
    const Str paths[] = {
        common.len ? join(arena, common, STR("config")) : NOTHING,
        home.len ? join(arena, home, STR(".gitconfig")) : NOTHING,
        config.len ? join(arena, config, STR("git/config")) : NOTHING,
        STR("/etc/gitconfig"),
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        Str found = paths[i].len ? git_config_excludes(arena, read_text(arena, paths[i])) : (Str){NULL, 0};
        if (found.ptr) return found;
    }
    return (Str){NULL, 0};
}

Str git_excludes_file(Arena *arena, Str repository, Str common)
{
    Str file = configured_file(arena, common);
    if (!file.ptr) {
        Str config = config_directory(arena);
        return config.len ? join(arena, config, STR("git/ignore")) : NOTHING;
    }
    if (str_starts(file, STR("~/"))) return join(arena, home_directory(), str_drop(file, 2));
    return file.len ? below(arena, repository, file) : NOTHING;
}
