#include <stdlib.h>
#include <string.h>

#include "rules/catalogue_state.h"

#include "base/banned.h"

static bool is_below(Str path, Str prefix)
{
    return str_starts(path, prefix) && (path.len == prefix.len || path.ptr[prefix.len] == '.');
}

static int by_bytes(const void *left, const void *right)
{
    return str_compare(*(const Str *)left, *(const Str *)right);
}

static Str node_name(const Image *image, size_t number)
{
    return image_text(image, image_record(image, SECTION_NODES, number, NODE_WORDS)[NODE_NAME]);
}

size_t catalogue_below(const Catalogue *catalogue, Arena *arena, Str prefix, const Str **paths)
{
    VEC(Str) found = {0};
    for (size_t i = 0; i < catalogue->images.count; i++) {
        const Image *image = &catalogue->images.items[i].image;
        for (size_t k = 0; k < image_count(image, SECTION_NODES); k++) {
            Str name = node_name(image, k);
            if (is_below(name, prefix)) vec_add(&found, name);
        }
    }
    if (found.count) qsort(found.items, found.count, sizeof *found.items, by_bytes);
    Str *ordered = arena_array(arena, found.count, sizeof *ordered);
    size_t count = 0;
    for (size_t i = 0; i < found.count; i++)
        if (!count || !str_equal(ordered[count - 1], found.items[i])) ordered[count++] = found.items[i];
    vec_free(&found);
    *paths = ordered;
    return count;
}
