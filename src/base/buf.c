#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

void buf_init(Buf *buf)
{
    *buf = (Buf){0};
}

void buf_free(Buf *buf)
{
    free(buf->data);
    *buf = (Buf){0};
}

void buf_clear(Buf *buf)
{
    buf->len = 0;
}

static char *reserve(Buf *buf, size_t extra)
{
    if (extra > SIZE_MAX / 4 || buf->len > SIZE_MAX / 4) memory_exhausted();
    if (buf->len + extra > buf->capacity) {
        size_t capacity = buf->capacity ? buf->capacity * 2 : 256;
        while (capacity < buf->len + extra)
            capacity *= 2;
        buf->data = memory_resize(buf->data, capacity);
        buf->capacity = capacity;
    }
    return buf->data + buf->len;
}

void buf_add(Buf *buf, Str text)
{
    if (!text.len) return;
    memcpy(reserve(buf, text.len), text.ptr, text.len);
    buf->len += text.len;
}

void buf_add_text(Buf *buf, const char *text)
{
    buf_add(buf, str_from(text));
}

void buf_add_byte(Buf *buf, char byte)
{
    *reserve(buf, 1) = byte;
    buf->len++;
}

void buf_add_repeat(Buf *buf, char byte, size_t count)
{
    if (!count) return;
    memset(reserve(buf, count), byte, count);
    buf->len += count;
}

void buf_add_number(Buf *buf, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    buf_add(buf, (Str){digits + at, sizeof digits - at});
}

void buf_format(Buf *buf, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length > 0) {
        char *at = reserve(buf, (size_t)length + 1);
        vsnprintf(at, (size_t)length + 1, format, again);
        buf->len += (size_t)length;
    }
    va_end(again);
}

Str buf_str(const Buf *buf)
{
    return (Str){buf->data ? buf->data : "", buf->len};
}
