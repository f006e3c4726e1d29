#include "source/glob.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/vec.h"
#include "base/banned.h"

typedef enum TokenKind {
    TOKEN_BYTE,        /* this byte */
    TOKEN_ANY,         /* one byte */
    TOKEN_PART,        /* one byte but '/' */
    TOKEN_CLASS,       /* one byte of a set */
    TOKEN_STAR,        /* any bytes but '/' */
    TOKEN_ALL,         /* any bytes */
    TOKEN_DIRECTORIES, /* `**` and '/': nothing, or any bytes that end in '/' */
} TokenKind;

struct GlobToken {
    TokenKind kind;
    unsigned char byte;
    const uint8_t *set; /* TOKEN_CLASS: 256 bits */
};

typedef VEC(GlobToken) TokenVec;

/* A pattern that is being read; malformed ends the reading. */
typedef struct Reader {
    Arena *arena;
    Str pattern;
    size_t at;
    bool crosses; /* `*`, `?` and sets match '/' */
    bool malformed;
    TokenVec tokens;
} Reader;

static bool is_special(char byte)
{
    return byte == '*' || byte == '?' || byte == '[' || byte == '\\';
}

size_t glob_literal_bytes(Str pattern)
{
    size_t at = 0;
    while (at < pattern.len && !is_special(pattern.ptr[at]))
        at++;
    return at;
}

/* The byte at a place, 0 beyond the end. */
static unsigned char peek(const Reader *reader, size_t at)
{
    return at < reader->pattern.len ? (unsigned char)reader->pattern.ptr[at] : 0;
}

static void add_token(Reader *reader, TokenKind kind, unsigned char byte, const uint8_t *set)
{
    vec_add(&reader->tokens, ((GlobToken){kind, byte, set}));
}

/* ---- sets ---- */

typedef struct ClassName {
    const char *name;
    int (*contains)(int byte);
} ClassName;

static const ClassName CLASS_NAMES[] = {
    {"alnum", isalnum}, {"alpha", isalpha}, {"blank", isblank}, {"cntrl", iscntrl},
    {"digit", isdigit}, {"graph", isgraph}, {"lower", islower}, {"print", isprint},
    {"punct", ispunct}, {"space", isspace}, {"upper", isupper}, {"xdigit", isxdigit},
};

static void set_add(uint8_t *set, unsigned first, unsigned last)
{
    for (unsigned byte = first; byte <= last; byte++)
        set[byte / 8] |= (uint8_t)(1u << byte % 8);
}

static bool set_has(const uint8_t *set, unsigned char byte)
{
    return set[byte / 8] >> byte % 8 & 1;
}

static bool set_add_class(uint8_t *set, Str name)
{
    for (size_t i = 0; i < sizeof CLASS_NAMES / sizeof *CLASS_NAMES; i++) {
        if (!str_equal(name, str_from(CLASS_NAMES[i].name))) continue;
        for (int byte = 1; byte < 128; byte++)
            if (CLASS_NAMES[i].contains(byte)) set_add(set, (unsigned)byte, (unsigned)byte);
        return true;
    }
    return false;
}

/* `[:alpha:]` at the reader's place; false: it is not one, '[' stands for itself. */
static bool read_class_name(Reader *reader, uint8_t *set)
{
    Str rest = str_part(reader->pattern, reader->at + 2, reader->pattern.len);
    size_t end = str_find_byte(rest, ']');
    if (end == SIZE_MAX) {
        reader->malformed = true;
        return true;
    }
    if (end == 0 || rest.ptr[end - 1] != ':') return false;
    if (!set_add_class(set, str_part(rest, 0, end - 1))) reader->malformed = true;
    reader->at += 2 + end;
    return true;
}

/* An escaped or plain byte at the reader's place; steps on its last byte. */
static unsigned char read_set_byte(Reader *reader)
{
    if (peek(reader, reader->at) == '\\') reader->at++;
    unsigned char byte = peek(reader, reader->at);
    if (!byte) reader->malformed = true;
    return byte;
}

/* One member of a set; gives the byte that may start a range, or 0. */
static unsigned char read_member(Reader *reader, uint8_t *set, unsigned char previous)
{
    unsigned char byte = peek(reader, reader->at), next = peek(reader, reader->at + 1);
    if (byte == '[' && next == ':' && read_class_name(reader, set)) return 0;
    if (byte == '-' && previous && next && next != ']') {
        reader->at++;
        set_add(set, previous, read_set_byte(reader));
        return 0;
    }
    byte = read_set_byte(reader);
    set_add(set, byte, byte);
    return byte;
}

/* Reads behind '['; leaves the reader behind ']'. */
static void read_set(Reader *reader)
{
    uint8_t *set = arena_alloc(reader->arena, 32);
    bool negated = peek(reader, reader->at) == '!' || peek(reader, reader->at) == '^';
    if (negated) reader->at++;
    unsigned char previous = 0;
    do {
        previous = read_member(reader, set, previous);
        reader->at++;
    } while (!reader->malformed && peek(reader, reader->at) != ']');
    reader->at++;
    if (negated)
        for (size_t i = 0; i < 32; i++)
            set[i] = (uint8_t)~set[i];
    if (!reader->crosses) set['/' / 8] &= (uint8_t) ~(1u << '/' % 8);
    add_token(reader, TOKEN_CLASS, 0, set);
}

/* ---- compiling ---- */

/* Reads one or more stars; `**` is more than `*` only between slashes or at an end. */
static void read_stars(Reader *reader)
{
    size_t first = reader->at;
    while (peek(reader, reader->at) == '*')
        reader->at++;
    unsigned char next = peek(reader, reader->at);
    bool opens = first == 0 || reader->pattern.ptr[first - 1] == '/';
    bool is_double = reader->at - first >= 2 && opens &&
                     (next == 0 || next == '/' || (next == '\\' && peek(reader, reader->at + 1) == '/'));
    if (is_double && next == '/') {
        reader->at++;
        add_token(reader, TOKEN_DIRECTORIES, 0, NULL);
    } else {
        add_token(reader, is_double || reader->crosses ? TOKEN_ALL : TOKEN_STAR, 0, NULL);
    }
}

static void read_token(Reader *reader)
{
    unsigned char byte = peek(reader, reader->at);
    if (byte == '*') {
        read_stars(reader);
        return;
    }
    reader->at++;
    if (byte == '[') {
        read_set(reader);
    } else if (byte == '?') {
        add_token(reader, reader->crosses ? TOKEN_ANY : TOKEN_PART, 0, NULL);
    } else if (byte == '\\') {
        if (reader->at == reader->pattern.len)
            reader->malformed = true;
        else
            add_token(reader, TOKEN_BYTE, peek(reader, reader->at++), NULL);
    } else {
        add_token(reader, TOKEN_BYTE, byte, NULL);
    }
}

bool glob_compile(Arena *arena, Str pattern, GlobDialect dialect, Glob *glob)
{
    size_t literal = glob_literal_bytes(pattern);
    *glob = (Glob){.literal = str_part(pattern, 0, literal)};
    /* git reads what follows the literal as a pattern of its own, so `a**` + `/b` spans directories there. */
    Reader reader = {.arena = arena, .pattern = pattern, .at = literal, .crosses = dialect == GLOB_RUFF};
    if (dialect == GLOB_GIT) {
        reader.pattern = str_part(pattern, literal, pattern.len);
        reader.at = 0;
    }
    while (reader.at < reader.pattern.len && !reader.malformed)
        read_token(&reader);
    glob->never = reader.malformed;
    glob->token_count = reader.tokens.count;
    glob->tokens = arena_array(arena, glob->token_count, sizeof *glob->tokens);
    if (glob->token_count)
        memcpy(glob->tokens, reader.tokens.items, glob->token_count * sizeof *glob->tokens);
    vec_free(&reader.tokens);
    return !glob->never || dialect == GLOB_GIT;
}

/* ---- matching: the set of tokens that may come next, moved on byte by byte ---- */

/* Marks a place and those that can be reached from it without a byte. */
static void enter(const Glob *glob, bool *places, size_t place)
{
    for (; !places[place]; place++) {
        places[place] = true;
        if (place == glob->token_count) return;
        TokenKind kind = glob->tokens[place].kind;
        if (kind != TOKEN_STAR && kind != TOKEN_ALL && kind != TOKEN_DIRECTORIES) return;
    }
}

/* Where a place leads on this byte. Places of TOKEN_DIRECTORIES come in two: entered, and inside (the second half
 * of the array), because once it has taken a byte it must end in '/'. */
static void step(const Glob *glob, size_t place, unsigned char byte, bool *places, bool *inside)
{
    const GlobToken *token = &glob->tokens[place];
    switch (token->kind) {
    case TOKEN_BYTE:
        if (byte == token->byte) enter(glob, places, place + 1);
        break;
    case TOKEN_ANY:
        enter(glob, places, place + 1);
        break;
    case TOKEN_PART:
        if (byte != '/') enter(glob, places, place + 1);
        break;
    case TOKEN_CLASS:
        if (set_has(token->set, byte)) enter(glob, places, place + 1);
        break;
    case TOKEN_STAR:
        if (byte != '/') enter(glob, places, place);
        break;
    case TOKEN_ALL:
        enter(glob, places, place);
        break;
    case TOKEN_DIRECTORIES:
        inside[place] = true;
        if (byte == '/') enter(glob, places, place + 1);
        break;
    }
}

typedef struct Places {
    bool *now, *now_inside, *next, *next_inside;
} Places;

static bool match_tokens(const Glob *glob, Str name, bool *memory)
{
    size_t size = glob->token_count + 1;
    Places places = {memory, memory + size, memory + 2 * size, memory + 3 * size};
    memset(memory, 0, 4 * size);
    enter(glob, places.now, 0);
    for (size_t i = 0; i < name.len; i++) {
        memset(places.next, 0, 2 * size);
        bool any = false;
        for (size_t place = 0; place < glob->token_count; place++) {
            if (!places.now[place] && !places.now_inside[place]) continue;
            step(glob, place, (unsigned char)name.ptr[i], places.next, places.next_inside);
            any = true;
        }
        if (!any) return false;
        places = (Places){places.next, places.next_inside, places.now, places.now_inside};
    }
    return places.now[glob->token_count];
}

enum { FEW_TOKENS = 127 };

bool glob_matches(const Glob *glob, Str name)
{
    if (glob->never || !str_starts(name, glob->literal)) return false;
    name = str_part(name, glob->literal.len, name.len);
    if (!glob->token_count) return name.len == 0;
    bool few[4 * (FEW_TOKENS + 1)];
    if (glob->token_count <= FEW_TOKENS) return match_tokens(glob, name, few);
    bool *many = memory_alloc(4 * (glob->token_count + 1));
    bool matches = match_tokens(glob, name, many);
    free(many);
    return matches;
}

/* ---- braces ---- */

static size_t skip_set(Str pattern, size_t at)
{
    size_t end = at + 1;
    if (end < pattern.len && (pattern.ptr[end] == '!' || pattern.ptr[end] == '^')) end++;
    if (end < pattern.len) end++;
    while (end < pattern.len && pattern.ptr[end] != ']')
        end++;
    return end < pattern.len ? end : at;
}

/* First unescaped byte of `wanted` at depth 0 from `at` on, or the length. */
static size_t find_outside(Str pattern, size_t at, const char *wanted)
{
    size_t depth = 0;
    for (; at < pattern.len; at++) {
        char byte = pattern.ptr[at];
        if (depth == 0 && strchr(wanted, byte)) return at;
        if (byte == '\\')
            at++;
        else if (byte == '[')
            at = skip_set(pattern, at);
        else if (byte == '{')
            depth++;
        else if (byte == '}' && depth)
            depth--;
    }
    return pattern.len;
}

static size_t find_close(Str pattern, size_t open)
{
    size_t at = find_outside(pattern, open + 1, ",}");
    while (at < pattern.len && pattern.ptr[at] == ',')
        at = find_outside(pattern, at + 1, ",}");
    return at;
}

/* Adds the pattern once for each choice of the braces at `open`. */
static bool add_choices(Arena *arena, Str pattern, size_t open, Str *items, size_t *count)
{
    size_t close = find_close(pattern, open);
    if (close == pattern.len) return false;
    Str front = str_part(pattern, 0, open), back = str_part(pattern, close + 1, pattern.len);
    for (size_t at = open + 1, end; at <= close; at = end + 1) {
        end = find_outside(pattern, at, ",}");
        if (*count == LIMIT_PATTERN_NAMES) return false;
        items[(*count)++] = str_join(arena, front, str_part(pattern, at, end), back);
    }
    return true;
}

bool glob_expand(Arena *arena, Str pattern, Str **expanded, size_t *count)
{
    bool is_plain = find_outside(pattern, 0, "{}") == pattern.len;
    Str *items = arena_array(arena, is_plain ? 1 : LIMIT_PATTERN_NAMES, sizeof *items);
    size_t filled = 1, done = 0;
    items[0] = pattern;
    while (done < filled) {
        Str next = items[done];
        size_t open = find_outside(next, 0, "{}");
        if (open == next.len) {
            done++;
            continue;
        }
        items[done] = items[--filled];
        if (next.ptr[open] == '}' || !add_choices(arena, next, open, items, &filled)) return false;
    }
    *expanded = items;
    *count = filled;
    return true;
}
