#define _GNU_SOURCE
/* test_base.c - arena, texts, names, buffers, maps, failures, files, threads. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/closest.h"
#include "base/fail.h"
#include "base/io.h"
#include "base/map.h"
#include "base/pool.h"
#include "base/vec.h"

static void arena_shares_equal_bytes(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    const void *stored[2000];
    for (uint32_t i = 0; i < 2000; i++)
        stored[i] = arena_share(&arena, &i, sizeof i);
    for (uint32_t i = 0; i < 2000; i++) {
        assert_ptr_equal(arena_share(&arena, &i, sizeof i), stored[i]);
        assert_memory_equal(stored[i], &i, sizeof i);
    }
    assert_ptr_not_equal(arena_share(&arena, "abcdefgh", 8), arena_share(&arena, "abcdefgh", 9));
    arena_reset(&arena);
    assert_memory_equal(arena_share(&arena, "again", 5), "again", 5);
    arena_free(&arena);
}

static void arena_gives_zeroed_aligned_memory(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    for (size_t size = 0; size < 5000; size += 37) {
        unsigned char *memory = arena_alloc(&arena, size);
        assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xaa, size);
    }
    size_t held = arena.held_bytes;
    assert_true(arena.used_bytes <= held);
    arena_reset(&arena);
    assert_int_equal(arena.used_bytes, 0);
    assert_true(arena.held_bytes <= held && arena.held_bytes > 0);
    unsigned char *again = arena_alloc(&arena, 100);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(again[i], 0);
    arena_free(&arena);
    assert_int_equal(arena.held_bytes, 0);
}

static void texts_are_cut_and_compared(void **state)
{
    (void)state;
    Str text = STR("os.path.join");
    assert_int_equal(str_find_byte(text, '.'), 2);
    assert_int_equal(str_find_last(text, '.'), 7);
    assert_int_equal(str_find(text, STR("path")), 3);
    assert_int_equal(str_find(text, STR("paths")), SIZE_MAX);
    assert_true(str_equal(str_part(text, 3, 7), STR("path")));
    assert_true(str_equal(str_part(text, 8, 99), STR("join")));
    assert_int_equal(str_part(text, 9, 3).len, 0);
    assert_true(str_starts(text, STR("os.")) && !str_starts(text, STR("os.path.join.x")));
    assert_true(str_ends(text, STR("join")) && !str_ends(text, STR("joi")));
    assert_true(str_compare(STR("a"), STR("ab")) < 0 && str_compare(STR("b"), STR("ab")) > 0);
    assert_int_equal(str_compare(text, text), 0);
    assert_true(str_equal(str_trim(STR(" \t x y \r\n")), STR("x y")));
    assert_int_equal(str_trim(STR("  ")).len, 0);
    assert_int_equal(str_part((Str){NULL, 0}, 0, 5).len, 0);
}

static void equal_names_are_one_pointer(void **state)
{
    (void)state;
    Names *names = names_new();
    Name first = names_intern(names, STR("sleep"));
    for (int i = 0; i < 20000; i++) {
        char text[32];
        int length = snprintf(text, sizeof text, "name_%d", i);
        Name made = names_intern(names, (Str){text, (size_t)length});
        assert_true(str_equal(name_str(made), (Str){text, (size_t)length}));
    }
    assert_ptr_equal(names_intern(names, STR("sleep")), first);
    assert_ptr_not_equal(names_intern(names, STR("sleeps")), first);
    assert_int_equal(name_str(NULL).len, 0);
    names_free(names);
}

static void maps_find_what_was_put(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Names *names = names_new();
    Map map;
    map_init(&map, &arena);
    assert_int_equal(map_find(&map, names_intern(names, STR("x"))), MAP_NONE);
    for (uint32_t i = 0; i < 1000; i++) {
        char text[16];
        int length = snprintf(text, sizeof text, "%u", i);
        map_put(&map, names_intern(names, (Str){text, (size_t)length}), i);
    }
    map_put(&map, names_intern(names, STR("7")), 70);
    assert_int_equal(map_find(&map, names_intern(names, STR("7"))), 70);
    assert_int_equal(map_find(&map, names_intern(names, STR("999"))), 999);
    assert_int_equal(map_find(&map, names_intern(names, STR("1000"))), MAP_NONE);
    assert_int_equal(map.count, 1000);
    names_free(names);
    arena_free(&arena);
}

static void buffers_grow(void **state)
{
    (void)state;
    Buf buf;
    buf_init(&buf);
    assert_int_equal(buf_str(&buf).len, 0);
    for (int i = 0; i < 1000; i++)
        buf_format(&buf, "%d,", i % 10);
    buf_add_number(&buf, UINT64_MAX);
    buf_add_repeat(&buf, '-', 3);
    assert_int_equal(buf.len, 2000 + 20 + 3);
    assert_true(str_ends(buf_str(&buf), STR("18446744073709551615---")));
    buf_free(&buf);
    VEC(int) numbers = {0};
    for (int i = 0; i < 100; i++)
        vec_add(&numbers, i);
    assert_int_equal(numbers.count, 100);
    assert_int_equal(numbers.items[99], 99);
    vec_free(&numbers);
}

static void the_first_failure_wins_on_one_line(void **state)
{
    (void)state;
    Fail fail = {0};
    assert_false(fail_at(&fail, "a\nb.toml", 3, "no %s", "such\tkey"));
    assert_true(fail.failed);
    assert_string_equal(fail.text, "a?b.toml:3: no such?key");
    fail_at(&fail, NULL, 0, "later");
    assert_string_equal(fail.text, "a?b.toml:3: no such?key");
}

static void files_are_read_and_replaced_whole(void **state)
{
    (void)state;
    char path[] = "/tmp/loopsafe-base-XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    Fail fail = {0};
    assert_true(io_write_file(path, STR("one\ntwo"), &fail));
    Arena arena;
    arena_init(&arena);
    Str text;
    assert_int_equal(io_read_file(&arena, path, 100, &text), IO_OK);
    assert_true(str_equal(text, STR("one\ntwo")));
    assert_int_equal(text.ptr[text.len], '\0');
    assert_int_equal(io_read_file(&arena, path, 3, &text), IO_TOO_LARGE);
    assert_int_equal(io_read_file(&arena, "/tmp", 100, &text), IO_UNREADABLE);
    assert_int_equal(io_read_file(&arena, "/tmp/loopsafe/none", 100, &text), IO_MISSING);
    assert_false(io_write_file("/tmp/loopsafe/none/x", STR("x"), &fail));
    assert_true(fail.failed);
    arena_free(&arena);
    remove(path);
}

typedef struct Sums {
    size_t items[500];
} Sums;

static void square(void *context, size_t item, size_t worker)
{
    Sums *sums = context;
    (void)worker;
    sums->items[item] += item * item + 1;
}

static void every_item_is_worked_on_once(void **state)
{
    (void)state;
    for (size_t threads = 0; threads < 9; threads += 4) {
        Sums sums = {0};
        pool_run(threads, 500, square, &sums);
        for (size_t i = 0; i < 500; i++)
            assert_int_equal(sums.items[i], i * i + 1);
    }
    pool_run(4, 0, square, NULL);
    assert_true(pool_processors() >= 1);
}

static void near_words_are_suggested(void **state)
{
    (void)state;
    Closest closest;
    closest_init(&closest, STR("slect"));
    closest_try(&closest, "ignore");
    closest_try(&closest, "select");
    assert_string_equal(closest.name, "select");
    closest_init(&closest, STR("zzzzzz"));
    closest_try(&closest, "select");
    assert_null(closest.name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_gives_zeroed_aligned_memory),
        cmocka_unit_test(arena_shares_equal_bytes),
        cmocka_unit_test(texts_are_cut_and_compared),
        cmocka_unit_test(equal_names_are_one_pointer),
        cmocka_unit_test(maps_find_what_was_put),
        cmocka_unit_test(buffers_grow),
        cmocka_unit_test(the_first_failure_wins_on_one_line),
        cmocka_unit_test(files_are_read_and_replaced_whole),
        cmocka_unit_test(every_item_is_worked_on_once),
        cmocka_unit_test(near_words_are_suggested),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
