#include "program/regex.h"

#include "base/banned.h"

enum { REGEX_DEPTH = 24 };

/* What one part of a pattern may match. */
typedef struct Part {
    bool optional;  /* the empty text too */
    bool endless;   /* it repeats without an end */
    bool splits;    /* one text in a number of ways that doubles with its length */
    bool dangerous; /* … and something behind it may fail */
} Part;

typedef struct Reader {
    Str text;
    size_t at;
    unsigned depth;
    bool failed; /* not understood */
} Reader;

static char peek(const Reader *reader)
{
    return reader->at < reader->text.len ? reader->text.ptr[reader->at] : '\0';
}

static bool take(Reader *reader, char byte)
{
    if (peek(reader) != byte || reader->at >= reader->text.len) return false;
    reader->at++;
    return true;
}

static Part read_alternatives(Reader *reader);

/* `[^]a-z]` behind its bracket */
static void read_class(Reader *reader)
{
    take(reader, '^');
    take(reader, ']');
    while (reader->at < reader->text.len && peek(reader) != ']')
        reader->at += peek(reader) == '\\' ? 2 : 1;
    if (!take(reader, ']')) reader->failed = true;
}

/* Behind `(?`: what kind of group it is. False: it matches no text, or does not go back. */
static bool read_group_kind(Reader *reader)
{
    char kind = peek(reader);
    if (kind == ':') return take(reader, ':');
    if (kind != 'P') return false;
    reader->at++;
    if (!take(reader, '<')) return false;
    while (reader->at < reader->text.len && peek(reader) != '>')
        reader->at++;
    return take(reader, '>');
}

static Part read_group(Reader *reader)
{
    bool plain = !take(reader, '?') || read_group_kind(reader);
    if (++reader->depth > REGEX_DEPTH) reader->failed = true;
    Part part = reader->failed ? (Part){0} : read_alternatives(reader);
    reader->depth--;
    if (!take(reader, ')')) reader->failed = true;
    return plain ? part : (Part){.optional = true, .dangerous = part.dangerous};
}

/* `{3}`, `{2,}`; false: the bracket stands for itself. */
static bool read_count(Reader *reader, Part *part)
{
    size_t end = reader->at + 1, digits = 0;
    bool open = false;
    for (; end < reader->text.len && reader->text.ptr[end] != '}'; end++) {
        char byte = reader->text.ptr[end];
        open = byte == ',';
        digits += byte >= '0' && byte <= '9';
        if (!open && (byte < '0' || byte > '9')) return false;
    }
    if (end >= reader->text.len || !digits) return false;
    bool none = reader->text.ptr[reader->at + 1] == '0' || reader->text.ptr[reader->at + 1] == ',';
    part->optional = part->optional || none;
    part->endless = part->endless || open;
    reader->at = end + 1;
    return open;
}

/* A repeat of what repeats and need not hold anything else. */
static void repeat(Part *part, bool group, bool inner_endless)
{
    if (group && inner_endless) part->splits = true;
    part->endless = true;
}

static void read_repeats(Reader *reader, Part *part, bool group)
{
    Part before = *part;
    bool endless = false;
    if (take(reader, '*')) {
        part->optional = endless = true;
    } else if (take(reader, '+')) {
        endless = true;
    } else if (take(reader, '?')) {
        part->optional = true;
    } else if (peek(reader) == '{') {
        endless = read_count(reader, part);
    } else {
        return;
    }
    if (take(reader, '+')) {
        *part = (Part){.optional = part->optional, .dangerous = before.dangerous};
        return;
    }
    take(reader, '?');
    if (endless) repeat(part, group, before.endless);
}

static Part read_piece(Reader *reader, bool *anchor)
{
    Part part = {0};
    bool group = take(reader, '(');
    *anchor = false;
    if (group) {
        part = read_group(reader);
    } else if (take(reader, '[')) {
        read_class(reader);
    } else if (take(reader, '\\')) {
        char byte = peek(reader);
        *anchor = byte == 'Z' || byte == 'z';
        part.optional = *anchor || byte == 'b' || byte == 'B' || byte == 'A';
        reader->at++;
    } else {
        char byte = peek(reader);
        *anchor = byte == '$';
        part.optional = byte == '$' || byte == '^';
        reader->at++;
    }
    read_repeats(reader, &part, group);
    return part;
}

/* One piece after the other. `endless`: one piece repeats without an end, and no other has to be there. */
static Part read_sequence(Reader *reader)
{
    Part whole = {.optional = true};
    size_t needed = 0, endless = 0, endless_needed = 0;
    while (reader->at < reader->text.len && peek(reader) != '|' && peek(reader) != ')' && !reader->failed) {
        bool anchor;
        Part part = read_piece(reader, &anchor);
        whole.dangerous = whole.dangerous || part.dangerous || (whole.splits && (anchor || !part.optional));
        whole.splits = whole.splits || part.splits;
        needed += !part.optional;
        endless += part.endless;
        endless_needed += part.endless && !part.optional;
        whole.optional = whole.optional && part.optional;
    }
    whole.endless = endless && needed <= 1 && needed == endless_needed;
    return whole;
}

static Part read_alternatives(Reader *reader)
{
    Part whole = read_sequence(reader);
    while (take(reader, '|')) {
        Part other = read_sequence(reader);
        whole.optional = whole.optional || other.optional;
        whole.endless = whole.endless || other.endless;
        whole.splits = whole.splits || other.splits;
        whole.dangerous = whole.dangerous || other.dangerous;
    }
    return whole;
}

bool regex_backtracks(Str pattern)
{
    Reader reader = {.text = pattern};
    Part whole = read_alternatives(&reader);
    return !reader.failed && reader.at == pattern.len && whole.dangerous;
}
