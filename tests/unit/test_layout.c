/* Interpreters whose frames may be read, and those that have to be asked: unknown versions, builds without GIL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <dlfcn.h>

/* What the interpreter tells of itself, in the place of one that is loaded; NULL: it tells nothing. */
static const void *told_runtime;

static void *runtime_find(void *handle, const char *name)
{
    (void)handle;
    return strcmp(name, "_PyRuntime") == 0 ? (void *)(uintptr_t)told_runtime : NULL;
}

#define dlsym runtime_find
#include "probe/layout.c"
#undef dlsym

enum {
    PYTHON_3_13 = 0x030d00f0,
    PYTHON_3_14 = 0x030e00f0,
    PYTHON_3_15 = 0x030f00f0,
    PYTHON_3_7 = 0x030700f0
};
enum { OBJECT_TYPE_3_13 = 45, OBJECT_TYPE_WITHOUT_GIL = 24 };

/* 3.13 as it is built usually: only what the table of positions reads is told. */
static void tell(uint64_t numbers[TOLD_NUMBERS])
{
    memset(numbers, 0, TOLD_NUMBERS * sizeof *numbers);
    memcpy(numbers, "xdebugpy", 8);
    numbers[1] = PYTHON_3_13;
    numbers[23] = 72;
    numbers[29] = 8;
    numbers[31] = 56;
    numbers[OBJECT_TYPE_3_13] = OBJECT_TYPE;
    told_runtime = numbers;
}

/* A string object of ASCII letters; `shift`: where its kind stands. */
static const void *ascii_object(uint32_t shift)
{
    static uint64_t object[8];
    uint32_t state = (1u | 1u << 3 | 1u << 4) << shift;
    memset(object, 0, sizeof object);
    memcpy((char *)object + TEXT_STATE, &state, sizeof state);
    return object;
}

static bool is_read(uint32_t version)
{
    Layout layout;
    return layout_find(&layout, version, ascii_object(2));
}

static void versions_of_the_table_are_read(void **state)
{
    (void)state;
    Layout layout;
    told_runtime = NULL;
    for (uint32_t minor = 8; minor <= 12; minor++)
        assert_true(is_read(3u << 24 | minor << 16));
    assert_true(layout_find(&layout, 3u << 24 | 11u << 16, ascii_object(8)));
    assert_int_equal(layout.kind_shift, 8);
    assert_int_equal(layout.lines, LINES_LOCATIONS);
}

static void later_ones_tell_where(void **state)
{
    (void)state;
    uint64_t numbers[TOLD_NUMBERS];
    Layout layout;
    tell(numbers);
    assert_true(layout_find(&layout, PYTHON_3_13, ascii_object(2)));
    assert_int_equal(layout.thread_frame, 72);
    assert_int_equal(layout.frame_previous, 8);
    assert_int_equal(layout.frame_instruction, 56);
}

static void the_others_are_asked(void **state)
{
    (void)state;
    uint64_t numbers[TOLD_NUMBERS];
    Layout layout;
    told_runtime = NULL;
    assert_false(is_read(PYTHON_3_7));
    assert_false(is_read(PYTHON_3_13));
    tell(numbers);
    assert_false(is_read(PYTHON_3_15));
    numbers[0] ^= 1;
    assert_false(is_read(PYTHON_3_13));
    tell(numbers);
    assert_false(layout_find(&layout, PYTHON_3_13, ascii_object(5)));
}

/* Its objects begin with the thread that owns them, and it says so beside. */
static void builds_without_gil_are_asked(void **state)
{
    (void)state;
    uint64_t numbers[TOLD_NUMBERS];
    tell(numbers);
    numbers[OBJECT_TYPE_3_13] = OBJECT_TYPE_WITHOUT_GIL;
    assert_false(is_read(PYTHON_3_13));
    tell(numbers);
    numbers[TOLD_WITHOUT_GIL] = 1;
    assert_false(is_read(PYTHON_3_13));
    assert_false(is_read(PYTHON_3_14));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_of_the_table_are_read),
        cmocka_unit_test(later_ones_tell_where),
        cmocka_unit_test(the_others_are_asked),
        cmocka_unit_test(builds_without_gil_are_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
