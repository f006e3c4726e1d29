#include "verify/tokens.h"

#include <string.h>

#include "base/limits.h"
#include "base/vec.h"
#include "base/banned.h"

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static bool is_in_word(char byte)
{
    return byte_is_word(byte) || byte == '-' || byte == '.' || byte == ':' || byte == '+';
}

static size_t word_length(Str text)
{
    size_t length = 0;
    while (length < text.len && is_in_word(text.ptr[length]))
        length++;
    return length;
}

static size_t blanks_length(Str text)
{
    size_t length = 0;
    while (length < text.len && is_blank(text.ptr[length]))
        length++;
    return length;
}

/* A quote that is doubled stands for itself; without an end it is one byte like any other. */
static size_t quoted_length(Str text)
{
    char quote = text.ptr[0];
    for (size_t i = 1; i < text.len; i++) {
        if (text.ptr[i] != quote) continue;
        if (i + 1 == text.len || text.ptr[i + 1] != quote) return i + 1;
        i++;
    }
    return 1;
}

static size_t token_length(Str text, bool quotes)
{
    size_t word = word_length(text), blanks = blanks_length(text);
    if (word || blanks) return word ? word : blanks;
    return quotes && (text.ptr[0] == '\'' || text.ptr[0] == '"') ? quoted_length(text) : 1;
}

Tokens tokens_split(Arena *arena, Str text, bool quotes)
{
    VEC(Str) found = {0};
    while (text.len && found.count <= LIMIT_RUN_WORDS) {
        size_t length = token_length(text, quotes);
        vec_add(&found, str_part(text, 0, length));
        text = str_drop(text, length);
    }
    Tokens tokens = {NULL, SIZE_MAX};
    if (!text.len) {
        tokens = (Tokens){arena_array(arena, found.count, sizeof(Str)), found.count};
        if (found.count) memcpy(tokens.items, found.items, found.count * sizeof(Str));
    }
    vec_free(&found);
    return tokens;
}
