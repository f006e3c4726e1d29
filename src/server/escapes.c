#include "server/escapes.h"

#include "base/banned.h"

enum { ESCAPE_BYTES = 6, NO_ESCAPE = -1 };

static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

/* The number of a `\uXXXX` at the start of text. */
static int escape_value(Str text)
{
    if (text.len < ESCAPE_BYTES || text.ptr[0] != '\\' || text.ptr[1] != 'u') return NO_ESCAPE;
    int value = 0;
    for (size_t i = 2; i < ESCAPE_BYTES; i++) {
        if (digit_value(text.ptr[i]) < 0) return NO_ESCAPE;
        value = value * 16 + digit_value(text.ptr[i]);
    }
    return value;
}

static bool is_high(int value)
{
    return value >= 0xD800 && value < 0xDC00;
}

static bool is_low(int value)
{
    return value >= 0xDC00 && value < 0xE000;
}

/* Bytes that are taken over together: a pair, or an escape of any kind; replace: an escape that cannot stay. */
static size_t unit_bytes(Str text, bool *replace)
{
    int value = escape_value(text);
    *replace = false;
    if (value == NO_ESCAPE) return text.len < 2 ? text.len : 2;
    if (is_high(value) && is_low(escape_value(str_drop(text, ESCAPE_BYTES)))) return 2 * (size_t)ESCAPE_BYTES;
    *replace = value == 0 || is_high(value) || is_low(value);
    return ESCAPE_BYTES;
}

void escapes_mend(Buf *buf, Str json)
{
    while (json.len) {
        size_t plain = str_find_byte(json, '\\');
        if (plain == SIZE_MAX) plain = json.len;
        buf_add(buf, str_part(json, 0, plain));
        json = str_drop(json, plain);
        if (!json.len) return;
        bool replace;
        size_t bytes = unit_bytes(json, &replace);
        buf_add(buf, replace ? STR("\\ufffd") : str_part(json, 0, bytes));
        json = str_drop(json, bytes);
    }
}
