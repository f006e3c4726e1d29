#define _GNU_SOURCE
/* From the probe's records to stalls and findings: records are written by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <stdio.h>
#include <unistd.h>

#include "base/io.h"
#include "verify/match.h"
#include "verify/ticks.h"
#include "verify/words.h"

#include "base/banned.h"

enum { MS = 1000000, STALL = 5 * MS, START = 1000 * MS };

typedef struct Scene {
    Arena arena;
    ProbeArea area;
    uint32_t texts, frames, stacks, records, tick;
} Scene;

static int set_up(void **state)
{
    Scene *scene = memory_alloc(sizeof *scene);
    memset(scene, 0, sizeof *scene);
    arena_init(&scene->arena);
    Fail fail = {0};
    assert_true(probe_area_new(&scene->area, &fail));
    scene->texts = scene->frames = scene->stacks = 1;
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    Scene *scene = *state;
    probe_area_free(&scene->area);
    arena_free(&scene->arena);
    free(scene);
    return 0;
}

/* --- what a probe writes --- */

static void *place(Scene *scene, uint64_t at)
{
    return (char *)scene->area.header + at;
}

static uint32_t add_text(Scene *scene, const char *text)
{
    uint32_t at = scene->texts;
    size_t length = strlen(text) + 1;
    memcpy((char *)place(scene, scene->area.header->texts_at) + at, text, length);
    scene->texts += (uint32_t)length;
    return at;
}

typedef struct Line {
    const char *file, *function;
    uint32_t row1;
} Line;

/* Innermost first; the last has no file. */
static uint32_t add_stack(Scene *scene, const Line *lines)
{
    uint32_t *stacks = place(scene, scene->area.header->stacks_at), at = scene->stacks;
    ProbeFrame *frames = place(scene, scene->area.header->frames_at);
    for (; lines->file; lines++) {
        frames[scene->frames] =
            (ProbeFrame){add_text(scene, lines->file), add_text(scene, lines->function), lines->row1, 1};
        stacks[at + 1 + stacks[at]] = scene->frames++;
        stacks[at]++;
    }
    scene->stacks = at + 1 + stacks[at];
    return at;
}

static ProbeRecord *add_record(Scene *scene, ProbeKind kind, uint64_t at_ms, uint64_t for_ms, uint32_t stack)
{
    ProbeRecord *record = (ProbeRecord *)place(scene, scene->area.header->records_at) + scene->records;
    *record = (ProbeRecord){
        .stack = stack, .at_ns = START + at_ms * MS, .for_ns = for_ms * MS, .tick = scene->tick};
    atomic_store(&record->kind, kind);
    atomic_store(&scene->area.header->record_count, ++scene->records);
    return record;
}

static ProbeRecord *end_tick(Scene *scene, uint64_t at_ms, uint64_t for_ms)
{
    ProbeRecord *record = add_record(scene, PROBE_TICK, at_ms, for_ms, 0);
    scene->tick++;
    return record;
}

static const Line requests_get[] = {{"/venv/lib/python3.11/ssl.py", "SSLSocket.read", 1166},
                                    {"/venv/lib/python3.11/site-packages/requests/api.py", "get", 73},
                                    {"/run/a/shop/load.py", "fetch", 12},
                                    {"/run/a/shop/main.py", "handler", 31},
                                    {"/venv/lib/python3.11/asyncio/events.py", "Handle._run", 80},
                                    {NULL, NULL, 0}};
static const Line in_loop[] = {{"/run/a/shop/main.py", "handler.<locals>.inner", 33},
                               {"/venv/lib/python3.11/asyncio/events.py", "Handle._run", 80},
                               {NULL, NULL, 0}};
static const Line outside[] = {{"/venv/lib/python3.11/asyncio/events.py", "Handle._run", 80},
                               {NULL, NULL, 0}};

static const RunFinding findings[] = {
    {.path = {"shop/main.py", 12},
     .function = {"handler", 7},
     .row1 = 31,
     .end_row1 = 31,
     .after_row1 = 40,
     .after_end_row1 = 41},
    {.path = {"shop/main.py", 12},
     .function = {"handler", 7},
     .row1 = 33,
     .end_row1 = 33,
     .after_row1 = 44,
     .after_end_row1 = 44},
    {.path = {"shop/other.py", 13}, .function = {"never", 5}, .row1 = 5, .end_row1 = 5},
};

static const char *name_of(uint16_t call)
{
    return call ? "recv" : "poll";
}

static MatchPlan plan_of(void)
{
    return (MatchPlan){.roots = {STR("/run/a"), STR("/run/b")},
                       .findings = findings,
                       .finding_count = 3,
                       .stall_ns = STALL,
                       .call_name = name_of};
}

static MatchPhase phase_of(Scene *scene, Tree tree)
{
    return (MatchPhase){.area = &scene->area, .tree = tree, .from_ns = START, .to_ns = START + 1000ull * MS};
}

/* --- ticks --- */

static Ticks read_ticks(Scene *scene, uint64_t from_ms, uint64_t to_ms)
{
    static const uint64_t none[PROBE_LANES] = {0};
    TickSpan span = {START + from_ms * MS, START + to_ms * MS, none, STALL};
    return ticks_read(&scene->arena, &scene->area, &span);
}

/* Each event gets what lies between the last one and its end, the last one the rest. */
static void time_is_charged_to_what_follows(void **state)
{
    Scene *scene = *state;
    uint32_t stack = add_stack(scene, requests_get);
    add_record(scene, PROBE_CALL, 12, 100, stack);
    add_record(scene, PROBE_SAMPLE, 112, 5, add_stack(scene, in_loop));
    end_tick(scene, 10, 110);
    Ticks ticks = read_ticks(scene, 0, 1000);
    assert_int_equal(ticks.count, 1);
    assert_true(ticks.items[0].is_long);
    assert_int_equal(ticks.items[0].event_count, 2);
    assert_int_equal(ticks.items[0].events[0].charged_ns, 102 * MS);
    assert_int_equal(ticks.items[0].events[1].charged_ns, 8 * MS);
}

/* A sample whose weight reaches back over an exact call does not take the call's time. */
static void a_call_keeps_its_time(void **state)
{
    Scene *scene = *state;
    add_record(scene, PROBE_SAMPLE, 0, 30, add_stack(scene, in_loop));
    add_record(scene, PROBE_CALL, 0, 20, add_stack(scene, requests_get));
    end_tick(scene, 0, 30);
    Ticks ticks = read_ticks(scene, 0, 1000);
    assert_int_equal(ticks.items[0].events[0].kind, STALL_BLOCKED);
    assert_int_equal(ticks.items[0].events[0].charged_ns, 20 * MS);
    assert_int_equal(ticks.items[0].events[1].charged_ns, 10 * MS);
}

static void the_machines_time_is_charged_to_nobody(void **state)
{
    Scene *scene = *state;
    add_record(scene, PROBE_SAMPLE, 0, 20, add_stack(scene, in_loop));
    end_tick(scene, 0, 20)->runqueue_us = 8000;
    add_record(scene, PROBE_SAMPLE, 30, 9, add_stack(scene, in_loop));
    end_tick(scene, 30, 9)->runqueue_us = 8000;
    Ticks ticks = read_ticks(scene, 0, 1000);
    assert_int_equal(ticks.count, 2);
    assert_int_equal(ticks.items[0].events[0].charged_ns, 12 * MS);
    assert_int_equal(ticks.items[0].longest_ns, 12 * MS);
    assert_false(ticks.items[1].is_long);
    assert_int_equal(ticks.items[1].runqueue_ns, 8 * MS);
}

static void ticks_are_cut_at_the_ends_of_the_phase(void **state)
{
    Scene *scene = *state;
    add_record(scene, PROBE_CALL, 0, 100, add_stack(scene, requests_get));
    ProbeRecord *tick = end_tick(scene, 0, 100);
    tick->blocked_us = 100000;
    Ticks ticks = read_ticks(scene, 40, 60);
    assert_int_equal(ticks.count, 1);
    assert_int_equal(ticks.items[0].for_ns, 20 * MS);
    assert_int_equal(ticks.items[0].blocked_ns, 20 * MS);
    assert_int_equal(ticks.items[0].longest_ns, 100 * MS);
    assert_int_equal(ticks.items[0].events[0].charged_ns, 20 * MS);
    assert_int_equal(read_ticks(scene, 100, 200).count, 0);
}

/* The application was still stuck when the phase ended: its tick never came. */
static void a_tick_that_has_not_ended_counts(void **state)
{
    Scene *scene = *state;
    scene->tick = 7;
    add_record(scene, PROBE_CALL, 100, 300, add_stack(scene, requests_get));
    uint64_t open[PROBE_LANES] = {START + 100ull * MS};
    TickSpan span = {START, START + 900ull * MS, open, STALL};
    Ticks ticks = ticks_read(&scene->arena, &scene->area, &span);
    assert_int_equal(ticks.count, 1);
    assert_int_equal(ticks.items[0].for_ns, 800ull * MS);
    assert_int_equal(ticks.items[0].events[0].charged_ns, 800ull * MS);
    end_tick(scene, 100, 310);
    assert_int_equal(ticks_read(&scene->arena, &scene->area, &span).items[0].for_ns, 310 * MS);
}

/* --- stalls --- */

static void stalls_stand_at_the_innermost_line_of_the_project(void **state)
{
    Scene *scene = *state;
    MatchPlan plan = plan_of();
    Match *match = match_new(&scene->arena, &plan);
    uint32_t stack = add_stack(scene, requests_get);
    for (uint64_t i = 0; i < 3; i++) {
        add_record(scene, PROBE_CALL, i * 200, 100 + i, stack)->call = 1;
        end_tick(scene, i * 200, 101 + i)->blocked_us = 100000;
    }
    MatchPhase phase = phase_of(scene, TREE_BEFORE);
    MatchSums sums = match_phase(match, &phase);
    assert_int_equal(sums.long_ticks, 3);
    assert_int_equal(sums.stalled_ns, (101 + 102 + 103) * MS);
    assert_int_equal(sums.blocked_ns, 300 * MS);
    assert_int_equal(sums.longest_ns, 103 * MS);
    assert_int_equal(sums.tick_count, 3);
    assert_int_equal(sums.ticks[1].at_ns, 200 * MS);
    assert_int_equal(sums.ticks[1].stall, 0);
    size_t count;
    const RunStall *stalls = match_stalls(match, &count);
    assert_int_equal(count, 1);
    assert_int_equal(stalls[0].count, 3);
    assert_int_equal(stalls[0].longest_ns, 103 * MS);
    assert_int_equal(stalls[0].finding, 0);
    assert_true(str_equal(stalls[0].call, STR("recv")));
    assert_true(str_equal(stalls[0].at->file, STR("shop/load.py")));
    Buf words;
    buf_init(&words);
    stall_add_words(&words, &stalls[0]);
    assert_true(str_equal(buf_str(&words), STR("recv in requests.get (shop/load.py:12)")));
    buf_free(&words);
    match_free(match);
}

static void samples_of_one_tick_are_one_stall(void **state)
{
    Scene *scene = *state;
    MatchPlan plan = plan_of();
    Match *match = match_new(&scene->arena, &plan);
    uint32_t stack = add_stack(scene, in_loop);
    for (uint64_t i = 0; i < 10; i++)
        add_record(scene, PROBE_SAMPLE, i * 4, 4, stack);
    end_tick(scene, 0, 40);
    MatchPhase phase = phase_of(scene, TREE_BEFORE);
    match_phase(match, &phase);
    RunFinding seen[3];
    memcpy(seen, findings, sizeof seen);
    match_settle(match, seen);
    size_t count;
    const RunStall *stalls = match_stalls(match, &count);
    assert_int_equal(count, 1);
    assert_int_equal(stalls[0].count, 1);
    assert_int_equal(stalls[0].longest_ns, 40 * MS);
    assert_int_equal(seen[1].seen, SEEN_CONFIRMED);
    assert_int_equal(seen[1].stall_ns[TREE_BEFORE], 40 * MS);
    assert_int_equal(seen[1].endpoint_count, 1);
    assert_int_equal(seen[0].seen, SEEN_NOT_EXERCISED);
    match_free(match);
}

/* In B the rows are those of the code that took the finding's place. */
static void rows_of_the_other_tree_count_there(void **state)
{
    Scene *scene = *state;
    MatchPlan plan = plan_of();
    Match *match = match_new(&scene->arena, &plan);
    const Line moved[] = {{"/run/b/shop/main.py", "handler", 41}, {NULL, NULL, 0}};
    const Line old_row[] = {{"/run/b/shop/main.py", "handler", 31}, {NULL, NULL, 0}};
    add_record(scene, PROBE_CALL, 0, 50, add_stack(scene, moved));
    end_tick(scene, 0, 50);
    add_record(scene, PROBE_CALL, 100, 50, add_stack(scene, old_row));
    end_tick(scene, 100, 50);
    MatchPhase phase = phase_of(scene, TREE_AFTER);
    match_phase(match, &phase);
    size_t count;
    const RunStall *stalls = match_stalls(match, &count);
    assert_int_equal(count, 2);
    assert_int_equal(stalls[0].finding, 0);
    assert_int_equal(stalls[1].finding, SIZE_MAX);
    match_free(match);
}

static void a_statement_holds_the_call_of_its_function(void **state)
{
    Scene *scene = *state;
    static const LineRows statements[] = {{30, 32}, {33, 36}, {5, 5}};
    MatchPlan plan = plan_of();
    plan.statements[TREE_BEFORE] = statements;
    Match *match = match_new(&scene->arena, &plan);
    const Line inside[] = {{"/run/a/shop/main.py", "handler", 35}, {NULL, NULL, 0}};
    const Line other[] = {{"/run/a/shop/main.py", "stranger", 35}, {NULL, NULL, 0}};
    add_record(scene, PROBE_CALL, 0, 50, add_stack(scene, inside));
    end_tick(scene, 0, 50);
    add_record(scene, PROBE_CALL, 100, 50, add_stack(scene, other));
    end_tick(scene, 100, 50);
    MatchPhase phase = phase_of(scene, TREE_BEFORE);
    match_phase(match, &phase);
    size_t count;
    const RunStall *stalls = match_stalls(match, &count);
    assert_int_equal(stalls[0].finding, 1);
    assert_int_equal(stalls[1].finding, SIZE_MAX);
    match_free(match);
}

/* --- what the change has to do with it --- */

static void put(const char *folder, const char *name, const char *text)
{
    char path[128];
    Fail fail = {0};
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_true(io_write_file(path, str_from(text), &fail));
}

static void make_trees(char *before, char *after)
{
    assert_non_null(mkdtemp(before));
    assert_non_null(mkdtemp(after));
    const char *middleware = "async def middleware(request, next):\n    return await next(request)\n";
    put(before, "app.py", "import x\n\n\nasync def handler():\n    return x.get()\n");
    put(after, "app.py",
        "import x\nimport y\n\n\nasync def handler():\n    r = await y.get()\n    return r\n");
    put(before, "middleware.py", middleware);
    put(after, "middleware.py", middleware);
    put(after, "new.py", "def helper():\n    return 1\n");
}

static void remove_tree(const char *folder)
{
    static const char *const names[] = {"app.py", "middleware.py", "new.py"};
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    assert_int_equal(rmdir(folder), 0);
}

/* A function that was changed, at whatever of its lines, and a file that is new; not what stands around them. */
static void a_stall_is_the_changes_where_that_is_on_its_stack(void **state)
{
    Scene *scene = *state;
    char before[] = "/tmp/loopsafe-match-XXXXXX", after[] = "/tmp/loopsafe-match-XXXXXX";
    make_trees(before, after);
    const char *const folders[TREES] = {before, after};
    MatchPlan plan = plan_of();
    plan.versions = versions_new(&scene->arena, folders);
    Match *match = match_new(&scene->arena, &plan);
    const struct {
        Line lines[3];
        bool wanted;
    } cases[] = {
        {{{"/run/b/app.py", "handler", 7}, {"/run/b/middleware.py", "middleware", 2}}, true},
        {{{"/run/b/app.py", "<module>", 1}}, false},
        {{{"/run/b/app.py", "<module>", 2}}, true},
        {{{"/run/b/middleware.py", "middleware", 2}}, false},
        {{{"/run/b/new.py", "helper", 2}, {"/run/b/middleware.py", "middleware", 2}}, true},
        {{{"/run/b/gone.py", "nobody", 2}}, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        add_record(scene, PROBE_SAMPLE, i * 100, 50, add_stack(scene, cases[i].lines));
        end_tick(scene, i * 100, 50);
    }
    MatchPhase phase = phase_of(scene, TREE_AFTER);
    match_phase(match, &phase);
    size_t count;
    const RunStall *stalls = match_stalls(match, &count);
    assert_int_equal(count, sizeof cases / sizeof *cases);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(stalls[i].by_change, cases[i].wanted);
    match_free(match);
    remove_tree(before);
    remove_tree(after);
}

static void what_no_finding_foretold_is_missed(void **state)
{
    Scene *scene = *state;
    MatchPlan plan = plan_of();
    Match *match = match_new(&scene->arena, &plan);
    add_record(scene, PROBE_CALL, 0, 50, add_stack(scene, outside));
    end_tick(scene, 0, 50);
    MatchPhase phase = phase_of(scene, TREE_BEFORE);
    match_phase(match, &phase);
    size_t count;
    const RunStall *stalls = match_stalls(match, &count);
    assert_int_equal(count, 1);
    assert_int_equal(stalls[0].finding, SIZE_MAX);
    assert_false(stalls[0].at->in_project);
    match_free(match);
}

/* 0.02 ms of a blocking call confirm a finding; in B only what A called counts. */
static void short_calls_confirm(void **state)
{
    Scene *scene = *state;
    MatchPlan plan = plan_of();
    Match *match = match_new(&scene->arena, &plan);
    add_record(scene, PROBE_CALL, 0, 0, add_stack(scene, requests_get))->for_ns = 20000;
    MatchPhase phase = phase_of(scene, TREE_BEFORE);
    phase.is_functional = true;
    phase.endpoint = 2;
    match_phase(match, &phase);
    scene->records = 0;
    const Line after[] = {{"/run/b/shop/main.py", "handler", 40}, {NULL, NULL, 0}};
    uint32_t stack = add_stack(scene, after);
    add_record(scene, PROBE_CALL, 0, 1, stack)->call = 1;
    add_record(scene, PROBE_CALL, 5, 1, stack);
    phase.tree = TREE_AFTER;
    match_phase(match, &phase);
    match_ran(match, 1, 2);
    RunFinding seen[3];
    memcpy(seen, findings, sizeof seen);
    match_settle(match, seen);
    assert_int_equal(seen[0].seen, SEEN_CONFIRMED);
    assert_true(str_equal(seen[0].seen_reason, STR("poll in requests.get (shop/load.py:12), 0.02 ms, once")));
    assert_int_equal(seen[0].calls[TREE_BEFORE], 1);
    assert_int_equal(seen[0].call_ns[TREE_BEFORE], 20000);
    assert_int_equal(seen[0].calls[TREE_AFTER], 1);
    assert_int_equal(seen[1].seen, SEEN_NOT_REPRODUCED);
    assert_int_equal(seen[1].endpoints[0], 2);
    assert_int_equal(seen[2].seen, SEEN_NOT_EXERCISED);
    size_t count;
    match_stalls(match, &count);
    assert_int_equal(count, 0);
    match_free(match);
}

/* A request that computes only the first time does not do so under load: asked alone it has. */
static void computing_for_one_request_confirms(void **state)
{
    Scene *scene = *state;
    MatchPlan plan = plan_of();
    for (unsigned untraced = 0; untraced < 2; untraced++) {
        Match *match = match_new(&scene->arena, &plan);
        scene->records = 0;
        for (unsigned i = 0; i < 4; i++)
            add_record(scene, PROBE_SAMPLE, i * 5, 5, add_stack(scene, requests_get));
        MatchPhase phase = phase_of(scene, TREE_BEFORE);
        phase.is_functional = true;
        phase.is_untraced = untraced;
        match_phase(match, &phase);
        match_ran(match, 0, 0);
        RunFinding seen[3];
        memcpy(seen, findings, sizeof seen);
        match_settle(match, seen);
        assert_int_equal(seen[0].seen, untraced ? SEEN_CONFIRMED : SEEN_NOT_REPRODUCED);
        assert_int_equal(seen[0].calls[TREE_BEFORE], untraced);
        assert_int_equal(seen[0].call_ns[TREE_BEFORE], untraced ? 20 * MS : 0);
        if (untraced)
            assert_true(str_equal(seen[0].seen_reason,
                                  STR("computing in requests.get (shop/load.py:12), 20 ms, once")));
        match_free(match);
    }
}

/* Awaits in a row hold nothing up: what is called on their lines is another finding's, or nobody's. */
static void only_findings_of_stalls_are_confirmed(void **state)
{
    Scene *scene = *state;
    RunFinding waits[3];
    memcpy(waits, findings, sizeof waits);
    waits[0].harm = HARM_WAIT;
    MatchPlan plan = plan_of();
    plan.findings = waits;
    Match *match = match_new(&scene->arena, &plan);
    add_record(scene, PROBE_CALL, 0, 50, add_stack(scene, requests_get));
    end_tick(scene, 0, 50);
    MatchPhase phase = phase_of(scene, TREE_BEFORE);
    match_phase(match, &phase);
    phase.is_functional = true;
    match_phase(match, &phase);
    match_ran(match, 0, 0);
    match_settle(match, waits);
    assert_int_equal(waits[0].seen, SEEN_NOT_REPRODUCED);
    assert_int_equal(waits[0].calls[TREE_BEFORE], 0);
    size_t count;
    assert_int_equal(match_stalls(match, &count)[0].finding, SIZE_MAX);
    match_free(match);
}

/* What a broken application wrote over: any bytes. */
static void damaged_records_do_no_harm(void **state)
{
    Scene *scene = *state;
    MatchPlan plan = plan_of();
    Match *match = match_new(&scene->arena, &plan);
    uint32_t seed = 3;
    unsigned char *bytes = place(scene, scene->area.header->records_at);
    for (size_t i = 0; i < 4000 * sizeof(ProbeRecord); i++) {
        seed = seed * 1664525u + 1013904223u;
        bytes[i] = (unsigned char)(seed >> 24);
    }
    ProbeRecord *records = place(scene, scene->area.header->records_at);
    for (size_t i = 0; i < 4000; i++) {
        atomic_store(&records[i].kind, PROBE_TICK + (uint32_t)(i % 4));
        if (i % 2) records[i].at_ns = START + i * MS / 8;
        if (i % 3) records[i].for_ns %= 1000ull * MS;
        if (i % 5) records[i].tick = i / 16;
        records[i].lane %= 3;
    }
    atomic_store(&scene->area.header->record_count, 4000);
    for (unsigned functional = 0; functional < 2; functional++) {
        MatchPhase phase = phase_of(scene, TREE_BEFORE);
        phase.is_functional = functional;
        MatchSums sums = match_phase(match, &phase);
        assert_int_equal(sums.stalled_ns, sums.blocked_ns + sums.gil_ns + sums.cpu_ns);
    }
    match_free(match);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(time_is_charged_to_what_follows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_call_keeps_its_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_machines_time_is_charged_to_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ticks_are_cut_at_the_ends_of_the_phase, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_tick_that_has_not_ended_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stalls_stand_at_the_innermost_line_of_the_project, set_up, tear_down),
        cmocka_unit_test_setup_teardown(samples_of_one_tick_are_one_stall, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rows_of_the_other_tree_count_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_statement_holds_the_call_of_its_function, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stall_is_the_changes_where_that_is_on_its_stack, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_no_finding_foretold_is_missed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(short_calls_confirm, set_up, tear_down),
        cmocka_unit_test_setup_teardown(computing_for_one_request_confirms, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_findings_of_stalls_are_confirmed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damaged_records_do_no_harm, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
