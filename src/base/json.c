#include "base/json.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

static size_t line_of(Str text, const char *at)
{
    size_t line1 = 1;
    for (const char *byte = text.ptr; byte < at && byte < text.ptr + text.len; byte++)
        line1 += *byte == '\n';
    return line1;
}

cJSON *json_parse(Str text, const char *path, Fail *fail)
{
    const char *end = NULL;
    cJSON *tree = cJSON_ParseWithLengthOpts(text.ptr, text.len, &end, 0);
    if (!tree) {
        fail_at(fail, path, line_of(text, end), "is not valid JSON");
        return NULL;
    }
    if (str_trim(str_part(text, (size_t)(end - text.ptr), text.len)).len) {
        fail_at(fail, path, line_of(text, end), "has text after the JSON value");
        cJSON_Delete(tree);
        return NULL;
    }
    return tree;
}

void json_out_init(JsonOut *out, Buf *buf, bool pretty)
{
    *out = (JsonOut){.buf = buf, .pretty = pretty};
}

static void new_line(JsonOut *out)
{
    if (!out->pretty) return;
    buf_add_byte(out->buf, '\n');
    buf_add_repeat(out->buf, ' ', (size_t)out->depth * 2);
}

static void start_item(JsonOut *out)
{
    if (out->after_key) {
        out->after_key = false;
        return;
    }
    if (out->need_comma) buf_add_byte(out->buf, ',');
    if (out->depth) new_line(out);
}

void json_out_open(JsonOut *out, char bracket)
{
    start_item(out);
    buf_add_byte(out->buf, bracket);
    out->depth++;
    out->need_comma = false;
}

void json_out_close(JsonOut *out, char bracket)
{
    out->depth--;
    if (out->need_comma) new_line(out);
    buf_add_byte(out->buf, bracket);
    out->need_comma = true;
}

/* Length of the UTF-8 character at the start of text, or 0 when its bytes are none. */
static size_t utf8_length(Str text)
{
    unsigned char first = (unsigned char)text.ptr[0];
    size_t length = first < 0x80                    ? 1
                    : first >= 0xc2 && first < 0xe0 ? 2
                    : first >= 0xe0 && first < 0xf0 ? 3
                    : first >= 0xf0 && first < 0xf5 ? 4
                                                    : 0;
    if (length > text.len) return 0;
    for (size_t i = 1; i < length; i++)
        if (((unsigned char)text.ptr[i] & 0xc0) != 0x80) return 0;
    if (length < 3) return length;
    unsigned char second = (unsigned char)text.ptr[1];
    bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
    bool outside = (first == 0xed && second >= 0xa0) || (first == 0xf4 && second >= 0x90);
    return overlong || outside ? 0 : length;
}

static void add_escaped(Buf *buf, char byte)
{
    switch (byte) {
    case '"':
        buf_add_text(buf, "\\\"");
        return;
    case '\\':
        buf_add_text(buf, "\\\\");
        return;
    case '\n':
        buf_add_text(buf, "\\n");
        return;
    case '\r':
        buf_add_text(buf, "\\r");
        return;
    case '\t':
        buf_add_text(buf, "\\t");
        return;
    default:
        buf_format(buf, "\\u%04x", (unsigned char)byte);
    }
}

static void add_quoted(Buf *buf, Str text)
{
    buf_add_byte(buf, '"');
    while (text.len) {
        size_t length = utf8_length(text);
        unsigned char byte = (unsigned char)text.ptr[0];
        if (length == 0)
            buf_add_text(buf, "\xef\xbf\xbd");
        else if (length == 1 && (byte < ' ' || byte == '"' || byte == '\\' || byte == 0x7f))
            add_escaped(buf, text.ptr[0]);
        else
            buf_add(buf, str_part(text, 0, length));
        text = str_part(text, length ? length : 1, text.len);
    }
    buf_add_byte(buf, '"');
}

void json_out_key(JsonOut *out, const char *key)
{
    start_item(out);
    add_quoted(out->buf, str_from(key));
    buf_add_text(out->buf, out->pretty ? ": " : ":");
    out->after_key = true;
    out->need_comma = true;
}

void json_out_str(JsonOut *out, Str text)
{
    start_item(out);
    add_quoted(out->buf, text);
    out->need_comma = true;
}

void json_out_number(JsonOut *out, uint64_t number)
{
    start_item(out);
    buf_add_number(out->buf, number);
    out->need_comma = true;
}

void json_out_integer(JsonOut *out, int64_t number)
{
    start_item(out);
    if (number < 0) buf_add_byte(out->buf, '-');
    buf_add_number(out->buf, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
    out->need_comma = true;
}

void json_out_decimal(JsonOut *out, double number, int places)
{
    if (!isfinite(number)) {
        json_out_null(out);
        return;
    }
    start_item(out);
    buf_format(out->buf, "%.*f", places, number);
    out->need_comma = true;
}

void json_out_real(JsonOut *out, double number)
{
    if (!isfinite(number)) {
        json_out_null(out);
        return;
    }
    start_item(out);
    buf_format(out->buf, "%.6g", number);
    out->need_comma = true;
}

void json_out_bool(JsonOut *out, bool value)
{
    start_item(out);
    buf_add_text(out->buf, value ? "true" : "false");
    out->need_comma = true;
}

void json_out_null(JsonOut *out)
{
    start_item(out);
    buf_add_text(out->buf, "null");
    out->need_comma = true;
}
