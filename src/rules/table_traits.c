#include "rules/table.h"

#include "base/banned.h"

static bool no_trait(const Table *table, const cJSON *item)
{
    Buf known;
    buf_init(&known);
    words_add_list(WORDS_TRAIT, &known);
    const char *word = cJSON_IsString(item) ? item->valuestring : "";
    table_fail(table, item, "\"%.80s\" is no trait; known are %.*s", word, (int)known.len, known.data);
    buf_free(&known);
    return false;
}

static bool read_trait(const Table *table, const cJSON *item, uint32_t *traits)
{
    int number = cJSON_IsString(item) ? word_find(WORDS_TRAIT, str_from(item->valuestring)) : -1;
    if (number < 0) return no_trait(table, item);
    *traits |= TRAIT_BIT((unsigned)number);
    return true;
}

/* "a.b": "session", or a list of traits. */
static bool read_traits(const Table *table, const cJSON *entry, uint32_t *traits)
{
    *traits = 0;
    if (!cJSON_IsArray(entry)) return read_trait(table, entry, traits);
    for (const cJSON *item = entry->child; item; item = item->next)
        if (!read_trait(table, item, traits)) return false;
    return *traits || table_fail(table, entry, "\"%.80s\" has no traits", entry->string);
}

/* What other tables say of the path is added to. */
bool table_traits(const Table *table, const cJSON *map)
{
    for (const cJSON *entry = map ? map->child : NULL; entry; entry = entry->next) {
        Pattern paths;
        uint32_t traits;
        if (!read_traits(table, entry, &traits)) return false;
        if (!table_pattern(table, entry, entry->string, &paths)) return false;
        for (size_t i = 0; i < paths.count; i++) {
            uint32_t number = model_node(table->model, paths.names[i].path);
            table->model->nodes.items[number].traits |= traits;
        }
    }
    return true;
}
