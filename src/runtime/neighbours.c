#define _GNU_SOURCE
#include "runtime/neighbours.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/io.h"
#include "base/limits.h"
#include "runtime/descendants.h"

#include "base/banned.h"

/* Files of /proc have no size that could be asked first. */
static bool read_whole(Arena *arena, const char *path, Str *text)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    IoStatus status = io_read_stream(arena, file, LIMIT_FILE_BYTES, text);
    close(file);
    return status == IO_OK;
}

/* --- who listens --- */

/* "  0: 0100007F:1F90 00000000:0000 0A …" */
static bool listens_on_port(const char *line)
{
    return strstr(line, " 00000000:0000 0A ") || strstr(line, " 00000000000000000000000000000000:0000 0A ");
}

/* "ffff…: 00000002 00000000 00010000 0001 01 12345 @name" */
static bool listens_by_name(const char *line)
{
    return strstr(line, " 00010000 ") && strstr(line, " @");
}

static bool add_lines(Arena *arena, const char *path, bool (*counts)(const char *line), size_t *count)
{
    Str rest;
    if (!read_whole(arena, path, &rest)) return false;
    while (rest.len) {
        Str line = str_before(rest, '\n');
        *count += counts(str_copy(arena, line).ptr);
        rest = str_drop(rest, line.len < rest.len ? line.len + 1 : rest.len);
    }
    return true;
}

size_t neighbours_listening(void)
{
    Arena arena;
    size_t count = 0;
    arena_init(&arena);
    bool known = add_lines(&arena, "/proc/self/net/tcp", listens_on_port, &count) &&
                 add_lines(&arena, "/proc/self/net/unix", listens_by_name, &count);
    add_lines(&arena, "/proc/self/net/tcp6", listens_on_port, &count); /* not there without IPv6 */
    arena_free(&arena);
    return known ? count : SIZE_MAX;
}

/* --- memory --- */

/* The number behind a word; 0: the word is not there. */
static uint64_t number_behind(Str text, Str word)
{
    size_t at = str_find(text, word);
    return at == SIZE_MAX ? 0 : strtoull(text.ptr + at + word.len, NULL, 10);
}

static uint64_t resident_kb(Arena *arena, pid_t pid)
{
    Str text;
    const char *path = str_format(arena, "/proc/%ld/status", (long)pid).ptr;
    return read_whole(arena, path, &text) ? number_behind(text, STR("VmRSS:")) : 0;
}

static uint64_t family_kb(Arena *arena, pid_t pid)
{
    pid_t *family = arena_array(arena, LIMIT_DESCENDANTS, sizeof *family);
    size_t count = descendants_of(pid, family, LIMIT_DESCENDANTS);
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += resident_kb(arena, family[i]);
    return sum;
}

bool neighbours_have_memory(pid_t pid, size_t count)
{
    enum { FREE_PARTS = 2 }; /* one of them stays free */
    Arena arena;
    Str text;
    arena_init(&arena);
    uint64_t one = family_kb(&arena, pid);
    uint64_t available =
        read_whole(&arena, "/proc/meminfo", &text) ? number_behind(text, STR("MemAvailable:")) : 0;
    arena_free(&arena);
    return one && one * count < available / FREE_PARTS;
}

/* --- processors --- */

size_t neighbours_processors(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? (size_t)CPU_COUNT(&set) : 1;
}
