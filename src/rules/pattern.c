#include "rules/pattern.h"

#include "base/buf.h"
#include "base/limits.h"

#include "base/banned.h"

static bool is_name_byte(char byte)
{
    unsigned char value = (unsigned char)byte;
    return (value >= 'a' && value <= 'z') || (value >= 'A' && value <= 'Z') || value == '_' ||
           value >= 0x80 || (value >= '0' && value <= '9');
}

static bool is_part(Str part, bool is_last)
{
    if (is_last && part.len == 1 && part.ptr[0] == '*') return true;
    if (!part.len || (part.ptr[0] >= '0' && part.ptr[0] <= '9')) return false;
    for (size_t i = 0; i < part.len; i++)
        if (!is_name_byte(part.ptr[i])) return false;
    return true;
}

static bool is_path(Str path)
{
    for (;;) {
        size_t dot = str_find_byte(path, '.');
        if (dot == SIZE_MAX) return is_part(path, true);
        if (!is_part(str_part(path, 0, dot), false)) return false;
        path = str_part(path, dot + 1, path.len);
    }
}

static size_t count_alternatives(Str group)
{
    size_t count = 1;
    for (size_t i = 0; i < group.len; i++)
        count += group.ptr[i] == ',';
    return count;
}

/* Every name so far with every alternative of the group. */
static const char *multiply(Arena *arena, Pattern *pattern, Str group)
{
    size_t count = count_alternatives(group);
    if (count > LIMIT_PATTERN_NAMES / pattern->count) return "names too many callables";
    Pattern wider = {.names = arena_array(arena, count * pattern->count, sizeof(PatternName))};
    for (size_t i = 0; i < pattern->count; i++) {
        Str rest = group;
        for (size_t k = 0; k < count; k++) {
            size_t comma = str_find_byte(rest, ',');
            Str choice = str_trim(str_part(rest, 0, comma == SIZE_MAX ? rest.len : comma));
            if (!choice.len) return "has an empty choice between braces";
            wider.names[wider.count++] =
                (PatternName){str_join(arena, pattern->names[i].path, choice, STR("")), choice};
            if (comma != SIZE_MAX) rest = str_part(rest, comma + 1, rest.len);
        }
    }
    *pattern = wider;
    return NULL;
}

static void append(Arena *arena, Pattern *pattern, Str text)
{
    if (!text.len) return;
    for (size_t i = 0; i < pattern->count; i++)
        pattern->names[i].path = str_join(arena, pattern->names[i].path, text, STR(""));
}

static const char *check_names(Pattern *pattern)
{
    for (size_t i = 0; i < pattern->count; i++) {
        PatternName *name = &pattern->names[i];
        if (!is_path(name->path)) return "is not a dotted path";
        size_t dot = str_find_last(name->path, '.');
        if (!name->member.len)
            name->member = str_part(name->path, dot == SIZE_MAX ? 0 : dot + 1, name->path.len);
    }
    return NULL;
}

const char *pattern_expand(Arena *arena, Str text, Pattern *pattern)
{
    *pattern = (Pattern){.names = arena_array(arena, 1, sizeof(PatternName)), .count = 1};
    pattern->names[0] = (PatternName){STR(""), STR("")};
    for (;;) {
        size_t open = str_find_byte(text, '{');
        if (open == SIZE_MAX) break;
        size_t close = str_find_byte(text, '}');
        if (close == SIZE_MAX) return "has a brace that is not closed";
        if (close < open) return "has a closing brace too many";
        Str group = str_part(text, open + 1, close);
        if (str_find_byte(group, '{') != SIZE_MAX) return "has braces within braces";
        append(arena, pattern, str_part(text, 0, open));
        const char *wrong = multiply(arena, pattern, group);
        if (wrong) return wrong;
        text = str_part(text, close + 1, text.len);
    }
    if (str_find_byte(text, '}') != SIZE_MAX) return "has a closing brace too many";
    append(arena, pattern, text);
    return check_names(pattern);
}

Str pattern_fill(Arena *arena, Str text, Str member)
{
    Str hole = STR("{}");
    for (size_t at = str_find(text, hole); at != SIZE_MAX; at = str_find(text, hole)) {
        Str rest = str_part(text, at + hole.len, text.len);
        text = str_join(arena, str_part(text, 0, at), member, rest);
    }
    return text;
}
