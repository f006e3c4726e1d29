#define _POSIX_C_SOURCE 200809L
/* The command line of `loopsafe check`: what is understood, what is refused and in which words. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "cli/check_settings.h"
#include "base/closest.h"
#include "cli/color.h"

#include "base/banned.h"

enum { MOST_WORDS = 16 };

/* One parsed command line. */
typedef struct Line {
    Arena arena;
    CheckSettings settings;
    ArgResult result;
    Fail fail;
    bool parsed;
} Line;

/* words are separated by one blank; `_` stands for an empty argument. */
static void line_parse(Line *line, const char *words)
{
    *line = (Line){.settings = check_settings_new()};
    arena_init(&line->arena);
    char *arguments[MOST_WORDS];
    int count = 0;
    for (Str rest = str_from(words); rest.len;) {
        size_t blank = str_find_byte(rest, ' ');
        size_t end = blank == SIZE_MAX ? rest.len : blank;
        bool empty = end == 1 && rest.ptr[0] == '_';
        arguments[count++] = arena_copy(&line->arena, rest.ptr, empty ? 0 : end);
        rest = str_part(rest, blank == SIZE_MAX ? end : end + 1, rest.len);
    }
    line->parsed =
        args_parse(&line->arena, &check_table, count, arguments, &line->settings, &line->result, &line->fail);
    if (line->parsed && !line->result.help)
        line->parsed = check_settings_finish(&line->settings, &line->arena, &line->result, &line->fail);
}

static void line_free(Line *line)
{
    arena_free(&line->arena);
}

static void refuses(const char *words, const char *text)
{
    Line line;
    line_parse(&line, words);
    assert_false(line.parsed);
    assert_string_equal(line.fail.text, text);
    line_free(&line);
}

static void list_is(const StrList *list, const char *joined)
{
    Buf text;
    buf_init(&text);
    for (size_t i = 0; i < list->count; i++) {
        if (i) buf_add_byte(&text, '|');
        buf_add(&text, list->items[i]);
    }
    assert_true(str_equal(buf_str(&text), str_from(joined)));
    buf_free(&text);
}

static void defaults_are_those_of_the_help(void **state)
{
    (void)state;
    Line line;
    line_parse(&line, "");
    assert_true(line.parsed);
    const Options *options = &line.settings.options;
    assert_int_equal(options->path_count, 0);
    assert_true(options->respect_gitignore);
    assert_false(options->exclude_given || options->read_stdin || options->strict || options->isolated);
    assert_int_equal(options->scope, SCOPE_APPLICATION);
    assert_int_equal(options->fail_on, SEVERITY_LOW);
    assert_int_equal(options->threads, 0);
    assert_int_equal(options->base_directory[0], '/');
    assert_string_equal(reporters[line.settings.format]->name, "full");
    line_free(&line);
}

static void values_stand_after_blank_or_equals(void **state)
{
    (void)state;
    Line line;
    line_parse(
        &line,
        "--threads 4 --scope=all --output-format concise --fail-on=high --config=a=b --color never src app");
    assert_true(line.parsed);
    assert_int_equal(line.settings.options.threads, 4);
    assert_int_equal(line.settings.options.scope, SCOPE_ALL);
    assert_int_equal(line.settings.options.fail_on, SEVERITY_HIGH);
    assert_int_equal(line.settings.color, COLOR_NEVER);
    assert_string_equal(line.settings.options.config_path, "a=b");
    assert_string_equal(reporters[line.settings.format]->name, "concise");
    assert_int_equal(line.settings.options.path_count, 2);
    assert_string_equal(line.settings.options.paths[1], "app");
    line_free(&line);
}

static void letters_join_and_carry_values(void **state)
{
    (void)state;
    static const char *const lines[] = {"-eq -o out", "-eqoout", "-q -e -o=out", "-qe --output-file=out"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        Line line;
        line_parse(&line, lines[i]);
        assert_true(line.parsed);
        assert_true(line.settings.exit_zero && line.settings.quiet);
        assert_string_equal(line.settings.output_file, "out");
        line_free(&line);
    }
}

static void lists_grow(void **state)
{
    (void)state;
    Line line;
    line_parse(&line,
               "--select LS1,LS2 --select=,LS3, --rules a,b --rules c --exclude x --exclude=y,z --ignore _");
    assert_true(line.parsed);
    list_is(&line.settings.options.select, "LS1|LS2|LS3");
    list_is(&line.settings.options.rules, "a,b|c");
    list_is(&line.settings.options.exclude, "x|y|z");
    list_is(&line.settings.options.ignore, "");
    assert_true(line.settings.options.exclude_given);
    line_free(&line);
}

static void a_later_value_wins(void **state)
{
    (void)state;
    Line line;
    line_parse(&line, "--threads 1 --threads 2 --no-respect-gitignore --scope all --scope application");
    assert_int_equal(line.settings.options.threads, 2);
    assert_int_equal(line.settings.options.scope, SCOPE_APPLICATION);
    assert_false(line.settings.options.respect_gitignore);
    line_free(&line);
    line_parse(&line, "--no-respect-gitignore --respect-gitignore --no-cache");
    assert_true(line.settings.options.respect_gitignore);
    line_free(&line);
}

static void two_dashes_end_the_options(void **state)
{
    (void)state;
    Line line;
    line_parse(&line, "--strict -- --select -x");
    assert_true(line.parsed && line.settings.options.strict);
    assert_int_equal(line.settings.options.path_count, 2);
    assert_string_equal(line.settings.options.paths[0], "--select");
    line_free(&line);
}

static void standard_input_is_named_in_two_ways(void **state)
{
    (void)state;
    static const char *const lines[] = {"-", "--stdin-filename a.py -", "--stdin-filename=a.py"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        Line line;
        line_parse(&line, lines[i]);
        assert_true(line.parsed && line.settings.options.read_stdin);
        assert_int_equal(line.settings.options.path_count, 0);
        line_free(&line);
    }
    refuses("- a.py", "standard input and 'a.py' cannot be checked together");
    refuses("a.py -", "standard input and 'a.py' cannot be checked together");
    refuses("- - b.py", "standard input and 'b.py' cannot be checked together");
    refuses("--stdin-filename x b.py", "standard input and 'b.py' cannot be checked together");
}

static void help_stops_the_parse(void **state)
{
    (void)state;
    static const char *const lines[] = {"--help --bogus", "-h -z", "-qhz", "a.py --strict --help"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        Line line;
        line_parse(&line, lines[i]);
        assert_true(line.parsed && line.result.help);
        line_free(&line);
    }
}

static void mistyped_options_are_refused(void **state)
{
    (void)state;
    refuses("--slect LS1", "unexpected argument '--slect' (did you mean '--select'?)");
    refuses("--stirct", "unexpected argument '--stirct' (did you mean '--strict'?)");
    refuses("--outputformat=json", "unexpected argument '--outputformat' (did you mean '--output-format'?)");
    refuses("--frobnicate", "unexpected argument '--frobnicate'");
    refuses("--=x", "unexpected argument '--'");
    refuses("-z", "unexpected argument '-z'");
    refuses("-qz", "unexpected argument '-z'");
    refuses("--strict=yes", "unexpected value 'yes' for '--strict'");
    refuses("--stric\x1b[31m", "unexpected argument '--stric?[31m'");
}

static void bad_values_are_refused(void **state)
{
    (void)state;
    refuses("--select", "a value is required for '--select <CODE>' but none was given");
    refuses("--select --strict", "a value is required for '--select <CODE>' but none was given");
    refuses("-o", "a value is required for '--output-file <FILE>' but none was given");
    refuses("--scope most", "invalid value 'most' for '--scope' (possible: application, all)");
    refuses("--fail-on info", "invalid value 'info' for '--fail-on' (possible: high, medium, low)");
    refuses("--threads -1", "a value is required for '--threads <N>' but none was given");
    refuses("--threads=-1", "invalid value '-1' for '--threads' (a number up to 256)");
    refuses("--threads 257", "invalid value '257' for '--threads' (a number up to 256)");
    refuses("--threads 99999999999999999999",
            "invalid value '99999999999999999999' for '--threads' (a number up to 256)");
    refuses("--threads _", "invalid value '' for '--threads' (a number up to 256)");
    refuses("--threads 2x", "invalid value '2x' for '--threads' (a number up to 256)");
    refuses("--color=", "invalid value '' for '--color' (possible: auto, always, never)");
}

static void a_very_long_argument_is_cut(void **state)
{
    (void)state;
    char *word = memory_alloc(5001);
    memset(word, 'a', 5000);
    word[0] = word[1] = '-';
    word[5000] = '\0';
    Line line;
    line_parse(&line, word);
    assert_false(line.parsed);
    assert_true(strlen(line.fail.text) < 300);
    line_free(&line);
    free(word);
}

static void the_environment_names_the_format(void **state)
{
    (void)state;
    assert_int_equal(setenv("LOOPSAFE_OUTPUT_FORMAT", "json", 1), 0);
    Line line;
    line_parse(&line, "");
    assert_string_equal(reporters[line.settings.format]->name, "json");
    line_free(&line);
    line_parse(&line, "--output-format full");
    assert_string_equal(reporters[line.settings.format]->name, "full");
    line_free(&line);
    assert_int_equal(setenv("LOOPSAFE_OUTPUT_FORMAT", "xml", 1), 0);
    line_parse(&line, "");
    assert_false(line.parsed);
    assert_non_null(strstr(line.fail.text, "invalid value 'xml' in LOOPSAFE_OUTPUT_FORMAT (possible: "));
    line_free(&line);
    assert_int_equal(unsetenv("LOOPSAFE_OUTPUT_FORMAT"), 0);
}

static bool knows(const Catalogue *catalogue, const char *words, const char *text)
{
    Line line;
    line_parse(&line, words);
    assert_true(line.parsed);
    bool known = check_settings_know_codes(&line.settings, catalogue, &line.fail);
    if (!known) assert_string_equal(line.fail.text, text);
    line_free(&line);
    return known;
}

static void codes_are_known_by_prefix(void **state)
{
    (void)state;
    Catalogue *catalogue = catalogue_new();
    assert_true(knows(catalogue, "", NULL));
    assert_true(knows(catalogue, "--select ALL --ignore LS,LS1,LS101", NULL));
    assert_false(knows(catalogue, "--select LS1,ASYNC210",
                       "unknown code 'ASYNC210' in '--select' ('loopsafe rule --all' lists them)"));
    assert_false(knows(catalogue, "--ignore LS1010",
                       "unknown code 'LS1010' in '--ignore' ('loopsafe rule --all' lists them)"));
    catalogue_free(catalogue);
}

static void rows_of_the_table_are_distinct(void **state)
{
    (void)state;
    for (size_t i = 0; i < check_table.row_count; i++) {
        const ArgRow *row = &check_table.rows[i];
        bool is_plain =
            row->kind == ARG_ON || row->kind == ARG_OFF || row->kind == ARG_NONE || row->kind == ARG_HELP;
        assert_int_equal(is_plain, row->value == NULL);
        assert_int_equal(row->kind == ARG_CHOICE, row->choice != NULL);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(row->name, check_table.rows[j].name);
            assert_false(row->letter && row->letter == check_table.rows[j].letter);
        }
    }
}

static const char *closest_of(const char *word)
{
    Closest closest;
    closest_init(&closest, str_from(word));
    closest_try(&closest, "check");
    closest_try(&closest, "rule");
    closest_try(&closest, "version");
    return closest.name;
}

static void near_words_are_found(void **state)
{
    (void)state;
    assert_string_equal(closest_of("chek"), "check");
    assert_string_equal(closest_of("hceck"), "check");
    assert_string_equal(closest_of("rules"), "rule");
    assert_string_equal(closest_of("verison"), "version");
    assert_null(closest_of("lint"));
    assert_null(closest_of(""));
}

static void color_follows_the_order_of_the_conventions(void **state)
{
    (void)state;
    const ColorEnvironment empty = {0};
    assert_true(color_wanted(COLOR_AUTO, &empty, true));
    assert_false(color_wanted(COLOR_AUTO, &empty, false));
    assert_false(color_wanted(COLOR_AUTO, &(ColorEnvironment){.term = "dumb"}, true));
    assert_false(color_wanted(COLOR_AUTO, &(ColorEnvironment){.no_color = "1", .force_color = "1"}, true));
    assert_true(color_wanted(COLOR_AUTO, &(ColorEnvironment){.no_color = ""}, true));
    assert_true(color_wanted(COLOR_AUTO, &(ColorEnvironment){.force_color = "1", .clicolor = "0"}, false));
    assert_true(color_wanted(COLOR_AUTO, &(ColorEnvironment){.clicolor_force = "1"}, false));
    assert_false(
        color_wanted(COLOR_AUTO, &(ColorEnvironment){.clicolor_force = "0", .force_color = "0"}, false));
    assert_false(color_wanted(COLOR_AUTO, &(ColorEnvironment){.clicolor = "0"}, true));
    assert_true(color_wanted(COLOR_ALWAYS, &(ColorEnvironment){.no_color = "1"}, false));
    assert_false(color_wanted(COLOR_NEVER, &(ColorEnvironment){.force_color = "1"}, true));
}

int main(void)
{
    unsetenv("LOOPSAFE_OUTPUT_FORMAT");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_those_of_the_help),
        cmocka_unit_test(values_stand_after_blank_or_equals),
        cmocka_unit_test(letters_join_and_carry_values),
        cmocka_unit_test(lists_grow),
        cmocka_unit_test(a_later_value_wins),
        cmocka_unit_test(two_dashes_end_the_options),
        cmocka_unit_test(standard_input_is_named_in_two_ways),
        cmocka_unit_test(help_stops_the_parse),
        cmocka_unit_test(mistyped_options_are_refused),
        cmocka_unit_test(bad_values_are_refused),
        cmocka_unit_test(a_very_long_argument_is_cut),
        cmocka_unit_test(the_environment_names_the_format),
        cmocka_unit_test(codes_are_known_by_prefix),
        cmocka_unit_test(rows_of_the_table_are_distinct),
        cmocka_unit_test(near_words_are_found),
        cmocka_unit_test(color_follows_the_order_of_the_conventions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
