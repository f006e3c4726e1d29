/* Edits of several fixes together, and as the client takes them. */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "server/edits.h"

static FixEdit edit_at(const char *path, uint32_t start, uint32_t end, const char *text)
{
    return (FixEdit){.place = {str_from(path), {1, start + 1}, {1, end + 1}},
                     .span = {start, end},
                     .text = str_from(text)};
}

static Fix fix_of(FixEdit *edits, size_t count)
{
    return (Fix){.edits = edits, .edit_count = count, .applicability = APPLICABILITY_SAFE};
}

static void fixes_keep_out_of_each_others_way(void **state)
{
    (void)state;
    FixEdit one[] = {edit_at("a.py", 0, 0, "import x\n"), edit_at("a.py", 10, 20, "one")};
    FixEdit two[] = {edit_at("a.py", 0, 0, "import x\n"), edit_at("a.py", 30, 40, "two")};
    FixEdit inside[] = {edit_at("a.py", 0, 0, "import y\n"), edit_at("a.py", 15, 15, "no")};
    FixEdit beside[] = {edit_at("a.py", 10, 10, "("), edit_at("a.py", 20, 20, ")"),
                        edit_at("b.py", 15, 16, "")};
    Fix first = fix_of(one, 2), second = fix_of(two, 2), third = fix_of(inside, 2),
        fourth = fix_of(beside, 3);
    Edits edits = {0};
    assert_true(edits_add(&edits, &first));
    assert_true(edits_add(&edits, &second));
    assert_false(edits_add(&edits, &third));
    assert_true(edits_add(&edits, &fourth));
    const FixEdit *const wanted[] = {&one[0], &beside[0], &one[1], &beside[1], &two[1], &beside[2]};
    assert_int_equal(edits.items.count, 6);
    for (size_t i = 0; i < 6; i++)
        assert_ptr_equal(edits.items.items[i], wanted[i]);
    edits_free(&edits);
}

static void claims_are_kept(void **state)
{
    (void)state;
    FixEdit one[] = {edit_at("a.py", 10, 20, "one")}, two[] = {edit_at("a.py", 30, 40, "two")};
    FixClaim claim[] = {{STR("a.py"), {25, 35}}}, elsewhere[] = {{STR("b.py"), {0, 99}}};
    Fix first = fix_of(one, 1), second = fix_of(two, 1);
    first.claims = claim;
    first.claim_count = 1;
    Edits edits = {0};
    assert_true(edits_add(&edits, &first));
    assert_false(edits_add(&edits, &second));
    edits_free(&edits);
    assert_true(edits_add(&edits, &second));
    assert_false(edits_add(&edits, &first));
    first.claims = elsewhere;
    assert_true(edits_add(&edits, &first));
    edits_free(&edits);
}

/* A fix's own insertions at one place may be equal. */
static void equal_edits_of_one_fix_stay(void **state)
{
    (void)state;
    FixEdit same[] = {edit_at("a.py", 5, 5, ")"), edit_at("a.py", 5, 5, ")")};
    Fix fix = fix_of(same, 2);
    Edits edits = {0};
    assert_true(edits_add(&edits, &fix));
    assert_int_equal(edits.items.count, 2);
    edits_free(&edits);
}

/* --- as the client takes them --- */

static void write_old(const char *path, const char *text)
{
    Fail fail = {0};
    assert_true(io_write_file(path, str_from(text), &fail));
    struct timespec old[] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
}

static Run *run_of(Server *server, int wake[2], Str directory)
{
    static const Options options = {
        .isolated = true, .no_cache = true, .fail_on = SEVERITY_LOW, .threads = 1};
    Run *run = run_start(&options, directory, STR(""), &server->documents, wake[1]);
    run_join(run);
    assert_true(run_succeeded(run));
    return run;
}

static void check_written(Server *server, Run *run, const Edits *edits, const char *wanted)
{
    buf_clear(&server->wire.body);
    json_out_init(&server->wire.out, &server->wire.body, false);
    json_out_open(&server->wire.out, '{');
    edits_write(server, &server->wire.out, run, edits);
    json_out_close(&server->wire.out, '}');
    buf_add_byte(&server->wire.body, '\0');
    assert_string_equal(server->wire.body.data, wanted);
}

#define EDIT_A                                                                                               \
    "[{\"range\":{\"start\":{\"line\":0,\"character\":2},\"end\":{\"line\":0,\"character\":3}},\"newText\":" \
    "\"A\"}]"
#define EDIT_B                                                                                               \
    "[{\"range\":{\"start\":{\"line\":0,\"character\":0},\"end\":{\"line\":0,\"character\":1}},\"newText\":" \
    "\"B\"}]"

static void check_files(Server *server, Run *run)
{
    FixEdit both[] = {edit_at("a.py", 1, 2, "A"), edit_at("b.py", 0, 1, "B")};
    Fix fix = fix_of(both, 2);
    Edits edits = {0};
    assert_true(edits_add(&edits, &fix));
    assert_true(edits_are_current(server, run, &edits));
    server->client.takes_documents = true;
    check_written(server, run, &edits,
                  "{\"edit\":{\"documentChanges\":[{\"textDocument\":{\"uri\":\"file:///proc/self/cwd/"
                  "a%2Epy\",\"version\":7},"
                  "\"edits\":" EDIT_A
                  "},{\"textDocument\":{\"uri\":\"file:///proc/self/cwd/b.py\",\"version\":null},"
                  "\"edits\":" EDIT_B "}]}}");
    server->client.takes_documents = false;
    check_written(server, run, &edits,
                  "{\"edit\":{\"changes\":{\"file:///proc/self/cwd/a%2Epy\":" EDIT_A
                  ",\"file:///proc/self/cwd/b.py\":" EDIT_B "}}}");
    edits_free(&edits);
}

static void check_stale(Server *server, Run *run)
{
    FixEdit first[] = {edit_at("a.py", 1, 2, "A")}, second[] = {edit_at("b.py", 0, 1, "B")};
    Fix of_buffer = fix_of(first, 1), of_disk = fix_of(second, 1);
    Edits buffer = {0}, disk = {0};
    assert_true(edits_add(&buffer, &of_buffer) && edits_add(&disk, &of_disk));
    /* Later than the tick of the kernel's clock in which the file was written. */
    nanosleep(&(struct timespec){.tv_nsec = 30000000}, NULL);
    assert_int_equal(utimensat(AT_FDCWD, "b.py", NULL, 0), 0);
    assert_false(edits_are_current(server, run, &disk));
    assert_true(edits_are_current(server, run, &buffer));
    server->documents.items.items[0]->version++;
    assert_false(edits_are_current(server, run, &buffer));
    edits_free(&buffer);
    edits_free(&disk);
}

/* In two files, one of them open: as documents with versions, and as a plain map; the folder is where we are, whatever
 * its name. */
static void edits_of_two_files(void **state)
{
    (void)state;
    char folder[] = "/tmp/loopsafe_edits_XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    write_old("a.py", "\xf0\x9d\x84\x9e"
                      "bc\n");
    write_old("b.py", "xyz\n");
    Server server = {.client = {.encoding = POSITION_UTF16}};
    wire_init(&server.wire);
    assert_int_equal(pipe(server.wake), 0);
    assert_non_null(document_open(&server.documents, STR("file:///proc/self/cwd/a%2Epy"), 7,
                                  STR("\xf0\x9d\x84\x9e"
                                      "bc\n")));
    Run *run = run_of(&server, server.wake, STR("/proc/self/cwd"));
    check_files(&server, run);
    check_stale(&server, run);
    run_free(run);
    documents_free(&server.documents);
    wire_free(&server.wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixes_keep_out_of_each_others_way),
        cmocka_unit_test(claims_are_kept),
        cmocka_unit_test(equal_edits_of_one_fix_stay),
        cmocka_unit_test(edits_of_two_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
