/* Requests from a file, from a recording, and made from a schema. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "runtime/request_text.h"
#include "runtime/requests.h"
#include "runtime/schema_value.h"

#include "base/banned.h"

typedef struct Case {
    Arena arena;
    Requests requests;
    Fail fail;
    Host host;
    cJSON *openapi;
} Case;

static int case_make(void **state)
{
    Case *test = memory_alloc(sizeof *test);
    *test = (Case){0};
    arena_init(&test->arena);
    test->host = (Host){.arena = &test->arena, .tree = "/p"};
    *state = test;
    return 0;
}

static int case_end(void **state)
{
    Case *test = *state;
    vec_free(&test->host.routes);
    cJSON_Delete(test->openapi);
    arena_free(&test->arena);
    free(test);
    return 0;
}

/* JSON is written with single quotes here. */
static const char *quoted(Arena *arena, const char *text)
{
    char *copy = arena_copy(arena, text, strlen(text));
    for (char *byte = copy; *byte; byte++)
        if (*byte == '\'') *byte = '"';
    return copy;
}

static bool read(Case *test, const char *text)
{
    test->fail = (Fail){0};
    return requests_read_text(&test->arena, str_from(text), "r.txt", &test->requests, &test->fail);
}

static void assert_text(Str text, const char *wanted)
{
    if (!str_equal(text, str_from(wanted))) fail_msg("'%.*s' is not '%s'", (int)text.len, text.ptr, wanted);
}

static void assert_holds(Case *test, Str text, const char *part)
{
    if (str_find(text, str_from(quoted(&test->arena, part))) == SIZE_MAX)
        fail_msg("'%.*s' does not hold '%s'", (int)text.len, text.ptr, part);
}

static const LoadRequest *at(const Case *test, size_t index)
{
    assert_true(index < test->requests.count);
    return &test->requests.items[index].load;
}

static void add_route(Case *test, const char *method, const char *path, const char *file)
{
    HostRoute route = {.method = str_from(method), .path = str_from(path), .file = str_from(file)};
    vec_add(&test->host.routes, route);
}

static void set_schema(Case *test, const char *text)
{
    test->openapi = cJSON_Parse(quoted(&test->arena, text));
    assert_non_null(test->openapi);
    test->host.openapi = test->openapi;
}

static void make(Case *test, bool writes)
{
    assert_true(requests_make(&test->arena, &test->host, writes, &test->requests, &test->fail));
}

/* --- a file --- */

static void file_of_requests(void **state)
{
    Case *test = *state;
    assert_true(read(test, "# first\n\nX-Key: 1\nAuthorization:  Bearer a b\nPOST /orders {\"a\": [1, 2]}\r\n"
                           "GET /search?q=a%20b\nDELETE http://localhost:8000/x?y=1#z"));
    assert_int_equal(test->requests.count, 3);
    assert_text(at(test, 0)->method, "POST");
    assert_text(at(test, 0)->target, "/orders");
    assert_text(at(test, 0)->headers,
                "X-Key: 1\r\nAuthorization: Bearer a b\r\nContent-Type: application/json\r\n");
    assert_text(at(test, 0)->body, "{\"a\": [1, 2]}");
    assert_int_equal(test->requests.items[0].row1, 5);
    assert_int_equal(test->requests.items[0].origin, REQUEST_FROM_FILE);
    assert_text(at(test, 1)->target, "/search?q=a%20b");
    assert_text(at(test, 1)->headers, "");
    assert_text(at(test, 2)->target, "/x?y=1");
}

static void bodies_of_another_kind(void **state)
{
    Case *test = *state;
    assert_true(read(test, "Content-Type: text/plain\nPUT /note hello there\n"));
    assert_text(at(test, 0)->body, "hello there");
    assert_text(at(test, 0)->headers, "Content-Type: text/plain\r\n");
}

static void paths_are_put_into_percent_form(void **state)
{
    Case *test = *state;
    assert_true(read(test, "GET /caf\xc3\xa9\x01\n"));
    assert_text(at(test, 0)->target, "/caf%C3%A9%01");
}

static void broken_files(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"GET /a\nPOST /b {\"a\":\n", "r.txt:2: the body is not valid JSON"},
        {"GET /a\nPOST /b {} {}\n", "r.txt:2: the body is not valid JSON"},
        {"GET orders\n", "r.txt:1: the path of a request begins with '/'"},
        {"hello\n",
         "r.txt:1: is no request ('METHOD /path [json]'), no header ('Name: value') and no comment"},
        {"\nX-A: 1\n\n", "r.txt:3: ends with headers that no request follows"},
        {"Host: a\nGET /\n", "r.txt:1: the header 'Host' comes with the connection: leave it out"},
        {"# nothing\n", "r.txt: holds no request"},
        {"", "r.txt: holds no request"},
        {"{\"log\": {}}", "r.txt: is JSON, but no recording (HAR): it has no 'log.entries'"},
        {"{\n\"log\":\n", "r.txt:2: is not valid JSON"},
        {"{\"log\": {\"entries\": [1, {\"request\": {\"method\": \"get it\", \"url\": \"http://a/\"}}]}}",
         "r.txt: holds no request"},
    };
    Case *test = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(read(test, cases[i].text));
        assert_string_equal(test->fail.text, cases[i].message);
    }
}

/* --- a recording --- */

static const char RECORDING[] =
    "{'log': {'entries': ["
    " {'request': {'method': 'GET', 'url': 'https://cdn.example.com/x.js'}},"
    " {'request': {'method': 'GET', 'url': 'https://shop.example.com/live'}, 'response': {'status': 101}},"
    " {'request': {'method': 'GET', 'url': 'wss://shop.example.com/live'}},"
    " {'request': {'method': 'GET', 'url': 'https://shop.example.com/orders?page=2#top', 'httpVersion': "
    "'h2', 'headers': ["
    "   {'name': ':authority', 'value': 'shop'}, {'name': 'Host', 'value': 'shop'},"
    "   {'name': 'If-None-Match', 'value': 'x'}, {'name': 'Cookie', 'value': 'a=1\\r\\nX: y'}]}},"
    " {'request': {'method': 'POST', 'url': 'https://shop.example.com/login', 'postData': {"
    "   'mimeType': 'application/x-www-form-urlencoded',"
    "   'params': [{'name': 'user name', 'value': 'a&b'}, {'name': 'p', 'value': '1'}]}}}]}}";

static void recording(void **state)
{
    Case *test = *state;
    assert_true(read(test, quoted(&test->arena, RECORDING)));
    assert_int_equal(test->requests.count, 2);
    assert_int_equal(test->requests.items[0].origin, REQUEST_FROM_HAR);
    assert_text(at(test, 0)->target, "/orders?page=2");
    assert_text(at(test, 0)->headers, "Cookie: a=1X: y\r\n");
    assert_text(at(test, 1)->body, "user%20name=a%26b&p=1");
    assert_text(at(test, 1)->headers, "Content-Type: application/x-www-form-urlencoded\r\n");
    assert_int_equal(test->requests.http2_count, 1);
    assert_int_equal(test->requests.left_out_count, 3);
    assert_text(test->requests.left_out[1],
                "GET https://shop.example.com/live: a websocket, which is not driven");
    assert_text(test->requests.left_out[2],
                "GET wss://shop.example.com/live: a websocket, which is not driven");
    assert_text(test->requests.left_out[0],
                "GET https://cdn.example.com/x.js: not of shop.example.com, the host that is asked most");
}

/* --- routes --- */

static void routes_by_method_and_template(void **state)
{
    Case *test = *state;
    add_route(test, "GET", "/orders/{order_id}", "/p/a.py");
    add_route(test, "GET", "/orders/{order_id}/items", "/p/a.py");
    add_route(test, "POST", "/orders", "/p/a.py");
    add_route(test, "GET", "/files/{path}", "/p/a.py");
    add_route(test, "GET", "/report/{day}.csv", "/p/a.py");
    assert_true(read(test,
                     "GET /orders/7?x=1\nGET /orders/7/items\nPOST /orders\nGET /files/a/b/c\nGET "
                     "/report/1.csv\nHEAD /orders/7\nGET /report/1.txt\nDELETE /orders/7\nGET /orders/\n"));
    requests_route(&test->requests, &test->host);
    const size_t wanted[] = {0, 1, 2, 3, 4, 0, SIZE_MAX, SIZE_MAX, SIZE_MAX};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (test->requests.items[i].route != wanted[i])
            fail_msg("request %zu has route %zu", i, test->requests.items[i].route);
}

static void only_some(void **state)
{
    Case *test = *state;
    add_route(test, "GET", "/orders/{id}", "/p/a.py");
    add_route(test, "DELETE", "/orders/{id}", "/p/a.py");
    assert_true(read(test, "GET /orders/7\nDELETE /orders/7\nGET /ping\n"));
    requests_route(&test->requests, &test->host);
    Requests all = test->requests;
    const Str one[] = {STR("GET /orders/{id}")}, path[] = {STR("/orders/7")}, none[] = {STR("/nothing")};
    assert_true(requests_only(&test->arena, &test->requests, &test->host, one, 1));
    assert_int_equal(test->requests.count, 1);
    test->requests = all;
    assert_true(requests_only(&test->arena, &test->requests, &test->host, path, 1));
    assert_int_equal(test->requests.count, 2);
    test->requests = all;
    assert_false(requests_only(&test->arena, &test->requests, &test->host, none, 1));
}

/* What others leave behind is there when the wanted ones are asked. */
static void what_stands_before_the_wanted(void **state)
{
    Case *test = *state;
    add_route(test, "GET", "/orders/{id}", "/p/a.py");
    assert_true(read(
        test, "POST /orders {\"a\": 1}\nGET /ping\nPUT /orders/7 {}\nGET /orders/7\nDELETE /orders/7\n"));
    requests_route(&test->requests, &test->host);
    Requests all = test->requests;
    const Str read_one[] = {STR("GET /orders/{id}")}, first[] = {STR("POST /orders")};
    assert_int_equal(all.before_count, 0);
    assert_true(requests_only(&test->arena, &test->requests, &test->host, read_one, 1));
    assert_int_equal(test->requests.count, 1);
    assert_int_equal(test->requests.before_count, 2);
    assert_true(str_equal(test->requests.before[0].method, STR("POST")));
    assert_true(str_equal(test->requests.before[1].target, STR("/orders/7")));
    test->requests = all;
    assert_true(requests_only(&test->arena, &test->requests, &test->host, first, 1));
    assert_int_equal(test->requests.before_count, 0);
}

static void routes_without_a_schema(void **state)
{
    Case *test = *state;
    add_route(test, "GET", "/orders/{id}", "/p/a.py");
    add_route(test, "POST", "/orders", "/p/a.py");
    add_route(test, "GET", "/docs", "/usr/lib/framework.py");
    make(test, false);
    assert_int_equal(test->requests.count, 2);
    assert_text(at(test, 0)->target, "/orders/1");
    assert_text(at(test, 1)->target, "/orders/a");
    assert_true(test->requests.items[1].route == 0);
    assert_int_equal(test->requests.left_out_count, 1);
    assert_text(test->requests.left_out[0], "POST /orders: writes, and nothing stands in for what it writes "
                                            "to (--service, --requests, --writes)");
    make(test, true);
    assert_int_equal(test->requests.count, 3);
    assert_text(at(test, 2)->target, "/orders");
    assert_int_equal(test->requests.left_out_count, 0);
}

/* --- a schema --- */

static const char OPERATIONS[] =
    "{'paths': {"
    " '/b/{id}': {"
    "   'parameters': [{'name': 'id', 'in': 'path', 'required': true, 'schema': {'type': 'integer'}}],"
    "   'get': {'parameters': ["
    "     {'$ref': '#/components/parameters/q'},"
    "     {'name': 'n', 'in': 'query', 'schema': {'type': 'integer'}},"
    "     {'name': 'tag', 'in': 'query', 'required': true,"
    "      'schema': {'type': 'array', 'minItems': 2, 'items': {'enum': ['x', 'y']}}},"
    "     {'name': 'X-Key', 'in': 'header', 'required': true, 'schema': {'type': 'string', 'format': "
    "'uuid'}},"
    "     {'name': 'sid', 'in': 'cookie', 'required': true, 'schema': {'type': 'string'}}]}},"
    " '/a': {'get': {}, 'post': {'requestBody': {'content': {"
    "   'application/json': {'schema': {'$ref': '#/components/schemas/Order'}}}}}}},"
    "'components': {"
    " 'parameters': {'q': {'name': 'q', 'in': 'query', 'required': true, 'example': 'a b'}},"
    " 'schemas': {'Order': {'type': 'object', 'required': ['item', 'when'], 'properties': {"
    "   'item': {'type': 'string', 'pattern': '^[A-Z]{3}-\\\\d+$'},"
    "   'when': {'anyOf': [{'type': 'null'}, {'type': 'string', 'format': 'date'}]},"
    "   'note': {'type': ['string', 'null'], 'minLength': 3},"
    "   'parent': {'$ref': '#/components/schemas/Order'},"
    "   'id': {'type': 'integer', 'readOnly': true}}}}}}";

static void operations(void **state)
{
    Case *test = *state;
    add_route(test, "GET", "/b/{id}", "/p/a.py");
    add_route(test, "GET", "/hidden", "/p/a.py");
    set_schema(test, OPERATIONS);
    make(test, true);
    assert_int_equal(test->requests.count, 6);
    assert_text(at(test, 0)->target, "/a");
    assert_text(at(test, 1)->target, "/b/1?q=a%20b&tag=x&tag=x");
    assert_text(at(test, 1)->headers, "X-Key: 123e4567-e89b-42d3-a456-426614174000\r\nCookie: sid=1\r\n");
    assert_int_equal(test->requests.items[1].origin, REQUEST_FROM_EXAMPLE);
    assert_true(test->requests.items[1].route == 0);
    assert_text(at(test, 2)->target, "/b/2?q=a%20b&tag=y&tag=y");
    assert_text(at(test, 3)->target, "/hidden");
    assert_text(at(test, 4)->method, "POST");
    assert_text(at(test, 4)->body, quoted(&test->arena, "{'item':'AAA-1','when':'2024-01-02'}"));
    assert_int_equal(test->requests.items[4].origin, REQUEST_GENERATED);
    assert_holds(test, at(test, 5)->body, "'note':'aaa','parent':{'item'");
    assert_true(str_find(at(test, 5)->body, STR("\"id\"")) == SIZE_MAX);
}

static const char FORMS[] =
    "{'paths': {"
    " '/login': {'post': {'requestBody': {'content': {'application/x-www-form-urlencoded': {'schema': {"
    "   'required': ['user', 'ages'], 'properties': {"
    "     'user': {'type': 'string', 'default': 'x y'},"
    "     'ages': {'type': 'array', 'minItems': 2, 'items': {'type': 'integer'}}}}}}}}},"
    " '/up': {'post': {'requestBody': {'content': {'multipart/form-data': {'schema': {"
    "   'required': ['file', 'photo', 'title'], 'properties': {"
    "     'title': {'type': 'string'},"
    "     'photo': {'type': 'string', 'format': 'binary'},"
    "     'file': {'type': 'string', 'contentMediaType': 'application/octet-stream'}}}}}}}}}}";

static void forms(void **state)
{
    Case *test = *state;
    set_schema(test, FORMS);
    make(test, true);
    assert_text(at(test, 0)->body, "user=x%20y&ages=1&ages=1");
    assert_text(at(test, 0)->headers, "Content-Type: application/x-www-form-urlencoded\r\n");
    const LoadRequest *upload = at(test, 2);
    assert_text(upload->headers, "Content-Type: multipart/form-data; boundary=" MULTIPART_BOUNDARY "\r\n");
    assert_holds(test, upload->body, "name='title'\r\n\r\n1\r\n--" MULTIPART_BOUNDARY);
    assert_holds(test, upload->body,
                 "name='photo'; filename='a.png'\r\nContent-Type: image/png\r\n\r\n\x89PNG");
    assert_holds(test, upload->body,
                 "name='file'; filename='a.csv'\r\nContent-Type: text/csv\r\n\r\nname,amount\n");
    assert_true(str_ends(upload->body, STR("a,1\n\r\n--" MULTIPART_BOUNDARY "--\r\n")));
}

/* The schema's value as one line. */
static void assert_value(Case *test, const char *schema, unsigned variant, const char *wanted)
{
    cJSON *document = cJSON_Parse(quoted(&test->arena, schema));
    assert_non_null(document);
    SchemaMaker maker = {.document = document, .variant = variant};
    cJSON *value = schema_value(&maker, document);
    char *printed = cJSON_PrintUnformatted(value);
    assert_text(str_from(printed), quoted(&test->arena, wanted));
    cJSON_free(printed);
    cJSON_Delete(value);
    cJSON_Delete(document);
}

static void values(void **state)
{
    Case *test = *state;
    assert_value(test, "{'type': 'integer', 'minimum': 10, 'exclusiveMinimum': true}", 0, "11");
    assert_value(test, "{'type': 'integer', 'exclusiveMinimum': 10}", 1, "12");
    assert_value(test, "{'type': 'integer', 'maximum': -3}", 0, "-3");
    assert_value(test, "{'type': 'integer', 'multipleOf': 5}", 0, "5");
    assert_value(test, "{'type': 'number', 'exclusiveMinimum': 0, 'exclusiveMaximum': 1}", 0, "0.5");
    assert_value(test, "{'type': 'boolean'}", 1, "false");
    assert_value(test, "{'enum': ['a', 'b', 'c']}", 1, "'b'");
    assert_value(test, "{'const': 4}", 1, "4");
    assert_value(test, "{'type': 'string', 'default': null, 'nullable': true}", 0, "'1'");
    assert_value(test, "{'type': 'string', 'maxLength': 0}", 0, "''");
    assert_value(test, "{'type': 'string', 'minLength': 4}", 1, "'aaaa'");
    assert_value(test, "{'examples': [1, 2]}", 1, "2");
    assert_value(test,
                 "{'allOf': [{'required': ['a'], 'properties': {'a': {'type': 'integer'}}},"
                 " {'required': ['b'], 'properties': {'b': {'type': 'null'}}}]}",
                 0, "{'a':1,'b':null}");
    assert_value(test, "{'oneOf': [{'type': 'integer'}, {'type': 'boolean'}]}", 1, "false");
    assert_value(test, "{'type': 'array', 'uniqueItems': true, 'minItems': 2, 'items': {'enum': [1, 2, 3]}}",
                 0, "[1,2]");
    assert_value(test, "{'prefixItems': [{'type': 'integer'}, {'type': 'string'}], 'type': 'array'}", 0,
                 "[1,'1']");
    assert_value(test, "{'type': 'object', 'minProperties': 1, 'additionalProperties': {'type': 'integer'}}",
                 0, "{'a':1}");
    assert_value(test, "{'$ref': '#/a~1b/~0c', 'a/b': {'~c': {'type': 'integer'}}}", 0, "1");
    assert_value(test, "{'$ref': '#'}", 0, "'1'");
    assert_value(test, "{'$ref': '#/nowhere'}", 0, "'1'");
    assert_value(test, "true", 0, "'1'");
}

/* Schemas without end: a value comes all the same, and not a large one. */
static void endless_schemas(void **state)
{
    Case *test = *state;
    static const char *const schemas[] = {
        "{'type': 'array', 'minItems': 1000000, 'items': {'$ref': '#'}}",
        "{'required': ['a', 'b'], 'properties': {'a': {'$ref': '#'}, 'b': {'$ref': '#'}}}",
        "{'allOf': [{'$ref': '#'}, {'$ref': '#'}]}",
        "{'type': 'string', 'minLength': 100000000}",
        "{'type': 'string', 'pattern': '((((a{900}){900}){900}){900})'}",
    };
    for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
        cJSON *document = cJSON_Parse(quoted(&test->arena, schemas[i]));
        assert_non_null(document);
        SchemaMaker maker = {.document = document};
        cJSON *value = schema_value(&maker, document);
        assert_non_null(value);
        assert_true(maker.values <= LIMIT_SCHEMA_VALUES * (LIMIT_SCHEMA_ITEMS + 1));
        cJSON_Delete(value);
        cJSON_Delete(document);
    }
}

static void patterns(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text; /* NULL: not understood */
    } cases[] = {
        {"^[A-Z]{2}\\d{3}$", "AA111"},
        {"^(red|green)$", "red"},
        {"a|b", "a"},
        {"^\\+?[1-9]\\d{1,14}$", "+11"},
        {"[^a]x", "1x"},
        {"(?:ab)+c*", "abc"},
        {"x{0}y", "y"},
        {"(?P<year>\\d{4})", "1111"},
        {"\\w+\\.\\w{2,}", "a.aa"},
        {"(?=a)b", NULL},
        {"(?!a)b", NULL},
        {"a\\1", NULL},
        {"[a", NULL},
        {"(a", NULL},
        {"*a", NULL},
        {"a{99999}", NULL},
        {"a)", NULL},
        {"\\bword", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Buf text;
        buf_init(&text);
        buf_add_text(&text, "=");
        bool made = schema_pattern(&text, str_from(cases[i].pattern));
        if (made != (cases[i].text != NULL))
            fail_msg("%s was %s", cases[i].pattern, made ? "made" : "not made");
        Str wanted = str_from(cases[i].text);
        if (!str_equal(str_drop(buf_str(&text), 1), wanted))
            fail_msg("%s gave %.*s", cases[i].pattern, (int)text.len, text.data);
        buf_free(&text);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, case_make, case_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(file_of_requests),
        TEST(bodies_of_another_kind),
        TEST(paths_are_put_into_percent_form),
        TEST(broken_files),
        TEST(recording),
        TEST(routes_by_method_and_template),
        TEST(only_some),
        TEST(what_stands_before_the_wanted),
        TEST(routes_without_a_schema),
        TEST(operations),
        TEST(forms),
        TEST(values),
        TEST(endless_schemas),
        TEST(patterns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
