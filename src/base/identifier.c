#include "base/identifier.h"

#include "base/banned.h"

static bool is_small(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

static bool is_capital(char byte)
{
    return byte >= 'A' && byte <= 'Z';
}

/* The next word of the text from `*at` on; empty: there is none. */
static Str next_word(Str text, size_t *at)
{
    while (*at < text.len && !is_small(text.ptr[*at]) && !is_capital(text.ptr[*at]))
        ++*at;
    size_t start = *at;
    while (*at < text.len && is_capital(text.ptr[*at]))
        ++*at;
    while (*at < text.len && is_small(text.ptr[*at]))
        ++*at;
    return str_part(text, start, *at);
}

static char lower(char byte)
{
    return is_capital(byte) ? (char)(byte - 'A' + 'a') : byte;
}

static bool begins(Str word, const char *stem, bool whole)
{
    size_t i = 0;
    for (; i < word.len && stem[i]; i++)
        if (lower(word.ptr[i]) != stem[i]) return false;
    return !stem[i] && (!whole || i == word.len);
}

static bool is_listed(Str word, const char *const *words, bool whole)
{
    for (; *words; words++)
        if (begins(word, *words, whole)) return true;
    return false;
}

static bool has_word(Str text, const char *const *words, bool whole)
{
    size_t at = 0;
    for (Str word = next_word(text, &at); word.len; word = next_word(text, &at))
        if (is_listed(word, words, whole)) return true;
    return false;
}

bool identifier_is_word(Str text, const char *const *words)
{
    for (; *words; words++)
        if (str_equal(text, str_from(*words))) return true;
    return false;
}

bool identifier_has_word(Str text, const char *const *words)
{
    return has_word(text, words, true);
}

bool identifier_has_stem(Str text, const char *const *stems)
{
    return has_word(text, stems, false);
}

bool identifier_ends_in_word(Str text, const char *const *words)
{
    size_t at = 0;
    Str last = {"", 0};
    for (Str word = next_word(text, &at); word.len; word = next_word(text, &at))
        last = word;
    return last.len && is_listed(last, words, true);
}
