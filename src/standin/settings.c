#define _GNU_SOURCE
#include "standin/settings.h"

#include <strings.h>

#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"

#include "base/banned.h"

static const char *text_at(Arena *arena, const cJSON *root, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, key);
    return cJSON_IsString(item) ? str_copy(arena, str_from(item->valuestring)).ptr : NULL;
}

static uint64_t number_at(const cJSON *root, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, key);
    return cJSON_IsNumber(item) && item->valuedouble >= 0 ? (uint64_t)item->valuedouble : 0;
}

static void read_delays(Arena *arena, const cJSON *root, Settings *settings)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, "delays"), *item;
    HostDelay *delays = arena_array(arena, (size_t)cJSON_GetArraySize(list), sizeof *delays);
    cJSON_ArrayForEach(item, list)
    {
        const char *host = text_at(arena, item, "host");
        delays[settings->delay_count++] = (HostDelay){str_from(host), number_at(item, "delay_ns")};
    }
    settings->delays = delays;
}

static bool fill(Arena *arena, const cJSON *root, const char *path, Settings *settings, Fail *fail)
{
    const char *routes = text_at(arena, root, "routes");
    settings->authority = text_at(arena, root, "authority");
    settings->journal = text_at(arena, root, "journal");
    settings->postgres = text_at(arena, root, "postgres");
    settings->postgres_front = text_at(arena, root, "postgres_front");
    settings->postgres_port = (uint16_t)number_at(root, "postgres_port");
    settings->delay_ns = number_at(root, "delay_ns");
    settings->routes = routes ? routes_open(routes) : NULL;
    read_delays(arena, root, settings);
    if (!settings->authority || !settings->journal || !settings->routes)
        return fail_at(fail, path, 0, "authority, journal and routes are wanted");
    settings->answers = answers_read(arena, text_at(arena, root, "answers"), fail);
    return settings->answers != NULL;
}

bool settings_read(Arena *arena, const char *path, Settings *settings, Fail *fail)
{
    *settings = (Settings){0};
    Str text;
    IoStatus status = io_read_file(arena, path, LIMIT_TABLE_BYTES, &text);
    if (status != IO_OK) return fail_at(fail, path, 0, "%s", io_status_text(status));
    cJSON *root = json_parse(text, path, fail);
    bool filled = root && fill(arena, root, path, settings, fail);
    cJSON_Delete(root);
    return filled;
}

static bool same_host(Str left, Str right)
{
    return left.len && left.len == right.len && strncasecmp(left.ptr, right.ptr, left.len) == 0;
}

static Str without_port(Str host)
{
    size_t colon = str_find_last(host, ':');
    return colon == SIZE_MAX || str_ends(host, STR("]")) ? host : str_part(host, 0, colon);
}

uint64_t settings_delay(const Settings *settings, Str host, Str destination)
{
    const Str spellings[] = {destination, host, without_port(host), without_port(destination)};
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++)
        for (size_t k = 0; k < settings->delay_count; k++)
            if (same_host(settings->delays[k].host, spellings[i])) return settings->delays[k].delay_ns;
    return settings->delay_ns;
}
