#define _GNU_SOURCE
/* Where installed packages are looked for: interpreters, environments, .pth files, editable installs. */
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
#include "project/editable.h"
#include "project/environment.h"

#include "base/banned.h"

#define SITE "lib/python3.12/site-packages/"

/* A directory of its own that is the working directory and the project's while a test runs. */
typedef struct Tree {
    Arena arena;
    char path[64];
    EnvironmentOptions options;
    Environment environment;
    Fail fail;
} Tree;

static int tree_make(void **state)
{
    Tree *tree = memory_alloc(sizeof *tree);
    *tree = (Tree){0};
    arena_init(&tree->arena);
    snprintf(tree->path, sizeof tree->path, "/tmp/loopsafe-environment-XXXXXX");
    assert_non_null(mkdtemp(tree->path));
    assert_int_equal(chdir(tree->path), 0);
    tree->options.base_directory = tree->path;
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

/* Writes a file and the directories on the way to it; a path that ends in '/' is a directory. */
static void put(const char *path, const char *text)
{
    char part[256];
    for (size_t i = 0; path[i]; i++) {
        if (path[i] != '/') continue;
        snprintf(part, sizeof part, "%.*s", (int)i, path);
        mkdir(part, 0777);
    }
    if (path[strlen(path) - 1] == '/') return;
    Fail fail = {0};
    assert_true(io_write_file(path, str_from(text), &fail));
}

static void put_interpreter(const char *path)
{
    put(path, "");
    assert_int_equal(chmod(path, 0755), 0);
}

static void find(Tree *tree)
{
    tree->fail = (Fail){0};
    if (!environment_find(&tree->arena, &tree->options, &tree->environment, &tree->fail))
        fail_msg("%s", tree->fail.text);
}

/* A path without the tree's own. */
static const char *short_path(const Tree *tree, const char *path)
{
    size_t length = strlen(tree->path);
    return strncmp(path, tree->path, length) == 0 && path[length] == '/' ? path + length + 1 : path;
}

/* The directories found, with a blank between them. */
static void assert_directories(Tree *tree, const char *expected)
{
    find(tree);
    Buf buf;
    buf_init(&buf);
    for (size_t i = 0; i < tree->environment.directory_count; i++) {
        if (i) buf_add_byte(&buf, ' ');
        buf_add_text(&buf, short_path(tree, tree->environment.directories[i]));
    }
    buf_add_byte(&buf, '\0');
    assert_string_equal(buf.data, expected);
    buf_free(&buf);
}

static void assert_no_python(Tree *tree, const char *python)
{
    tree->options.python = python;
    tree->fail = (Fail){0};
    assert_false(environment_find(&tree->arena, &tree->options, &tree->environment, &tree->fail));
    assert_true(str_starts(str_from(tree->fail.text), str_from(python)));
    assert_non_null(strstr(tree->fail.text, "no Python interpreter"));
}

/* ---- where nobody said ---- */

static void test_nothing_is_found_where_nothing_is(void **state)
{
    Tree *tree = *state;
    put("venv/readme", "");
    assert_directories(tree, "");
    assert_null(tree->environment.prefix);
}

static void test_usual_names_in_the_base_and_above(void **state)
{
    Tree *tree = *state;
    put("env/" SITE, NULL);
    put("project/deep/", NULL);
    char base[128];
    snprintf(base, sizeof base, "%s/project/deep", tree->path);
    tree->options.base_directory = base;
    assert_directories(tree, "env/lib/python3.12/site-packages");
    put("project/venv/" SITE, NULL);
    assert_directories(tree, "project/venv/lib/python3.12/site-packages");
    put("project/deep/.venv/" SITE, NULL);
    assert_directories(tree, "project/deep/.venv/lib/python3.12/site-packages");
    assert_string_equal(short_path(tree, tree->environment.prefix), "project/deep/.venv");
}

static void test_variables_come_before_the_usual_names(void **state)
{
    Tree *tree = *state;
    put(".venv/" SITE, NULL);
    put("conda/lib/python3.11/site-packages/", NULL);
    put("active/" SITE, NULL);
    tree->options.virtual_env = "missing";
    tree->options.conda_prefix = "conda";
    assert_directories(tree, "conda/lib/python3.11/site-packages");
    tree->options.virtual_env = "active/";
    assert_directories(tree, "active/lib/python3.12/site-packages");
}

/* ---- --python ---- */

static void test_python_names_an_environment(void **state)
{
    Tree *tree = *state;
    put("made/" SITE, NULL);
    put("made/bin/", NULL);
    put("windows/Lib/site-packages/", NULL);
    tree->options.python = "made";
    assert_directories(tree, "made/lib/python3.12/site-packages");
    tree->options.python = "made/bin/";
    assert_directories(tree, "made/lib/python3.12/site-packages");
    tree->options.python = "windows";
    assert_directories(tree, "windows/Lib/site-packages");
}

static void test_python_names_a_packages_directory(void **state)
{
    Tree *tree = *state;
    put("made/" SITE, NULL);
    put("vendored/thing-1.0.dist-info/METADATA", "");
    tree->options.python = "made/" SITE;
    assert_directories(tree, "made/lib/python3.12/site-packages");
    tree->options.python = "vendored";
    assert_directories(tree, "vendored");
}

static void test_an_interpreter_means_its_environment(void **state)
{
    Tree *tree = *state;
    put_interpreter("system/bin/python3.12");
    put("system/" SITE, NULL);
    put("made/pyvenv.cfg", "home = /nowhere\nversion = 3.12.1\n");
    put("made/" SITE, NULL);
    put("made/bin/", NULL);
    assert_int_equal(symlink("../../system/bin/python3.12", "made/bin/python"), 0);
    assert_int_equal(symlink("made/bin/python", "python-here"), 0);
    tree->options.python = "made/bin/python";
    assert_directories(tree, "made/lib/python3.12/site-packages");
    tree->options.python = "python-here";
    assert_directories(tree, "made/lib/python3.12/site-packages");
}

static void test_a_link_to_a_system_interpreter_means_the_system(void **state)
{
    Tree *tree = *state;
    put_interpreter("system/bin/python3.11");
    put("system/lib/python3.12/site-packages/", NULL);
    put("system/lib/python3.11/site-packages/", NULL);
    put("system/lib/python3/dist-packages/", NULL);
    put("system/local/lib/python3.11/dist-packages/", NULL);
    assert_int_equal(symlink("system/bin/python3.11", "python"), 0);
    tree->options.python = "python";
    assert_directories(tree, "system/local/lib/python3.11/dist-packages system/lib/python3.11/site-packages "
                             "system/lib/python3/dist-packages");
}

static void test_python_that_names_nothing_is_an_error(void **state)
{
    Tree *tree = *state;
    put("empty/", NULL);
    put("python", "not executable");
    put_interpreter("tool/bin/ls");
    put("tool/" SITE, NULL);
    assert_int_equal(symlink("loop", "loop"), 0);
    assert_no_python(tree, "missing");
    assert_no_python(tree, "empty");
    assert_no_python(tree, "python");
    assert_no_python(tree, "tool/bin/ls");
    assert_no_python(tree, "loop");
    tree->options.python = "";
    assert_false(environment_find(&tree->arena, &tree->options, &tree->environment, &tree->fail));
}

/* ---- pyvenv.cfg ---- */

static void test_system_packages_follow_when_they_are_included(void **state)
{
    Tree *tree = *state;
    char settings[256];
    snprintf(settings, sizeof settings,
             "home = %s/system/bin\ninclude-system-site-packages = True\nversion = 3.11.2\n", tree->path);
    put("system/lib/python3.12/site-packages/", NULL);
    put("system/lib/python3.11/site-packages/", NULL);
    put(".venv/lib/python3.11/site-packages/", NULL);
    put(".venv/pyvenv.cfg", settings);
    assert_directories(tree, ".venv/lib/python3.11/site-packages system/lib/python3.11/site-packages");
    put(".venv/pyvenv.cfg", "home = /nowhere\ninclude-system-site-packages = false\n");
    assert_directories(tree, ".venv/lib/python3.11/site-packages");
}

static void test_the_newest_library_when_no_version_is_said(void **state)
{
    Tree *tree = *state;
    put(".venv/lib/python3.9/site-packages/", NULL);
    put(".venv/lib/python3.10/site-packages/", NULL);
    put(".venv/lib/python3.11/", NULL);
    assert_int_equal(symlink("lib", ".venv/lib64"), 0);
    assert_directories(tree, ".venv/lib/python3.10/site-packages");
}

/* ---- .pth ---- */

static void test_pth_lines_that_are_directories_follow(void **state)
{
    Tree *tree = *state;
    char text[512];
    put("packages/one/src/", NULL);
    put(".venv/" SITE "beside/", NULL);
    snprintf(text, sizeof text,
             "\xEF\xBB\xBF%s/packages/one/src\r\n# %s/packages\nimport sys; sys.path\n\nbeside\n"
             "beside/../beside\n/nowhere/at/all\nimport\t_virtualenv",
             tree->path, tree->path);
    put(".venv/" SITE "b.pth", text);
    put(".venv/" SITE "a.pth", "beside\n");
    put(".venv/" SITE ".hidden.pth", "../\n");
    assert_directories(tree, ".venv/lib/python3.12/site-packages .venv/lib/python3.12/site-packages/beside "
                             "packages/one/src");
}

static void test_egg_links_name_a_directory(void **state)
{
    Tree *tree = *state;
    put("old/style/", NULL);
    put(".venv/" SITE "old.egg-link", "../../../../old/style\n.");
    assert_directories(tree, ".venv/lib/python3.12/site-packages old/style");
}

static void test_files_that_are_too_large_are_not_read(void **state)
{
    Tree *tree = *state;
    Buf buf;
    buf_init(&buf);
    buf_add_text(&buf, "beside\n");
    buf_add_repeat(&buf, '#', 2 * 1024 * 1024);
    buf_add_byte(&buf, '\0');
    put(".venv/" SITE "beside/", NULL);
    put(".venv/" SITE "large.pth", buf.data);
    assert_directories(tree, ".venv/lib/python3.12/site-packages");
    buf_free(&buf);
}

static void test_what_cannot_be_read_is_not_there(void **state)
{
    Tree *tree = *state;
    put(".venv/" SITE "locked.pth", ".\n");
    put(".venv/" SITE "directory.pth/", NULL);
    assert_int_equal(symlink("link.pth", ".venv/" SITE "link.pth"), 0);
    assert_int_equal(mkfifo(".venv/" SITE "pipe.pth", 0666), 0);
    chmod(".venv/" SITE "locked.pth", 0);
    assert_directories(tree, ".venv/lib/python3.12/site-packages");
    chmod(".venv/" SITE, 0);
    find(tree);
    chmod(".venv/" SITE, 0755);
}

/* ---- finders ---- */

/* The modules mapped, as `name=path` with blanks between them. */
static void assert_parsed(Tree *tree, const char *text, const char *expected)
{
    EditableList found = {0};
    finder_parse(&tree->arena, str_from(text), &found);
    Buf buf;
    buf_init(&buf);
    for (uint32_t i = 0; i < found.count; i++) {
        if (i) buf_add_byte(&buf, ' ');
        buf_add(&buf, found.items[i].name);
        buf_add_byte(&buf, '=');
        buf_add_text(&buf, found.items[i].path);
    }
    buf_add_byte(&buf, '\0');
    assert_string_equal(buf.data, expected);
    buf_free(&buf);
}

static void test_a_finder_s_mapping_is_understood(void **state)
{
    Tree *tree = *state;
    assert_parsed(tree,
                  "from __future__ import annotations\nimport sys\n\n"
                  "MAPPING: dict[str, str] = {'a': '/w/a', \"b\" : \"/w/it's\",}\n"
                  "NAMESPACES: dict[str, list[str]] = {'n.m': ['/w/n', '/v/n'], 'o': []}\n"
                  "PATH_PLACEHOLDER = '__editable__.a-1.0.finder' + \".__path_hook__\"\n",
                  "a=/w/a b=/w/it's n.m=/w/n n.m=/v/n");
    assert_parsed(tree, "MAPPING = {\n    'a':\n        '/w/a',\n    'b': '/w/b'\n}\n", "a=/w/a b=/w/b");
    assert_parsed(tree, "F.map_module('a', '/w/src/a/__init__.py')\nF.map_module(\"b\", \"/w/b.py\")",
                  "a=/w/src/a b=/w/b.py");
}

static void test_a_finder_s_escapes(void **state)
{
    Tree *tree = *state;
    assert_parsed(tree, "MAPPING = {'a': 'C:\\\\w\\'x\\x41\\u00e9\\U0001f40d'}",
                  "a=C:\\w'xA\xC3\xA9\xF0\x9F\x90\x8D");
    assert_parsed(tree, "MAPPING = {'a': '\\xZZ', 'b': '/b'}", "");
    assert_parsed(tree, "MAPPING = {'a': '\\U00110000'}", "");
}

static void test_a_broken_finder_maps_what_came_before(void **state)
{
    Tree *tree = *state;
    assert_parsed(tree, "MAPPING = {'a': '/w/a', 'b': compute()}\n", "a=/w/a");
    assert_parsed(tree, "MAPPING = {'a': '/w/a', 'b", "a=/w/a");
    assert_parsed(tree, "MAPPING = {'a'", "");
    assert_parsed(tree, "MAPPING", "");
    assert_parsed(tree, "MAPPING =", "");
    assert_parsed(tree, "MAPPING = {'a': '/w\\", "");
    assert_parsed(tree, "map_module(", "");
    assert_parsed(tree, "", "");
}

static void test_finders_beside_the_packages_are_read(void **state)
{
    Tree *tree = *state;
    put(".venv/" SITE "__editable___shop_1_0_finder.py",
        "MAPPING: dict[str, str] = {'shop': '/w/src/shop'}\n");
    put(".venv/" SITE "__editable___again_1_0_finder.py", "MAPPING = {'shop': '/w/src/shop'}\n");
    put(".venv/" SITE "_editable_impl_tool.py", "F.map_module('tool', '/w/tool.py')\n");
    put(".venv/" SITE "other_finder.py", "MAPPING = {'no': '/w/no'}\n");
    find(tree);
    assert_int_equal(tree->environment.editable_count, 2);
    assert_string_equal(tree->environment.editables[0].name.ptr, "shop");
    assert_string_equal(tree->environment.editables[1].path, "/w/tool.py");
}

#define TREE_TEST(test) cmocka_unit_test_setup_teardown(test, tree_make, tree_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TREE_TEST(test_nothing_is_found_where_nothing_is),
        TREE_TEST(test_usual_names_in_the_base_and_above),
        TREE_TEST(test_variables_come_before_the_usual_names),
        TREE_TEST(test_python_names_an_environment),
        TREE_TEST(test_python_names_a_packages_directory),
        TREE_TEST(test_an_interpreter_means_its_environment),
        TREE_TEST(test_a_link_to_a_system_interpreter_means_the_system),
        TREE_TEST(test_python_that_names_nothing_is_an_error),
        TREE_TEST(test_system_packages_follow_when_they_are_included),
        TREE_TEST(test_the_newest_library_when_no_version_is_said),
        TREE_TEST(test_pth_lines_that_are_directories_follow),
        TREE_TEST(test_egg_links_name_a_directory),
        TREE_TEST(test_files_that_are_too_large_are_not_read),
        TREE_TEST(test_what_cannot_be_read_is_not_there),
        TREE_TEST(test_a_finder_s_mapping_is_understood),
        TREE_TEST(test_a_finder_s_escapes),
        TREE_TEST(test_a_broken_finder_maps_what_came_before),
        TREE_TEST(test_finders_beside_the_packages_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
