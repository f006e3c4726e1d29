#include "source/text.h"

#include <iconv.h>
#include <string.h>
#include <stdlib.h>

#include "base/banned.h"

enum { REPLACEMENT = 0xFFFD, COOKIE_NAME_BYTES = 64 };

/* What turns bytes into code points. */
typedef enum Decoder {
    DECODER_UTF8,
    DECODER_ASCII,
    DECODER_LATIN1,
    DECODER_LATIN9, /* iso-8859-15 */
    DECODER_CP1252,
    DECODER_ICONV /* by the C library, when it knows the name */
} Decoder;

typedef struct DecoderName {
    const char *name; /* lower case, '-' for '_' */
    Decoder decoder;
    const char *shown;
} DecoderName;

/* What Python calls the encodings that are decoded here; iconv need not be asked. */
static const DecoderName DECODER_NAMES[] = {
    {"utf-8", DECODER_UTF8, "utf-8"},
    {"utf8", DECODER_UTF8, "utf-8"},
    {"u8", DECODER_UTF8, "utf-8"},
    {"utf", DECODER_UTF8, "utf-8"},
    {"utf-8-sig", DECODER_UTF8, "utf-8"},
    {"cp65001", DECODER_UTF8, "utf-8"},
    {"ascii", DECODER_ASCII, "ascii"},
    {"us-ascii", DECODER_ASCII, "ascii"},
    {"646", DECODER_ASCII, "ascii"},
    {"ansi-x3.4-1968", DECODER_ASCII, "ascii"},
    {"latin-1", DECODER_LATIN1, "latin-1"},
    {"latin1", DECODER_LATIN1, "latin-1"},
    {"iso-8859-1", DECODER_LATIN1, "latin-1"},
    {"iso8859-1", DECODER_LATIN1, "latin-1"},
    {"iso-latin-1", DECODER_LATIN1, "latin-1"},
    {"8859", DECODER_LATIN1, "latin-1"},
    {"cp819", DECODER_LATIN1, "latin-1"},
    {"l1", DECODER_LATIN1, "latin-1"},
    {"latin", DECODER_LATIN1, "latin-1"},
    {"iso-8859-15", DECODER_LATIN9, "iso-8859-15"},
    {"latin-9", DECODER_LATIN9, "iso-8859-15"},
    {"iso8859-15", DECODER_LATIN9, "iso-8859-15"},
    {"latin9", DECODER_LATIN9, "iso-8859-15"},
    {"l9", DECODER_LATIN9, "iso-8859-15"},
    {"cp1252", DECODER_CP1252, "cp1252"},
    {"windows-1252", DECODER_CP1252, "cp1252"},
    {"1252", DECODER_CP1252, "cp1252"},
};

/* 0x80 .. 0x9f; 0: not assigned. */
static const uint16_t CP1252_HIGH[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

/* ---- UTF-8 ---- */

/* Bytes from `at` on that are ASCII, eight at a time. */
static size_t skip_ascii(const char *text, size_t at, size_t end)
{
    const uint64_t high_bits = 0x8080808080808080u;
    while (end - at >= 16) {
        uint64_t first, second;
        memcpy(&first, text + at, 8);
        memcpy(&second, text + at + 8, 8);
        if ((first | second) & high_bits) break;
        at += 16;
    }
    while (at < end && (unsigned char)text[at] < 0x80)
        at++;
    return at;
}

static bool is_between(unsigned char byte, unsigned char least, unsigned char most)
{
    return byte >= least && byte <= most;
}

/* Bytes of the well-formed character that starts at text (not ASCII), or 0. */
static size_t character_bytes(const char *text, size_t left)
{
    const unsigned char *byte = (const unsigned char *)text;
    unsigned char least = 0x80, most = 0xBF; /* of the second byte */
    size_t size = is_between(byte[0], 0xC2, 0xDF) ? 2 : is_between(byte[0], 0xE0, 0xEF) ? 3 : 4;
    if (!is_between(byte[0], 0xC2, 0xF4) || left < size) return 0;
    if (byte[0] == 0xE0)
        least = 0xA0; /* shorter form exists */
    else if (byte[0] == 0xED)
        most = 0x9F; /* surrogates */
    else if (byte[0] == 0xF0)
        least = 0x90; /* shorter form exists */
    else if (byte[0] == 0xF4)
        most = 0x8F; /* above U+10FFFF */
    if (!is_between(byte[1], least, most)) return 0;
    for (size_t i = 2; i < size; i++)
        if (!is_between(byte[i], 0x80, 0xBF)) return 0;
    return size;
}

/* Position of the first byte at or after `at` that is not well-formed UTF-8, or the length. */
static size_t first_bad_byte(Str text, size_t at)
{
    for (;;) {
        at = skip_ascii(text.ptr, at, text.len);
        if (at == text.len) return at;
        size_t size = character_bytes(text.ptr + at, text.len - at);
        if (!size) return at;
        at += size;
    }
}

static uint32_t count_bad_bytes(Str text)
{
    uint32_t count = 0;
    for (size_t at = first_bad_byte(text, 0); at < text.len; at = first_bad_byte(text, at + 1))
        count++;
    return count;
}

static char *put_character(char *at, uint32_t point)
{
    if (point < 0x80) {
        *at++ = (char)point;
    } else if (point < 0x800) {
        *at++ = (char)(0xC0 | point >> 6);
        *at++ = (char)(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        *at++ = (char)(0xE0 | point >> 12);
        *at++ = (char)(0x80 | (point >> 6 & 0x3F));
        *at++ = (char)(0x80 | (point & 0x3F));
    } else {
        *at++ = (char)(0xF0 | point >> 18);
        *at++ = (char)(0x80 | (point >> 12 & 0x3F));
        *at++ = (char)(0x80 | (point >> 6 & 0x3F));
        *at++ = (char)(0x80 | (point & 0x3F));
    }
    return at;
}

static void decode_utf8(Arena *arena, Str bytes, SourceText *source)
{
    source->text = bytes;
    source->replaced_count = count_bad_bytes(bytes);
    if (!source->replaced_count) return;
    char *data = arena_alloc(arena, bytes.len + 2 * (size_t)source->replaced_count + 1);
    char *at = data;
    for (size_t start = 0; start < bytes.len;) {
        size_t bad = first_bad_byte(bytes, start);
        memcpy(at, bytes.ptr + start, bad - start);
        at += bad - start;
        if (bad < bytes.len) at = put_character(at, REPLACEMENT);
        start = bad + 1;
    }
    source->text = (Str){data, (size_t)(at - data)};
}

/* ---- one byte, one character ---- */

static uint32_t latin9_point(unsigned char byte)
{
    switch (byte) {
    case 0xA4:
        return 0x20AC;
    case 0xA6:
        return 0x0160;
    case 0xA8:
        return 0x0161;
    case 0xB4:
        return 0x017D;
    case 0xB8:
        return 0x017E;
    case 0xBC:
        return 0x0152;
    case 0xBD:
        return 0x0153;
    case 0xBE:
        return 0x0178;
    default:
        return byte;
    }
}

/* The code point of a byte above 0x7f; 0: not assigned. */
static uint32_t high_point(Decoder decoder, unsigned char byte)
{
    switch (decoder) {
    case DECODER_LATIN1:
        return byte;
    case DECODER_LATIN9:
        return latin9_point(byte);
    case DECODER_CP1252:
        return byte < 0xA0 ? CP1252_HIGH[byte - 0x80] : byte;
    default:
        return 0;
    }
}

static size_t count_high_bytes(Str bytes)
{
    size_t count = 0;
    for (size_t i = skip_ascii(bytes.ptr, 0, bytes.len); i < bytes.len; i++)
        count += (unsigned char)bytes.ptr[i] >> 7;
    return count;
}

static void decode_single_bytes(Arena *arena, Str bytes, Decoder decoder, SourceText *source)
{
    source->text = bytes;
    size_t high_count = count_high_bytes(bytes);
    if (!high_count) return;
    char *data = arena_alloc(arena, bytes.len + 2 * high_count + 1);
    char *at = data;
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char byte = (unsigned char)bytes.ptr[i];
        uint32_t point = byte < 0x80 ? byte : high_point(decoder, byte);
        if (byte >= 0x80 && !point) {
            point = REPLACEMENT;
            source->replaced_count++;
        }
        at = put_character(at, point);
    }
    source->text = (Str){data, (size_t)(at - data)};
}

/* ---- UTF-16, when a byte order mark says so ---- */

static uint32_t unit_at(Str bytes, size_t at, bool big_endian)
{
    uint32_t first = (unsigned char)bytes.ptr[at], second = (unsigned char)bytes.ptr[at + 1];
    return big_endian ? first << 8 | second : second << 8 | first;
}

static void decode_utf16(Arena *arena, Str bytes, bool big_endian, SourceText *source)
{
    char *data = arena_alloc(arena, bytes.len / 2 * 3 + 4);
    char *at = data;
    size_t i = 0;
    while (i + 1 < bytes.len) {
        uint32_t point = unit_at(bytes, i, big_endian);
        uint32_t next = i + 3 < bytes.len ? unit_at(bytes, i + 2, big_endian) : 0;
        i += 2;
        if (point >= 0xD800 && point < 0xDC00 && next >= 0xDC00 && next < 0xE000) {
            point = 0x10000 + ((point - 0xD800) << 10) + (next - 0xDC00);
            i += 2;
        } else if (point >= 0xD800 && point < 0xE000) {
            point = REPLACEMENT;
            source->replaced_count += 2;
        }
        at = put_character(at, point);
    }
    if (i < bytes.len) {
        at = put_character(at, REPLACEMENT);
        source->replaced_count++;
    }
    source->text = (Str){data, (size_t)(at - data)};
}

/* ---- anything the C library knows ---- */

/* A growing text in malloc'd memory is not needed: every byte gives at most this many bytes of UTF-8. */
enum { ICONV_GROWTH = 6 };

/* Converts the whole text into data; bytes that do not convert become U+FFFD. Gives the end. */
static char *convert(iconv_t converter, Str bytes, char *data, size_t room, uint32_t *replaced_count)
{
    char *in = (char *)(uintptr_t)bytes.ptr; /* iconv does not write there; POSIX forgot the const */
    size_t in_left = bytes.len;
    char *out = data;
    while (in_left) {
        if (iconv(converter, &in, &in_left, &out, &room) != (size_t)-1) break;
        if (room < 4) break;
        char *after = put_character(out, REPLACEMENT);
        room -= (size_t)(after - out);
        out = after;
        in++;
        in_left--;
        ++*replaced_count;
    }
    iconv(converter, NULL, NULL, &out, &room);
    return out;
}

/* Python needs to read the cookie before it knows the encoding, so ASCII must mean itself. */
static bool keeps_ascii(iconv_t converter)
{
    const Str sample = STR("# coding: AZaz09+-_.{}()[]<>='\"\n\t@$&!?;,/*%^|\\~");
    char out[256];
    uint32_t replaced_count = 0;
    char *end = convert(converter, sample, out, sizeof out, &replaced_count);
    iconv(converter, NULL, NULL, NULL, NULL);
    return str_equal((Str){out, (size_t)(end - out)}, sample);
}

/* Python's names that the C library does not know. Its Shift JIS has a yen sign for the backslash; Microsoft's has
 * not, nor has Python's. */
const char *text_library_encoding(const char *encoding)
{
    static const struct {
        const char *python, *library;
    } names[] = {{"shift-jis", "CP932"}, {"shiftjis", "CP932"},      {"sjis", "CP932"},
                 {"s-jis", "CP932"},     {"mac-roman", "MACINTOSH"}, {"iso2022-jp", "ISO-2022-JP"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(encoding, names[i].python) == 0) return names[i].library;
    return encoding;
}

static iconv_t converter_open(const char *name)
{
    iconv_t converter = iconv_open("UTF-8", name);
    if (converter == (iconv_t)-1 || keeps_ascii(converter)) return converter;
    iconv_close(converter);
    return (iconv_t)-1;
}

static bool decode_iconv(Arena *arena, Str bytes, const char *name, SourceText *source)
{
    iconv_t converter = converter_open(name);
    if (converter == (iconv_t)-1) return false;
    size_t room = bytes.len * ICONV_GROWTH + 16;
    char *scratch = memory_alloc(room);
    char *end = convert(converter, bytes, scratch, room, &source->replaced_count);
    iconv_close(converter);
    size_t length = (size_t)(end - scratch);
    source->text = (Str){arena_copy(arena, scratch, length), length};
    free(scratch);
    return true;
}

/* ---- the cookie of PEP 263 ---- */

static bool is_cookie_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '-' || byte == '_' || byte == '.';
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\f';
}

static Str first_line(Str text)
{
    size_t length = 0;
    while (length < text.len && text.ptr[length] != '\n' && text.ptr[length] != '\r')
        length++;
    return str_part(text, 0, length);
}

static Str after_line(Str text, Str line)
{
    Str rest = str_part(text, line.len, text.len);
    bool is_pair = rest.len > 1 && rest.ptr[0] == '\r' && rest.ptr[1] == '\n';
    return str_part(rest, is_pair ? 2 : 1, rest.len);
}

static Str skip_space(Str text)
{
    size_t at = 0;
    while (at < text.len && is_space(text.ptr[at]))
        at++;
    return str_part(text, at, text.len);
}

/* The encoding that a comment line names, or the empty text. */
static Str cookie_of_line(Str line)
{
    Str rest = skip_space(line);
    if (!rest.len || rest.ptr[0] != '#') return (Str){"", 0};
    const Str word = STR("coding");
    for (size_t at; (at = str_find(rest, word)) != SIZE_MAX;) {
        rest = str_part(rest, at + word.len, rest.len);
        if (!rest.len || (rest.ptr[0] != ':' && rest.ptr[0] != '=')) continue;
        Str name = str_part(rest, 1, rest.len);
        while (name.len && (name.ptr[0] == ' ' || name.ptr[0] == '\t'))
            name = str_part(name, 1, name.len);
        size_t length = 0;
        while (length < name.len && is_cookie_byte(name.ptr[length]))
            length++;
        if (length) return str_part(name, 0, length);
    }
    return (Str){"", 0};
}

static Str find_cookie(Str text)
{
    Str line = first_line(text);
    Str cookie = cookie_of_line(line);
    Str code = skip_space(line);
    if (cookie.len || (code.len && code.ptr[0] != '#')) return cookie;
    return cookie_of_line(first_line(after_line(text, line)));
}

/* Lower case with '-' for '_', as Python compares names. */
static void normal_name(Str cookie, char name[COOKIE_NAME_BYTES])
{
    size_t length = cookie.len < COOKIE_NAME_BYTES - 1 ? cookie.len : COOKIE_NAME_BYTES - 1;
    for (size_t i = 0; i < length; i++) {
        char byte = cookie.ptr[i];
        name[i] = byte == '_' ? '-' : byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
    }
    name[length] = '\0';
}

/* CPython also takes utf-8-anything and latin-1-anything (an editor's line end, as in utf-8-unix). */
static bool is_same_or_variant(const char *name, const char *known)
{
    size_t length = strlen(known);
    return strcmp(name, known) == 0 ||
           (strncmp(name, known, length) == 0 && name[length] == '-' &&
            (strcmp(known, "utf-8") == 0 || strcmp(known, "latin-1") == 0 ||
             strcmp(known, "iso-8859-1") == 0 || strcmp(known, "iso-latin-1") == 0));
}

static const DecoderName *decoder_find(const char *name)
{
    for (size_t i = 0; i < sizeof DECODER_NAMES / sizeof *DECODER_NAMES; i++)
        if (is_same_or_variant(name, DECODER_NAMES[i].name)) return &DECODER_NAMES[i];
    return NULL;
}

/* The name is not one of ours: as normal_name spells it, then as written; else UTF-8 or Latin-1, whichever fits. */
static void decode_other(Arena *arena, Str bytes, Str cookie, const char *name, SourceText *source)
{
    source->encoding = arena_copy(arena, name, strlen(name));
    const char *written = arena_copy(arena, cookie.ptr, cookie.len);
    if (decode_iconv(arena, bytes, text_library_encoding(name), source) ||
        decode_iconv(arena, bytes, written, source))
        return;
    source->unknown_encoding = true;
    if (first_bad_byte(bytes, 0) == bytes.len)
        source->text = bytes;
    else
        decode_single_bytes(arena, bytes, DECODER_LATIN1, source);
}

static void decode_by_cookie(Arena *arena, Str bytes, SourceText *source)
{
    Str cookie = find_cookie(bytes);
    char name[COOKIE_NAME_BYTES];
    normal_name(cookie, name);
    const DecoderName *known = cookie.len ? decoder_find(name) : &DECODER_NAMES[0];
    if (!known) {
        decode_other(arena, bytes, cookie, name, source);
        return;
    }
    source->encoding = known->shown;
    if (known->decoder == DECODER_UTF8)
        decode_utf8(arena, bytes, source);
    else
        decode_single_bytes(arena, bytes, known->decoder, source);
}

SourceText text_decode(Arena *arena, Str bytes)
{
    SourceText source = {.text = bytes, .encoding = "utf-8", .has_bom = true};
    if (str_starts(bytes, STR("\xEF\xBB\xBF"))) {
        decode_utf8(arena, str_part(bytes, 3, bytes.len), &source);
    } else if (str_starts(bytes, STR("\xFF\xFE")) || str_starts(bytes, STR("\xFE\xFF"))) {
        bool big_endian = (unsigned char)bytes.ptr[0] == 0xFE;
        source.encoding = big_endian ? "utf-16-be" : "utf-16-le";
        decode_utf16(arena, str_part(bytes, 2, bytes.len), big_endian, &source);
    } else {
        source.has_bom = false;
        decode_by_cookie(arena, bytes, &source);
    }
    source.has_nul = str_find_byte(source.text, '\0') != SIZE_MAX;
    return source;
}

/* ---- lines ---- */

/* Walks from line to line; a position that was searched for is kept until it is passed, so that a text without
 * CR (or without LF) is searched for it once. */
typedef struct LineWalk {
    Str text;
    size_t line_feed; /* next at or after the walk's place; the length: none */
    size_t carriage_return;
} LineWalk;

static size_t find_from(Str text, size_t at, char byte)
{
    size_t found = str_find_byte(str_part(text, at, text.len), byte);
    return found == SIZE_MAX ? text.len : at + found;
}

/* Start of the line after the one at `at`; SIZE_MAX: that was the last line. */
static size_t next_line(LineWalk *walk, size_t at)
{
    if (walk->line_feed < at) walk->line_feed = find_from(walk->text, at, '\n');
    if (walk->carriage_return < at) walk->carriage_return = find_from(walk->text, at, '\r');
    size_t end = walk->line_feed < walk->carriage_return ? walk->line_feed : walk->carriage_return;
    if (end == walk->text.len) return SIZE_MAX;
    bool is_pair = end + 1 < walk->text.len && end + 1 == walk->line_feed;
    return end + (is_pair ? 2 : 1);
}

static LineWalk walk_start(Str text)
{
    return (LineWalk){text, find_from(text, 0, '\n'), find_from(text, 0, '\r')};
}

Lines lines_index(Arena *arena, Str text)
{
    Lines lines = {.text = text, .count = 0};
    LineWalk count_walk = walk_start(text), walk = count_walk;
    for (size_t at = 0; at != SIZE_MAX; at = next_line(&count_walk, at))
        lines.count++;
    lines.starts = arena_array(arena, lines.count, sizeof *lines.starts);
    uint32_t row = 0;
    for (size_t at = 0; at != SIZE_MAX; at = next_line(&walk, at))
        lines.starts[row++] = (uint32_t)at;
    return lines;
}

uint32_t lines_row1(const Lines *lines, uint32_t offset)
{
    uint32_t low = 0, high = lines->count; /* starts[low] <= offset < starts[high] */
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (lines->starts[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low + 1;
}

static bool is_inside_character(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

Position lines_position(const Lines *lines, uint32_t offset)
{
    if (offset > lines->text.len) offset = (uint32_t)lines->text.len;
    const char *text = lines->text.ptr;
    uint32_t row1 = lines_row1(lines, offset);
    while (offset < lines->text.len && offset > 0 && is_inside_character(text[offset]))
        offset--;
    uint32_t column1 = 1;
    for (uint32_t i = lines->starts[row1 - 1]; i < offset; i++)
        column1 += !is_inside_character(text[i]);
    return (Position){row1, column1};
}

Str lines_line(const Lines *lines, uint32_t row1)
{
    if (row1 == 0 || row1 > lines->count) return (Str){"", 0};
    size_t end = row1 < lines->count ? lines->starts[row1] : lines->text.len;
    Str line = str_part(lines->text, lines->starts[row1 - 1], end);
    if (row1 == lines->count) return line;
    if (line.ptr[line.len - 1] == '\n') line.len--;
    if (line.len && line.ptr[line.len - 1] == '\r') line.len--;
    return line;
}
