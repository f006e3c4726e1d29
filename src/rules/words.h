/* words.h - the words of the rule tables and the enum values they stand for.
 *
 * Shape   one list of words a set; the word's place in it is the enum's value. */
#ifndef LOOPSAFE_RULES_WORDS_H
#define LOOPSAFE_RULES_WORDS_H

#include "base/buf.h"
#include "base/str.h"

typedef enum WordSet {
    WORDS_EFFECT,
    WORDS_WEIGHT,
    WORDS_GIL,
    WORDS_SEVERITY,
    WORDS_KIND,
    WORDS_FORM,
    WORDS_PLACEMENT,
    WORDS_TRAIT,
    WORDS_SWAP,
    WORDS_ARGUMENT,
    WORDS_PLACE,
    WORDS_SET_COUNT
} WordSet;

/* The value of a word, or -1. */
int word_find(WordSet set, Str word);
const char *word_text(WordSet set, size_t value);
/* "effect", "weight" …: what the set is called in a message. */
const char *word_set_name(WordSet set);
/* All words of the set, parted by commas. */
void words_add_list(WordSet set, Buf *buf);

#endif
