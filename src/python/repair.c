#include "python/repair.h"

#include <string.h>

#include "python/line.h"

#include "base/banned.h"

typedef struct Repair {
    LineScan line;
    char *copy; /* of the text from `start` on */
    size_t start;
    size_t before; /* last byte of code before `at`, or SIZE_MAX */
    bool changed;
} Repair;

static void put(Repair *repair, size_t at, char byte)
{
    repair->changed |= repair->copy[at - repair->start] != byte;
    repair->copy[at - repair->start] = byte;
}

static void blank(Repair *repair, size_t start, size_t end)
{
    for (size_t i = start; i < end; i++)
        put(repair, i, ' ');
}

static size_t word_end(Str text, size_t at)
{
    return at + str_word(text, at).len;
}

/* Behind the bracket that closes the one at `at`. */
static size_t skip_brackets(LineScan *line, size_t at)
{
    size_t depth = 0;
    while (at < line->text.len) {
        char byte = line->text.ptr[at];
        if (byte == '"' || byte == '\'') {
            at = string_skip(line, at);
            continue;
        }
        depth += byte == '[' || byte == '(' || byte == '{';
        depth -= (byte == ']' || byte == ')' || byte == '}') && depth > 0;
        at++;
        if (depth == 0) break;
    }
    return at;
}

/* Behind `def name` and what stands in brackets after it. */
static size_t repair_type_parameters(Repair *repair, size_t name)
{
    Str text = repair->line.text;
    size_t end = word_end(text, name), bracket = line_skip_blanks(text, end);
    if (end == name || bracket >= text.len || text.ptr[bracket] != '[') return end;
    end = skip_brackets(&repair->line, bracket);
    blank(repair, bracket, end);
    return end;
}

static bool is_async_syntax(Str text, size_t next)
{
    return line_word(text, next, STR("def")) != SIZE_MAX || line_word(text, next, STR("for")) != SIZE_MAX ||
           line_word(text, next, STR("with")) != SIZE_MAX;
}

static size_t repair_word(Repair *repair, size_t at)
{
    static const char *const NAMED[] = {"def", "class", "type"};
    Str text = repair->line.text;
    size_t end = word_end(text, at), next = line_word(text, at, STR("async"));
    if (next != SIZE_MAX && !is_async_syntax(text, next)) {
        for (size_t i = at + 1; i < end; i++)
            put(repair, i, '_');
        return end;
    }
    for (size_t i = 0; i < sizeof NAMED / sizeof *NAMED; i++) {
        next = line_word(text, at, str_from(NAMED[i]));
        if (next != SIZE_MAX) return repair_type_parameters(repair, next);
    }
    return end;
}

/* May an expression start behind the code that ends with the byte at `before`? */
static bool expects_expression(Str text, size_t before)
{
    static const char *const WORDS[] = {"return", "match", "in", "yield"};
    if (before == SIZE_MAX || strchr(",([{=:;", text.ptr[before])) return true;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        size_t length = strlen(WORDS[i]);
        if (before + 1 < length) continue;
        size_t start = before + 1 - length;
        if (start > 0 && byte_is_word(text.ptr[start - 1])) continue;
        if (memcmp(text.ptr + start, WORDS[i], length) == 0) return true;
    }
    return false;
}

static bool starts_name(char byte)
{
    return byte_is_word(byte) && !(byte >= '0' && byte <= '9');
}

/* `*` before anything but a name. */
static void repair_star(Repair *repair, size_t at)
{
    Str text = repair->line.text;
    size_t next = line_skip_blanks(text, at + 1);
    if (next >= text.len || starts_name(text.ptr[next]) || strchr("*,):=", text.ptr[next])) return;
    if (expects_expression(text, repair->before)) put(repair, at, '~');
}

/* `{name:=` in an f-string: the equals sign is a fill character. */
static void repair_fields(Repair *repair, size_t start, size_t end)
{
    Str text = repair->line.text;
    for (size_t at = start; at < end; at++) {
        if (text.ptr[at] != '{') continue;
        size_t stop = at + 1;
        while (stop < end && (byte_is_word(text.ptr[stop]) || text.ptr[stop] == '.' || text.ptr[stop] == ' '))
            stop++;
        if (stop + 1 < end && text.ptr[stop] == ':' && text.ptr[stop + 1] == '=') put(repair, stop + 1, '<');
    }
}

static size_t repair_comment(Repair *repair, size_t at)
{
    const char *found = memchr(repair->line.text.ptr + at, '\n', repair->line.text.len - at);
    size_t end = found ? (size_t)(found - repair->line.text.ptr) : repair->line.text.len;
    if (repair->line.depth > 0) blank(repair, at, end);
    return end;
}

static size_t repair_string(Repair *repair, size_t at)
{
    size_t end = string_skip(&repair->line, at);
    repair_fields(repair, at, end);
    return end;
}

static size_t repair_space(Repair *repair, size_t at)
{
    if (repair->line.depth > 0)
        put(repair, at, ' ');
    else if (repair->before != SIZE_MAX && repair->line.text.ptr[repair->before] != '\\')
        repair->before = SIZE_MAX;
    return at + 1;
}

static size_t repair_byte(Repair *repair, size_t at)
{
    char byte = repair->line.text.ptr[at];
    if (byte == '*') repair_star(repair, at);
    if (byte == '(' || byte == '[' || byte == '{') repair->line.depth++;
    if ((byte == ')' || byte == ']' || byte == '}') && repair->line.depth > 0) repair->line.depth--;
    return at + 1;
}

static size_t repair_at(Repair *repair, size_t at)
{
    char byte = repair->line.text.ptr[at];
    if (byte == '\n' || byte == '\r') return repair_space(repair, at);
    if (byte == '#') return repair_comment(repair, at);
    if (byte == '"' || byte == '\'') return repair_string(repair, at);
    return byte_is_word(byte) ? repair_word(repair, at) : repair_byte(repair, at);
}

bool repair_text(Str text, Span span, Buf *copy)
{
    buf_add(copy, str_part(text, span.start, span.end));
    Repair repair = {
        .line = {.text = str_part(text, 0, span.end), .comment_start = SIZE_MAX, .decorator = SIZE_MAX},
        .copy = copy->data,
        .start = span.start,
        .before = SIZE_MAX};
    for (size_t at = span.start; at < span.end;) {
        char byte = text.ptr[at];
        size_t next = repair_at(&repair, at);
        if (byte != ' ' && byte != '\t' && byte != '\n' && byte != '\r' && byte != '#')
            repair.before = next - 1;
        at = next;
    }
    return repair.changed;
}
