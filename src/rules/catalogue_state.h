/* catalogue_state.h - what a Catalogue holds; for catalogue.c and lookup.c.
 *
 * Shape   one image a table set: the built-in one first, then each user table; a look-up asks the last one first.
 * Owner   the arena holds the images of user tables. */
#ifndef LOOPSAFE_RULES_CATALOGUE_STATE_H
#define LOOPSAFE_RULES_CATALOGUE_STATE_H

#include "rules/image.h"

typedef struct CatalogueImage {
    Image image;
    uint32_t unless_first; /* of this image's exceptions among the catalogue's */
} CatalogueImage;

enum { REGISTRAR_SLOTS = 1024 };

typedef VEC(Str) Words;

struct Catalogue {
    Arena arena;
    VEC(CatalogueImage) images;
    VEC(Unless) unless;
    VEC(CodeRule) codes;
    VEC(Str) triggers;
    VEC(Spelling) spellings;
    Str registrars[REGISTRAR_SLOTS]; /* open addressing; an empty text is a free slot */
    size_t registrar_count;
    Words trait_words[TRAIT_COUNT]; /* of those in TRAITS_WITH_WORDS */
    Words computing_words;
    Words pool_roots; /* packages that run plain functions in few threads */
    Severity severities[EFFECT_COUNT];
    uint32_t code_of[EFFECT_COUNT]; /* number of the code + 1, or 0 */
};

Condition catalogue_condition(const Image *image, size_t number);
/* The path with re-exports resolved as two pieces, so that nothing has to be joined. */
PathKey catalogue_key(const Catalogue *catalogue, Str path);

/* --- spellings.c --- */
void catalogue_add_spellings(Catalogue *catalogue, const Image *image);

/* --- trait_words.c --- */
void catalogue_add_words(Catalogue *catalogue, const Image *image);
void catalogue_free_words(Catalogue *catalogue);

#endif
