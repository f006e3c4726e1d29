#include "server/params.h"

#include "base/banned.h"

static const cJSON *member(const cJSON *object, Str key)
{
    if (!cJSON_IsObject(object)) return NULL;
    for (const cJSON *item = object->child; item; item = item->next)
        if (str_equal(str_from(item->string), key)) return item;
    return NULL;
}

const cJSON *params_get(const cJSON *object, const char *path)
{
    Str left = str_from(path);
    while (object && left.len) {
        size_t dot = str_find_byte(left, '.');
        object = member(object, str_part(left, 0, dot == SIZE_MAX ? left.len : dot));
        left = dot == SIZE_MAX ? STR("") : str_drop(left, dot + 1);
    }
    return object;
}

bool params_text(const cJSON *object, const char *path, Str *text)
{
    const cJSON *item = params_get(object, path);
    if (!cJSON_IsString(item)) return false;
    *text = str_from(item->valuestring);
    return true;
}

bool params_integer(const cJSON *object, const char *path, int64_t *number)
{
    const cJSON *item = params_get(object, path);
    bool is_number = cJSON_IsNumber(item);
    /* A version is a 32-bit number; what is none is not to be rounded into one. */
    if (!is_number || item->valuedouble < -2147483648.0 || item->valuedouble > 4294967295.0) return false;
    *number = (int64_t)item->valuedouble;
    return true;
}

static bool read_unit(const cJSON *object, const char *path, uint32_t *unit)
{
    int64_t number;
    if (!params_integer(object, path, &number) || number < 0) return false;
    *unit = (uint32_t)number;
    return true;
}

bool params_position(const cJSON *object, const char *path, ClientPosition *position)
{
    const cJSON *place = params_get(object, path);
    return read_unit(place, "line", &position->line) && read_unit(place, "character", &position->character);
}

bool params_true(const cJSON *object, const char *path)
{
    return cJSON_IsTrue(params_get(object, path));
}
