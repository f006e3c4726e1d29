/* Columns, escapes, paths and messages: what the server reads and counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/path.h"
#include "server/escapes.h"
#include "server/message.h"
#include "server/position.h"

#define LINE "a\xc3\xa4\xe2\x82\xac\xf0\x9d\x84\x9ez" /* a, 2 bytes, 3 bytes, 4 bytes, z */

static void columns_become_units(void **state)
{
    (void)state;
    static const uint32_t units[POSITION_ENCODINGS][6] = {
        [POSITION_UTF8] = {0, 1, 3, 6, 10, 11},
        [POSITION_UTF16] = {0, 1, 2, 3, 5, 6},
        [POSITION_UTF32] = {0, 1, 2, 3, 4, 5},
    };
    static const size_t bytes[6] = {0, 1, 3, 6, 10, 11};
    for (int encoding = 0; encoding < POSITION_ENCODINGS; encoding++)
        for (uint32_t column = 0; column < 6; column++) {
            uint32_t wanted = units[encoding][column];
            assert_int_equal(position_units(STR(LINE), column + 1, (PositionEncoding)encoding), wanted);
            assert_int_equal(position_bytes(STR(LINE), wanted, (PositionEncoding)encoding), bytes[column]);
        }
    /* Beyond the line: its end. Inside a character: its start. */
    assert_int_equal(position_units(STR(LINE), 99, POSITION_UTF16), 6);
    assert_int_equal(position_bytes(STR(LINE), 99, POSITION_UTF16), 11);
    assert_int_equal(position_bytes(STR(LINE), 4, POSITION_UTF16), 6);
    assert_int_equal(position_bytes(STR(LINE), 2, POSITION_UTF8), 1);
    assert_int_equal(position_units(STR(""), 5, POSITION_UTF8), 0);
    assert_int_equal(position_units(STR("a\xff\xfe"
                                        "b"),
                                    4, POSITION_UTF16),
                     3);
}

static size_t offset_of(Str text, uint32_t line, uint32_t character)
{
    return position_offset(text, (ClientPosition){line, character}, POSITION_UTF16);
}

static void positions_become_offsets(void **state)
{
    (void)state;
    Str text = STR("one\r\ntwo\rthree\n\n\xf0\x9f\x98\x80x");
    assert_int_equal(offset_of(text, 0, 0), 0);
    assert_int_equal(offset_of(text, 0, 3), 3);
    assert_int_equal(offset_of(text, 0, 9), 3); /* never into the line end */
    assert_int_equal(offset_of(text, 1, 1), 6);
    assert_int_equal(offset_of(text, 2, 0), 9);
    assert_int_equal(offset_of(text, 3, 0), 15);
    assert_int_equal(offset_of(text, 4, 2), 20);
    assert_int_equal(offset_of(text, 4, 3), 21);
    assert_int_equal(offset_of(text, 5, 0), 21);
    assert_int_equal(offset_of(text, UINT32_MAX, UINT32_MAX), 21);
    assert_int_equal(offset_of(STR("a\n"), 1, 0), 2);
    assert_int_equal(offset_of(STR(""), 0, 4), 0);
}

static void check_mended(const char *json, const char *wanted)
{
    Buf mended;
    buf_init(&mended);
    escapes_mend(&mended, str_from(json));
    buf_add_byte(&mended, '\0');
    assert_string_equal(mended.data, wanted);
    buf_free(&mended);
}

static void odd_escapes_are_replaced(void **state)
{
    (void)state;
    check_mended("", "");
    check_mended("\"plain \\n \\\\ \\u00e4\"", "\"plain \\n \\\\ \\u00e4\"");
    check_mended("\\u0000", "\\ufffd");
    check_mended("\\\\u0000", "\\\\u0000");
    check_mended("\\\\\\u0000", "\\\\\\ufffd");
    check_mended("\\ud83d\\ude00", "\\ud83d\\ude00");
    check_mended("\\uD83D\\ud83d\\uDE00", "\\ufffd\\ud83d\\uDE00");
    check_mended("\\ud83dx\\ude00", "\\ufffdx\\ufffd");
    check_mended("\\ud83d\\\\ude00", "\\ufffd\\\\ude00");
    check_mended("\\ud8", "\\ud8");
    check_mended("\\u00zz\\", "\\u00zz\\");
}

static void check_absolute(const char *directory, const char *path, const char *wanted)
{
    Buf absolute;
    buf_init(&absolute);
    path_add_absolute(&absolute, str_from(directory), str_from(path));
    buf_add_byte(&absolute, '\0');
    assert_string_equal(absolute.data, wanted);
    buf_free(&absolute);
}

static void paths_become_absolute(void **state)
{
    (void)state;
    check_absolute("/a/b", "c.py", "/a/b/c.py");
    check_absolute("/a/b/", "./c//d/../e.py", "/a/b/c/e.py");
    check_absolute("/a/b", "../../../x", "/x");
    check_absolute("/a", "/q/./r/", "/q/r");
    check_absolute("/", "..", "/");
    assert_true(path_climbs(STR("a/../b")));
    assert_true(path_climbs(STR("..")));
    assert_false(path_climbs(STR("a/..b/c..")));
    assert_true(path_is_below(STR("/a/b"), STR("/a")));
    assert_true(path_is_below(STR("/a"), STR("/a")));
    assert_true(path_is_below(STR("/a"), STR("/")));
    assert_false(path_is_below(STR("/ab"), STR("/a")));
}

static void check_uri(const char *uri, const char *wanted)
{
    Buf path;
    buf_init(&path);
    buf_add_text(&path, "kept");
    assert_int_equal(uri_read_path(&path, str_from(uri)), wanted != NULL);
    buf_add_byte(&path, '\0');
    assert_string_equal(path.data, "kept");
    buf_free(&path);
}

static void check_path(const char *path, const char *uri)
{
    Buf text;
    buf_init(&text);
    buf_add_text(&text, "file://");
    uri_add_path(&text, str_from(path));
    assert_int_equal(text.len, str_from(uri).len);
    assert_memory_equal(text.data, uri, text.len);
    Buf back;
    buf_init(&back);
    assert_true(uri_read_path(&back, buf_str(&text)));
    assert_int_equal(back.len, str_from(path).len);
    assert_memory_equal(back.data, path, back.len);
    buf_free(&back);
    buf_free(&text);
}

static void paths_become_uris(void **state)
{
    (void)state;
    check_path("/a/b.py", "file:///a/b.py");
    check_path("/a b/\xc3\xa4%#?:.py", "file:///a%20b/%C3%A4%25%23%3F%3A.py");
    check_path("/~x/-_.py", "file:///~x/-_.py");
    check_uri("untitled:1", NULL);
    check_uri("file://host/a", NULL);
    check_uri("file:///a%zz", NULL);
    check_uri("file:///a%2", NULL);
    check_uri("file:///a%00b", NULL);
    check_uri("", NULL);
    Buf path;
    buf_init(&path);
    assert_true(uri_read_path(&path, STR("file://localhost/x%2fy")));
    assert_true(str_equal(buf_str(&path), STR("/x/y")));
    buf_free(&path);
}

static void expect_body(MessageReader *reader, const char *wanted)
{
    Str body;
    assert_int_equal(message_reader_next(reader, &body), MESSAGE_READ);
    assert_true(str_equal(body, str_from(wanted)));
}

static void expect(MessageReader *reader, MessageStatus wanted)
{
    Str body;
    assert_int_equal(message_reader_next(reader, &body), wanted);
}

static void streams_are_cut_into_messages(void **state)
{
    (void)state;
    MessageReader reader;
    message_reader_init(&reader);
    expect(&reader, MESSAGE_WANTED);
    message_reader_feed(&reader, STR("Content-Length: 2\r\n\r\nabcontent-LENGTH:3\nX: y\n\n"));
    expect_body(&reader, "ab");
    expect(&reader, MESSAGE_WANTED);
    message_reader_feed(&reader, STR("cd"));
    expect(&reader, MESSAGE_WANTED);
    message_reader_feed(&reader, STR("eContent-Length: 0\r\n\r\n"));
    expect_body(&reader, "cde");
    expect_body(&reader, "");
    expect(&reader, MESSAGE_WANTED);
    message_reader_free(&reader);
}

static void what_is_no_message_is_dropped(void **state)
{
    (void)state;
    MessageReader reader;
    message_reader_init(&reader);
    message_reader_feed(&reader, STR("Other: 5\r\n\r\nContent-Length: x\r\n\r\nContent-Length: 1\r\n\r\na"));
    expect(&reader, MESSAGE_BROKEN);
    expect(&reader, MESSAGE_BROKEN);
    expect_body(&reader, "a");
    for (size_t i = 0; i < 3 * (size_t)LIMIT_HEAD_BYTES; i++)
        message_reader_feed(&reader, STR("y"));
    expect(&reader, MESSAGE_BROKEN);
    expect(&reader, MESSAGE_WANTED);
    message_reader_feed(&reader, STR("\nContent-Length: 1\r\n\r\nb"));
    expect_body(&reader, "b");
    /* Too large: passed over to its end. */
    message_reader_feed(&reader, STR("Content-Length: 536870913\r\n\r\n"));
    expect(&reader, MESSAGE_BROKEN);
    char bytes[8192] = {0};
    for (size_t left = 536870913; left;) {
        size_t part = left < sizeof bytes ? left : sizeof bytes;
        message_reader_feed(&reader, (Str){bytes, part});
        expect(&reader, MESSAGE_WANTED);
        left -= part;
    }
    message_reader_feed(&reader, STR("Content-Length: 1\r\n\r\nc"));
    expect_body(&reader, "c");
    message_reader_free(&reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_become_units),
        cmocka_unit_test(positions_become_offsets),
        cmocka_unit_test(odd_escapes_are_replaced),
        cmocka_unit_test(paths_become_absolute),
        cmocka_unit_test(paths_become_uris),
        cmocka_unit_test(streams_are_cut_into_messages),
        cmocka_unit_test(what_is_no_message_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
