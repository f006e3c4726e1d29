#include "runtime/host_told.h"

#include <string.h>

#include "base/limits.h"

#include "base/banned.h"

/* --- fields that may be anything --- */

static Str text_of(const Host *host, const cJSON *line, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(line, name);
    return cJSON_IsString(item) ? str_copy(host->arena, str_from(item->valuestring)) : STR("");
}

static uint64_t number_of(const cJSON *line, const char *name, double largest)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(line, name);
    bool fits = cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble <= largest;
    return fits ? (uint64_t)item->valuedouble : 0;
}

static uint32_t row_of(const cJSON *line, const char *name)
{
    return (uint32_t)number_of(line, name, UINT32_MAX);
}

/* One line of a terminal: control characters become blanks. */
static Str clean(Arena *arena, Str text)
{
    char *bytes = arena_copy(arena, text.ptr, text.len);
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)bytes[i] < ' ' || bytes[i] == 0x7f) bytes[i] = ' ';
    return (Str){bytes, text.len};
}

bool host_has_file(const Host *host, Str path)
{
    Str tree = str_from(host->tree);
    return str_starts(path, tree) && path.len > tree.len && path.ptr[tree.len] == '/';
}

Str host_path(const Host *host, Str path)
{
    return host_has_file(host, path) ? str_drop(path, strlen(host->tree) + 1) : path;
}

/* --- events --- */

static void take_route(Host *host, const cJSON *item)
{
    HostRoute route = {
        .method = text_of(host, item, "method"),
        .path = text_of(host, item, "path"),
        .function = text_of(host, item, "function"),
        .file = text_of(host, item, "file"),
        .row1 = row_of(item, "row"),
        .end_row1 = row_of(item, "end_row"),
        .is_async = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(item, "async")),
    };
    bool is_route = route.method.len && str_starts(route.path, STR("/"));
    if (is_route && host->routes.count < LIMIT_HOST_ROUTES) vec_add(&host->routes, route);
}

static void take_loaded(Host *host, cJSON *line)
{
    const cJSON *item;
    host->loaded = line;
    host->python = clean(host->arena, text_of(host, line, "python"));
    host->framework = clean(host->arena, text_of(host, line, "framework"));
    host->server = clean(host->arena, text_of(host, line, "server"));
    host->loop = clean(host->arena, text_of(host, line, "loop"));
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(line, "stubs"))
    {
        if (cJSON_IsString(item)) vec_add(&host->stubs, clean(host->arena, str_from(item->valuestring)));
    }
}

static void take_described(Host *host, cJSON *line)
{
    const cJSON *item, *openapi = cJSON_GetObjectItemCaseSensitive(line, "openapi");
    host->described = line;
    host->openapi = cJSON_IsObject(openapi) ? openapi : NULL;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(line, "routes"))
    {
        take_route(host, item);
    }
}

static void take_notice(Host *host, const cJSON *line)
{
    Str notice = clean(host->arena, text_of(host, line, "message"));
    if (notice.len && host->notices.count < LIMIT_HOST_NOTICES) vec_add(&host->notices, notice);
}

/* Each watched line is told once: there are no more of these than the plan has lines. */
static void take_covered(Host *host, const cJSON *line)
{
    HostCovered covered = {text_of(host, line, "file"), row_of(line, "row"), number_of(line, "at_ns", 9e18)};
    vec_add(&host->covered, covered);
}

static const char *stage_words(Str stage)
{
    if (str_equal(stage, STR("import"))) return "cannot be loaded";
    return str_equal(stage, STR("serve")) ? "ended" : "does not start";
}

static void take_failed(Host *host, const cJSON *line)
{
    if (host->trouble.failed) return;
    Str message = clean(host->arena, text_of(host, line, "message"));
    Str file = host_path(host, clean(host->arena, text_of(host, line, "file")));
    const char *words = stage_words(text_of(host, line, "stage"));
    fail_at(&host->trouble, file.len ? str_copy(host->arena, file).ptr : NULL, row_of(line, "row"),
            "the application %s: %.*s", words, (int)message.len, message.ptr);
}

HostEvent host_take(Host *host, Str text)
{
    cJSON *line = cJSON_ParseWithLength(text.ptr, text.len);
    const cJSON *event = cJSON_GetObjectItemCaseSensitive(line, "event");
    const char *name = cJSON_IsString(event) ? event->valuestring : "";
    HostEvent kind = HOST_OTHER;
    if (!strcmp(name, "loaded") && !host->loaded) {
        take_loaded(host, line);
        return HOST_LOADED;
    }
    if (!strcmp(name, "described") && !host->described) {
        take_described(host, line);
        return HOST_OTHER;
    }
    if (!strcmp(name, "ready")) {
        host->port = (uint16_t)number_of(line, "port", UINT16_MAX);
        kind = HOST_READY;
    } else if (!strcmp(name, "failed")) {
        take_failed(host, line);
        kind = HOST_FAILED;
    } else if (!strcmp(name, "covered")) {
        take_covered(host, line);
    } else if (!strcmp(name, "notice")) {
        take_notice(host, line);
    }
    cJSON_Delete(line);
    return kind;
}
