/* Programs that loopsafe starts: what they tell and print is read, and nothing of them is left. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "runtime/area.h"
#include "runtime/companion.h"
#include "runtime/process.h"

static const uint64_t SECOND = 1000000000u;
static const char *const ENVIRONMENT[] = {"PATH=/usr/bin:/bin", "GREETING=hello", NULL};

static Process run(const char *script, ProcessLimits limits)
{
    const char *arguments[] = {"sh", "-c", script, NULL};
    ProcessPlan plan = {
        .arguments = arguments, .environment = ENVIRONMENT, .folder = "/", .control = true, .limits = limits};
    Process process;
    Fail fail = {0};
    assert_true(process_start(&process, &plan, &fail));
    return process;
}

static void tells_and_prints(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Process process = run("eval \"echo first >&$LOOPSAFE_CONTROL_FD; echo second >&$LOOPSAFE_CONTROL_FD\"; "
                          "echo $GREETING; pwd; exit 3",
                          (ProcessLimits){0});
    Str line = process_told(&process, &arena, 5 * SECOND);
    assert_int_equal(line.len, 5);
    assert_memory_equal(line.ptr, "first", 5);
    line = process_told(&process, &arena, 5 * SECOND);
    assert_memory_equal(line.ptr, "second", 6);
    assert_null(process_told(&process, &arena, 5 * SECOND).ptr);
    process_end(&process, SECOND);
    assert_string_equal(process_how_ended(&process, &arena).ptr, "ended with exit code 3");
    Str log = process_log_end(&process, &arena, 100);
    assert_int_equal(log.len, strlen("hello\n/"));
    assert_memory_equal(log.ptr, "hello\n/", log.len);
    process_free(&process);
    arena_free(&arena);
}

static void silence_has_an_end(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Process process = run("sleep 100", (ProcessLimits){0});
    assert_null(process_told(&process, &arena, SECOND / 20).ptr);
    assert_true(process_alive(&process));
    process_end(&process, SECOND);
    assert_false(process_alive(&process));
    assert_string_equal(process_how_ended(&process, &arena).ptr, "was ended by signal 15 (Terminated)");
    process_free(&process);
    arena_free(&arena);
}

/* A million lines do not stop the program, and of them the last ones are kept. */
static void keeps_last_words(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Process process = run("i=0; while [ $i -lt 30000 ]; do echo line $i; i=$((i+1)); done; echo the end",
                          (ProcessLimits){0});
    for (int i = 0; i < 1000 && process_alive(&process); i++)
        usleep(10000);
    assert_false(process_alive(&process));
    process_end(&process, 0);
    Str log = process_log_end(&process, &arena, 40);
    assert_memory_equal(log.ptr + log.len - 7, "the end", 7);
    assert_true(log.len <= 40);
    assert_memory_equal(log.ptr, "line ", 5);
    assert_true(process_log_end(&process, &arena, SIZE_MAX).len <= LIMIT_PROCESS_LOG);
    process_free(&process);
    arena_free(&arena);
}

/* Also a process that has left the group and its parent ends. */
static void nothing_is_left(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Process process = run("setsid sh -c 'eval \"echo $$ >&$LOOPSAFE_CONTROL_FD\"; trap : TERM; while :; do "
                          "sleep 1; done' & trap : TERM; while :; do wait; done",
                          (ProcessLimits){0});
    Str line = process_told(&process, &arena, 5 * SECOND);
    assert_non_null(line.ptr);
    pid_t stray = (pid_t)strtol(line.ptr, NULL, 10);
    assert_int_equal(kill(stray, 0), 0);
    process_end(&process, SECOND / 20);
    bool gone = false;
    for (int i = 0; i < 500 && !gone; i++) {
        char path[64], what = 0;
        snprintf(path, sizeof path, "/proc/%ld/stat", (long)stray);
        FILE *file = fopen(path, "r");
        gone = !file || fscanf(file, "%*d (%*[^)]) %c", &what) != 1 || what == 'Z';
        if (file) fclose(file);
        usleep(10000);
    }
    assert_true(gone);
    process_free(&process);
    arena_free(&arena);
}

static void limits_hold(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Process process = run("while :; do :; done", (ProcessLimits){.cpu_seconds = 1});
    for (int i = 0; i < 1000 && process_alive(&process); i++)
        usleep(10000);
    assert_false(process_alive(&process));
    assert_true(process.signalled);
    process_free(&process);
    arena_free(&arena);
}

static void counts_processor_time(void **state)
{
    (void)state;
    Process process = run("while :; do :; done & while :; do :; done", (ProcessLimits){0});
    uint64_t main_ns = 0, all_ns = 0;
    for (int i = 0; i < 500 && (!main_ns || all_ns <= main_ns); i++) {
        usleep(10000);
        all_ns = process_cpu_ns(&process, &main_ns);
    }
    assert_true(main_ns > 0);
    assert_true(all_ns > main_ns);
    assert_false(process_rests(&process));
    process_free(&process);
}

static void rests_while_it_waits(void **state)
{
    (void)state;
    Process process = run("sleep 30 & sleep 30", (ProcessLimits){0});
    bool rests = false;
    for (int i = 0; i < 500 && !rests; i++) {
        usleep(10000);
        rests = process_rests(&process);
    }
    assert_true(rests);
    process_free(&process);
}

static void says_what_is_missing(void **state)
{
    (void)state;
    const char *arguments[] = {"no-such-program", NULL};
    ProcessPlan plan = {.arguments = arguments, .environment = ENVIRONMENT};
    Process process;
    Fail fail = {0};
    assert_false(process_start(&process, &plan, &fail));
    assert_string_equal(fail.text, "cannot start 'no-such-program': No such file or directory");
    process_free(&process);
    Arena arena;
    arena_init(&arena);
    Fail lost = {0};
    assert_null(companion_path(&arena, "no-such-file", &lost));
    assert_non_null(strstr(lost.text, "'no-such-file' does not lie beside the program"));
    arena_free(&arena);
}

/* What the application writes over in the shared memory is never followed outside of it. */
static void damaged_memory_reads_as_unknown(void **state)
{
    (void)state;
    ProbeArea area;
    Fail fail = {0};
    assert_true(probe_area_new(&area, &fail));
    memset((char *)area.header + sizeof(ProbeHeader), 0xff, 4096);
    memset(area.header, 0xff, sizeof(ProbeHeader));
    assert_int_equal(probe_area_count(&area), LIMIT_PROBE_RECORDS);
    assert_non_null(probe_area_record(&area, LIMIT_PROBE_RECORDS - 1));
    assert_int_equal(probe_area_depth(&area, UINT32_MAX), 0);
    assert_int_equal(probe_area_text(&area, UINT32_MAX).len, 0);
    assert_int_equal(probe_area_notice_count(&area), PROBE_NOTICES);
    assert_int_equal(probe_area_notice(&area, 0).len, PROBE_NOTICE_BYTES);
    assert_int_equal(probe_area_notice(&area, PROBE_NOTICES).len, 0);
    assert_int_equal(probe_area_frame(&area, LIMIT_PROBE_STACKS - 1, 0).line1, 0);
    probe_area_free(&area);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_and_prints),
        cmocka_unit_test(silence_has_an_end),
        cmocka_unit_test(keeps_last_words),
        cmocka_unit_test(nothing_is_left),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(counts_processor_time),
        cmocka_unit_test(rests_while_it_waits),
        cmocka_unit_test(says_what_is_missing),
        cmocka_unit_test(damaged_memory_reads_as_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
