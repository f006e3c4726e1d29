#include "rules/catalogue_state.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "rules/loader.h"

#include "base/banned.h"

Condition catalogue_condition(const Image *image, size_t number)
{
    const uint32_t *record = image_record(image, SECTION_CONDITIONS, number, CONDITION_WORDS);
    return (Condition){
        .test = (ConditionTest)record[CONDITION_TEST],
        .of_receiver = record[CONDITION_RECEIVER] != 0,
        .position = (int)record[CONDITION_POSITION] - 1,
        .keyword = image_text(image, record[CONDITION_KEYWORD]),
        .value = image_text(image, record[CONDITION_VALUE]),
    };
}

static void add_unless(Catalogue *catalogue, const Image *image)
{
    for (size_t i = 0; i < image_count(image, SECTION_UNLESS); i++) {
        const uint32_t *record = image_record(image, SECTION_UNLESS, i, UNLESS_WORDS);
        Unless unless = {.weight = (Weight)record[UNLESS_WEIGHT], .count = record[UNLESS_CONDITION_COUNT]};
        for (size_t k = 0; k < unless.count; k++)
            unless.conditions[k] = catalogue_condition(image, record[UNLESS_CONDITION] + k);
        vec_add(&catalogue->unless, unless);
    }
}

static bool has_trigger(const Catalogue *catalogue, Str trigger)
{
    for (size_t i = 0; i < catalogue->triggers.count; i++)
        if (str_equal(catalogue->triggers.items[i], trigger)) return true;
    return false;
}

static void add_triggers(Catalogue *catalogue, const Image *image)
{
    for (size_t i = 0; i < image_count(image, SECTION_TRIGGERS); i++) {
        Str trigger = image_text(image, image_record(image, SECTION_TRIGGERS, i, 1)[0]);
        if (!has_trigger(catalogue, trigger)) vec_add(&catalogue->triggers, trigger);
    }
}

static size_t registrar_slot(const Catalogue *catalogue, Str word)
{
    size_t slot = str_hash(word) & (REGISTRAR_SLOTS - 1);
    while (catalogue->registrars[slot].len && !str_equal(catalogue->registrars[slot], word))
        slot = (slot + 1) & (REGISTRAR_SLOTS - 1);
    return slot;
}

bool catalogue_knows_code(const Catalogue *catalogue, Str prefix)
{
    if (str_equal(prefix, STR("ALL"))) return true;
    for (size_t i = 0; i < catalogue->codes.count; i++)
        if (str_starts(catalogue->codes.items[i].code, prefix)) return true;
    return false;
}

bool catalogue_is_registrar(const Catalogue *catalogue, Str word)
{
    return catalogue->registrars[registrar_slot(catalogue, word)].len != 0;
}

/* A table full of words of the user's own: the rest is not looked for. */
static void add_registrar(Catalogue *catalogue, Str word)
{
    if (catalogue_is_registrar(catalogue, word)) return;
    if (catalogue->registrar_count + 1 >= REGISTRAR_SLOTS) return;
    catalogue->registrars[registrar_slot(catalogue, word)] = word;
    catalogue->registrar_count++;
}

/* The row puts plain functions on a loop, or its call runs a loop or makes a task. */
static bool is_registrar(const Catalogue *catalogue, const uint32_t *record, Str path)
{
    Rule rule;
    if (!record[HANDOVER_POSITION] && !record[HANDOVER_KEYWORD]) return false;
    if (record[HANDOVER_DEF] == PLACE_LOOP) return true;
    if (catalogue_traits(catalogue, path) & TRAIT_BIT(TRAIT_MAKES_TASK)) return true;
    return catalogue_find(catalogue, path, &rule) && rule.effect == EFFECT_LOOP_MISUSE;
}

/* Of "asyncio.AbstractEventLoop.call_later" ".call_later"; of "asyncio.run" "asyncio.run" and "run". */
static void add_written_forms(Catalogue *catalogue, Str path)
{
    size_t last = str_find_last(path, '.');
    if (last == SIZE_MAX) return;
    size_t before = str_find_last(str_part(path, 0, last), '.');
    size_t parent = before == SIZE_MAX ? 0 : before + 1;
    bool is_method = path.ptr[parent] >= 'A' && path.ptr[parent] <= 'Z';
    if (is_method) {
        add_registrar(catalogue, str_part(path, last, path.len));
        return;
    }
    add_registrar(catalogue, str_part(path, parent, path.len));
    add_registrar(catalogue, str_part(path, last + 1, path.len));
}

static void add_registrars(Catalogue *catalogue, const Image *image)
{
    for (size_t i = 0; i < image_count(image, SECTION_HANDOVERS); i++) {
        const uint32_t *record = image_record(image, SECTION_HANDOVERS, i, HANDOVER_WORDS);
        Str path = image_text(image, record[HANDOVER_PATH]);
        if (is_registrar(catalogue, record, path)) add_written_forms(catalogue, path);
    }
}

static void add_codes(Catalogue *catalogue, const Image *image)
{
    for (size_t i = 0; i < image_count(image, SECTION_CODES); i++) {
        const uint32_t *record = image_record(image, SECTION_CODES, i, CODE_WORDS);
        CodeRule code = {
            .code = image_text(image, record[CODE_CODE]),
            .name = image_text(image, record[CODE_NAME]),
            .summary = image_text(image, record[CODE_SUMMARY]),
            .why = image_text(image, record[CODE_WHY]),
            .instead = image_text(image, record[CODE_INSTEAD]),
            .bad = image_text(image, record[CODE_BAD]),
            .good = image_text(image, record[CODE_GOOD]),
            .limits = image_text(image, record[CODE_LIMITS]),
            .is_opt_in = record[CODE_OPT_IN] != 0,
        };
        vec_add(&catalogue->codes, code);
    }
}

static void set_effects(Catalogue *catalogue, const Image *image)
{
    for (size_t i = 0; i < EFFECT_COUNT; i++) {
        const uint32_t *record = image_record(image, SECTION_EFFECTS, i, EFFECT_WORDS);
        catalogue->severities[i] = (Severity)record[EFFECT_SEVERITY];
        catalogue->code_of[i] = record[EFFECT_CODE];
    }
}

static void add_image(Catalogue *catalogue, Image image)
{
    CatalogueImage added = {image, (uint32_t)catalogue->unless.count};
    vec_add(&catalogue->images, added);
    add_unless(catalogue, &image);
    add_triggers(catalogue, &image);
    catalogue_add_spellings(catalogue, &image);
    add_registrars(catalogue, &image);
    catalogue_add_words(catalogue, &image);
}

Catalogue *catalogue_new(void)
{
    Catalogue *catalogue = memory_alloc(sizeof *catalogue);
    *catalogue = (Catalogue){0};
    arena_init(&catalogue->arena);
    Image built_in = {catalogue_data_words, catalogue_data_text};
    add_image(catalogue, built_in);
    add_codes(catalogue, &built_in);
    set_effects(catalogue, &built_in);
    return catalogue;
}

void catalogue_free(Catalogue *catalogue)
{
    if (!catalogue) return;
    vec_free(&catalogue->images);
    vec_free(&catalogue->unless);
    vec_free(&catalogue->codes);
    vec_free(&catalogue->triggers);
    vec_free(&catalogue->spellings);
    catalogue_free_words(catalogue);
    arena_free(&catalogue->arena);
    free(catalogue);
}

static void add_parts(Catalogue *catalogue, ImageParts parts)
{
    uint32_t *words = arena_array(&catalogue->arena, parts.word_count, sizeof *words);
    memcpy(words, parts.words, parts.word_count * sizeof *words);
    Str text = str_copy(&catalogue->arena, parts.text);
    add_image(catalogue, (Image){words, text.ptr});
}

static Str known_name(const Catalogue *known, Arena *arena, Str path)
{
    PathKey key = catalogue_key(known, path);
    return key.tail.len ? str_join(arena, key.head, STR("."), key.tail) : key.head;
}

bool catalogue_load_text(Catalogue *catalogue, Str text, const char *path, Fail *fail)
{
    Arena scratch;
    Model model;
    arena_init(&scratch);
    model_init(&model, &scratch);
    model.rename = known_name;
    model.known = catalogue;
    bool is_good = table_load(&model, text, path, TABLE_USER, fail);
    if (is_good) add_parts(catalogue, image_build(&model));
    model_free(&model);
    arena_free(&scratch);
    return is_good;
}

bool catalogue_load(Catalogue *catalogue, const char *path, Fail *fail)
{
    Arena scratch;
    Str text;
    arena_init(&scratch);
    IoStatus status = io_read_file(&scratch, path, LIMIT_TABLE_BYTES, &text);
    bool is_good = status == IO_OK ? catalogue_load_text(catalogue, text, path, fail)
                                   : fail_at(fail, path, 0, "%s", io_status_text(status));
    arena_free(&scratch);
    return is_good;
}

const Unless *catalogue_unless(const Catalogue *catalogue, const Rule *rule, size_t index)
{
    return &catalogue->unless.items[rule->unless_first + index];
}

const CodeRule *catalogue_code_of(const Catalogue *catalogue, Effect effect)
{
    uint32_t number = catalogue->code_of[effect];
    return number ? &catalogue->codes.items[number - 1] : NULL;
}

size_t catalogue_code_count(const Catalogue *catalogue)
{
    return catalogue->codes.count;
}

const CodeRule *catalogue_code(const Catalogue *catalogue, size_t index)
{
    return &catalogue->codes.items[index];
}

const CodeRule *catalogue_code_find(const Catalogue *catalogue, Str code)
{
    for (size_t i = 0; i < catalogue->codes.count; i++)
        if (str_equal(catalogue->codes.items[i].code, code)) return &catalogue->codes.items[i];
    return NULL;
}

size_t catalogue_trigger_count(const Catalogue *catalogue)
{
    return catalogue->triggers.count;
}

Str catalogue_trigger(const Catalogue *catalogue, size_t index)
{
    return catalogue->triggers.items[index];
}
