/* Rows of one version of a file in the other, and statements around a row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "verify/statement.h"

#include "base/banned.h"

static void maps(Str before, Str after, uint32_t row1, uint32_t end_row1, uint32_t wanted,
                 uint32_t wanted_end)
{
    Arena arena;
    arena_init(&arena);
    LineMap map = line_map_new(&arena, before, after);
    LineRows rows = line_map_rows(&map, (LineRows){row1, end_row1});
    assert_int_equal(rows.row1, wanted);
    assert_int_equal(rows.end_row1, wanted_end);
    arena_free(&arena);
}

static void unchanged_lines_move(void **state)
{
    (void)state;
    Str before = STR("a\nb\nc\nd\n");
    maps(before, before, 2, 3, 2, 3);
    maps(before, STR("new\na\nb\nc\nd\n"), 2, 3, 3, 4);
    maps(before, STR("b\nc\nd\n"), 4, 4, 3, 3);
    maps(before, STR("a\nb\nc\nd\nnew\n"), 4, 4, 4, 4);
}

static void changed_lines_are_what_took_their_place(void **state)
{
    (void)state;
    Str before = STR("import x\nasync def f():\n    x.get()\n    return 1\n");
    Str after = STR("import y\nimport z\nasync def f():\n    async with y.c() as c:\n        await c.get()\n "
                    "   return 1\n");
    maps(before, after, 3, 3, 4, 5);
    maps(before, after, 4, 4, 6, 6);
    maps(before, after, 2, 4, 3, 6);
    maps(before, after, 1, 1, 1, 2);
}

static void lines_without_successor_are_gone(void **state)
{
    (void)state;
    maps(STR("a\nb\nc\n"), STR("a\nc\n"), 2, 2, 0, 0);
    maps(STR("a\nb\nc\n"), STR("a\nc\n"), 1, 2, 1, 1);
    maps(STR("a\nb\nc\n"), STR("a\nc\n"), 0, 0, 0, 0);
}

static void new_lines_have_no_past(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    LineMap map = line_map_new(&arena, STR("a\nb\nc\n"), STR("x\na\nB\nBB\nc\n"));
    const uint32_t wanted[] = {0, 1, 0, 0, 3};
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(line_map_back(&map, i + 1), wanted[i]);
    arena_free(&arena);
}

/* Every row of A that B holds unchanged comes back from where it went. */
static void there_and_back(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    uint32_t seed = 7;
    for (int round = 0; round < 300; round++) {
        Buf before, after;
        buf_init(&before);
        buf_init(&after);
        for (int line = 0; line < 30; line++) {
            seed = seed * 1664525u + 1013904223u;
            if (seed >> 28 != 3) buf_format(&before, "line %d\n", line);
            if ((seed >> 24 & 15) != 3) buf_format(&after, "line %d\n", line);
        }
        LineMap map = line_map_new(&arena, buf_str(&before), buf_str(&after));
        for (uint32_t row = 1; row <= 30; row++) {
            LineRows there = line_map_rows(&map, (LineRows){row, row});
            if (there.row1 && there.row1 == there.end_row1 && line_map_back(&map, there.row1))
                assert_int_equal(line_map_back(&map, there.row1), row);
        }
        buf_free(&before);
        buf_free(&after);
    }
    arena_free(&arena);
}

static void holds(const char *text, uint32_t row1, uint32_t wanted, uint32_t wanted_end)
{
    LineRows rows = statement_rows(str_from(text), (LineRows){row1, row1});
    assert_int_equal(rows.row1, wanted);
    assert_int_equal(rows.end_row1, wanted_end);
}

static void a_statement_is_held_together(void **state)
{
    (void)state;
    const char *text = "x = 1\ny = get(\n    'it''s (', # (\n    1,\n)\nz = 2\n";
    holds(text, 1, 1, 1);
    holds(text, 3, 2, 5);
    holds(text, 6, 6, 6);
    holds("a = \"\"\"one\n'(\ntwo\"\"\"\nb\n", 2, 1, 3);
    holds("a = 1 + \\\n  2\nb\n", 2, 1, 2);
    holds("a = 'x\\'(' \nb\n", 1, 1, 1);
    holds("a = 'unfinished (\nb\n", 1, 1, 1);
    holds("f(\n", 1, 1, 2);
    holds("", 3, 3, 3);
    holds("a)\nb\n", 2, 2, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unchanged_lines_move),
        cmocka_unit_test(changed_lines_are_what_took_their_place),
        cmocka_unit_test(lines_without_successor_are_gone),
        cmocka_unit_test(new_lines_have_no_past),
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(a_statement_is_held_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
