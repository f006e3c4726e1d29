#include "standin/mail_text.h"

#include <strings.h>

#include "base/limits.h"

#include "base/banned.h"

void mail_text_begin(MailText *text)
{
    body_hash_begin(&text->hash, false);
    buf_clear(&text->boundaries);
    text->boundary_count = 0;
    text->in_head = text->is_outer = true;
    text->skips = text->says_type = false;
}

uint64_t mail_text_end(MailText *text)
{
    return body_hash_end(&text->hash);
}

void mail_text_free(MailText *text)
{
    body_hash_free(&text->hash);
    buf_free(&text->boundaries);
}

static bool same_letters(Str text, Str word)
{
    return text.len == word.len && strncasecmp(text.ptr, word.ptr, word.len) == 0;
}

static void add_line(MailText *text, Str line)
{
    body_hash_add(&text->hash, line);
    body_hash_add(&text->hash, STR("\n"));
}

/* --- boundaries --- */

enum { BOUNDARY_BYTES = 70 }; /* of RFC 2046 */

/* Where the value of "boundary=" begins; SIZE_MAX: the line says none. */
static size_t boundary_start(Str line)
{
    const Str key = STR("boundary=");
    for (size_t i = 0; i + key.len <= line.len; i++)
        if (same_letters(str_part(line, i, i + key.len), key)) return i + key.len;
    return SIZE_MAX;
}

static Str boundary_value(Str rest)
{
    if (str_starts(rest, STR("\""))) return str_before(str_drop(rest, 1), '"');
    return str_trim(str_before(rest, ';'));
}

/* A header's line that may name a boundary, which is left out. */
static void add_type_line(MailText *text, Str line)
{
    size_t start = boundary_start(line);
    Str value = start == SIZE_MAX ? STR("") : boundary_value(str_drop(line, start));
    if (!value.len || value.len > BOUNDARY_BYTES || text->boundary_count == LIMIT_MAIL_BOUNDARIES) {
        add_line(text, line);
        return;
    }
    buf_add(&text->boundaries, value);
    buf_add_byte(&text->boundaries, '\n');
    text->boundary_count++;
    size_t at = (size_t)(value.ptr - line.ptr);
    body_hash_add(&text->hash, str_part(line, 0, at));
    add_line(text, str_drop(line, at + value.len));
}

/* What stands behind the boundary in a line that parts the text, "" or "--"; a NULL pointer: the line is none. */
static Str behind_boundary(const MailText *text, Str line)
{
    Str rest = buf_str(&text->boundaries), inner = str_drop(line, 2);
    while (rest.len) {
        Str boundary = str_before(rest, '\n');
        rest = str_drop(rest, boundary.len + 1);
        if (!str_starts(inner, boundary)) continue;
        Str behind = str_trim(str_drop(inner, boundary.len));
        if (!behind.len || str_equal(behind, STR("--"))) return behind.len ? behind : STR("");
    }
    return (Str){NULL, 0};
}

/* --- lines --- */

static bool differs_each_time(Str name)
{
    return same_letters(name, STR("date")) || same_letters(name, STR("message-id")) ||
           same_letters(name, STR("dkim-signature"));
}

static void begin_header(MailText *text, Str line)
{
    Str name = str_trim(str_before(line, ':'));
    text->skips = text->is_outer && differs_each_time(name);
    text->says_type = same_letters(name, STR("content-type"));
    if (text->skips) add_line(text, name);
}

static void add_head_line(MailText *text, Str line)
{
    bool goes_on = str_starts(line, STR(" ")) || str_starts(line, STR("\t"));
    if (!goes_on) begin_header(text, line);
    if (text->skips) return;
    if (text->says_type)
        add_type_line(text, line);
    else
        add_line(text, line);
}

static void add_body_line(MailText *text, Str line)
{
    Str behind = str_starts(line, STR("--")) ? behind_boundary(text, line) : (Str){NULL, 0};
    if (!behind.ptr) {
        add_line(text, line);
        return;
    }
    body_hash_add(&text->hash, STR("--"));
    add_line(text, behind);
    text->in_head = !behind.len;
    text->is_outer = text->skips = text->says_type = false;
}

void mail_text_add(MailText *text, Str line)
{
    if (!text->in_head) {
        add_body_line(text, line);
    } else if (line.len) {
        add_head_line(text, line);
    } else {
        text->in_head = false;
        add_line(text, line);
    }
}
