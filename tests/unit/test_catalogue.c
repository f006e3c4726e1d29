/* test_catalogue.c - look-ups in the built-in tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "rules/catalogue.h"

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

static void assert_str(Str actual, const char *expected)
{
    if (!str_equal(actual, str_from(expected)))
        fail_msg("\"%.*s\" is not \"%s\"", (int)actual.len, actual.ptr, expected);
}

static Rule found(const Catalogue *catalogue, const char *path)
{
    Rule rule = {0};
    if (!catalogue_find(catalogue, str_from(path), &rule)) fail_msg("%s is not known", path);
    return rule;
}

static void assert_effect(const Catalogue *catalogue, const char *path, Effect effect)
{
    Rule rule = found(catalogue, path);
    if (rule.effect != effect) fail_msg("%s has effect %s", path, effect_text(rule.effect));
}

static void assert_unknown(const Catalogue *catalogue, const char *path)
{
    Rule rule;
    if (catalogue_find(catalogue, str_from(path), &rule)) fail_msg("%s is known", path);
}

static void finds_what_blocks(void **state)
{
    Rule rule = found(*state, "requests.Session.get");
    assert_int_equal(rule.effect, EFFECT_HTTP);
    assert_int_equal(rule.weight, WEIGHT_ALWAYS);
    assert_int_equal(rule.kind, CALL_METHOD);
    assert_int_equal(rule.gil, GIL_RELEASED);
    assert_int_equal(rule.form, FORM_AWAIT_CALL);
    assert_int_equal(rule.severity, SEVERITY_HIGH);
    assert_str(rule.path, "requests.Session.get");
    assert_str(rule.returns, "requests.Response");
    assert_str(rule.replacement, "httpx2.AsyncClient.get");
    assert_str(rule.package, "httpx2");
    assert_true(rule.evidence.len > 0);
    assert_effect(*state, "time.sleep", EFFECT_SLEEP);
    assert_effect(*state, "builtins.open", EFFECT_FILE);
    assert_effect(*state, "importlib.import_module", EFFECT_IMPORT);
    assert_int_equal(found(*state, "os.path.exists").weight, WEIGHT_CHEAP);
    assert_int_equal(found(*state, "builtins.open").severity, SEVERITY_LOW);
    assert_int_equal(found(*state, "subprocess.Popen").severity, SEVERITY_LOW);
    assert_int_equal(found(*state, "subprocess.run").severity, SEVERITY_HIGH);
}

static void knows_nothing_of_others(void **state)
{
    static const char *const paths[] = {
        "",         ".",    "get",     "app.views.get", "requests.gets",
        "requests", "time", "*",       "requests.",     "requests.Session.nope",
        "a..b",     "dict", "str.get", ".get",          "requests.Session.get.more"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        assert_unknown(*state, paths[i]);
    assert_str(catalogue_returns(*state, STR("app.make")), "");
    assert_false(catalogue_is_type(*state, STR("app.Thing")));
    assert_false(catalogue_has_prefix(*state, STR("app")));
    assert_false(catalogue_has_prefix(*state, STR("requests.get")));
    assert_true(catalogue_has_prefix(*state, STR("requests")));
    assert_true(catalogue_has_prefix(*state, STR("os.path")));
}

static void says_what_does_not_block(void **state)
{
    static const char *const paths[] = {"redis.asyncio.Redis.get",
                                        "redis.asyncio.Redis.anything",
                                        "httpx.AsyncClient.get",
                                        "asyncio.Queue.get",
                                        "asyncio.PriorityQueue.get",
                                        "anyio.Path.read_text",
                                        "asyncio.sleep",
                                        "aiofiles.open",
                                        "io.BytesIO.read",
                                        "redis.client.Pipeline.get",
                                        "sqlalchemy.ext.asyncio.AsyncSession.execute",
                                        "dict.get",
                                        "sys.stdout.write"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        assert_effect(*state, paths[i], EFFECT_NONE);
        Rule rule = found(*state, paths[i]);
        assert_int_equal(rule.weight, WEIGHT_NONE);
        assert_true(rule.why.len > 0);
    }
    assert_effect(*state, "redis.client.Pipeline.execute", EFFECT_CACHE);
    assert_effect(*state, "io.BufferedReader.read", EFFECT_FILE);
}

static void resolves_re_exports(void **state)
{
    static const char *const pairs[][2] = {
        {"requests.sessions.Session.get", "requests.Session.get"},
        {"redis.client.StrictRedis", "redis.Redis"},
        {"sqlalchemy.orm.session.Session", "sqlalchemy.orm.Session"},
        {"posixpath.exists", "os.path.exists"},
        {"io.open", "builtins.open"},
        {"pathlib.PosixPath.read_text", "pathlib.Path.read_text"},
        {"concurrent.futures.thread.ThreadPoolExecutor", "concurrent.futures.ThreadPoolExecutor"},
        {"pymongo.mongo_client.MongoClient", "pymongo.MongoClient"},
        {"aioredis.client.Redis", "redis.asyncio.Redis"},
        {"requests.Session.get", "requests.Session.get"},
        {"requests.sessions.Session.nope", "requests.sessions.Session.nope"},
        {"app.sessions.Session", "app.sessions.Session"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_str(catalogue_canonical(*state, str_from(pairs[i][0])), pairs[i][1]);
    assert_effect(*state, "redis.client.Redis.get", EFFECT_CACHE);
    assert_effect(*state, "multiprocessing.context.SpawnContext.Pool", EFFECT_PROCESS);
}

static void looks_through_bases(void **state)
{
    Rule rule;
    assert_true(catalogue_member(*state, STR("psycopg2.extras.DictCursor"), STR("execute"), &rule));
    assert_str(rule.path, "psycopg2.extensions.cursor.execute");
    assert_effect(*state, "queue.PriorityQueue.get", EFFECT_QUEUE);
    assert_effect(*state, "ssl.SSLSocket.getpeername", EFFECT_NONE);
    assert_true(
        catalogue_derives(*state, STR("django.contrib.auth.models.User"), STR("django.db.models.Model")));
    assert_true(catalogue_derives(*state, STR("redis.StrictRedis"), STR("redis.client.Redis")));
    assert_false(catalogue_derives(*state, STR("queue.Queue"), STR("queue.LifoQueue")));
    assert_false(catalogue_derives(*state, STR("app.A"), STR("app.B")));
    assert_false(catalogue_member(*state, STR("app.Redis"), STR("get"), &rule));
    assert_false(catalogue_member(*state, STR(""), STR("get"), &rule));
    assert_false(catalogue_member(*state, STR("redis.Redis"), STR(""), &rule));
}

static void wildcards_stop_at_special_methods(void **state)
{
    Rule rule = found(*state, "botocore.client.BaseClient.any_operation");
    assert_str(rule.path, "botocore.client.BaseClient.*");
    assert_int_equal(rule.effect, EFFECT_CLOUD);
    assert_effect(*state, "botocore.client.BaseClient.get_paginator", EFFECT_NONE);
    assert_unknown(*state, "botocore.client.BaseClient.__repr__");
    assert_unknown(*state, "botocore.client.BaseClient.meta.region");
    assert_effect(*state, "httpx.AsyncClient.__aenter__", EFFECT_NONE);
}

static void knows_types_of_values(void **state)
{
    static const char *const returns[][2] = {
        {"psycopg2.connect", "psycopg2.extensions.connection"},
        {"psycopg2.extensions.connection.cursor", "psycopg2.extensions.cursor"},
        {"boto3.client", "botocore.client.BaseClient"},
        {"sqlalchemy.orm.session.sessionmaker", "sqlalchemy.orm.sessionmaker"},
        {"sqlalchemy.orm.sessionmaker.__call__", "sqlalchemy.orm.Session"},
        {"sqlalchemy.engine.Engine.begin", "sqlalchemy.engine.Connection"},
        {"pathlib.Path.__truediv__", "pathlib.Path"},
        {"pathlib.PosixPath.rglob", "Iterator[pathlib.Path]"},
        {"multiprocessing.Queue", "multiprocessing.queues.Queue"},
        {"requests.sessions.Session", "requests.Session"},
        {"asyncio.get_running_loop", "asyncio.AbstractEventLoop"},
        {"uvloop.Loop.create_task", "asyncio.Task"},
        {"time.sleep", ""},
    };
    for (size_t i = 0; i < sizeof returns / sizeof *returns; i++)
        assert_str(catalogue_returns(*state, str_from(returns[i][0])), returns[i][1]);
    assert_str(catalogue_attribute(*state, STR("subprocess.Popen.stdout")), "io.BufferedReader");
    assert_str(catalogue_attribute(*state, STR("pathlib.PosixPath.parent")), "pathlib.Path");
    assert_str(catalogue_attribute(*state, STR("pymongo.MongoClient.shop")), "pymongo.database.Database");
    assert_str(catalogue_attribute(*state, STR("pymongo.MongoClient.close")), "");
    assert_str(catalogue_attribute(*state, STR("pymongo.MongoClient._private")), "");
    assert_str(catalogue_attribute(*state, STR("openai.OpenAI.chat.completions")),
               "openai.OpenAI.chat.completions");
    assert_str(catalogue_item(*state, STR("pymongo.database.Database")), "pymongo.collection.Collection");
    assert_str(catalogue_item(*state, STR("time.sleep")), "");
    assert_str(catalogue_enter(*state, STR("tempfile.TemporaryDirectory")), "str");
    assert_str(catalogue_enter(*state, STR("io.TextIOWrapper")), "");
    assert_true(catalogue_is_type(*state, STR("redis.client.Redis")));
    assert_false(catalogue_is_type(*state, STR("redis.from_url")));
}

static void names_exceptions(void **state)
{
    Rule rule = found(*state, "queue.LifoQueue.get");
    assert_int_equal(rule.unless_count, 4);
    assert_int_equal(catalogue_unless(*state, &rule, 2)->conditions[0].test, TEST_GUARDED);
    assert_str(catalogue_unless(*state, &rule, 2)->conditions[0].value, "not empty");
    const Unless *unless = catalogue_unless(*state, &rule, 0);
    assert_int_equal(unless->weight, WEIGHT_NONE);
    assert_int_equal(unless->count, 1);
    assert_int_equal(unless->conditions[0].test, TEST_IS);
    assert_int_equal(unless->conditions[0].position, 0);
    assert_str(unless->conditions[0].keyword, "block");
    assert_str(unless->conditions[0].value, "False");
    rule = found(*state, "time.sleep");
    assert_str(catalogue_unless(*state, &rule, 0)->conditions[0].value, "0.005");
    assert_int_equal(catalogue_unless(*state, &rule, 0)->conditions[0].test, TEST_AT_MOST);
    rule = found(*state, "socket.socket.setblocking");
    assert_true(rule.quiets_receiver);
    rule = found(*state, "requests.Response.text");
    assert_true(catalogue_unless(*state, &rule, 0)->conditions[0].of_receiver);
    rule = found(*state, "ssl.SSLContext.load_verify_locations");
    assert_int_equal(catalogue_unless(*state, &rule, 0)->count, 3);
    rule = found(*state, "builtins.open");
    assert_int_equal(catalogue_unless(*state, &rule, 0)->weight, WEIGHT_CHEAP);
    assert_str(catalogue_unless(*state, &rule, 0)->conditions[0].value, "/proc/");
}

static Handover handed(const Catalogue *catalogue, const char *path, size_t index)
{
    Handover handover = {0};
    if (!catalogue_handover(catalogue, str_from(path), index, &handover))
        fail_msg("%s takes no function", path);
    return handover;
}

static void says_where_functions_run(void **state)
{
    Handover handover = handed(*state, "asyncio.to_thread", 0);
    assert_int_equal(handover.position, 0);
    assert_int_equal(handover.def_runs, PLACE_THREAD);
    assert_false(catalogue_handover(*state, STR("asyncio.to_thread"), 1, &handover));
    handover = handed(*state, "uvloop.Loop.run_in_executor", 0);
    assert_int_equal(handover.position, 1);
    handover = handed(*state, "builtins.sorted", 0);
    assert_int_equal(handover.position, -1);
    assert_str(handover.keyword, "key");
    assert_int_equal(handover.def_runs, PLACE_INLINE);
    handover = handed(*state, "fastapi.routing.APIRouter.get", 0);
    assert_true(handover.is_decorator);
    assert_int_equal(handover.def_runs, PLACE_THREAD);
    assert_int_equal(handover.coroutine_runs, PLACE_LOOP);
    assert_int_equal(handed(*state, "fastapi.FastAPI.middleware", 0).def_runs, PLACE_LOOP);
    assert_true(handed(*state, "functools.partial", 0).is_wrapper);
    assert_int_equal(handed(*state, "asyncio.Task.add_done_callback", 0).def_runs, PLACE_LOOP);
    assert_int_equal(handed(*state, "concurrent.futures.Future.add_done_callback", 0).def_runs, PLACE_THREAD);
    assert_false(catalogue_handover(*state, STR("app.run_later"), 0, &handover));
}

static void conditions_of_handovers_come_first(void **state)
{
    Handover handover = handed(*state, "litestar.get", 0);
    assert_true(handover.is_conditional);
    assert_int_equal(handover.def_runs, PLACE_THREAD);
    assert_str(handover.condition.keyword, "sync_to_thread");
    assert_str(handover.condition.value, "True");
    handover = handed(*state, "litestar.get", 1);
    assert_false(handover.is_conditional);
    assert_int_equal(handover.def_runs, PLACE_LOOP);
}

static void says_where_methods_run(void **state)
{
    MethodPlacement placement;
    assert_true(catalogue_method_placement(*state, STR("tornado.websocket.WebSocketHandler"), STR("get"),
                                           &placement));
    assert_int_equal(placement.def_runs, PLACE_LOOP);
    assert_str(placement.base, "tornado.web.RequestHandler");
    assert_true(catalogue_method_placement(*state, STR("django.core.management.BaseCommand"), STR("handle"),
                                           &placement));
    assert_int_equal(placement.def_runs, PLACE_COMMAND_LINE);
    assert_false(
        catalogue_method_placement(*state, STR("tornado.web.RequestHandler"), STR("helper"), &placement));
    assert_false(catalogue_method_placement(*state, STR("app.Handler"), STR("get"), &placement));
}

static void codes_are_whole(void **state)
{
    size_t count = catalogue_code_count(*state);
    assert_true(count >= 16);
    for (size_t i = 0; i < count; i++) {
        const CodeRule *code = catalogue_code(*state, i);
        assert_true(code->name.len && code->summary.len && code->why.len && code->instead.len &&
                    code->limits.len);
        assert_int_equal(code->bad.len == 0, str_starts(code->code, STR("LS9")));
        assert_int_equal(code->good.len == 0, code->bad.len == 0);
        if (code->bad.len) assert_true(str_ends(code->bad, STR("\n")));
        if (i) assert_true(str_compare(catalogue_code(*state, i - 1)->code, code->code) < 0);
        assert_ptr_equal(catalogue_code_find(*state, code->code), code);
    }
    assert_str(catalogue_code_of(*state, EFFECT_DNS)->code, "LS150");
    assert_str(catalogue_code_find(*state, STR("LS101"))->name, "blocking-sleep-on-loop");
    assert_str(catalogue_code_of(*state, EFFECT_CPU)->code, "LS301");
    assert_str(catalogue_code_of(*state, EFFECT_LOOP_MISUSE)->code, "LS401");
    assert_str(catalogue_code_of(*state, EFFECT_THREAD_WAIT)->code, "LS407");
    assert_null(catalogue_code_of(*state, EFFECT_NONE));
    assert_null(catalogue_code_find(*state, STR("LS999")));
}

static void has_triggers(void **state)
{
    size_t seen = 0;
    for (size_t i = 0; i < catalogue_trigger_count(*state); i++) {
        Str trigger = catalogue_trigger(*state, i);
        assert_true(trigger.len > 0);
        seen += str_equal(trigger, STR("async")) || str_equal(trigger, STR("loopsafe:")) ||
                str_equal(trigger, STR("tornado")) || str_equal(trigger, STR("homeassistant"));
    }
    assert_int_equal(seen, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(finds_what_blocks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(knows_nothing_of_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(says_what_does_not_block, set_up, tear_down),
        cmocka_unit_test_setup_teardown(resolves_re_exports, set_up, tear_down),
        cmocka_unit_test_setup_teardown(looks_through_bases, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wildcards_stop_at_special_methods, set_up, tear_down),
        cmocka_unit_test_setup_teardown(knows_types_of_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_exceptions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(says_where_functions_run, set_up, tear_down),
        cmocka_unit_test_setup_teardown(conditions_of_handovers_come_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(says_where_methods_run, set_up, tear_down),
        cmocka_unit_test_setup_teardown(codes_are_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(has_triggers, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
