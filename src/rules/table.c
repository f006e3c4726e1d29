#include "rules/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

static const char *const type_names[] = {
    [FIELD_TEXT] = "a text",        [FIELD_TEXTS] = "a text or a list of texts",
    [FIELD_LIST] = "a list",        [FIELD_MAP] = "an object",
    [FIELD_BOOL] = "true or false", [FIELD_NUMBER] = "a whole number",
    [FIELD_ANY] = "a value",
};

bool table_fail(const Table *table, const cJSON *node, const char *format, ...)
{
    char text[FAIL_TEXT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return fail_at(table->fail, table->path, line1_of(node), "%s", text);
}

static bool is_texts(const cJSON *node)
{
    if (cJSON_IsString(node)) return true;
    if (!cJSON_IsArray(node)) return false;
    for (const cJSON *item = node->child; item; item = item->next)
        if (!cJSON_IsString(item)) return false;
    return true;
}

static bool is_whole(const cJSON *node)
{
    return cJSON_IsNumber(node) && node->valuedouble >= 0 && node->valuedouble <= 1000 &&
           node->valuedouble == (double)(int)node->valuedouble;
}

static bool has_type(const cJSON *node, FieldType type)
{
    switch (type) {
    case FIELD_TEXT:
        return cJSON_IsString(node);
    case FIELD_TEXTS:
        return is_texts(node);
    case FIELD_LIST:
        return cJSON_IsArray(node);
    case FIELD_MAP:
        return cJSON_IsObject(node);
    case FIELD_BOOL:
        return cJSON_IsBool(node);
    case FIELD_NUMBER:
        return is_whole(node);
    case FIELD_ANY:
        return true;
    }
    return false;
}

static const Field *field_find(const Field *fields, const char *key)
{
    for (; fields->key; fields++)
        if (!strcmp(fields->key, key)) return fields;
    return NULL;
}

static bool stands_before(const cJSON *object, const cJSON *item)
{
    for (const cJSON *other = object->child; other != item; other = other->next)
        if (!strcmp(other->string, item->string)) return true;
    return false;
}

static bool check_member(const Table *table, const cJSON *object, const cJSON *item, const Field *fields,
                         const char *what)
{
    const Field *field = field_find(fields, item->string);
    if (!field) return table_fail(table, item, "%s does not have a key \"%.80s\"", what, item->string);
    if (!has_type(item, field->type))
        return table_fail(table, item, "\"%s\" must be %s", field->key, type_names[field->type]);
    if (stands_before(object, item)) return table_fail(table, item, "\"%s\" stands twice", field->key);
    return true;
}

bool table_shape(const Table *table, const cJSON *node, const Field *fields, const char *what)
{
    if (!cJSON_IsObject(node)) return table_fail(table, node, "%s must be an object", what);
    for (const cJSON *item = node->child; item; item = item->next)
        if (!check_member(table, node, item, fields, what)) return false;
    for (const Field *field = fields; field->key; field++)
        if (field->is_required && !cJSON_GetObjectItemCaseSensitive(node, field->key))
            return table_fail(table, node, "%s needs \"%s\"", what, field->key);
    return true;
}

Str table_text(const Table *table, const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return item && item->valuestring ? str_copy(table->model->arena, str_from(item->valuestring)) : STR("");
}

bool table_flag(const cJSON *object, const char *key)
{
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, key));
}

static bool fail_word(const Table *table, const cJSON *item, WordSet set)
{
    Buf known;
    buf_init(&known);
    words_add_list(set, &known);
    table_fail(table, item, "\"%.80s\" is no %s; known are %.*s", item->valuestring, word_set_name(set),
               (int)known.len, known.data);
    buf_free(&known);
    return false;
}

bool table_word(const Table *table, const cJSON *object, const char *key, WordSet set, unsigned *value)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    if (!item) return true;
    int found = word_find(set, str_from(item->valuestring));
    if (found < 0) return fail_word(table, item, set);
    *value = (unsigned)found;
    return true;
}

bool table_pattern(const Table *table, const cJSON *node, const char *text, Pattern *pattern)
{
    const char *wrong = pattern_expand(table->model->arena, str_from(text), pattern);
    return wrong ? table_fail(table, node, "\"%.200s\" %s", text, wrong) : true;
}

Str table_joined(const Table *table, const cJSON *node, char ending)
{
    Buf joined;
    buf_init(&joined);
    bool is_list = cJSON_IsArray(node);
    for (const cJSON *item = is_list ? node->child : node; item; item = is_list ? item->next : NULL) {
        buf_add_text(&joined, item->valuestring);
        if (ending != ' ' || (is_list && item->next)) buf_add_byte(&joined, ending);
    }
    Str text = str_copy(table->model->arena, buf_str(&joined));
    buf_free(&joined);
    return text;
}
