/* string.c - where a string literal ends, replacement fields of f-strings included. */
#include <string.h>

#include "python/line.h"

#include "base/banned.h"

enum {
    FIELD_BYTES_MOST = 64 * 1024, /* of one replacement field; a longer one is taken for an unclosed brace */
    FORMAT_NESTING_MOST = 16,     /* f-strings inside fields of f-strings */
    FORMAT_FAILURES_MOST = 16     /* then braces are not looked at any more: keeps hostile input linear */
};

typedef struct Quote {
    char byte;
    bool triple;
    bool format;
} Quote;

static bool is_triple(Str text, size_t at)
{
    return text.len - at >= 3 && text.ptr[at + 1] == text.ptr[at] && text.ptr[at + 2] == text.ptr[at];
}

static bool is_prefix(char byte)
{
    char letter = (char)(byte | 0x20);
    return letter == 'f' || letter == 'r' || letter == 'b' || letter == 'u' || letter == 't';
}

static Quote quote_at(Str text, size_t at)
{
    Quote quote = {.byte = text.ptr[at], .triple = is_triple(text, at)};
    size_t start = at;
    while (start > 0 && at - start < 3 && is_prefix(text.ptr[start - 1]))
        start--;
    if (start > 0 && byte_is_word(text.ptr[start - 1])) return quote;
    for (size_t i = start; i < at; i++)
        quote.format |= (text.ptr[i] | 0x20) == 'f' || (text.ptr[i] | 0x20) == 't';
    return quote;
}

static size_t skip_escape(Str text, size_t at)
{
    if (at + 2 < text.len && text.ptr[at + 1] == '\r' && text.ptr[at + 2] == '\n') return at + 3;
    return at + 2 < text.len ? at + 2 : text.len;
}

/* Behind the closing quote; on the newline and false when the line ends first. */
static bool skip_single(Str text, size_t *at, char quote)
{
    size_t i = *at;
    while (i < text.len) {
        char byte = text.ptr[i];
        if (byte == quote) {
            *at = i + 1;
            return true;
        }
        if (byte == '\n') break;
        i = byte == '\\' ? skip_escape(text, i) : i + 1;
    }
    *at = i;
    return false;
}

static bool is_escaped(Str text, size_t start, size_t at)
{
    size_t first = at;
    while (first > start && text.ptr[first - 1] == '\\')
        first--;
    return (at - first) % 2 == 1;
}

/* Behind the closing quotes of a string whose contents start at `start`, or SIZE_MAX. */
static size_t skip_triple(Str text, size_t start, char quote)
{
    size_t at = start;
    while (at < text.len) {
        const char *found = memchr(text.ptr + at, quote, text.len - at);
        if (!found) break;
        at = (size_t)(found - text.ptr);
        if (is_triple(text, at) && !is_escaped(text, start, at)) return at + 3;
        at++;
    }
    return SIZE_MAX;
}

static size_t skip_field(Str text, size_t at, Quote outer, unsigned level);

/* Behind the closing quote of an f-string whose contents start at `at`, or SIZE_MAX. */
static size_t skip_format(Str text, size_t at, Quote quote, unsigned level)
{
    if (level > FORMAT_NESTING_MOST) return SIZE_MAX;
    while (at < text.len) {
        char byte = text.ptr[at];
        if (byte == quote.byte && (!quote.triple || is_triple(text, at))) return at + (quote.triple ? 3 : 1);
        if (byte == '\n' && !quote.triple) return SIZE_MAX;
        if (byte == '\\') {
            at = skip_escape(text, at);
        } else if (byte == '{' && at + 1 < text.len && text.ptr[at + 1] == '{') {
            at += 2;
        } else if (byte == '{') {
            at = skip_field(text, at + 1, quote, level);
        } else {
            at++;
        }
    }
    return SIZE_MAX;
}

static size_t skip_nested(Str text, size_t at, unsigned level)
{
    Quote quote = quote_at(text, at);
    at += quote.triple ? 3 : 1;
    if (quote.format) return skip_format(text, at, quote, level + 1);
    if (quote.triple) return skip_triple(text, at, quote.byte);
    return skip_single(text, &at, quote.byte) ? at : SIZE_MAX;
}

/* The format after the colon of a field; on its closing brace, or SIZE_MAX. */
static size_t skip_spec(Str text, size_t at, Quote outer, unsigned level)
{
    while (at < text.len && text.ptr[at] != '}') {
        char byte = text.ptr[at];
        if (byte == '\n' && !outer.triple) return SIZE_MAX;
        if (byte == outer.byte && (!outer.triple || is_triple(text, at))) return SIZE_MAX;
        at = byte == '{' ? skip_field(text, at + 1, outer, level + 1) : at + 1;
    }
    return at;
}

static size_t skip_to_line_end(Str text, size_t at)
{
    const char *end = memchr(text.ptr + at, '\n', text.len - at);
    return end ? (size_t)(end - text.ptr) : text.len;
}

/* Behind the brace that closes the field whose contents start at `at`, or SIZE_MAX. */
static size_t skip_field(Str text, size_t at, Quote outer, unsigned level)
{
    size_t limit = text.len - at < FIELD_BYTES_MOST ? text.len : at + FIELD_BYTES_MOST;
    unsigned depth = 0;
    if (level > FORMAT_NESTING_MOST) return SIZE_MAX;
    while (at < limit) {
        char byte = text.ptr[at];
        if (byte == '\'' || byte == '"') {
            at = skip_nested(text, at, level);
        } else if (byte == '#') {
            at = skip_to_line_end(text, at);
        } else if (byte == ':' && depth == 0) {
            at = skip_spec(text, at + 1, outer, level);
        } else if (byte == '}' && depth == 0) {
            return at + 1;
        } else {
            if (byte == '(' || byte == '[' || byte == '{') depth++;
            if ((byte == ')' || byte == ']' || byte == '}') && depth > 0) depth--;
            at++;
        }
    }
    return SIZE_MAX;
}

/* The newline before the next line of column 0 that starts a definition, or the end. */
static size_t find_definition(Str text, size_t at)
{
    for (;;) {
        at = skip_to_line_end(text, at);
        if (at >= text.len) return text.len;
        if (line_starts_definition(text, at + 1)) return at;
        at++;
    }
}

static size_t skip_long(LineScan *scan, size_t at, char quote)
{
    bool *unclosed = &scan->unclosed[quote == '"'];
    size_t end = *unclosed ? SIZE_MAX : skip_triple(scan->text, at, quote);
    if (end != SIZE_MAX) return end;
    scan->broken = true;
    if (*unclosed) return at;
    *unclosed = true;
    return find_definition(scan->text, at);
}

size_t string_skip(LineScan *scan, size_t at)
{
    Quote quote = quote_at(scan->text, at);
    at += quote.triple ? 3 : 1;
    if (quote.format && scan->format_failures < FORMAT_FAILURES_MOST) {
        size_t end = skip_format(scan->text, at, quote, 0);
        if (end != SIZE_MAX) return end;
        scan->format_failures++;
    }
    if (quote.triple) return skip_long(scan, at, quote.byte);
    if (!skip_single(scan->text, &at, quote.byte)) scan->broken = true;
    return at;
}
