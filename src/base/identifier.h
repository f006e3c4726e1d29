/* identifier.h - the words that a name is made of: `getUser_byId` is get, user, by, id.
 *
 * Shape   words end at `_`, at any other byte that is no letter or digit, and before a capital after a small letter.
 *         Lists are of words in small letters and end in NULL. */
#ifndef LOOPSAFE_BASE_IDENTIFIER_H
#define LOOPSAFE_BASE_IDENTIFIER_H

#include "base/str.h"

/* Some word of the text is in the list. */
bool identifier_has_word(Str text, const char *const *words);
/* The whole text is, letter by letter. */
bool identifier_is_word(Str text, const char *const *words);
/* The last one is. */
bool identifier_ends_in_word(Str text, const char *const *words);
/* Some word of the text is in the list, or begins with an item of it: `caches`, `cached` of "cache". */
bool identifier_has_stem(Str text, const char *const *stems);

#endif
