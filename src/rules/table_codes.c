#include "rules/table.h"

#include "base/banned.h"

static const Field code_fields[] = {
    {"code", FIELD_TEXT, true},   {"name", FIELD_TEXT, true},     {"summary", FIELD_TEXT, true},
    {"why", FIELD_TEXTS, true},   {"instead", FIELD_TEXTS, true}, {"bad", FIELD_TEXTS, false},
    {"good", FIELD_TEXTS, false}, {"limits", FIELD_TEXTS, true},  {"opt-in", FIELD_BOOL, false},
    {NULL, FIELD_ANY, false},
};

static const Field effect_fields[] = {
    {"severity", FIELD_TEXT, true}, {"code", FIELD_TEXT, false}, {NULL, FIELD_ANY, false}};

static Str joined_of(const Table *table, const cJSON *node, const char *key, char ending)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(node, key);
    return item ? table_joined(table, item, ending) : STR("");
}

static bool add_code(const Table *table, const cJSON *node)
{
    Model *model = table->model;
    if (!table_shape(table, node, code_fields, "a code")) return false;
    CodeRule code = {
        .code = table_text(table, node, "code"),
        .name = table_text(table, node, "name"),
        .summary = table_text(table, node, "summary"),
        .why = joined_of(table, node, "why", ' '),
        .instead = joined_of(table, node, "instead", ' '),
        .bad = joined_of(table, node, "bad", '\n'),
        .good = joined_of(table, node, "good", '\n'),
        .limits = joined_of(table, node, "limits", ' '),
        .is_opt_in = table_flag(node, "opt-in"),
    };
    for (size_t i = 0; i < model->codes.count; i++)
        if (str_equal(model->codes.items[i].code, code.code))
            return table_fail(table, node, "code \"%.*s\" stands twice", (int)code.code.len, code.code.ptr);
    vec_add(&model->codes, code);
    return true;
}

bool table_codes(const Table *table, const cJSON *list)
{
    if (list && table->kind == TABLE_USER)
        return table_fail(table, list, "\"codes\" belongs to the built-in tables");
    for (const cJSON *node = list ? list->child : NULL; node; node = node->next)
        if (!add_code(table, node)) return false;
    return true;
}

static bool add_effect(const Table *table, const cJSON *node)
{
    int number = word_find(WORDS_EFFECT, str_from(node->string));
    if (number < 0) return table_fail(table, node, "\"%.80s\" is no effect", node->string);
    if (!table_shape(table, node, effect_fields, "an effect")) return false;
    ModelEffect *effect = &table->model->effects[number];
    if (effect->is_set) return table_fail(table, node, "effect \"%s\" stands twice", node->string);
    unsigned severity = SEVERITY_INFO;
    if (!table_word(table, node, "severity", WORDS_SEVERITY, &severity)) return false;
    *effect = (ModelEffect){true, (Severity)severity, table_text(table, node, "code")};
    return true;
}

bool table_effects(const Table *table, const cJSON *map)
{
    if (map && table->kind == TABLE_USER)
        return table_fail(table, map, "\"effects\" belongs to the built-in tables");
    for (const cJSON *node = map ? map->child : NULL; node; node = node->next)
        if (!add_effect(table, node)) return false;
    return true;
}
