/* Verdicts from measurements made by hand: one endpoint that calls a slow upstream, fixed well and in ways that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "verify/cells.h"
#include "verify/judge.h"
#include "verify/words.h"

#include "base/banned.h"

#define MS ((uint64_t)1000000)

enum { CLOSED, OPEN, LOADS };
enum { A_CLOSED, A_OPEN, B_CLOSED, B_OPEN, CELLS };

typedef struct Scene {
    Arena arena;
    Run run;
    RunLoad loads[LOADS];
    RunCell cells[CELLS];
    RunEndpoint endpoints[2];
    RunFinding findings[2];
    RunStall stalls[8];
    RunDifference difference;
    size_t on_first[1];
} Scene;

static RunCell *cell(Scene *scene, size_t index, Tree tree, size_t load, uint64_t p50_ms)
{
    RunCell *made = &scene->cells[index];
    *made = (RunCell){
        .tree = tree, .load = load, .answered = 100, .rounds = 2, .per_second = 16, .wall_ns = 6000 * MS};
    for (size_t i = 0; i < 100; i++)
        histogram_add(&made->latency, p50_ms * 1000);
    return made;
}

static RunStall *stall(Scene *scene, Tree tree, StallKind kind, size_t finding, const RunFrame *frames,
                       size_t depth)
{
    RunStall *made = &scene->stalls[scene->run.stall_count++];
    *made = (RunStall){
        .tree = tree, .kind = kind, .finding = finding, .stack = {frames, depth}, .at = &frames[depth - 1]};
    for (size_t i = depth; i-- > 0;)
        if (frames[i].in_project) made->at = &frames[i];
    made->call = kind == STALL_BLOCKED ? STR("recv") : STR("");
    made->by_change = tree == TREE_AFTER;
    return made;
}

static void lasts(RunStall *stall, uint64_t count, uint64_t each_ns)
{
    stall->count = count;
    stall->longest_ns = each_ns;
    stall->total_ns = count * each_ns;
}

static RunFrame in_handler[2], in_client[3], in_thread[1], elsewhere[2];

static void make_frames(void)
{
    in_handler[0] = (RunFrame){STR("/v/site-packages/requests/api.py"), STR("get"), 73, false};
    in_handler[1] = (RunFrame){STR("app.py"), STR("report"), 12, true};
    in_client[0] = (RunFrame){STR("/usr/lib/python3.11/ssl.py"), STR("create_default_context"), 770, false};
    in_client[1] =
        (RunFrame){STR("/v/site-packages/httpx/_client.py"), STR("AsyncClient.__init__"), 1370, false};
    in_client[2] = (RunFrame){STR("app.py"), STR("report"), 13, true};
    in_thread[0] = (RunFrame){STR("/usr/lib/python3.11/asyncio/events.py"), STR("Handle._run"), 80, false};
    elsewhere[0] = (RunFrame){STR("/usr/lib/python3.11/json/__init__.py"), STR("loads"), 346, false};
    elsewhere[1] = (RunFrame){STR("app.py"), STR("_helper"), 4, true};
}

/* One user's calls take 100 ms each and hold the loop up for all of it; fixed, nothing is left. */
static int set_up(void **state)
{
    Scene *scene = memory_alloc(sizeof *scene);
    memset(scene, 0, sizeof *scene);
    make_frames();
    arena_init(&scene->arena);
    scene->loads[CLOSED] = (RunLoad){.words = STR("20 users without a pause"), .users = 20};
    scene->loads[OPEN] = (RunLoad){.words = STR("5 requests/s"), .users = 50, .rate = 5};
    cell(scene, A_CLOSED, TREE_BEFORE, CLOSED, 2000)->stalled_ns = 5900 * MS;
    cell(scene, A_OPEN, TREE_BEFORE, OPEN, 2000)->stalled_ns = 5900 * MS;
    cell(scene, B_CLOSED, TREE_AFTER, CLOSED, 105);
    cell(scene, B_OPEN, TREE_AFTER, OPEN, 105);
    scene->endpoints[0] = (RunEndpoint){.method = STR("GET"),
                                        .path = STR("/report"),
                                        .exercised = true,
                                        .request_count = 2,
                                        .cells = scene->cells,
                                        .cell_count = CELLS};
    scene->endpoints[1] = (RunEndpoint){.method = STR("GET"), .path = STR("/other"), .exercised = true};
    scene->findings[0] =
        (RunFinding){.code = STR("LS110"),
                     .message = STR("`requests.get` waits"),
                     .path = STR("app.py"),
                     .function = STR("report"),
                     .fingerprint = STR("00000000000000000000000000000001"),
                     .row1 = 12,
                     .end_row1 = 12,
                     .column1 = 5,
                     .after_row1 = 13,
                     .after_end_row1 = 13,
                     .fix_title = STR("Await `httpx`"),
                     .fix_shape = STR("library-swap"),
                     .seen = SEEN_CONFIRMED,
                     .seen_reason = STR("recv in requests.get (app.py:12), 103 ms, 110 times"),
                     .endpoints = scene->on_first,
                     .endpoint_count = 1,
                     .stall_ns = {103 * MS, 0}};
    scene->run = (Run){.stall_ns = 5 * MS,
                       .loads = scene->loads,
                       .load_count = LOADS,
                       .endpoints = scene->endpoints,
                       .endpoint_count = 1,
                       .findings = scene->findings,
                       .finding_count = 1,
                       .stalls = scene->stalls};
    lasts(stall(scene, TREE_BEFORE, STALL_BLOCKED, 0, in_handler, 2), 110, 103 * MS);
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    Scene *scene = *state;
    arena_free(&scene->arena);
    free(scene);
    return 0;
}

/* Each round was kept. */
static void judge(Scene *scene)
{
    for (size_t i = 0; i < 2; i++) {
        RunEndpoint *endpoint = &scene->endpoints[i];
        memset(endpoint->asked, 0, sizeof endpoint->asked);
        for (size_t k = 0; k < endpoint->cell_count; k++) {
            const RunCell *cell = &endpoint->cells[k];
            RunAsked *asked = &endpoint->asked[cell->tree];
            asked->wall_ns += cell->wall_ns;
            asked->stalled_ns += cell->stalled_ns;
            asked->answered += cell->answered;
            asked->others += cell->failed + cell->unfinished;
        }
    }
    run_judge(&scene->arena, &scene->run, scene->findings, scene->endpoints);
}

static void judged(Scene *scene, Verdict verdict, const char *reason, int exit_code)
{
    judge(scene);
    const RunFinding *finding = &scene->findings[0];
    if (finding->verdict != verdict || (reason && !str_equal(finding->verdict_reason, str_from(reason))))
        print_error("%s: %.*s\n", verdict_name(finding->verdict), (int)finding->verdict_reason.len,
                    finding->verdict_reason.ptr);
    assert_int_equal(finding->verdict, verdict);
    if (reason) assert_true(str_equal(finding->verdict_reason, str_from(reason)));
    assert_int_equal(run_exit_code(&scene->run), exit_code);
}

/* --- a fix that is one --- */

static void a_stall_that_is_gone_is_fixed(void **state)
{
    Scene *scene = *state;
    judged(scene, VERDICT_FIXED, "longest stall at its lines 103 ms → none", 0);
    assert_int_equal(scene->endpoints[0].verdict, VERDICT_FIXED);
    assert_int_equal(scene->run.verdict, VERDICT_FIXED);
}

/* Twenty times as many requests keep the loop busy, each for a moment. */
static void a_busy_loop_is_fixed(void **state)
{
    Scene *scene = *state;
    scene->cells[B_CLOSED].answered = 20000;
    scene->cells[B_CLOSED].stalled_ns = 3000 * MS;
    lasts(stall(scene, TREE_AFTER, STALL_CPU, 0, &in_client[2], 1), 300, 10 * MS);
    judged(scene, VERDICT_FIXED, NULL, 0);
}

/* Another finding of the same endpoint, not fixed, takes the time that is free now. */
static void an_unfixed_neighbour_is_no_fault(void **state)
{
    Scene *scene = *state;
    scene->findings[1] = scene->findings[0];
    scene->findings[1].fix_title = STR("");
    scene->findings[1].row1 = scene->findings[1].after_row1 = 30;
    scene->run.finding_count = 2;
    lasts(stall(scene, TREE_BEFORE, STALL_BLOCKED, 1, elsewhere, 2), 10, 50 * MS);
    lasts(stall(scene, TREE_AFTER, STALL_BLOCKED, 1, elsewhere, 2), 110, 50 * MS);
    scene->cells[B_CLOSED].stalled_ns = 5500 * MS;
    judged(scene, VERDICT_FIXED, NULL, 0);
    assert_int_equal(scene->findings[1].verdict, VERDICT_NONE);
}

static void a_short_call_that_left_the_loop_is_fixed(void **state)
{
    Scene *scene = *state;
    scene->run.stall_count = 0;
    scene->findings[0].stall_ns[TREE_BEFORE] = 0;
    scene->findings[0].calls[TREE_BEFORE] = 2;
    scene->findings[0].call_ns[TREE_BEFORE] = 40000;
    cell(scene, A_CLOSED, TREE_BEFORE, CLOSED, 105);
    cell(scene, A_OPEN, TREE_BEFORE, OPEN, 105);
    judged(scene, VERDICT_FIXED, "the call left the loop's thread", 0);
    scene->findings[0].calls[TREE_AFTER] = 2;
    scene->findings[0].call_ns[TREE_AFTER] = 38000;
    judged(scene, VERDICT_NOT_FIXED, "the call is still made on the loop's thread, 2 times, 0.019 ms", 1);
    scene->findings[0].call_ns[TREE_AFTER] = 3000;
    judged(scene, VERDICT_FIXED, NULL, 0);
}

/* --- the five that are none --- */

static void broken_it_still_blocks(void **state)
{
    Scene *scene = *state;
    lasts(stall(scene, TREE_AFTER, STALL_BLOCKED, 0, in_handler, 2), 110, 103 * MS);
    judged(scene, VERDICT_NOT_FIXED, "still: recv in requests.get (app.py:12), 103 ms", 1);
    /* Seldom, but long. */
    scene->run.stall_count = 1;
    lasts(stall(scene, TREE_AFTER, STALL_BLOCKED, 0, in_handler, 2), 4, 60 * MS);
    judged(scene, VERDICT_NOT_FIXED, "still: recv in requests.get (app.py:12), 60 ms", 1);
    /* Seldom, and for a small part of what it was. */
    scene->run.stall_count = 1;
    lasts(stall(scene, TREE_AFTER, STALL_BLOCKED, 0, in_handler, 2), 10, 20 * MS);
    judged(scene, VERDICT_FIXED, NULL, 0);
    /* Once in all, and short: the machine's. */
    scene->run.stall_count = 1;
    lasts(stall(scene, TREE_AFTER, STALL_BLOCKED, 0, in_handler, 2), 1, 6 * MS);
    judged(scene, VERDICT_FIXED, NULL, 0);
}

static void broken_a_client_for_each_call(void **state)
{
    Scene *scene = *state;
    lasts(stall(scene, TREE_AFTER, STALL_CPU, 0, in_client, 3), 140, 37 * MS);
    scene->cells[B_CLOSED].stalled_ns = 5000 * MS;
    judged(scene, VERDICT_NOT_FIXED,
           "builds a client for each call: ssl.create_default_context, 37 ms in httpx.AsyncClient "
           "(app.py:13); 46 % of the "
           "stall is left",
           1);
}

static void broken_computing_moved_to_a_thread(void **state)
{
    Scene *scene = *state;
    scene->stalls[0].kind = STALL_CPU;
    lasts(stall(scene, TREE_AFTER, STALL_GIL, SIZE_MAX, in_thread, 1), 200, 42 * MS);
    scene->cells[B_CLOSED].stalled_ns = 5000 * MS;
    scene->cells[B_OPEN].stalled_ns = 5000 * MS;
    judged(scene, VERDICT_NOT_FIXED,
           "waits for the GIL: 84 % of the stall, held by a worker thread; 74 % of the stall is left", 1);
}

static void broken_the_body_changed(void **state)
{
    Scene *scene = *state;
    scene->difference = (RunDifference){STR("GET /report"), STR("body $.total"), STR("12"), STR("13")};
    scene->endpoints[0].differences = &scene->difference;
    scene->endpoints[0].difference_count = 1;
    judged(scene, VERDICT_BEHAVIOUR_CHANGED, "GET /report: body $.total: 12 → 13", 1);
    assert_int_equal(scene->endpoints[0].verdict, VERDICT_BEHAVIOUR_CHANGED);
}

static void broken_an_upstream_call_is_lost(void **state)
{
    Scene *scene = *state;
    scene->difference = (RunDifference){STR("GET /report"), STR("upstream call lost"), STR("POST pay/charge"),
                                        STR("not made")};
    scene->endpoints[0].differences = &scene->difference;
    scene->endpoints[0].difference_count = 1;
    judged(scene, VERDICT_BEHAVIOUR_CHANGED, "GET /report: upstream call lost: POST pay/charge → not made",
           1);
}

/* --- the other verdicts --- */

static void a_stall_that_moved_is_not_fixed(void **state)
{
    Scene *scene = *state;
    lasts(stall(scene, TREE_AFTER, STALL_BLOCKED, SIZE_MAX, elsewhere, 2), 100, 100 * MS);
    judged(scene, VERDICT_NOT_FIXED,
           "stalls elsewhere now: recv in json.loads (app.py:4), 100 ms; 88 % of the stall is left", 1);
    /* Another line of the function that was fixed is another place, too. */
    scene->run.stall_count = 1;
    RunFrame below = in_handler[1];
    below.row1 = 20;
    lasts(stall(scene, TREE_AFTER, STALL_BLOCKED, SIZE_MAX, &below, 1), 100, 100 * MS);
    judged(scene, VERDICT_NOT_FIXED, NULL, 1);
    /* A knows the place: it has nothing to do with the fix. */
    scene->run.stall_count = 1;
    lasts(stall(scene, TREE_AFTER, STALL_BLOCKED, SIZE_MAX, elsewhere, 2), 100, 100 * MS);
    lasts(stall(scene, TREE_BEFORE, STALL_BLOCKED, SIZE_MAX, elsewhere, 2), 100, 10 * MS);
    judged(scene, VERDICT_FIXED, NULL, 0);
}

/* What a middleware does for each request is more of the time when nothing else holds the loop up. */
static void a_stall_beside_the_change_is_not_its_fault(void **state)
{
    Scene *scene = *state;
    RunStall *beside = stall(scene, TREE_AFTER, STALL_CPU, SIZE_MAX, elsewhere, 2);
    lasts(beside, 100, 12 * MS);
    judged(scene, VERDICT_NOT_FIXED, NULL, 1);
    beside->by_change = false;
    judged(scene, VERDICT_FIXED, NULL, 0);
}

/* Twenty users keep a loop busy, and each tick computes a little for many of them. */
static void much_of_little_is_no_stall(void **state)
{
    Scene *scene = *state;
    RunStall *busy = &scene->stalls[0];
    busy->kind = STALL_CPU;
    scene->findings[0].calls[TREE_BEFORE] = 2;
    scene->findings[0].call_ns[TREE_BEFORE] = MS;
    scene->cells[A_CLOSED].answered = scene->cells[B_CLOSED].answered = 3000;
    lasts(busy, 150, 20 * MS);
    lasts(stall(scene, TREE_AFTER, STALL_GIL, SIZE_MAX, in_thread, 1), 150, 18 * MS);
    judged(scene, VERDICT_FIXED, "the call left the loop's thread", 0);
    scene->findings[0].calls[TREE_BEFORE] = 0;
    judged(scene, VERDICT_NOT_REPRODUCED, "runs, and computes 1.0 ms a request", 1);
    scene->cells[A_CLOSED].answered = scene->cells[B_CLOSED].answered = 300;
    judged(scene, VERDICT_NOT_FIXED, NULL, 1);
}

/* A picture and the file it goes to, both in threads now: the picture holds the GIL. */
static void work_that_moved_together_shares_the_gil(void **state)
{
    Scene *scene = *state;
    scene->findings[1] = scene->findings[0];
    scene->run.finding_count = 2;
    scene->stalls[0].kind = STALL_CPU;
    lasts(stall(scene, TREE_BEFORE, STALL_CPU, 1, in_handler, 2), 100, 8 * MS);
    lasts(stall(scene, TREE_AFTER, STALL_GIL, SIZE_MAX, in_thread, 1), 100, 7 * MS);
    judged(scene, VERDICT_FIXED, NULL, 0);
    assert_int_equal(scene->findings[1].verdict, VERDICT_FIXED);
    scene->stalls[0].kind = STALL_BLOCKED;
    judged(scene, VERDICT_FIXED, NULL, 1);
    assert_int_equal(scene->findings[1].verdict, VERDICT_NOT_FIXED);
}

/* What takes no time beside the call that was fixed leaves its endpoint fixed, and the run not all. */
static void an_endpoint_is_fixed_beside_what_takes_no_time(void **state)
{
    Scene *scene = *state;
    scene->findings[1] = scene->findings[0];
    scene->findings[1].seen = SEEN_NOT_REPRODUCED;
    scene->run.finding_count = 2;
    judged(scene, VERDICT_FIXED, NULL, 1);
    assert_int_equal(scene->endpoints[0].verdict, VERDICT_FIXED);
    assert_int_equal(scene->run.verdict, VERDICT_NOT_REPRODUCED);
}

static void requests_that_fail_under_load(void **state)
{
    Scene *scene = *state;
    scene->cells[B_CLOSED].failed = 12;
    judged(scene, VERDICT_BEHAVIOUR_CHANGED, "GET /report: under load 12 of 212 requests fail", 1);
    /* A's loop stands still for so long that it answers nothing. */
    scene->cells[A_CLOSED].answered = scene->cells[A_OPEN].answered = 0;
    judged(scene, VERDICT_BEHAVIOUR_CHANGED, "GET /report: under load 12 of 212 requests fail", 1);
}

/* A table that is emptied and filled again: as long as nobody came in between, each request asked all that stood in it. */
static void calls_that_are_lost_under_load(void **state)
{
    Scene *scene = *state;
    scene->endpoints[0].calls = (RunCalls){.alone = 2, .count = {48, 300}, .handled = {24, 1000}};
    judged(scene, VERDICT_BEHAVIOUR_CHANGED,
           "GET /report: under load 0.3 calls to the outside a request, 2 alone", 1);
    scene->endpoints[0].calls.count[TREE_BEFORE] = 3; /* a cache */
    judged(scene, VERDICT_FIXED, NULL, 0);
    scene->endpoints[0].calls = (RunCalls){.alone = 2, .count = {4, 300}, .handled = {2, 1000}}; /* too few */
    judged(scene, VERDICT_FIXED, NULL, 0);
    scene->endpoints[0].calls = (RunCalls){.alone = 2, .count = {48, 1900}, .handled = {24, 1000}};
    judged(scene, VERDICT_FIXED, NULL, 0);
}

static void later_answers_are_slower(void **state)
{
    Scene *scene = *state;
    cell(scene, B_CLOSED, TREE_AFTER, CLOSED, 2400);
    judged(scene, VERDICT_SLOWER, NULL, 1);
    assert_true(str_starts(scene->findings[0].verdict_reason, STR("GET /report: p50 2,")));
    cell(scene, B_CLOSED, TREE_AFTER, CLOSED, 2100);
    judged(scene, VERDICT_FIXED, NULL, 0);
    cell(scene, B_OPEN, TREE_AFTER, OPEN, 2400);
    judged(scene, VERDICT_SLOWER, NULL, 1);
    assert_true(str_starts(scene->findings[0].verdict_reason, STR("GET /report: p99 2,")));
}

/* Noise only stands in the way where it could turn the verdict. */
static void noise_that_may_turn_the_verdict(void **state)
{
    Scene *scene = *state;
    scene->cells[A_CLOSED].spread = 0.3;
    judged(scene, VERDICT_FIXED, NULL, 0);
    cell(scene, B_CLOSED, TREE_AFTER, CLOSED, 2100);
    judged(scene, VERDICT_NOISY, NULL, 5);
    cell(scene, B_CLOSED, TREE_AFTER, CLOSED, 2400);
    judged(scene, VERDICT_NOISY, NULL, 5);
    cell(scene, B_CLOSED, TREE_AFTER, CLOSED, 2900);
    judged(scene, VERDICT_SLOWER, NULL, 1);
    scene->cells[A_CLOSED].spread = 0;
    scene->cells[A_CLOSED].runqueue_ns = 600 * MS;
    cell(scene, B_CLOSED, TREE_AFTER, CLOSED, 2100);
    judged(scene, VERDICT_NOISY, NULL, 5);
}

static void another_endpoint_s_noise_is_its_own(void **state)
{
    Scene *scene = *state;
    cell(scene, B_CLOSED, TREE_AFTER, CLOSED, 2400);
    scene->run.noise = scene->endpoints[1].noise = 0.4;
    judged(scene, VERDICT_SLOWER, NULL, 1);
    scene->endpoints[0].noise = 0.4;
    judged(scene, VERDICT_NOISY, NULL, 5);
}

static void who_mostly_refuses_is_not_timed(void **state)
{
    Scene *scene = *state;
    cell(scene, B_CLOSED, TREE_AFTER, CLOSED, 2900);
    scene->cells[A_CLOSED].failed = scene->cells[B_CLOSED].failed = 90;
    judged(scene, VERDICT_SLOWER, NULL, 1);
    scene->cells[A_CLOSED].failed = scene->cells[B_CLOSED].failed = 110;
    judged(scene, VERDICT_FIXED, NULL, 0);
}

static void answered(Scene *scene, size_t index, uint64_t count, uint64_t unfinished)
{
    scene->cells[index].answered = count;
    scene->cells[index].unfinished = unfinished;
}

/* A little that is left is no stall of each request because none was answered; much is, however many wait. */
static void who_answers_nobody_has_no_requests_to_count(void **state)
{
    Scene *scene = *state;
    answered(scene, B_CLOSED, 0, 200);
    answered(scene, B_OPEN, 0, 200);
    RunStall *left = stall(scene, TREE_AFTER, STALL_CPU, 0, in_handler, 2);
    lasts(left, 2, 8 * MS);
    judged(scene, VERDICT_FIXED, NULL, 0);
    lasts(left, 50, 100 * MS);
    judged(scene, VERDICT_NOT_FIXED, NULL, 1);
}

/* Who keeps everybody waiting is later, though no answer says so. */
static void who_answers_nobody_is_slower(void **state)
{
    Scene *scene = *state;
    cell(scene, B_CLOSED, TREE_AFTER, CLOSED, 2900);
    answered(scene, B_CLOSED, 0, 100);
    judged(scene, VERDICT_SLOWER, NULL, 1);
}

static RunFrame in_storage[2];

/* A lock that is held over the new await keeps others waiting where nobody waited before. */
static void a_lock_that_is_held_over_an_await_stalls(void **state)
{
    Scene *scene = *state;
    in_storage[0] = (RunFrame){STR("storage.py"), STR("add"), 18, true};
    in_storage[1] = in_handler[1];
    RunStall *waits = stall(scene, TREE_AFTER, STALL_BLOCKED, SIZE_MAX, in_storage, 2);
    waits->at = &in_storage[0];
    waits->by_change = false;
    lasts(waits, 55, 100 * MS);
    judged(scene, VERDICT_NOT_FIXED,
           "stalls elsewhere now: recv in add (storage.py:18), 100 ms; 49 % of the stall is left", 1);
    RunStall *waited = stall(scene, TREE_BEFORE, STALL_BLOCKED, SIZE_MAX, in_storage, 2);
    waited->at = &in_storage[0];
    lasts(waited, 30, 20 * MS); /* an answer in A waited for as long as a tenth */
    judged(scene, VERDICT_FIXED, NULL, 0);
    waited->total_ns = 0;
    in_storage[1] = elsewhere[1]; /* another function leads there */
    judged(scene, VERDICT_FIXED, NULL, 0);
}

/* What a call waits for may be a processor. */
static void a_busy_machine_moves_stalls(void **state)
{
    Scene *scene = *state;
    lasts(stall(scene, TREE_AFTER, STALL_BLOCKED, SIZE_MAX, elsewhere, 2), 100, 20 * MS);
    scene->cells[B_CLOSED].stalled_ns = scene->cells[B_OPEN].stalled_ns = 1000 * MS;
    judged(scene, VERDICT_NOT_FIXED, NULL, 1);
    scene->cells[B_CLOSED].runqueue_ns = 3600 * MS;
    judged(scene, VERDICT_NOISY,
           "stalls elsewhere now: recv in json.loads (app.py:4), 20 ms; 18 % of the stall is left; for 30 % "
           "of the time the machine "
           "ran something else",
           5);
}

/* Of nine and ten answers in a round the rounds differ by a tenth, and by one request. */
static void one_request_more_is_no_noise(void **state)
{
    (void)state;
    RunCell few = {.answered = 19, .rounds = 2, .spread = 0.12, .wall_ns = MS};
    RunCell many = {.answered = 1900, .rounds = 2, .spread = 0.12, .wall_ns = MS};
    assert_false(cell_is_noisy(&few));
    assert_true(cell_is_noisy(&many));
}

static void nothing_seen_is_nothing_fixed(void **state)
{
    Scene *scene = *state;
    scene->run.stall_count = 0;
    scene->findings[0].seen = SEEN_NOT_REPRODUCED;
    scene->findings[0].seen_reason = STR("runs, and takes less than 5.0 ms");
    judged(scene, VERDICT_NOT_REPRODUCED, "runs, and takes less than 5.0 ms", 1);
    scene->findings[0].seen = SEEN_NOT_EXERCISED;
    scene->findings[0].seen_reason = STR("POST /orders was not asked");
    judged(scene, VERDICT_NOT_EXERCISED, "POST /orders was not asked", 1);
    scene->findings[0].seen = SEEN_CONFIRMED;
    scene->endpoints[0].exercised = false;
    scene->endpoints[0].reason = STR("422: field required in query.q");
    judged(scene, VERDICT_NOT_EXERCISED, "422: field required in query.q", 1);
    assert_int_equal(scene->endpoints[0].verdict, VERDICT_NOT_EXERCISED);
}

static void without_a_fix_there_is_no_verdict(void **state)
{
    Scene *scene = *state;
    scene->findings[0].fix_title = STR("");
    judged(scene, VERDICT_NONE, "", 1);
    scene->findings[0].seen = SEEN_NOT_REPRODUCED;
    judged(scene, VERDICT_NONE, "", 0);
}

static void awaits_in_a_row_are_judged_by_the_latency(void **state)
{
    Scene *scene = *state;
    scene->run.stall_count = 0;
    scene->findings[0].harm = HARM_WAIT;
    scene->findings[0].seen = SEEN_NOT_REPRODUCED;
    cell(scene, A_CLOSED, TREE_BEFORE, CLOSED, 306);
    judged(scene, VERDICT_FIXED, NULL, 0);
    assert_int_equal(scene->findings[0].seen, SEEN_CONFIRMED);
    scene->findings[0].seen = SEEN_NOT_REPRODUCED;
    cell(scene, A_CLOSED, TREE_BEFORE, CLOSED, 108);
    cell(scene, A_OPEN, TREE_BEFORE, OPEN, 108);
    judged(scene, VERDICT_NOT_REPRODUCED, "runs, and answers come no sooner", 1);
}

/* The order of the endpoints and of the stalls is no evidence. */
static void permuting_changes_no_verdict(void **state)
{
    Scene *scene = *state;
    lasts(stall(scene, TREE_AFTER, STALL_CPU, 0, in_client, 3), 140, 37 * MS);
    lasts(stall(scene, TREE_AFTER, STALL_CPU, SIZE_MAX, elsewhere, 2), 3, 7 * MS);
    scene->run.endpoint_count = 2;
    judge(scene);
    Verdict first = scene->findings[0].verdict;
    Str reason = scene->findings[0].verdict_reason;
    RunEndpoint other = scene->endpoints[0];
    scene->endpoints[0] = scene->endpoints[1];
    scene->endpoints[1] = other;
    scene->on_first[0] = 1;
    for (size_t i = 0; i < 3; i++)
        scene->stalls[i].endpoint = 1;
    RunStall last = scene->stalls[2];
    scene->stalls[2] = scene->stalls[0];
    scene->stalls[0] = last;
    judge(scene);
    assert_int_equal(scene->findings[0].verdict, first);
    assert_true(str_equal(scene->findings[0].verdict_reason, reason));
}

/* --- words --- */

static void reads(void (*add)(Buf *buf, uint64_t number), uint64_t number, const char *wanted)
{
    Buf buf;
    buf_init(&buf);
    add(&buf, number);
    assert_true(str_equal(buf_str(&buf), str_from(wanted)));
    buf_free(&buf);
}

static void numbers_as_a_reader_says_them(void **state)
{
    (void)state;
    reads(words_add_ms, 0, "0.0 ms");
    reads(words_add_ms, 20000, "0.02 ms");
    reads(words_add_ms, 4200000, "4.2 ms");
    reads(words_add_ms, 103 * MS, "103 ms");
    reads(words_add_ms, 2048 * MS, "2,048 ms");
    reads(words_add_count, 1234567, "1,234,567");
    reads(words_add_times, 1, "once");
    reads(words_add_times, 12, "12 times");
}

static void a_missed_stall_is_the_projects_own(void **state)
{
    Scene *scene = *state;
    scene->run.stall_count = 0;
    RunStall *blocked = stall(scene, TREE_BEFORE, STALL_BLOCKED, SIZE_MAX, elsewhere, 2);
    lasts(blocked, 1, 50 * MS);
    assert_true(stall_is_missed(&scene->run, blocked));
    assert_false(stall_is_foreign(&scene->run, blocked));
    blocked->longest_ns = 4 * MS;
    assert_false(stall_is_missed(&scene->run, blocked));
    RunStall *foreign = stall(scene, TREE_BEFORE, STALL_BLOCKED, SIZE_MAX, in_thread, 1);
    lasts(foreign, 1, 50 * MS);
    assert_false(stall_is_missed(&scene->run, foreign));
    assert_true(stall_is_foreign(&scene->run, foreign));
    foreign->at = NULL; /* it may be anybody's */
    assert_true(stall_is_missed(&scene->run, foreign));
    assert_false(stall_is_foreign(&scene->run, foreign));
    RunStall *busy = stall(scene, TREE_BEFORE, STALL_CPU, SIZE_MAX, elsewhere, 2);
    lasts(busy, 10, 6 * MS); /* 0.3 ms a request */
    assert_false(stall_is_missed(&scene->run, busy));
    lasts(busy, 200, 40 * MS);
    assert_true(stall_is_missed(&scene->run, busy));
    busy->finding = 0;
    assert_false(stall_is_missed(&scene->run, busy));
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(a_stall_that_is_gone_is_fixed),
        WITH(a_busy_loop_is_fixed),
        WITH(an_unfixed_neighbour_is_no_fault),
        WITH(a_short_call_that_left_the_loop_is_fixed),
        WITH(broken_it_still_blocks),
        WITH(broken_a_client_for_each_call),
        WITH(broken_computing_moved_to_a_thread),
        WITH(broken_the_body_changed),
        WITH(broken_an_upstream_call_is_lost),
        WITH(a_stall_that_moved_is_not_fixed),
        WITH(a_stall_beside_the_change_is_not_its_fault),
        WITH(much_of_little_is_no_stall),
        WITH(an_endpoint_is_fixed_beside_what_takes_no_time),
        WITH(work_that_moved_together_shares_the_gil),
        WITH(a_busy_machine_moves_stalls),
        WITH(requests_that_fail_under_load),
        WITH(calls_that_are_lost_under_load),
        WITH(later_answers_are_slower),
        WITH(noise_that_may_turn_the_verdict),
        WITH(another_endpoint_s_noise_is_its_own),
        WITH(who_mostly_refuses_is_not_timed),
        WITH(who_answers_nobody_has_no_requests_to_count),
        WITH(who_answers_nobody_is_slower),
        WITH(a_lock_that_is_held_over_an_await_stalls),
        WITH(one_request_more_is_no_noise),
        WITH(nothing_seen_is_nothing_fixed),
        WITH(without_a_fix_there_is_no_verdict),
        WITH(awaits_in_a_row_are_judged_by_the_latency),
        WITH(permuting_changes_no_verdict),
        WITH(numbers_as_a_reader_says_them),
        WITH(a_missed_stall_is_the_projects_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
