/* word_hits.h - where a word stands in Python text, and what stands beside it; without a grammar, for bodies that nobody
 * parsed and files that nobody looked at.
 *
 * Shape   offsets of the text; a text's own words (a string's, a comment's) are told apart from code. What stands in an
 *         f-string counts as code.
 * Owner   nothing is kept.   Errors  none: an unclosed string ends with its line.   Threads read-only. */
#ifndef LOOPSAFE_FIXES_WORD_HITS_H
#define LOOPSAFE_FIXES_WORD_HITS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

typedef enum HitPlace { HIT_CODE, HIT_COMMENT, HIT_STRING } HitPlace;

typedef struct WordHits {
    Str text, word;
    /* the hit */
    uint32_t offset;
    HitPlace place;
    bool found;
    /* the scan: what stands at `at` */
    size_t at;
    char quote; /* of the string around it, or 0 */
    bool triple, is_format, in_comment;
} WordHits;

/* Goes to the next hit; false: there is none. Begins with text and word set, all else zero. */
bool word_hits_next(WordHits *hits);
/* The word alone stands in the text somewhere, code or not. */
bool word_stands_in(Str text, Str word);
/* The word, with dots and words, that ends before the offset, over a dot: of `app.io.load` at load "app.io"; empty: no dot
 * stands there. *open: something stands before it that is no name, as in `f().load`. */
Str dotted_before(Str text, uint32_t offset, bool *open);
/* The word before the offset, over blanks. */
Str word_before(Str text, uint32_t offset);
/* The byte before and behind, over blanks; 0: none. */
char byte_before(Str text, uint32_t offset);
char byte_behind(Str text, uint32_t offset);
/* The hit of `from X import a, hit`: X as it is written; empty: it is no such import. */
Str import_source(Str text, uint32_t offset);
/* The hit is a word of the module's name in `import X` or `from X import`. */
bool is_module_name(Str text, uint32_t offset);

#endif
