#include "project/editable.h"

#include "base/limits.h"
#include "base/banned.h"

/* ---- .pth ---- */

static Str take_line(Str *text)
{
    size_t end = str_find_byte(*text, '\n');
    Str line = str_trim(str_part(*text, 0, end));
    *text = str_drop(*text, end == SIZE_MAX ? text->len : end + 1);
    return line;
}

static bool is_code(Str line)
{
    return str_starts(line, STR("import ")) || str_starts(line, STR("import\t"));
}

void pth_lines(Arena *arena, Str text, StrList *lines)
{
    if (str_starts(text, STR("\xEF\xBB\xBF"))) text = str_drop(text, 3);
    while (text.len && lines->count < LIMIT_INSTALL_ENTRIES) {
        Str line = take_line(&text);
        if (!line.len || line.ptr[0] == '#' || is_code(line) || str_find_byte(line, '\0') != SIZE_MAX)
            continue;
        list_add(arena, lines, str_copy(arena, line));
    }
}

/* ---- a finder's literals ---- */

bool finder_is_name(Str file_name)
{
    bool is_setuptools = str_starts(file_name, STR("__editable__")) && str_ends(file_name, STR("_finder.py"));
    bool is_editables = str_starts(file_name, STR("_editable_impl_")) && str_ends(file_name, STR(".py"));
    return is_setuptools || is_editables;
}

/* Takes the byte when it comes next, after blanks. */
static bool take(Str *text, char byte)
{
    *text = str_trim(*text);
    if (!text->len || text->ptr[0] != byte) return false;
    *text = str_drop(*text, 1);
    return true;
}

static unsigned digit_value(char byte)
{
    if (byte >= '0' && byte <= '9') return (unsigned)(byte - '0');
    char lower = (char)(byte | 0x20);
    return lower >= 'a' && lower <= 'f' ? (unsigned)(lower - 'a' + 10) : 16;
}

/* The code point of count hexadecimal digits; UINT32_MAX: there are none. */
static uint32_t read_hex(Str text, size_t count)
{
    uint32_t value = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned digit = i < text.len ? digit_value(text.ptr[i]) : 16;
        if (digit > 15) return UINT32_MAX;
        value = value * 16 + digit;
    }
    return value;
}

static char *put_tail(char *at, uint32_t point, unsigned shift)
{
    for (; shift; shift -= 6)
        *at++ = (char)(0x80 | (point >> (shift - 6) & 0x3F));
    return at;
}

/* As UTF-8; never longer than the escape that stands for it. */
static char *put_point(char *at, uint32_t point)
{
    unsigned shift = point < 0x80 ? 0 : point < 0x800 ? 6 : point < 0x10000 ? 12 : 18;
    static const unsigned char FIRST[] = {0, 0xC0, 0xE0, 0xF0};
    *at++ = (char)(FIRST[shift / 6] | point >> shift);
    return put_tail(at, point, shift);
}

/* Bytes of digits that follow the letter of a numeric escape. */
static size_t escape_digits(char letter)
{
    return letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
}

/* What stands behind a backslash, as repr() writes it; false: nothing that it writes. */
static bool take_escape(Str *text, char **at)
{
    if (!text->len) return false;
    char letter = text->ptr[0];
    size_t digits = escape_digits(letter);
    *text = str_drop(*text, 1);
    if (!digits) {
        *(*at)++ = (char)(letter == 'n' ? '\n' : letter == 't' ? '\t' : letter == 'r' ? '\r' : letter);
        return true;
    }
    uint32_t point = read_hex(*text, digits);
    if (point > 0x10FFFF || !point) return false;
    *at = put_point(*at, point);
    *text = str_drop(*text, digits);
    return true;
}

/* Where the literal that a quote began ends; SIZE_MAX: not in this line. */
static size_t closing_quote(Str text, char quote)
{
    for (size_t i = 0; i < text.len && text.ptr[i] != '\n'; i++) {
        if (text.ptr[i] == quote) return i;
        if (text.ptr[i] == '\\') i++;
    }
    return SIZE_MAX;
}

/* The text that a literal's inside stands for; false: an escape is not understood. */
static bool unescape(Arena *arena, Str inside, Str *string)
{
    char *start = arena_alloc(arena, inside.len + 1), *at = start;
    while (inside.len) {
        char byte = inside.ptr[0];
        inside = str_drop(inside, 1);
        if (byte != '\\')
            *at++ = byte;
        else if (!take_escape(&inside, &at))
            return false;
    }
    *string = (Str){start, (size_t)(at - start)};
    return true;
}

/* A string literal in one line. */
static bool take_string(Arena *arena, Str *text, Str *string)
{
    char quote = '\'';
    if (!take(text, quote) && !take(text, quote = '"')) return false;
    size_t end = closing_quote(*text, quote);
    if (end == SIZE_MAX || !unescape(arena, str_part(*text, 0, end), string)) return false;
    *text = str_drop(*text, end + 1);
    return true;
}

static void add_module(Arena *arena, EditableList *found, Str name, Str path)
{
    Str init = STR("/__init__.py");
    if (str_ends(path, init)) path = str_copy(arena, str_part(path, 0, path.len - init.len));
    if (name.len && path.len && found->count < LIMIT_INSTALL_ENTRIES)
        list_add(arena, found, ((EditableModule){name, path.ptr}));
}

/* A path, or several in brackets. */
static bool take_paths(Arena *arena, Str *text, Str name, EditableList *found)
{
    Str path;
    bool is_list = take(text, '[') || take(text, '(');
    while (take_string(arena, text, &path)) {
        add_module(arena, found, name, path);
        if (!is_list) return true;
        take(text, ',');
    }
    return is_list && (take(text, ']') || take(text, ')'));
}

/* `NAME: annotation = {'a': …}` at a line's start. */
static void read_dictionary(Arena *arena, Str text, EditableList *found)
{
    size_t equals = str_find_byte(str_part(text, 0, str_find_byte(text, '\n')), '=');
    if (equals == SIZE_MAX) return;
    text = str_drop(text, equals + 1);
    if (!take(&text, '{')) return;
    Str name;
    while (take_string(arena, &text, &name)) {
        if (!take(&text, ':') || !take_paths(arena, &text, name, found)) return;
        take(&text, ',');
    }
}

/* `F.map_module('a', '/path/a/__init__.py')` */
static void read_call(Arena *arena, Str text, EditableList *found)
{
    Str name, path;
    bool is_call = take(&text, '(') && take_string(arena, &text, &name) && take(&text, ',') &&
                   take_string(arena, &text, &path);
    if (is_call) add_module(arena, found, name, path);
}

void finder_parse(Arena *arena, Str text, EditableList *found)
{
    static const Str CALL = {"map_module", 10};
    for (size_t end = 0; end != SIZE_MAX && text.len; text = str_drop(text, end + 1)) {
        if (str_starts(text, STR("MAPPING")) || str_starts(text, STR("NAMESPACES")))
            read_dictionary(arena, text, found);
        end = str_find_byte(text, '\n');
        Str line = str_part(text, 0, end);
        size_t call = str_find(line, CALL);
        if (call != SIZE_MAX) read_call(arena, str_drop(line, call + CALL.len), found);
        if (end == SIZE_MAX) return;
    }
}
