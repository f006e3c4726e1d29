#define _GNU_SOURCE
#include "runtime/tail.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/banned.h"

bool tail_open(Tail *tail, const char *path)
{
    buf_init(&tail->text);
    tail->file = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
    return tail->file >= 0;
}

static size_t whole_lines(const Tail *tail)
{
    size_t end = str_find_last(buf_str(&tail->text), '\n');
    return end == SIZE_MAX ? 0 : end + 1;
}

/* What was handed out last time goes. */
static void forget(Tail *tail)
{
    size_t end = whole_lines(tail);
    if (!end) return;
    memmove(tail->text.data, tail->text.data + end, tail->text.len - end);
    tail->text.len -= end;
}

Str tail_read(Tail *tail)
{
    char bytes[65536];
    ssize_t count;
    if (tail->file < 0) return STR("");
    forget(tail);
    while ((count = read(tail->file, bytes, sizeof bytes)) > 0)
        buf_add(&tail->text, (Str){bytes, (size_t)count});
    return str_part(buf_str(&tail->text), 0, whole_lines(tail));
}

void tail_close(Tail *tail)
{
    if (tail->file >= 0) close(tail->file);
    tail->file = -1;
    buf_free(&tail->text);
}
