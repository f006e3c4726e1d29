#define _GNU_SOURCE
/* TOML as a tree, the keys of the configuration, which file counts, and what the command line overrules. */
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
#include "base/limits.h"
#include "session/config.h"
#include "session/target.h"
#include "session/toml.h"

#include "base/banned.h"

typedef struct Case {
    Arena arena;
    char path[64]; /* the working directory of tests that need files */
    TomlValue *root;
    Config config;
    Fail fail;
} Case;

static int case_make(void **state)
{
    Case *test = memory_alloc(sizeof *test);
    *test = (Case){0};
    arena_init(&test->arena);
    snprintf(test->path, sizeof test->path, "/tmp/loopsafe-config-XXXXXX");
    assert_non_null(mkdtemp(test->path));
    assert_int_equal(chdir(test->path), 0);
    *state = test;
    return 0;
}

static int case_remove(void **state)
{
    Case *test = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", test->path);
    int status = chdir("/") || system(command);
    arena_free(&test->arena);
    free(test);
    return status;
}

static void assert_text(Str text, const char *expected)
{
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.ptr, expected, text.len);
}

/* ---- TOML ---- */

static void read_toml(Case *test, const char *text)
{
    test->fail = (Fail){0};
    if (!toml_parse(&test->arena, str_from(text), "f.toml", &test->root, &test->fail))
        fail_msg("%s", test->fail.text);
}

static void assert_no_toml(Case *test, Str text, const char *message)
{
    test->fail = (Fail){0};
    assert_false(toml_parse(&test->arena, text, "f.toml", &test->root, &test->fail));
    assert_string_equal(test->fail.text, message);
}

static const TomlValue *value_at(const Case *test, const char *path)
{
    const TomlValue *value = test->root;
    for (Str rest = str_from(path); rest.len;) {
        size_t slash = str_find_byte(rest, '/');
        value = toml_find(value, str_part(rest, 0, slash));
        assert_non_null(value);
        rest = str_part(rest, slash == SIZE_MAX ? rest.len : slash + 1, rest.len);
    }
    return value;
}

static void toml_has_four_kinds_of_strings(void **state)
{
    Case *test = *state;
    read_toml(test, "a = \"t\\t\\\"q\\\\ \\u00e9\\U0001F600\"\nb = 'c:\\n'\nc = \"\"\"\none \\\n   "
                    "two\n\"\"\"\nd = '''\nx'y\\n'''\n"
                    "e = \"\"\r\nf = \"\"\"\r\nx\"\"\"\r\n");
    assert_text(value_at(test, "a")->text, "t\t\"q\\ \xC3\xA9\xF0\x9F\x98\x80");
    assert_text(value_at(test, "b")->text, "c:\\n");
    assert_text(value_at(test, "c")->text, "one two\n");
    assert_text(value_at(test, "d")->text, "x'y\\n");
    assert_text(value_at(test, "e")->text, "");
    assert_text(value_at(test, "f")->text, "x");
    assert_int_equal(value_at(test, "d")->line1, 7);
    assert_no_toml(test, STR("\na = \"\\ud800\"\n"), "f.toml:2: an escape sequence stands for no character");
}

static void toml_values_have_kinds(void **state)
{
    Case *test = *state;
    read_toml(
        test,
        "t = true\nf = false\nn = [-1_000, 0xff, 0o17, 0b101, +9223372036854775807, -9223372036854775808]\n"
        "x = 1.5\ny = 1979-05-27\n");
    assert_true(value_at(test, "t")->kind == TOML_BOOLEAN && value_at(test, "t")->boolean);
    assert_true(value_at(test, "f")->kind == TOML_BOOLEAN && !value_at(test, "f")->boolean);
    const int64_t numbers[] = {-1000, 255, 15, 5, INT64_MAX, INT64_MIN};
    const TomlValue *item = value_at(test, "n")->first;
    assert_int_equal(value_at(test, "n")->count, 6);
    for (size_t i = 0; i < 6; i++, item = item->next) {
        assert_int_equal(item->kind, TOML_INTEGER);
        assert_true(item->integer == numbers[i]);
    }
    assert_int_equal(value_at(test, "x")->kind, TOML_OTHER);
    assert_int_equal(value_at(test, "y")->kind, TOML_OTHER);
    assert_no_toml(test, STR("a = 9223372036854775808\n"), "f.toml:1: the number is out of range");
}

static void toml_tables_nest(void **state)
{
    Case *test = *state;
    read_toml(test, "\xEF\xBB\xBF# top\na.b.\"c d\" = 1 # tail\na.b.e = {x.y = [1, # one\n 2,\n], z = "
                    "{}}\n\n[t.u]\nk = 1\n[t]\n"
                    "v = 2\n[[r]]\nk = 3\n[r.s]\nm = 1\n[[r]]\nk = 4\n");
    assert_int_equal(value_at(test, "a/b/c d")->integer, 1);
    assert_int_equal(value_at(test, "a/b/e/x/y")->count, 2);
    assert_int_equal(value_at(test, "a/b/e/x/y")->last->line1, 4);
    assert_int_equal(value_at(test, "a/b/e/z")->count, 0);
    assert_int_equal(value_at(test, "t/u/k")->integer, 1);
    assert_int_equal(value_at(test, "t/v")->line1, 10);
    const TomlValue *array = value_at(test, "r");
    assert_int_equal(array->count, 2);
    assert_non_null(toml_find(array->first, STR("s")));
    assert_int_equal(toml_find(array->last, STR("k"))->integer, 4);
    assert_null(toml_find(array, STR("k")));
    assert_null(toml_find(NULL, STR("k")));
}

static void toml_refuses_what_is_set_twice(void **state)
{
    Case *test = *state;
    assert_no_toml(test, STR("a = 1\nb = 2\na = 3\n"), "f.toml:3: \"a\" is set already");
    assert_no_toml(test, STR("a = {b = 1,\tb = 2}\n"), "f.toml:1: \"b\" is set already");
    assert_no_toml(test, STR("[a]\n[b]\n[a]\n"), "f.toml:3: \"a\" is set already");
    assert_no_toml(test, STR("a = 1\n[a.b]\n"),
                   "f.toml:2: \"a\" is set already and is no table that can grow");
    assert_no_toml(test, STR("a = {}\n[a.b]\n"),
                   "f.toml:2: \"a\" is set already and is no table that can grow");
    assert_no_toml(test, STR("a = {}\na.b = 1\n"), "f.toml:2: \"a\" is set already");
    assert_no_toml(test, STR("[a.b]\n[a]\nb.c = 1\n"), "f.toml:3: \"b\" is set already");
    assert_no_toml(test, STR("[a]\nb.c = 1\n[a.b]\n"), "f.toml:3: \"b\" is set already");
    assert_no_toml(test, STR("a = [1]\n[[a]]\n"), "f.toml:2: \"a\" is set already");
    assert_no_toml(test, STR("[[a]]\n[a]\n"), "f.toml:2: \"a\" is set already");
}

static void toml_names_the_line_of_an_error(void **state)
{
    Case *test = *state;
    assert_no_toml(test, STR("a = 1\nb = \nc = 2\n"), "f.toml:2: is not valid TOML");
    assert_no_toml(test, STR("a = 1\n\n[x\n"), "f.toml:3: is not valid TOML");
    assert_no_toml(test, STR("x\n"), "f.toml:1: is not valid TOML");
    assert_no_toml(test, STR("a = 1\nb = 'x\n"), "f.toml:2: is not valid TOML");
    assert_no_toml(test, STR("a = 1 b = 2\n"), "f.toml:1: is not valid TOML");
    assert_no_toml(test, STR("a = 1\nb = 2\0\n"), "f.toml:2: holds a NUL byte");
    read_toml(test, "");
    assert_int_equal(test->root->count, 0);
}

static void toml_depth_has_an_end(void **state)
{
    Case *test = *state;
    size_t depth = LIMIT_NESTING + 1;
    char *text = arena_alloc(&test->arena, 2 * depth + 8);
    memcpy(text, "a = ", 4);
    memset(text + 4, '[', depth);
    memset(text + 4 + depth, ']', depth);
    assert_no_toml(test, str_from(text), "f.toml:1: is nested too deeply");
    char *key = arena_alloc(&test->arena, 2 * depth + 8);
    for (size_t i = 0; i < depth; i++)
        memcpy(key + 2 * i, "a.", 2);
    memcpy(key + 2 * depth, "a = 1", 5);
    assert_no_toml(test, str_from(key), "f.toml:1: the key has too many parts");
}

/* ---- keys ---- */

static bool parse(Case *test, const char *text, const char *path)
{
    test->fail = (Fail){0};
    return config_parse(&test->arena, str_from(text), path, &test->config, &test->fail);
}

static void assert_refused(Case *test, const char *text, const char *message)
{
    assert_false(parse(test, text, "/p/loopsafe.toml"));
    assert_string_equal(test->fail.text, message);
}

static void every_key_is_read(void **state)
{
    Case *test = *state;
    assert_true(
        parse(test,
              "select = [\"LS1\", \"ALL\"]\nignore = [\"LS135\"]\nexclude = [\"vendor\", \"src/[a]\"]\n"
              "extend-exclude = []\nforce-exclude = true\nrespect-gitignore = false\nstrict = true\n"
              "scope = \"all\"\nshow-info = true\nfail-on = \"high\"\nrules = [\"r.json\", \"/abs.json\"]\n"
              "output-format = \"json-lines\"\n",
              "/p [x]/loopsafe.toml"));
    const Config *config = &test->config;
    assert_int_equal(config->given, 2 * OPTION_OUTPUT_FORMAT - 1);
    assert_string_equal(config->path, "/p [x]/loopsafe.toml");
    assert_string_equal(config->base_directory, "/p [x]");
    assert_int_equal(config->select.count, 2);
    assert_text(config->select.items[1], "ALL");
    assert_text(config->ignore.items[0], "LS135");
    assert_text(config->exclude.items[0], "vendor");
    assert_text(config->exclude.items[1], "/p \\[x\\]/src/[a]");
    assert_int_equal(config->extend_exclude.count, 0);
    assert_true(config->force_exclude && !config->respect_gitignore && config->strict && config->show_info);
    assert_int_equal(config->scope, SCOPE_ALL);
    assert_int_equal(config->fail_on, SEVERITY_HIGH);
    assert_text(config->rules.items[0], "/p [x]/r.json");
    assert_text(config->rules.items[1], "/abs.json");
    assert_text(config->output_format, "json-lines");
}

static void unknown_keys_are_refused(void **state)
{
    Case *test = *state;
    assert_refused(test, "\nslect = []\n",
                   "/p/loopsafe.toml:2: unknown key \"slect\" (did you mean \"select\"?)");
    assert_refused(test, "fail_on = 1\n",
                   "/p/loopsafe.toml:1: unknown key \"fail_on\" (did you mean \"fail-on\"?)");
    assert_refused(test, "threads = 4\n", "/p/loopsafe.toml:1: unknown key \"threads\"");
    assert_refused(test, "[tool.loopsafe]\n", "/p/loopsafe.toml:1: unknown key \"tool\"");
    assert_refused(test, "\"\" = 1\n", "/p/loopsafe.toml:1: unknown key \"\"");
}

static void wrong_types_are_refused(void **state)
{
    Case *test = *state;
    assert_refused(test, "strict = \"yes\"\n", "/p/loopsafe.toml:1: \"strict\" must be true or false");
    assert_refused(test, "select = \"LS1\"\n",
                   "/p/loopsafe.toml:1: \"select\" must be a list of texts, as in [\"a\", \"b\"]");
    assert_refused(test, "rules = [1]\n",
                   "/p/loopsafe.toml:1: \"rules\" must be a list of texts, as in [\"a\", \"b\"]");
    assert_refused(test, "scope = \"tests\"\n",
                   "/p/loopsafe.toml:1: \"scope\" must be \"application\" or \"all\"");
    assert_refused(test, "fail-on = 3\n",
                   "/p/loopsafe.toml:1: \"fail-on\" must be \"low\", \"medium\" or \"high\"");
    assert_false(parse(test, "output-format = \"xml\"\n", "/p/loopsafe.toml"));
    assert_non_null(strstr(test->fail.text, "\"output-format\" must be \"concise\", "));
    assert_refused(test, "exclude = [\"a[\"]\n",
                   "/p/loopsafe.toml:1: the exclude pattern \"a[\" is not well-formed");
}

static void codes_have_a_shape(void **state)
{
    Case *test = *state;
    const char *const wrong[] = {"", "E501", "ls110", "LS1100", "LSX", "all", "LS 1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char text[64], message[128];
        snprintf(text, sizeof text, "ignore = [\"LS1\",\n \"%s\"]\n", wrong[i]);
        snprintf(message, sizeof message,
                 "/p/loopsafe.toml:2: \"%s\" in \"ignore\" is no code (codes are ALL, LS1, LS110 …)",
                 wrong[i]);
        assert_refused(test, text, message);
    }
}

static void pyproject_has_a_table(void **state)
{
    Case *test = *state;
    assert_true(parse(test, "[project]\nname = 'x'\n[tool.loopsafe]\nstrict = true\n", "/p/pyproject.toml"));
    assert_true(test->config.strict);
    assert_string_equal(test->config.base_directory, "/p");
    assert_true(parse(test, "[tool.ruff]\nslect = 1\n", "pyproject.toml"));
    assert_null(test->config.path);
    assert_int_equal(test->config.given, 0);
    assert_false(parse(test, "[tool]\nloopsafe = 1\n", "pyproject.toml"));
    assert_string_equal(test->fail.text, "pyproject.toml:2: \"loopsafe\" must be a table: [tool.loopsafe]");
    assert_true(parse(test, "[tool]\nloopsafe = 1\n", "my-pyproject.toml") == false);
    assert_string_equal(test->fail.text, "my-pyproject.toml:1: unknown key \"tool\"");
}

/* ---- files ---- */

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

static void assert_loads(Case *test, const char *named, const char *start, bool isolated,
                         const char *expected)
{
    test->fail = (Fail){0};
    if (!config_load(&test->arena, named, start, isolated, &test->config, &test->fail))
        fail_msg("%s", test->fail.text);
    if (!expected) {
        assert_null(test->config.path);
        return;
    }
    assert_non_null(test->config.path);
    assert_true(str_starts(str_from(test->config.path), str_from(test->path)));
    assert_string_equal(test->config.path + strlen(test->path) + 1, expected);
    assert_int_equal(test->config.path[0], '/');
    assert_int_equal(test->config.base_directory[0], '/');
}

static void the_closest_file_counts(void **state)
{
    Case *test = *state;
    assert_loads(test, NULL, NULL, false, NULL);
    put("pyproject.toml", "[tool.loopsafe]\n");
    put("a/pyproject.toml", "[tool.ruff] # no table of loopsafe\n");
    put("a/b/m.py", "");
    assert_loads(test, NULL, NULL, false, "pyproject.toml");
    assert_loads(test, NULL, "a/b/m.py", false, "pyproject.toml");
    assert_loads(test, NULL, "a/b/not-there.py", false, "pyproject.toml");
    put(".loopsafe.toml", "");
    assert_loads(test, NULL, "a/b", false, ".loopsafe.toml");
    put("loopsafe.toml", "");
    assert_loads(test, NULL, "a/b", false, "loopsafe.toml");
    put("a/pyproject.toml", "[tool.loopsafe]\n");
    assert_loads(test, NULL, "a/b", false, "a/pyproject.toml");
    assert_loads(test, NULL, "a/b", true, NULL);
}

static void a_named_file_counts(void **state)
{
    Case *test = *state;
    put("loopsafe.toml", "slect = 1\n");
    put("x/other.toml", "strict = true\n");
    put("x/pyproject.toml", "[tool.ruff]\n");
    assert_loads(test, "x/other.toml", ".", false, "x/other.toml");
    assert_true(test->config.strict);
    assert_loads(test, "x/pyproject.toml", ".", false, "x/pyproject.toml");
    assert_int_equal(test->config.given, 0);
    test->fail = (Fail){0};
    assert_false(config_load(&test->arena, "no.toml", ".", false, &test->config, &test->fail));
    assert_string_equal(test->fail.text, "no.toml: no such file or directory");
    test->fail = (Fail){0};
    assert_false(config_load(&test->arena, NULL, ".", false, &test->config, &test->fail));
    assert_non_null(strstr(test->fail.text, "/loopsafe.toml:1: unknown key \"slect\""));
}

static void a_broken_pyproject_of_others_is_passed_over(void **state)
{
    Case *test = *state;
    put("pyproject.toml", "[project\n");
    assert_loads(test, NULL, ".", false, NULL);
    put("pyproject.toml", "[project\n[tool.loopsafe]\n");
    test->fail = (Fail){0};
    assert_false(config_load(&test->arena, NULL, ".", false, &test->config, &test->fail));
    assert_non_null(strstr(test->fail.text, "/pyproject.toml:1: is not valid TOML"));
}

/* ---- options ---- */

static StrList list_of(Case *test, const char *item)
{
    StrList list = {arena_array(&test->arena, 1, sizeof(Str)), 1};
    list.items[0] = str_from(item);
    return list;
}

static void the_file_fills_in(void **state)
{
    Case *test = *state;
    assert_true(
        parse(test,
              "select = ['LS1']\nexclude = ['x']\nrespect-gitignore = false\nstrict = true\nscope = 'all'\n"
              "fail-on = 'high'\nextend-exclude = ['y']\noutput-format = 'json'\n",
              "/p/loopsafe.toml"));
    Options options = {.respect_gitignore = true, .fail_on = SEVERITY_LOW, .base_directory = "/cwd"};
    config_apply(&test->arena, &test->config, &options);
    assert_text(options.select.items[0], "LS1");
    assert_true(options.exclude_given);
    assert_text(options.exclude.items[0], "x");
    assert_int_equal(options.extend_exclude.count, 1);
    assert_true(options.strict && !options.respect_gitignore);
    assert_int_equal(options.scope, SCOPE_ALL);
    assert_int_equal(options.fail_on, SEVERITY_HIGH);
    assert_text(options.output_format, "json");
    assert_string_equal(options.base_directory, "/p");
}

static void fixes_are_configured(void **state)
{
    Case *test = *state;
    assert_true(
        parse(test,
              "fixable = ['LS1']\nunfixable = ['LS13']\nunsafe-fixes = true\nhttp-client = 'aiohttp'\n"
              "target-version = 'py311'\n",
              "/p/loopsafe.toml"));
    Options options = {.fixes = {STR(""), 0}};
    config_apply(&test->arena, &test->config, &options);
    assert_text(options.fixable.items[0], "LS1");
    assert_text(options.unfixable.items[0], "LS13");
    assert_true(options.unsafe_fixes);
    assert_text(options.fixes.http_client, "aiohttp");
    assert_int_equal(options.fixes.python_minor, 11);
    Options typed = {.given = OPTION_UNSAFE_FIXES | OPTION_HTTP_CLIENT | OPTION_TARGET_VERSION,
                     .fixes = {STR("httpx"), 9},
                     .fixable = list_of(test, "LS2")};
    config_apply(&test->arena, &test->config, &typed);
    assert_text(typed.fixable.items[0], "LS2");
    assert_false(typed.unsafe_fixes);
    assert_text(typed.fixes.http_client, "httpx");
    assert_int_equal(typed.fixes.python_minor, 9);
}

static void the_target_is_the_least_version(void **state)
{
    static const struct {
        const char *specifier;
        uint32_t minor;
    } rows[] = {{">=3.10", 10}, {">= 3.9.2, <4", 9},
                {"~=3.11", 11}, {"==3.12.*", 12},
                {"^3.8", 8},    {"<3.13,>=3.10,!=3.11.0", 10},
                {"<4", 0},      {"", 0},
                {">=4", 0},     {">=3", 0},
                {"3.10", 0},    {">=3.x", 0}};
    Case *test = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(target_of_specifier(str_from(rows[i].specifier)), rows[i].minor);
    put("a/pyproject.toml", "[project]\nrequires-python = '>=3.10'\n");
    put("a/b/m.py", "");
    assert_int_equal(target_minor(&test->arena, "a/b/m.py"), 10);
    assert_int_equal(target_minor(&test->arena, "a"), 10);
    assert_int_equal(target_minor(&test->arena, "no/such/file.py"), 0);
    put("a/b/pyproject.toml", "[project]\nrequires-python = 3\n");
    assert_int_equal(target_minor(&test->arena, "a/b"), 0);
    put("a/b/pyproject.toml", "requires-python = [\n");
    assert_int_equal(target_minor(&test->arena, "a/b"), 0);
}

static void the_command_line_wins(void **state)
{
    Case *test = *state;
    assert_true(
        parse(test,
              "select = ['LS1']\nexclude = ['x']\nrespect-gitignore = false\nscope = 'all'\nstrict = true\n"
              "fail-on = 'high'\nextend-exclude = ['y']\nrules = ['r']\nshow-info = true\n",
              "/p/loopsafe.toml"));
    Options options = {.given = OPTION_RESPECT_GITIGNORE | OPTION_SCOPE | OPTION_FAIL_ON | OPTION_STRICT,
                       .respect_gitignore = true,
                       .scope = SCOPE_APPLICATION,
                       .fail_on = SEVERITY_MEDIUM,
                       .select = list_of(test, "LS2"),
                       .exclude = list_of(test, "s/x"),
                       .exclude_given = true,
                       .extend_exclude = list_of(test, "s/y"),
                       .rules = list_of(test, "mine"),
                       .base_directory = "/cwd"};
    config_apply(&test->arena, &test->config, &options);
    assert_text(options.select.items[0], "LS2");
    assert_int_equal(options.exclude.count, 1);
    assert_text(options.exclude.items[0], "/cwd/s/x");
    assert_true(options.respect_gitignore && !options.strict && options.show_info);
    assert_int_equal(options.scope, SCOPE_APPLICATION);
    assert_int_equal(options.fail_on, SEVERITY_MEDIUM);
    assert_int_equal(options.extend_exclude.count, 2);
    assert_text(options.extend_exclude.items[0], "y");
    assert_text(options.extend_exclude.items[1], "/cwd/s/y");
    assert_int_equal(options.rules.count, 2);
    assert_text(options.rules.items[0], "/p/r");
    assert_text(options.rules.items[1], "mine");
}

static void no_file_changes_nothing(void **state)
{
    Case *test = *state;
    Config config;
    assert_true(config_load(&test->arena, NULL, ".", true, &config, &test->fail));
    Options options = {.respect_gitignore = true, .exclude = list_of(test, "s/x"), .base_directory = "/cwd"};
    config_apply(&test->arena, &config, &options);
    assert_true(options.respect_gitignore && !options.exclude_given);
    assert_text(options.exclude.items[0], "s/x");
    assert_string_equal(options.base_directory, "/cwd");
}

#define CASE_TEST(name) cmocka_unit_test_setup_teardown(name, case_make, case_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE_TEST(toml_has_four_kinds_of_strings),
        CASE_TEST(toml_values_have_kinds),
        CASE_TEST(toml_tables_nest),
        CASE_TEST(toml_refuses_what_is_set_twice),
        CASE_TEST(toml_names_the_line_of_an_error),
        CASE_TEST(toml_depth_has_an_end),
        CASE_TEST(every_key_is_read),
        CASE_TEST(unknown_keys_are_refused),
        CASE_TEST(wrong_types_are_refused),
        CASE_TEST(codes_have_a_shape),
        CASE_TEST(pyproject_has_a_table),
        CASE_TEST(the_closest_file_counts),
        CASE_TEST(a_named_file_counts),
        CASE_TEST(a_broken_pyproject_of_others_is_passed_over),
        CASE_TEST(the_file_fills_in),
        CASE_TEST(the_command_line_wins),
        CASE_TEST(fixes_are_configured),
        CASE_TEST(the_target_is_the_least_version),
        CASE_TEST(no_file_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
