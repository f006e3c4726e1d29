#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "runtime/request_list.h"
#include "runtime/request_text.h"
#include "runtime/schema_value.h"

#include "base/banned.h"

/* One operation of the schema, and one request for it while it is made. */
typedef struct Operation {
    const cJSON *path_item, *operation;
    Str method, template;
    SchemaMaker maker;
    Buf target, query, headers, cookies, body;
} Operation;

static const cJSON *get(const cJSON *object, const char *name)
{
    return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;
}

static Str text_of(const cJSON *object, const char *name)
{
    const cJSON *item = get(object, name);
    return cJSON_IsString(item) ? str_from(item->valuestring) : STR("");
}

/* --- values as texts --- */

/* A text as it is, anything else as JSON. */
static void add_plain(Buf *buf, const cJSON *value)
{
    if (cJSON_IsString(value)) {
        buf_add_text(buf, value->valuestring);
        return;
    }
    char *printed = cJSON_PrintUnformatted(value);
    if (!printed) memory_exhausted();
    buf_add_text(buf, printed);
    cJSON_free(printed);
}

/* --- parameters --- */

static const cJSON *parameter_in(const Operation *operation, const cJSON *list, Str name, Str place)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, list)
    {
        const cJSON *parameter = schema_resolve(operation->maker.document, item);
        if (str_equal(text_of(parameter, "name"), name) && str_equal(text_of(parameter, "in"), place))
            return parameter;
    }
    return NULL;
}

static cJSON *parameter_value(Operation *operation, const cJSON *parameter)
{
    const cJSON *example = schema_example(&operation->maker, parameter);
    const cJSON *schema = get(parameter, "schema"), *content = get(parameter, "content");
    if (!schema && content) schema = get(content->child, "schema");
    if (!example) return schema_value(&operation->maker, schema);
    operation->maker.has_example = true;
    return cJSON_Duplicate(example, true);
}

static void add_query_item(Operation *operation, Str name, const cJSON *value)
{
    Buf text;
    buf_init(&text);
    add_plain(&text, value);
    form_add(&operation->query, name, buf_str(&text));
    buf_free(&text);
}

/* Items of an array one by one. */
static void add_query(Operation *operation, Str name, const cJSON *value)
{
    if (!cJSON_IsArray(value)) {
        add_query_item(operation, name, value);
        return;
    }
    const cJSON *item;
    cJSON_ArrayForEach(item, value)
    {
        add_query_item(operation, name, item);
    }
}

static void add_cookie(Operation *operation, Str name, Str value)
{
    if (operation->cookies.len) buf_add_text(&operation->cookies, "; ");
    target_add_value(&operation->cookies, name);
    buf_add_byte(&operation->cookies, '=');
    target_add_value(&operation->cookies, value);
}

static void add_parameter(Operation *operation, const cJSON *parameter)
{
    Str name = text_of(parameter, "name"), place = text_of(parameter, "in");
    if (!cJSON_IsTrue(get(parameter, "required")) || str_equal(place, STR("path"))) return;
    cJSON *value = parameter_value(operation, parameter);
    Buf text;
    buf_init(&text);
    add_plain(&text, value);
    if (str_equal(place, STR("query")))
        add_query(operation, name, value);
    else if (str_equal(place, STR("header")) && header_is_name(name) && !header_is_ours(name))
        header_add(&operation->headers, name, buf_str(&text));
    else if (str_equal(place, STR("cookie")))
        add_cookie(operation, name, buf_str(&text));
    buf_free(&text);
    cJSON_Delete(value);
}

/* Those of the operation, then those of its path that it does not say anew. */
static void add_parameters(Operation *operation)
{
    const cJSON *own = get(operation->operation, "parameters"), *item;
    cJSON_ArrayForEach(item, own)
    {
        add_parameter(operation, schema_resolve(operation->maker.document, item));
    }
    cJSON_ArrayForEach(item, get(operation->path_item, "parameters"))
    {
        const cJSON *parameter = schema_resolve(operation->maker.document, item);
        if (!parameter_in(operation, own, text_of(parameter, "name"), text_of(parameter, "in")))
            add_parameter(operation, parameter);
    }
}

/* --- the path --- */

static const cJSON *path_parameter(const Operation *operation, Str name)
{
    const cJSON *own = parameter_in(operation, get(operation->operation, "parameters"), name, STR("path"));
    return own ? own : parameter_in(operation, get(operation->path_item, "parameters"), name, STR("path"));
}

static void add_path_value(Operation *operation, Str name)
{
    const cJSON *parameter = path_parameter(operation, name);
    cJSON *value = parameter ? parameter_value(operation, parameter) : NULL;
    Buf text;
    buf_init(&text);
    if (value) add_plain(&text, value);
    target_add_value(&operation->target, text.len ? buf_str(&text) : STR("1"));
    buf_free(&text);
    cJSON_Delete(value);
}

static void add_path(Operation *operation)
{
    Str left = operation->template;
    while (left.len) {
        size_t open = str_find_byte(left, '{'), close = str_find_byte(left, '}');
        bool named = open != SIZE_MAX && close != SIZE_MAX && open < close;
        target_add_written(&operation->target, str_part(left, 0, named ? open : left.len));
        if (named) add_path_value(operation, str_part(left, open + 1, close));
        left = named ? str_drop(left, close + 1) : STR("");
    }
    if (!operation->query.len) return;
    buf_add_byte(&operation->target, '?');
    buf_add(&operation->target, buf_str(&operation->query));
}

/* --- the body --- */

static bool is_multipart(Str kind)
{
    return str_starts(kind, STR("multipart/"));
}

/* The kind of body that is made; the earlier in this list the better. */
static const cJSON *body_kind(const cJSON *content)
{
    static const char *const known[] = {"application/json", "application/x-www-form-urlencoded",
                                        "multipart/form-data", "text/plain"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (get(content, known[i])) return get(content, known[i]);
    return cJSON_IsObject(content) ? content->child : NULL;
}

static void add_file_part(Operation *operation, const cJSON *media, const char *name)
{
    const cJSON *encoding = get(get(media, "encoding"), name);
    multipart_add_file(&operation->body, str_from(name), text_of(encoding, "contentType"));
}

static void add_form_item(Operation *operation, const char *name, const cJSON *value, bool multipart)
{
    Buf text;
    buf_init(&text);
    add_plain(&text, value);
    if (multipart)
        multipart_add(&operation->body, str_from(name), buf_str(&text));
    else
        form_add(&operation->body, str_from(name), buf_str(&text));
    buf_free(&text);
}

static void add_form(Operation *operation, const cJSON *media, const cJSON *value, bool multipart)
{
    const cJSON *document = operation->maker.document;
    const cJSON *properties = get(schema_resolve(document, get(media, "schema")), "properties"), *field,
                *item;
    cJSON_ArrayForEach(field, value)
    {
        if (multipart && schema_is_file(document, get(properties, field->string))) {
            add_file_part(operation, media, field->string);
            continue;
        }
        if (!cJSON_IsArray(field)) {
            add_form_item(operation, field->string, field, multipart);
            continue;
        }
        cJSON_ArrayForEach(item, field)
        {
            add_form_item(operation, field->string, item, multipart);
        }
    }
    if (multipart) multipart_end(&operation->body);
}

static void add_body(Operation *operation)
{
    const cJSON *body = schema_resolve(operation->maker.document, get(operation->operation, "requestBody"));
    const cJSON *media = body_kind(get(body, "content"));
    if (!media || !media->string) return;
    Str kind = str_from(media->string);
    bool multipart = is_multipart(kind),
         form = multipart || str_find(kind, STR("form-urlencoded")) != SIZE_MAX;
    const cJSON *example = schema_example(&operation->maker, media);
    operation->maker.has_example = operation->maker.has_example || example;
    cJSON *value =
        example ? cJSON_Duplicate(example, true) : schema_value(&operation->maker, get(media, "schema"));
    if (form)
        add_form(operation, media, value, multipart);
    else if (str_find(kind, STR("json")) == SIZE_MAX)
        add_plain(&operation->body, value);
    else {
        char *printed = cJSON_PrintUnformatted(value);
        if (!printed) memory_exhausted();
        buf_add_text(&operation->body, printed);
        cJSON_free(printed);
    }
    cJSON_Delete(value);
    if (str_find_byte(kind, '*') != SIZE_MAX) kind = STR("application/octet-stream");
    header_add(&operation->headers, STR("Content-Type"),
               multipart ? STR("multipart/form-data; boundary=" MULTIPART_BOUNDARY) : kind);
}

/* --- requests --- */

static void operation_clear(Operation *operation)
{
    Buf *bufs[] = {&operation->target, &operation->query, &operation->headers, &operation->cookies,
                   &operation->body};
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++)
        buf_free(bufs[i]);
}

static Request operation_request(Operation *operation, Arena *arena)
{
    add_parameters(operation);
    add_path(operation);
    add_body(operation);
    if (operation->cookies.len) header_add(&operation->headers, STR("Cookie"), buf_str(&operation->cookies));
    Request request = {.route = SIZE_MAX,
                       .origin = operation->maker.has_example ? REQUEST_FROM_EXAMPLE : REQUEST_GENERATED};
    request.load.method = str_copy(arena, operation->method);
    request.load.target = str_copy(arena, buf_str(&operation->target));
    request.load.headers = str_copy(arena, buf_str(&operation->headers));
    request.load.body = str_copy(arena, buf_str(&operation->body));
    operation_clear(operation);
    return request;
}

static bool is_same(const LoadRequest *left, const LoadRequest *right)
{
    return str_equal(left->target, right->target) && str_equal(left->headers, right->headers) &&
           str_equal(left->body, right->body);
}

enum { VARIANTS = 2 };

static bool add_operation(RequestList *list, const Operation *operation)
{
    Request made[VARIANTS];
    for (unsigned variant = 0; variant < VARIANTS; variant++) {
        Operation current = *operation;
        current.maker.variant = variant;
        made[variant] = operation_request(&current, list->arena);
        bool repeats = variant > 0 && is_same(&made[0].load, &made[variant].load);
        if (!repeats && !request_list_add(list, &made[variant])) return false;
    }
    return true;
}

/* --- all operations --- */

static const char *const reading[] = {"get", "head", NULL};
static const char *const writing[] = {"post", "put", "patch", "delete", NULL};

static Str upper(Arena *arena, const char *word)
{
    char *copy = arena_copy(arena, word, strlen(word));
    for (char *byte = copy; *byte; byte++)
        *byte = (char)(*byte - 'a' + 'A');
    return str_from(copy);
}

static bool add_path_item(RequestList *list, const cJSON *document, const cJSON *path,
                          const char *const *methods)
{
    const cJSON *item = schema_resolve(document, path);
    for (; *methods; methods++) {
        const cJSON *described = get(item, *methods);
        if (!cJSON_IsObject(described)) continue;
        Operation operation = {.path_item = item,
                               .operation = described,
                               .method = upper(list->arena, *methods),
                               .template = str_from(path->string),
                               .maker = {.document = document}};
        if (!add_operation(list, &operation)) return false;
    }
    return true;
}

static int by_path(const void *left, const void *right)
{
    const cJSON *const *first = left, *const *second = right;
    return strcmp((*first)->string, (*second)->string);
}

bool requests_make_of_schema(RequestList *list, const cJSON *openapi, bool is_writing)
{
    const cJSON *paths = get(openapi, "paths"), *path;
    size_t count = 0;
    const cJSON **ordered = arena_array(list->arena, (size_t)cJSON_GetArraySize(paths), sizeof *ordered);
    cJSON_ArrayForEach(path, paths)
    {
        if (path->string && path->string[0] == '/') ordered[count++] = path;
    }
    qsort(ordered, count, sizeof *ordered, by_path);
    for (size_t i = 0; i < count; i++)
        if (!add_path_item(list, openapi, ordered[i], is_writing ? writing : reading)) return false;
    return true;
}
