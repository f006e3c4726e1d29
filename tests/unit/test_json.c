/* The formats for programs, read back with cJSON. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/json.h"
#include "report/report.h"

#include "base/banned.h"

static const ReportStyle style = {.directory = {"/home/me", 8}};

static Finding finding_at(const char *path)
{
    Finding finding = {
        .code = STR("LS110"),
        .message = STR("`requests.get` stops the loop"),
        .severity = SEVERITY_HIGH,
        .confidence = CONFIDENCE_LIKELY,
        .effect = EFFECT_HTTP,
        .place = {str_from(path), {7, 5}, {8, 9}},
        .noqa_row = 8,
    };
    memset(finding.fingerprint, 'f', sizeof finding.fingerprint - 1);
    return finding;
}

static Str write_format(Buf *text, const char *format, const Finding *findings, size_t count)
{
    Report report = {.findings = findings, .finding_count = count};
    reporter_find(str_from(format))->write(text, &report, &style);
    return buf_str(text);
}

static cJSON *parse(Str text)
{
    Fail fail = {0};
    cJSON *tree = json_parse(text, "report", &fail);
    assert_non_null(tree);
    return tree;
}

static const char *string_at(const cJSON *object, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    assert_non_null(text);
    return text;
}

static void position_is(const cJSON *object, const char *key, double row, double column)
{
    const cJSON *position = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_true(cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(position, "row")) == row);
    assert_true(cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(position, "column")) == column);
}

static void is_null(const cJSON *object, const char *key)
{
    assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(object, key)));
}

static void keys_are_those_of_ruff_and_ours(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "cell",     "code",     "end_location", "filename",   "fix",     "location",    "message", "name",
        "noqa_row", "severity", "url",          "confidence", "effect",  "function",    "chain",   "sink",
        "why",      "advice",   "fixes",        "refused",    "unfixed", "fingerprint", "group"};
    Finding finding = finding_at("app/main.py");
    Buf text;
    buf_init(&text);
    cJSON *tree = parse(write_format(&text, "json", &finding, 1));
    const cJSON *object = cJSON_GetArrayItem(tree, 0);
    assert_int_equal(cJSON_GetArraySize(tree), 1);
    assert_int_equal(cJSON_GetArraySize(object), sizeof keys / sizeof keys[0]);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_string_equal(cJSON_GetArrayItem(object, (int)i)->string, keys[i]);
    cJSON_Delete(tree);
    buf_free(&text);
}

static void values_are_those_of_the_finding(void **state)
{
    (void)state;
    Finding finding = finding_at("app/main.py");
    Buf text;
    buf_init(&text);
    cJSON *tree = parse(write_format(&text, "json", &finding, 1));
    const cJSON *object = cJSON_GetArrayItem(tree, 0);
    assert_string_equal(string_at(object, "code"), "LS110");
    assert_string_equal(string_at(object, "filename"), "/home/me/app/main.py");
    assert_string_equal(string_at(object, "severity"), "high");
    assert_string_equal(string_at(object, "confidence"), "likely");
    assert_string_equal(string_at(object, "effect"), "http");
    assert_int_equal(strlen(string_at(object, "fingerprint")), 32);
    position_is(object, "location", 7, 5);
    position_is(object, "end_location", 8, 9);
    static const char *const nulls[] = {"cell", "fix", "url",    "name",    "function",
                                        "sink", "why", "advice", "unfixed", "group"};
    for (size_t i = 0; i < sizeof nulls / sizeof nulls[0]; i++)
        is_null(object, nulls[i]);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(object, "chain")), 0);
    cJSON_Delete(tree);
    buf_free(&text);
}

static void chain_and_sink_have_places(void **state)
{
    (void)state;
    Hop hop = {{STR("lib.py"), {3, 4}, {3, 8}}, STR("load"), STR("requests.get"), STR("get(url)")};
    Finding finding = finding_at("a.py");
    finding.chain = &hop;
    finding.chain_count = 1;
    finding.sink = STR("requests.get");
    finding.sink_place = hop.place;
    finding.sink_function = STR("load");
    finding.sink_source = STR("get(url)");
    memset(finding.group, 'a', sizeof finding.group - 1);
    Buf text;
    buf_init(&text);
    cJSON *tree = parse(write_format(&text, "json-lines", &finding, 1));
    const cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(tree, "chain"), 0);
    assert_string_equal(string_at(first, "callee"), "requests.get");
    assert_string_equal(string_at(first, "function"), "load");
    assert_string_equal(string_at(first, "filename"), "/home/me/lib.py");
    assert_string_equal(string_at(first, "source"), "get(url)");
    position_is(first, "location", 3, 4);
    const cJSON *sink = cJSON_GetObjectItemCaseSensitive(tree, "sink");
    assert_string_equal(string_at(sink, "name"), "requests.get");
    assert_string_equal(string_at(sink, "function"), "load");
    assert_string_equal(string_at(sink, "source"), "get(url)");
    assert_int_equal(strlen(string_at(tree, "group")), 32);
    position_is(sink, "end_location", 3, 8);
    cJSON_Delete(tree);
    buf_free(&text);
}

static void filename_is(const char *path, const char *expected)
{
    Finding finding = finding_at(path);
    Buf text;
    buf_init(&text);
    cJSON *tree = parse(write_format(&text, "json-lines", &finding, 1));
    assert_string_equal(string_at(tree, "filename"), expected);
    cJSON_Delete(tree);
    buf_free(&text);
}

static void filenames_are_absolute(void **state)
{
    (void)state;
    filename_is("./a.py", "/home/me/a.py");
    filename_is("a//b/./c.py", "/home/me/a/b/c.py");
    filename_is("../you/a.py", "/home/you/a.py");
    filename_is("../../../../a.py", "/a.py");
    filename_is("/srv/x/../a.py", "/srv/a.py");
    filename_is("-", "-");
    filename_is("\xff.py", "/home/me/\xef\xbf\xbd.py");
}

static void any_text_survives(void **state)
{
    (void)state;
    static const char message[] = "\"quoted\" \\ \b\n\t\x1b[0m \x7f 日本 \xf0\x9f\x98\x80";
    Finding finding = finding_at("a.py");
    finding.message = str_from(message);
    Buf text;
    buf_init(&text);
    Str line = write_format(&text, "json-lines", &finding, 1);
    assert_int_equal(str_find_byte(line, '\n'), line.len - 1);
    for (size_t i = 0; i + 1 < line.len; i++)
        assert_true((unsigned char)line.ptr[i] >= ' ');
    cJSON *tree = parse(line);
    assert_string_equal(string_at(tree, "message"), message);
    cJSON_Delete(tree);
    buf_clear(&text);
    finding.message = STR("cut \xe6\x97");
    tree = parse(write_format(&text, "json", &finding, 1));
    assert_string_equal(string_at(cJSON_GetArrayItem(tree, 0), "message"), "cut \xef\xbf\xbd\xef\xbf\xbd");
    cJSON_Delete(tree);
    buf_free(&text);
}

static void lines_are_one_object_each(void **state)
{
    (void)state;
    Finding findings[] = {finding_at("a.py"), finding_at("b.py"), finding_at("c.py")};
    Buf text;
    buf_init(&text);
    Str rest = write_format(&text, "json-lines", findings, 3);
    for (size_t i = 0; i < 3; i++) {
        size_t end = str_find_byte(rest, '\n');
        assert_true(end != SIZE_MAX);
        cJSON *tree = parse(str_part(rest, 0, end));
        assert_true(cJSON_IsObject(tree));
        cJSON_Delete(tree);
        rest = str_part(rest, end + 1, rest.len);
    }
    assert_int_equal(rest.len, 0);
    buf_clear(&text);
    cJSON *tree = parse(write_format(&text, "json", findings, 3));
    assert_int_equal(cJSON_GetArraySize(tree), 3);
    cJSON_Delete(tree);
    buf_free(&text);
}

static void statistics_are_a_list(void **state)
{
    (void)state;
    Finding findings[] = {finding_at("a.py"), finding_at("b.py"), finding_at("c.py")};
    findings[2].code = STR("LS101");
    Report report = {.findings = findings, .finding_count = 3};
    Catalogue *catalogue = catalogue_new();
    ReportStyle named = {.catalogue = catalogue};
    Buf text;
    buf_init(&text);
    reporter_find(STR("json"))->write_statistics(&text, &report, &named);
    cJSON *tree = parse(buf_str(&text));
    assert_int_equal(cJSON_GetArraySize(tree), 2);
    const cJSON *first = cJSON_GetArrayItem(tree, 0);
    assert_string_equal(string_at(first, "code"), "LS110");
    assert_true(strlen(string_at(first, "name")) > 0);
    assert_true(cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(first, "count")) == 2);
    cJSON_Delete(tree);
    buf_clear(&text);
    report.finding_count = 0;
    reporter_find(STR("json"))->write_statistics(&text, &report, &named);
    assert_true(str_equal(buf_str(&text), STR("[]\n")));
    buf_free(&text);
    catalogue_free(catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_those_of_ruff_and_ours),
        cmocka_unit_test(values_are_those_of_the_finding),
        cmocka_unit_test(chain_and_sink_have_places),
        cmocka_unit_test(filenames_are_absolute),
        cmocka_unit_test(any_text_survives),
        cmocka_unit_test(lines_are_one_object_each),
        cmocka_unit_test(statistics_are_a_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
