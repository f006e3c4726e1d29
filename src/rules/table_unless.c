#include "rules/table.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

enum { CONDITIONS_MOST = sizeof((Unless){0}.conditions) / sizeof(Condition) };

#define CONDITION_FIELDS                                                                                     \
    {"position", FIELD_NUMBER, false}, {"keyword", FIELD_TEXT, false}, {"of_receiver", FIELD_BOOL, false},   \
        {"is", FIELD_ANY, false}, {"at_most", FIELD_ANY, false}, {"names", FIELD_TEXT, false},               \
        {"type", FIELD_TEXT, false}, {"starts", FIELD_TEXT, false}, {"present", FIELD_BOOL, false},          \
        {"absent", FIELD_BOOL, false}, {"backtracks", FIELD_BOOL, false},                                    \
    {                                                                                                        \
        "guarded_by", FIELD_TEXT, false                                                                      \
    }

static const Field condition_fields[] = {CONDITION_FIELDS, {NULL, FIELD_ANY, false}};
/* An `unless` of one condition is that condition, with a weight. */
static const Field single_fields[] = {
    CONDITION_FIELDS, {"weight", FIELD_TEXT, false}, {NULL, FIELD_ANY, false}};
static const Field group_fields[] = {
    {"all", FIELD_LIST, true}, {"weight", FIELD_TEXT, false}, {NULL, FIELD_ANY, false}};

static const struct {
    const char *key;
    ConditionTest test;
} tests[] = {
    {"is", TEST_IS},         {"at_most", TEST_AT_MOST},    {"names", TEST_NAMES},
    {"type", TEST_TYPE},     {"starts", TEST_PREFIX},      {"present", TEST_PRESENT},
    {"absent", TEST_ABSENT}, {"guarded_by", TEST_GUARDED}, {"backtracks", TEST_BACKTRACKS},
};

static bool is_test(const cJSON *item, ConditionTest *test)
{
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        if (strcmp(item->string, tests[i].key) != 0) continue;
        *test = tests[i].test;
        return true;
    }
    return false;
}

/* A JSON value as Python writes it: False, None, 0.005, "text". */
static bool literal_text(const Table *table, const cJSON *value, Str *text)
{
    Arena *arena = table->model->arena;
    char number[32];
    if (cJSON_IsBool(value))
        *text = cJSON_IsTrue(value) ? STR("True") : STR("False");
    else if (cJSON_IsNull(value))
        *text = STR("None");
    else if (cJSON_IsString(value))
        *text = str_join(arena, STR("\""), str_from(value->valuestring), STR("\""));
    else if (cJSON_IsNumber(value)) {
        snprintf(number, sizeof number, "%.15g", value->valuedouble);
        *text = str_copy(arena, str_from(number));
    } else
        return table_fail(table, value, "\"%s\" must be a text, a number, true, false or null",
                          value->string);
    return true;
}

static bool read_value(const Table *table, const cJSON *value, Condition *condition)
{
    switch (condition->test) {
    case TEST_IS:
        return literal_text(table, value, &condition->value);
    case TEST_AT_MOST:
        if (!cJSON_IsNumber(value)) return table_fail(table, value, "\"at_most\" must be a number");
        return literal_text(table, value, &condition->value);
    case TEST_PRESENT:
    case TEST_ABSENT:
    case TEST_BACKTRACKS:
        return cJSON_IsTrue(value) || table_fail(table, value, "\"%s\" can only be true", value->string);
    default:
        condition->value = str_copy(table->model->arena, str_from(value->valuestring));
        return true;
    }
}

/* The node's shape has been checked. */
static bool read_condition(const Table *table, const cJSON *node, Condition *condition)
{
    const cJSON *position = cJSON_GetObjectItemCaseSensitive(node, "position");
    condition->position = position ? (int)position->valuedouble : -1;
    condition->keyword = table_text(table, node, "keyword");
    condition->of_receiver = table_flag(node, "of_receiver");
    bool of_argument = !cJSON_GetObjectItemCaseSensitive(node, "guarded_by");
    if (of_argument && !position && !condition->keyword.len)
        return table_fail(table, node, "a condition needs \"position\" or \"keyword\"");
    const cJSON *value = NULL;
    for (const cJSON *item = node->child; item; item = item->next) {
        if (!is_test(item, &condition->test)) continue;
        if (value) return table_fail(table, item, "a condition has one test, not \"%s\" too", item->string);
        value = item;
    }
    if (!value) return table_fail(table, node, "a condition needs a test, such as \"is\"");
    is_test(value, &condition->test);
    return read_value(table, value, condition);
}

bool table_condition(const Table *table, const cJSON *node, Condition *condition)
{
    return table_shape(table, node, condition_fields, "a condition") &&
           read_condition(table, node, condition);
}

static bool read_group(const Table *table, const cJSON *node, Unless *unless)
{
    if (!table_shape(table, node, group_fields, "an exception")) return false;
    const cJSON *all = cJSON_GetObjectItemCaseSensitive(node, "all");
    if (!all->child) return table_fail(table, all, "\"all\" is empty");
    for (const cJSON *item = all->child; item; item = item->next) {
        if (unless->count == CONDITIONS_MOST)
            return table_fail(table, item, "\"all\" holds more than %d conditions", (int)CONDITIONS_MOST);
        if (!table_condition(table, item, &unless->conditions[unless->count++])) return false;
    }
    return true;
}

static bool read_unless(const Table *table, const cJSON *node, Unless *unless)
{
    if (cJSON_HasObjectItem(node, "all")) {
        if (!read_group(table, node, unless)) return false;
    } else {
        if (!table_shape(table, node, single_fields, "an exception")) return false;
        unless->count = 1;
        if (!read_condition(table, node, &unless->conditions[0])) return false;
    }
    unsigned weight = WEIGHT_NONE;
    if (!table_word(table, node, "weight", WORDS_WEIGHT, &weight)) return false;
    unless->weight = (Weight)weight;
    return true;
}

bool table_unless(const Table *table, const cJSON *list, uint32_t *first, uint32_t *count)
{
    *first = (uint32_t)table->model->unless.count;
    *count = 0;
    for (const cJSON *node = list ? list->child : NULL; node; node = node->next) {
        Unless unless = {0};
        if (!read_unless(table, node, &unless)) return false;
        vec_add(&table->model->unless, unless);
        ++*count;
    }
    return true;
}
