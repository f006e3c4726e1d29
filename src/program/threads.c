#include "program/threads.h"

#include "base/banned.h"

/* The place after `from` where the text calls the word; SIZE_MAX: nowhere. */
static size_t find_call(Str text, Str word, size_t from)
{
    for (size_t at = from; at < text.len;) {
        size_t found = str_find(str_part(text, at, text.len), word);
        if (found == SIZE_MAX) return SIZE_MAX;
        at += found;
        size_t end = at + word.len;
        bool starts = at == 0 || !byte_is_word(text.ptr[at - 1]);
        if (starts && end < text.len && text.ptr[end] == '(') return at;
        at = end;
    }
    return SIZE_MAX;
}

/* --- functions whose text sleeps --- */

/* The function of module or class level around the place. */
static const Region *function_at(const Outline *outline, size_t at)
{
    size_t low = 0, high = outline->region_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (outline->regions[middle].span.start <= at)
            low = middle + 1;
        else
            high = middle;
    }
    const Region *region = low ? &outline->regions[low - 1] : NULL;
    return region && region->kind == REGION_FUNCTION && at < region->span.end ? region : NULL;
}

static void note_in(Program *program, const Unit *unit, Str word)
{
    const Outline *outline = facts_outline(unit->facts);
    Str text = outline->text;
    for (size_t at = 0; (at = find_call(text, word, at)) != SIZE_MAX; at += word.len) {
        const Region *region = function_at(outline, at);
        if (region) map_put(&program->sleepers, names_intern(program->names, region->name), 1);
    }
}

void threads_note_sleepers(Program *program)
{
    const Str *words;
    size_t count = catalogue_words(program->catalogue, TRAIT_SLEEPS, &words);
    map_init(&program->sleepers, &program->arena);
    for (size_t i = 0; i < program->units.count; i++)
        for (size_t k = 0; k < count && program->units.items[i]->is_root; k++)
            note_in(program, program->units.items[i], words[k]);
}

/* --- which functions matter --- */

static bool calls_one_of(Str text, const Str *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (find_call(text, words[i], 0) != SIZE_MAX) return true;
    return false;
}

static bool calls_word_of(const Catalogue *catalogue, Trait trait, Str text)
{
    const Str *words;
    size_t count = catalogue_words(catalogue, trait, &words);
    return calls_one_of(text, words, count);
}

/* It calls, by name, a function whose text sleeps. */
static bool calls_sleeper(const Program *program, Str text)
{
    for (size_t start = 0;;) {
        size_t bracket = str_find_byte(str_part(text, start, text.len), '(');
        if (bracket == SIZE_MAX) return false;
        size_t end = start + bracket, word = end;
        while (word && byte_is_word(text.ptr[word - 1]))
            word--;
        bool defines = word >= 4 && str_equal(str_part(text, word - 4, word), STR("def "));
        if (word < end && !defines &&
            map_find(&program->sleepers, names_intern(program->names, str_part(text, word, end))) != MAP_NONE)
            return true;
        start = end + 1;
    }
}

bool thread_matters(const FunctionInfo *info)
{
    static const Trait traits[] = {TRAIT_SLEEPS, TRAIT_LOOP_BOUND, TRAIT_MAKES_LOOP, TRAIT_LONG_JOB};
    const Program *program = info->unit->program;
    Str text = unit_text(info->unit, info->node);
    for (size_t i = 0; i < sizeof traits / sizeof *traits; i++)
        if (calls_word_of(program->catalogue, traits[i], text)) return true;
    return program->sleepers.count && calls_sleeper(program, text);
}

bool thread_computes(const FunctionInfo *info)
{
    const Str *words;
    size_t count = catalogue_computing_words(info->unit->catalogue, &words);
    return calls_one_of(unit_text(info->unit, info->node), words, count);
}
