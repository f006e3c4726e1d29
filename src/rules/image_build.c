#include "rules/image.h"

#include <string.h>

#include "base/buf.h"

#include "base/banned.h"

typedef VEC(uint32_t) Words;

typedef struct Build {
    const Model *model;
    Words sections[SECTION_COUNT];
    size_t counts[SECTION_COUNT]; /* records, not words */
    Names *names;
    Map strings; /* text -> its number */
    Arena scratch;
    Buf text;
} Build;

static void add_word(Build *build, ImageSection section, size_t word)
{
    vec_add(&build->sections[section], (uint32_t)word);
}

static void add_record(Build *build, ImageSection section, const uint32_t *record, size_t record_words)
{
    for (size_t i = 0; i < record_words; i++)
        add_word(build, section, record[i]);
    build->counts[section]++;
}

static uint32_t add_string(Build *build, Str text)
{
    Name name = names_intern(build->names, text);
    uint32_t number = map_find(&build->strings, name);
    if (number != MAP_NONE) return number;
    number = (uint32_t)build->counts[SECTION_STRINGS]++;
    map_put(&build->strings, name, number);
    add_word(build, SECTION_STRINGS, build->text.len);
    buf_add(&build->text, text);
    buf_add_byte(&build->text, '\0');
    return number;
}

/* Gives the number of the condition + 1. */
static uint32_t add_condition(Build *build, const Condition *condition)
{
    uint32_t record[CONDITION_WORDS] = {
        [CONDITION_TEST] = condition->test,
        [CONDITION_RECEIVER] = condition->of_receiver,
        [CONDITION_POSITION] = (uint32_t)(condition->position + 1),
        [CONDITION_KEYWORD] = add_string(build, condition->keyword),
        [CONDITION_VALUE] = add_string(build, condition->value),
    };
    add_record(build, SECTION_CONDITIONS, record, CONDITION_WORDS);
    return (uint32_t)build->counts[SECTION_CONDITIONS];
}

static uint32_t add_unless(Build *build, const Rule *rule)
{
    uint32_t first = (uint32_t)build->counts[SECTION_UNLESS];
    for (size_t i = 0; i < rule->unless_count; i++) {
        const Unless *unless = &build->model->unless.items[rule->unless_first + i];
        uint32_t record[UNLESS_WORDS] = {
            [UNLESS_WEIGHT] = unless->weight,
            [UNLESS_CONDITION] = (uint32_t)build->counts[SECTION_CONDITIONS],
            [UNLESS_CONDITION_COUNT] = (uint32_t)unless->count,
        };
        for (size_t k = 0; k < unless->count; k++)
            add_condition(build, &unless->conditions[k]);
        add_record(build, SECTION_UNLESS, record, UNLESS_WORDS);
    }
    return first;
}

static uint32_t add_rule(Build *build, uint32_t number)
{
    if (number == MODEL_NONE) return 0;
    const ModelRule *entry = &build->model->rules.items[number];
    const Rule *rule = &entry->rule;
    uint32_t record[RULE_WORDS] = {
        [RULE_PATH] = add_string(build, rule->path),
        [RULE_KIND] = rule->kind,
        [RULE_EFFECT] = rule->effect,
        [RULE_WEIGHT] = rule->weight,
        [RULE_GIL] = rule->gil,
        [RULE_SEVERITY] = entry->has_severity ? rule->severity + 1u : 0,
        [RULE_RETURNS] = add_string(build, rule->returns),
        [RULE_REPLACEMENT] = add_string(build, rule->replacement),
        [RULE_PACKAGE] = add_string(build, rule->package),
        [RULE_FORM] = rule->form,
        [RULE_EVIDENCE] = add_string(build, rule->evidence),
        [RULE_WHY] = add_string(build, rule->why),
        [RULE_UNLESS] = add_unless(build, rule),
        [RULE_UNLESS_COUNT] = rule->unless_count,
        [RULE_QUIETS] = rule->quiets_receiver,
    };
    add_record(build, SECTION_RULES, record, RULE_WORDS);
    return (uint32_t)build->counts[SECTION_RULES];
}

static uint32_t add_method(Build *build, uint32_t number)
{
    if (number == MODEL_NONE) return 0;
    const MethodPlacement *method = &build->model->methods.items[number];
    uint32_t record[METHOD_WORDS] = {
        [METHOD_BASE] = add_string(build, method->base),
        [METHOD_DEF] = method->def_runs,
        [METHOD_COROUTINE] = method->coroutine_runs,
    };
    add_record(build, SECTION_METHODS, record, METHOD_WORDS);
    return (uint32_t)build->counts[SECTION_METHODS];
}

static void add_handover(Build *build, const Handover *handover)
{
    uint32_t record[HANDOVER_WORDS] = {
        [HANDOVER_PATH] = add_string(build, handover->path),
        [HANDOVER_POSITION] = (uint32_t)(handover->position + 1),
        [HANDOVER_KEYWORD] = add_string(build, handover->keyword),
        [HANDOVER_DEF] = handover->def_runs,
        [HANDOVER_COROUTINE] = handover->coroutine_runs,
        [HANDOVER_DECORATOR] = handover->is_decorator,
        [HANDOVER_WRAPPER] = handover->is_wrapper,
        [HANDOVER_INJECTS] = handover->injects,
        [HANDOVER_HANDS] = add_string(build, handover->hands),
        [HANDOVER_CONDITION] = handover->is_conditional ? add_condition(build, &handover->condition) : 0,
        [HANDOVER_EVIDENCE] = add_string(build, handover->evidence),
    };
    add_record(build, SECTION_HANDOVERS, record, HANDOVER_WORDS);
}

static int handover_compare(const void *left, const void *right)
{
    const Handover *one = *(const Handover *const *)left;
    const Handover *other = *(const Handover *const *)right;
    if (one->is_conditional != other->is_conditional) return one->is_conditional ? -1 : 1;
    if (one->position != other->position) return one->position < other->position ? -1 : 1;
    return str_compare(one->keyword, other->keyword);
}

/* All handovers of a node, those with a condition first, by position and keyword; gives how many. */
static uint32_t add_handovers(Build *build, uint32_t first)
{
    const Model *model = build->model;
    VEC(const Handover *) found = {0};
    for (uint32_t at = first; at != MODEL_NONE; at = model->handovers.items[at].next)
        vec_add(&found, &model->handovers.items[at].handover);
    if (found.count) qsort(found.items, found.count, sizeof *found.items, handover_compare);
    for (size_t i = 0; i < found.count; i++)
        add_handover(build, found.items[i]);
    uint32_t count = (uint32_t)found.count;
    vec_free(&found);
    return count;
}

static uint32_t add_bases(Build *build, const ModelNode *node)
{
    uint32_t first = (uint32_t)build->counts[SECTION_BASES];
    for (uint32_t i = 0; i < node->base_count; i++) {
        uint32_t base = add_string(build, build->model->bases.items[node->first_base + i]);
        add_record(build, SECTION_BASES, &base, 1);
    }
    return first;
}

static void add_node(Build *build, const ModelNode *node)
{
    uint32_t handover = (uint32_t)build->counts[SECTION_HANDOVERS];
    Str name = name_str(node->name);
    uint32_t record[NODE_WORDS] = {
        [NODE_NAME] = add_string(build, name),
        [NODE_HASH] = path_hash((PathKey){.head = name}),
        [NODE_RULE] = add_rule(build, node->rule),
        [NODE_METHOD] = add_method(build, node->method),
        [NODE_HANDOVER] = node->next_handover == MODEL_NONE ? 0 : handover + 1,
        [NODE_HANDOVER_COUNT] = add_handovers(build, node->next_handover),
        [NODE_BASE] = add_bases(build, node),
        [NODE_BASE_COUNT] = node->base_count,
        [NODE_RETURNS] = add_string(build, node->returns),
        [NODE_ATTRIBUTE] = add_string(build, node->attribute),
        [NODE_SAME] = add_string(build, node->same),
        [NODE_ENTER] = add_string(build, node->enter),
        [NODE_ITEM] = add_string(build, node->item),
        [NODE_TWIN] = add_string(build, node->twin),
        [NODE_NEEDS] = add_string(build, node->needs),
        [NODE_UNLIKE] = add_string(build, node->unlike),
        [NODE_TRAITS] = node->traits,
        [NODE_TYPE] = node->is_type,
        [NODE_PARENT] = node->is_parent,
    };
    add_record(build, SECTION_NODES, record, NODE_WORDS);
}

static int node_compare(const void *left, const void *right)
{
    const ModelNode *one = *(const ModelNode *const *)left;
    const ModelNode *other = *(const ModelNode *const *)right;
    return str_compare(name_str(one->name), name_str(other->name));
}

static void add_nodes(Build *build)
{
    const Model *model = build->model;
    VEC(const ModelNode *) sorted = {0};
    for (size_t i = 0; i < model->nodes.count; i++)
        vec_add(&sorted, &model->nodes.items[i]);
    if (sorted.count) qsort(sorted.items, sorted.count, sizeof *sorted.items, node_compare);
    for (size_t i = 0; i < sorted.count; i++)
        add_node(build, sorted.items[i]);
    vec_free(&sorted);
}

static void add_slots(Build *build)
{
    size_t nodes = build->counts[SECTION_NODES];
    size_t slots = 4;
    while (slots < nodes * 2)
        slots *= 2;
    for (size_t i = 0; i < slots; i++)
        add_word(build, SECTION_SLOTS, 0);
    build->counts[SECTION_SLOTS] = slots;
    for (size_t i = 0; i < nodes; i++) {
        uint32_t hash = build->sections[SECTION_NODES].items[i * NODE_WORDS + NODE_HASH];
        size_t at = hash & (slots - 1);
        while (build->sections[SECTION_SLOTS].items[at])
            at = (at + 1) & (slots - 1);
        build->sections[SECTION_SLOTS].items[at] = (uint32_t)(i + 1);
    }
}

static int code_compare(const void *left, const void *right)
{
    return str_compare((*(const CodeRule *const *)left)->code, (*(const CodeRule *const *)right)->code);
}

static void add_code(Build *build, const CodeRule *code)
{
    uint32_t record[CODE_WORDS] = {
        [CODE_CODE] = add_string(build, code->code),
        [CODE_NAME] = add_string(build, code->name),
        [CODE_SUMMARY] = add_string(build, code->summary),
        [CODE_WHY] = add_string(build, code->why),
        [CODE_INSTEAD] = add_string(build, code->instead),
        [CODE_BAD] = add_string(build, code->bad),
        [CODE_GOOD] = add_string(build, code->good),
        [CODE_LIMITS] = add_string(build, code->limits),
        [CODE_OPT_IN] = code->is_opt_in,
    };
    add_record(build, SECTION_CODES, record, CODE_WORDS);
}

static void add_effects(Build *build, const CodeRule *const *codes, size_t code_count)
{
    for (size_t i = 0; i < EFFECT_COUNT; i++) {
        const ModelEffect *effect = &build->model->effects[i];
        uint32_t record[EFFECT_WORDS] = {[EFFECT_SEVERITY] = effect->severity};
        for (size_t k = 0; k < code_count; k++)
            if (effect->code.len && str_equal(effect->code, codes[k]->code))
                record[EFFECT_CODE] = (uint32_t)(k + 1);
        add_record(build, SECTION_EFFECTS, record, EFFECT_WORDS);
    }
}

static void add_codes(Build *build)
{
    const Model *model = build->model;
    VEC(const CodeRule *) sorted = {0};
    for (size_t i = 0; i < model->codes.count; i++)
        vec_add(&sorted, &model->codes.items[i]);
    if (sorted.count) qsort(sorted.items, sorted.count, sizeof *sorted.items, code_compare);
    for (size_t i = 0; i < sorted.count; i++)
        add_code(build, sorted.items[i]);
    add_effects(build, sorted.items, sorted.count);
    vec_free(&sorted);
}

static int text_compare(const void *left, const void *right)
{
    return str_compare(*(const Str *)left, *(const Str *)right);
}

static void add_triggers(Build *build)
{
    const Model *model = build->model;
    VEC(Str) sorted = {0};
    for (size_t i = 0; i < model->triggers.count; i++)
        vec_add(&sorted, model->triggers.items[i]);
    if (sorted.count) qsort(sorted.items, sorted.count, sizeof *sorted.items, text_compare);
    for (size_t i = 0; i < sorted.count; i++) {
        if (i && str_equal(sorted.items[i - 1], sorted.items[i])) continue;
        uint32_t trigger = add_string(build, sorted.items[i]);
        add_record(build, SECTION_TRIGGERS, &trigger, 1);
    }
    vec_free(&sorted);
}

static void add_spellings(Build *build)
{
    for (size_t i = 0; i < build->model->spellings.count; i++) {
        const Spelling *spelling = &build->model->spellings.items[i];
        uint32_t record[SPELLING_WORDS] = {
            [SPELLING_MODULE] = add_string(build, spelling->module),
            [SPELLING_NAME] = add_string(build, spelling->name),
            [SPELLING_RECEIVER] = add_string(build, spelling->receiver),
            [SPELLING_OPENS] = add_string(build, spelling->opens),
            [SPELLING_IMPORTED] = add_string(build, spelling->imported),
            [SPELLING_NOT_IMPORTED] = add_string(build, spelling->not_imported),
            [SPELLING_CALLS] = add_string(build, spelling->calls),
            [SPELLING_KEYWORDS] = spelling->keywords,
            [SPELLING_WRAPS] = spelling->wraps,
            [SPELLING_SINCE] = spelling->since,
            [SPELLING_ORDER] = spelling->order,
        };
        add_record(build, SECTION_SPELLINGS, record, SPELLING_WORDS);
    }
}

/* By path, those of one path as they were read. */
static int swap_compare(const void *left, const void *right)
{
    const SwapRow *one = *(const SwapRow *const *)left, *other = *(const SwapRow *const *)right;
    int by_path = str_compare(one->path, other->path);
    return by_path ? by_path : one < other ? -1 : one > other;
}

static void add_swap(Build *build, const SwapRow *row)
{
    uint32_t record[SWAP_WORDS] = {
        [SWAP_PATH] = add_string(build, row->path),
        [SWAP_GROUP] = add_string(build, row->group),
        [SWAP_LIBRARY] = add_string(build, row->library),
        [SWAP_PACKAGE] = add_string(build, row->package),
        [SWAP_CLIENT_TEXT] = add_string(build, row->client),
        [SWAP_VARIABLE] = add_string(build, row->variable),
        [SWAP_FORM] = row->form,
        [SWAP_TEXT] = add_string(build, row->text),
        [SWAP_VALUE] = add_string(build, row->value),
        [SWAP_GIVES] = add_string(build, row->gives),
        [SWAP_ARGUMENT_NAME] = add_string(build, row->argument),
        [SWAP_POSITION] = (uint32_t)(row->position + 1),
        [SWAP_OF] = row->of,
        [SWAP_ONLY] = add_string(build, row->only),
        [SWAP_PLACE] = row->place,
        [SWAP_ABSENT] = add_string(build, row->absent),
        [SWAP_WITHOUT] = add_string(build, row->without),
        [SWAP_CALL_WITHOUT] = add_string(build, row->call_without),
        [SWAP_NOTE] = add_string(build, row->note),
    };
    add_record(build, SECTION_SWAPS, record, SWAP_WORDS);
}

static void add_swaps(Build *build)
{
    const Model *model = build->model;
    VEC(const SwapRow *) sorted = {0};
    for (size_t i = 0; i < model->swaps.count; i++)
        vec_add(&sorted, &model->swaps.items[i]);
    if (sorted.count) qsort(sorted.items, sorted.count, sizeof *sorted.items, swap_compare);
    for (size_t i = 0; i < sorted.count; i++)
        add_swap(build, sorted.items[i]);
    vec_free(&sorted);
}

static ImageParts put_together(Build *build)
{
    add_word(build, SECTION_STRINGS, build->text.len);
    size_t total = SECTION_COUNT * 2;
    for (size_t i = 0; i < SECTION_COUNT; i++)
        total += build->sections[i].count;
    uint32_t *words = arena_array(build->model->arena, total, sizeof *words);
    size_t at = SECTION_COUNT * 2;
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        const uint32_t *items = build->sections[i].items;
        words[i * 2] = (uint32_t)at;
        words[i * 2 + 1] = (uint32_t)build->counts[i];
        if (items) memcpy(words + at, items, build->sections[i].count * sizeof *words);
        at += build->sections[i].count;
    }
    return (ImageParts){words, total, str_copy(build->model->arena, buf_str(&build->text))};
}

ImageParts image_build(const Model *model)
{
    Build build = {.model = model, .names = names_new()};
    arena_init(&build.scratch);
    map_init(&build.strings, &build.scratch);
    buf_init(&build.text);
    add_string(&build, STR(""));
    add_nodes(&build);
    add_slots(&build);
    add_codes(&build);
    add_triggers(&build);
    add_spellings(&build);
    add_swaps(&build);
    ImageParts parts = put_together(&build);
    for (size_t i = 0; i < SECTION_COUNT; i++)
        vec_free(&build.sections[i]);
    names_free(build.names);
    arena_free(&build.scratch);
    buf_free(&build.text);
    return parts;
}
