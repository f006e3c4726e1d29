/* The model against what queueing theory says of the same system, and its programs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "model/chance.h"
#include "model/machine.h"
#include "model/model.h"

#include "base/banned.h"

#define MS 1000000u
#define SECONDS 1000000000u

static const ModelPool pools[] = {{{"tokens", 6}, 40, false},
                                  {{"stack", 5}, 40, true},
                                  {{"processes", 9}, 4, false},
                                  {{"one", 3}, 1, false}};
enum { POOLS = sizeof pools / sizeof pools[0] };

static Model model_new(Arena *arena, const char *text)
{
    Model model = {.pools = pools,
                   .pool_count = POOLS,
                   .workers = 1,
                   .processors = 2,
                   .switch_ns = 5 * MS,
                   .users = 1,
                   .duration_ns = (uint64_t)60 * SECONDS,
                   .warm_ns = (uint64_t)30 * SECONDS,
                   .seed = 1};
    Fail fail = {0};
    assert_true(model_program(arena, str_from(text), "p", 1, pools, POOLS, &model.program, &fail));
    return model;
}

static Prediction predict(const Model *model)
{
    Prediction prediction;
    Fail fail = {0};
    if (!model_run(model, &prediction, &fail)) fail_msg("%s", fail.text);
    return prediction;
}

/* Closed loop without a pause. */
static Prediction predict_users(const char *text, uint32_t users)
{
    Arena arena;
    arena_init(&arena);
    Model model = model_new(&arena, text);
    model.users = users;
    Prediction prediction = predict(&model);
    arena_free(&arena);
    return prediction;
}

static void is_near(double value, double wanted, double share)
{
    if (fabs(value - wanted) > wanted * share) fail_msg("%f is not within %g of %f", value, share, wanted);
}

static double p50_ms(const Prediction *prediction)
{
    return (double)histogram_percentile(&prediction->latency, 50, NULL) / 1000;
}

/* --- closed formulas --- */

static void test_a_blocked_loop_serves_one_at_a_time(void **state)
{
    (void)state;
    Prediction prediction = predict_users("block 100", 20);
    is_near(prediction.per_second, 10, 0.01);
    is_near(p50_ms(&prediction), 2000, 0.01);
    is_near((double)prediction.longest_stall_ns, 100 * MS, 0.001);
    is_near(prediction.stall_share, 1, 0.01);
}

static void test_awaits_are_for_nothing(void **state)
{
    (void)state;
    Prediction prediction = predict_users("await 100", 200);
    is_near(prediction.per_second, 2000, 0.01);
    is_near(p50_ms(&prediction), 100, 0.01);
    assert_true(prediction.stall_share == 0);
}

static void test_awaits_one_after_the_other_and_together(void **state)
{
    (void)state;
    Prediction sequence = predict_users("await 100; await 50; await 70", 20);
    Prediction together = predict_users("gather { await 100 | await 50 | await 70 }", 20);
    is_near(p50_ms(&sequence), 220, 0.01);
    is_near(p50_ms(&together), 100, 0.01);
    is_near(together.per_second, 200, 0.01);
}

static void test_gathers_in_gathers(void **state)
{
    (void)state;
    Prediction prediction = predict_users(
        "gather { await 10; gather { await 30 | await 50; await 5 } | thread[tokens] { block 60 } }; await 1",
        3);
    is_near(p50_ms(&prediction), 66, 0.01);
}

static void test_a_pool_serves_its_size(void **state)
{
    (void)state;
    Prediction prediction = predict_users("thread[tokens] { block 100 }", 200);
    is_near(prediction.per_second, 400, 0.01);
    is_near(p50_ms(&prediction), 500, 0.01);
    is_near(predict_users("thread[tokens] { block 100 }", 40).per_second, 400, 0.01);
    is_near(predict_users("thread[one] { block 100 }", 40).per_second, 10, 0.01);
}

/* 40 places for 200 users: woken in the order in which they came all wait the same, else some are quick and some starve. */
static void test_last_come_first_served_starves_the_first(void **state)
{
    (void)state;
    Prediction prediction = predict_users("thread[stack] { block 100 }", 200);
    is_near(prediction.per_second, 400, 0.01);
    is_near(p50_ms(&prediction), 100, 0.02);
    assert_true(histogram_percentile(&prediction.latency, 100, NULL) > 60000000);
}

static void test_threads_share_one_gil(void **state)
{
    (void)state;
    Prediction one = predict_users("thread[tokens] { cpu 10 }", 1),
               many = predict_users("thread[tokens] { cpu 10 }", 20);
    is_near(one.per_second, 100, 0.01);
    is_near(many.per_second, 100, 0.01);
    assert_true(one.stall_share == 0);
}

/* The loop asks for the GIL and gets it when the switch interval is over, behind the threads that asked before. */
static void test_a_thread_that_computes_stalls_the_loop(void **state)
{
    (void)state;
    Prediction prediction = predict_users("cpu 0.1; thread[tokens] { cpu 50 }; cpu 0.1", 2);
    is_near(prediction.per_second, 1000 / 50.2, 0.02);
    assert_true(prediction.longest_stall_ns >= 5 * MS && prediction.longest_stall_ns <= 6 * MS);
}

static void test_processes_share_the_processors(void **state)
{
    (void)state;
    Prediction prediction = predict_users("process[processes] 10", 20);
    is_near(prediction.per_second, 200, 0.01);
    is_near(p50_ms(&prediction), 100, 0.01);
    is_near(predict_users("process[processes] 10", 2).per_second, 200, 0.01);
    is_near(predict_users("process[processes] 10", 1).per_second, 100, 0.01);
}

static Prediction predict_workers(const char *text, uint32_t workers, uint32_t processors)
{
    Arena arena;
    arena_init(&arena);
    Model model = model_new(&arena, text);
    model.users = 40;
    model.workers = workers;
    model.processors = processors;
    Prediction prediction = predict(&model);
    arena_free(&arena);
    return prediction;
}

static void test_workers(void **state)
{
    (void)state;
    is_near(predict_workers("cpu 10", 1, 4).per_second, 100, 0.01);
    is_near(predict_workers("cpu 10", 4, 4).per_second, 400, 0.01);
    is_near(predict_workers("cpu 10", 4, 2).per_second, 200, 0.01);
    is_near(predict_workers("block 100", 4, 1).per_second, 40, 0.01);
}

/* Poisson arrivals and a service of 10 ms, half of the time busy: on average 5 ms of waiting. */
static void test_the_queue_of_m_d_1(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Model model = model_new(&arena, "cpu 10");
    model.rate = 50;
    model.duration_ns = (uint64_t)5000 * SECONDS;
    Prediction half = predict(&model);
    is_near(half.per_second, 50, 0.02);
    is_near(histogram_mean(&half.latency), 15000, 0.02);
    model.rate = 80;
    Prediction busy = predict(&model);
    is_near(histogram_mean(&busy.latency), 10000 + 0.8 * 10000 / (2 * 0.2), 0.04);
    model.even = true;
    Prediction even = predict(&model);
    is_near(even.per_second, 80, 0.001);
    assert_int_equal(even.latency.largest, 10000);
    arena_free(&arena);
}

/* N users who think Z and get an answer after R: N / (Z + R) a second. */
static void test_users_who_think(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Model model = model_new(&arena, "cpu 0.1; await 100");
    model.users = 1000;
    model.think_ns = (uint64_t)3 * SECONDS;
    Prediction prediction = predict(&model);
    is_near(prediction.per_second, 1000 / 3.1003, 0.02);
    is_near(p50_ms(&prediction), 100.1, 0.01);
    arena_free(&arena);
}

static void test_a_million_users(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Model model = model_new(&arena, "cpu 0.02; await 100; cpu 0.02");
    model.users = 1000 * 1000;
    model.think_ns = (uint64_t)60 * SECONDS;
    model.duration_ns = (uint64_t)20 * SECONDS;
    model.warm_ns = 0;
    Prediction prediction = predict(&model);
    is_near(prediction.per_second, 1e6 / 60.1, 0.02);
    arena_free(&arena);
}

static void test_spread_keeps_the_mean(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Model model = model_new(&arena, "await 100");
    model.users = 50;
    model.spread = 0.5;
    Prediction prediction = predict(&model);
    is_near(histogram_mean(&prediction.latency), 100000, 0.01);
    is_near((double)histogram_percentile(&prediction.latency, 1, NULL), 51000, 0.02);
    is_near((double)prediction.latency.largest, 150000, 0.02);
    arena_free(&arena);
}

static void test_what_is_not_finished_is_at_least_its_age(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Model model = model_new(&arena, "block 100");
    model.users = 200;
    model.warm_ns = 0;
    model.duration_ns = (uint64_t)4 * SECONDS;
    Prediction prediction = predict(&model);
    bool at_least;
    assert_int_equal(prediction.finished, 40);
    assert_int_equal(prediction.unfinished, 200);
    histogram_percentile(&prediction.latency, 99, &at_least);
    assert_true(at_least);
    model.grace_ns = (uint64_t)30 * SECONDS;
    Prediction whole = predict(&model);
    assert_int_equal(whole.finished, 40);
    assert_int_equal(whole.unfinished, 0);
    is_near((double)histogram_percentile(&whole.latency, 100, &at_least), 20e6, 0.001);
    assert_false(at_least);
    assert_true(whole.stall_share == 1);
    arena_free(&arena);
}

/* --- the same numbers everywhere --- */

static void test_runs_repeat_exactly(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Model model = model_new(
        &arena,
        "cpu 0.7; gather { await 20 | thread[tokens] { cpu 3; block 10 } }; process[processes] 2; cpu 0.3");
    model.users = 70;
    model.workers = 3;
    model.think_ns = 500 * MS;
    model.spread = 0.25;
    Prediction first = predict(&model), again = predict(&model);
    assert_memory_equal(&first.latency, &again.latency, sizeof first.latency);
    assert_int_equal(first.events, again.events);
    assert_int_equal(first.longest_stall_ns, again.longest_stall_ns);
    model.seed = 2;
    assert_true(predict(&model).events != first.events);
    arena_free(&arena);
}

static void test_chance(void **state)
{
    (void)state;
    Chance chance = {42};
    assert_true(chance_next(&chance) == 0xbdd732262feb6e95u);
    double sum = 0, squares = 0;
    enum { COUNT = 200000 };
    for (int i = 0; i < COUNT; i++) {
        double value = (double)chance_exponential(&chance, 60u * (uint64_t)SECONDS) / 60e9;
        sum += value;
        squares += value * value;
    }
    is_near(sum / COUNT, 1, 0.01);
    is_near(squares / COUNT, 2, 0.03);
}

static void test_machine_shares_evenly(void **state)
{
    (void)state;
    Machine machine = {.processors = 2};
    machine_start(&machine, 300, 0, 1, 0);
    machine_start(&machine, 600, 0, 2, 0);
    uint64_t third = machine_start(&machine, 900, 0, 3, 0);
    assert_int_equal(machine_next_ns(&machine), 450);
    machine_go(&machine, 450);
    assert_int_equal(machine_take(&machine).who, 1);
    machine_stop(&machine);
    assert_int_equal(machine_left_ns(&machine, third), 600);
    assert_int_equal(machine_next_ns(&machine), 750);
    machine_go(&machine, 750);
    assert_int_equal(machine_take(&machine).who, 2);
    machine_stop(&machine);
    assert_int_equal(machine_next_ns(&machine), 1050);
    machine_free(&machine);
}

/* --- programs --- */

static void program_fails(const char *text, const char *message)
{
    Arena arena;
    arena_init(&arena);
    const ModelStep *program;
    Fail fail = {0};
    assert_false(model_program(&arena, str_from(text), "file.json", 7, pools, POOLS, &program, &fail));
    assert_string_equal(fail.text, message);
    arena_free(&arena);
}

static void test_programs_that_are_none(void **state)
{
    (void)state;
    const char *step = "expected cpu, block, await, thread, process or gather";
    char message[200];
    snprintf(message, sizeof message, "file.json:7: character 1 of the program: %s", step);
    program_fails("", message);
    program_fails("sleep 100", message);
    program_fails("cpu 1.5; | cpu 2", "file.json:7: character 10 of the program: expected a step or the end");
    snprintf(message, sizeof message, "file.json:7: character 20 of the program: %s", step);
    program_fails("gather { await 10 |}", message);
    program_fails("cpu fast", "file.json:7: character 5 of the program: expected a time in milliseconds");
    program_fails("cpu -1", "file.json:7: character 5 of the program: expected a time in milliseconds");
    program_fails("await 99999999999999999999",
                  "file.json:7: character 13 of the program: a step takes an hour at most");
    program_fails("thread { block 1 }",
                  "file.json:7: character 8 of the program: expected the name of a pool, as in thread[NAME]");
    program_fails("thread[none] { block 1 }",
                  "file.json:7: character 8 of the program: no pool is named 'none'");
    program_fails("thread[tokens] { await 1 }",
                  "file.json:7: character 18 of the program: in a thread there is cpu and block alone");
    program_fails("thread[tokens] { block 1",
                  "file.json:7: character 25 of the program: expected a step or '}'");
    program_fails("thread[tokens",
                  "file.json:7: character 8 of the program: expected ']' behind the name of the pool");
    program_fails("cpu 1 }", "file.json:7: character 7 of the program: expected a step or the end");
    program_fails(
        "gather { cpu 1 ] }",
        "file.json:7: character 16 of the program: expected cpu, block, await, thread, process or gather");
}

static void test_nesting_and_length_have_limits(void **state)
{
    (void)state;
    Buf text;
    buf_init(&text);
    for (int i = 0; i < 20; i++)
        buf_add_text(&text, "gather{");
    buf_add_byte(&text, '\0');
    program_fails(text.data,
                  "file.json:7: character 120 of the program: gathers stand too deep in each other");
    buf_clear(&text);
    for (int i = 0; i < 2000; i++)
        buf_add_text(&text, "cpu 1 ");
    buf_add_byte(&text, '\0');
    program_fails(text.data, "file.json:7: character 6006 of the program: the program has too many steps");
    buf_free(&text);
}

static void model_fails(Model model, const char *message)
{
    Prediction prediction;
    Fail fail = {0};
    assert_false(model_run(&model, &prediction, &fail));
    assert_string_equal(fail.text, message);
}

static void test_models_that_cannot_be_run(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Model model = model_new(&arena, "await 3600000");
    Model none = model, many = model;
    none.users = 0;
    model_fails(none, "the model wants 1 to 10000000 users");
    many.workers = 257;
    model_fails(many, "the model wants 1 to 256 workers");
    Model flood = model;
    flood.rate = 1e6;
    model_fails(flood, "the model stops: more than 4000000 requests are under way at once");
    Model busy = model_new(&arena, "cpu 0");
    busy.event_limit = 100000;
    model_fails(busy, "the model stops: more than 100000 events in 0 of 90 simulated seconds");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_blocked_loop_serves_one_at_a_time),
        cmocka_unit_test(test_awaits_are_for_nothing),
        cmocka_unit_test(test_awaits_one_after_the_other_and_together),
        cmocka_unit_test(test_gathers_in_gathers),
        cmocka_unit_test(test_a_pool_serves_its_size),
        cmocka_unit_test(test_last_come_first_served_starves_the_first),
        cmocka_unit_test(test_threads_share_one_gil),
        cmocka_unit_test(test_a_thread_that_computes_stalls_the_loop),
        cmocka_unit_test(test_processes_share_the_processors),
        cmocka_unit_test(test_workers),
        cmocka_unit_test(test_the_queue_of_m_d_1),
        cmocka_unit_test(test_users_who_think),
        cmocka_unit_test(test_a_million_users),
        cmocka_unit_test(test_spread_keeps_the_mean),
        cmocka_unit_test(test_what_is_not_finished_is_at_least_its_age),
        cmocka_unit_test(test_runs_repeat_exactly),
        cmocka_unit_test(test_chance),
        cmocka_unit_test(test_machine_shares_evenly),
        cmocka_unit_test(test_programs_that_are_none),
        cmocka_unit_test(test_nesting_and_length_have_limits),
        cmocka_unit_test(test_models_that_cannot_be_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
