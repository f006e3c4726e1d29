/* test_rules_tables.c - a user's tables: what they may say, and where they are told to be wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"
#include "rules/catalogue.h"
#include "rules/pattern.h"

#include "base/banned.h"

static int set_up(void **state)
{
    *state = catalogue_new();
    return 0;
}

static int tear_down(void **state)
{
    catalogue_free(*state);
    return 0;
}

static void load(Catalogue *catalogue, const char *text)
{
    Fail fail = {0};
    if (!catalogue_load_text(catalogue, str_from(text), "mine.json", &fail)) fail_msg("%s", fail.text);
}

static bool knows(const Catalogue *catalogue, const char *path, Rule *rule)
{
    return catalogue_find(catalogue, str_from(path), rule);
}

static void assert_str(Str actual, const char *expected)
{
    if (!str_equal(actual, str_from(expected)))
        fail_msg("\"%.*s\" is not \"%s\"", (int)actual.len, actual.ptr, expected);
}

static void adds_entries(void **state)
{
    Rule rule;
    load(*state,
         "{\"calls\": [{\"path\": \"corp.db.Client.{query,send}\", \"kind\": \"method\", \"effect\": \"db\","
         " \"replacement\": \"corp.aio.Client.{}\", \"returns\": \"corp.db.Rows\"}],"
         " \"types\": {\"corp.db.Fast\": {\"bases\": [\"corp.db.Client\"], \"enter\": \"corp.db.Session\"}},"
         " \"same\": {\"corp.Client\": \"corp.db.Client\"}, \"triggers\": \"corp\"}");
    assert_true(knows(*state, "corp.Client.send", &rule));
    assert_int_equal(rule.effect, EFFECT_DB);
    assert_int_equal(rule.weight, WEIGHT_ALWAYS);
    assert_int_equal(rule.severity, SEVERITY_HIGH);
    assert_str(rule.replacement, "corp.aio.Client.send");
    assert_str(rule.path, "corp.db.Client.send");
    assert_true(knows(*state, "corp.db.Fast.query", &rule));
    assert_str(catalogue_returns(*state, STR("corp.db.Fast.query")), "corp.db.Rows");
    assert_str(catalogue_enter(*state, STR("corp.db.Fast")), "corp.db.Session");
    assert_false(knows(*state, "corp.db.Fast.close", &rule));
    assert_str(catalogue_trigger(*state, catalogue_trigger_count(*state) - 1), "corp");
    assert_true(knows(*state, "requests.get", &rule));
}

static void traits_add_up(void **state)
{
    load(*state,
         "{\"types\": {\"corp.Fast\": {\"bases\": [\"corp.Client\"]}},"
         " \"traits\": {\"corp.Client\": \"session\", \"corp.Client.*\": \"waits-db\","
         " \"corp.Fast.read\": \"bulk\","
         " \"corp.{start,run}\": [\"makes-task\", \"loop-bound\"], \"corp.st{art}\": \"long-lived\"}}");
    assert_int_equal(catalogue_traits(*state, STR("corp.Fast")), TRAIT_BIT(TRAIT_SESSION));
    assert_int_equal(catalogue_traits(*state, STR("corp.Fast.query")), TRAIT_BIT(TRAIT_WAITS_DB));
    assert_int_equal(catalogue_traits(*state, STR("corp.Fast.read")),
                     TRAIT_BIT(TRAIT_WAITS_DB) | TRAIT_BIT(TRAIT_BULK));
    assert_int_equal(catalogue_traits(*state, STR("corp.Fast.__aenter__")), 0);
    assert_int_equal(catalogue_traits(*state, STR("corp.run")),
                     TRAIT_BIT(TRAIT_MAKES_TASK) | TRAIT_BIT(TRAIT_LOOP_BOUND));
    assert_int_equal(catalogue_traits(*state, STR("corp.start")),
                     TRAIT_BIT(TRAIT_MAKES_TASK) | TRAIT_BIT(TRAIT_LOOP_BOUND) | TRAIT_BIT(TRAIT_LONG_LIVED));
    assert_int_equal(catalogue_traits(*state, STR("corp.stop")), 0);
    assert_int_equal(catalogue_traits(*state, STR("attr.s")), TRAIT_BIT(TRAIT_CONSTRUCTOR));
    assert_int_equal(catalogue_traits(*state, STR("attr.ib")), 0);
}

static void changes_entries(void **state)
{
    Rule rule;
    load(*state, "{\"calls\": [{\"path\": \"requests.get\", \"effect\": \"http\", \"weight\": \"cheap\", "
                 "\"severity\": \"info\", \"unless\": [{\"keyword\": \"timeout\", \"at_most\": 1}]}]}");
    assert_true(knows(*state, "requests.get", &rule));
    assert_int_equal(rule.weight, WEIGHT_CHEAP);
    assert_int_equal(rule.severity, SEVERITY_INFO);
    assert_int_equal(rule.unless_count, 1);
    assert_str(catalogue_unless(*state, &rule, 0)->conditions[0].keyword, "timeout");
    assert_true(knows(*state, "requests.post", &rule));
    assert_int_equal(rule.weight, WEIGHT_ALWAYS);
    assert_str(catalogue_returns(*state, STR("requests.get")), "requests.Response");
}

static void removes_entries_by_any_name(void **state)
{
    Rule rule;
    load(*state, "{\"calls\": [{\"path\": \"requests.sessions.Session.get\", \"effect\": \"none\"}]}");
    assert_true(knows(*state, "requests.Session.get", &rule));
    assert_int_equal(rule.effect, EFFECT_NONE);
    assert_int_equal(rule.weight, WEIGHT_NONE);
    assert_true(knows(*state, "requests.Session.post", &rule));
    assert_int_equal(rule.effect, EFFECT_HTTP);
}

static void last_table_wins(void **state)
{
    Rule rule;
    load(*state,
         "{\"calls\": [{\"path\": \"a.f\", \"effect\": \"db\"}, {\"path\": \"a.g\", \"effect\": \"db\"}]}");
    load(*state, "{\"calls\": [{\"path\": \"a.f\", \"effect\": \"mail\", \"unless\": [{\"position\": 0, "
                 "\"is\": 7}]}]}");
    assert_true(knows(*state, "a.f", &rule));
    assert_int_equal(rule.effect, EFFECT_MAIL);
    assert_str(catalogue_unless(*state, &rule, 0)->conditions[0].value, "7");
    assert_true(knows(*state, "a.g", &rule));
    assert_int_equal(rule.effect, EFFECT_DB);
}

static void takes_handovers_and_methods(void **state)
{
    Handover handover;
    MethodPlacement placement;
    load(*state,
         "{\"handovers\": [{\"path\": \"corp.later\", \"position\": 1, \"def\": \"thread\", "
         "\"coroutine\": \"loop\"}, {\"path\": \"asyncio.to_thread\", \"position\": 2, \"def\": \"process\", "
         "\"coroutine\": \"unknown\"}], \"methods\": [{\"base\": \"corp.Handler\", \"methods\": "
         "[\"on_{open,close}\", \"run\"], \"def\": \"loop\", \"coroutine\": \"loop\"}]}");
    assert_true(catalogue_handover(*state, STR("corp.later"), 0, &handover));
    assert_int_equal(handover.position, 1);
    assert_false(catalogue_handover(*state, STR("corp.later"), 1, &handover));
    assert_true(catalogue_handover(*state, STR("asyncio.to_thread"), 0, &handover));
    assert_int_equal(handover.def_runs, PLACE_PROCESS);
    assert_true(catalogue_method_placement(*state, STR("corp.Handler"), STR("on_close"), &placement));
    assert_int_equal(placement.def_runs, PLACE_LOOP);
    assert_false(catalogue_method_placement(*state, STR("corp.Handler"), STR("on"), &placement));
}

static void bases_may_run_in_a_circle(void **state)
{
    Rule rule;
    load(*state, "{\"types\": {\"a.A\": {\"bases\": [\"a.B\"]}, \"a.B\": {\"bases\": [\"a.A\"]}}}");
    assert_false(knows(*state, "a.A.f", &rule));
    assert_true(catalogue_derives(*state, STR("a.B"), STR("a.A")));
    load(*state, "{\"same\": {\"b.x\": \"c.x\"}}");
    load(*state, "{\"same\": {\"c.x\": \"b.x\"}}");
    assert_false(knows(*state, "b.x", &rule));
}

typedef struct BadTable {
    const char *text;
    const char *fail; /* how the message starts */
} BadTable;

static const BadTable bad_tables[] = {
    {"", "mine.json:1: is not valid JSON"},
    {"{\n\"calls\": [}", "mine.json:2: is not valid JSON"},
    {"{}\n{}", "mine.json:1: has text after"},
    {"[]", "mine.json:1: a rule table must be an object"},
    {"{\n \"calls\": [],\n \"cals\": []}", "mine.json:3: a rule table does not have a key \"cals\""},
    {"{\n \"calls\": {}}", "mine.json:2: \"calls\" must be a list"},
    {"{\"calls\": [],\n\"calls\": []}", "mine.json:2: \"calls\" stands twice"},
    {"{\"calls\": [\n{\"path\": \"a.b\", \"effect\": \"db\"},\n{\"path\": \"a.c\",\n \"effect\": \"bd\"}]}",
     "mine.json:4: \"bd\" is no effect"},
    {"{\"calls\": [\n{\"path\": \"a\\n.b\", \"effect\": \"db\"}]}",
     "mine.json:2: \"a?.b\" is not a dotted path"},
    {"{\"calls\": [\n\n{\"path\": \"a.b\"}]}", "mine.json:3: a call needs \"effect\""},
    {"{\"calls\": [{\"effect\": \"db\"}]}", "mine.json:1: a call needs \"path\""},
    {"{\"calls\": [\n7]}", "mine.json:2: a call must be an object"},
    {"{\"calls\": [{\n\"path\": 7, \"effect\": \"db\"}]}", "mine.json:2: \"path\" must be a text or a list"},
    {"{\"calls\": [{\n\"path\": [\"a.b\",\n7], \"effect\": \"db\"}]}",
     "mine.json:2: \"path\" must be a text or a list"},
    {"{\"calls\": [{\"path\": [\"a.b\",\n\"a.{b\"], \"effect\": \"db\"}]}",
     "mine.json:2: \"a.{b\" has a brace that is not"},
    {"{\"calls\": [{\"path\": \"a.b}\", \"effect\": \"db\"}]}",
     "mine.json:1: \"a.b}\" has a closing brace too many"},
    {"{\"calls\": [{\"path\": \"a.}b{\", \"effect\": \"db\"}]}",
     "mine.json:1: \"a.}b{\" has a closing brace too many"},
    {"{\"calls\": [{\"path\": \"a.{b,{c,d}}\", \"effect\": \"db\"}]}",
     "mine.json:1: \"a.{b,{c,d}}\" has braces within"},
    {"{\"calls\": [{\"path\": \"a.{b,,c}\", \"effect\": \"db\"}]}",
     "mine.json:1: \"a.{b,,c}\" has an empty choice"},
    {"{\"calls\": [{\"path\": \"a.*.b\", \"effect\": \"db\"}]}",
     "mine.json:1: \"a.*.b\" is not a dotted path"},
    {"{\"calls\": [{\"path\": \"1a.b\", \"effect\": \"db\"}]}", "mine.json:1: \"1a.b\" is not a dotted path"},
    {"{\"calls\": [{\"path\": \"a.b\", \"effect\": \"db\"},\n{\"path\": \"a.{c,b}\", \"effect\": \"db\"}]}",
     "mine.json:2: \"a.b\" stands twice"},
    {"{\"calls\": [{\"path\": \"requests.get\", \"effect\": \"db\"},\n{\"path\": \"requests.api.get\", "
     "\"effect\": "
     "\"db\"}]}",
     "mine.json:2: \"requests.api.get\" stands twice"},
    {"{\"calls\": [{\"path\": \"a.b\", \"effect\": \"db\",\n\"severity\": \"hi\"}]}",
     "mine.json:2: \"hi\" is no severity"},
    {"{\"calls\": [{\"path\": \"a.b\", \"effect\": \"db\", \"Effect\": \"db\"}]}",
     "mine.json:1: a call does not have a key"},
    {"{\"defaults\": {\n\"path\": \"a\"}}", "mine.json:2: \"defaults\" does not have a key \"path\""},
    {"{\"calls\": [{\"path\": \"a.b\", \"effect\": \"db\", \"unless\": [\n{\"is\": 0}]}]}",
     "mine.json:2: a condition needs \"position\" or \"keyword\""},
    {"{\"calls\": [{\"path\": \"a.b\", \"effect\": \"db\", \"unless\": [\n{\"position\": 0}]}]}",
     "mine.json:2: a condition needs a test"},
    {"{\"calls\": [{\"path\": \"a.b\", \"effect\": \"db\", \"unless\": [{\"position\": 0, \"is\": "
     "0,\n\"names\": \"x\"}]}]}",
     "mine.json:2: a condition has one test"},
    {"{\"calls\": [{\"path\": \"a.b\", \"effect\": \"db\", \"unless\": [{\"position\": 0.5, \"is\": 0}]}]}",
     "mine.json:1: \"position\" must be a whole number"},
    {"{\"calls\": [{\"path\": \"a.b\", \"effect\": \"db\", \"unless\": [{\"position\": 0, \"is\": []}]}]}",
     "mine.json:1: \"is\" must be a text, a number"},
    {"{\"calls\": [{\"path\": \"a.b\", \"effect\": \"db\", \"unless\": [{\"position\": 0, \"at_most\": "
     "\"1\"}]}]}",
     "mine.json:1: \"at_most\" must be a number"},
    {"{\"calls\": [{\"path\": \"a.b\", \"effect\": \"db\", \"unless\": [{\"position\": 0, \"absent\": "
     "false}]}]}",
     "mine.json:1: \"absent\" can only be true"},
    {"{\"calls\": [{\"path\": \"a.b\", \"effect\": \"db\", \"unless\": [{\"all\": []}]}]}",
     "mine.json:1: \"all\" is empty"},
    {"{\"calls\": [{\"path\": \"a.b\", \"effect\": \"db\", \"unless\": [{\"all\": [{\"position\": 0, \"is\": "
     "0},"
     "{\"position\": 0, \"is\": 0},{\"position\": 0, \"is\": 0},{\"position\": 0, \"is\": "
     "0},\n{\"position\": 0, "
     "\"is\": 0}]}]}]}",
     "mine.json:2: \"all\" holds more than 4 conditions"},
    {"{\"types\": {\n\"a.B\": {\"base\": [\"c\"]}}}", "mine.json:2: a type does not have a key \"base\""},
    {"{\"types\": {\"a.B\": {\"bases\": [\"c\"]},\n\"a.B\": {\"bases\": [\"d\"]}}}",
     "mine.json:2: \"a.B\" stands twice"},
    {"{\"types\": {\"a.B\": {\"members\": {\n\"f\": 7}}}}", "mine.json:2: \"f\" must be a text"},
    {"{\"returns\": {\n\"a.b\": \"\"}}", "mine.json:2: \"a.b\" must be a text that is not empty"},
    {"{\"returns\": {\"a.b\": \"c\",\n\"a.b\": \"d\"}}", "mine.json:2: \"a.b\" stands twice"},
    {"{\"same\": {\"a.b\": \"a.c\",\n\"a.c\": \"a.b\"}}", "mine.json:2: \"a.c\" stands twice or leads back"},
    {"{\"same\": {\n\"a.b\": \"a.b\"}}", "mine.json:2: \"a.b\" stands twice or leads back"},
    {"{\"handovers\": [\n{\"path\": \"a.b\", \"def\": \"loop\", \"coroutine\": \"loop\"}]}",
     "mine.json:2: a handover needs \"position\""},
    {"{\"handovers\": [{\"path\": \"a.b\", \"position\": 0,\n\"def\": \"lop\", \"coroutine\": \"loop\"}]}",
     "mine.json:2: \"lop\" is no placement"},
    {"{\"handovers\": [{\"path\": \"a.b\", \"position\": 0, \"def\": \"loop\", \"coroutine\": "
     "\"loop\"},\n{\"path\": "
     "\"a.b\", \"position\": 0, \"def\": \"loop\", \"coroutine\": \"loop\"}]}",
     "mine.json:2: \"a.b\" stands twice for the same argument"},
    {"{\"methods\": [{\"base\": \"a.B\", \"methods\": [\"f\",\n\"f\"], \"def\": \"loop\", \"coroutine\": "
     "\"loop\"}]}",
     "mine.json:2: \"a.B.f\" stands twice"},
    {"{\"traits\": {\n\"a.b\": \"sesion\"}}", "mine.json:2: \"sesion\" is no trait; known are waits-network"},
    {"{\"traits\": {\n\"a.b\": []}}", "mine.json:2: \"a.b\" has no traits"},
    {"{\"triggers\": [\"a\",\n\"\"]}", "mine.json:2: a trigger is empty"},
    {"{\n\"codes\": []}", "mine.json:2: \"codes\" belongs to the built-in tables"},
    {"{\n\"effects\": {}}", "mine.json:2: \"effects\" belongs to the built-in tables"},
};

static void takes_twins(void **state)
{
    load(
        *state,
        "{\"types\": {\"corp.Client\": {}, \"corp.Special\": {\"bases\": \"corp.Client\"}},"
        " \"same\": {\"corp.core.Client\": \"corp.Client\"},"
        " \"twins\": {\"corp.Client\": \"corp.AsyncClient\", \"corp.Client.{get,put}\": \"corp.Client.a{}\"},"
        " \"needs\": {\"corp.Client.aget\": \"corp 2 or newer\"},"
        " \"unlike\": {\"corp.Client.get\": \"stream 2\"}}");
    assert_str(catalogue_twin(*state, STR("corp.core.Client")), "corp.AsyncClient");
    assert_str(catalogue_twin(*state, STR("corp.Special")), "");
    assert_str(catalogue_twin(*state, STR("corp.Special.put")), "corp.Client.aput");
    assert_str(catalogue_twin(*state, STR("corp.Client.delete")), "");
    assert_str(catalogue_needs(*state, STR("corp.Client.aget")), "corp 2 or newer");
    assert_str(catalogue_needs(*state, STR("corp.Client.aput")), "");
    assert_str(catalogue_unlike(*state, STR("corp.Client.get")), "stream 2");
}

static void bad_tables_name_the_line(void **state)
{
    for (size_t i = 0; i < sizeof bad_tables / sizeof *bad_tables; i++) {
        Fail fail = {0};
        assert_false(catalogue_load_text(*state, str_from(bad_tables[i].text), "mine.json", &fail));
        assert_true(fail.failed);
        if (strncmp(fail.text, bad_tables[i].fail, strlen(bad_tables[i].fail)) != 0)
            fail_msg("table %zu: \"%s\" is not \"%s\"", i, fail.text, bad_tables[i].fail);
    }
}

static void bad_tables_change_nothing(void **state)
{
    Rule rule;
    Fail fail = {0};
    Str text = STR("{\"calls\": [{\"path\": \"requests.get\", \"effect\": \"none\"}, {\"path\": \"a.b\"}]}");
    assert_false(catalogue_load_text(*state, text, "mine.json", &fail));
    assert_true(knows(*state, "requests.get", &rule));
    assert_int_equal(rule.effect, EFFECT_HTTP);
    assert_false(catalogue_load(*state, "/nonexistent/table.json", &fail));
}

static void missing_files_are_named(void **state)
{
    Fail fail = {0};
    assert_false(catalogue_load(*state, "/nonexistent/table.json", &fail));
    assert_int_equal(strncmp(fail.text, "/nonexistent/table.json: ", 25), 0);
}

/* "a.{b,b,…}" with one name more than a pattern may have. */
static void patterns_have_a_limit(void **state)
{
    (void)state;
    Arena arena;
    Buf text;
    Pattern pattern;
    arena_init(&arena);
    buf_init(&text);
    buf_add_text(&text, "a.{b");
    for (size_t i = 1; i < LIMIT_PATTERN_NAMES; i++)
        buf_add_text(&text, ",b");
    size_t most = text.len;
    buf_add_text(&text, "}");
    assert_null(pattern_expand(&arena, buf_str(&text), &pattern));
    assert_int_equal(pattern.count, LIMIT_PATTERN_NAMES);
    text.len = most;
    buf_add_text(&text, ",b}");
    assert_string_equal(pattern_expand(&arena, buf_str(&text), &pattern), "names too many callables");
    assert_string_equal(
        pattern_expand(&arena, STR("a.{b,c}{d,e}{f,g}{h,i}{j,k}{l,m}{n,o}{p,q}{r,s}{t,u}"), &pattern),
        "names too many callables");
    buf_free(&text);
    arena_free(&arena);
}

static void patterns_expand_in_order(void **state)
{
    (void)state;
    Arena arena;
    Pattern pattern;
    arena_init(&arena);
    assert_null(pattern_expand(&arena, STR("a.{B, C}.{x,y}"), &pattern));
    assert_int_equal(pattern.count, 4);
    assert_str(pattern.names[0].path, "a.B.x");
    assert_str(pattern.names[3].path, "a.C.y");
    assert_str(pattern.names[3].member, "y");
    assert_str(pattern_fill(&arena, STR("b.a{}.{}_async"), STR("x")), "b.ax.x_async");
    assert_null(pattern_expand(&arena, STR("a.b"), &pattern));
    assert_str(pattern.names[0].member, "b");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(adds_entries, set_up, tear_down),
        cmocka_unit_test_setup_teardown(traits_add_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(changes_entries, set_up, tear_down),
        cmocka_unit_test_setup_teardown(removes_entries_by_any_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(last_table_wins, set_up, tear_down),
        cmocka_unit_test_setup_teardown(takes_handovers_and_methods, set_up, tear_down),
        cmocka_unit_test_setup_teardown(takes_twins, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bases_may_run_in_a_circle, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_tables_name_the_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_tables_change_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(missing_files_are_named, set_up, tear_down),
        cmocka_unit_test(patterns_have_a_limit),
        cmocka_unit_test(patterns_expand_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
