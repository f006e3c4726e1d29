#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <unistd.h>

#include "base/limits.h"
#include "session/session.h"
#include "source/overlay.h"

static void write_text(const char *path, const char *text)
{
    Fail fail = {0};
    assert_true(io_write_file(path, str_from(text), &fail));
}

static void enter_folder(char folder[])
{
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
}

static void texts_stand_in_for_files(void **state)
{
    (void)state;
    char folder[] = "/tmp/loopsafe_overlay_XXXXXX";
    enter_folder(folder);
    write_text("a.py", "disk");
    assert_int_equal(symlink("a.py", "link.py"), 0);
    Arena arena;
    arena_init(&arena);
    Overlay overlay;
    overlay_init(&overlay, &arena);
    Str bytes;
    assert_int_equal(overlay_read(NULL, &arena, "a.py", 100, &bytes), IO_OK);
    assert_string_equal(bytes.ptr, "disk");
    assert_int_equal(overlay_read(&overlay, &arena, "b.py", 100, &bytes), IO_MISSING);
    Str absolute = str_join(&arena, str_from(folder), STR("/"), STR("a.py"));
    overlay_put(&overlay, absolute, STR("first"));
    overlay_put(&overlay, absolute, STR("second"));
    overlay_put(&overlay, STR("b.py"), STR("of no file"));
    assert_int_equal(overlay.count, 2);
    assert_int_equal(overlay_read(&overlay, &arena, "a.py", 100, &bytes), IO_OK);
    assert_string_equal(bytes.ptr, "second");
    assert_int_equal(overlay_read(&overlay, &arena, "./link.py", 100, &bytes), IO_OK);
    assert_string_equal(bytes.ptr, "second");
    assert_int_equal(overlay_read(&overlay, &arena, "b.py", 100, &bytes), IO_OK);
    assert_string_equal(bytes.ptr, "of no file");
    assert_int_equal(overlay_read(&overlay, &arena, "b.py", 5, &bytes), IO_TOO_LARGE);
    assert_null(overlay_find(&overlay, "c.py"));
    arena_free(&arena);
}

static size_t findings_of(const Overlay *overlay)
{
    static const char *const paths[] = {"."};
    Options options = {.paths = paths,
                       .path_count = 1,
                       .isolated = true,
                       .fail_on = SEVERITY_LOW,
                       .threads = 2,
                       .overlay = overlay};
    Session *session = session_new();
    Result result;
    Fail fail = {0};
    assert_true(session_check(session, &options, NULL, NULL, &result, &fail));
    size_t count = result.finding_count;
    session_free(session);
    return count;
}

#define CALLS "import work\n\nasync def f():\n    work.work()\n"
#define SLEEPS "import time\n\ndef work():\n    time.sleep(1)\n"

/* A file of the overlay is looked at in the place of the one on the disk, wherever it is read, and the cache knows
 * neither. */
static void sessions_read_the_overlay(void **state)
{
    (void)state;
    char folder[] = "/tmp/loopsafe_overlay_XXXXXX";
    enter_folder(folder);
    write_text("main.py", CALLS);
    write_text("work.py", SLEEPS);
    Arena arena;
    arena_init(&arena);
    Overlay overlay;
    overlay_init(&overlay, &arena);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(findings_of(NULL), 1);
        overlay_put(&overlay, STR("work.py"), STR("def work():\n    pass\n"));
        assert_int_equal(findings_of(&overlay), 0);
        assert_int_equal(findings_of(NULL), 1);
        overlay_put(&overlay, STR("work.py"), STR(SLEEPS));
        overlay_put(&overlay, STR("main.py"), STR("def f():\n    pass\n"));
        assert_int_equal(findings_of(&overlay), 0);
        overlay_put(&overlay, STR("main.py"), STR(CALLS));
    }
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_stand_in_for_files),
        cmocka_unit_test(sessions_read_the_overlay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
