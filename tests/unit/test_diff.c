#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "source/diff.h"

static void gives(Str path, Str before, Str after, const char *wanted)
{
    Buf buf;
    buf_init(&buf);
    diff_add(&buf, path, before, after);
    buf_add_byte(&buf, '\0');
    assert_string_equal(buf.data, wanted);
    buf_free(&buf);
}

static void equal_texts_have_none(void **state)
{
    (void)state;
    gives(STR("a.py"), STR(""), STR(""), "");
    gives(STR("a.py"), STR("a\nb"), STR("a\nb"), "");
}

static void three_lines_stand_around_a_change(void **state)
{
    (void)state;
    gives(STR("app/a.py"), STR("1\n2\n3\n4\n5\n6\n7\n8\n9\n"), STR("1\n2\n3\n4\nfive\n6\n7\n8\n9\n"),
          "--- a/app/a.py\n+++ b/app/a.py\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
    gives(STR("a"), STR("1\n"), STR("0\n1\n"), "--- a/a\n+++ b/a\n@@ -1 +1,2 @@\n+0\n 1\n");
    gives(STR("a"), STR(""), STR("1\n"), "--- a/a\n+++ b/a\n@@ -0,0 +1 @@\n+1\n");
    gives(STR("a"), STR("1\n"), STR(""), "--- a/a\n+++ b/a\n@@ -1 +0,0 @@\n-1\n");
}

static void changes_that_are_near_share_their_lines(void **state)
{
    (void)state;
    gives(STR("a"), STR("1\n2\n3\n4\n5\n6\n7\n8\n"), STR("x\n2\n3\n4\n5\n6\n7\ny\n"),
          "--- a/a\n+++ b/a\n@@ -1,8 +1,8 @@\n-1\n+x\n 2\n 3\n 4\n 5\n 6\n 7\n-8\n+y\n");
    gives(STR("a"), STR("1\n2\n3\n4\n5\n6\n7\n8\n9\n"), STR("x\n2\n3\n4\n5\n6\n7\n8\ny\n"),
          "--- a/a\n+++ b/a\n@@ -1,4 +1,4 @@\n-1\n+x\n 2\n 3\n 4\n@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-9\n+y\n");
}

static void line_ends_stay(void **state)
{
    (void)state;
    gives(STR("a"), STR("1\r\n2"), STR("1\r\n3"),
          "--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n 1\r\n-2\n\\ No newline at end of file\n+3\n\\ No newline at "
          "end of file\n");
}

static void odd_paths_are_quoted(void **state)
{
    (void)state;
    gives(STR("a b.py"), STR("1\n"), STR("2\n"), "--- a/a b.py\t\n+++ b/a b.py\t\n@@ -1 +1 @@\n-1\n+2\n");
    gives(STR("\"\n\xC3\xA4"), STR("1\n"), STR("2\n"),
          "--- \"a/\\\"\\012\\303\\244\"\n+++ \"b/\\\"\\012\\303\\244\"\n@@ -1 +1 @@\n-1\n+2\n");
}

/* Nothing in common: one change of all of it, in bounded time and memory. */
static void other_texts_are_one_change(void **state)
{
    (void)state;
    Buf before, after, diff;
    buf_init(&before);
    buf_init(&after);
    buf_init(&diff);
    for (int i = 0; i < 9000; i++) {
        buf_format(&before, "old %d\n", i);
        buf_format(&after, "new %d\n", i);
    }
    diff_add(&diff, STR("a"), buf_str(&before), buf_str(&after));
    assert_true(str_starts(buf_str(&diff), STR("--- a/a\n+++ b/a\n@@ -1,9000 +1,9000 @@\n-old 0\n-old 1\n")));
    buf_free(&before);
    buf_free(&after);
    buf_free(&diff);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_texts_have_none),
        cmocka_unit_test(three_lines_stand_around_a_change),
        cmocka_unit_test(changes_that_are_near_share_their_lines),
        cmocka_unit_test(line_ends_stay),
        cmocka_unit_test(odd_paths_are_quoted),
        cmocka_unit_test(other_texts_are_one_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
