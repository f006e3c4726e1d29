#include "rules/swap.h"

#include "rules/catalogue_state.h"

#include "base/banned.h"

static const uint32_t *record_at(const Image *image, size_t number)
{
    return image_record(image, SECTION_SWAPS, number, SWAP_WORDS);
}

/* The first of the path, or where it would stand. */
static size_t first_of(const Image *image, Str path)
{
    size_t low = 0, high = image_count(image, SECTION_SWAPS);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_compare(image_text(image, record_at(image, middle)[SWAP_PATH]), path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_of(const Image *image, size_t number, Str path)
{
    return number < image_count(image, SECTION_SWAPS) &&
           str_equal(image_text(image, record_at(image, number)[SWAP_PATH]), path);
}

static SwapRow row_of(const Image *image, const uint32_t *record)
{
    return (SwapRow){
        .path = image_text(image, record[SWAP_PATH]),
        .group = image_text(image, record[SWAP_GROUP]),
        .library = image_text(image, record[SWAP_LIBRARY]),
        .package = image_text(image, record[SWAP_PACKAGE]),
        .client = image_text(image, record[SWAP_CLIENT_TEXT]),
        .variable = image_text(image, record[SWAP_VARIABLE]),
        .form = (SwapForm)record[SWAP_FORM],
        .text = image_text(image, record[SWAP_TEXT]),
        .value = image_text(image, record[SWAP_VALUE]),
        .gives = image_text(image, record[SWAP_GIVES]),
        .argument = image_text(image, record[SWAP_ARGUMENT_NAME]),
        .position = (int)record[SWAP_POSITION] - 1,
        .of = record[SWAP_OF],
        .only = image_text(image, record[SWAP_ONLY]),
        .place = (ArgumentPlace)record[SWAP_PLACE],
        .absent = image_text(image, record[SWAP_ABSENT]),
        .without = image_text(image, record[SWAP_WITHOUT]),
        .call_without = image_text(image, record[SWAP_CALL_WITHOUT]),
        .note = image_text(image, record[SWAP_NOTE]),
    };
}

/* The table that was loaded last and has rows of the path speaks for it. */
bool catalogue_swap(const Catalogue *catalogue, Str path, size_t index, SwapRow *row)
{
    for (size_t i = catalogue->images.count; i-- > 0;) {
        const Image *image = &catalogue->images.items[i].image;
        size_t first = first_of(image, path);
        if (!is_of(image, first, path)) continue;
        if (!is_of(image, first + index, path)) return false;
        *row = row_of(image, record_at(image, first + index));
        return true;
    }
    return false;
}

/* Calls for each library of the group, as often as it has rows, until somebody has seen enough. */
typedef bool LibraryVisit(void *context, Str library);

static bool each_library(const Catalogue *catalogue, Str group, LibraryVisit *visit, void *context)
{
    for (size_t i = 0; i < catalogue->images.count; i++) {
        const Image *image = &catalogue->images.items[i].image;
        for (size_t k = 0; k < image_count(image, SECTION_SWAPS); k++) {
            const uint32_t *record = record_at(image, k);
            bool is_one = str_equal(image_text(image, record[SWAP_GROUP]), group);
            if (is_one && visit(context, image_text(image, record[SWAP_LIBRARY]))) return true;
        }
    }
    return false;
}

static bool is_library(void *context, Str library)
{
    return str_equal(*(const Str *)context, library);
}

bool catalogue_swaps_to(const Catalogue *catalogue, Str group, Str library)
{
    return each_library(catalogue, group, is_library, &library);
}

typedef struct LibraryList {
    Arena *arena;
    Str text;
} LibraryList;

static bool list_library(void *context, Str library)
{
    LibraryList *list = context;
    for (size_t at = 0; at < list->text.len;) {
        Str word = str_word(list->text, at);
        if (str_equal(word, library)) return false;
        at += word.len ? word.len : 1;
    }
    list->text = str_join(list->arena, list->text, list->text.len ? STR(", ") : STR(""), library);
    return false;
}

Str catalogue_swap_libraries(const Catalogue *catalogue, Arena *arena, Str group)
{
    LibraryList list = {arena, STR("")};
    each_library(catalogue, group, list_library, &list);
    return list.text;
}

Str catalogue_swap_path(const Catalogue *catalogue, Arena *arena, Str path)
{
    PathKey key = catalogue_key(catalogue, path);
    return key.tail.len ? str_join(arena, key.head, STR("."), key.tail) : key.head;
}
