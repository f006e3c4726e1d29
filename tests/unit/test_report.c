/* The formats for people, from findings made by hand: unicode, tabs, wide and cut lines, what a terminal must
 * not see. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "report/report.h"
#include "base/visible.h"

#include "base/banned.h"

static const ReportStyle plain = {.directory = {"/home/me", 8}};

static Str text_of(const char *text)
{
    return str_from(text);
}

/* One line of code, its row 7, and a span on it. */
static Finding finding_on(FrameLine *line, const char *code, uint32_t column1, uint32_t end_column1)
{
    *line = (FrameLine){7, text_of(code)};
    return (Finding){
        .code = STR("LS101"),
        .message = STR("`time.sleep` stops the loop"),
        .severity = SEVERITY_HIGH,
        .confidence = CONFIDENCE_CERTAIN,
        .effect = EFFECT_SLEEP,
        .place = {STR("app/main.py"), {7, column1}, {7, end_column1}},
        .frame = line,
        .frame_count = 1,
    };
}

static void prints(const char *format, const Report *report, const ReportStyle *style, const char *expected)
{
    const Reporter *reporter = reporter_find(str_from(format));
    assert_non_null(reporter);
    Buf text;
    buf_init(&text);
    reporter->write(&text, report, style);
    buf_add_byte(&text, '\0');
    assert_string_equal(text.data, expected);
    buf_free(&text);
}

/* The full report of one finding without its footer. */
static void draws(const Finding *finding, const char *expected)
{
    Report report = {.findings = finding, .finding_count = 1};
    ReportStyle style = plain;
    style.quiet = true;
    prints("full", &report, &style, expected);
}

#define HEAD "LS101 [high] `time.sleep` stops the loop\n"

static void formats_are_found_by_name(void **state)
{
    (void)state;
    assert_true(reporter_count >= 4);
    for (size_t i = 0; i < reporter_count; i++) {
        assert_ptr_equal(reporter_find(str_from(reporters[i]->name)), reporters[i]);
        assert_non_null(reporters[i]->write);
        assert_non_null(reporters[i]->write_statistics);
        assert_true(strlen(reporters[i]->summary) > 0);
    }
    assert_null(reporter_find(STR("xml")));
    assert_null(reporter_find(STR("")));
}

static void an_empty_report_says_so(void **state)
{
    (void)state;
    Report report = {0};
    prints("full", &report, &plain, "No stalls found.\n");
    prints("concise", &report, &plain, "No stalls found.\n");
    prints("json", &report, &plain, "[]\n");
    prints("json-lines", &report, &plain, "");
    ReportStyle quiet = {.quiet = true};
    prints("full", &report, &quiet, "");
    prints("concise", &report, &quiet, "");
}

static void what_was_left_out_is_counted(void **state)
{
    (void)state;
    Report report = {.info_count = 1, .suppressed_count = 2, .out_of_scope_count = 1};
    prints("concise", &report, &plain,
           "No stalls found.\n"
           "1 file out of scope (tests, examples, docs, scripts): use --scope all\n"
           "1 info finding hidden: use --show-info\n"
           "2 findings suppressed\n");
}

static void a_frame_shows_the_lines_around(void **state)
{
    (void)state;
    FrameLine lines[] = {{9, STR("async def f():")}, {10, STR("    time.sleep(1)")}, {11, STR("")}};
    Finding finding = finding_on(&(FrameLine){0}, "", 5, 18);
    finding.place.start.row1 = finding.place.end.row1 = 10;
    finding.frame = lines;
    finding.frame_count = 3;
    finding.why = STR("the thread waits");
    finding.advice = STR("await asyncio.sleep(1)");
    draws(&finding, HEAD "  --> app/main.py:10:5\n"
                         "   |\n"
                         " 9 | async def f():\n"
                         "10 |     time.sleep(1)\n"
                         "   |     ^^^^^^^^^^^^^\n"
                         "11 |\n"
                         "   |\n"
                         "   = why: the thread waits\n"
                         "   = help: await asyncio.sleep(1)\n");
}

static void carets_stand_under_wide_and_combining_characters(void **state)
{
    (void)state;
    FrameLine line;
    Finding wide = finding_on(&line, "x = \"日本\"; f(\"語\")", 11, 17);
    draws(&wide, HEAD " --> app/main.py:7:11\n  |\n"
                      "7 | x = \"日本\"; f(\"語\")\n"
                      "  |             ^^^^^^^\n  |\n");
    Finding combining = finding_on(&line, "e\xcc\x81 = f()", 6, 9);
    draws(&combining, HEAD " --> app/main.py:7:6\n  |\n"
                           "7 | e\xcc\x81 = f()\n"
                           "  |     ^^^\n  |\n");
}

static void tabs_become_blanks(void **state)
{
    (void)state;
    FrameLine line;
    Finding finding = finding_on(&line, "\ta\tf()", 4, 7);
    draws(&finding, HEAD " --> app/main.py:7:4\n  |\n"
                         "7 |     a   f()\n"
                         "  |         ^^^\n  |\n");
}

static void a_span_over_lines_is_marked_on_the_first(void **state)
{
    (void)state;
    FrameLine lines[] = {{7, STR("f(1,")}, {8, STR("  2)")}};
    Finding finding = finding_on(&(FrameLine){0}, "", 1, 5);
    finding.place.end = (Position){8, 5};
    finding.frame = lines;
    finding.frame_count = 2;
    draws(&finding, HEAD " --> app/main.py:7:1\n  |\n7 | f(1,\n  | ^^^^\n8 |   2)\n  |\n");
}

static void odd_spans_still_have_a_caret(void **state)
{
    (void)state;
    FrameLine line;
    Finding empty = finding_on(&line, "f()", 2, 2);
    draws(&empty, HEAD " --> app/main.py:7:2\n  |\n7 | f()\n  |  ^\n  |\n");
    Finding beyond = finding_on(&line, "f()", 90, 99);
    draws(&beyond, HEAD " --> app/main.py:7:90\n  |\n7 | f()\n  |    ^\n  |\n");
    Finding backwards = finding_on(&line, "f()", 3, 1);
    draws(&backwards, HEAD " --> app/main.py:7:3\n  |\n7 | f()\n  |   ^\n  |\n");
    Finding nothing = finding_on(&line, "", 1, 1);
    draws(&nothing, HEAD " --> app/main.py:7:1\n  |\n7 |\n  | ^\n  |\n");
    Finding frameless = finding_on(&line, "f()", 1, 4);
    frameless.frame_count = 0;
    draws(&frameless, HEAD " --> app/main.py:7:1\n");
    Finding elsewhere = finding_on(&line, "f()", 1, 4);
    line.row1 = 8;
    draws(&elsewhere, HEAD " --> app/main.py:7:1\n  |\n8 | f()\n  |\n");
}

static void terminals_see_no_control_characters(void **state)
{
    (void)state;
    FrameLine line;
    Finding finding = finding_on(&line, "a\x1b[31m\x7f\xc2\x9b\xe2\x80\xae\xff\rf()", 12, 15);
    finding.place.path = STR("a\nb\x1b.py");
    finding.message = STR("say\t\x07");
    draws(&finding, "LS101 [high] say␉␇\n --> a␊b␛.py:7:12\n  |\n"
                    "7 | a␛[31m␡\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd␍f()\n"
                    "  |            ^^^\n  |\n");
}

static void a_chain_is_listed_hop_by_hop(void **state)
{
    (void)state;
    FrameLine line;
    Hop chain[] = {
        {{STR("app/main.py"), {7, 1}, {7, 7}}, STR("handler"), STR("load"), STR("")},
        {{STR("app/io.py"), {4, 12}, {4, 20}}, STR(""), STR("requests.get"), STR("")},
    };
    Finding finding = finding_on(&line, "load()", 1, 7);
    finding.confidence = CONFIDENCE_LIKELY;
    finding.severity = SEVERITY_MEDIUM;
    finding.chain = chain;
    finding.chain_count = 2;
    draws(&finding, "LS101 [medium, likely] `time.sleep` stops the loop\n --> app/main.py:7:1\n  |\n"
                    "7 | load()\n  | ^^^^^^\n  |\n"
                    "  = note: app/main.py:7:1 `handler` calls `load`\n"
                    "  = note: app/io.py:4:12 calls `requests.get`\n");
}

static void a_chain_shows_its_lines_and_ends_at_the_primitive(void **state)
{
    (void)state;
    FrameLine line;
    Hop chain[] = {{{STR("app/main.py"), {7, 1}, {7, 7}}, STR("handler"), STR("load"), STR("load()")}};
    Finding finding = finding_on(&line, "load()", 1, 7);
    finding.chain = chain;
    finding.chain_count = 1;
    finding.sink = STR("time.sleep");
    finding.sink_place = (Place){STR("app/io.py"), {4, 5}, {4, 18}};
    finding.sink_function = STR("load");
    finding.sink_source = STR("time.sleep(1)  # \x1b[31m");
    draws(&finding, HEAD " --> app/main.py:7:1\n  |\n"
                         "7 | load()\n  | ^^^^^^\n  |\n"
                         "  = note: app/main.py:7:1 `handler` calls `load`\n"
                         "              load()\n"
                         "  = note: app/io.py:4:5 `load` blocks in `time.sleep`\n"
                         "              time.sleep(1)  # \xe2\x90\x9b[31m\n");
    finding.chain_count = 0;
    draws(&finding, HEAD " --> app/main.py:7:1\n  |\n"
                         "7 | load()\n  | ^^^^^^\n  |\n");
}

static void sinks_are_counted_once(void **state)
{
    (void)state;
    FrameLine line;
    Finding findings[4];
    static const char *const groups[] = {"b", "a", "b", ""};
    for (size_t i = 0; i < 4; i++) {
        findings[i] = finding_on(&line, "f()", 1, 4);
        memcpy(findings[i].group, groups[i], strlen(groups[i]) + 1);
    }
    Report report = {.findings = findings, .finding_count = 4};
    Buf text;
    buf_init(&text);
    reporter_find(STR("concise"))->write(&text, &report, &plain);
    assert_true(str_ends(buf_str(&text), STR("\nFound 4 findings in 2 sinks (4 high, 0 medium, 0 low).\n")));
    buf_clear(&text);
    report.finding_count = 1;
    reporter_find(STR("concise"))->write(&text, &report, &plain);
    assert_true(str_ends(buf_str(&text), STR("\nFound 1 finding in 1 sink (1 high, 0 medium, 0 low).\n")));
    buf_free(&text);
}

/* Counts what a wide line is drawn as. */
static void a_wide_line_is_cut_around_the_span(void **state)
{
    (void)state;
    static char code[100001];
    memset(code, 'x', sizeof code - 1);
    memcpy(code + 50000, "f()", 3);
    FrameLine line;
    Finding finding = finding_on(&line, code, 50001, 50004);
    Report report = {.findings = &finding, .finding_count = 1};
    Buf text;
    buf_init(&text);
    reporter_find(STR("full"))->write(&text, &report, &plain);
    Str drawn = buf_str(&text);
    assert_true(drawn.len < 1000);
    size_t code_at = str_find(drawn, STR("7 | …")), caret_at = str_find(drawn, STR("^^^\n"));
    assert_true(code_at != SIZE_MAX && caret_at != SIZE_MAX);
    size_t caret_line = str_find_last(str_part(drawn, 0, caret_at), '\n');
    size_t call_at = str_find(drawn, STR("f()"));
    /* The mark of the cut is one cell of three bytes. */
    assert_int_equal(call_at - code_at - 2, caret_at - caret_line - 1);
    assert_true(str_find(drawn, STR("x…\n")) != SIZE_MAX);
    buf_free(&text);
}

static void a_span_wider_than_the_frame_is_cut(void **state)
{
    (void)state;
    static char code[1001];
    memset(code, 'y', sizeof code - 1);
    FrameLine line;
    Finding finding = finding_on(&line, code, 1, 1001);
    Report report = {.findings = &finding, .finding_count = 1};
    Buf text;
    buf_init(&text);
    reporter_find(STR("full"))->write(&text, &report, &plain);
    size_t carets = 0;
    for (size_t i = 0; i < text.len; i++)
        carets += text.data[i] == '^';
    assert_int_equal(carets, 200);
    buf_free(&text);
}

static void concise_is_a_line_each_and_a_footer(void **state)
{
    (void)state;
    FrameLine line;
    Finding findings[] = {finding_on(&line, "f()", 1, 4), finding_on(&line, "f()", 2, 4),
                          finding_on(&line, "f()", 3, 4)};
    findings[1].severity = SEVERITY_LOW;
    findings[1].confidence = CONFIDENCE_POSSIBLE;
    findings[2].severity = SEVERITY_INFO;
    Report report = {.findings = findings, .finding_count = 3};
    prints("concise", &report, &plain,
           "app/main.py:7:1: LS101 [high] `time.sleep` stops the loop\n"
           "app/main.py:7:2: LS101 [low, possible] `time.sleep` stops the loop\n"
           "app/main.py:7:3: LS101 [info] `time.sleep` stops the loop\n"
           "Found 3 findings (1 high, 0 medium, 1 low, 1 info).\n");
    report.finding_count = 1;
    prints("concise", &report, &plain,
           "app/main.py:7:1: LS101 [high] `time.sleep` stops the loop\n"
           "Found 1 finding (1 high, 0 medium, 0 low).\n");
}

static void full_puts_blank_lines_between(void **state)
{
    (void)state;
    FrameLine line;
    Finding findings[] = {finding_on(&line, "f()", 1, 4), finding_on(&line, "f()", 1, 4)};
    findings[0].frame_count = findings[1].frame_count = 0;
    Report report = {.findings = findings, .finding_count = 2};
    prints("full", &report, &plain,
           HEAD " --> app/main.py:7:1\n\n" HEAD " --> app/main.py:7:1\n\n"
                "Found 2 findings (2 high, 0 medium, 0 low).\n");
}

static void colour_changes_nothing_but_colour(void **state)
{
    (void)state;
    FrameLine line;
    Finding finding = finding_on(&line, "\tf()", 2, 5);
    finding.why = STR("because");
    Report report = {.findings = &finding, .finding_count = 1};
    ReportStyle colored = plain;
    colored.color = true;
    Buf with, without, stripped;
    buf_init(&with);
    buf_init(&without);
    buf_init(&stripped);
    reporter_find(STR("full"))->write(&with, &report, &colored);
    reporter_find(STR("full"))->write(&without, &report, &plain);
    for (size_t i = 0; i < with.len; i++) {
        if (with.data[i] != '\x1b')
            buf_add_byte(&stripped, with.data[i]);
        else
            while (with.data[i] != 'm')
                i++;
    }
    assert_true(with.len > without.len);
    assert_true(str_equal(buf_str(&stripped), buf_str(&without)));
    buf_free(&with);
    buf_free(&without);
    buf_free(&stripped);
}

static void statistics_are_sorted_by_count_then_code(void **state)
{
    (void)state;
    Finding findings[13] = {{.code = STR("LS130")}, {.code = STR("LS110")}, {.code = STR("LS120")}};
    for (size_t i = 3; i < 13; i++)
        findings[i].code = STR("LS120");
    Report report = {.findings = findings, .finding_count = 13};
    ReportStyle quiet = {.quiet = true};
    Buf text;
    buf_init(&text);
    reporter_find(STR("full"))->write_statistics(&text, &report, &quiet);
    assert_true(str_equal(buf_str(&text), STR("11  LS120\n 1  LS110\n 1  LS130\n")));
    buf_clear(&text);
    report.finding_count = 0;
    reporter_find(STR("concise"))->write_statistics(&text, &report, &plain);
    assert_true(str_equal(buf_str(&text), STR("No stalls found.\n")));
    buf_free(&text);
}

static void statistics_name_codes_of_the_catalogue(void **state)
{
    (void)state;
    Catalogue *catalogue = catalogue_new();
    Finding finding = {.code = STR("LS101")};
    Report report = {.findings = &finding, .finding_count = 1};
    ReportStyle style = {.quiet = true, .catalogue = catalogue};
    Buf text;
    buf_init(&text);
    reporter_find(STR("full"))->write_statistics(&text, &report, &style);
    assert_true(str_starts(buf_str(&text), STR("1  LS101  ")));
    assert_true(str_find(buf_str(&text), catalogue_code_find(catalogue, STR("LS101"))->name) != SIZE_MAX);
    buf_free(&text);
    catalogue_free(catalogue);
}

static uint32_t read_code(const char *bytes, size_t length, size_t expected_length)
{
    uint32_t code;
    assert_int_equal(glyph_read((Str){bytes, length}, &code), expected_length);
    return code;
}

static void characters_are_read_as_unicode_says(void **state)
{
    (void)state;
    assert_int_equal(read_code("a", 1, 1), 'a');
    assert_int_equal(read_code("\xc3\xa9", 2, 2), 0xe9);
    assert_int_equal(read_code("\xe2\x82\xac", 3, 3), 0x20ac);
    assert_int_equal(read_code("\xf0\x9f\x98\x80", 4, 4), 0x1f600);
    static const char *const bad[] = {
        "\x80", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
        "\xff", "\xc3"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(read_code(bad[i], strlen(bad[i]), 1), 0xfffd);
    for (uint32_t code = 0; code <= 0x10ffff; code += code < 0x3000 ? 1 : 97) {
        if (code >= 0xd800 && code < 0xe000) continue;
        Buf text;
        buf_init(&text);
        glyph_add(&text, code);
        assert_int_equal(read_code(text.data, text.len, text.len), code);
        buf_free(&text);
    }
}

static void cells_follow_the_east_asian_width(void **state)
{
    (void)state;
    assert_int_equal(glyph_cells('a'), 1);
    assert_int_equal(glyph_cells(0xe9), 1);
    assert_int_equal(glyph_cells(0x301), 0);
    assert_int_equal(glyph_cells(0x200d), 0);
    assert_int_equal(glyph_cells(0x3042), 2);
    assert_int_equal(glyph_cells(0x3099), 0);
    assert_int_equal(glyph_cells(0xff21), 2);
    assert_int_equal(glyph_cells(0xff71), 1);
    assert_int_equal(glyph_cells(0xac00), 2);
    assert_int_equal(glyph_cells(0x1f600), 2);
    assert_int_equal(glyph_cells(0x2400), 1);
    assert_int_equal(glyph_cells(0xfffd), 1);
}

static void findings_have_one_order(void **state)
{
    (void)state;
    const Finding base = {.code = STR("LS110"), .place = {STR("b.py"), {3, 5}, {3, 9}}};
    Finding later[] = {base, base, base, base, base};
    later[0].place.path = STR("c.py");
    later[1].place.start.row1 = 20;
    later[2].place.start.column1 = 6;
    later[3].code = STR("LS130");
    later[4].place.end.column1 = 10;
    for (size_t i = 0; i < sizeof later / sizeof later[0]; i++) {
        assert_true(finding_compare(&base, &later[i]) < 0);
        assert_true(finding_compare(&later[i], &base) > 0);
        if (i) assert_true(finding_compare(&later[i], &later[i - 1]) < 0);
    }
    assert_int_equal(finding_compare(&base, &base), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_are_found_by_name),
        cmocka_unit_test(an_empty_report_says_so),
        cmocka_unit_test(what_was_left_out_is_counted),
        cmocka_unit_test(a_frame_shows_the_lines_around),
        cmocka_unit_test(carets_stand_under_wide_and_combining_characters),
        cmocka_unit_test(tabs_become_blanks),
        cmocka_unit_test(a_span_over_lines_is_marked_on_the_first),
        cmocka_unit_test(odd_spans_still_have_a_caret),
        cmocka_unit_test(terminals_see_no_control_characters),
        cmocka_unit_test(a_chain_is_listed_hop_by_hop),
        cmocka_unit_test(a_chain_shows_its_lines_and_ends_at_the_primitive),
        cmocka_unit_test(sinks_are_counted_once),
        cmocka_unit_test(a_wide_line_is_cut_around_the_span),
        cmocka_unit_test(a_span_wider_than_the_frame_is_cut),
        cmocka_unit_test(concise_is_a_line_each_and_a_footer),
        cmocka_unit_test(full_puts_blank_lines_between),
        cmocka_unit_test(colour_changes_nothing_but_colour),
        cmocka_unit_test(statistics_are_sorted_by_count_then_code),
        cmocka_unit_test(statistics_name_codes_of_the_catalogue),
        cmocka_unit_test(characters_are_read_as_unicode_says),
        cmocka_unit_test(cells_follow_the_east_asian_width),
        cmocka_unit_test(findings_have_one_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
