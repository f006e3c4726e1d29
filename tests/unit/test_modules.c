#define _GNU_SOURCE
/* From dotted names to files: roots, namespace packages, relative imports, what is installed. */
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

#include "base/io.h"
#include "project/modules.h"

#include "base/banned.h"

#define SITE ".venv/lib/python3.12/site-packages/"

/* A project in a directory of its own, which is the working directory while a test runs. */
typedef struct Tree {
    Arena arena;
    Names *names;
    char path[64];
    DiscoverOptions options;
    Discovered found;
    Environment environment;
    Modules *modules;
} Tree;

static int tree_make(void **state)
{
    Tree *tree = memory_alloc(sizeof *tree);
    *tree = (Tree){.names = names_new(), .options = {.respect_gitignore = true}};
    arena_init(&tree->arena);
    snprintf(tree->path, sizeof tree->path, "/tmp/loopsafe-modules-XXXXXX");
    assert_non_null(mkdtemp(tree->path));
    assert_int_equal(chdir(tree->path), 0);
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
    names_free(tree->names);
    free(tree);
    return status;
}

static void put_one(const char *path)
{
    char part[256];
    for (size_t i = 0; path[i]; i++) {
        if (path[i] != '/') continue;
        snprintf(part, sizeof part, "%.*s", (int)i, path);
        mkdir(part, 0777);
    }
    Fail fail = {0};
    assert_true(io_write_file(path, STR(""), &fail));
}

/* Writes empty files, a blank between their paths. */
static void put(const char *paths)
{
    char path[256];
    for (size_t length; *paths; paths += length + (paths[length] == ' ')) {
        length = strcspn(paths, " ");
        snprintf(path, sizeof path, "%.*s", (int)length, paths);
        put_one(path);
    }
}

/* Discovers the project below the directories and files named, and begins anew. */
static void open_roots(Tree *tree, const char *const *roots, size_t count)
{
    Fail fail = {0};
    tree->options.roots = roots;
    tree->options.root_count = count;
    tree->options.exclude = discover_default_exclude(&tree->options.exclude_count);
    assert_true(discover_files(&tree->arena, &tree->options, &tree->found, &fail));
    EnvironmentOptions options = {.base_directory = tree->path};
    assert_true(environment_find(&tree->arena, &options, &tree->environment, &fail));
    tree->modules = modules_new(&tree->arena, tree->names, tree->found.files, tree->found.file_count,
                                tree->path, &tree->environment);
}

static void open_tree(Tree *tree)
{
    const char *const roots[] = {"."};
    open_roots(tree, roots, 1);
}

static const Module *module_of(Tree *tree, const char *path)
{
    for (size_t i = 0; i < tree->found.file_count; i++)
        if (str_equal(tree->found.files[i].path, str_from(path))) return modules_of_file(tree->modules, i);
    fail_msg("%s was not discovered", path);
    return NULL;
}

static const Module *look(Tree *tree, const char *from, const char *name)
{
    return modules_find(tree->modules, module_of(tree, from), str_from(name));
}

/* expected: a path, "" for a namespace package, NULL for nothing. */
static void assert_import(Tree *tree, const char *from, const char *name, const char *expected)
{
    const Module *found = look(tree, from, name);
    if (!expected) {
        if (found)
            fail_msg("%s in %s gives %s", name, from, found->path ? found->path : "a namespace package");
        return;
    }
    if (!found) fail_msg("%s in %s gives nothing", name, from);
    assert_string_equal(found->path ? found->path : "", expected);
}

static void assert_name(Tree *tree, const char *path, const char *name)
{
    const Module *module = module_of(tree, path);
    assert_string_equal(module->path, path);
    assert_string_equal(arena_copy(&tree->arena, module->name.ptr, module->name.len), name);
}

static void assert_absolute(Tree *tree, const char *from, unsigned level, const char *name,
                            const char *expected)
{
    Str found = modules_absolute(&tree->arena, module_of(tree, from), level, str_from(name));
    assert_string_equal(arena_copy(&tree->arena, found.ptr, found.len), expected);
}

/* ---- the project ---- */

static void test_a_package_below_src(void **state)
{
    Tree *tree = *state;
    put("src/shop/__init__.py src/shop/api/__init__.py src/shop/api/orders.py src/shop/db/__init__.py "
        "tests/test_a.py");
    open_tree(tree);
    assert_name(tree, "src/shop/api/orders.py", "shop.api.orders");
    assert_name(tree, "src/shop/db/__init__.py", "shop.db");
    assert_name(tree, "tests/test_a.py", "test_a");
    assert_true(module_of(tree, "src/shop/__init__.py")->is_package);
    assert_import(tree, "tests/test_a.py", "shop.api.orders", "src/shop/api/orders.py");
    assert_import(tree, "src/shop/api/orders.py", "shop.db", "src/shop/db/__init__.py");
    assert_import(tree, "src/shop/api/orders.py", "shop.nothing", NULL);
    assert_import(tree, "src/shop/api/orders.py", "orders", NULL);
    assert_import(tree, "src/shop/api/orders.py", "src.shop.db", "src/shop/db/__init__.py");
}

static void test_one_module_a_file(void **state)
{
    Tree *tree = *state;
    put("app/__init__.py app/views.py scripts/run.py scripts/helpers.py");
    open_tree(tree);
    const Module *views = module_of(tree, "app/views.py");
    assert_ptr_equal(look(tree, "scripts/run.py", "app.views"), views);
    assert_ptr_equal(look(tree, "app/__init__.py", "app.views"), views);
    assert_int_equal(views->origin, MODULE_PROJECT);
    assert_ptr_equal(look(tree, "scripts/run.py", "helpers"), look(tree, "app/views.py", "scripts.helpers"));
    assert_ptr_equal(look(tree, "app/views.py", "app.__init__"), module_of(tree, "app/__init__.py"));
}

static void test_several_roots(void **state)
{
    Tree *tree = *state;
    put("packages/x/src/core/__init__.py packages/x/src/core/io.py packages/y/src/web/__init__.py");
    put("packages/x/tests/__init__.py packages/x/tests/common.py packages/y/tests/__init__.py "
        "packages/y/tests/common.py");
    open_tree(tree);
    assert_import(tree, "packages/y/src/web/__init__.py", "core.io", "packages/x/src/core/io.py");
    assert_import(tree, "packages/y/tests/__init__.py", "tests.common", "packages/y/tests/common.py");
    assert_import(tree, "packages/x/tests/__init__.py", "tests.common", "packages/x/tests/common.py");
    assert_import(tree, "packages/x/src/core/io.py", "packages.y.tests.common", "packages/y/tests/common.py");
}

static void test_packages_come_before_modules(void **state)
{
    Tree *tree = *state;
    put("main.py both.py both/__init__.py apart.py apart/inner.py typed.pyi weird-name.py no.dots.py");
    open_tree(tree);
    assert_import(tree, "main.py", "both", "both/__init__.py");
    assert_import(tree, "main.py", "apart", "apart.py");
    assert_import(tree, "main.py", "apart.inner", NULL);
    assert_import(tree, "main.py", "typed", NULL);
    assert_import(tree, "main.py", "Both", NULL);
    assert_import(tree, "main.py", "no.dots", NULL);
    assert_name(tree, "typed.pyi", "typed.pyi");
    assert_name(tree, "no.dots.py", "no.dots");
}

static void test_names_that_are_none(void **state)
{
    Tree *tree = *state;
    put("main.py a/__init__.py");
    open_tree(tree);
    char long_name[4096];
    memset(long_name, 'a', sizeof long_name);
    for (size_t i = 1; i < sizeof long_name; i += 2)
        long_name[i] = '.';
    long_name[sizeof long_name - 1] = '\0';
    const char *const names[] = {"", ".", "a.", ".a", "a..b", "..", "a/b", "../a", long_name};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_import(tree, "main.py", names[i], NULL);
}

/* ---- namespace packages ---- */

static void test_a_namespace_package_without_init(void **state)
{
    Tree *tree = *state;
    put("src/acme/billing/api.py src/acme/billing/models.py src/acme/db.py tests/unit/test_a.py "
        "tests/helpers.py");
    open_tree(tree);
    assert_import(tree, "src/acme/billing/api.py", "acme.billing.models", "src/acme/billing/models.py");
    assert_import(tree, "src/acme/billing/api.py", "acme.db", "src/acme/db.py");
    assert_import(tree, "tests/unit/test_a.py", "acme.billing.api", "src/acme/billing/api.py");
    assert_import(tree, "tests/unit/test_a.py", "tests.helpers", "tests/helpers.py");
    const Module *namespace = look(tree, "tests/unit/test_a.py", "acme.billing");
    assert_null(namespace->path);
    assert_true(namespace->is_package);
    assert_true(str_equal(namespace->name, STR("acme.billing")));
    assert_ptr_equal(look(tree, "src/acme/db.py", "acme.billing"), namespace);
}

static void test_a_namespace_over_several_roots(void **state)
{
    Tree *tree = *state;
    put("packages/x/src/acme/core/__init__.py packages/y/src/acme/web/__init__.py "
        "packages/y/src/acme/web/app.py");
    put(SITE "acme/plugin/__init__.py");
    open_tree(tree);
    assert_import(tree, "packages/y/src/acme/web/app.py", "acme.core",
                  "packages/x/src/acme/core/__init__.py");
    assert_import(tree, "packages/x/src/acme/core/__init__.py", "acme.web.app",
                  "packages/y/src/acme/web/app.py");
    assert_import(tree, "packages/y/src/acme/web/app.py", "acme.plugin", SITE "acme/plugin/__init__.py");
}

static void test_regular_modules_come_before_namespaces(void **state)
{
    Tree *tree = *state;
    put("app.py deploy/docker/notes.py docker/compose.py " SITE "docker/__init__.py " SITE "docker/api.py");
    open_tree(tree);
    assert_import(tree, "app.py", "docker", SITE "docker/__init__.py");
    assert_import(tree, "app.py", "docker.api", SITE "docker/api.py");
    assert_import(tree, "app.py", "docker.compose", "docker/compose.py");
}

static void test_a_directory_without_init_in_a_package(void **state)
{
    Tree *tree = *state;
    put("shop/__init__.py shop/redis.py shop/data/load.py shop/data/rows.py");
    open_tree(tree);
    assert_import(tree, "shop/data/load.py", "redis", NULL);
    assert_import(tree, "shop/data/load.py", "shop.data.rows", "shop/data/rows.py");
    assert_absolute(tree, "shop/data/load.py", 2, "redis", "shop.redis");
    assert_absolute(tree, "shop/data/load.py", 1, "", "shop.data");
}

/* ---- relative imports ---- */

static void test_relative_imports_of_regular_packages(void **state)
{
    Tree *tree = *state;
    put("src/shop/__init__.py src/shop/api/__init__.py src/shop/api/orders.py src/shop/db.py app/__init__.py "
        "app/a.py");
    open_tree(tree);
    assert_absolute(tree, "src/shop/api/orders.py", 1, "", "shop.api");
    assert_absolute(tree, "src/shop/api/orders.py", 1, "items", "shop.api.items");
    assert_absolute(tree, "src/shop/api/orders.py", 2, "db", "shop.db");
    assert_absolute(tree, "src/shop/api/orders.py", 2, "", "shop");
    assert_absolute(tree, "src/shop/api/orders.py", 3, "db", "");
    assert_absolute(tree, "src/shop/api/orders.py", 90, "db", "");
    assert_absolute(tree, "src/shop/api/__init__.py", 1, "orders", "shop.api.orders");
    assert_absolute(tree, "src/shop/__init__.py", 1, "db", "shop.db");
    assert_absolute(tree, "src/shop/__init__.py", 2, "db", "");
    assert_absolute(tree, "app/a.py", 2, "b", "");
}

static void test_relative_imports_without_init(void **state)
{
    Tree *tree = *state;
    put("src/acme/billing/api.py src/acme/billing/models.py src/acme/db.py tests/unit/test_a.py "
        "tests/helpers.py main.py");
    open_tree(tree);
    assert_absolute(tree, "src/acme/billing/api.py", 1, "models", "models");
    assert_import(tree, "src/acme/billing/api.py", "models", "src/acme/billing/models.py");
    assert_absolute(tree, "src/acme/billing/api.py", 1, "", "acme.billing");
    assert_absolute(tree, "src/acme/billing/api.py", 2, "db", "acme.db");
    assert_absolute(tree, "src/acme/billing/api.py", 3, "db", "");
    assert_absolute(tree, "tests/unit/test_a.py", 2, "helpers", "tests.helpers");
    assert_import(tree, "tests/unit/test_a.py", "tests.helpers", "tests/helpers.py");
    assert_absolute(tree, "main.py", 1, "", "");
    assert_absolute(tree, "main.py", 2, "x", "");
}

/* ---- the standard library ---- */

static void test_the_standard_library_comes_before_other_roots(void **state)
{
    Tree *tree = *state;
    put("app/__init__.py app/views.py scripts/run.py scripts/queue.py scripts/time.py logging/setup.py");
    put(SITE "dataclasses.py");
    open_tree(tree);
    assert_import(tree, "app/views.py", "queue", NULL);
    assert_import(tree, "app/views.py", "dataclasses", NULL);
    assert_import(tree, "scripts/run.py", "queue", "scripts/queue.py");
    assert_import(tree, "scripts/run.py", "time", NULL);
    assert_import(tree, "scripts/run.py", "logging.setup", NULL);
}

/* ---- what is not discovered ---- */

static void test_undiscovered_files_of_the_project(void **state)
{
    Tree *tree = *state;
    put("shop/__init__.py shop/build/__init__.py shop/build/steps.py shop/main.py generated/__init__.py");
    open_tree(tree);
    const Module *steps = look(tree, "shop/main.py", "shop.build.steps");
    assert_non_null(steps);
    assert_string_equal(steps->path, "shop/build/steps.py");
    assert_int_equal(steps->file, UINT32_MAX);
    assert_int_equal(steps->origin, MODULE_PROJECT);
    assert_int_equal(steps->root, module_of(tree, "shop/main.py")->root);
    assert_true(str_equal(steps->name, STR("shop.build.steps")));
    assert_ptr_equal(modules_find(tree->modules, steps, STR("shop.main")), module_of(tree, "shop/main.py"));
}

static void test_a_single_file_knows_its_package(void **state)
{
    Tree *tree = *state;
    put("src/shop/__init__.py src/shop/main.py src/shop/other.py src/other/__init__.py");
    const char *const roots[] = {"src/shop/main.py"};
    open_roots(tree, roots, 1);
    assert_name(tree, "src/shop/main.py", "shop.main");
    assert_import(tree, "src/shop/main.py", "shop.other", "src/shop/other.py");
    assert_import(tree, "src/shop/main.py", "other", "src/other/__init__.py");
}

static void test_roots_that_climb_and_link(void **state)
{
    Tree *tree = *state;
    put("real/shop/__init__.py real/shop/main.py real/shop/other.py work/here.py");
    assert_int_equal(symlink("../real", "work/link"), 0);
    assert_int_equal(chdir("work"), 0);
    const char *const roots[] = {"../real/shop/main.py", "link"};
    open_roots(tree, roots, 2);
    const Module *main_module = module_of(tree, "../real/shop/main.py");
    assert_ptr_equal(look(tree, "../real/shop/main.py", "shop.other"), module_of(tree, "link/shop/other.py"));
    assert_ptr_equal(look(tree, "link/shop/other.py", "shop.main"), main_module);
}

static void test_link_loops_and_locked_directories(void **state)
{
    Tree *tree = *state;
    put("main.py pkg/__init__.py locked/__init__.py locked/inner.py");
    assert_int_equal(symlink(".", "self"), 0);
    assert_int_equal(symlink("loop", "loop"), 0);
    assert_int_equal(symlink("nowhere.py", "gone.py"), 0);
    assert_int_equal(mkfifo("pipe.py", 0666), 0);
    open_tree(tree);
    chmod("locked", 0);
    assert_import(tree, "main.py", "self.self.self.main", "main.py");
    assert_import(tree, "main.py", "self.self", "");
    assert_import(tree, "main.py", "loop", NULL);
    assert_import(tree, "main.py", "gone", NULL);
    assert_import(tree, "main.py", "pipe", NULL);
    look(tree, "main.py", "locked.other");
    chmod("locked", 0777);
}

/* ---- what is installed ---- */

static void test_installed_modules(void **state)
{
    Tree *tree = *state;
    put("app.py " SITE "requests/__init__.py " SITE "requests/sessions.py " SITE "six.py");
    put(SITE "google/cloud/storage/__init__.py " SITE "google/auth/__init__.py " SITE "native.so");
    open_tree(tree);
    assert_import(tree, "app.py", "requests.sessions", SITE "requests/sessions.py");
    assert_import(tree, "app.py", "native", NULL);
    const Module *storage = look(tree, "app.py", "google.cloud.storage");
    assert_int_equal(storage->origin, MODULE_INSTALLED);
    assert_int_equal(storage->file, UINT32_MAX);
    const Module *six = modules_find(tree->modules, storage, STR("six"));
    assert_string_equal(six->path, SITE "six.py");
    assert_string_equal(modules_find(tree->modules, storage, STR("google.auth"))->path,
                        SITE "google/auth/__init__.py");
    assert_null(modules_find(tree->modules, six, STR("app")));
    assert_true(str_equal(modules_absolute(&tree->arena, storage, 3, STR("auth")), STR("google.auth")));
}

static void test_the_project_comes_before_the_installed(void **state)
{
    Tree *tree = *state;
    put("src/shop/__init__.py tests/test_a.py " SITE "shop/__init__.py " SITE "shop/extra.py");
    open_tree(tree);
    assert_import(tree, "tests/test_a.py", "shop", "src/shop/__init__.py");
    assert_import(tree, "tests/test_a.py", "shop.extra", SITE "shop/extra.py");
}

static void test_editable_installs(void **state)
{
    Tree *tree = *state;
    put("app.py lib/other_name/__init__.py lib/other_name/deep.py lib/one.py lib/space/inner.py");
    char a[128], b[128], c[128];
    snprintf(a, sizeof a, "%s/lib/other_name", tree->path);
    snprintf(b, sizeof b, "%s/lib/one", tree->path);
    snprintf(c, sizeof c, "%s/lib/space", tree->path);
    EditableModule editables[] = {
        {STR("mapped"), a}, {STR("uno"), b}, {STR("wide.space"), c}, {STR("no"), "/no/no"}};
    Environment environment = {.editables = editables, .editable_count = 4};
    open_tree(tree);
    tree->modules = modules_new(&tree->arena, tree->names, tree->found.files, tree->found.file_count,
                                tree->path, &environment);
    assert_import(tree, "app.py", "mapped", "lib/other_name/__init__.py");
    assert_ptr_equal(look(tree, "app.py", "mapped.deep"), module_of(tree, "lib/other_name/deep.py"));
    assert_import(tree, "app.py", "mappedx", NULL);
    assert_import(tree, "app.py", "uno", "lib/one.py");
    assert_import(tree, "app.py", "wide.space.inner", "lib/space/inner.py");
    assert_import(tree, "app.py", "no", NULL);
}

/* ---- prefixes ---- */

static void assert_prefix(Tree *tree, const char *path, const char *module, const char *rest)
{
    Str left;
    const Module *found =
        modules_find_prefix(tree->modules, module_of(tree, "main.py"), str_from(path), &left);
    assert_string_equal(found ? found->path : "", module);
    assert_true(str_equal(left, str_from(rest)));
}

static void test_the_longest_prefix(void **state)
{
    Tree *tree = *state;
    put("main.py shop/__init__.py shop/db.py");
    open_tree(tree);
    assert_prefix(tree, "shop.db.Session.begin", "shop/db.py", "Session.begin");
    assert_prefix(tree, "shop.db", "shop/db.py", "");
    assert_prefix(tree, "shop.start", "shop/__init__.py", "start");
    assert_prefix(tree, "other.start", "", "other.start");
    assert_prefix(tree, "", "", "");
}

/* ---- the same answers whatever was asked before ---- */

static void test_the_order_of_questions_does_not_matter(void **state)
{
    Tree *tree = *state;
    put("src/acme/a.py src/acme/b/c.py x/acme/d.py x/build/__init__.py x/main.py build/__init__.py");
    static const char *const NAMES[] = {"acme",   "acme.a", "acme.b",  "acme.b.c",
                                        "acme.d", "build",  "x.build", "x.main"};
    enum { COUNT = sizeof NAMES / sizeof *NAMES };
    const char *first[COUNT];
    open_tree(tree);
    for (size_t i = 0; i < COUNT; i++) {
        const Module *found = look(tree, "x/main.py", NAMES[i]);
        first[i] = found ? found->path : "nothing";
    }
    open_tree(tree);
    look(tree, "src/acme/a.py", "acme.d");
    for (size_t i = COUNT; i-- > 0;) {
        const Module *found = look(tree, "x/main.py", NAMES[i]);
        const char *path = found ? found->path : "nothing";
        assert_true(str_equal(str_from(path), str_from(first[i])));
    }
}

#define TREE_TEST(test) cmocka_unit_test_setup_teardown(test, tree_make, tree_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TREE_TEST(test_a_package_below_src),
        TREE_TEST(test_one_module_a_file),
        TREE_TEST(test_several_roots),
        TREE_TEST(test_packages_come_before_modules),
        TREE_TEST(test_names_that_are_none),
        TREE_TEST(test_a_namespace_package_without_init),
        TREE_TEST(test_a_namespace_over_several_roots),
        TREE_TEST(test_regular_modules_come_before_namespaces),
        TREE_TEST(test_a_directory_without_init_in_a_package),
        TREE_TEST(test_relative_imports_of_regular_packages),
        TREE_TEST(test_relative_imports_without_init),
        TREE_TEST(test_the_standard_library_comes_before_other_roots),
        TREE_TEST(test_undiscovered_files_of_the_project),
        TREE_TEST(test_a_single_file_knows_its_package),
        TREE_TEST(test_roots_that_climb_and_link),
        TREE_TEST(test_link_loops_and_locked_directories),
        TREE_TEST(test_installed_modules),
        TREE_TEST(test_the_project_comes_before_the_installed),
        TREE_TEST(test_editable_installs),
        TREE_TEST(test_the_longest_prefix),
        TREE_TEST(test_the_order_of_questions_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
