/* Models in JSON, programs out of measurements, and how far a model is from what was measured. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "model/accuracy.h"
#include "model/fit.h"

#include "base/banned.h"

typedef struct Read {
    Arena arena;
    ModelFile file;
} Read;

static Read read_file(const char *text)
{
    Read read = {.file = {0}};
    Fail fail = {0};
    arena_init(&read.arena);
    if (!model_file_read(&read.arena, str_from(text), "run.json", 3, &read.file, &fail))
        fail_msg("%s", fail.text);
    return read;
}

static void str_is(Str text, const char *wanted)
{
    char copy[200];
    assert_true(text.len < sizeof copy);
    for (size_t i = 0; i < text.len; i++)
        copy[i] = text.ptr[i];
    copy[text.len] = '\0';
    assert_string_equal(copy, wanted);
}

static void test_a_model_alone(void **state)
{
    (void)state;
    Read read =
        read_file("{\"program\": \"thread[t] { block 10 }\", \"pools\": [{\"name\": \"t\", \"size\": 7}]}");
    assert_int_equal(read.file.count, 1);
    const ModelEndpoint *endpoint = read.file.endpoints;
    str_is(endpoint->name, "");
    str_is(endpoint->text, "thread[t] { block 10 }");
    assert_int_equal(endpoint->model.processors, 3);
    assert_int_equal(endpoint->model.workers, 1);
    assert_int_equal(endpoint->model.switch_ns, 5000000);
    assert_true(endpoint->model.spread == 0.1);
    assert_int_equal(endpoint->model.pools[0].size, 7);
    assert_false(endpoint->model.pools[0].last_first);
    assert_int_equal(endpoint->point_count, 0);
    arena_free(&read.arena);
}

static void test_every_key(void **state)
{
    (void)state;
    Read read = read_file("{\"name\": \"x\", \"tree\": \"after\", \"program\": \"process[p] 10\", \"pools\": "
                          "[{\"name\": \"p\", \"size\": 2, "
                          "\"last_first\": true}], \"workers\": 2, \"processors\": 4, \"switch_ms\": 1.5, "
                          "\"spread\": 0, \"measured\": [{\"users\": 20, "
                          "\"think_ms\": 250.5, \"seconds\": 4, \"warm_seconds\": 0.5, \"per_second\": 7.5, "
                          "\"p50_ms\": 1, \"p99_ms\": 2}, "
                          "{\"rate\": 12.5, \"per_second\": 12}]}");
    const ModelEndpoint *endpoint = read.file.endpoints;
    str_is(endpoint->name, "x, after");
    assert_int_equal(endpoint->model.workers, 2);
    assert_int_equal(endpoint->model.processors, 4);
    assert_int_equal(endpoint->model.switch_ns, 1500000);
    assert_true(endpoint->model.spread == 0);
    assert_true(endpoint->model.pools[0].last_first);
    assert_int_equal(endpoint->point_count, 2);
    assert_int_equal(endpoint->points[0].users, 20);
    assert_int_equal(endpoint->points[0].think_ns, 250500000);
    assert_int_equal(endpoint->points[0].warm_ns, 500000000);
    assert_int_equal(endpoint->points[0].duration_ns, 4000000000);
    assert_true(endpoint->points[0].per_second == 7.5);
    assert_true(endpoint->points[1].rate == 12.5);
    assert_int_equal(endpoint->points[1].duration_ns, 0);
    arena_free(&read.arena);
}

static void test_a_run_holds_a_model_an_endpoint_and_tree(void **state)
{
    (void)state;
    Read read = read_file(
        "{\"command\": \"verify\", \"endpoints\": [{\"method\": \"GET\", \"path\": \"/a\", \"cells\": [], "
        "\"model\": [{\"tree\": \"before\", \"program\": \"block 1\"}, {\"tree\": \"after\", \"program\": "
        "\"await 1\"}]}, "
        "{\"method\": \"GET\", \"path\": \"/b\", \"model\": null}, {\"method\": \"GET\", \"path\": \"/c\"}, "
        "{\"name\": \"mine\", \"model\": {\"program\": \"cpu 1\"}}]}");
    assert_int_equal(read.file.count, 3);
    str_is(read.file.endpoints[0].name, "GET /a, before");
    str_is(read.file.endpoints[1].name, "GET /a, after");
    str_is(read.file.endpoints[2].name, "mine");
    arena_free(&read.arena);
}

static void file_fails(const char *text, const char *message)
{
    Arena arena;
    ModelFile file;
    Fail fail = {0};
    arena_init(&arena);
    assert_false(model_file_read(&arena, str_from(text), "a:b.json", 3, &file, &fail));
    assert_string_equal(fail.text, message);
    arena_free(&arena);
}

static void test_files_that_are_none(void **state)
{
    (void)state;
    file_fails("{\n\"a\": x}", "a:b.json:2: is not valid JSON");
    file_fails("[]", "a:b.json: expected an object");
    file_fails("{}", "a:b.json: a model needs a program");
    file_fails("{\"program\": 5}", "a:b.json: program: expected a text");
    file_fails("{\"program\": \"cpu\"}",
               "a:b.json: program: character 4 of the program: expected a time in milliseconds");
    file_fails("{\"program\": \"cpu 1\", \"worker\": 2}",
               "a:b.json: unknown key 'worker' (did you mean 'workers'?)");
    file_fails("{\"program\": \"cpu 1\", \"workers\": 0}",
               "a:b.json: workers: expected a number from 1 to 256");
    file_fails("{\"program\": \"cpu 1\", \"workers\": 1.5}", "a:b.json: workers: expected a whole number");
    file_fails("{\"program\": \"cpu 1\", \"workers\": \"2\"}",
               "a:b.json: workers: expected a number from 1 to 256");
    file_fails("{\"program\": \"cpu 1\", \"spread\": 1e999}",
               "a:b.json: spread: expected a number from 0 to 1");
    file_fails("{\"program\": \"cpu 1\", \"pools\": {}}", "a:b.json: pools: expected a list");
    file_fails("{\"program\": \"cpu 1\", \"pools\": [3]}", "a:b.json: pools[0]: expected an object");
    file_fails("{\"program\": \"cpu 1\", \"pools\": [{\"size\": 3}]}",
               "a:b.json: pools[0]: a pool needs a name");
    file_fails("{\"program\": \"cpu 1\", \"pools\": [{\"name\": \"a\"}]}",
               "a:b.json: pools[0]: a pool needs a size");
    file_fails("{\"program\": \"cpu 1\", \"pools\": [{\"name\": \"a\", \"size\": 1, \"last_first\": 1}]}",
               "a:b.json: pools[0].last_first: expected true or false");
    file_fails("{\"program\": \"cpu 1\", \"measured\": [{\"per_second\": 3}]}",
               "a:b.json: measured[0]: a measured point needs users or a rate");
    file_fails("{\"program\": \"cpu 1\", \"measured\": [{\"users\": 3}]}",
               "a:b.json: measured[0]: a measured point needs per_second");
    file_fails("{\"endpoints\": []}", "a:b.json: no endpoint has a \"model\"");
    file_fails("{\"endpoints\": [{}, {\"model\": [{}, 7]}]}",
               "a:b.json: endpoints[1].model[0]: a model needs a program");
}

static void test_a_model_is_held_against_its_points(void **state)
{
    (void)state;
    Read read = read_file("{\"program\": \"block 100\", \"processors\": 1, \"measured\": [{\"users\": 20, "
                          "\"per_second\": 10, \"p50_ms\": 2000, "
                          "\"p99_ms\": 2100}, {\"users\": 40, \"seconds\": 60, \"per_second\": 8}]}");
    Accuracy accuracy;
    Fail fail = {0};
    assert_true(accuracy_of(&read.arena, read.file.endpoints, &accuracy, &fail));
    assert_true(accuracy.p50 < 0.03 && accuracy.p99 < 0.1);
    assert_true(fabs(accuracy.per_second - 0.25) < 0.02);
    assert_int_equal(accuracy.worst, 1);
    assert_true(accuracy.error == accuracy.per_second);
    assert_true(fabs(accuracy.outlooks[1].per_second - 10) < 0.1);
    arena_free(&read.arena);
}

static void fit_is(FitMeasured measured, const char *program)
{
    Arena arena;
    arena_init(&arena);
    str_is(fit_program(&arena, &measured), program);
    arena_free(&arena);
}

static void test_fitted_programs(void **state)
{
    (void)state;
    fit_is((FitMeasured){0}, "cpu 0");
    fit_is((FitMeasured){.loop_cpu_ms = 4, .alone_ms = 4}, "cpu 4.000");
    fit_is((FitMeasured){.loop_cpu_ms = 1, .loop_blocked_ms = 100, .alone_ms = 101},
           "cpu 0.500; block 100.000; cpu 0.500");
    fit_is((FitMeasured){.loop_cpu_ms = 1, .alone_ms = 101}, "cpu 0.500; await 100.000; cpu 0.500");
    fit_is(
        (FitMeasured){.loop_cpu_ms = 1, .thread_cpu_ms = 2, .alone_ms = 103, .thread_pool = STR("threads")},
        "cpu 0.500; thread[threads] { cpu 1.000; block 100.000; cpu 1.000 }; cpu 0.500");
    fit_is((FitMeasured){.loop_cpu_ms = 1, .thread_cpu_ms = 4, .thread_pool = STR("threads")},
           "cpu 0.500; thread[threads] { cpu 4.000 }; cpu 0.500");
    fit_is(
        (FitMeasured){.loop_cpu_ms = 1, .process_cpu_ms = 4, .alone_ms = 5, .process_pool = STR("workers")},
        "cpu 0.500; process[workers] 4.000; cpu 0.500");
    fit_is((FitMeasured){.alone_ms = 10}, "await 10.000");
}

/* Whatever was measured, it is a program. */
static void test_fitted_programs_are_programs(void **state)
{
    (void)state;
    static const double times[] = {0, 0.0004, 0.7, 100};
    static const ModelPool pools[] = {{{"t", 1}, 2, false}, {{"p", 1}, 2, false}};
    Arena arena;
    arena_init(&arena);
    for (unsigned i = 0; i < 4096; i++) {
        FitMeasured measured = {
            times[i & 3], times[i >> 2 & 3], times[i >> 4 & 3], times[i >> 6 & 3], times[i >> 8 & 3], {0},
            {0}};
        if (i >> 10 & 1) measured.thread_pool = STR("t");
        if (i >> 11 & 1) measured.process_pool = STR("p");
        const ModelStep *program;
        Fail fail = {0};
        Str text = fit_program(&arena, &measured);
        if (!model_program(&arena, text, NULL, 0, pools, 2, &program, &fail))
            fail_msg("%.*s: %s", (int)text.len, text.ptr, fail.text);
    }
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_model_alone),
        cmocka_unit_test(test_every_key),
        cmocka_unit_test(test_a_run_holds_a_model_an_endpoint_and_tree),
        cmocka_unit_test(test_files_that_are_none),
        cmocka_unit_test(test_a_model_is_held_against_its_points),
        cmocka_unit_test(test_fitted_programs),
        cmocka_unit_test(test_fitted_programs_are_programs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
