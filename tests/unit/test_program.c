/* test_program.c - values, scopes with branches, path classes, fingerprints. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "program/flow.h"
#include "session/fingerprint.h"
#include "session/scope.h"

typedef struct Bench {
    Arena arena;
    Names *names;
} Bench;

static int bench_open(void **state)
{
    static Bench bench;
    arena_init(&bench.arena);
    bench.names = names_new();
    *state = &bench;
    return 0;
}

static int bench_close(void **state)
{
    Bench *bench = *state;
    arena_free(&bench->arena);
    names_free(bench->names);
    return 0;
}

static const Value *path(Bench *bench, const char *text)
{
    return value_path(&bench->arena, str_from(text), CONFIDENCE_CERTAIN);
}

static void joining_keeps_each_alternative_once(void **state)
{
    Bench *bench = *state;
    const Value *left = path(bench, "time.sleep"), *right = path(bench, "os.remove");
    const Value *both = value_join(&bench->arena, left, right);
    assert_int_equal(both->count, 2);
    assert_false(both->open_ended);
    assert_ptr_equal(value_join(&bench->arena, both, path(bench, "time.sleep")), both);
    assert_ptr_equal(value_join(&bench->arena, both, both), both);
}

static void the_unknown_makes_a_value_open_ended(void **state)
{
    Bench *bench = *state;
    const Value *open = value_join(&bench->arena, path(bench, "time.sleep"), NULL);
    assert_true(open->open_ended);
    assert_int_equal(value_confidence(open, &open->items[0]), CONFIDENCE_LIKELY);
    assert_null(value_join(&bench->arena, NULL, NULL));
    const Value *many = NULL;
    for (int i = 0; i < 40; i++) {
        char text[16];
        int length = snprintf(text, sizeof text, "m.f%d", i);
        const Value *one = value_path(&bench->arena, str_copy(&bench->arena, (Str){text, (size_t)length}),
                                      CONFIDENCE_CERTAIN);
        many = many ? value_join(&bench->arena, many, one) : one;
    }
    assert_true(many->count <= 8 && many->open_ended);
}

static void types_of_the_catalogue_become_values(void **state)
{
    Bench *bench = *state;
    const Value *pair = type_value(&bench->arena, STR("tuple[a.B, list[c.D]]"), CONFIDENCE_CERTAIN);
    assert_int_equal(pair->items[0].kind, ITEM_TUPLE);
    assert_int_equal(pair->items[0].part_count, 2);
    const Value *list = pair->items[0].parts[1];
    assert_int_equal(list->items[0].kind, ITEM_LIST);
    assert_true(str_equal(list->items[0].inner->items[0].path, STR("c.D")));
    const Value *maybe = type_value(&bench->arena, STR("a.B | None"), CONFIDENCE_CERTAIN);
    assert_int_equal(maybe->count, 1);
    assert_int_equal(maybe->items[0].kind, ITEM_INSTANCE);
    assert_null(type_value(&bench->arena, STR(""), CONFIDENCE_CERTAIN));
    assert_null(type_value(&bench->arena, STR("list[a"), CONFIDENCE_CERTAIN));
}

static const Value *held(const Frame *frame, Name name)
{
    const FrameSlot *slot = frame_slot(frame, name);
    return slot ? slot->value : NULL;
}

static void branches_join_and_ended_ones_do_not(void **state)
{
    Bench *bench = *state;
    Frame *frame = frame_new(&bench->arena, FRAME_FUNCTION, NULL);
    Name client = names_intern(bench->names, STR("client")), other = names_intern(bench->names, STR("other"));
    const Value *before = path(bench, "a"), *then = path(bench, "b"), *last = path(bench, "c");
    frame_assign(frame, client, before);
    Delta branches[2];
    uint32_t mark = frame_mark(frame);
    frame_assign(frame, client, then);
    frame_assign(frame, client, last);
    frame_assign(frame, other, then);
    branches[0] = frame_take(frame, mark);
    assert_ptr_equal(held(frame, client), before);
    assert_null(frame_slot(frame, other));
    branches[1] = (Delta){0};
    frame_join(frame, branches, 2);
    assert_int_equal(held(frame, client)->count, 2);
    assert_ptr_equal(held(frame, other), then);
    mark = frame_mark(frame);
    frame_assign(frame, client, then);
    branches[0] = frame_take(frame, mark);
    branches[0].ends = true;
    frame_join(frame, branches, 2);
    assert_int_equal(held(frame, client)->count, 2);
}

static void a_deleted_name_is_gone(void **state)
{
    Bench *bench = *state;
    Frame *frame = frame_new(&bench->arena, FRAME_FUNCTION, NULL);
    Name name = names_intern(bench->names, STR("handle"));
    frame_assign(frame, name, path(bench, "x"));
    frame_unbind(frame, name);
    assert_null(frame_slot(frame, name));
    frame_assign(frame, name, NULL);
    assert_non_null(frame_slot(frame, name));
}

static void paths_tell_what_code_is_for(void **state)
{
    (void)state;
    assert_int_equal(scope_of_path(STR("src/shop/routes.py")), PATH_APPLICATION);
    assert_int_equal(scope_of_path(STR("tests/routes.py")), PATH_OUTSIDE);
    assert_int_equal(scope_of_path(STR("src/shop/test_routes.py")), PATH_OUTSIDE);
    assert_int_equal(scope_of_path(STR("src/shop/routes_test.py")), PATH_OUTSIDE);
    assert_int_equal(scope_of_path(STR("src/latest/contest.py")), PATH_APPLICATION);
    assert_int_equal(scope_of_path(STR("docs/conf.py")), PATH_OUTSIDE);
    assert_int_equal(scope_of_path(STR("shop/cli/export.py")), PATH_COMMAND);
    assert_int_equal(scope_of_path(STR("shop/cli/tests/export.py")), PATH_OUTSIDE);
    assert_int_equal(scope_of_path(STR("shop/__main__.py")), PATH_COMMAND);
    assert_int_equal(scope_of_path(STR("")), PATH_APPLICATION);
}

static void fingerprints_know_no_lines(void **state)
{
    (void)state;
    Report reports[3] = {0};
    for (size_t i = 0; i < 3; i++)
        reports[i].finding = (Finding){.code = STR("LS101"), .function = STR("f"), .sink = STR("time.sleep")};
    reports[2].finding.function = STR("g");
    Report moved[3] = {reports[0], reports[1], reports[2]};
    for (size_t i = 0; i < 3; i++)
        moved[i].finding.place.start.row1 = 100;
    fingerprint_reports(reports, 3, STR("a.py"));
    fingerprint_reports(moved, 3, STR("a.py"));
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(strlen(reports[i].finding.fingerprint), 32);
        assert_string_equal(reports[i].finding.fingerprint, moved[i].finding.fingerprint);
    }
    assert_string_not_equal(reports[0].finding.fingerprint, reports[1].finding.fingerprint);
    assert_string_not_equal(reports[0].finding.fingerprint, reports[2].finding.fingerprint);
    Report elsewhere = {.finding = {.code = STR("LS101"), .function = STR("f"), .sink = STR("time.sleep")}};
    fingerprint_reports(&elsewhere, 1, STR("b.py"));
    assert_string_not_equal(reports[0].finding.fingerprint, elsewhere.finding.fingerprint);
}

static void groups_are_those_of_the_sink(void **state)
{
    (void)state;
    DiscoveredFile files[] = {{.project_path = STR("a.py")}, {.project_path = STR("io.py")}};
    Module io = {.name = STR("io"), .file = 1}, installed = {.name = STR("io"), .file = UINT32_MAX};
    Finding finding = {
        .code = STR("LS101"), .function = STR("f"), .sink = STR("time.sleep"), .sink_function = STR("g")};
    Report reports[] = {{.finding = finding, .sink_module = &io},
                        {.finding = finding, .sink_module = &io},
                        {.finding = finding, .sink_module = &installed},
                        {.finding = finding},
                        {.finding = {.code = STR("LS902")}}};
    reports[1].finding.function = STR("h");
    reports[1].finding.place.start.row1 = 9;
    Report own = {.finding = finding};
    fingerprint_groups(reports, 5, files, STR("a.py"));
    fingerprint_groups(&own, 1, files, STR("io.py"));
    assert_int_equal(strlen(reports[0].finding.group), 32);
    assert_string_equal(reports[0].finding.group, reports[1].finding.group);
    assert_string_equal(reports[0].finding.group, own.finding.group);
    assert_string_not_equal(reports[0].finding.group, reports[2].finding.group);
    assert_string_not_equal(reports[0].finding.group, reports[3].finding.group);
    assert_string_equal(reports[4].finding.group, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joining_keeps_each_alternative_once),
        cmocka_unit_test(the_unknown_makes_a_value_open_ended),
        cmocka_unit_test(types_of_the_catalogue_become_values),
        cmocka_unit_test(branches_join_and_ended_ones_do_not),
        cmocka_unit_test(a_deleted_name_is_gone),
        cmocka_unit_test(paths_tell_what_code_is_for),
        cmocka_unit_test(fingerprints_know_no_lines),
        cmocka_unit_test(groups_are_those_of_the_sink),
    };
    return cmocka_run_group_tests(tests, bench_open, bench_close);
}
