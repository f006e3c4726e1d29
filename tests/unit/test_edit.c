#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "source/edit.h"

static void edits_go_in_one_step(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    const TextEdit edits[] = {
        {{0, 0}, STR("import a\n")}, {{0, 0}, STR("import b\n")}, {{4, 9}, STR("x")}, {{9, 9}, STR("!")}};
    Str edited;
    assert_true(edit_text(&arena, STR("f = sleep()"), edits, 4, &edited));
    assert_string_equal(edited.ptr, "import a\nimport b\nf = x!()");
    assert_int_equal(edit_offset(edits, 4, 0), 0);
    assert_int_equal(edit_offset(edits, 4, 1), 19);
    assert_int_equal(edit_offset(edits, 4, 4), 22);
    assert_int_equal(edit_offset(edits, 4, 6), 22);
    assert_int_equal(edit_offset(edits, 4, 11), 26);
    arena_free(&arena);
}

static void edits_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Str edited;
    const TextEdit overlapping[] = {{{0, 3}, STR("")}, {{2, 4}, STR("")}}, turned[] = {{{3, 2}, STR("")}},
                   beyond[] = {{{4, 6}, STR("")}}, unsorted[] = {{{3, 3}, STR("")}, {{1, 1}, STR("")}};
    assert_false(edit_text(&arena, STR("12345"), overlapping, 2, &edited));
    assert_false(edit_text(&arena, STR("12345"), turned, 1, &edited));
    assert_false(edit_text(&arena, STR("12345"), beyond, 1, &edited));
    assert_false(edit_text(&arena, STR("12345"), unsorted, 2, &edited));
    arena_free(&arena);
}

static void whole_lines_are_told(void **state)
{
    (void)state;
    Str text = STR("a\nbc\n");
    assert_true(edit_adds_lines(text, (Span){0, 0}, STR("x\n")));
    assert_true(edit_adds_lines(text, (Span){2, 2}, STR("x\n")));
    assert_true(edit_adds_lines(text, (Span){4, 4}, STR("\nx")));
    assert_false(edit_adds_lines(text, (Span){3, 3}, STR("x\n")));
    assert_false(edit_adds_lines(text, (Span){2, 2}, STR("x")));
    assert_false(edit_adds_lines(text, (Span){2, 3}, STR("x\n")));
    assert_false(edit_adds_lines(text, (Span){3, 3}, STR("\nx")));
    assert_false(edit_adds_lines(text, (Span){2, 2}, STR("")));
}

/* Reads the bytes, writes another text in their encoding. */
static const char *rewrite(Arena *arena, Str bytes, Str text, Str *encoded)
{
    SourceText source = text_decode(arena, bytes);
    return text_encode(arena, &source, bytes, text, encoded);
}

static void is_written(Str bytes, Str text, Str wanted)
{
    Arena arena;
    arena_init(&arena);
    Str encoded;
    assert_null(rewrite(&arena, bytes, text, &encoded));
    assert_int_equal(encoded.len, wanted.len);
    assert_memory_equal(encoded.ptr, wanted.ptr, wanted.len);
    arena_free(&arena);
}

static void is_refused(Str bytes, Str text, const char *reason)
{
    Arena arena;
    arena_init(&arena);
    Str encoded;
    const char *given = rewrite(&arena, bytes, text, &encoded);
    assert_non_null(given);
    assert_non_null(strstr(given, reason));
    arena_free(&arena);
}

static void encodings_are_kept(void **state)
{
    (void)state;
    is_written(STR("x = 'ä'\r\n"), STR("y = 'ö'\r\n"), STR("y = 'ö'\r\n"));
    is_written(STR("\xEF\xBB\xBFx\n"), STR("y\n"), STR("\xEF\xBB\xBFy\n"));
    is_written(STR("# coding: latin-1\nx = '\xE4'\n"), STR("# coding: latin-1\ny = 'ö'\n"),
               STR("# coding: latin-1\ny = '\xF6'\n"));
    is_written(STR("# coding: iso-8859-15\nx = '\xA4'\n"), STR("# coding: iso-8859-15\ny = '€'\n"),
               STR("# coding: iso-8859-15\ny = '\xA4'\n"));
    is_written(STR("\xFF\xFEx\0\n\0"), STR("yä\n"), STR("\xFF\xFEy\0\xE4\0\n\0"));
    is_written(STR("\xFE\xFF\0x\0\n"), STR("y\n"), STR("\xFE\xFF\0y\0\n"));
}

static void texts_that_cannot_be_written_back_are_refused(void **state)
{
    (void)state;
    is_refused(STR("x = '\xE4'\n"), STR("x"), "its encoding does not have");
    is_refused(STR("x = '\0'\n"), STR("x"), "NUL");
    is_refused(STR("# coding: klingon\nx\n"), STR("x"), "not known");
    is_refused(STR("# coding: ascii\nx\n"), STR("ä"), "characters that the file's encoding does not have");
    is_refused(STR("# coding: latin-1\nx\n"), STR("€"), "characters that the file's encoding does not have");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_go_in_one_step),
        cmocka_unit_test(edits_that_do_not_fit_are_refused),
        cmocka_unit_test(whole_lines_are_told),
        cmocka_unit_test(encodings_are_kept),
        cmocka_unit_test(texts_that_cannot_be_written_back_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
