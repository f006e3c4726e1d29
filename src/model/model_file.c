#include "model/model_file.h"

#include <math.h>
#include <string.h>

#include "base/closest.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/vec.h"

#include "base/banned.h"

enum { USUAL_SWITCH_MS = 5 };
static const double usual_spread = 0.1, millisecond_ns = 1e6, second_ns = 1e9;

/* An object of the file, and where it stands: `run.json: endpoints[0].model`. */
typedef struct Place {
    Arena *arena;
    const cJSON *object;
    const char *where;
    bool inside; /* not the whole file */
    Fail *fail;
} Place;

typedef VEC(ModelEndpoint) Endpoints;

/* --- values --- */

static const char *below(const Place *place, const char *key)
{
    const char *between = place->inside ? "." : ": ";
    return str_format(place->arena, "%s%s%s", place->where, between, key).ptr;
}

static Place place_at(const Place *place, const cJSON *object, const char *key, size_t index)
{
    const char *where = index == SIZE_MAX ? below(place, key)
                                          : str_format(place->arena, "%s[%zu]", below(place, key), index).ptr;
    return (Place){place->arena, object, where, true, place->fail};
}

static const cJSON *get(const Place *place, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(place->object, key);
}

static bool expect_object(const Place *place)
{
    return cJSON_IsObject(place->object) || fail_at(place->fail, place->where, 0, "expected an object");
}

/* Every key is one of those; the list ends in NULL. */
static bool know_keys(const Place *place, const char *const *keys)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, place->object)
    {
        Closest closest;
        closest_init(&closest, str_from(item->string));
        bool known = false;
        for (size_t i = 0; keys[i] && !known; i++) {
            known = strcmp(keys[i], item->string) == 0;
            closest_try(&closest, keys[i]);
        }
        if (known) continue;
        if (closest.name)
            return fail_at(place->fail, place->where, 0, "unknown key '%.80s' (did you mean '%s'?)",
                           item->string, closest.name);
        return fail_at(place->fail, place->where, 0, "unknown key '%.80s'", item->string);
    }
    return true;
}

static bool read_number(const Place *place, const char *key, double least, double most, double *number)
{
    const cJSON *item = get(place, key);
    if (!item) return true;
    if (cJSON_IsNumber(item) && item->valuedouble >= least && item->valuedouble <= most) {
        *number = item->valuedouble;
        return true;
    }
    return fail_at(place->fail, below(place, key), 0, "expected a number from %g to %.10g", least, most);
}

static bool read_whole(const Place *place, const char *key, double least, double most, uint32_t *number)
{
    double value = *number;
    if (!read_number(place, key, least, most, &value)) return false;
    *number = (uint32_t)value;
    return value == floor(value) || fail_at(place->fail, below(place, key), 0, "expected a whole number");
}

static bool read_time(const Place *place, const char *key, double unit_ns, double most, uint64_t *time_ns)
{
    double value = (double)*time_ns / unit_ns;
    if (!read_number(place, key, 0, most, &value)) return false;
    *time_ns = (uint64_t)(value * unit_ns + 0.5);
    return true;
}

/* Leaves *text alone when the key is not there. */
static bool read_text(const Place *place, const char *key, Str *text)
{
    const cJSON *item = get(place, key);
    if (!item) return true;
    if (!cJSON_IsString(item)) return fail_at(place->fail, below(place, key), 0, "expected a text");
    *text = str_copy(place->arena, str_from(item->valuestring));
    return true;
}

/* Items of a list; NULL: it is not there. */
static bool read_list(const Place *place, const char *key, int most, const cJSON **list)
{
    *list = get(place, key);
    if (!*list) return true;
    if (!cJSON_IsArray(*list)) return fail_at(place->fail, below(place, key), 0, "expected a list");
    return cJSON_GetArraySize(*list) <= most ||
           fail_at(place->fail, below(place, key), 0, "at most %d are read", most);
}

/* --- one model --- */

static bool read_pool(const Place *place, ModelPool *pool)
{
    static const char *const keys[] = {"name", "size", "last_first", NULL};
    *pool = (ModelPool){.size = 1};
    if (!expect_object(place) || !know_keys(place, keys) || !read_text(place, "name", &pool->name))
        return false;
    if (!pool->name.len) return fail_at(place->fail, place->where, 0, "a pool needs a name");
    if (!get(place, "size")) return fail_at(place->fail, place->where, 0, "a pool needs a size");
    const cJSON *last_first = get(place, "last_first");
    pool->last_first = cJSON_IsTrue(last_first);
    if (last_first && !cJSON_IsBool(last_first))
        return fail_at(place->fail, below(place, "last_first"), 0, "expected true or false");
    return read_whole(place, "size", 1, LIMIT_MODEL_POOL, &pool->size);
}

static bool read_pools(const Place *place, Model *model)
{
    const cJSON *list, *item;
    if (!read_list(place, "pools", LIMIT_MODEL_POOLS, &list)) return false;
    ModelPool *pools = arena_array(place->arena, (size_t)cJSON_GetArraySize(list), sizeof *pools);
    model->pools = pools;
    cJSON_ArrayForEach(item, list)
    {
        Place pool = place_at(place, item, "pools", model->pool_count);
        if (!read_pool(&pool, &pools[model->pool_count++])) return false;
    }
    return true;
}

static bool read_point(const Place *place, ModelPoint *point)
{
    static const char *const keys[] = {"users",      "think_ms", "rate",   "seconds", "warm_seconds",
                                       "per_second", "p50_ms",   "p99_ms", NULL};
    *point = (ModelPoint){.even = true};
    bool read = expect_object(place) && know_keys(place, keys) &&
                read_whole(place, "users", 1, LIMIT_MODEL_USERS, &point->users) &&
                read_time(place, "think_ms", millisecond_ns, LIMIT_MODEL_STEP_MS, &point->think_ns) &&
                read_number(place, "rate", 0, 1e6, &point->rate) &&
                read_time(place, "seconds", second_ns, LIMIT_MODEL_SECONDS, &point->duration_ns) &&
                read_time(place, "warm_seconds", second_ns, LIMIT_MODEL_SECONDS, &point->warm_ns) &&
                read_number(place, "per_second", 0, 1e9, &point->per_second) &&
                read_number(place, "p50_ms", 0, 1e9, &point->p50_ms) &&
                read_number(place, "p99_ms", 0, 1e9, &point->p99_ms);
    if (read && !point->users && !(point->rate > 0))
        return fail_at(place->fail, place->where, 0, "a measured point needs users or a rate");
    if (read && !(point->per_second > 0))
        return fail_at(place->fail, place->where, 0, "a measured point needs per_second");
    return read;
}

static bool read_points(const Place *place, ModelEndpoint *endpoint)
{
    enum { MOST_POINTS = 100 };
    const cJSON *list, *item;
    if (!read_list(place, "measured", MOST_POINTS, &list)) return false;
    ModelPoint *points = arena_array(place->arena, (size_t)cJSON_GetArraySize(list), sizeof *points);
    endpoint->points = points;
    cJSON_ArrayForEach(item, list)
    {
        Place point = place_at(place, item, "measured", endpoint->point_count);
        if (!read_point(&point, &points[endpoint->point_count++])) return false;
    }
    return true;
}

static bool read_program(const Place *place, ModelEndpoint *endpoint)
{
    Model *model = &endpoint->model;
    if (!read_text(place, "program", &endpoint->text)) return false;
    if (!get(place, "program")) return fail_at(place->fail, place->where, 0, "a model needs a program");
    return model_program(place->arena, endpoint->text, below(place, "program"), 0, model->pools,
                         model->pool_count, &model->program, place->fail);
}

/* name: of the endpoint that the model is of; empty: the model names itself. */
static bool read_model(const Place *place, Str name, uint32_t processors, Endpoints *endpoints)
{
    static const char *const keys[] = {"name",       "tree",      "program", "pools",    "workers",
                                       "processors", "switch_ms", "spread",  "measured", NULL};
    ModelEndpoint endpoint = {.name = name};
    Model *model = &endpoint.model;
    Str tree = {0};
    *model = (Model){.workers = 1,
                     .processors = processors,
                     .spread = usual_spread,
                     .seed = 1,
                     .switch_ns = (uint64_t)(USUAL_SWITCH_MS * millisecond_ns)};
    bool read = expect_object(place) && know_keys(place, keys) && read_text(place, "name", &endpoint.name) &&
                read_text(place, "tree", &tree) && read_pools(place, model) &&
                read_program(place, &endpoint) &&
                read_whole(place, "workers", 1, LIMIT_MODEL_WORKERS, &model->workers) &&
                read_whole(place, "processors", 1, LIMIT_MODEL_WORKERS, &model->processors) &&
                read_time(place, "switch_ms", millisecond_ns, 1000, &model->switch_ns) &&
                read_number(place, "spread", 0, 1, &model->spread) && read_points(place, &endpoint);
    if (tree.len)
        endpoint.name = str_join(place->arena, endpoint.name, endpoint.name.len ? STR(", ") : STR(""), tree);
    if (read) vec_add(endpoints, endpoint);
    return read;
}

/* --- the file --- */

static bool read_models(const Place *place, Str name, uint32_t processors, Endpoints *endpoints)
{
    const cJSON *item, *model = get(place, "model");
    size_t index = 0;
    if (!model || cJSON_IsNull(model)) return true;
    if (!cJSON_IsArray(model)) {
        Place one = place_at(place, model, "model", SIZE_MAX);
        return read_model(&one, name, processors, endpoints);
    }
    cJSON_ArrayForEach(item, model)
    {
        Place one = place_at(place, item, "model", index++);
        if (!read_model(&one, name, processors, endpoints)) return false;
    }
    return true;
}

static bool read_endpoint(const Place *place, uint32_t processors, Endpoints *endpoints)
{
    Str name = {0}, method = {0}, path = {0};
    if (!expect_object(place) || !read_text(place, "name", &name) || !read_text(place, "method", &method) ||
        !read_text(place, "path", &path))
        return false;
    if (!name.len) name = str_join(place->arena, method, method.len && path.len ? STR(" ") : STR(""), path);
    return read_models(place, name, processors, endpoints);
}

static bool read_endpoints(const Place *place, uint32_t processors, Endpoints *endpoints)
{
    enum { MOST_ENDPOINTS = 10000 };
    const cJSON *list, *item;
    size_t index = 0;
    if (!read_list(place, "endpoints", MOST_ENDPOINTS, &list)) return false;
    cJSON_ArrayForEach(item, list)
    {
        Place endpoint = place_at(place, item, "endpoints", index++);
        if (!read_endpoint(&endpoint, processors, endpoints)) return false;
    }
    return endpoints->count > 0 || fail_at(place->fail, place->where, 0, "no endpoint has a \"model\"");
}

static bool read_file(const Place *place, uint32_t processors, Endpoints *endpoints)
{
    if (!expect_object(place)) return false;
    if (get(place, "endpoints")) return read_endpoints(place, processors, endpoints);
    return read_model(place, STR(""), processors, endpoints);
}

bool model_file_read(Arena *arena, Str text, const char *path, uint32_t processors, ModelFile *file,
                     Fail *fail)
{
    cJSON *tree = json_parse(text, path, fail);
    if (!tree) return false;
    Endpoints endpoints = {0};
    Place place = {arena, tree, path, false, fail};
    bool read = read_file(&place, processors, &endpoints);
    if (read && endpoints.count) {
        ModelEndpoint *copy = arena_array(arena, endpoints.count, sizeof *copy);
        memcpy(copy, endpoints.items, endpoints.count * sizeof *copy);
        *file = (ModelFile){copy, endpoints.count};
    }
    vec_free(&endpoints);
    cJSON_Delete(tree);
    return read;
}
