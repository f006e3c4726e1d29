/* Answers and effects: what is masked because A does not hold it still, and what differs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "verify/answers.h"
#include "verify/effects.h"

#include "base/banned.h"

typedef struct Scene {
    Arena arena;
    Differences differences;
} Scene;

static int set_up(void **state)
{
    Scene *scene = memory_alloc(sizeof *scene);
    arena_init(&scene->arena);
    differences_init(&scene->differences, &scene->arena);
    differences_begin(&scene->differences, STR("GET /x"));
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    Scene *scene = *state;
    differences_free(&scene->differences);
    arena_free(&scene->arena);
    free(scene);
    return 0;
}

static void begin(Scene *scene)
{
    differences_free(&scene->differences);
    differences_init(&scene->differences, &scene->arena);
    differences_begin(&scene->differences, STR("GET /x"));
}

static const char *const json_head = "Content-Type: application/json\r\n";
static const char *const text_head = "content-type: text/html; charset=utf-8\r\n";

static LoadAnswer answer(const char *headers, const char *body)
{
    return (LoadAnswer){.status = 200, .headers = str_from(headers), .body = str_from(body)};
}

static void compare(Scene *scene, const char *headers, const char *before, const char *again,
                    const char *after)
{
    begin(scene);
    LoadAnswer answers[] = {answer(headers, before), answer(headers, again), answer(headers, after)};
    answers_compare(&scene->differences, &answers[0], &answers[1], &answers[2]);
}

static void is_same(Scene *scene)
{
    if (scene->differences.items.count)
        print_error("%.*s\n", (int)scene->differences.items.items[0].what.len,
                    scene->differences.items.items[0].what.ptr);
    assert_int_equal(differences_count(&scene->differences), 0);
}

static void is_text(Str text, const char *wanted)
{
    if (!str_equal(text, str_from(wanted)))
        print_error("'%.*s', not '%s'\n", (int)text.len, text.ptr, wanted);
    assert_true(str_equal(text, str_from(wanted)));
}

/* Exactly this difference. */
static void differs(Scene *scene, const char *what, const char *before, const char *after)
{
    assert_int_equal(differences_count(&scene->differences), 1);
    const RunDifference *one = &scene->differences.items.items[0];
    is_text(one->request, "GET /x");
    is_text(one->what, what);
    is_text(one->before, before);
    is_text(one->after, after);
}

static void masks(Scene *scene, size_t count, const char *first)
{
    assert_int_equal(scene->differences.masks.count, count);
    if (count) is_text(scene->differences.masks.items[0], first);
}

/* --- JSON --- */

static void keys_stand_in_any_order(void **state)
{
    Scene *scene = *state;
    const char *one = "{\"a\": 1, \"b\": [1, {\"c\": null}], \"d\": 0.1}";
    compare(scene, json_head, one, one, "{\"d\":0.10000000000000002,\"b\":[1,{\"c\":null}],\"a\":1.0}");
    is_same(scene);
    masks(scene, 0, "");
    compare(scene, json_head, one, one, one);
    is_same(scene);
}

static void a_value_that_changes_is_a_difference(void **state)
{
    Scene *scene = *state;
    compare(scene, json_head, "{\"total\": 12}", "{\"total\": 12}", "{\"total\": 13}");
    differs(scene, "body $.total", "12", "13");
    compare(scene, json_head, "{\"id\": 9007199254740991}", "{\"id\": 9007199254740991}",
            "{\"id\": 9007199254740990}");
    assert_int_equal(differences_count(&scene->differences), 1);
    compare(scene, json_head, "[true]", "[true]", "[false]");
    differs(scene, "body $[0]", "true", "false");
    compare(scene, json_head, "\"a\"", "\"a\"", "\"b\"");
    differs(scene, "body $", "\"a\"", "\"b\"");
}

static void what_two_runs_do_not_hold_is_masked(void **state)
{
    Scene *scene = *state;
    compare(scene, json_head, "{\"id\": 1, \"n\": 5}", "{\"id\": 2, \"n\": 5}", "{\"id\": 3, \"n\": 5}");
    is_same(scene);
    masks(scene, 1, "GET /x: body $.id");
    compare(scene, json_head, "{\"id\": 1, \"n\": 5}", "{\"id\": 2, \"n\": 5}", "{\"id\": 3, \"n\": 6}");
    differs(scene, "body $.n", "5", "6");
}

static void a_mask_leaves_the_type(void **state)
{
    Scene *scene = *state;
    compare(scene, json_head, "{\"id\": 1}", "{\"id\": 2}", "{\"id\": \"3\"}");
    differs(scene, "body $.id", "1", "\"3\"");
    compare(scene, json_head, "{\"id\": 1}", "{\"id\": 2}", "{}");
    differs(scene, "body $.id", "1", "missing");
    compare(scene, json_head, "{\"id\": 1}", "{\"id\": 2}", "{\"id\": 3, \"more\": 1}");
    differs(scene, "body $.more", "missing", "1");
}

static void lists_are_masked_as_a_whole(void **state)
{
    Scene *scene = *state;
    const char *before = "{\"items\": [{\"id\": 1, \"n\": 1}, {\"id\": 2, \"n\": 1}, {\"id\": 3, \"n\": 1}]}";
    const char *again = "{\"items\": [{\"id\": 4, \"n\": 1}, {\"id\": 2, \"n\": 1}, {\"id\": 6, \"n\": 1}]}";
    const char *after = "{\"items\": [{\"id\": 7, \"n\": 1}, {\"id\": 8, \"n\": 1}, {\"id\": 9, \"n\": 1}]}";
    compare(scene, json_head, before, again, after);
    is_same(scene);
    masks(scene, 1, "GET /x: body $.items[*].id");
    compare(scene, json_head, before, again, "{\"items\": [{\"id\": 7, \"n\": 1}, {\"id\": 8, \"n\": 1}]}");
    differs(scene, "body $.items", "a list of 3", "a list of 2");
}

/* One of many that changes is that one's affair. */
static void one_item_is_masked_alone(void **state)
{
    Scene *scene = *state;
    compare(scene, json_head, "[1, 2, 3, 4]", "[9, 2, 3, 4]", "[8, 2, 3, 4]");
    is_same(scene);
    masks(scene, 1, "GET /x: body $[0]");
    compare(scene, json_head, "[1, 2, 3, 4]", "[9, 2, 3, 4]", "[8, 2, 3, 5]");
    differs(scene, "body $[3]", "4", "5");
}

static void what_comes_and_goes_is_masked(void **state)
{
    Scene *scene = *state;
    compare(scene, json_head, "{\"a\": 1, \"b\": 2}", "{\"a\": 1}", "{\"a\": 1}");
    is_same(scene);
    masks(scene, 1, "GET /x: body $.b (type)");
    compare(scene, json_head, "{\"l\": [1]}", "{\"l\": [1, 2]}", "{\"l\": []}");
    is_same(scene);
    masks(scene, 1, "GET /x: body $.l (length)");
    compare(scene, json_head, "[{\"n\": null}, {\"n\": \"a\"}]", "[{\"n\": \"b\"}, {\"n\": \"a\"}]",
            "[{\"n\": \"b\"}, {\"n\": null}]");
    is_same(scene);
}

static void odd_keys_are_spelled(void **state)
{
    Scene *scene = *state;
    compare(scene, json_head, "{\"a b\": 1}", "{\"a b\": 1}", "{\"a b\": 2}");
    differs(scene, "body $[\"a b\"]", "1", "2");
}

static void the_first_differences_are_listed(void **state)
{
    Scene *scene = *state;
    compare(scene, json_head, "[1,2,3,4,5,6,7,8,9,10]", "[1,2,3,4,5,6,7,8,9,10]", "[0,0,0,0,0,0,0,0,0,0]");
    assert_int_equal(differences_count(&scene->differences), 10);
    size_t count;
    const RunDifference *list = differences_list(&scene->differences, &count);
    assert_int_equal(count, 8);
    is_text(list[7].after, "3 more");
}

/* Any order of the keys, any two of the runs: the verdict is the same. */
static void permuting_keys_changes_nothing(void **state)
{
    Scene *scene = *state;
    static const char *const members[] = {"\"a\": 1", "\"b\": {\"x\": [1, 2], \"y\": 0.5}", "\"c\": \"t\"",
                                          "\"d\": null"};
    uint32_t seed = 1;
    for (int round = 0; round < 200; round++) {
        char texts[3][200];
        for (int i = 0; i < 3; i++) {
            size_t order[] = {0, 1, 2, 3};
            for (size_t k = 3; k > 0; k--) {
                seed = seed * 1664525u + 1013904223u;
                size_t other = (seed >> 16) % (k + 1), kept = order[k];
                order[k] = order[other];
                order[other] = kept;
            }
            snprintf(texts[i], sizeof texts[i], "{%s, %s, %s, %s}", members[order[0]], members[order[1]],
                     members[order[2]], members[order[3]]);
        }
        compare(scene, json_head, texts[0], texts[1], texts[2]);
        is_same(scene);
        masks(scene, 0, "");
    }
}

/* --- text, bytes --- */

static void words_are_masked(void **state)
{
    Scene *scene = *state;
    compare(scene, text_head, "<p>at 10:20, 3 items</p>\n", "<p>at 10:21, 3 items</p>\n",
            "<p>at 11:59, 3 items</p>\n");
    is_same(scene); /* 10 is the same twice: only the minutes are masked */
}

static void other_words_differ(void **state)
{
    Scene *scene = *state;
    compare(scene, text_head, "a\n<p>token 17, 3 items</p>\n", "a\n<p>token 18, 3 items</p>\n",
            "a\n<p>token 19, 4 items</p>\n");
    differs(scene, "body, line 2", "<p>token 17, 3 items</p>", "<p>token 19, 4 items</p>");
    masks(scene, 1, "GET /x: body, 1 word from line 2 on");
    compare(scene, text_head, "a\nb\n", "a\nb\n", "a\nb c\n");
    differs(scene, "body, line 2", "b", "b c");
    compare(scene, text_head, "a\nb\n", "a\nb\n", "");
    differs(scene, "body, line 1", "a", "");
}

static void lines_are_masked(void **state)
{
    Scene *scene = *state;
    compare(scene, text_head, "head\nx\nfoot\n", "head\nx y z\nw\nfoot\n", "head\nanything at all\nfoot\n");
    is_same(scene);
    masks(scene, 1, "GET /x: body, lines 2 to 2");
    compare(scene, text_head, "head\nx\nfoot\n", "head\nx y z\nw\nfoot\n", "head\nanything at all\nfeet\n");
    assert_int_equal(differences_count(&scene->differences), 1);
    compare(scene, text_head, "head\nx\nfoot\n", "head\nx y z\nw\nfoot\n", "hat\nx\nfoot\n");
    differs(scene, "body, line 1", "head", "hat");
}

static void bytes_are_compared_whole(void **state)
{
    Scene *scene = *state;
    LoadAnswer before = {
        .status = 200, .headers = STR("Content-Type: image/png\r\n"), .body = {"\x89PNG\0one", 8}};
    LoadAnswer other = before;
    other.body = (Str){"\x89PNG\0two", 8};
    begin(scene);
    answers_compare(&scene->differences, &before, &before, &before);
    is_same(scene);
    answers_compare(&scene->differences, &before, &before, &other);
    assert_int_equal(differences_count(&scene->differences), 1);
    is_text(scene->differences.items.items[0].what, "body");
    begin(scene);
    answers_compare(&scene->differences, &before, &other, &before);
    is_same(scene);
    masks(scene, 1, "GET /x: body (bytes)");
}

/* --- status and headers --- */

static void a_status_is_a_difference(void **state)
{
    Scene *scene = *state;
    LoadAnswer good = answer(json_head, "{\"a\": 1}");
    LoadAnswer bad =
        answer(json_head, "{\"detail\": [{\"loc\": [\"query\", \"q\"], \"msg\": \"field required\"}]}");
    bad.status = 422;
    answers_compare(&scene->differences, &good, &good, &bad);
    differs(scene, "status", "200", "422: field required in query.q");
    begin(scene);
    LoadAnswer broken = {.trouble = STR("connection refused")};
    answers_compare(&scene->differences, &good, &good, &broken);
    differs(scene, "status", "200", "no answer: connection refused");
    begin(scene);
    LoadAnswer server = {.status = 500, .body = STR("Internal Server Error\nmore"), .headers = STR("")};
    answers_compare(&scene->differences, &good, &good, &server);
    differs(scene, "status", "200", "500: Internal Server Error");
    begin(scene);
    answers_compare(&scene->differences, &good, &bad, &good);
    is_same(scene);
    masks(scene, 1, "GET /x: status (200, then 422)");
}

static void headers_are_compared(void **state)
{
    Scene *scene = *state;
    LoadAnswer before =
        answer("Location: /a\r\nSet-Cookie: s=1; Path=/\r\nSet-Cookie: t=2\r\nDate: now\r\n", "");
    LoadAnswer same = answer("date: then\r\nset-cookie: t=9\r\nset-cookie: s=8\r\nlocation:  /a\r\n", "");
    LoadAnswer moved = answer("Location: /b\r\nSet-Cookie: s=1; Path=/\r\n", "");
    answers_compare(&scene->differences, &before, &before, &same);
    is_same(scene);
    answers_compare(&scene->differences, &before, &before, &moved);
    assert_int_equal(differences_count(&scene->differences), 2);
    is_text(scene->differences.items.items[0].what, "header location");
    is_text(scene->differences.items.items[1].what, "cookies");
    is_text(scene->differences.items.items[1].before, "s, t");
}

/* --- effects --- */

enum { MOST_CALLS = 8 };

static Effects calls_of(OutsideCall *calls, const char *const *texts)
{
    Effects effects = {calls, 0};
    for (; texts[effects.count]; effects.count++) {
        const char *text = texts[effects.count];
        Str kind = text[0] == '$' ? STR("sql") : STR("http");
        calls[effects.count] = (OutsideCall){.kind = kind, .text = str_from(text + (text[0] == '$'))};
    }
    return effects;
}

static void compare_effects(Scene *scene, const char *const *before, const char *const *again,
                            const char *const *after, bool any_order)
{
    OutsideCall calls[3][MOST_CALLS];
    begin(scene);
    effects_compare(&scene->differences, calls_of(calls[0], before), calls_of(calls[1], again),
                    calls_of(calls[2], after), any_order);
}

#define CALLS(...) ((const char *const[]){__VA_ARGS__, NULL})
static const char *const no_calls[] = {NULL};

static void the_same_calls_are_no_difference(void **state)
{
    Scene *scene = *state;
    const char *const *calls = CALLS("GET a/x", "GET b/y", "GET a/x");
    compare_effects(scene, calls, calls, calls, false);
    is_same(scene);
    compare_effects(scene, no_calls, no_calls, no_calls, false);
    is_same(scene);
}

static void lost_and_extra_calls(void **state)
{
    Scene *scene = *state;
    const char *const *two = CALLS("GET a/x", "POST pay/charge"), *const *one = CALLS("GET a/x");
    compare_effects(scene, two, two, one, false);
    differs(scene, "upstream call lost", "POST pay/charge", "not made");
    compare_effects(scene, one, one, two, true);
    differs(scene, "extra upstream call", "not made", "POST pay/charge");
    compare_effects(scene, CALLS("GET a/x", "GET a/x"), CALLS("GET a/x", "GET a/x"), CALLS("GET a/x"), false);
    differs(scene, "upstream call lost", "2 times GET a/x", "1 times");
}

static void order_counts_unless_the_fix_changes_it(void **state)
{
    Scene *scene = *state;
    const char *const *calls = CALLS("GET a/x", "GET b/y"), *const *turned = CALLS("GET b/y", "GET a/x");
    compare_effects(scene, calls, calls, turned, false);
    differs(scene, "order of call 1", "GET a/x", "GET b/y");
    compare_effects(scene, calls, calls, turned, true);
    is_same(scene);
    compare_effects(scene, calls, turned, calls, false);
    is_same(scene);
}

static void ids_in_statements_are_masked(void **state)
{
    Scene *scene = *state;
    compare_effects(
        scene, CALLS("$INSERT INTO o VALUES (1, 'at 10:20', 5)", "$INSERT INTO o VALUES (2, 'b', 5)"),
        CALLS("$INSERT INTO o VALUES (2, 'at 10:21', 5)", "$INSERT INTO o VALUES (3, 'b', 5)"),
        CALLS("$INSERT INTO o VALUES (4, 'at 10:22', 5)", "$INSERT INTO o VALUES (5, 'b', 5)"), false);
    is_same(scene);
    masks(scene, 1, "GET /x: sql: INSERT INTO o VALUES (…, …, 5)");
    compare_effects(
        scene, CALLS("$INSERT INTO o VALUES (1, 'b', 5)", "$INSERT INTO o VALUES (2, 'at 10:20', 5)"),
        CALLS("$INSERT INTO o VALUES (2, 'b', 5)", "$INSERT INTO o VALUES (3, 'at 10:21', 5)"),
        CALLS("$INSERT INTO o VALUES (4, 'b', 5)", "$INSERT INTO o VALUES (5, 'at 10:22', 5)"), false);
    is_same(scene);
    compare_effects(scene, CALLS("$INSERT INTO o VALUES (1, 5)"), CALLS("$INSERT INTO o VALUES (2, 5)"),
                    CALLS("$INSERT INTO o VALUES (3, 6)"), false);
    differs(scene, "sql changed", "INSERT INTO o VALUES (…, 5)", "INSERT INTO o VALUES (3, 6)");
}

static void bodies_are_part_of_a_call(void **state)
{
    Scene *scene = *state;
    OutsideCall one = {.kind = STR("http"), .text = STR("POST a/x"), .body_hash = 1}, other = one,
                third = one;
    other.body_hash = 2;
    third.body_hash = 3;
    effects_compare(&scene->differences, (Effects){&one, 1}, (Effects){&one, 1}, (Effects){&other, 1}, false);
    differs(scene, "upstream call: its body", "hash 0000000000000001", "hash 0000000000000002");
    begin(scene);
    effects_compare(&scene->differences, (Effects){&one, 1}, (Effects){&other, 1}, (Effects){&third, 1},
                    false);
    is_same(scene);
    masks(scene, 1, "GET /x: upstream call: POST a/x, its body");
}

/* Asked first, a cache fills: B may do what either run of A did. */
static void counts_between_two_runs_are_fine(void **state)
{
    Scene *scene = *state;
    compare_effects(scene, CALLS("GET a/x", "GET b/y"), CALLS("GET b/y"), CALLS("GET b/y"), false);
    is_same(scene);
    compare_effects(scene, CALLS("GET a/x", "GET b/y"), CALLS("GET b/y"), CALLS("GET a/x", "GET b/y"), false);
    is_same(scene);
    compare_effects(scene, CALLS("GET a/x", "GET b/y"), CALLS("GET b/y"), CALLS("GET a/x"), false);
    differs(scene, "upstream call lost", "GET b/y", "not made");
}

static void mails_are_called_by_their_envelope(void **state)
{
    Scene *scene = *state;
    OutsideCall ada = {.kind = STR("mail"), .text = STR("to ada@x from s@x by m:25"), .body_hash = 1};
    OutsideCall two[] = {ada, ada}, other = ada, none[1];
    Effects one = {&ada, 1};
    effects_compare(&scene->differences, one, one, (Effects){none, 0}, false);
    differs(scene, "mail lost", "to ada@x from s@x by m:25", "not sent");
    begin(scene);
    effects_compare(&scene->differences, one, one, (Effects){two, 2}, false);
    differs(scene, "extra mail", "1 times", "2 times to ada@x from s@x by m:25");
    begin(scene);
    other.text = STR("to eve@x from s@x by m:25");
    effects_compare(&scene->differences, one, one, (Effects){&other, 1}, false);
    differs(scene, "mail changed", "to ada@x from s@x by m:25", "to eve@x from s@x by m:25");
    begin(scene);
    other = ada;
    other.body_hash = 2;
    effects_compare(&scene->differences, one, one, (Effects){&other, 1}, false);
    differs(scene, "mail to ada@x from s@x by m:25: its text", "hash 0000000000000001",
            "hash 0000000000000002");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keys_stand_in_any_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_value_that_changes_is_a_difference, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_two_runs_do_not_hold_is_masked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_mask_leaves_the_type, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lists_are_masked_as_a_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_item_is_masked_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_comes_and_goes_is_masked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(odd_keys_are_spelled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_first_differences_are_listed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(permuting_keys_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(words_are_masked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_words_differ, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lines_are_masked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bytes_are_compared_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_status_is_a_difference, set_up, tear_down),
        cmocka_unit_test_setup_teardown(headers_are_compared, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_calls_are_no_difference, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lost_and_extra_calls, set_up, tear_down),
        cmocka_unit_test_setup_teardown(order_counts_unless_the_fix_changes_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ids_in_statements_are_masked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bodies_are_part_of_a_call, set_up, tear_down),
        cmocka_unit_test_setup_teardown(mails_are_called_by_their_envelope, set_up, tear_down),
        cmocka_unit_test_setup_teardown(counts_between_two_runs_are_fine, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
