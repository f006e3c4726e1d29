/* buf.h - text that grows.
 *
 * Owner   whoever called buf_init; buf_free ends it. buf_str borrows until the next append. */
#ifndef LOOPSAFE_BASE_BUF_H
#define LOOPSAFE_BASE_BUF_H

#include "base/str.h"

typedef struct Buf {
    char *data; /* NULL until the first append */
    size_t len;
    size_t capacity;
} Buf;

void buf_init(Buf *buf);
void buf_free(Buf *buf);
void buf_clear(Buf *buf);
void buf_add(Buf *buf, Str text);
void buf_add_text(Buf *buf, const char *text);
void buf_add_byte(Buf *buf, char byte);
void buf_add_repeat(Buf *buf, char byte, size_t count);
void buf_add_number(Buf *buf, uint64_t number);
/* printf into the buffer. */
__attribute__((format(printf, 2, 3))) void buf_format(Buf *buf, const char *format, ...);
Str buf_str(const Buf *buf);

#endif
