#include "rules/table.h"

#include "base/banned.h"

static const Field spelling_fields[] = {
    {"module", FIELD_TEXT, false},  {"name", FIELD_TEXT, true},      {"receiver", FIELD_TEXT, false},
    {"opens", FIELD_TEXT, false},   {"imported", FIELD_TEXT, false}, {"not-imported", FIELD_TEXT, false},
    {"calls", FIELD_TEXT, false},   {"keywords", FIELD_BOOL, false}, {"wraps", FIELD_BOOL, false},
    {"since", FIELD_NUMBER, false}, {"order", FIELD_NUMBER, true},   {"evidence", FIELD_TEXT, true},
    {NULL, FIELD_ANY, false},
};

static uint32_t number_of(const cJSON *node, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(node, key);
    return item ? (uint32_t)item->valuedouble : 0;
}

static bool add_spelling(const Table *table, const cJSON *node)
{
    if (!table_shape(table, node, spelling_fields, "a spelling")) return false;
    Spelling spelling = {
        .module = table_text(table, node, "module"),
        .name = table_text(table, node, "name"),
        .receiver = table_text(table, node, "receiver"),
        .opens = table_text(table, node, "opens"),
        .imported = table_text(table, node, "imported"),
        .not_imported = table_text(table, node, "not-imported"),
        .calls = table_text(table, node, "calls"),
        .keywords = table_flag(node, "keywords"),
        .wraps = table_flag(node, "wraps"),
        .since = number_of(node, "since"),
        .order = number_of(node, "order"),
    };
    if (!spelling.module.len == !spelling.receiver.len)
        return table_fail(table, node, "a spelling needs \"module\" or \"receiver\"");
    vec_add(&table->model->spellings, spelling);
    return true;
}

bool table_spellings(const Table *table, const cJSON *list)
{
    for (const cJSON *node = list ? list->child : NULL; node; node = node->next)
        if (!add_spelling(table, node)) return false;
    return true;
}
