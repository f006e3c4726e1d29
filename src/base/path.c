#include "base/path.h"

#include "base/banned.h"

/* Drops the last part of what was added from start on; the root stays. */
static void drop_last_part(Buf *buf, size_t start)
{
    size_t slash = str_find_last(str_drop(buf_str(buf), start), '/');
    buf->len = start + (slash == SIZE_MAX ? 0 : slash);
}

/* The path's first part; the rest stays in *path. */
static Str next_part(Str *path)
{
    size_t slash = str_find_byte(*path, '/');
    Str part = str_part(*path, 0, slash == SIZE_MAX ? path->len : slash);
    *path = slash == SIZE_MAX ? STR("") : str_drop(*path, slash + 1);
    return part;
}

static void add_parts(Buf *buf, size_t start, Str path)
{
    while (path.len) {
        Str part = next_part(&path);
        if (!part.len || str_equal(part, STR("."))) continue;
        if (str_equal(part, STR(".."))) {
            drop_last_part(buf, start);
            continue;
        }
        buf_add_byte(buf, '/');
        buf_add(buf, part);
    }
}

void path_add_absolute(Buf *buf, Str directory, Str path)
{
    size_t start = buf->len;
    if (!str_starts(path, STR("/"))) add_parts(buf, start, directory);
    add_parts(buf, start, path);
    if (buf->len == start) buf_add_byte(buf, '/');
}

bool path_climbs(Str path)
{
    while (path.len)
        if (str_equal(next_part(&path), STR(".."))) return true;
    return false;
}

bool path_is_below(Str path, Str directory)
{
    if (str_equal(directory, STR("/"))) return str_starts(path, directory);
    return str_starts(path, directory) && (path.len == directory.len || path.ptr[directory.len] == '/');
}

/* --- URIs --- */

static bool is_unreserved(char byte)
{
    bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    bool digit = byte >= '0' && byte <= '9';
    return letter || digit || byte == '-' || byte == '.' || byte == '_' || byte == '~' || byte == '/';
}

void uri_add_path(Buf *buf, Str path)
{
    for (size_t i = 0; i < path.len; i++) {
        if (is_unreserved(path.ptr[i]))
            buf_add_byte(buf, path.ptr[i]);
        else
            buf_format(buf, "%%%02X", (unsigned char)path.ptr[i]);
    }
}

static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

/* The byte that a percent form at the start of text stands for; -1: none is there, or NUL. */
static int percent_value(Str text)
{
    if (text.len < 3) return -1;
    int high = digit_value(text.ptr[1]), low = digit_value(text.ptr[2]);
    return high < 0 || low < 0 || high + low == 0 ? -1 : high * 16 + low;
}

bool uri_read_path(Buf *buf, Str uri)
{
    size_t start = buf->len;
    bool has_host = str_starts(uri, STR("file://localhost/"));
    if (!has_host && !str_starts(uri, STR("file:///"))) return false;
    uri = str_drop(uri, has_host ? sizeof "file://localhost" - 1 : sizeof "file://" - 1);
    while (uri.len) {
        int byte = uri.ptr[0] == '%' ? percent_value(uri) : (unsigned char)uri.ptr[0];
        if (byte <= 0) {
            buf->len = start;
            return false;
        }
        buf_add_byte(buf, (char)byte);
        uri = str_drop(uri, uri.ptr[0] == '%' ? 3 : 1);
    }
    return true;
}
