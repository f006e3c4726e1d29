#include "rules/loader.h"

#include "rules/table.h"

#include "base/banned.h"

static const Field table_fields[] = {
    {"$schema", FIELD_TEXT, false},   {"about", FIELD_TEXTS, false},    {"defaults", FIELD_MAP, false},
    {"calls", FIELD_LIST, false},     {"types", FIELD_MAP, false},      {"returns", FIELD_MAP, false},
    {"attributes", FIELD_MAP, false}, {"same", FIELD_MAP, false},       {"handovers", FIELD_LIST, false},
    {"methods", FIELD_LIST, false},   {"triggers", FIELD_TEXTS, false}, {"codes", FIELD_LIST, false},
    {"effects", FIELD_MAP, false},    {"traits", FIELD_MAP, false},     {"spellings", FIELD_LIST, false},
    {"twins", FIELD_MAP, false},      {"needs", FIELD_MAP, false},      {"unlike", FIELD_MAP, false},
    {"swaps", FIELD_LIST, false},     {NULL, FIELD_ANY, false},
};

/* One line of a map from a path to a text: returns, attributes, same, twins, needs, unlike. */
typedef bool (*PathSetter)(const Table *table, const cJSON *item, Str path, Str value);

static ModelNode *node_of(const Table *table, Str path)
{
    uint32_t number = model_node(table->model, path);
    return &table->model->nodes.items[number];
}

static bool set_once(const Table *table, const cJSON *item, Str path, Str value, Str *slot)
{
    if (slot->len) return table_fail(table, item, "\"%.*s\" stands twice", (int)path.len, path.ptr);
    *slot = value;
    return true;
}

static bool set_returns(const Table *table, const cJSON *item, Str path, Str value)
{
    return set_once(table, item, path, value, &node_of(table, path)->returns);
}

static bool set_attribute(const Table *table, const cJSON *item, Str path, Str value)
{
    return set_once(table, item, path, value, &node_of(table, path)->attribute);
}

static bool set_twin(const Table *table, const cJSON *item, Str path, Str value)
{
    return set_once(table, item, path, value, &node_of(table, path)->twin);
}

static bool set_needs(const Table *table, const cJSON *item, Str path, Str value)
{
    return set_once(table, item, path, value, &node_of(table, path)->needs);
}

static bool set_unlike(const Table *table, const cJSON *item, Str path, Str value)
{
    return set_once(table, item, path, value, &node_of(table, path)->unlike);
}

static bool set_same(const Table *table, const cJSON *item, Str path, Str value)
{
    if (model_same_add(table->model, path, value)) return true;
    return table_fail(table, item, "\"%.*s\" stands twice or leads back to itself", (int)path.len, path.ptr);
}

static bool read_map(const Table *table, const cJSON *map, PathSetter set)
{
    for (const cJSON *item = map ? map->child : NULL; item; item = item->next) {
        Pattern pattern;
        if (!cJSON_IsString(item) || !item->valuestring[0])
            return table_fail(table, item, "\"%.80s\" must be a text that is not empty", item->string);
        if (!table_pattern(table, item, item->string, &pattern)) return false;
        Str value = str_copy(table->model->arena, str_from(item->valuestring));
        for (size_t i = 0; i < pattern.count; i++) {
            Str filled = pattern_fill(table->model->arena, value, pattern.names[i].member);
            if (!set(table, item, pattern.names[i].path, filled)) return false;
        }
    }
    return true;
}

static bool read_triggers(const Table *table, const cJSON *texts)
{
    bool is_list = cJSON_IsArray(texts);
    for (const cJSON *item = is_list ? texts->child : texts; item; item = is_list ? item->next : NULL) {
        if (!item->valuestring[0]) return table_fail(table, item, "a trigger is empty");
        vec_add(&table->model->triggers, str_copy(table->model->arena, str_from(item->valuestring)));
    }
    return true;
}

static const cJSON *part(const cJSON *tree, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(tree, key);
}

static bool read_table(Table *table, const cJSON *tree)
{
    if (!table_shape(table, tree, table_fields, "a rule table")) return false;
    table->defaults = part(tree, "defaults");
    return table_effects(table, part(tree, "effects")) && table_codes(table, part(tree, "codes")) &&
           table_calls(table, part(tree, "calls")) && table_types(table, part(tree, "types")) &&
           table_traits(table, part(tree, "traits")) && read_map(table, part(tree, "returns"), set_returns) &&
           read_map(table, part(tree, "attributes"), set_attribute) &&
           read_map(table, part(tree, "same"), set_same) && table_handovers(table, part(tree, "handovers")) &&
           read_map(table, part(tree, "twins"), set_twin) &&
           read_map(table, part(tree, "needs"), set_needs) &&
           read_map(table, part(tree, "unlike"), set_unlike) && table_methods(table, part(tree, "methods")) &&
           table_spellings(table, part(tree, "spellings")) && read_triggers(table, part(tree, "triggers")) &&
           table_swaps(table, part(tree, "swaps"));
}

bool table_load(Model *model, Str text, const char *path, TableKind kind, Fail *fail)
{
    cJSON *tree = json_parse(text, path, fail);
    if (!tree) return false;
    lines_mark(tree, text);
    Table table = {.model = model, .path = path, .kind = kind, .fail = fail};
    bool is_good = read_table(&table, tree);
    cJSON_Delete(tree);
    if (is_good) model_resolve(model);
    return is_good;
}
