#define _GNU_SOURCE
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

enum { STREAM_STEP_BYTES = 64 * 1024 };

static IoStatus status_of(int error)
{
    return error == ENOENT || error == ENOTDIR ? IO_MISSING : IO_UNREADABLE;
}

static ssize_t read_some(int descriptor, char *at, size_t size)
{
    ssize_t got;
    do {
        got = read(descriptor, at, size);
    } while (got < 0 && errno == EINTR);
    return got;
}

/* A regular file: its size is known, so one allocation and mostly one read. */
static IoStatus read_sized(Arena *arena, int descriptor, size_t size, Str *text)
{
    char *data = arena_alloc(arena, size + 1);
    size_t used = 0;
    while (used < size) {
        ssize_t got = read_some(descriptor, data + used, size - used);
        if (got < 0) return IO_UNREADABLE;
        if (got == 0) break;
        used += (size_t)got;
    }
    *text = (Str){data, used};
    return IO_OK;
}

IoStatus io_read_stream(Arena *arena, int descriptor, size_t limit_bytes, Str *text)
{
    size_t capacity = STREAM_STEP_BYTES, used = 0;
    char *data = memory_alloc(capacity);
    IoStatus status = IO_OK;
    for (;;) {
        ssize_t got = read_some(descriptor, data + used, capacity - used);
        if (got < 0) status = IO_UNREADABLE;
        if (got <= 0) break;
        used += (size_t)got;
        if (used > limit_bytes) {
            status = IO_TOO_LARGE;
            break;
        }
        if (used == capacity) data = memory_resize(data, capacity *= 2);
    }
    if (status == IO_OK) *text = (Str){arena_copy(arena, data, used), used};
    free(data);
    return status;
}

IoStatus io_read_file(Arena *arena, const char *path, size_t limit_bytes, Str *text)
{
    *text = (Str){"", 0};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0) return status_of(errno);
    struct stat info;
    IoStatus status = IO_UNREADABLE;
    if (fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode)) {
        size_t size = (size_t)info.st_size;
        if (size > limit_bytes) status = IO_TOO_LARGE;
        /* Files of /proc say 0 bytes and have some. */
        else
            status = size ? read_sized(arena, descriptor, size, text)
                          : io_read_stream(arena, descriptor, limit_bytes, text);
    }
    close(descriptor);
    return status;
}

bool io_write_stream(int descriptor, Str text)
{
    while (text.len) {
        ssize_t put = write(descriptor, text.ptr, text.len);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return false;
        text = str_part(text, (size_t)put, text.len);
    }
    return true;
}

bool io_write_file(const char *path, Str text, Fail *fail)
{
    struct stat info;
    /* A device or pipe (/dev/stdout) cannot be replaced by a rename. */
    bool replace = stat(path, &info) != 0 || S_ISREG(info.st_mode);
    char beside[4096];
    int length = snprintf(beside, sizeof beside, "%s%s", path, replace ? ".loopsafe-tmp" : "");
    if (length < 0 || (size_t)length >= sizeof beside) return fail_at(fail, path, 0, "the path is too long");
    int descriptor = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) return fail_at(fail, path, 0, "cannot be written: %s", strerror(errno));
    bool written = io_write_stream(descriptor, text);
    int error = errno;
    if (close(descriptor) != 0 && written) {
        written = false;
        error = errno;
    }
    if (written && replace && rename(beside, path) != 0) {
        written = false;
        error = errno;
    }
    if (!written && replace) unlink(beside);
    return written || fail_at(fail, path, 0, "cannot be written: %s", strerror(error));
}

const char *io_status_text(IoStatus status)
{
    switch (status) {
    case IO_OK:
        return "read";
    case IO_MISSING:
        return "no such file or directory";
    case IO_UNREADABLE:
        return "cannot be read";
    case IO_TOO_LARGE:
        return "is larger than the limit of 256 MiB";
    }
    return "cannot be read";
}
