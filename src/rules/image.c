#include "rules/image.h"

#include <string.h>

#include "base/banned.h"

size_t image_count(const Image *image, ImageSection section)
{
    return image->words[section * 2 + 1];
}

const uint32_t *image_record(const Image *image, ImageSection section, size_t number, size_t record_words)
{
    return image->words + image->words[section * 2] + number * record_words;
}

Str image_text(const Image *image, uint32_t number)
{
    const uint32_t *start = image_record(image, SECTION_STRINGS, number, 1);
    return (Str){image->text + start[0], start[1] - start[0] - 1};
}

uint32_t path_hash_on(uint32_t hash, Str text)
{
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.ptr[i]) * 16777619u;
    return hash;
}

uint32_t path_hash(PathKey key)
{
    uint32_t hash = path_hash_on(2166136261u, key.head);
    return key.tail.len ? path_hash_on(path_hash_on(hash, STR(".")), key.tail) : hash;
}

static bool is_path_of(Str name, PathKey key)
{
    if (!key.tail.len) return str_equal(name, key.head);
    return name.len == key.head.len + 1 + key.tail.len && name.ptr[key.head.len] == '.' &&
           !memcmp(name.ptr, key.head.ptr, key.head.len) &&
           !memcmp(name.ptr + key.head.len + 1, key.tail.ptr, key.tail.len);
}

const uint32_t *image_node(const Image *image, PathKey key, uint32_t hash)
{
    size_t mask = image_count(image, SECTION_SLOTS) - 1;
    const uint32_t *slots = image_record(image, SECTION_SLOTS, 0, 1);
    for (size_t at = hash & mask; slots[at]; at = (at + 1) & mask) {
        const uint32_t *node = image_record(image, SECTION_NODES, slots[at] - 1, NODE_WORDS);
        if (node[NODE_HASH] == hash && is_path_of(image_text(image, node[NODE_NAME]), key)) return node;
    }
    return NULL;
}
