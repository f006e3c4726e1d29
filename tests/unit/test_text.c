/* Bytes to UTF-8 as Python reads them, and where lines start. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "source/text.h"

#include "base/banned.h"

static void assert_text(Str text, Str expected)
{
    assert_int_equal(text.len, expected.len);
    assert_memory_equal(text.ptr, expected.ptr, expected.len);
}

static void assert_decodes(Str bytes, Str expected, const char *encoding, uint32_t replaced_count)
{
    Arena arena;
    arena_init(&arena);
    SourceText source = text_decode(&arena, bytes);
    assert_text(source.text, expected);
    assert_string_equal(source.encoding, encoding);
    assert_int_equal(source.replaced_count, replaced_count);
    arena_free(&arena);
}

static void valid_utf8_is_not_copied(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Str bytes = STR("# caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80 and sixteen plain bytes after it\n");
    SourceText source = text_decode(&arena, bytes);
    assert_ptr_equal(source.text.ptr, bytes.ptr);
    assert_int_equal(source.text.len, bytes.len);
    assert_int_equal(arena.used_bytes, 0);
    assert_false(source.has_nul || source.has_bom || source.unknown_encoding);
    assert_text(text_decode(&arena, STR("")).text, STR(""));
    arena_free(&arena);
}

static void bad_utf8_is_replaced_byte_by_byte(void **state)
{
    (void)state;
    assert_decodes(STR("a\xFF"
                       "b"),
                   STR("a\xEF\xBF\xBD"
                       "b"),
                   "utf-8", 1);
    assert_decodes(STR("\xC0\x80"), STR("\xEF\xBF\xBD\xEF\xBF\xBD"), "utf-8", 2); /* overlong */
    assert_decodes(STR("\xED\xA0\x80"), STR("\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"), "utf-8",
                   3); /* surrogate */
    assert_decodes(STR("\xF4\x90\x80\x80 "), STR("\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD "),
                   "utf-8", 4);
    assert_decodes(STR("x\xE2\x82"), STR("x\xEF\xBF\xBD\xEF\xBF\xBD"), "utf-8", 2); /* cut off at the end */
    assert_decodes(STR("\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF"),
                   STR("\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF"), "utf-8",
                   0); /* the neighbours of what is refused */
}

/* Each place in a word of eight bytes must be looked at. */
static void bad_byte_is_found_at_every_offset(void **state)
{
    (void)state;
    for (size_t at = 0; at < 40; at++) {
        char bytes[41];
        memset(bytes, 'x', sizeof bytes);
        bytes[at] = (char)0x80;
        Arena arena;
        arena_init(&arena);
        SourceText source = text_decode(&arena, (Str){bytes, 40});
        assert_int_equal(source.replaced_count, 1);
        assert_int_equal(source.text.len, 42);
        arena_free(&arena);
    }
}

static void byte_order_marks_are_dropped(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Str bytes = STR("\xEF\xBB\xBF# coding: latin-1\n\xC3\xA9");
    SourceText source = text_decode(&arena, bytes);
    assert_true(source.has_bom);
    assert_ptr_equal(source.text.ptr, bytes.ptr + 3);
    assert_string_equal(source.encoding, "utf-8");
    arena_free(&arena);
    assert_decodes(STR("\xFF\xFE"
                       "a\0=\xD8\0\xDE"),
                   STR("a\xF0\x9F\x98\x80"), "utf-16-le", 0);
    assert_decodes(STR("\xFE\xFF\0a\xD8\x3D\xDE\0"), STR("a\xF0\x9F\x98\x80"), "utf-16-be", 0);
    assert_decodes(STR("\xFE\xFF\xD8\x3D\0a"),
                   STR("\xEF\xBF\xBD"
                       "a"),
                   "utf-16-be", 2); /* half a pair */
    assert_decodes(STR("\xFF\xFE"
                       "a\0b"),
                   STR("a\xEF\xBF\xBD"), "utf-16-le", 1); /* half a unit */
}

static void nul_is_noticed(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    assert_true(text_decode(&arena, STR("a = 1\0\n")).has_nul);
    assert_false(text_decode(&arena, STR("a = 1\n")).has_nul);
    arena_free(&arena);
}

static void cookie_stands_in_the_first_two_lines(void **state)
{
    (void)state;
    assert_decodes(STR("# -*- coding: latin-1 -*-\n#\xE9"), STR("# -*- coding: latin-1 -*-\n#\xC3\xA9"),
                   "latin-1", 0);
    assert_decodes(STR("#!/usr/bin/python\r\n# vim: set fileencoding=iso-8859-15 :\r\n\xA4"),
                   STR("#!/usr/bin/python\r\n# vim: set fileencoding=iso-8859-15 :\r\n\xE2\x82\xAC"),
                   "iso-8859-15", 0);
    assert_decodes(STR("\n\t\f #coding:\tcp1252\n\x80\x81"),
                   STR("\n\t\f #coding:\tcp1252\n\xE2\x82\xAC\xEF\xBF\xBD"), "cp1252", 1);
    assert_decodes(STR("# coding ascii, coding=ascii\n\x80"),
                   STR("# coding ascii, coding=ascii\n\xEF\xBF\xBD"), "ascii", 1);
    assert_decodes(STR("#\r# coding: Latin_1-unix\r\xE9"), STR("#\r# coding: Latin_1-unix\r\xC3\xA9"),
                   "latin-1", 0);
    assert_decodes(STR("# coding: UTF_8\n"), STR("# coding: UTF_8\n"), "utf-8", 0);
}

static void other_lines_are_no_cookie(void **state)
{
    (void)state;
    assert_decodes(STR("x = 1\n# coding: latin-1\n\xC3\xA9"), STR("x = 1\n# coding: latin-1\n\xC3\xA9"),
                   "utf-8", 0);
    assert_decodes(STR("\n\n# coding: latin-1\n\xC3\xA9"), STR("\n\n# coding: latin-1\n\xC3\xA9"), "utf-8",
                   0);
    assert_decodes(STR("x = '# coding: latin-1'\n"), STR("x = '# coding: latin-1'\n"), "utf-8", 0);
    assert_decodes(STR("# coding : latin-1\n"), STR("# coding : latin-1\n"), "utf-8", 0);
    assert_decodes(STR("# coding:\n# coding="), STR("# coding:\n# coding="), "utf-8", 0);
}

static void iconv_knows_more(void **state)
{
    (void)state;
    assert_decodes(STR("# coding: koi8-r\n\xC4\xC1"), STR("# coding: koi8-r\n\xD0\xB4\xD0\xB0"), "koi8-r", 0);
    assert_decodes(STR("# coding: cp1251\n\xE4\xE0"), STR("# coding: cp1251\n\xD0\xB4\xD0\xB0"), "cp1251", 0);
    assert_decodes(STR("# coding: Shift_JIS\n\x83\x65"), STR("# coding: Shift_JIS\n\xE3\x83\x86"),
                   "shift-jis", 0);
    assert_decodes(STR("# coding: euc_jp\n\xA5\xC6\xFF"), STR("# coding: euc_jp\n\xE3\x83\x86\xEF\xBF\xBD"),
                   "euc-jp", 1);
    assert_decodes(STR("# coding: gbk\n\xD6\xD0"), STR("# coding: gbk\n\xE4\xB8\xAD"), "gbk", 0);
    assert_decodes(STR("# coding: shift_jis\n'\\n~'"), STR("# coding: shift_jis\n'\\n~'"), "shift-jis", 0);
}

static void unknown_encoding_is_utf8_or_latin1(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    SourceText source = text_decode(&arena, STR("# coding: martian\n\xC3\xA9"));
    assert_true(source.unknown_encoding);
    assert_text(source.text, STR("# coding: martian\n\xC3\xA9"));
    assert_text(text_decode(&arena, STR("# coding: martian\n\xE9")).text, STR("# coding: martian\n\xC3\xA9"));
    /* Not what the bytes of this line were read with, so it cannot be true. */
    assert_true(text_decode(&arena, STR("# coding: utf-16\n")).unknown_encoding);
    assert_true(text_decode(&arena, STR("# coding: ebcdic-us\n")).unknown_encoding);
    assert_false(text_decode(&arena, STR("# coding: big5\n")).unknown_encoding);
    arena_free(&arena);
}

static void lines_start_after_any_line_end(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Lines lines = lines_index(&arena, STR("a\nbb\r\nc\rd\n\r\n\r\r"));
    const uint32_t starts[] = {0, 2, 6, 8, 10, 12, 13, 14};
    assert_int_equal(lines.count, sizeof starts / sizeof *starts);
    assert_memory_equal(lines.starts, starts, sizeof starts);
    assert_text(lines_line(&lines, 1), STR("a"));
    assert_text(lines_line(&lines, 2), STR("bb"));
    assert_text(lines_line(&lines, 3), STR("c"));
    assert_text(lines_line(&lines, 5), STR(""));
    assert_text(lines_line(&lines, 8), STR(""));
    assert_text(lines_line(&lines, 9), STR(""));
    assert_text(lines_line(&lines, 0), STR(""));
    Lines empty = lines_index(&arena, STR(""));
    assert_int_equal(empty.count, 1);
    assert_int_equal(empty.starts[0], 0);
    arena_free(&arena);
}

static void assert_position(const Lines *lines, uint32_t offset, uint32_t row1, uint32_t column1)
{
    Position position = lines_position(lines, offset);
    assert_int_equal(position.row1, row1);
    assert_int_equal(position.column1, column1);
    assert_int_equal(lines_row1(lines, offset), row1);
}

static void columns_count_code_points(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Lines lines = lines_index(&arena, STR("\xC3\xA9\xF0\x9F\x98\x80x\r\ny"));
    assert_position(&lines, 0, 1, 1);
    assert_position(&lines, 1, 1, 1); /* inside a character */
    assert_position(&lines, 2, 1, 2);
    assert_position(&lines, 5, 1, 2);
    assert_position(&lines, 6, 1, 3);
    assert_position(&lines, 7, 1, 4); /* the line end belongs to its line */
    assert_position(&lines, 8, 1, 5);
    assert_position(&lines, 9, 2, 1);
    assert_position(&lines, 10, 2, 2);
    assert_position(&lines, 99, 2, 2);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_utf8_is_not_copied),
        cmocka_unit_test(bad_utf8_is_replaced_byte_by_byte),
        cmocka_unit_test(bad_byte_is_found_at_every_offset),
        cmocka_unit_test(byte_order_marks_are_dropped),
        cmocka_unit_test(nul_is_noticed),
        cmocka_unit_test(cookie_stands_in_the_first_two_lines),
        cmocka_unit_test(other_lines_are_no_cookie),
        cmocka_unit_test(iconv_knows_more),
        cmocka_unit_test(unknown_encoding_is_utf8_or_latin1),
        cmocka_unit_test(lines_start_after_any_line_end),
        cmocka_unit_test(columns_count_code_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
