#define _GNU_SOURCE
/* Which files are found: patterns, ignore files, links, roots, and what is said when something cannot be read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/limits.h"
#include "source/discover.h"
#include "source/exclude.h"
#include "source/gitconfig.h"
#include "source/gitignore.h"

#include "base/banned.h"

/* A directory of its own that is the working directory while a test runs. */
typedef struct Tree {
    Arena arena;
    char path[64];
    DiscoverOptions options;
    const char *roots[4];
    Discovered found;
    Fail fail;
} Tree;

static int tree_make(void **state)
{
    Tree *tree = memory_alloc(sizeof *tree);
    *tree = (Tree){.options = {.respect_gitignore = true}};
    arena_init(&tree->arena);
    snprintf(tree->path, sizeof tree->path, "/tmp/loopsafe-discover-XXXXXX");
    assert_non_null(mkdtemp(tree->path));
    assert_int_equal(chdir(tree->path), 0);
    setenv("HOME", tree->path, 1);
    unsetenv("XDG_CONFIG_HOME");
    *state = tree;
    return 0;
}

static int tree_remove(void **state)
{
    Tree *tree = *state;
    char command[256];
    snprintf(command, sizeof command, "chmod -R u+rwx %s; rm -rf %s", tree->path, tree->path);
    int status = chdir("/") || system(command);
    arena_free(&tree->arena);
    free(tree);
    return status;
}

/* Writes a file and the directories on the way to it. */
static void put(const char *path, const char *text)
{
    char part[256];
    for (size_t i = 0; path[i]; i++) {
        if (path[i] != '/') continue;
        snprintf(part, sizeof part, "%.*s", (int)i, path);
        mkdir(part, 0777);
    }
    Fail fail = {0};
    assert_true(io_write_file(path, str_from(text), &fail));
}

/* Runs discovery from the roots given, `,` between them. */
static bool discover(Tree *tree, const char *roots)
{
    char *rest = arena_copy(&tree->arena, roots, strlen(roots));
    tree->options.roots = tree->roots;
    tree->options.root_count = 0;
    tree->fail = (Fail){0};
    for (char *comma; rest; rest = comma) {
        comma = strchr(rest, ',');
        if (comma) *comma++ = '\0';
        tree->roots[tree->options.root_count++] = rest;
    }
    return discover_files(&tree->arena, &tree->options, &tree->found, &tree->fail);
}

/* The files found, with a blank between them. */
static void assert_found(Tree *tree, const char *roots, const char *expected)
{
    assert_true(discover(tree, roots));
    Buf buf;
    buf_init(&buf);
    for (size_t i = 0; i < tree->found.file_count; i++) {
        if (i) buf_add_byte(&buf, ' ');
        buf_add(&buf, tree->found.files[i].path);
    }
    buf_add_byte(&buf, '\0');
    assert_string_equal(buf.data, expected);
    buf_free(&buf);
}

static void assert_trouble(const Tree *tree, size_t index, const char *path, const char *what)
{
    assert_true(index < tree->found.trouble_count);
    assert_string_equal(tree->found.troubles[index].path.ptr, path);
    assert_string_equal(tree->found.troubles[index].what, what);
}

static void exclude(Tree *tree, const Str *patterns, size_t count)
{
    tree->options.exclude = patterns;
    tree->options.exclude_count = count;
}

/* ---- patterns ---- */

static bool git_matches(const char *pattern, const char *name)
{
    Arena arena;
    arena_init(&arena);
    Glob glob;
    assert_true(glob_compile(&arena, str_from(pattern), GLOB_GIT, &glob));
    bool matches = glob_matches(&glob, str_from(name));
    arena_free(&arena);
    return matches;
}

/* Whether an exclude pattern with the base /p leaves out a path; -1: it is not well-formed. */
static int ruff_excludes(const char *pattern, const char *path)
{
    Arena arena;
    arena_init(&arena);
    ExcludeSet set;
    Fail fail = {0};
    Str text = str_from(pattern);
    int result = -1;
    if (exclude_set_init(&arena, &text, 1, STR("/p"), &set, &fail))
        result = exclude_set_has(&set, str_from(path));
    arena_free(&arena);
    return result;
}

static void git_patterns(void **state)
{
    (void)state;
    assert_true(git_matches("a*c", "abbc"));
    assert_false(git_matches("a*c", "ab/c"));
    assert_true(git_matches("a/**/b", "a/b"));
    assert_true(git_matches("a/**/b", "a/x/y/b"));
    assert_false(git_matches("a/**/b", "a/xb"));
    assert_true(git_matches("**/b", "b"));
    assert_true(git_matches("a/**", "a/x/y"));
    assert_false(git_matches("a/**", "a"));
    assert_false(git_matches("a**b", "a/b"));
    assert_true(git_matches("[a-c]x[!0-9]", "bxy"));
    assert_false(git_matches("[a-c]x[!0-9]", "bx5"));
    assert_true(git_matches("[]-]", "]"));
    assert_true(git_matches("[[:digit:][:upper:]]", "Q"));
    assert_false(git_matches("[[:digit:]]", "q"));
    assert_true(git_matches("\\*", "*"));
    assert_false(git_matches("\\*", "x"));
    assert_false(git_matches("[a", "[a"));
    assert_false(git_matches("a\\", "a\\"));
    assert_false(git_matches("?", "/"));
    assert_false(git_matches("", "a"));
}

static void exclude_patterns(void **state)
{
    (void)state;
    assert_int_equal(ruff_excludes("build", "/p/x/build"), 1);
    assert_int_equal(ruff_excludes("build", "/p/x/build2"), 0);
    assert_int_equal(ruff_excludes("*_pb2.py", "/p/x/a_pb2.py"), 1);
    assert_int_equal(ruff_excludes("src/*.py", "/p/src/a/b.py"), 1); /* a star crosses slashes */
    assert_int_equal(ruff_excludes("src/*.py", "/p/x/src/b.py"), 0);
    assert_int_equal(ruff_excludes("**/gen/", "/p/x/gen"), 1);
    assert_int_equal(ruff_excludes("./src/../gen", "/p/gen"), 1);
    assert_int_equal(ruff_excludes("../q/gen", "/q/gen"), 1);
    assert_int_equal(ruff_excludes("/q/[gh]en", "/q/hen"), 1);
    assert_int_equal(ruff_excludes("{a,b{c,d}}.py", "/p/bd.py"), 1);
    assert_int_equal(ruff_excludes("{a,b{c,d}}.py", "/p/b.py"), 0);
    assert_int_equal(ruff_excludes("x{,y}", "/p/x"), 1);
    assert_int_equal(ruff_excludes("{a", "/p/a"), -1);
    assert_int_equal(ruff_excludes("a}", "/p/a"), -1);
    assert_int_equal(ruff_excludes("[a", "/p/a"), -1);
    assert_int_equal(ruff_excludes("a\\", "/p/a"), -1);
    assert_int_equal(ruff_excludes("", "/p/a"), -1);
}

static void endless_patterns_end(void **state)
{
    (void)state;
    char pattern[2048], name[4000];
    for (size_t i = 0; i + 4 < sizeof pattern; i += 4)
        memcpy(pattern + i, "*a*?", 4);
    pattern[sizeof pattern - 4] = '\0';
    memset(name, 'a', sizeof name);
    name[sizeof name - 1] = '\0';
    assert_true(git_matches(pattern, name));
    name[sizeof name - 2] = '/';
    assert_false(git_matches(pattern, name));
    char braces[400];
    for (size_t i = 0; i < sizeof braces - 1; i++)
        braces[i] = "{a,b}"[i % 5];
    braces[50] = '\0'; /* 1024 texts */
    assert_int_equal(ruff_excludes(braces, "/p/a"), -1);
}

static IgnoreVerdict verdict(const char *text, const char *name, bool is_directory)
{
    Arena arena;
    arena_init(&arena);
    IgnoreList list;
    ignore_list_parse(&arena, str_from(text), &list);
    IgnoreVerdict result = ignore_list_match(&list, str_from(name), is_directory);
    arena_free(&arena);
    return result;
}

static void ignore_file_lines(void **state)
{
    (void)state;
    assert_int_equal(verdict("*.py\n!keep.py\n", "a/keep.py", false), IGNORE_KEEP);
    assert_int_equal(verdict("!keep.py\n*.py\n", "keep.py", false), IGNORE_LEAVE_OUT);
    assert_int_equal(verdict("build/\n", "x/build", true), IGNORE_LEAVE_OUT);
    assert_int_equal(verdict("build/\n", "x/build", false), IGNORE_SILENT);
    assert_int_equal(verdict("/a.py\r\n", "a.py", false), IGNORE_LEAVE_OUT);
    assert_int_equal(verdict("/a.py\r\n", "x/a.py", false), IGNORE_SILENT);
    assert_int_equal(verdict("x/a.py", "y/x/a.py", false), IGNORE_SILENT);
    assert_int_equal(verdict("\xEF\xBB\xBF"
                             "a  \n",
                             "a", false),
                     IGNORE_LEAVE_OUT);
    assert_int_equal(verdict("a\\ \n", "a ", false), IGNORE_LEAVE_OUT);
    assert_int_equal(verdict("#a\n\\#b\n\\!c\n", "#b", false), IGNORE_LEAVE_OUT);
    assert_int_equal(verdict("#a\n\\#b\n\\!c\n", "!c", false), IGNORE_LEAVE_OUT);
    assert_int_equal(verdict("#a\n", "#a", false), IGNORE_SILENT);
    assert_int_equal(verdict("", "a", false), IGNORE_SILENT);
}

static void git_configuration(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Str text = STR(
        "[core \"x\"]\nexcludesfile = no\n[user]\n excludesfile = no\n[CORE] ExcludesFile = \"a b\"#c ; x\n");
    assert_string_equal(git_config_excludes(&arena, text).ptr, "a b");
    assert_string_equal(git_config_excludes(&arena, STR("[core]\n\texcludesfile = ~/x y  ; mine\n")).ptr,
                        "~/x y");
    assert_null(git_config_excludes(&arena, STR("[core]\nexcludesfile\n[core")).ptr);
    arena_free(&arena);
}

/* ---- trees ---- */

static void python_files_in_order(void **state)
{
    Tree *tree = *state;
    put("b.py", "");
    put("a/z.pyi", "");
    put("a/notes.txt", "");
    put("a/book.ipynb", "");
    put("a.py", "");
    put("a/deep/\n.py", "");
    put("a/\xFF.py", "");
    mkdir("dir.py", 0777);
    assert_int_equal(mkfifo("pipe.py", 0666), 0);
    assert_found(tree, ".", "a.py a/deep/\n.py a/z.pyi a/\xFF.py b.py");
    assert_found(tree, "./a/../a//deep,b.py", "a/deep/\n.py b.py");
    assert_found(tree, tree->path, "a.py a/deep/\n.py a/z.pyi a/\xFF.py b.py");
    assert_int_equal(tree->found.trouble_count, 0);
}

static void files_are_listed_once(void **state)
{
    Tree *tree = *state;
    put("p/a.py", "");
    put("p/q/b.py", "");
    put("note.txt", "");
    assert_found(tree, "p/q,p,p,./p/a.py", "p/a.py p/q/b.py");
    assert_true(tree->found.files[0].named);
    assert_false(tree->found.files[1].named);
    assert_found(tree, "note.txt", "note.txt");
}

static void links_to_files_are_taken(void **state)
{
    Tree *tree = *state;
    put("outside/o.py", "");
    put("p/real.py", "");
    put("p/data.txt", "");
    assert_int_equal(symlink("real.py", "p/a_link.py"), 0);
    assert_int_equal(symlink("data.txt", "p/data.py"), 0);
    assert_int_equal(symlink("../outside/o.py", "p/o.py"), 0);
    assert_int_equal(symlink("../outside", "p/outside"), 0);
    assert_int_equal(symlink("..", "p/loop"), 0);
    assert_int_equal(symlink("self.py", "p/self.py"), 0);
    assert_int_equal(symlink("nothing", "p/lost.py"), 0);
    assert_int_equal(symlink("user@host", "p/.#real.py"), 0);
    assert_found(tree, "p", "p/data.py p/o.py p/real.py");
    assert_int_equal(tree->found.trouble_count, 2);
    assert_trouble(tree, 0, "p/lost.py", "link to nothing");
    assert_trouble(tree, 1, "p/self.py", "link loop");
    assert_found(tree, "p/outside", "p/outside/o.py");
    assert_found(tree, "p,p/a_link.py", "p/a_link.py p/data.py p/o.py");
}

static void ignore_files_need_a_repository(void **state)
{
    Tree *tree = *state;
    put("a.py", "");
    put("b.py", "");
    put(".gitignore", "a.py\n");
    put(".ignore", "b.py\n");
    assert_found(tree, ".", "a.py");
    put(".git/HEAD", "");
    assert_found(tree, ".", "");
    assert_int_equal(tree->found.ignored_count, 2);
    put(".ignore", "!a.py\n");
    assert_found(tree, ".", "a.py b.py");
    tree->options.respect_gitignore = false;
    put(".ignore", "b.py\n");
    assert_found(tree, ".", "a.py b.py");
}

static void ignore_files_of_parents_apply(void **state)
{
    Tree *tree = *state;
    put(".git/HEAD", "");
    put(".gitignore", "*.py\n!/p/q/*.py\nout/\n");
    put("p/.gitignore", "!x.py\n");
    put("p/x.py", "");
    put("p/y.py", "");
    put("p/q/z.py", "");
    put("out/x.py", "");
    put("out/.gitignore", "!*\n");
    assert_found(tree, "p", "p/q/z.py p/x.py");
    assert_found(tree, "p/y.py", "p/y.py");
    assert_found(tree, ".", "p/q/z.py p/x.py");
    assert_found(tree, "out", "out/x.py"); /* named, so taken; its own file takes the name back in */
}

static void excludes_of_repository_and_user(void **state)
{
    Tree *tree = *state;
    put("r/.git/info/exclude", "a.py\n/s/b.py\n");
    put("r/.gitignore", "!c.py\n");
    put(".config/git/ignore", "c.py\nd.py\n");
    put("r/a.py", "");
    put("r/s/b.py", "");
    put("r/c.py", "");
    put("r/d.py", "");
    assert_found(tree, "r", "r/c.py");
    put(".gitconfig", "[core]\n\texcludesfile = ~/mine\n");
    put("mine", "c.py\n");
    assert_found(tree, "r/s,r", "r/c.py r/d.py");
    put("r/.git/config", "[core]\nexcludesfile = /nowhere\n");
    assert_found(tree, "r", "r/c.py r/d.py");
}

/* The outer rules stop at a repository inside another; a worktree's .git is a file. */
static void inner_repositories_start_afresh(void **state)
{
    Tree *tree = *state;
    put(".git/info/exclude", "e.py\n");
    put(".git/worktrees/w/commondir", "../..\n");
    put(".gitignore", "a.py\n/shut/\n");
    put("in/.git/HEAD", "");
    put("in/a.py", "");
    put("in/e.py", "");
    put("shut/.git/HEAD", "");
    put("shut/x.py", "");
    put("w/.git", "gitdir: ../.git/worktrees/w\n");
    put("w/a.py", "");
    put("w/e.py", "");
    assert_found(tree, ".", "in/a.py in/e.py w/a.py");
}

static void excluded_unless_named(void **state)
{
    Tree *tree = *state;
    const Str patterns[] = {STR("build"), STR("src/gen"), STR("*_pb2.py")};
    put("build/a.py", "");
    put("src/gen/b.py", "");
    put("src/c_pb2.py", "");
    put("src/d.py", "");
    exclude(tree, patterns, 3);
    assert_found(tree, ".", "src/d.py");
    assert_int_equal(tree->found.excluded_count, 3);
    assert_found(tree, "build/a.py,src/gen,src/c_pb2.py", "build/a.py src/c_pb2.py src/gen/b.py");
    tree->options.force_exclude = true;
    assert_found(tree, "build/a.py,src/gen,src/c_pb2.py,src/d.py", "src/d.py");
    assert_found(tree, "build", "");
    const Str bad[] = {STR("a[b")};
    exclude(tree, bad, 1);
    assert_false(discover(tree, "."));
    assert_string_equal(tree->fail.text, "the exclude pattern \"a[b\" is not well-formed");
}

/* A project that lies below a directory of an excluded name is not excluded by it. */
static void names_above_the_project_do_not_count(void **state)
{
    Tree *tree = *state;
    size_t count;
    const Str *standard = discover_default_exclude(&count);
    assert_int_equal(count, 27);
    exclude(tree, standard, count);
    put("build/proj/pyproject.toml", "");
    put("build/proj/a.py", "");
    put("build/proj/venv/b.py", "");
    tree->options.force_exclude = true;
    assert_int_equal(chdir("build/proj"), 0);
    assert_found(tree, ".", "a.py");
    assert_found(tree, "a.py,venv/b.py", "a.py");
}

static void paths_are_relative_to_the_project(void **state)
{
    Tree *tree = *state;
    put("tests/proj/setup.cfg", "");
    put("tests/proj/src/app/a.py", "");
    put("tests/loose/b.py", "");
    assert_found(tree, "tests/proj/src/app,tests/loose", "tests/loose/b.py tests/proj/src/app/a.py");
    assert_string_equal(tree->found.files[0].project_path.ptr, "b.py");
    assert_string_equal(tree->found.files[1].project_path.ptr, "src/app/a.py");
    assert_int_equal(chdir("tests/proj/src"), 0);
    assert_found(tree, "../../loose,app/a.py", "../../loose/b.py app/a.py");
    assert_string_equal(tree->found.files[1].project_path.ptr, "src/app/a.py");
}

static void missing_root_fails(void **state)
{
    Tree *tree = *state;
    assert_false(discover(tree, "nowhere"));
    assert_string_equal(tree->fail.text, "nowhere: no such file or directory");
    put("a.py", "");
    assert_false(discover(tree, "a.py/b"));
    assert_string_equal(tree->fail.text, "a.py/b: no such file or directory");
    assert_int_equal(symlink("self", "self"), 0);
    assert_false(discover(tree, "self"));
}

static void what_cannot_be_read_is_listed(void **state)
{
    Tree *tree = *state;
    put("a.py", "");
    put("shut/b.py", "");
    put("q/c.py", "");
    put("q/.ignore", "");
    assert_int_equal(chmod("shut", 0), 0);
    assert_int_equal(chmod("q/.ignore", 0), 0);
    if (geteuid() == 0) skip(); /* root reads everything */
    assert_found(tree, ".", "a.py q/c.py");
    assert_trouble(tree, 0, "q/.ignore", "ignore file cannot be read");
    assert_trouble(tree, 1, "shut", "permission denied");
}

static void depth_has_an_end(void **state)
{
    Tree *tree = *state;
    for (size_t i = 0; i < LIMIT_DIRECTORY_DEPTH + 2; i++) {
        put("x.py", "");
        assert_int_equal(mkdir("d", 0777), 0);
        assert_int_equal(chdir("d"), 0);
    }
    assert_int_equal(chdir(tree->path), 0);
    assert_true(discover(tree, "."));
    assert_int_equal(tree->found.file_count, LIMIT_DIRECTORY_DEPTH + 1);
    assert_int_equal(tree->found.trouble_count, 1);
    assert_string_equal(tree->found.troubles[0].what, "too deep");
}

#define TREE_TEST(name) cmocka_unit_test_setup_teardown(name, tree_make, tree_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(git_patterns),
        cmocka_unit_test(exclude_patterns),
        cmocka_unit_test(endless_patterns_end),
        cmocka_unit_test(ignore_file_lines),
        cmocka_unit_test(git_configuration),
        TREE_TEST(python_files_in_order),
        TREE_TEST(files_are_listed_once),
        TREE_TEST(links_to_files_are_taken),
        TREE_TEST(ignore_files_need_a_repository),
        TREE_TEST(ignore_files_of_parents_apply),
        TREE_TEST(excludes_of_repository_and_user),
        TREE_TEST(inner_repositories_start_afresh),
        TREE_TEST(excluded_unless_named),
        TREE_TEST(names_above_the_project_do_not_count),
        TREE_TEST(paths_are_relative_to_the_project),
        TREE_TEST(missing_root_fails),
        TREE_TEST(what_cannot_be_read_is_listed),
        TREE_TEST(depth_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
