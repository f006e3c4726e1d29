#define _DEFAULT_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/replace.h"

static void enter_folder(void)
{
    char folder[] = "/tmp/loopsafe_replace_XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
}

static void write_text(const char *path, const char *text)
{
    Fail fail = {0};
    assert_true(io_write_file(path, str_from(text), &fail));
}

static void holds(const char *path, const char *text)
{
    Arena arena;
    arena_init(&arena);
    Str bytes;
    assert_int_equal(io_read_file(&arena, path, 1000, &bytes), IO_OK);
    assert_string_equal(bytes.ptr, text);
    arena_free(&arena);
}

static size_t files_here(void)
{
    size_t count = 0;
    DIR *directory = opendir(".");
    assert_non_null(directory);
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(directory);
    return count;
}

static void files_are_replaced_together(void **state)
{
    (void)state;
    enter_folder();
    write_text("a", "old a");
    write_text("b", "old b");
    assert_int_equal(chmod("a", 0750), 0);
    Replace replace;
    Fail fail = {0};
    size_t renamed;
    replace_begin(&replace);
    assert_true(replace_prepare(&replace, "a", STR("old a"), STR("new a"), &fail));
    assert_true(replace_prepare(&replace, "b", STR("old b"), STR(""), &fail));
    holds("a", "old a");
    assert_int_equal(files_here(), 4);
    assert_true(replace_commit(&replace, &renamed, &fail));
    assert_int_equal(renamed, 2);
    holds("a", "new a");
    holds("b", "");
    assert_int_equal(files_here(), 2);
    struct stat info;
    assert_int_equal(stat("a", &info), 0);
    assert_int_equal(info.st_mode & 07777, 0750);
}

static void one_that_fails_leaves_all(void **state)
{
    (void)state;
    enter_folder();
    write_text("a", "old");
    write_text("b", "changed");
    write_text("locked", "old");
    assert_int_equal(chmod("locked", 0444), 0);
    assert_int_equal(symlink("a", "link"), 0);
    static const char *const bad[] = {"b", "locked", "link", "missing", "."};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Replace replace;
        Fail fail = {0};
        replace_begin(&replace);
        assert_true(replace_prepare(&replace, "a", STR("old"), STR("new"), &fail));
        assert_false(replace_prepare(&replace, bad[i], STR("old"), STR("new"), &fail));
        assert_non_null(strstr(fail.text, bad[i]));
        replace_cancel(&replace);
        holds("a", "old");
        assert_int_equal(files_here(), 4);
    }
}

static void a_full_disk_leaves_all(void **state)
{
    (void)state;
    enter_folder();
    write_text("a", "old");
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit, little = {100, 100};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    little.rlim_max = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    char text[1000];
    memset(text, 'x', sizeof text);
    Replace replace;
    Fail fail = {0};
    replace_begin(&replace);
    assert_false(replace_prepare(&replace, "a", STR("old"), (Str){text, sizeof text}, &fail));
    replace_cancel(&replace);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    holds("a", "old");
    assert_int_equal(files_here(), 1);
}

static void signals_wait(void **state)
{
    (void)state;
    Replace replace;
    sigset_t blocked;
    replace_begin(&replace);
    sigprocmask(SIG_SETMASK, NULL, &blocked);
    assert_true(sigismember(&blocked, SIGINT) && sigismember(&blocked, SIGTERM));
    replace_cancel(&replace);
    sigprocmask(SIG_SETMASK, NULL, &blocked);
    assert_false(sigismember(&blocked, SIGINT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_replaced_together),
        cmocka_unit_test(one_that_fails_leaves_all),
        cmocka_unit_test(a_full_disk_leaves_all),
        cmocka_unit_test(signals_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
