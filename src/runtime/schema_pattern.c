#include "runtime/schema_value.h"

#include <string.h>

#include "base/limits.h"

#include "base/banned.h"

/* A regular expression that is being read, and the text that is made beside: literals, classes, groups, the first of
 * alternatives, each repetition as often as it has to be, but once where it may. */
typedef struct Pattern {
    Str left;
    Buf *text;
    unsigned depth;
} Pattern;

enum { DEEPEST_GROUP = 20 };

static bool read_alternatives(Pattern *pattern);

static char next(const Pattern *pattern)
{
    return pattern->left.len ? pattern->left.ptr[0] : '\0';
}

static char take(Pattern *pattern)
{
    char byte = next(pattern);
    pattern->left = str_drop(pattern->left, pattern->left.len ? 1 : 0);
    return byte;
}

/* What stands for an escape: \d, \w, \s, or a byte itself. '\0': not understood. */
static char escaped(char byte)
{
    if (byte == 'd') return '1';
    if (byte == 'w') return 'a';
    if (byte == 's') return ' ';
    bool is_word =
        (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
    return is_word ? '\0' : byte;
}

/* [abc], [a-z\d_]: its first member. [^…] is left to luck: 'a', '1' or '-'. */
static bool read_class(Pattern *pattern)
{
    bool negated = next(pattern) == '^';
    if (negated) take(pattern);
    Str members = pattern->left;
    char first = take(pattern);
    if (first == '\\') first = escaped(take(pattern));
    if (!first) return false;
    while (next(pattern) && next(pattern) != ']')
        if (take(pattern) == '\\') take(pattern);
    members = str_part(members, 0, members.len - pattern->left.len);
    if (take(pattern) != ']') return false;
    if (negated)
        first = str_find_byte(members, 'a') == SIZE_MAX   ? 'a'
                : str_find_byte(members, '1') == SIZE_MAX ? '1'
                                                          : '-';
    buf_add_byte(pattern->text, first);
    return true;
}

static bool read_group(Pattern *pattern)
{
    if (str_starts(pattern->left, STR("?:"))) pattern->left = str_drop(pattern->left, 2);
    if (str_starts(pattern->left, STR("?P<")))
        pattern->left = str_drop(pattern->left, str_before(pattern->left, '>').len + 1);
    if (next(pattern) == '?' || pattern->depth >= DEEPEST_GROUP) return false;
    pattern->depth++;
    bool read = read_alternatives(pattern);
    pattern->depth--;
    return read && take(pattern) == ')';
}

static bool read_atom(Pattern *pattern)
{
    char byte = take(pattern);
    if (byte == '[') return read_class(pattern);
    if (byte == '(') return read_group(pattern);
    if (byte == '^' || byte == '$') return true;
    if (byte && strchr("*+?{", byte)) return false;
    if (byte == '.') byte = 'a';
    if (byte == '\\') byte = escaped(take(pattern));
    if (byte) buf_add_byte(pattern->text, byte);
    return byte != '\0';
}

static size_t read_count(Pattern *pattern)
{
    size_t count = 0;
    while (next(pattern) >= '0' && next(pattern) <= '9' && count <= LIMIT_SCHEMA_TEXT)
        count = count * 10 + (size_t)(take(pattern) - '0');
    return count;
}

/* How often; SIZE_MAX: not understood. */
static size_t read_times(Pattern *pattern)
{
    char byte = next(pattern);
    if (byte == '*' || byte == '+' || byte == '?') {
        take(pattern);
        return 1;
    }
    if (byte != '{') return 1;
    take(pattern);
    size_t least = read_count(pattern), most = least;
    if (next(pattern) == ',') {
        take(pattern);
        most = next(pattern) == '}' ? least + 1 : read_count(pattern);
    }
    if (take(pattern) != '}' || least > LIMIT_SCHEMA_TEXT) return SIZE_MAX;
    return least || !most ? least : 1;
}

static bool read_piece(Pattern *pattern)
{
    size_t before = pattern->text->len;
    if (!read_atom(pattern)) return false;
    size_t times = read_times(pattern), width = pattern->text->len - before;
    if (next(pattern) == '?') take(pattern);
    if (times == SIZE_MAX || width * times > LIMIT_SCHEMA_TEXT) return false;
    if (!times) pattern->text->len = before;
    for (size_t i = 1; i < times; i++)
        for (size_t k = 0; k < width; k++)
            buf_add_byte(pattern->text, pattern->text->data[before + k]);
    return pattern->text->len <= LIMIT_SCHEMA_TEXT;
}

/* The first one is made; the others are read over. */
static bool read_alternatives(Pattern *pattern)
{
    size_t kept = SIZE_MAX;
    while (pattern->left.len && next(pattern) != ')') {
        if (next(pattern) == '|') {
            take(pattern);
            if (kept == SIZE_MAX) kept = pattern->text->len;
        } else if (!read_piece(pattern)) {
            return false;
        }
    }
    if (kept != SIZE_MAX) pattern->text->len = kept;
    return true;
}

bool schema_pattern(Buf *text, Str written)
{
    size_t before = text->len;
    Pattern pattern = {written, text, 0};
    bool read = read_alternatives(&pattern) && !pattern.left.len;
    if (!read) text->len = before;
    return read;
}
