#define _DEFAULT_SOURCE
/* Which fixes of a round go together, and who is to blame when the changed program is worse; fixes are made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "session/fix_round.h"

#define TEXT "import sys\n\n\nasync def f():\n    one()\n    two()\n"
enum { ONE = 32, TWO = 42, MOST = 8 };

/* A project of one file, main.py, with findings that never were found there. */
typedef struct Project {
    Arena arena;
    Session *session;
    Options options;
    Finding findings[MOST];
    Result result;
    FixFiles files;
    FixTries tries;
    FixRound round;
} Project;

static int open_project(void **state)
{
    static const char *const paths[] = {"."};
    char folder[] = "/tmp/loopsafe_round_XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    Fail fail = {0};
    assert_true(io_write_file("main.py", STR(TEXT), &fail));
    Project *project = memory_alloc(sizeof *project);
    memset(project, 0, sizeof *project);
    arena_init(&project->arena);
    project->options = (Options){.paths = paths,
                                 .path_count = 1,
                                 .isolated = true,
                                 .no_cache = true,
                                 .threads = 1,
                                 .needs_texts = true};
    project->session = session_new();
    Result found;
    assert_true(session_check(project->session, &project->options, NULL, NULL, &found, &fail));
    assert_int_equal(found.finding_count, 0);
    fix_files_init(&project->files, &project->arena, &project->options, true);
    project->tries.arena = &project->arena;
    project->result.findings = project->findings;
    *state = project;
    return 0;
}

static int close_project(void **state)
{
    Project *project = *state;
    fix_round_free(&project->round);
    fix_files_free(&project->files);
    vec_free(&project->tries.items);
    session_free(project->session);
    arena_free(&project->arena);
    free(project);
    return 0;
}

static Finding finding_at(Project *project, uint32_t row1, const char *sink)
{
    (void)project;
    return (Finding){.code = STR("LS101"),
                     .sink = str_from(sink),
                     .severity = SEVERITY_HIGH,
                     .place = {STR("main.py"), {row1, 5}, {row1, 10}},
                     .message = {"", 0},
                     .function = {"", 0}};
}

static Fix *add(Project *project, uint32_t row1, const char *sink)
{
    Finding *finding = &project->findings[project->result.finding_count++];
    *finding = finding_at(project, row1, sink);
    finding->fixes = arena_alloc(&project->arena, sizeof *finding->fixes);
    finding->fix_count = 1;
    *finding->fixes = (Fix){.shape = STR("by-hand"), .title = STR("x"), .applicability = APPLICABILITY_SAFE};
    finding->fixes->edits = arena_array(&project->arena, MOST, sizeof(FixEdit));
    finding->fixes->claims = arena_array(&project->arena, MOST, sizeof(FixClaim));
    return finding->fixes;
}

static void edit(Fix *fix, uint32_t start, uint32_t end, const char *text)
{
    fix->edits[fix->edit_count++] = (FixEdit){{STR("main.py"), {1, 1}, {1, 1}}, {start, end}, str_from(text)};
}

static void claim(Fix *fix, uint32_t start, uint32_t end)
{
    fix->claims[fix->claim_count++] = (FixClaim){STR("main.py"), {start, end}};
}

static void choose(Project *project)
{
    fix_round_free(&project->round);
    project->round = (FixRound){.files = &project->files,
                                .tries = &project->tries,
                                .session = project->session,
                                .result = &project->result,
                                .least = APPLICABILITY_SAFE};
    fix_round_choose(&project->round);
}

static void text_is(const Project *project, const char *wanted)
{
    assert_string_equal(project->files.items.items[0]->next_text.ptr, wanted);
}

static void imports_are_shared_and_sorted(void **state)
{
    Project *project = *state;
    Fix *first = add(project, 5, "one"), *second = add(project, 6, "two");
    edit(first, 0, 0, "from b import c\n");
    edit(first, ONE, ONE + 3, "uno");
    edit(second, 0, 0, "import d\n");
    edit(second, 0, 0, "from b import c\n");
    edit(second, TWO, TWO + 3, "due");
    choose(project);
    assert_int_equal(project->round.choices.count, 2);
    assert_true(fix_round_apply(&project->round));
    text_is(project, "import d\nfrom b import c\nimport sys\n\n\nasync def f():\n    uno()\n    due()\n");
}

static void what_is_in_the_way_waits(void **state)
{
    Project *project = *state;
    edit(add(project, 5, "one"), ONE, ONE + 3, "uno");
    edit(add(project, 5, "overlaps"), ONE + 1, ONE + 5, "x");
    edit(add(project, 5, "touches"), ONE + 3, ONE + 3, "(");
    Fix *claims = add(project, 6, "claims");
    edit(claims, TWO, TWO, "await ");
    claim(claims, ONE - 4, ONE + 5);
    Fix *owner = add(project, 6, "owns");
    edit(owner, TWO + 5, TWO + 5, "  ");
    claim(owner, TWO - 4, TWO + 4);
    edit(add(project, 6, "enters"), TWO, TWO, "await ");
    choose(project);
    assert_int_equal(project->round.choices.count, 2);
    assert_int_equal(project->round.put_off, 4);
    assert_true(fix_round_apply(&project->round));
    text_is(project, "import sys\n\n\nasync def f():\n    uno()\n    two()  \n");
}

static void who_breaks_the_text_is_taken_back(void **state)
{
    Project *project = *state;
    edit(add(project, 5, "one"), ONE, ONE + 3, "uno");
    edit(add(project, 6, "two"), TWO, TWO + 5, "two(");
    choose(project);
    assert_false(fix_round_apply(&project->round));
    fix_round_take_back(&project->round);
    assert_true(fix_round_apply(&project->round));
    text_is(project, "import sys\n\n\nasync def f():\n    uno()\n    two()\n");
    choose(project);
    assert_int_equal(project->round.choices.count, 1);
    const Finding *broken = &project->findings[1];
    const TriedFix *tried = fix_tries_find(&project->tries, broken, broken->fixes);
    assert_true(tried && tried->over);
    assert_string_equal(tried->reason.ptr, "by-hand: the changed file does not parse");
}

static void a_finding_that_stays_is_taken_back(void **state)
{
    Project *project = *state;
    edit(add(project, 5, "one"), ONE, ONE, "await ");
    edit(add(project, 6, "two"), TWO, TWO, "await ");
    choose(project);
    assert_true(fix_round_apply(&project->round));
    Finding left[] = {finding_at(project, 6, "two"), finding_at(project, 5, "two")};
    left[0].place.start.column1 = 11;
    Result after = {.findings = left, .finding_count = 2};
    assert_false(fix_round_judge(&project->round, &after));
    fix_round_take_back(&project->round);
    assert_int_equal(project->round.choices.count, 1);
    assert_string_equal(project->round.choices.items[0].finding->sink.ptr, "one");
    after.finding_count = 0;
    assert_true(fix_round_apply(&project->round) && fix_round_judge(&project->round, &after));
}

/* Trouble that nobody wrote: each is tried once more for itself, and the one that brings it again is known. */
static void trouble_finds_its_author(void **state)
{
    Project *project = *state;
    edit(add(project, 5, "one"), ONE, ONE + 3, "uno");
    edit(add(project, 6, "two"), TWO, TWO + 3, "due");
    Finding trouble = finding_at(project, 4, "");
    trouble.code = STR("LS403");
    Result after = {.findings = &trouble, .finding_count = 1};
    choose(project);
    assert_true(fix_round_apply(&project->round));
    assert_false(fix_round_judge(&project->round, &after));
    fix_round_take_back(&project->round);
    assert_int_equal(project->round.choices.count, 0);
    assert_int_equal(project->round.put_off, 2);
    choose(project);
    assert_int_equal(project->round.choices.count, 1);
    assert_int_equal(project->round.put_off, 1);
    assert_true(fix_round_apply(&project->round));
    assert_false(fix_round_judge(&project->round, &after));
    fix_round_take_back(&project->round);
    choose(project);
    assert_int_equal(project->round.choices.count, 1);
    assert_string_equal(project->round.choices.items[0].finding->sink.ptr, "two");
    after.finding_count = 0;
    assert_true(fix_round_apply(&project->round) && fix_round_judge(&project->round, &after));
    text_is(project, "import sys\n\n\nasync def f():\n    one()\n    due()\n");
}

/* What was there before is nobody's fault. */
static void old_trouble_is_forgiven(void **state)
{
    Project *project = *state;
    Fix *fix = add(project, 5, "one");
    edit(fix, 0, 0, "import one\n");
    edit(fix, ONE, ONE + 3, "uno");
    Finding old = finding_at(project, 6, "");
    old.code = STR("LS402");
    project->findings[project->result.finding_count++] = old;
    choose(project);
    assert_true(fix_round_apply(&project->round));
    old.place.start.row1 = old.place.end.row1 = 7;
    Result after = {.findings = &old, .finding_count = 1};
    assert_true(fix_round_judge(&project->round, &after));
}

static void edits_that_do_not_fit_are_refused(void **state)
{
    Project *project = *state;
    edit(add(project, 5, "one"), 1000, 1001, "x");
    Fix *elsewhere = add(project, 6, "two");
    edit(elsewhere, 0, 0, "x");
    elsewhere->edits[0].place.path = STR("nowhere.py");
    Fix *info = add(project, 6, "info");
    edit(info, TWO, TWO + 3, "x");
    project->findings[2].severity = SEVERITY_INFO;
    choose(project);
    assert_int_equal(project->round.choices.count, 0);
    assert_int_equal(project->tries.items.count, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_project, close_project)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(imports_are_shared_and_sorted),     TEST(what_is_in_the_way_waits),
        TEST(who_breaks_the_text_is_taken_back), TEST(a_finding_that_stays_is_taken_back),
        TEST(trouble_finds_its_author),          TEST(old_trouble_is_forgiven),
        TEST(edits_that_do_not_fit_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
