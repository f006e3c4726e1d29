#include "rules/table.h"

#include "base/banned.h"

static const Field type_fields[] = {
    {"bases", FIELD_TEXTS, false}, {"enter", FIELD_TEXT, false},     {"item", FIELD_TEXT, false},
    {"members", FIELD_MAP, false}, {"attributes", FIELD_MAP, false}, {NULL, FIELD_ANY, false},
};

/* What a map of a type gives a member: what calling it returns, or what reading it is. */
typedef enum MemberUse { USE_CALL, USE_READ } MemberUse;

static ModelNode *node_of(const Table *table, Str path)
{
    uint32_t number = model_node(table->model, path);
    return &table->model->nodes.items[number];
}

static void set_bases(const Table *table, ModelNode *node, const cJSON *bases)
{
    Model *model = table->model;
    if (!bases) return;
    node->first_base = (uint32_t)model->bases.count;
    bool is_list = cJSON_IsArray(bases);
    for (const cJSON *item = is_list ? bases->child : bases; item; item = is_list ? item->next : NULL) {
        vec_add(&model->bases, str_copy(model->arena, str_from(item->valuestring)));
        node->base_count++;
    }
}

static bool set_member(const Table *table, Str path, const cJSON *item, MemberUse use)
{
    ModelNode *node = node_of(table, path);
    Str *slot = use == USE_CALL ? &node->returns : &node->attribute;
    if (slot->len) return table_fail(table, item, "\"%.*s\" has a type already", (int)path.len, path.ptr);
    *slot = str_copy(table->model->arena, str_from(item->valuestring));
    return true;
}

static bool add_members(const Table *table, Str type, const cJSON *map, MemberUse use)
{
    for (const cJSON *item = map ? map->child : NULL; item; item = item->next) {
        Pattern names;
        if (!cJSON_IsString(item)) return table_fail(table, item, "\"%.80s\" must be a text", item->string);
        if (!table_pattern(table, item, item->string, &names)) return false;
        for (size_t i = 0; i < names.count; i++) {
            Str path = str_join(table->model->arena, type, STR("."), names.names[i].path);
            if (!set_member(table, path, item, use)) return false;
        }
    }
    return true;
}

static bool add_type(const Table *table, const cJSON *entry, Str path)
{
    ModelNode *node = node_of(table, path);
    if (node->base_count || node->enter.len || node->item.len)
        return table_fail(table, entry, "\"%.*s\" stands twice", (int)path.len, path.ptr);
    node->is_type = true;
    node->enter = table_text(table, entry, "enter");
    node->item = table_text(table, entry, "item");
    set_bases(table, node, cJSON_GetObjectItemCaseSensitive(entry, "bases"));
    return add_members(table, path, cJSON_GetObjectItemCaseSensitive(entry, "members"), USE_CALL) &&
           add_members(table, path, cJSON_GetObjectItemCaseSensitive(entry, "attributes"), USE_READ);
}

bool table_types(const Table *table, const cJSON *map)
{
    for (const cJSON *entry = map ? map->child : NULL; entry; entry = entry->next) {
        Pattern types;
        if (!table_shape(table, entry, type_fields, "a type")) return false;
        if (!table_pattern(table, entry, entry->string, &types)) return false;
        for (size_t i = 0; i < types.count; i++)
            if (!add_type(table, entry, types.names[i].path)) return false;
    }
    return true;
}
