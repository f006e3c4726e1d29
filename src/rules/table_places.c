#include "rules/table.h"

#include "base/banned.h"

static const Field handover_fields[] = {
    {"path", FIELD_TEXTS, true},    {"position", FIELD_NUMBER, false}, {"keyword", FIELD_TEXT, false},
    {"def", FIELD_TEXT, true},      {"coroutine", FIELD_TEXT, true},   {"decorator", FIELD_BOOL, false},
    {"wrapper", FIELD_BOOL, false}, {"injects", FIELD_BOOL, false},    {"hands", FIELD_TEXT, false},
    {"when", FIELD_MAP, false},     {"evidence", FIELD_TEXT, false},   {NULL, FIELD_ANY, false},
};

static const Field method_fields[] = {
    {"base", FIELD_TEXTS, true},     {"methods", FIELD_TEXTS, true},  {"def", FIELD_TEXT, true},
    {"coroutine", FIELD_TEXT, true}, {"evidence", FIELD_TEXT, false}, {NULL, FIELD_ANY, false},
};

static bool read_placements(const Table *table, const cJSON *node, Placement *def_runs,
                            Placement *coroutine_runs)
{
    unsigned def = PLACE_UNKNOWN, coroutine = PLACE_UNKNOWN;
    if (!table_word(table, node, "def", WORDS_PLACEMENT, &def)) return false;
    if (!table_word(table, node, "coroutine", WORDS_PLACEMENT, &coroutine)) return false;
    *def_runs = (Placement)def;
    *coroutine_runs = (Placement)coroutine;
    return true;
}

static bool read_handover(const Table *table, const cJSON *node, Handover *handover)
{
    if (!table_shape(table, node, handover_fields, "a handover")) return false;
    if (!read_placements(table, node, &handover->def_runs, &handover->coroutine_runs)) return false;
    const cJSON *position = cJSON_GetObjectItemCaseSensitive(node, "position");
    handover->position = position ? (int)position->valuedouble : -1;
    handover->keyword = table_text(table, node, "keyword");
    handover->is_decorator = table_flag(node, "decorator");
    handover->is_wrapper = table_flag(node, "wrapper");
    handover->injects = table_flag(node, "injects");
    handover->hands = table_text(table, node, "hands");
    handover->evidence = table_text(table, node, "evidence");
    const cJSON *when = cJSON_GetObjectItemCaseSensitive(node, "when");
    handover->is_conditional = when != NULL;
    if (when && !table_condition(table, when, &handover->condition)) return false;
    if (position || handover->keyword.len || handover->is_decorator) return true;
    return table_fail(table, node, "a handover needs \"position\", \"keyword\" or \"decorator\"");
}

static bool add_handovers(const Table *table, const cJSON *node, const Handover *shared)
{
    Pattern pattern;
    if (!table_pattern(table, node, node->valuestring, &pattern)) return false;
    for (size_t i = 0; i < pattern.count; i++) {
        Handover handover = *shared;
        handover.path = pattern.names[i].path;
        if (!model_handover_add(table->model, &handover))
            return table_fail(table, node, "\"%.*s\" stands twice for the same argument",
                              (int)handover.path.len, handover.path.ptr);
    }
    return true;
}

/* The node itself when it is a text, else the first of its list; use with next_text. */
static const cJSON *first_text(const cJSON *node)
{
    return cJSON_IsString(node) ? node : node->child;
}

static const cJSON *next_text(const cJSON *texts, const cJSON *item)
{
    return cJSON_IsString(texts) ? NULL : item->next;
}

bool table_handovers(const Table *table, const cJSON *list)
{
    for (const cJSON *node = list ? list->child : NULL; node; node = node->next) {
        Handover handover = {0};
        if (!read_handover(table, node, &handover)) return false;
        const cJSON *paths = cJSON_GetObjectItemCaseSensitive(node, "path");
        for (const cJSON *item = first_text(paths); item; item = next_text(paths, item))
            if (!add_handovers(table, item, &handover)) return false;
    }
    return true;
}

static bool add_method(const Table *table, const cJSON *item, Str base, MethodPlacement placement)
{
    Pattern methods;
    if (!table_pattern(table, item, item->valuestring, &methods)) return false;
    placement.base = base;
    for (size_t i = 0; i < methods.count; i++) {
        Str method = methods.names[i].path;
        if (!model_method_add(table->model, base, method, &placement))
            return table_fail(table, item, "\"%.*s.%.*s\" stands twice", (int)base.len, base.ptr,
                              (int)method.len, method.ptr);
    }
    return true;
}

static bool add_methods(const Table *table, const cJSON *node, const cJSON *base, MethodPlacement placement)
{
    Pattern bases;
    if (!table_pattern(table, base, base->valuestring, &bases)) return false;
    const cJSON *methods = cJSON_GetObjectItemCaseSensitive(node, "methods");
    for (size_t i = 0; i < bases.count; i++)
        for (const cJSON *item = first_text(methods); item; item = next_text(methods, item))
            if (!add_method(table, item, bases.names[i].path, placement)) return false;
    return true;
}

bool table_methods(const Table *table, const cJSON *list)
{
    for (const cJSON *node = list ? list->child : NULL; node; node = node->next) {
        MethodPlacement placement = {0};
        if (!table_shape(table, node, method_fields, "a method placement")) return false;
        if (!read_placements(table, node, &placement.def_runs, &placement.coroutine_runs)) return false;
        const cJSON *bases = cJSON_GetObjectItemCaseSensitive(node, "base");
        for (const cJSON *item = first_text(bases); item; item = next_text(bases, item))
            if (!add_methods(table, node, item, placement)) return false;
    }
    return true;
}
