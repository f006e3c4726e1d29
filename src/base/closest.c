#include "base/closest.h"

#include "base/banned.h"

enum { WORD_BYTES = 64 };

static size_t least(size_t left, size_t right)
{
    return left < right ? left : right;
}

/* Damerau-Levenshtein distance of two words of at most WORD_BYTES; rows are prefixes of left. */
static size_t edit_distance(Str left, Str right)
{
    size_t table[3][WORD_BYTES + 1];
    for (size_t column = 0; column <= right.len; column++)
        table[0][column] = column;
    for (size_t row = 1; row <= left.len; row++) {
        size_t *now = table[row % 3], *above = table[(row + 2) % 3], *above2 = table[(row + 1) % 3];
        now[0] = row;
        for (size_t column = 1; column <= right.len; column++) {
            bool same = left.ptr[row - 1] == right.ptr[column - 1];
            now[column] = least(least(above[column], now[column - 1]) + 1, above[column - 1] + !same);
            bool swapped = row > 1 && column > 1 && left.ptr[row - 1] == right.ptr[column - 2] &&
                           left.ptr[row - 2] == right.ptr[column - 1];
            if (swapped) now[column] = least(now[column], above2[column - 2] + 1);
        }
    }
    return table[left.len % 3][right.len];
}

void closest_init(Closest *closest, Str word)
{
    *closest = (Closest){word, NULL, word.len / 3 + 1};
}

void closest_try(Closest *closest, const char *name)
{
    Str candidate = str_from(name);
    if (closest->word.len > WORD_BYTES || candidate.len > WORD_BYTES) return;
    size_t distance = edit_distance(closest->word, candidate);
    if (distance >= closest->distance) return;
    closest->name = name;
    closest->distance = distance;
}
