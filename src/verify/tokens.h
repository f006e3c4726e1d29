/* tokens.h - a text as words and what stands between them, to find the words that change from run to run.
 *
 *   "id 17, at 10:20:05.7"  →  `id` ` ` `17` `,` ` ` `at` ` ` `10:20:05.7`
 *
 * Shape   a word is letters, digits, bytes beyond ASCII and what holds times, numbers and ids together: `_ - . : +`; blanks in
 *         a row are one token, every other byte is one. With quotes, 'it''s' and "x" are one token, too.
 * Owner   tokens borrow from the text; the array is in the arena. */
#ifndef LOOPSAFE_VERIFY_TOKENS_H
#define LOOPSAFE_VERIFY_TOKENS_H

#include "base/str.h"

typedef struct Tokens {
    Str *items;
    size_t count;
} Tokens;

/* count SIZE_MAX: there are more than LIMIT_RUN_WORDS. */
Tokens tokens_split(Arena *arena, Str text, bool quotes);

#endif
