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

static void rows_with_a_new_line_or_a_lost_one_are_touched(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    LineMap map = line_map_new(&arena, STR("a\nb\nc\nd\ne\nf\n"), STR("a\nB\nBB\nc\nd\nf\n"));
    const struct {
        LineRows rows;
        bool wanted;
    } cases[] = {{{1, 1}, false}, {{2, 2}, true},  {{3, 3}, true}, {{1, 2}, true}, {{4, 4}, false},
                 {{4, 5}, false}, {{6, 6}, false}, {{5, 6}, true}, {{1, 6}, true}, {{7, 9}, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(line_map_touches(&map, cases[i].rows), cases[i].wanted);
    LineMap same = {0};
    assert_false(line_map_touches(&same, (LineRows){1, 9}));
    arena_free(&arena);
}

static uint32_t row_of(Str text, Str line)
{
    uint32_t row1 = 1;
    for (size_t at = str_find(text, line), i = 0; i < at; i++)
        row1 += text.ptr[i] == '\n';
    return row1;
}

static void maps_what_stays(Arena *arena, Str before, Str after, int line, uint32_t *found)
{
    Str text = str_format(arena, "line %d.", line);
    if (str_find(before, text) == SIZE_MAX || str_find(after, text) == SIZE_MAX) return;
    LineMap map = line_map_new(arena, before, after);
    uint32_t was = row_of(before, text), is = row_of(after, text);
    LineRows rows = line_map_rows(&map, (LineRows){was, was});
    assert_int_equal(rows.row1, is);
    assert_int_equal(rows.end_row1, is);
    assert_false(line_map_touches(&map, rows));
    ++*found;
}

/* A row that both texts hold maps to where it stands. */
static void rows_that_stay_are_found(void **state)
{
    (void)state;
    uint32_t seed = 7, found = 0;
    for (int round = 0; round < 300; round++) {
        Arena arena;
        Buf before, after;
        arena_init(&arena);
        buf_init(&before);
        buf_init(&after);
        for (int line = 0; line < 30; line++) {
            seed = seed * 1664525u + 1013904223u;
            if (seed >> 28 != 3) buf_format(&before, "line %d.\n", line);
            if ((seed >> 24 & 15) != 3) buf_format(&after, "line %d.\n", line);
        }
        for (int line = 0; line < 30; line++)
            maps_what_stays(&arena, buf_str(&before), buf_str(&after), line, &found);
        buf_free(&before);
        buf_free(&after);
        arena_free(&arena);
    }
    assert_true(found > 5000);
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

static void stands_in(const char *text, uint32_t row1, uint32_t wanted, uint32_t wanted_end)
{
    LineRows rows = function_rows(str_from(text), row1);
    assert_int_equal(rows.row1, wanted);
    assert_int_equal(rows.end_row1, wanted_end);
}

static void a_row_stands_in_its_innermost_function(void **state)
{
    (void)state;
    const char *text = "import x\n"                 /* 1 */
                       "class A:\n"                 /* 2 */
                       "    def f(self,\n"          /* 3 */
                       "          b):\n"            /* 4 */
                       "        \"\"\"one\n"        /* 5 */
                       "two\"\"\"\n"                /* 6 */
                       "        def g():\n"         /* 7 */
                       "            return 1\n"     /* 8 */
                       "\n"                         /* 9 */
                       "# no end\n"                 /* 10 */
                       "        return g\n"         /* 11 */
                       "    y = 2\n"                /* 12 */
                       "    async  def h(): pass\n" /* 13 */
                       "x = f(\n"                   /* 14 */
                       "  1)\n"                     /* 15 */
                       "async def last():\n"        /* 16 */
                       "\tawait x\n"                /* 17 */
                       "\n";                        /* 18 */
    stands_in(text, 1, 1, 1);
    stands_in(text, 4, 3, 11);
    stands_in(text, 6, 3, 11);
    stands_in(text, 8, 7, 8);
    stands_in(text, 11, 3, 11);
    stands_in(text, 12, 12, 12);
    stands_in(text, 13, 13, 13);
    stands_in(text, 15, 14, 15);
    stands_in(text, 17, 16, 17);
    stands_in(text, 40, 40, 40);
    stands_in("def f(", 1, 1, 1);
    stands_in("", 1, 1, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unchanged_lines_move),
        cmocka_unit_test(changed_lines_are_what_took_their_place),
        cmocka_unit_test(lines_without_successor_are_gone),
        cmocka_unit_test(rows_with_a_new_line_or_a_lost_one_are_touched),
        cmocka_unit_test(rows_that_stay_are_found),
        cmocka_unit_test(a_statement_is_held_together),
        cmocka_unit_test(a_row_stands_in_its_innermost_function),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
