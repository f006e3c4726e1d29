/* io.h - whole files in, whole files out.
 *
 * Owner   the bytes belong to the arena that was handed in.
 * Errors  reported by IoStatus or Fail; a partly written file is never left behind. */
#ifndef LOOPSAFE_BASE_IO_H
#define LOOPSAFE_BASE_IO_H

#include "base/fail.h"
#include "base/str.h"

typedef enum IoStatus {
    IO_OK,
    IO_MISSING,    /* no such file, or it vanished */
    IO_UNREADABLE, /* permission, directory, device, input error */
    IO_TOO_LARGE   /* more than limit_bytes */
} IoStatus;

/* Reads a whole file; *text is followed by a NUL that is not counted. */
IoStatus io_read_file(Arena *arena, const char *path, size_t limit_bytes, Str *text)
    __attribute__((warn_unused_result));
/* Reads an open descriptor (standard input) to its end. */
IoStatus io_read_stream(Arena *arena, int descriptor, size_t limit_bytes, Str *text)
    __attribute__((warn_unused_result));
/* Writes beside the target and renames; false and a Fail when any step fails. */
bool io_write_file(const char *path, Str text, Fail *fail) __attribute__((warn_unused_result));
/* Writes all of it to a descriptor; false when the other end is gone. */
bool io_write_stream(int descriptor, Str text) __attribute__((warn_unused_result));
const char *io_status_text(IoStatus status);

#endif
