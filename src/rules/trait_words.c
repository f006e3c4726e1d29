/* The words by which calls are written that have a trait, or compute: of "asyncio.Future.set_result" set_result. */
#include "rules/catalogue_state.h"

#include "base/banned.h"

static bool is_known(const Words *words, Str word)
{
    for (size_t i = 0; i < words->count; i++)
        if (str_equal(words->items[i], word)) return true;
    return false;
}

static void add_word(Words *words, Str path)
{
    size_t dot = str_find_last(path, '.');
    Str word = str_part(path, dot == SIZE_MAX ? 0 : dot + 1, path.len);
    if (!str_equal(word, STR("*")) && !is_known(words, word)) vec_add(words, word);
}

static void add_computing(Catalogue *catalogue, const Image *image)
{
    for (size_t i = 0; i < image_count(image, SECTION_RULES); i++) {
        const uint32_t *rule = image_record(image, SECTION_RULES, i, RULE_WORDS);
        if (rule[RULE_EFFECT] != EFFECT_CPU || rule[RULE_GIL] != GIL_HELD) continue;
        if (rule[RULE_WEIGHT] > WEIGHT_CHEAP)
            add_word(&catalogue->computing_words, image_text(image, rule[RULE_PATH]));
    }
}

/* Of "fastapi.FastAPI.get" fastapi. */
static void add_root(Words *words, Str path)
{
    Str root = str_part(path, 0, str_find_byte(path, '.'));
    if (!is_known(words, root)) vec_add(words, root);
}

void catalogue_add_words(Catalogue *catalogue, const Image *image)
{
    for (size_t i = 0; i < image_count(image, SECTION_NODES); i++) {
        const uint32_t *node = image_record(image, SECTION_NODES, i, NODE_WORDS);
        uint32_t traits = node[NODE_TRAITS] & TRAITS_WITH_WORDS;
        if (node[NODE_TRAITS] & TRAIT_BIT(TRAIT_FORTY_THREADS))
            add_root(&catalogue->pool_roots, image_text(image, node[NODE_NAME]));
        for (unsigned trait = 0; traits; trait++, traits >>= 1)
            if (traits & 1) add_word(&catalogue->trait_words[trait], image_text(image, node[NODE_NAME]));
    }
    add_computing(catalogue, image);
}

void catalogue_free_words(Catalogue *catalogue)
{
    for (size_t i = 0; i < TRAIT_COUNT; i++)
        vec_free(&catalogue->trait_words[i]);
    vec_free(&catalogue->computing_words);
    vec_free(&catalogue->pool_roots);
}

size_t catalogue_words(const Catalogue *catalogue, Trait trait, const Str **words)
{
    *words = catalogue->trait_words[trait].items;
    return catalogue->trait_words[trait].count;
}

size_t catalogue_computing_words(const Catalogue *catalogue, const Str **words)
{
    *words = catalogue->computing_words.items;
    return catalogue->computing_words.count;
}

static bool mentions(Str text, const Words *words)
{
    for (size_t i = 0; i < words->count; i++)
        if (str_find(text, words->items[i]) != SIZE_MAX) return true;
    return false;
}

bool catalogue_may_hold_thread(const Catalogue *catalogue, Str text)
{
    return mentions(text, &catalogue->trait_words[TRAIT_SLEEPS]) && mentions(text, &catalogue->pool_roots);
}
