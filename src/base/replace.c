#define _GNU_SOURCE
#include "base/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/banned.h"

void replace_begin(Replace *replace)
{
    *replace = (Replace){0};
    arena_init(&replace->arena);
    static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGXCPU};
    sigset_t wait;
    sigemptyset(&wait);
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        sigaddset(&wait, ending[i]);
    replace->signals = arena_alloc(&replace->arena, sizeof wait);
    pthread_sigmask(SIG_BLOCK, &wait, replace->signals);
}

static void end(Replace *replace)
{
    pthread_sigmask(SIG_SETMASK, replace->signals, NULL);
    vec_free(&replace->items);
    arena_free(&replace->arena);
}

static Str directory_of(Str path)
{
    size_t slash = str_find_last(path, '/');
    return slash == SIZE_MAX ? STR(".") : str_part(path, 0, slash ? slash : 1);
}

static bool fail_write(Fail *fail, const char *path)
{
    return fail_at(fail, path, 0, "cannot be written: %s", strerror(errno));
}

/* The owner goes with the file where that is allowed; changing it clears bits of the mode. */
static bool keep_mode(int descriptor, const struct stat *old)
{
    bool is_kept =
        fchown(descriptor, old->st_uid, old->st_gid) == 0 || fchown(descriptor, (uid_t)-1, old->st_gid) == 0;
    mode_t special = is_kept ? 07777 : 0777;
    return fchmod(descriptor, old->st_mode & special) == 0;
}

static bool fill(int descriptor, const struct stat *old, Str text)
{
    bool done = io_write_stream(descriptor, text) && keep_mode(descriptor, old) && fsync(descriptor) == 0;
    int error = errno;
    if (close(descriptor) != 0 && done) return false;
    errno = error;
    return done;
}

static bool is_as_it_was(const char *path, Str old)
{
    Arena arena;
    arena_init(&arena);
    Str now;
    bool is_same = io_read_file(&arena, path, old.len, &now) == IO_OK && str_equal(now, old);
    arena_free(&arena);
    return is_same;
}

/* Rights are of the directory for a rename; that the file itself may not be written is respected all the same. */
static bool may_write(const char *path, struct stat *info, Fail *fail)
{
    if (lstat(path, info) != 0) return fail_write(fail, path);
    if (!S_ISREG(info->st_mode)) return fail_at(fail, path, 0, "cannot be written: it is not a file");
    if (!(info->st_mode & 0222) || access(path, W_OK) != 0)
        return fail_at(fail, path, 0, "cannot be written: it is read-only");
    return true;
}

bool replace_prepare(Replace *replace, const char *path, Str old, Str text, Fail *fail)
{
    struct stat info;
    if (!may_write(path, &info, fail)) return false;
    if (!is_as_it_was(path, old)) return fail_at(fail, path, 0, "changed on the disk meanwhile");
    Str directory = directory_of(str_from(path));
    Str beside = str_join(&replace->arena, directory, STR("/.loopsafe-"), STR("XXXXXX"));
    char *name = arena_copy(&replace->arena, beside.ptr, beside.len);
    int descriptor = mkostemp(name, O_CLOEXEC);
    if (descriptor < 0) return fail_write(fail, path);
    vec_add(&replace->items, ((Replacement){str_copy(&replace->arena, str_from(path)).ptr, name}));
    return fill(descriptor, &info, text) || fail_write(fail, path);
}

/* A rename is on the disk when its directory is. */
static void settle(Arena *arena, const char *path)
{
    Str directory = str_copy(arena, directory_of(str_from(path)));
    int descriptor = open(directory.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    fsync(descriptor);
    close(descriptor);
}

static void remove_from(Replace *replace, size_t first)
{
    for (size_t i = first; i < replace->items.count; i++)
        unlink(replace->items.items[i].beside);
}

bool replace_commit(Replace *replace, size_t *renamed, Fail *fail)
{
    for (*renamed = 0; *renamed < replace->items.count; ++*renamed) {
        const Replacement *item = &replace->items.items[*renamed];
        if (rename(item->beside, item->path) != 0) break;
    }
    bool done = *renamed == replace->items.count;
    if (!done) fail_write(fail, replace->items.items[*renamed].path);
    for (size_t i = 0; i < *renamed; i++)
        settle(&replace->arena, replace->items.items[i].path);
    remove_from(replace, *renamed);
    end(replace);
    return done;
}

void replace_cancel(Replace *replace)
{
    remove_from(replace, 0);
    end(replace);
}
