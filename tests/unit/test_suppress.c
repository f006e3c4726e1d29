/* Comments that silence findings: which are markers, what they cover, which are malformed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "source/suppress.h"

#include "base/banned.h"

static void assert_text(Str text, const char *expected)
{
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.ptr, expected, text.len);
}

typedef struct Parsed {
    Arena arena;
    Suppression marker;
    bool is_marker;
} Parsed;

static Parsed parse(const char *comment, bool own_line)
{
    Parsed parsed;
    arena_init(&parsed.arena);
    Span span = {3, 3 + (uint32_t)strlen(comment)};
    parsed.is_marker = suppress_parse(&parsed.arena, str_from(comment), span, 7, own_line, &parsed.marker);
    return parsed;
}

static bool silences(const char *comment, const char *code)
{
    Parsed parsed = parse(comment, false);
    bool covers = parsed.is_marker && suppress_covers(&parsed.marker, str_from(code));
    arena_free(&parsed.arena);
    return covers;
}

static bool is_malformed(const char *comment, bool own_line)
{
    Parsed parsed = parse(comment, own_line);
    assert_true(parsed.is_marker);
    assert_true(!parsed.marker.malformed || !suppress_covers(&parsed.marker, STR("LS110")));
    arena_free(&parsed.arena);
    return parsed.marker.malformed;
}

static bool is_marker(const char *comment, bool own_line)
{
    Parsed parsed = parse(comment, own_line);
    arena_free(&parsed.arena);
    return parsed.is_marker;
}

static void assert_reason(const char *comment, const char *reason)
{
    Parsed parsed = parse(comment, false);
    assert_true(parsed.is_marker);
    assert_text(parsed.marker.reason, reason);
    arena_free(&parsed.arena);
}

static void ignore_lists_codes(void **state)
{
    (void)state;
    Parsed parsed = parse("# loopsafe: ignore[LS110, LS13,] once at start", false);
    assert_true(parsed.is_marker);
    assert_int_equal(parsed.marker.kind, SUPPRESS_LINE);
    assert_false(parsed.marker.is_noqa || parsed.marker.malformed || parsed.marker.used);
    assert_int_equal(parsed.marker.code_count, 2);
    assert_text(parsed.marker.codes[0], "LS110");
    assert_text(parsed.marker.codes[1], "LS13");
    assert_text(parsed.marker.reason, "once at start");
    assert_int_equal(parsed.marker.row1, 7);
    assert_int_equal(parsed.marker.span.start, 3);
    assert_true(suppress_covers(&parsed.marker, STR("LS110")));
    assert_true(suppress_covers(&parsed.marker, STR("LS130")));
    assert_false(suppress_covers(&parsed.marker, STR("LS120")));
    assert_false(suppress_covers(&parsed.marker, STR("LS1")));
    arena_free(&parsed.arena);
}

static void bare_ignore_covers_all(void **state)
{
    (void)state;
    assert_true(silences("# loopsafe: ignore", "LS402"));
    assert_true(silences("#loopsafe:ignore", "LS402"));
    assert_true(silences("# loopsafe : ignore because", "LS402"));
    assert_true(silences("# type: ignore  # loopsafe: ignore[LS402]", "LS402"));
    assert_reason("# loopsafe: ignore: see #12 of the tracker", "see #12 of the tracker");
    assert_reason("# loopsafe: ignore - slow disk", "slow disk");
}

static void other_tools_stand_beside(void **state)
{
    (void)state;
    Parsed parsed = parse("# loopsafe: ignore[LS110] why  # noqa: E501", false);
    assert_false(parsed.marker.is_noqa);
    assert_int_equal(parsed.marker.code_count, 1);
    assert_text(parsed.marker.reason, "why");
    arena_free(&parsed.arena);
    assert_reason("# loopsafe: ignore[LS110] # noqa: E501", "");
    assert_true(silences("# noqa: E501  # loopsafe: ignore[LS110]", "LS110"));
    assert_true(is_malformed("# loopsafe: ignore[LS110  # noqa: D[3]", false));
}

static void place_decides_the_kind(void **state)
{
    (void)state;
    const struct {
        const char *comment;
        bool own_line;
        SuppressKind kind;
    } cases[] = {
        {"# loopsafe: ignore[LS110]", true, SUPPRESS_NEXT},
        {"# loopsafe: ignore[LS110]", false, SUPPRESS_LINE},
        {"# loopsafe: ignore-file", true, SUPPRESS_FILE},
        {"# loopsafe: ignore-file[LS1] x", true, SUPPRESS_FILE},
        {"# loopsafe: off-loop x", false, SUPPRESS_OFF_LOOP},
        {"# loopsafe: off-loop", true, SUPPRESS_OFF_LOOP},
        {"# noqa: LS110", true, SUPPRESS_LINE},
        {"# ruff: noqa: LS110", true, SUPPRESS_FILE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Parsed parsed = parse(cases[i].comment, cases[i].own_line);
        assert_true(parsed.is_marker);
        assert_false(parsed.marker.malformed);
        assert_int_equal(parsed.marker.kind, cases[i].kind);
        arena_free(&parsed.arena);
    }
    assert_true(is_malformed("# loopsafe: ignore-file[LS110]", false));
    assert_false(silences("# loopsafe: off-loop", "LS110"));
}

static void malformed_markers_silence_nothing(void **state)
{
    (void)state;
    const char *const malformed[] = {
        "# loopsafe: ignore[LS110",
        "# loopsafe: ignore[]",
        "# loopsafe: ignore[LS110, E501]",
        "# loopsafe: ignore[LS]",
        "# loopsafe: ignore[110]",
        "# loopsafe: ignore[ls110]",
        "# loopsafe: ignore[LS110 LS1]",
        "# loopsafe: ignores[LS110]",
        "# loopsafe: ignore[LS110x]",
        "# loopsafe:",
        "# loopsafe: this is prose",
        "# loopsafe: off-loop[LS110]",
        "# loopsafe: ignore[,]",
        "# loopsafe: ignore-files",
        "# loopsafe: ignore[LS110,,LS120]",
    };
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++)
        assert_true(is_malformed(malformed[i], true));
}

static void prose_is_no_marker(void **state)
{
    (void)state;
    const char *const prose[] = {"# loopsafe is a tool",
                                 "# see loopsafe: ignore",
                                 "# write '# loopsafe: ignore' here",
                                 "# noqalify",
                                 "# noqa_x",
                                 "# about noqa: E501",
                                 "#",
                                 "",
                                 "x # noqa",
                                 "# ruff: noqa",
                                 "# flake8: noqa: E501",
                                 "# ruff: noqa: LSX1",
                                 "# pylint: disable=all"};
    for (size_t i = 0; i < sizeof prose / sizeof *prose; i++)
        assert_false(is_marker(prose[i], true));
    assert_false(is_marker("# ruff: noqa: LS110", false));
}

static void noqa_is_read_as_flake8_reads_it(void **state)
{
    (void)state;
    assert_true(silences("# noqa", "LS110"));
    assert_true(silences("#NoQA", "LS110"));
    assert_true(silences("# noqa because", "LS110"));
    assert_true(silences("# noqa: because", "LS110"));
    assert_true(silences("# type: ignore # noqa: LS110", "LS110"));
    assert_true(silences("# noqa : E501 LS110", "LS110"));
    assert_true(silences("# noqa:E501,LS110", "LS110"));
    assert_true(silences("# noqa: E501LS110", "LS110"));
    assert_true(silences("# noqa: ls1", "LS110"));
    assert_true(silences("# noqa# x", "LS110"));
    assert_false(silences("# noqa: E501", "LS110"));
    assert_false(
        silences("# noqa: E501 reason LS110", "LS110")); /* the list ends at the first word that is none */
    assert_false(silences("# noqa: L1", "LS110"));
    assert_false(silences("# noqa: LS120", "LS110"));
    Parsed parsed = parse("# noqa: E501 the reason", false);
    assert_true(parsed.marker.is_noqa);
    assert_int_equal(parsed.marker.code_count, 1);
    assert_text(parsed.marker.reason, "the reason");
    arena_free(&parsed.arena);
}

static void file_noqa_names_ours(void **state)
{
    (void)state;
    Parsed parsed = parse("# flake8: noqa: E501, LS13", true);
    assert_true(parsed.is_marker && parsed.marker.is_noqa);
    assert_int_equal(parsed.marker.kind, SUPPRESS_FILE);
    assert_true(suppress_covers(&parsed.marker, STR("LS130")));
    assert_false(suppress_covers(&parsed.marker, STR("LS110")));
    arena_free(&parsed.arena);
}

static void codes_have_a_shape(void **state)
{
    (void)state;
    assert_true(suppress_is_code(STR("LS1")));
    assert_true(suppress_is_code(STR("LS110")));
    const char *const others[] = {"", "LS", "L1", "S110", "LS11x", "LSX1", "ls110", " LS110"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(suppress_is_code(str_from(others[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ignore_lists_codes),
        cmocka_unit_test(bare_ignore_covers_all),
        cmocka_unit_test(other_tools_stand_beside),
        cmocka_unit_test(place_decides_the_kind),
        cmocka_unit_test(malformed_markers_silence_nothing),
        cmocka_unit_test(prose_is_no_marker),
        cmocka_unit_test(noqa_is_read_as_flake8_reads_it),
        cmocka_unit_test(file_noqa_names_ours),
        cmocka_unit_test(codes_have_a_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
