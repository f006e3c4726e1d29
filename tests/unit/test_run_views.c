/* A run as JSON and read back, and as a table. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/io.h"
#include "base/json.h"
#include "verify/judge.h"
#include "verify/run_json.h"
#include "verify/run_read.h"
#include "verify/run_table.h"
#include "verify/words.h"

#include "base/banned.h"

#define MS ((uint64_t)1000000)

typedef struct Scene {
    Arena arena;
    Run run;
    RunLoad load;
    RunCell cells[2];
    RunTick tick;
    RunEndpoint endpoints[2];
    RunFinding findings[2];
    RunFrame frames[2];
    RunStall stalls[2];
    Str notes[1];
    size_t endpoint;
} Scene;

static void fill_cell(RunCell *cell, Tree tree, double rate, uint64_t latency_us)
{
    *cell = (RunCell){.tree = tree, .answered = 100, .rounds = 2, .per_second = rate, .wall_ns = 6000 * MS};
    for (size_t i = 0; i < 100; i++)
        histogram_add(&cell->latency, latency_us);
}

static void fill(Scene *scene)
{
    scene->load = (RunLoad){.words = STR("20 users without a pause"), .users = 20};
    fill_cell(&scene->cells[0], TREE_BEFORE, 9.8, 2048000);
    fill_cell(&scene->cells[1], TREE_AFTER, 187.4, 100000);
    histogram_add_unfinished(&scene->cells[0].latency, 3000000);
    scene->cells[0].stalled_ns = scene->cells[0].blocked_ns = 6000 * MS;
    scene->cells[0].longest_ns = 2048 * MS;
    scene->cells[1].longest_ns = 8 * MS;
    scene->cells[1].stalled_ns = 24 * MS;
    scene->tick = (RunTick){.at_ns = MS, .for_ns = 103 * MS, .blocked_ns = 103 * MS};
    scene->cells[0].ticks = &scene->tick;
    scene->cells[0].tick_count = 1;
    scene->endpoints[0] = (RunEndpoint){.method = STR("GET"),
                                        .path = STR("/report"),
                                        .exercised = true,
                                        .request_count = 2,
                                        .cells = scene->cells,
                                        .cell_count = 2};
    scene->endpoints[1] = (RunEndpoint){.method = STR("POST"),
                                        .path = STR("/orders\x1b[31m"),
                                        .reason = STR("422: field required in body.total")};
    scene->frames[0] = (RunFrame){STR("/v/site-packages/requests/api.py"), STR("get"), 73, false};
    scene->frames[1] = (RunFrame){STR("app.py"), STR("report"), 12, true};
    scene->stalls[0] = (RunStall){.kind = STALL_BLOCKED,
                                  .call = STR("recv"),
                                  .at = &scene->frames[1],
                                  .stack = {scene->frames, 2},
                                  .count = 110,
                                  .total_ns = 110 * 103 * MS,
                                  .longest_ns = 103 * MS};
    scene->stalls[1] = scene->stalls[0];
    scene->stalls[1].finding = scene->stalls[1].endpoint = SIZE_MAX;
    scene->findings[0] =
        (RunFinding){.code = STR("LS110"),
                     .message = STR("`requests.get` waits"),
                     .path = STR("app.py"),
                     .function = STR("report"),
                     .fingerprint = STR("00000000000000000000000000000001"),
                     .row1 = 12,
                     .end_row1 = 13,
                     .column1 = 5,
                     .after_row1 = 13,
                     .after_end_row1 = 13,
                     .fix_title = STR("Await `httpx`"),
                     .fix_shape = STR("library-swap"),
                     .seen = SEEN_CONFIRMED,
                     .seen_reason = STR("recv in requests.get (app.py:12), 103 ms, 110 times"),
                     .endpoints = &scene->endpoint,
                     .endpoint_count = 1,
                     .stall_ns = {103 * MS, 0}};
    scene->findings[1] = (RunFinding){.code = STR("LS130"),
                                      .message = STR("`open`"),
                                      .path = STR("app.py"),
                                      .fingerprint = STR("2"),
                                      .row1 = 30,
                                      .end_row1 = 30,
                                      .seen = SEEN_CONFIRMED,
                                      .seen_reason = STR("open in report (app.py:30), 0.02 ms, 2 times"),
                                      .calls = {2, 0},
                                      .call_ns = {40000, 0}};
    scene->notes[0] = STR("stand-in for api.example.com: 100 ms, 240 requests");
    scene->run = (Run){.command = STR("loopsafe verify app:app --fix"),
                       .app = STR("app:app"),
                       .started = STR("2026-11-20T10:00:00Z"),
                       .python = STR("3.11.2"),
                       .guard = STR("network namespace with loopback only"),
                       .version = STR("0.1.0"),
                       .stall_ns = 5 * MS,
                       .loads = &scene->load,
                       .load_count = 1,
                       .endpoints = scene->endpoints,
                       .endpoint_count = 2,
                       .findings = scene->findings,
                       .finding_count = 2,
                       .stalls = scene->stalls,
                       .stall_count = 2,
                       .stand_ins = scene->notes,
                       .stand_in_count = 1,
                       .probe_overhead = 0.004,
                       .took_ns = 19000 * MS};
}

static int set_up(void **state)
{
    Scene *scene = memory_alloc(sizeof *scene);
    memset(scene, 0, sizeof *scene);
    arena_init(&scene->arena);
    fill(scene);
    for (size_t i = 0; i < scene->endpoints[0].cell_count; i++) {
        const RunCell *cell = &scene->endpoints[0].cells[i];
        scene->endpoints[0].asked[cell->tree] =
            (RunAsked){.wall_ns = cell->wall_ns, .answered = cell->answered};
    }
    run_judge(&scene->arena, &scene->run, scene->findings, scene->endpoints);
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

/* --- JSON --- */

static const cJSON *member(const cJSON *object, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    if (!value) print_error("%s is missing\n", key);
    assert_non_null(value);
    return value;
}

static void json_holds_the_run(void **state)
{
    Scene *scene = *state;
    scene->run.noise = (double)NAN;
    Buf text;
    buf_init(&text);
    run_json_add(&text, &scene->run);
    Fail fail = {0};
    cJSON *tree = json_parse(buf_str(&text), "run.json", &fail);
    assert_non_null(tree);
    assert_int_equal(member(tree, "loopsafe_run")->valueint, 1);
    assert_string_equal(member(tree, "verdict")->valuestring, "FIXED");
    assert_true(cJSON_IsNull(member(tree, "noise")));
    const cJSON *endpoint = member(tree, "endpoints")->child, *cell = member(endpoint, "cells")->child;
    assert_true(member(cell, "stall_share")->valuedouble > 0.99);
    assert_true(cJSON_IsTrue(member(member(member(cell, "latency"), "most"), "at_least")));
    assert_int_equal(cJSON_GetArraySize(member(member(cell, "latency"), "buckets")), 2);
    assert_int_equal(member(member(member(cell, "timeline"), "ticks")->child, "ms")->valueint, 103);
    const cJSON *stall = member(tree, "stalls")->child;
    assert_true(cJSON_IsFalse(member(stall, "missed")));
    assert_true(cJSON_IsTrue(member(stall->next, "missed")));
    assert_true(cJSON_IsNull(member(stall->next, "finding")));
    assert_int_equal(cJSON_GetArraySize(member(stall, "stack")), 2);
    const cJSON *finding = member(tree, "findings")->child;
    assert_string_equal(member(member(finding, "fix"), "shape")->valuestring, "library-swap");
    assert_true(cJSON_IsNull(member(finding->next, "verdict")));
    cJSON_Delete(tree);
    buf_free(&text);
}

/* --- read back --- */

typedef struct Folder {
    char path[64], file[80];
} Folder;

static void folder_open(Folder *folder, Str text)
{
    snprintf(folder->path, sizeof folder->path, "/tmp/loopsafe-test-XXXXXX");
    assert_non_null(mkdtemp(folder->path));
    snprintf(folder->file, sizeof folder->file, "%s/run.json", folder->path);
    Fail fail = {0};
    assert_true(io_write_file(folder->file, text, &fail));
}

static void folder_close(Folder *folder)
{
    assert_int_equal(remove(folder->file), 0);
    assert_int_equal(remove(folder->path), 0);
}

static void what_was_written_is_read(void **state)
{
    Scene *scene = *state;
    Buf text;
    buf_init(&text);
    run_json_add(&text, &scene->run);
    Folder folder;
    folder_open(&folder, buf_str(&text));
    RunSaids said;
    Fail fail = {0};
    assert_true(run_read(&scene->arena, folder.file, &said, &fail));
    assert_int_equal(said.count, 2);
    assert_true(str_equal(said.items[0].code, STR("LS110")));
    assert_true(str_equal(said.items[0].fingerprint, STR("00000000000000000000000000000001")));
    assert_int_equal(said.items[0].row1, 12);
    assert_int_equal(said.items[0].end_row1, 13);
    assert_int_equal(said.items[0].verdict, VERDICT_FIXED);
    assert_int_equal((int)(said.items[0].stall_ms + 0.5), 103);
    assert_int_equal(said.items[1].verdict, VERDICT_NONE);
    assert_int_equal((int)(said.items[1].stall_ms * 1000 + 0.5), 20);
    folder_close(&folder);
    buf_free(&text);
}

static void is_refused(Scene *scene, const char *text, const char *wanted)
{
    Folder folder;
    folder_open(&folder, str_from(text));
    RunSaids said;
    Fail fail = {0};
    assert_false(run_read(&scene->arena, folder.file, &said, &fail));
    assert_int_equal(strncmp(fail.text, folder.file, strlen(folder.file)), 0);
    assert_string_equal(fail.text + strlen(folder.file), wanted);
    folder_close(&folder);
}

#define FINDING                                                                                              \
    "{\"code\": \"LS110\", \"path\": \"a\", \"fingerprint\": \"{[\", \"row\": 1, \"end_row\": 1, "           \
    "\"seen\": \"confirmed\", \"verdict\": null, \"stall_ms\": {\"before\": 1}, \"calls\": {\"before\": "    \
    "0}, "                                                                                                   \
    "\"call_ms\": {\"before\": 0}}"

static void a_bad_file_is_one_line(void **state)
{
    Scene *scene = *state;
    is_refused(scene, "{\n\"loopsafe_run\": 1,\n", ":2: is not valid JSON");
    is_refused(scene, "[]", ":1: was not written by 'loopsafe verify --json'");
    is_refused(scene, "{\"loopsafe_run\": 2}",
               ":1: was written by another version of loopsafe: its format is 2");
    is_refused(scene, "{\"loopsafe_run\": 1}", ":1: has no list \"findings\"");
    is_refused(scene, "{\"loopsafe_run\": 1,\n\"x\": [{}],\n\"findings\": [\n" FINDING ",\n{\"code\": 1}]}",
               ":5: \"code\" of a finding is no text");
    is_refused(scene,
               "{\"loopsafe_run\": 1, \"findings\": [\n{\"code\": \"a\", \"path\": \"b\", \"fingerprint\": "
               "\"c\", \"row\": -1}]}",
               ":2: \"row\" of a finding is no line number");
    is_refused(scene, "{\"loopsafe_run\": 1, \"findings\": [7]}", ":1: \"code\" of a finding is no text");
    RunSaids said;
    Fail fail = {0};
    assert_false(run_read(&scene->arena, "/nowhere/run.json", &said, &fail));
    assert_true(str_starts(str_from(fail.text), STR("/nowhere/run.json: ")));
}

/* --- the table --- */

static void shows(Scene *scene, const RunTableStyle *style, const char *wanted)
{
    Buf text;
    buf_init(&text);
    run_table_add(&text, &scene->run, style);
    if (str_find(buf_str(&text), str_from(wanted)) == SIZE_MAX)
        print_error("%.*s\n", (int)text.len, text.data);
    assert_true(str_find(buf_str(&text), str_from(wanted)) != SIZE_MAX);
    buf_free(&text);
}

static size_t widest(Scene *scene, const RunTableStyle *style)
{
    Buf text;
    buf_init(&text);
    run_table_add(&text, &scene->run, style);
    size_t most = 0;
    for (Str rest = buf_str(&text); rest.len;) {
        Str line = str_before(rest, '\n');
        if (line.len > most) most = line.len;
        rest = str_drop(rest, line.len < rest.len ? line.len + 1 : line.len);
    }
    buf_free(&text);
    return most;
}

static void the_table_says_it_all(void **state)
{
    Scene *scene = *state;
    RunTableStyle wide = {.columns = 120}, plain = {.columns = 80, .plain = true}, color = {.color = true};
    shows(scene, &wide,
          "                                                req/s         p50 ms         p99 ms     longest "
          "ms        stalled\n"
          "GET /report  FIXED\n"
          "  20 users without a pause                  9.8 → 187    2,056 → 100");
    shows(scene, &wide, "POST /orders␛[31m  NOT EXERCISED\n  422: field required in body.total\n");
    shows(scene, &wide,
          "\nFindings\n  app.py:12  LS110  confirmed  FIXED\n      recv in requests.get (app.py:12), 103 ms, "
          "110 times\n"
          "      longest stall at its lines 103 ms → none\n      unsafe fix: Await `httpx`\n"
          "  app.py:30  LS130  confirmed\n      open in report");
    shows(scene, &wide,
          "\nMissed by the analyser\n  recv in requests.get (app.py:12), 103 ms, 110 times\n"
          "      /v/site-packages/requests/api.py:73 get\n      app.py:12 report\n");
    shows(scene, &wide, "\nStand-ins\n  stand-in for api.example.com: 100 ms, 240 requests\n");
    shows(scene, &wide,
          "  closed loop: 20 users without a pause\n  network: network namespace with loopback only\n");
    shows(scene, &wide, "\n1 FIXED\n");
    shows(scene, &plain, "  20 users without a pause\n      9.8 -> 187   2,056 -> 100");
    shows(scene, &color, "GET /report  \x1b[1;32mFIXED\x1b[0m\n");
    assert_true(widest(scene, &plain) <= 80);
}

/* One place stands once, whichever endpoint was asked; a line that never ran takes one line. */
static void the_table_says_each_thing_once(void **state)
{
    Scene *scene = *state;
    RunTableStyle wide = {.columns = 120};
    RunFrame loop = {STR("/usr/lib/python3.11/asyncio/selector_events.py"), STR("Transport.write"), 1057,
                     false};
    RunStall stalls[4] = {scene->stalls[1], scene->stalls[1], scene->stalls[1], scene->stalls[1]};
    stalls[1].endpoint = 0;
    stalls[1].longest_ns = 210 * MS;
    stalls[2].call = stalls[3].call = STR("send");
    stalls[2].at = stalls[3].at = &loop;
    stalls[2].stack = stalls[3].stack = (RunStack){&loop, 1};
    stalls[3].tree = TREE_AFTER;
    scene->run.stalls = stalls;
    scene->run.stall_count = 4;
    shows(scene, &wide, "\nMissed by the analyser\n  recv in requests.get (app.py:12), 210 ms, 220 times\n");
    shows(scene, &wide,
          "\nHeld up by the server or a library, in no line of the project\n"
          "  send in asyncio.Transport.write (asyncio/selector_events.py:1057), 103 ms, 110 times\n\n");
    RunFinding findings[2] = {scene->findings[0], scene->findings[1]};
    findings[1].seen = SEEN_NOT_EXERCISED;
    findings[1].verdict = VERDICT_NOT_EXERCISED;
    findings[1].seen_reason = STR("PUT /orders was not asked");
    scene->run.findings = findings;
    shows(scene, &wide,
          "\nFindings that were not exercised\n  app.py:30  LS130  NOT EXERCISED  PUT /orders was not "
          "asked\n\n");
    RunEndpoint endpoints[3] = {scene->endpoints[0],
                                scene->endpoints[1],
                                {.method = STR("GET"), .path = STR("/ping"), .exercised = true}};
    scene->run.endpoints = endpoints;
    scene->run.endpoint_count = 3;
    shows(scene, &wide, "\n1 more endpoint answered, and ran no line of a finding\n");
    scene->cells[0].failed = 566;
    shows(scene, &wide, "\n    failed: 566 of 666 → 0 of 100, not compared\n");
}

static void lists_are_cut(void **state)
{
    Scene *scene = *state;
    const Str names[] = {STR("a"), STR("b"), STR("c"), STR("d"), STR("e"), STR("f")};
    const char *wanted[] = {
        "", "a", "a, b", "a, b, c", "a, b, c, d", "a, b, c, d, e", "a, b, c, d and 2 more"};
    for (size_t count = 0; count <= 6; count++)
        assert_true(str_equal(words_list(&scene->arena, names, count), str_from(wanted[count])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(json_holds_the_run, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_written_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_bad_file_is_one_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_table_says_it_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_table_says_each_thing_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lists_are_cut, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
