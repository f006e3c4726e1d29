#include "runtime/schema_value.h"

#include <math.h>
#include <string.h>

#include "base/limits.h"

#include "base/banned.h"

static cJSON *make(SchemaMaker *maker, const cJSON *schema, unsigned depth);

static const cJSON *get(const cJSON *object, const char *name)
{
    return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;
}

static Str text_of(const cJSON *object, const char *name)
{
    const cJSON *item = get(object, name);
    return cJSON_IsString(item) ? str_from(item->valuestring) : STR("");
}

/* --- references --- */

/* A part of a JSON pointer against a key: ~1 is a slash, ~0 a tilde. */
static bool is_key(Str part, const char *key)
{
    size_t at = 0;
    for (; *key; key++) {
        if (at >= part.len) return false;
        char byte = part.ptr[at++];
        if (byte == '~' && at < part.len) byte = part.ptr[at++] == '1' ? '/' : '~';
        if (byte != *key) return false;
    }
    return at == part.len;
}

static const cJSON *child_named(const cJSON *object, Str part)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, object)
    {
        if (item->string && is_key(part, item->string)) return item;
    }
    return NULL;
}

static const cJSON *follow(const cJSON *document, Str pointer)
{
    if (!str_starts(pointer, STR("#"))) return NULL;
    pointer = str_drop(pointer, 1);
    while (document && str_starts(pointer, STR("/"))) {
        Str part = str_before(str_drop(pointer, 1), '/');
        document = child_named(document, part);
        pointer = str_drop(pointer, part.len + 1);
    }
    return document;
}

const cJSON *schema_resolve(const cJSON *document, const cJSON *object)
{
    for (unsigned i = 0; i < LIMIT_SCHEMA_DEPTH; i++) {
        Str pointer = text_of(object, "$ref");
        if (!pointer.len) return object;
        object = follow(document, pointer);
    }
    return NULL;
}

/* --- examples --- */

static const cJSON *chosen(const SchemaMaker *maker, const cJSON *list)
{
    int count = cJSON_GetArraySize(list);
    return count > 0 ? cJSON_GetArrayItem(list, (int)(maker->variant % (unsigned)count)) : NULL;
}

const cJSON *schema_example(const SchemaMaker *maker, const cJSON *object)
{
    const cJSON *examples = get(object, "examples");
    const cJSON *one = chosen(maker, examples);
    if (one && cJSON_IsObject(examples)) one = get(schema_resolve(maker->document, one), "value");
    return one ? one : get(object, "example");
}

/* An example, else a constant, else the default. */
static const cJSON *given(SchemaMaker *maker, const cJSON *schema)
{
    const cJSON *value = schema_example(maker, schema);
    if (!value) value = get(schema, "const");
    const cJSON *otherwise = get(schema, "default");
    if (!value && otherwise && !cJSON_IsNull(otherwise)) value = otherwise;
    maker->has_example = maker->has_example || value;
    return value;
}

/* --- texts --- */

static const char *text_of_format(Str format, unsigned variant)
{
    static const struct {
        const char *format, *first, *second;
    } known[] = {
        {"date-time", "2024-01-02T03:04:05Z", "2024-02-03T04:05:06Z"},
        {"date", "2024-01-02", "2024-02-03"},
        {"time", "03:04:05Z", "04:05:06Z"},
        {"duration", "PT1H", "P1D"},
        {"uuid", "123e4567-e89b-42d3-a456-426614174000", "123e4567-e89b-42d3-a456-426614174001"},
        {"email", "a@example.com", "b@example.com"},
        {"idn-email", "a@example.com", "b@example.com"},
        {"uri", "https://example.com/a", "https://example.com/b"},
        {"url", "https://example.com/a", "https://example.com/b"},
        {"uri-reference", "/a", "/b"},
        {"hostname", "example.com", "www.example.com"},
        {"ipv4", "192.0.2.1", "192.0.2.2"},
        {"ipv6", "2001:db8::1", "2001:db8::2"},
        {"byte", "YQ==", "Yg=="},
        {"base64", "YQ==", "Yg=="},
        {"decimal", "1", "2"},
        {"json-string", "{}", "[]"},
        {"phone", "+12025550123", "+12025550124"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_equal(format, str_from(known[i].format))) return variant ? known[i].second : known[i].first;
    return NULL;
}

/* A bound of the schema, or otherwise. */
static double bound(const cJSON *schema, const char *name, double otherwise)
{
    const cJSON *item = get(schema, name);
    return cJSON_IsNumber(item) ? item->valuedouble : otherwise;
}

static void fit_length(Buf *text, const cJSON *schema)
{
    double least = bound(schema, "minLength", 0), most = bound(schema, "maxLength", LIMIT_SCHEMA_TEXT);
    while ((double)text->len < least && text->len < LIMIT_SCHEMA_TEXT)
        buf_add_byte(text, 'a');
    if (most >= 0 && (double)text->len > most) text->len = (size_t)most;
}

static cJSON *make_text(const SchemaMaker *maker, const cJSON *schema)
{
    const char *formatted = text_of_format(text_of(schema, "format"), maker->variant);
    Str pattern = text_of(schema, "pattern");
    if (formatted) return cJSON_CreateString(formatted);
    Buf text;
    buf_init(&text);
    if (!pattern.len || !schema_pattern(&text, pattern)) {
        buf_add_text(&text, maker->variant ? "a" : "1");
        fit_length(&text, schema);
    }
    buf_add_byte(&text, '\0');
    cJSON *value = cJSON_CreateString(text.data);
    buf_free(&text);
    return value;
}

/* --- numbers --- */

/* exclusiveMinimum is a number in 3.1 and says of minimum in 3.0 that it is not reached. */
static double inner_bound(const cJSON *schema, const char *inclusive, const char *exclusive, double step,
                          double otherwise)
{
    double reached = bound(schema, inclusive, otherwise);
    const cJSON *beyond = get(schema, exclusive);
    if (cJSON_IsTrue(beyond)) return reached + step;
    if (!cJSON_IsNumber(beyond)) return reached;
    double inside = beyond->valuedouble + step;
    return step > 0 ? fmax(reached, inside) : fmin(reached, inside);
}

static cJSON *make_number(const SchemaMaker *maker, const cJSON *schema, bool whole)
{
    double most_at_all = 1e15;
    double least = inner_bound(schema, "minimum", "exclusiveMinimum", whole ? 1 : 0.5, -most_at_all);
    double most = inner_bound(schema, "maximum", "exclusiveMaximum", whole ? -1 : -0.5, most_at_all);
    double value = maker->variant ? 2 : 1, step = bound(schema, "multipleOf", 0);
    if (value < least) value = least + (maker->variant && least + 1 <= most ? 1 : 0);
    if (value > most) value = most;
    if (whole) value = ceil(value);
    if (step > 0) value = ceil(value / step) * step;
    if (value > most && !whole && least < most) value = (least + most) / 2;
    return cJSON_CreateNumber(value);
}

/* --- arrays and objects --- */

static cJSON *make_array(SchemaMaker *maker, const cJSON *schema, unsigned depth)
{
    cJSON *array = cJSON_CreateArray();
    const cJSON *item;
    cJSON_ArrayForEach(item, get(schema, "prefixItems"))
    {
        cJSON_AddItemToArray(array, make(maker, item, depth + 1));
    }
    double least = bound(schema, "minItems", 1), most = bound(schema, "maxItems", LIMIT_SCHEMA_ITEMS);
    double count = fmin(fmin(fmax(least, 1), most), LIMIT_SCHEMA_ITEMS);
    if (!get(schema, "items") || depth >= LIMIT_SCHEMA_DEPTH) return array;
    bool unique = cJSON_IsTrue(get(schema, "uniqueItems"));
    unsigned variant = maker->variant;
    for (int i = cJSON_GetArraySize(array); i < count; i++) {
        if (unique) maker->variant = variant + (unsigned)i;
        cJSON_AddItemToArray(array, make(maker, get(schema, "items"), depth + 1));
    }
    maker->variant = variant;
    return array;
}

static bool is_required(const cJSON *schema, const char *name)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, get(schema, "required"))
    {
        if (cJSON_IsString(item) && !strcmp(item->valuestring, name)) return true;
    }
    return false;
}

/* What is optional is only made near the top: schemas name each other. */
enum { DEEPEST_OPTIONAL = 3 };

/* A list in the place of an object has no names, and gives nothing. */
static void add_properties(SchemaMaker *maker, const cJSON *schema, cJSON *object, unsigned depth)
{
    const cJSON *property;
    bool all = maker->variant > 0 && depth < DEEPEST_OPTIONAL;
    cJSON_ArrayForEach(property, get(schema, "properties"))
    {
        bool named = property->string != NULL;
        bool wanted = (named && is_required(schema, property->string)) || (all && depth < LIMIT_SCHEMA_DEPTH);
        bool ours = !cJSON_IsTrue(get(schema_resolve(maker->document, property), "readOnly"));
        if (!named || !wanted || !ours || cJSON_GetObjectItemCaseSensitive(object, property->string))
            continue;
        cJSON_AddItemToObject(object, property->string, make(maker, property, depth + 1));
    }
}

static cJSON *make_object(SchemaMaker *maker, const cJSON *schema, unsigned depth)
{
    cJSON *object = cJSON_CreateObject();
    add_properties(maker, schema, object, depth);
    const cJSON *further = get(schema, "additionalProperties");
    bool lacks = cJSON_GetArraySize(object) < bound(schema, "minProperties", 0);
    if (lacks && depth < LIMIT_SCHEMA_DEPTH)
        cJSON_AddItemToObject(
            object, "a", cJSON_IsObject(further) ? make(maker, further, depth + 1) : cJSON_CreateString("a"));
    return object;
}

/* --- combinations --- */

static void merge(cJSON *into, const cJSON *from)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, from)
    {
        if (!cJSON_GetObjectItemCaseSensitive(into, item->string))
            cJSON_AddItemToObject(into, item->string, cJSON_Duplicate(item, true));
    }
}

/* Objects have what all parts have; of anything else the first part decides. */
static cJSON *make_all_of(SchemaMaker *maker, const cJSON *schema, unsigned depth)
{
    cJSON *whole = NULL;
    const cJSON *part;
    cJSON_ArrayForEach(part, get(schema, "allOf"))
    {
        cJSON *value = make(maker, part, depth + 1);
        if (!whole) {
            whole = value;
            continue;
        }
        if (cJSON_IsObject(whole) && cJSON_IsObject(value)) merge(whole, value);
        cJSON_Delete(value);
    }
    if (cJSON_IsObject(whole)) add_properties(maker, schema, whole, depth);
    return whole ? whole : cJSON_CreateObject();
}

static bool is_null_schema(const cJSON *schema)
{
    return str_equal(text_of(schema, "type"), STR("null"));
}

/* One of the alternatives; `null` only when there is nothing else. */
static const cJSON *alternative(const SchemaMaker *maker, const cJSON *list)
{
    unsigned others = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, list)
    {
        others += !is_null_schema(item);
    }
    if (!others) return list->child;
    unsigned wanted = maker->variant % others;
    cJSON_ArrayForEach(item, list)
    {
        if (!is_null_schema(item) && wanted-- == 0) return item;
    }
    return NULL;
}

/* An alternative, and what stands beside it for all of them. */
static cJSON *make_alternative(SchemaMaker *maker, const cJSON *schema, const cJSON *list, unsigned depth)
{
    cJSON *value = make(maker, alternative(maker, list), depth + 1);
    if (cJSON_IsObject(value)) add_properties(maker, schema, value, depth);
    return value;
}

/* --- by type --- */

/* Of a list of types the first that is not null. */
static Str type_of(const cJSON *schema)
{
    const cJSON *type = get(schema, "type"), *item;
    if (cJSON_IsString(type)) return str_from(type->valuestring);
    cJSON_ArrayForEach(item, type)
    {
        if (cJSON_IsString(item) && strcmp(item->valuestring, "null") != 0)
            return str_from(item->valuestring);
    }
    if (get(schema, "properties") || get(schema, "additionalProperties")) return STR("object");
    if (get(schema, "items") || get(schema, "prefixItems")) return STR("array");
    return get(schema, "minimum") || get(schema, "maximum") ? STR("number") : STR("string");
}

static cJSON *make_typed(SchemaMaker *maker, const cJSON *schema, unsigned depth)
{
    Str type = type_of(schema);
    if (str_equal(type, STR("object"))) return make_object(maker, schema, depth);
    if (str_equal(type, STR("array"))) return make_array(maker, schema, depth);
    if (str_equal(type, STR("integer"))) return make_number(maker, schema, true);
    if (str_equal(type, STR("number"))) return make_number(maker, schema, false);
    if (str_equal(type, STR("boolean"))) return cJSON_CreateBool(maker->variant == 0);
    if (str_equal(type, STR("null"))) return cJSON_CreateNull();
    return make_text(maker, schema);
}

static cJSON *make_chosen(SchemaMaker *maker, const cJSON *schema, unsigned depth)
{
    const cJSON *value = given(maker, schema);
    if (!value) value = chosen(maker, get(schema, "enum"));
    if (value) return cJSON_Duplicate(value, true);
    if (cJSON_GetArraySize(get(schema, "allOf"))) return make_all_of(maker, schema, depth);
    const cJSON *list = get(schema, "anyOf") ? get(schema, "anyOf") : get(schema, "oneOf");
    if (cJSON_GetArraySize(list)) return make_alternative(maker, schema, list, depth);
    return make_typed(maker, schema, depth);
}

static cJSON *make(SchemaMaker *maker, const cJSON *schema, unsigned depth)
{
    schema = schema_resolve(maker->document, schema);
    bool ends = depth > LIMIT_SCHEMA_DEPTH || maker->values >= LIMIT_SCHEMA_VALUES;
    maker->values++;
    cJSON *value = ends ? cJSON_CreateNull() : make_chosen(maker, schema, depth);
    if (!value) memory_exhausted();
    return value;
}

cJSON *schema_value(SchemaMaker *maker, const cJSON *schema)
{
    return make(maker, schema, 0);
}

bool schema_is_file(const cJSON *document, const cJSON *schema)
{
    schema = schema_resolve(document, schema);
    if (get(schema, "items")) return schema_is_file(document, get(schema, "items"));
    const cJSON *option;
    cJSON_ArrayForEach(option, get(schema, "anyOf"))
    {
        if (schema_is_file(document, option)) return true;
    }
    return str_equal(text_of(schema, "format"), STR("binary")) ||
           str_equal(text_of(schema, "contentMediaType"), STR("application/octet-stream"));
}
