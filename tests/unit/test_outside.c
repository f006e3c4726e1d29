/* What applications are given, what is read of what they do, and what is copied for them. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "probe/routes.h"
#include "runtime/environment.h"
#include "runtime/redis.h"
#include "runtime/sql_log.h"
#include "runtime/stand_in.h"
#include "standin/answers.h"
#include "standin/front.h"
#include "standin/http_request.h"
#include "standin/name_server.h"
#include "standin/alarms.h"

static Arena arena;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static const char *text_of(Str text)
{
    return str_copy(&arena, text).ptr;
}

static const char *new_folder(void)
{
    Fail fail = {0};
    const char *folder = space_folder_new(&arena, &fail);
    assert_non_null(folder);
    return folder;
}

static const char *below(const char *folder, const char *name)
{
    return str_format(&arena, "%s/%s", folder, name).ptr;
}

static void write_text(const char *path, const char *text)
{
    Fail fail = {0};
    assert_true(io_write_file(path, str_from(text), &fail));
}

/* --- environment --- */

static const char *line_at(const char *const *lines, const char *name)
{
    for (; *lines; lines++)
        if (strncmp(*lines, name, strlen(name)) == 0 && (*lines)[strlen(name)] == '=')
            return *lines + strlen(name) + 1;
    return NULL;
}

static void secrets_are_dropped(void **state)
{
    (void)state;
    const char *inherited[] = {"PATH=/bin",
                               "HOME=/home/me",
                               "AWS_SECRET_ACCESS_KEY=s",
                               "LC_TIME=C",
                               "DATABASE_URL=prod",
                               "PYTHONPATH=/src/shop/lib::/other:/src/shop",
                               "MODE=x",
                               "BROKEN",
                               NULL};
    const char *further[] = {"DATABASE_URL=run", "HOME=/no"};
    const Str wanted[] = {STR("MODE"), STR("LEVEL=a=b"), STR("LD_PRELOAD=libother.so")};
    const char *folder = new_folder();
    EnvironmentPlan plan = {.inherited = inherited,
                            .folder = folder,
                            .project = "/src/shop",
                            .copy = "/run/app",
                            .further = further,
                            .further_count = 2,
                            .wanted = wanted,
                            .wanted_count = 3};
    Fail fail = {0};
    const char *const *made = environment_make(&arena, &plan, &fail);
    assert_non_null(made);
    assert_null(line_at(made, "AWS_SECRET_ACCESS_KEY"));
    assert_null(line_at(made, "BROKEN"));
    assert_string_equal(line_at(made, "PATH"), "/bin");
    assert_string_equal(line_at(made, "LC_TIME"), "C");
    assert_string_equal(line_at(made, "DATABASE_URL"), "run");
    assert_string_equal(line_at(made, "HOME"), "/no");
    assert_string_equal(line_at(made, "TMPDIR"), below(folder, "tmp"));
    assert_string_equal(line_at(made, "PYTHONPATH"), "/run/app/lib::/other:/run/app");
    assert_string_equal(line_at(made, "PYTHONUSERBASE"), "/home/me/.local");
    assert_string_equal(line_at(made, "MODE"), "x");
    assert_string_equal(line_at(made, "LEVEL"), "a=b");
    assert_string_equal(line_at(made, "LD_PRELOAD"), "libother.so");
    for (size_t i = 1; made[i]; i++)
        assert_true(strcmp(made[i - 1], made[i]) < 0);
    struct stat status;
    assert_int_equal(stat(below(folder, "home/.cache"), &status), 0);
    assert_true(space_folder_free(folder));
}

static void wrong_wishes_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *wanted, *words;
    } cases[] = {{"MISSING", "--env MISSING: it is not set here"},
                 {"=x", "--env '=x': a NAME, or NAME=value"},
                 {"LOOPSAFE_ROUTES", "--env LOOPSAFE_ROUTES: verify needs this one itself"}};
    const char *folder = new_folder(), *inherited[] = {NULL};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const Str wanted = str_from(cases[i].wanted);
        EnvironmentPlan plan = {
            .inherited = inherited, .folder = folder, .wanted = &wanted, .wanted_count = 1};
        Fail fail = {0};
        assert_null(environment_make(&arena, &plan, &fail));
        assert_string_equal(fail.text, cases[i].words);
    }
    assert_true(space_folder_free(folder));
}

/* --- folders --- */

static void make_project(const char *project)
{
    static const char *const folders[] = {"pkg", "pkg/__pycache__", ".git",  "node_modules",
                                          "env", "build",           "hidden"};
    assert_int_equal(mkdir(project, 0755), 0);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        assert_int_equal(mkdir(below(project, folders[i]), 0755), 0);
    write_text(below(project, "pkg/app.py"), "import os\n");
    write_text(below(project, "pkg/__pycache__/app.pyc"), "x");
    write_text(below(project, ".git/config"), "x");
    write_text(below(project, "env/pyvenv.cfg"), "home = /usr\n");
    write_text(below(project, "build/data"), "kept");
    assert_int_equal(chmod(below(project, "pkg/app.py"), 0750), 0);
    const struct timespec times[2] = {{1000, 0}, {2000, 500}};
    assert_int_equal(utimensat(AT_FDCWD, below(project, "pkg/app.py"), times, 0), 0);
    assert_int_equal(symlink("pkg/app.py", below(project, "main.py")), 0);
    assert_int_equal(symlink(below(project, "build"), below(project, "pkg/whole")), 0);
    assert_int_equal(symlink("../../../etc/passwd", below(project, "pkg/up")), 0);
    assert_int_equal(symlink("/etc", below(project, "etc")), 0);
    assert_int_equal(mkfifo(below(project, "pipe"), 0600), 0);
}

static bool is_there(const char *folder, const char *name)
{
    struct stat status;
    return lstat(below(folder, name), &status) == 0;
}

static void projects_are_copied(void **state)
{
    (void)state;
    const char *folder = new_folder(), *project = below(folder, "shop"),
               *copy = below(folder, "shop/hidden/copy");
    make_project(project);
    SpaceCopy counts;
    Fail fail = {0};
    assert_true(space_copy_tree(project, copy, &counts, &fail));
    assert_int_equal(counts.files, 2);
    assert_int_equal(counts.bytes, strlen("import os\n") + strlen("kept"));
    assert_int_equal(counts.skipped, 3);
    static const char *const left_out[] = {".git",   "node_modules", "env",  "pkg/__pycache__",
                                           "pkg/up", "etc",          "pipe", "hidden/copy"};
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
        assert_false(is_there(copy, left_out[i]));
    struct stat status;
    assert_int_equal(stat(below(copy, "main.py"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0750);
    assert_int_equal(status.st_mtim.tv_sec, 2000);
    char target[4096] = "";
    assert_true(readlink(below(copy, "pkg/whole"), target, sizeof target - 1) > 0);
    assert_string_equal(target, below(copy, "build"));
    assert_false(space_copy_tree(below(folder, "missing"), below(folder, "x"), &counts, &fail));
    assert_string_equal(
        fail.text,
        str_format(&arena, "%s: cannot be copied: No such file or directory", below(folder, "missing")).ptr);
    assert_true(space_folder_free(folder));
}

/* Links are removed, what they lead to stays; folders without rights and far below are no hindrance. */
static void folders_are_removed(void **state)
{
    (void)state;
    const char *outside = new_folder(), *folder = new_folder();
    write_text(below(outside, "kept"), "x");
    assert_int_equal(symlink(outside, below(folder, "link")), 0);
    assert_int_equal(mkdir(below(folder, "locked"), 0755), 0);
    write_text(below(folder, "locked/file"), "x");
    assert_int_equal(chmod(below(folder, "locked"), 0), 0);
    int place = open(folder, O_RDONLY | O_DIRECTORY);
    for (int i = 0; i < 700; i++) {
        assert_int_equal(mkdirat(place, "deeper", 0700), 0);
        int next = openat(place, "deeper", O_RDONLY | O_DIRECTORY);
        close(place);
        place = next;
    }
    close(place);
    assert_true(space_folder_free(folder));
    assert_int_not_equal(access(folder, F_OK), 0);
    assert_int_equal(access(below(outside, "kept"), F_OK), 0);
    assert_true(space_folder_free(outside));
    assert_false(space_folder_free(outside));
}

/* --- what was done to the outside --- */

static void statements_get_their_values(void **state)
{
    (void)state;
    static const char log[] =
        "loopsafe|1700000000.123|run_1|LOG:  statement: select  1,\n\t 'two  blanks\n\tline', \"a  b\"\n"
        "loopsafe|1700000000.124|run_1|LOG:  execute <unnamed>: insert into t values ($1, $2, '$1', $11, "
        "$3)\n"
        "loopsafe|1700000000.124|run_1|DETAIL:  parameters: $1 = '5', $2 = 'o''x, $1 = \n\ty', $11 = NULL\n"
        "loopsafe|1700000000.125|other|LOG:  statement: select 'not ours'\n"
        "loopsafe|1700000000.126|run_1|ERROR:  no such table\n"
        "2024 FATAL: a line of another shape\n"
        "loopsafe|1700000000.127|run_1|LOG:  execute name/portal: select $1\n"
        "loopsafe|1700000000.127|run_1|DETAIL:  Parameters: $1 = 'x'\n";
    Calls calls = {.arena = &arena};
    sql_log_read(&calls, str_from(log), STR("run_1"), 1600000000000000000u);
    assert_int_equal(calls.items.count, 3);
    assert_string_equal(text_of(calls.items.items[0].text), "select 1, 'two  blanks\nline', \"a  b\"");
    assert_string_equal(text_of(calls.items.items[1].text),
                        "insert into t values ('5', 'o''x, $1 = \ny', '$1', NULL, $3)");
    assert_string_equal(text_of(calls.items.items[2].text), "select 'x'");
    assert_int_equal(calls.items.items[0].at_ns, 100000000123000000u);
    vec_free(&calls.items);
}

static void commands_of_redis_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *line, *text;
    } cases[] = {{"+1700000000.123456 [0 127.0.0.1:1] \"SET\" \"key\" \"a b\"", "SET key \"a b\""},
                 {"+1700000000.123456 [3 unix:/x] \"SET\" \"k\\\"\" \"\\x00\" \"\"",
                  "db3: SET \"k\\\"\" \"\\x00\" \"\""},
                 {"+1700000000.123456 [3 unix:/x] \"select\" \"3\"", NULL},
                 {"+OK", NULL},
                 {"", NULL},
                 {"+1700000000.1 [0 x] \"GET\" \"k\"", NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        OutsideCall call;
        bool is_command = redis_line_read(&arena, str_from(cases[i].line), 0, &call);
        assert_int_equal(is_command, cases[i].text != NULL);
        if (is_command) assert_string_equal(text_of(call.text), cases[i].text);
    }
}

static void lines_of_the_journal_are_read(void **state)
{
    (void)state;
    OutsideCall call;
    StandInCount count;
    uint64_t due_ns;
    assert_true(stand_in_line_read(&arena,
                                   STR("R 12 c7f7c344acd8995f 100000000 POST api.example.com /charge?x=1"),
                                   &call, &count, &due_ns));
    assert_string_equal(text_of(call.text), "POST api.example.com/charge?x=1");
    assert_int_equal(call.at_ns, 12);
    assert_true(call.body_hash == 0xc7f7c344acd8995fu);
    assert_int_equal(count.delay_ns, 100000000);
    assert_int_equal(due_ns, 100000012);
    assert_true(
        stand_in_line_read(&arena, STR("O 12 mail.example.com:25 said nothing"), &call, &count, &due_ns));
    assert_int_equal(call.kind.len, 0);
    assert_int_equal(due_ns, 0);
    assert_string_equal(text_of(count.words), "said nothing");
    assert_false(stand_in_line_read(&arena, STR("R 12 0 0 GET host"), &call, &count, &due_ns));
    assert_false(stand_in_line_read(&arena, STR("x"), &call, &count, &due_ns));
}

static void mails_of_the_journal_are_read(void **state)
{
    (void)state;
    OutsideCall call;
    StandInCount count;
    uint64_t due_ns;
    assert_true(stand_in_line_read(&arena, STR("M 7 ff 100 mail.example.com:25 shop@x ada@x bob@x"), &call,
                                   &count, &due_ns));
    assert_string_equal(text_of(call.kind), "mail");
    assert_string_equal(text_of(call.text), "to ada@x, bob@x from shop@x by mail.example.com:25");
    assert_int_equal(call.body_hash, 0xff);
    assert_true(count.is_mail && count.count == 1);
    assert_string_equal(text_of(count.host), "mail.example.com:25");
    assert_int_equal(due_ns, 107);
    assert_false(stand_in_line_read(&arena, STR("T 9 100"), &call, &count, &due_ns));
    assert_int_equal(due_ns, 109);
    assert_false(
        stand_in_line_read(&arena, STR("M 7 ff 100 mail.example.com:25 shop@x"), &call, &count, &due_ns));
    assert_int_equal(due_ns, 0);
}

static void calls_come_in_order(void **state)
{
    (void)state;
    Calls calls = {.arena = &arena};
    static const uint64_t times[] = {5, 3, 3, 9, 1, 3, 0};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        vec_add(&calls.items, ((OutsideCall){.at_ns = times[i], .body_hash = i}));
    calls_sort(&calls);
    static const uint64_t order[] = {6, 4, 1, 2, 5, 0, 3};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        assert_int_equal(calls.items.items[i].body_hash, order[i]);
    vec_free(&calls.items);
}

/* --- the stand-in --- */

static void requests_are_cut_out(void **state)
{
    (void)state;
    static const char bytes[] = "\r\nPOST http://Shop.example.com/a?b HTTP/1.1\r\nHost: "
                                "other\r\ncontent-length: 3\r\nExpect: 100-continue\r\n\r\n"
                                "abcGET / HTTP/1.0\nConnection: x, Keep-Alive\n\nPUT /c "
                                "HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                                "2;x=y\r\nab\r\n1\r\nc\r\n0\r\nT: x\r\n\r\n";
    for (size_t piece = 1; piece < sizeof bytes; piece++) {
        HttpReader reader;
        http_reader_init(&reader);
        uint64_t hashes[3] = {0};
        size_t count = 0;
        for (size_t at = 0; at < sizeof bytes - 1;) {
            size_t rest = sizeof bytes - 1 - at, used;
            HttpStep step = http_reader_feed(&reader, (Str){bytes + at, rest < piece ? rest : piece}, &used);
            at += used;
            assert_int_not_equal(step, HTTP_BROKEN);
            if (step == HTTP_HEAD && !count) assert_true(reader.request.expects_continue);
            if (step == HTTP_HEAD) step = http_reader_feed(&reader, STR(""), &used);
            if (step != HTTP_DONE) continue;
            assert_true(count < 3);
            if (!count) assert_string_equal(text_of(reader.request.host), "Shop.example.com");
            if (!count) assert_string_equal(text_of(reader.request.target), "/a?b");
            assert_true(reader.request.keep_alive);
            hashes[count++] = reader.request.body_hash;
        }
        assert_int_equal(count, 3);
        assert_true(hashes[0] && hashes[0] == hashes[2] && !hashes[1]);
        http_reader_free(&reader);
    }
}

static void other_protocols_are_seen_early(void **state)
{
    (void)state;
    static const char *const texts[] = {"\x01",
                                        "EHLO shop\r\n",
                                        "PRI * HTTP/2.0\r\n",
                                        "GET  / HTTP/1.1\r\n",
                                        "*1\r\n",
                                        "GET / HTTP/1.1\r\nbroken line\r\n\r\n",
                                        "A-METHOD-THAT-IS-MUCH-LONGER-THAN-ANY / HTTP/1.1\r\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        HttpReader reader;
        http_reader_init(&reader);
        size_t used;
        HttpStep step = http_reader_feed(&reader, str_from(texts[i]), &used);
        assert_int_equal(step, HTTP_BROKEN);
        http_reader_free(&reader);
    }
}

static void the_front_names_user_and_database(void **state)
{
    (void)state;
    static const char first[] = "\0\0\0\x36\0\x03\0\0user\0shop\0database\0orders\0application_name\0x\0";
    Buf rewritten;
    buf_init(&rewritten);
    size_t used;
    assert_int_equal(front_read((Str){first, 53}, "run_1", &rewritten, &used), FRONT_WANTED);
    assert_int_equal(front_read((Str){first, 54}, "run_1", &rewritten, &used), FRONT_START);
    static const char wanted[] = "application_name\0x\0user\0loopsafe\0database\0run_1\0";
    assert_int_equal(used, 54);
    assert_int_equal(rewritten.len, 8 + sizeof wanted);
    assert_int_equal(rewritten.data[3], rewritten.len);
    assert_memory_equal(rewritten.data + 8, wanted, sizeof wanted);
    assert_int_equal(front_read((Str){"\0\0\0\x08\x04\xd2\x16\x2f", 8}, "", &rewritten, &used),
                     FRONT_ENCRYPT);
    assert_int_equal(front_read((Str){"GET / HTTP/1.1", 14}, "", &rewritten, &used), FRONT_BROKEN);
    buf_free(&rewritten);
}

static Routes *new_routes(void)
{
    Routes *routes = memory_alloc(sizeof *routes);
    memset(routes, 0, sizeof *routes);
    return routes;
}

static void names_are_answered(void **state)
{
    (void)state;
    Routes *routes = new_routes();
    static const char question[] = "\x12\x34\x01\0\0\1\0\0\0\0\0\0\3Api\7example\3com\0\0\1\0\1";
    unsigned char answer[NAME_SERVER_ROOM];
    size_t length = name_server_answer(routes, (Str){question, sizeof question - 1}, answer);
    assert_int_equal(length, sizeof question - 1 + 16);
    uint32_t address = (uint32_t)answer[length - 4] << 24 | (uint32_t)answer[length - 3] << 16 |
                       (uint32_t)answer[length - 2] << 8 | answer[length - 1];
    char name[ROUTES_TEXT_BYTES];
    assert_true(routes_text(routes, address, name, sizeof name));
    assert_string_equal(name, "api.example.com");
    assert_int_equal(address, routes_address(routes_intern(routes, "API.example.com")));
    assert_int_equal(name_server_answer(routes, (Str){question, 20}, answer), 0);
    free(routes);
}

static void slots_are_shared_by_nobody(void **state)
{
    (void)state;
    Routes *routes = new_routes();
    enum { NAMES = 20000 };
    uint32_t *slots = arena_array(&arena, NAMES, sizeof *slots);
    unsigned char *taken = arena_alloc(&arena, ROUTES_SLOTS);
    for (unsigned i = 0; i < NAMES; i++) {
        slots[i] = routes_intern(routes, str_format(&arena, "host%u.example.com", i).ptr);
        assert_true(slots[i] && !taken[slots[i]]);
        taken[slots[i]] = 1;
    }
    for (unsigned i = 0; i < NAMES; i++)
        assert_int_equal(routes_intern(routes, str_format(&arena, "HOST%u.example.com", i).ptr), slots[i]);
    char longest[400], room[8];
    memset(longest, 'a', sizeof longest);
    longest[sizeof longest - 1] = 0;
    assert_int_equal(routes_intern(routes, longest), 0);
    assert_int_equal(routes_intern(routes, ""), 0);
    assert_false(routes_text(routes, routes_address(slots[0]), room, sizeof room));
    assert_false(routes_text(routes, 0x7f000001, room, sizeof room));
    free(routes);
}

static void alarms_come_in_order(void **state)
{
    (void)state;
    Alarms alarms = {0};
    uint64_t random = 1;
    for (uint32_t i = 0; i < 1000; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        alarms_add(&alarms, (Alarm){random >> 54, i, 0});
    }
    Alarm timer;
    uint64_t last = 0;
    size_t count = 0;
    assert_false(alarms_take(&alarms, 0, &timer) && timer.due_ns > 0);
    while (alarms_take(&alarms, UINT64_MAX, &timer)) {
        assert_true(timer.due_ns >= last);
        last = timer.due_ns;
        count++;
    }
    assert_true(count >= 999);
    assert_true(alarms_next(&alarms, 0) == UINT64_MAX);
    alarms_free(&alarms);
}

static void answers_are_found(void **state)
{
    (void)state;
    Fail fail = {0};
    const Answers *none = answers_read(&arena, NULL, &fail);
    assert_string_equal(text_of(answers_find(none, STR("a"), STR("GET"), STR("/"))->body), "{\"ok\": true}");
    const char *folder = new_folder(), *path = below(folder, "answers.json");
    write_text(path, "{\"answers\": [{\"host\": \"*.example.com\", \"path\": \"/v1/*\", \"method\": \"GET\", "
                     "\"json\": [1]},"
                     "{\"path\": \"/v1/x\", \"status\": 201, \"delay_ms\": 1.5, \"headers\": {\"A\": \"b\"}, "
                     "\"body\": \"t\"}]}");
    const Answers *answers = answers_read(&arena, path, &fail);
    assert_non_null(answers);
    assert_string_equal(
        text_of(answers_find(answers, STR("api.example.com:81"), STR("HEAD"), STR("/v1/x/y?z"))->body),
        "[1]");
    const Answer *answer = answers_find(answers, STR("other"), STR("GET"), STR("/v1/x?q"));
    assert_int_equal(answer->status, 201);
    assert_int_equal(answer->delay_ns, 1500000);
    assert_string_equal(text_of(answer->headers), "A: b\r\nContent-Type: text/plain; charset=utf-8\r\n");
    assert_string_equal(text_of(answers_find(answers, STR("other"), STR("GET"), STR("/"))->body),
                        "{\"ok\": true}");
    assert_true(space_folder_free(folder));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(secrets_are_dropped, begin, end),
        cmocka_unit_test_setup_teardown(wrong_wishes_are_refused, begin, end),
        cmocka_unit_test_setup_teardown(projects_are_copied, begin, end),
        cmocka_unit_test_setup_teardown(folders_are_removed, begin, end),
        cmocka_unit_test_setup_teardown(statements_get_their_values, begin, end),
        cmocka_unit_test_setup_teardown(commands_of_redis_are_read, begin, end),
        cmocka_unit_test_setup_teardown(lines_of_the_journal_are_read, begin, end),
        cmocka_unit_test_setup_teardown(mails_of_the_journal_are_read, begin, end),
        cmocka_unit_test_setup_teardown(calls_come_in_order, begin, end),
        cmocka_unit_test_setup_teardown(requests_are_cut_out, begin, end),
        cmocka_unit_test_setup_teardown(other_protocols_are_seen_early, begin, end),
        cmocka_unit_test_setup_teardown(the_front_names_user_and_database, begin, end),
        cmocka_unit_test_setup_teardown(names_are_answered, begin, end),
        cmocka_unit_test_setup_teardown(slots_are_shared_by_nobody, begin, end),
        cmocka_unit_test_setup_teardown(alarms_come_in_order, begin, end),
        cmocka_unit_test_setup_teardown(answers_are_found, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
