/* fuzz_facts_blob.c - any bytes as saved facts of a fixed text: refused, or safe to walk, before and after every body
 * is read. The same for saved facts in which some bytes were changed: two bytes of place and one of value each. And any
 * bytes as a text: its facts come back as they were saved. */
#include <stdlib.h>
#include <string.h>

#include "../unit/facts_same.h"
#include "../unit/facts_walk.h"
#include "python/facts_blob.h"

#include "base/banned.h"

static const char TEXT[] =
#include "blob_text.inc"
    ;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) abort();
}

static void load_anything(Arena *arena, Names *names, Parser *parser, Str blob)
{
    Str text = {TEXT, sizeof TEXT - 1};
    Facts *facts = facts_load(arena, names, parser, text, blob);
    if (!facts) return;
    require(facts_are_safe(facts, text.len));
    facts_parse_expression(facts, STR("list[int]"));
    read_every(facts, 2);
    read_all(facts);
    require(facts_are_safe(facts, text.len));
}

enum { CHANGES_MOST = 48, CHANGES_AT_ONCE = 6 };

static void load_changed(Arena *arena, Names *names, Parser *parser, Str changes)
{
    Str text = {TEXT, sizeof TEXT - 1};
    Buf blob;
    buf_init(&blob);
    Outline outline = outline_scan(arena, text);
    facts_save(facts_new(arena, names, parser, &outline, FACTS_ON_DEMAND), &blob);
    char *whole = arena_copy(arena, blob.data, blob.len);
    for (size_t i = 0; i < CHANGES_MOST && 3 * i + 2 < changes.len; i++) {
        const unsigned char *change = (const unsigned char *)changes.ptr + 3 * i;
        if (i % CHANGES_AT_ONCE == 0) memcpy(blob.data, whole, blob.len);
        blob.data[(change[0] | (size_t)change[1] << 8) % blob.len] ^= (char)change[2];
        load_anything(arena, names, parser, buf_str(&blob));
    }
    buf_free(&blob);
}

static void come_back(Arena *arena, Names *names, Parser *parser, Str text, size_t every)
{
    Buf blob;
    buf_init(&blob);
    Outline outline = outline_scan(arena, text);
    Facts *facts = facts_new(arena, names, parser, &outline, FACTS_ON_DEMAND);
    if (every) read_every(facts, every);
    facts_parse_expression(facts, str_part(text, 0, text.len < 40 ? text.len : 40));
    facts_save(facts, &blob);
    Facts *loaded = facts_load(arena, names, parser, text, buf_str(&blob));
    require(loaded && !facts_difference(facts, loaded));
    read_all(facts);
    read_all(loaded);
    require(!facts_difference(facts, loaded));
    buf_free(&blob);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena arena;
    arena_init(&arena);
    Names *names = names_new();
    Parser *parser = parser_new();
    Str bytes = {arena_copy(&arena, (const char *)data, size), size};
    load_anything(&arena, names, parser, bytes);
    load_changed(&arena, names, parser, bytes);
    come_back(&arena, names, parser, bytes, size % 3);
    parser_free(parser);
    names_free(names);
    arena_free(&arena);
    return 0;
}
