#include "rules/table.h"

#include "base/banned.h"

/* The keys of a call; what a table's `defaults` may hold is the second list. */
static const Field call_fields[] = {
    {"path", FIELD_TEXTS, true},        {"kind", FIELD_TEXT, false},     {"effect", FIELD_TEXT, false},
    {"weight", FIELD_TEXT, false},      {"gil", FIELD_TEXT, false},      {"severity", FIELD_TEXT, false},
    {"returns", FIELD_TEXT, false},     {"package", FIELD_TEXT, false},  {"form", FIELD_TEXT, false},
    {"replacement", FIELD_TEXT, false}, {"evidence", FIELD_TEXT, false}, {"why", FIELD_TEXT, false},
    {"unless", FIELD_LIST, false},      {"quiets", FIELD_BOOL, false},   {NULL, FIELD_ANY, false},
};

static const Field default_fields[] = {
    {"kind", FIELD_TEXT, false},    {"effect", FIELD_TEXT, false},   {"weight", FIELD_TEXT, false},
    {"gil", FIELD_TEXT, false},     {"severity", FIELD_TEXT, false}, {"package", FIELD_TEXT, false},
    {"form", FIELD_TEXT, false},    {"evidence", FIELD_TEXT, false}, {"why", FIELD_TEXT, false},
    {"returns", FIELD_TEXT, false}, {NULL, FIELD_ANY, false},
};

/* The entry itself when it has the key, else the table's defaults. */
static const cJSON *holder_of(const Table *table, const cJSON *entry, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(entry, key) ? entry : table->defaults;
}

static Str text_of(const Table *table, const cJSON *entry, const char *key)
{
    return table_text(table, holder_of(table, entry, key), key);
}

static bool word_of(const Table *table, const cJSON *entry, const char *key, WordSet set, unsigned *value)
{
    return table_word(table, holder_of(table, entry, key), key, set, value);
}

static bool read_words(const Table *table, const cJSON *entry, ModelRule *rule)
{
    unsigned effect = EFFECT_COUNT, kind = CALL_FUNCTION, weight = WEIGHT_ALWAYS, gil = GIL_UNKNOWN;
    unsigned form = FORM_NONE, severity = SEVERITY_INFO;
    if (!word_of(table, entry, "effect", WORDS_EFFECT, &effect) ||
        !word_of(table, entry, "kind", WORDS_KIND, &kind) ||
        !word_of(table, entry, "weight", WORDS_WEIGHT, &weight) ||
        !word_of(table, entry, "gil", WORDS_GIL, &gil) || !word_of(table, entry, "form", WORDS_FORM, &form) ||
        !word_of(table, entry, "severity", WORDS_SEVERITY, &severity))
        return false;
    if (effect == EFFECT_COUNT) return table_fail(table, entry, "a call needs \"effect\"");
    rule->rule.effect = (Effect)effect;
    rule->rule.kind = (CallKind)kind;
    rule->rule.gil = (Gil)gil;
    rule->rule.weight = effect == EFFECT_NONE ? WEIGHT_NONE : (Weight)weight;
    rule->rule.form = effect == EFFECT_NONE ? FORM_NONE : (Form)form;
    rule->rule.severity = (Severity)severity;
    rule->has_severity = cJSON_HasObjectItem(holder_of(table, entry, "severity"), "severity");
    return true;
}

/* What all callables of the entry share; replacement and returns still have their holes. */
static bool read_entry(const Table *table, const cJSON *entry, ModelRule *rule)
{
    if (!table_shape(table, entry, call_fields, "a call")) return false;
    if (!read_words(table, entry, rule)) return false;
    rule->rule.returns = text_of(table, entry, "returns");
    rule->rule.replacement = text_of(table, entry, "replacement");
    bool is_none = rule->rule.effect == EFFECT_NONE;
    rule->rule.package = is_none ? table_text(table, entry, "package") : text_of(table, entry, "package");
    rule->rule.evidence = text_of(table, entry, "evidence");
    rule->rule.why = text_of(table, entry, "why");
    rule->rule.quiets_receiver = table_flag(entry, "quiets");
    const cJSON *unless = cJSON_GetObjectItemCaseSensitive(entry, "unless");
    return table_unless(table, unless, &rule->rule.unless_first, &rule->rule.unless_count);
}

static bool add_names(const Table *table, const cJSON *node, const ModelRule *shared)
{
    Pattern pattern;
    if (!table_pattern(table, node, node->valuestring, &pattern)) return false;
    Arena *arena = table->model->arena;
    for (size_t i = 0; i < pattern.count; i++) {
        ModelRule rule = *shared;
        rule.rule.path = pattern.names[i].path;
        rule.rule.returns = pattern_fill(arena, shared->rule.returns, pattern.names[i].member);
        rule.rule.replacement = pattern_fill(arena, shared->rule.replacement, pattern.names[i].member);
        if (!model_rule_add(table->model, &rule))
            return table_fail(table, node, "\"%.*s\" stands twice", (int)rule.rule.path.len,
                              rule.rule.path.ptr);
    }
    return true;
}

static bool add_call(const Table *table, const cJSON *entry)
{
    ModelRule rule = {0};
    if (!read_entry(table, entry, &rule)) return false;
    const cJSON *path = cJSON_GetObjectItemCaseSensitive(entry, "path");
    if (cJSON_IsString(path)) return add_names(table, path, &rule);
    for (const cJSON *item = path->child; item; item = item->next)
        if (!add_names(table, item, &rule)) return false;
    return true;
}

bool table_calls(const Table *table, const cJSON *list)
{
    if (table->defaults && !table_shape(table, table->defaults, default_fields, "\"defaults\"")) return false;
    for (const cJSON *entry = list ? list->child : NULL; entry; entry = entry->next)
        if (!add_call(table, entry)) return false;
    return true;
}
