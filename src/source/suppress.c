#include "source/suppress.h"

#include <string.h>
#include <strings.h>

#include "base/banned.h"

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\f';
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static Str skip_blanks(Str text)
{
    while (text.len && is_blank(text.ptr[0]))
        text = str_drop(text, 1);
    return text;
}

static bool next_is(Str text, char byte)
{
    return text.len && text.ptr[0] == byte;
}

/* Takes a word in front, whatever its case. */
static bool take_word(Str *text, Str word)
{
    if (text->len < word.len || strncasecmp(text->ptr, word.ptr, word.len) != 0) return false;
    *text = str_drop(*text, word.len);
    return true;
}

/* Bytes of letters and digits in front that spell a code such as ASYNC210, or 0. */
static size_t code_bytes(Str text)
{
    size_t letters = 0;
    while (letters < text.len && is_letter(text.ptr[letters]))
        letters++;
    size_t at = letters;
    while (at < text.len && is_digit(text.ptr[at]))
        at++;
    return letters && at > letters ? at : 0;
}

bool suppress_is_code(Str text)
{
    return str_starts(text, STR("LS")) && text.len > 2 && is_digit(text.ptr[2]) &&
           code_bytes(text) == text.len;
}

/* ---- # loopsafe: ---- */

/* A remark ends where the next tool's marker starts: ` # `, ` #noqa`. */
static Str remark(Str text)
{
    for (size_t i = 1; i < text.len; i++) {
        if (text.ptr[i] != '#' || !is_blank(text.ptr[i - 1])) continue;
        Str rest = str_drop(text, i + 1);
        if (!rest.len || is_blank(rest.ptr[0]) || take_word(&rest, STR("noqa"))) return str_part(text, 0, i);
    }
    return text;
}

static Str reason_of(Str text)
{
    while (text.len && (is_blank(text.ptr[0]) || strchr(":-,", text.ptr[0])))
        text = str_drop(text, 1);
    return str_trim(next_is(text, '#') ? (Str){"", 0} : remark(text));
}

static size_t count_byte(Str text, char byte)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == byte;
    return count;
}

/* `LS110, LS130` between the brackets. */
static void read_list(Arena *arena, Str list, Suppression *marker)
{
    marker->codes = arena_array(arena, count_byte(list, ',') + 1, sizeof *marker->codes);
    for (bool more = true; more;) {
        size_t comma = str_find_byte(list, ',');
        more = comma != SIZE_MAX;
        Str code = str_trim(more ? str_part(list, 0, comma) : list);
        bool is_last_comma = !more && !code.len && marker->code_count;
        if (suppress_is_code(code))
            marker->codes[marker->code_count++] = code;
        else if (!is_last_comma)
            marker->malformed = true;
        if (more) list = str_drop(list, comma + 1);
    }
}

/* What stands behind `ignore` or `ignore-file`. */
static void read_arguments(Arena *arena, Str rest, Suppression *marker)
{
    if (next_is(skip_blanks(rest), '[')) {
        rest = str_drop(skip_blanks(rest), 1);
        size_t end = str_find_byte(remark(rest), ']');
        if (end == SIZE_MAX) {
            marker->malformed = true;
            return;
        }
        read_list(arena, str_part(rest, 0, end), marker);
        rest = str_drop(rest, end + 1);
    }
    marker->reason = reason_of(rest);
}

static Str take_verb(Str *text)
{
    size_t length = 0;
    while (length < text->len && (is_letter(text->ptr[length]) || text->ptr[length] == '-'))
        length++;
    Str verb = str_part(*text, 0, length);
    *text = str_drop(*text, length);
    return verb;
}

/* The marker's text behind `loopsafe:`. */
static void read_own(Arena *arena, Str rest, bool own_line, Suppression *marker)
{
    Str verb = take_verb(&rest);
    marker->kind = own_line ? SUPPRESS_NEXT : SUPPRESS_LINE;
    if (str_equal(verb, STR("ignore"))) {
        read_arguments(arena, rest, marker);
    } else if (str_equal(verb, STR("ignore-file"))) {
        read_arguments(arena, rest, marker);
        marker->kind = own_line ? SUPPRESS_FILE : SUPPRESS_LINE;
        if (!own_line) marker->malformed = true;
    } else if (str_equal(verb, STR("off-loop"))) {
        marker->kind = SUPPRESS_OFF_LOOP;
        marker->malformed = next_is(rest, '[');
        marker->reason = reason_of(rest);
    } else {
        marker->malformed = true;
    }
}

/* The text behind `# loopsafe:` wherever it stands in the comment; ptr NULL: nowhere. */
static Str find_own(Str comment)
{
    for (size_t i = 0; i < comment.len; i++) {
        if (comment.ptr[i] != '#' || (i && !is_blank(comment.ptr[i - 1]))) continue;
        Str rest = skip_blanks(str_drop(comment, i + 1));
        if (!str_starts(rest, STR("loopsafe"))) continue;
        rest = skip_blanks(str_drop(rest, strlen("loopsafe")));
        if (next_is(rest, ':')) return skip_blanks(str_drop(rest, 1));
    }
    return (Str){NULL, 0};
}

/* ---- # noqa ---- */

/* Reads `: A1, B2 C3`; codes may touch (`A1B2`). False: there is no list, so every code is meant. */
static bool read_noqa_codes(Arena *arena, Str rest, Suppression *marker)
{
    rest = skip_blanks(rest);
    if (!next_is(rest, ':')) return false;
    rest = skip_blanks(str_drop(rest, 1));
    marker->codes = arena_array(arena, rest.len / 2 + 1, sizeof *marker->codes);
    for (size_t length; (length = code_bytes(rest)) != 0;) {
        marker->codes[marker->code_count++] = str_part(rest, 0, length);
        rest = str_drop(rest, length);
        while (rest.len && (is_blank(rest.ptr[0]) || rest.ptr[0] == ','))
            rest = str_drop(rest, 1);
    }
    marker->reason = reason_of(rest);
    return marker->code_count > 0;
}

static bool names_our_code(const Suppression *marker)
{
    for (size_t i = 0; i < marker->code_count; i++)
        if (marker->codes[i].len > 2 && strncasecmp(marker->codes[i].ptr, "LS", 2) == 0 &&
            is_digit(marker->codes[i].ptr[2]))
            return true;
    return false;
}

/* `# noqa`, but not `# noqa_reason`: what follows is the end, a blank, ':' or another comment. */
static bool is_noqa_end(Str rest)
{
    return !rest.len || is_blank(rest.ptr[0]) || rest.ptr[0] == ':' || rest.ptr[0] == '#' ||
           rest.ptr[0] == ',';
}

static bool find_noqa(Arena *arena, Str comment, Suppression *marker)
{
    for (size_t i = 0; i < comment.len; i++) {
        if (comment.ptr[i] != '#') continue;
        Str rest = skip_blanks(str_drop(comment, i + 1));
        if (!take_word(&rest, STR("noqa")) || !is_noqa_end(rest)) continue;
        if (!read_noqa_codes(arena, rest, marker)) marker->reason = reason_of(rest);
        return true;
    }
    return false;
}

/* `# ruff: noqa: LS110`; the whole comment, and with codes of ours, else it is for the other tool. */
static bool find_file_noqa(Arena *arena, Str comment, Suppression *marker)
{
    Str rest = skip_blanks(str_drop(comment, 1));
    if (!take_word(&rest, STR("ruff")) && !take_word(&rest, STR("flake8"))) return false;
    rest = skip_blanks(rest);
    if (!next_is(rest, ':') && !next_is(rest, '=')) return false;
    rest = skip_blanks(str_drop(rest, 1));
    if (!take_word(&rest, STR("noqa"))) return false;
    marker->kind = SUPPRESS_FILE;
    return read_noqa_codes(arena, rest, marker) && names_our_code(marker);
}

bool suppress_parse(Arena *arena, Str comment, Span span, uint32_t row1, bool own_line, Suppression *marker)
{
    *marker = (Suppression){.kind = SUPPRESS_LINE, .span = span, .row1 = row1, .reason = {"", 0}};
    if (!next_is(comment, '#')) return false;
    Str own = find_own(comment);
    if (own.ptr) {
        read_own(arena, own, own_line, marker);
        return true;
    }
    marker->is_noqa = true;
    if (own_line && find_file_noqa(arena, comment, marker)) return true;
    *marker = (Suppression){.is_noqa = true, .span = span, .row1 = row1, .reason = {"", 0}};
    return find_noqa(arena, comment, marker);
}

bool suppress_covers(const Suppression *marker, Str code)
{
    if (marker->malformed || marker->kind == SUPPRESS_OFF_LOOP) return false;
    if (!marker->code_count) return true;
    for (size_t i = 0; i < marker->code_count; i++) {
        Str prefix = marker->codes[i];
        bool is_ours = prefix.len > 2 && is_digit(prefix.ptr[2]); /* not the L of another tool's L1 */
        if (is_ours && prefix.len <= code.len && strncasecmp(prefix.ptr, code.ptr, prefix.len) == 0)
            return true;
    }
    return false;
}
