#include "rules/catalogue_state.h"

#include "base/banned.h"

static Spelling read_spelling(const Image *image, size_t number)
{
    const uint32_t *record = image_record(image, SECTION_SPELLINGS, number, SPELLING_WORDS);
    return (Spelling){
        .module = image_text(image, record[SPELLING_MODULE]),
        .name = image_text(image, record[SPELLING_NAME]),
        .receiver = image_text(image, record[SPELLING_RECEIVER]),
        .opens = image_text(image, record[SPELLING_OPENS]),
        .imported = image_text(image, record[SPELLING_IMPORTED]),
        .not_imported = image_text(image, record[SPELLING_NOT_IMPORTED]),
        .calls = image_text(image, record[SPELLING_CALLS]),
        .keywords = record[SPELLING_KEYWORDS] != 0,
        .wraps = record[SPELLING_WRAPS] != 0,
        .since = record[SPELLING_SINCE],
        .order = record[SPELLING_ORDER],
    };
}

/* Of two with one order the later one is asked first: a user's own before the built-in. */
void catalogue_add_spellings(Catalogue *catalogue, const Image *image)
{
    for (size_t i = 0; i < image_count(image, SECTION_SPELLINGS); i++) {
        Spelling added = read_spelling(image, i);
        vec_add(&catalogue->spellings, added);
        size_t at = catalogue->spellings.count - 1;
        for (; at && catalogue->spellings.items[at - 1].order >= added.order; at--)
            catalogue->spellings.items[at] = catalogue->spellings.items[at - 1];
        catalogue->spellings.items[at] = added;
    }
}

size_t catalogue_spelling_count(const Catalogue *catalogue)
{
    return catalogue->spellings.count;
}

const Spelling *catalogue_spelling(const Catalogue *catalogue, size_t index)
{
    return &catalogue->spellings.items[index];
}
