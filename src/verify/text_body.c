#include "verify/text_body.h"

#include "source/diff.h"
#include "verify/tokens.h"
#include "base/banned.h"

typedef struct TextWalk {
    Differences *differences;
    Arena arena; /* of this comparison */
    Str before, again, after;
} TextWalk;

static size_t row_of(Str text, const char *at)
{
    size_t row1 = 1;
    for (const char *byte = text.ptr; byte < at; byte++)
        row1 += *byte == '\n';
    return row1;
}

/* The line that holds the byte. */
static Str line_around(Str text, const char *at)
{
    size_t start = (size_t)(at - text.ptr), end = start;
    while (start && text.ptr[start - 1] != '\n')
        start--;
    while (end < text.len && text.ptr[end] != '\n')
        end++;
    return str_part(text, start, end);
}

static void add_difference(TextWalk *walk, const char *before, const char *after)
{
    Str what = str_format(&walk->arena, "body, line %zu", row_of(walk->before, before));
    differences_add(walk->differences, what, line_around(walk->before, before),
                    line_around(walk->after, after));
}

/* --- by words --- */

static const char *token_at(const Tokens *tokens, Str text, size_t index)
{
    return index < tokens->count ? tokens->items[index].ptr : text.ptr + text.len;
}

static void mask_words(TextWalk *walk, const Tokens *before, const Tokens *again)
{
    size_t masked = 0, first = SIZE_MAX;
    for (size_t i = 0; i < before->count; i++) {
        if (str_equal(before->items[i], again->items[i])) continue;
        if (!masked++) first = i;
    }
    if (!masked) return;
    differences_mask(walk->differences,
                     str_format(&walk->arena, "body, %zu word%s from line %zu on", masked,
                                masked == 1 ? "" : "s", row_of(walk->before, before->items[first].ptr)));
}

static void compare_words(TextWalk *walk, const Tokens *before, const Tokens *again, const Tokens *after)
{
    Str shown = {NULL, 0}; /* the line of the last difference */
    size_t count = before->count > after->count ? before->count : after->count;
    for (size_t i = 0; i < count; i++) {
        bool there = i < before->count && i < after->count;
        if (there && str_equal(before->items[i], after->items[i])) continue;
        if (there && !str_equal(before->items[i], again->items[i])) continue;
        const char *at = token_at(before, walk->before, i);
        Str line = line_around(walk->before, at);
        if (line.ptr != shown.ptr) add_difference(walk, at, token_at(after, walk->after, i));
        shown = line;
        /* Words that were added or are gone move all that follow. */
        if (before->count != after->count) return;
    }
}

/* --- by lines --- */

/* What stands still between two lines that A does not hold still must follow in B, in this order. */
static const char *piece_find(Str piece, Str rest, bool at_start, bool at_end)
{
    if (at_start) return str_starts(rest, piece) && (!at_end || rest.len == piece.len) ? rest.ptr : NULL;
    if (at_end) return str_ends(rest, piece) ? rest.ptr + rest.len - piece.len : NULL;
    size_t at = str_find(rest, piece);
    return at == SIZE_MAX ? NULL : rest.ptr + at;
}

/* Where the lines of a text begin, and behind the last one its end. */
static size_t *line_starts(Arena *arena, Str text)
{
    size_t count = 1, line = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '\n';
    size_t *starts = arena_array(arena, count + 1, sizeof *starts);
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\n') starts[++line] = i + 1;
    if (starts[line] < text.len) starts[++line] = text.len;
    return starts;
}

/* The first byte at which the piece and what stands in B part. */
static size_t common_length(Str left, Str right)
{
    size_t length = 0;
    while (length < left.len && length < right.len && left.ptr[length] == right.ptr[length])
        length++;
    return length;
}

static bool compare_piece(TextWalk *walk, Str piece, Str *rest, bool at_start, bool at_end)
{
    const char *found = piece_find(piece, *rest, at_start, at_end);
    if (!found) {
        size_t same = common_length(piece, *rest);
        add_difference(walk, piece.ptr + same, rest->ptr + same);
        return false;
    }
    *rest = str_drop(*rest, (size_t)(found - rest->ptr) + piece.len);
    return true;
}

static void compare_lines(TextWalk *walk)
{
    const DiffChange *changes;
    size_t count = diff_changes(&walk->arena, walk->before, walk->again, &changes), at = 0;
    size_t *starts = line_starts(&walk->arena, walk->before);
    Str rest = walk->after;
    for (size_t i = 0; i <= count; i++) {
        size_t end = i < count ? starts[changes[i].before] : walk->before.len;
        if (!compare_piece(walk, str_part(walk->before, at, end), &rest, i == 0, i == count)) return;
        if (i == count) return;
        differences_mask(walk->differences, str_format(&walk->arena, "body, lines %zu to %zu",
                                                       changes[i].before + 1, changes[i].before_end));
        at = starts[changes[i].before_end];
    }
}

void text_body_compare(Differences *differences, Str before, Str again, Str after)
{
    if (str_equal(before, again) && str_equal(before, after)) return;
    TextWalk walk = {.differences = differences, .before = before, .again = again, .after = after};
    arena_init(&walk.arena);
    Tokens words[] = {tokens_split(&walk.arena, before, false), tokens_split(&walk.arena, again, false),
                      tokens_split(&walk.arena, after, false)};
    if (words[0].count == words[1].count && words[0].count != SIZE_MAX && words[2].count != SIZE_MAX) {
        mask_words(&walk, &words[0], &words[1]);
        compare_words(&walk, &words[0], &words[1], &words[2]);
    } else {
        compare_lines(&walk);
    }
    arena_free(&walk.arena);
}
