#include "python/line.h"

#include <string.h>
#include <strings.h>

#include "base/banned.h"

enum ByteClass {
    BYTE_PLAIN,
    BYTE_NEWLINE,
    BYTE_QUOTE,
    BYTE_COMMENT,
    BYTE_OPEN,
    BYTE_CLOSE,
    BYTE_BACKSLASH,
    BYTE_COLON,
    BYTE_Y /* of async and yield */
};

static const uint8_t BYTE_CLASS[256] = {
    ['\n'] = BYTE_NEWLINE, ['"'] = BYTE_QUOTE, ['\''] = BYTE_QUOTE,     ['#'] = BYTE_COMMENT,
    ['('] = BYTE_OPEN,     ['['] = BYTE_OPEN,  ['{'] = BYTE_OPEN,       [')'] = BYTE_CLOSE,
    [']'] = BYTE_CLOSE,    ['}'] = BYTE_CLOSE, ['\\'] = BYTE_BACKSLASH, [':'] = BYTE_COLON,
    ['y'] = BYTE_Y,
};

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\f';
}

/* Behind a backslash at `at` that joins two lines, or `at` when it does not. */
static size_t skip_join(Str text, size_t at)
{
    size_t next = at + 1;
    if (next < text.len && text.ptr[next] == '\r') next++;
    return next < text.len && text.ptr[next] == '\n' ? next + 1 : at;
}

size_t line_skip_blanks(Str text, size_t at)
{
    while (at < text.len) {
        if (text.ptr[at] == '\\') {
            size_t next = skip_join(text, at);
            if (next == at) return at;
            at = next;
        } else if (is_blank(text.ptr[at])) {
            at++;
        } else {
            break;
        }
    }
    return at;
}

size_t line_word(Str text, size_t at, Str word)
{
    if (text.len - at < word.len || memcmp(text.ptr + at, word.ptr, word.len) != 0) return SIZE_MAX;
    size_t end = at + word.len;
    if (end < text.len && byte_is_word(text.ptr[end])) return SIZE_MAX;
    return line_skip_blanks(text, end);
}

bool line_starts_definition(Str text, size_t at)
{
    if (at >= text.len) return false;
    if (text.ptr[at] == 'c') return line_word(text, at, STR("class")) != SIZE_MAX;
    if (text.ptr[at] == 'd') return line_word(text, at, STR("def")) != SIZE_MAX;
    if (text.ptr[at] != 'a') return false;
    size_t next = line_word(text, at, STR("async"));
    return next != SIZE_MAX && line_word(text, next, STR("def")) != SIZE_MAX;
}

uint32_t line_indent(LineScan *scan)
{
    size_t start = scan->at;
    while (scan->at < scan->text.len && scan->text.ptr[scan->at] == ' ')
        scan->at++;
    uint32_t width = (uint32_t)(scan->at - start);
    for (; scan->at < scan->text.len; scan->at++) {
        char byte = scan->text.ptr[scan->at];
        if (byte == ' ') {
            width++;
        } else if (byte == '\t') {
            width += 8;
        } else if (byte == '\f' || byte == '\r') {
            width = 0;
        } else if (byte == '\\' && skip_join(scan->text, scan->at) != scan->at) {
            scan->at = skip_join(scan->text, scan->at) - 1;
        } else {
            break;
        }
    }
    return width;
}

static bool is_marker(Str comment)
{
    for (size_t i = 2; i < comment.len; i++) { /* by their rarest letters */
        char byte = comment.ptr[i];
        if ((byte | 0x20) == 'q' && comment.len - i >= 2 && strncasecmp(comment.ptr + i - 2, "noqa", 4) == 0)
            return true;
        if (byte == ':' && i >= 8 && strncasecmp(comment.ptr + i - 8, "loopsafe", 8) == 0) return true;
    }
    return false;
}

void line_comment(LineScan *scan, bool own_line)
{
    size_t start = scan->at;
    const char *end = memchr(scan->text.ptr + start, '\n', scan->text.len - start);
    scan->at = end ? (size_t)(end - scan->text.ptr) : scan->text.len;
    size_t stop = scan->at;
    if (stop > start && scan->text.ptr[stop - 1] == '\r') stop--;
    vec_add(&scan->comments, ((Span){(uint32_t)start, (uint32_t)stop}));
    if (!is_marker(str_part(scan->text, start, stop))) return;
    vec_add(&scan->markers, ((Comment){.span = {(uint32_t)start, (uint32_t)stop}, .own_line = own_line}));
}

/* Blanks only between the line's start and `at`? */
static bool stands_first(Str text, size_t at)
{
    while (at > 0 && is_blank(text.ptr[at - 1]))
        at--;
    return at == 0 || text.ptr[at - 1] == '\n';
}

static bool word_around(const LineScan *scan, size_t start, Str word)
{
    if (scan->text.len - start < word.len || memcmp(scan->text.ptr + start, word.ptr, word.len) != 0)
        return false;
    size_t end = start + word.len;
    return (start == 0 || !byte_is_word(scan->text.ptr[start - 1])) &&
           (end == scan->text.len || !byte_is_word(scan->text.ptr[end]));
}

static void note_word(LineScan *scan, size_t at)
{
    if (scan->text.len - at < 2) return;
    char next = scan->text.ptr[at + 1]; /* most words with a y are neither */
    if (next != 'n' && next != 'i') return;
    if (at >= 2 && word_around(scan, at - 2, STR("async"))) scan->seen_async = true;
    if (word_around(scan, at, STR("yield"))) scan->seen_yield = true;
}

/* Ends the logical line whose text stops at `at`; the next one starts at `next`. */
static void end_line(LineScan *scan, size_t at, size_t next)
{
    size_t end = scan->comment_start < at ? scan->comment_start : at;
    while (end > 0 && is_blank(scan->text.ptr[end - 1]))
        end--;
    scan->code_end = end;
    scan->at = next;
    scan->depth = 0;
    scan->comment_start = SIZE_MAX;
    scan->decorator = SIZE_MAX;
}

/* Forgets the comments from `start` on: the scanner goes back there and meets them again. */
static void drop_comments(LineScan *scan, size_t start)
{
    while (scan->comments.count && scan->comments.items[scan->comments.count - 1].start >= start)
        scan->comments.count--;
    while (scan->markers.count && scan->markers.items[scan->markers.count - 1].span.start >= start)
        scan->markers.count--;
}

/* A newline inside brackets: true when the next line cannot stand there, so that the line ends here. A definition
 * is never part of an expression; decorators that lead to it belong to it. */
static bool ends_broken(LineScan *scan, size_t newline)
{
    size_t line = newline + 1, at = line;
    while (at < scan->text.len && is_blank(scan->text.ptr[at]))
        at++;
    if (at < scan->text.len && scan->text.ptr[at] == '@') {
        if (scan->decorator == SIZE_MAX) scan->decorator = line;
        return false;
    }
    if (!line_starts_definition(scan->text, at)) {
        scan->decorator = SIZE_MAX;
        return false;
    }
    scan->broken = true;
    size_t next = scan->decorator < line ? scan->decorator : line;
    drop_comments(scan, next);
    end_line(scan, next - 1, next);
    return true;
}

/* True when the logical line ended with this newline. */
static bool take_newline(LineScan *scan, size_t at)
{
    if (scan->depth == 0) {
        end_line(scan, at, at + 1);
        return true;
    }
    scan->comment_start = SIZE_MAX;
    return ends_broken(scan, at);
}

static size_t take_comment(LineScan *scan, size_t at)
{
    scan->at = at;
    scan->comment_start = at;
    line_comment(scan, stands_first(scan->text, at));
    return scan->at;
}

static size_t take_backslash(LineScan *scan, size_t at)
{
    size_t next = skip_join(scan->text, at);
    return next == at ? at + 1 : next;
}

/* Where the next byte stands that means something to the scanner. */
static size_t skip_plain(Str text, size_t at)
{
    const unsigned char *bytes = (const unsigned char *)text.ptr;
    while (text.len - at >= 4) {
        if (BYTE_CLASS[bytes[at]]) return at;
        if (BYTE_CLASS[bytes[at + 1]]) return at + 1;
        if (BYTE_CLASS[bytes[at + 2]]) return at + 2;
        if (BYTE_CLASS[bytes[at + 3]]) return at + 3;
        at += 4;
    }
    while (at < text.len && !BYTE_CLASS[bytes[at]])
        at++;
    return at;
}

static bool scan_line(LineScan *scan, bool stop_at_colon)
{
    size_t at = scan->at, end = scan->text.len;
    for (;;) {
        at = skip_plain(scan->text, at);
        if (at >= end) break;
        switch (BYTE_CLASS[(unsigned char)scan->text.ptr[at]]) {
        case BYTE_NEWLINE:
            if (take_newline(scan, at)) return false;
            at++;
            break;
        case BYTE_QUOTE:
            at = string_skip(scan, at);
            break;
        case BYTE_COMMENT:
            at = take_comment(scan, at);
            break;
        case BYTE_BACKSLASH:
            at = take_backslash(scan, at);
            break;
        case BYTE_Y:
            note_word(scan, at++);
            break;
        case BYTE_OPEN:
            scan->depth++;
            at++;
            break;
        case BYTE_CLOSE:
            scan->depth -= scan->depth > 0;
            if (!scan->depth) scan->decorator = SIZE_MAX; /* what looked like one stood in brackets */
            at++;
            break;
        default: /* BYTE_COLON */
            at++;
            if (!stop_at_colon || scan->depth > 0) break;
            scan->at = at;
            return true;
        }
    }
    if (scan->depth > 0) scan->broken = true;
    end_line(scan, end, end);
    return false;
}

void line_rest(LineScan *scan)
{
    scan_line(scan, false);
}

bool line_colon(LineScan *scan)
{
    return scan_line(scan, true);
}
