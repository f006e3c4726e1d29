/* diff_texts BEFORE AFTER PATH: the diff of two files, under that path; for tests/diff_property.py. */
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "source/diff.h"

#include "base/banned.h"

int main(int count, char **arguments)
{
    Arena arena;
    arena_init(&arena);
    Str before, after;
    if (count != 4 || io_read_file(&arena, arguments[1], LIMIT_FILE_BYTES, &before) != IO_OK ||
        io_read_file(&arena, arguments[2], LIMIT_FILE_BYTES, &after) != IO_OK)
        return 2;
    Buf buf;
    buf_init(&buf);
    diff_add(&buf, str_from(arguments[3]), before, after);
    bool done = io_write_stream(STDOUT_FILENO, buf_str(&buf));
    buf_free(&buf);
    arena_free(&arena);
    return done ? 0 : 2;
}
