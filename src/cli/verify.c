#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/color.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/verify_findings.h"
#include "session/config.h"
#include "session/stub_table.h"
#include "verify/html.h"
#include "verify/run_json.h"
#include "verify/run_table.h"
#include "verify/verify.h"

#include "base/banned.h"

/* --- progress --- */

static void say_step(void *context, const char *words)
{
    (void)context;
    fprintf(stderr, "\r\x1b[K%s", words);
    fflush(stderr);
}

static void clear_step(const VerifyPlan *plan)
{
    if (plan->progress) say_step(NULL, "");
}

/* --- the report --- */

typedef void (*RunView)(Buf *buf, const Run *run);

static int save_view(const char *path, RunView view, const Run *run)
{
    Buf text;
    buf_init(&text);
    view(&text, run);
    int exit_code = strcmp(path, "-") == 0 ? output_print(buf_str(&text), ENDED_CLEAN)
                                           : output_save(path, buf_str(&text), ENDED_CLEAN);
    buf_free(&text);
    return exit_code;
}

static bool speaks_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value) return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
    }
    return !isatty(STDOUT_FILENO);
}

static int print_table(const VerifySettings *settings, const Run *run)
{
    ColorEnvironment environment = color_environment();
    struct winsize size;
    RunTableStyle style = {
        .color = color_wanted((ColorChoice)settings->color, &environment, isatty(STDOUT_FILENO)),
        .plain = !speaks_utf8(),
        .columns = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0,
    };
    Buf text;
    buf_init(&text);
    run_table_add(&text, run, &style);
    int exit_code = output_print(buf_str(&text), ENDED_CLEAN);
    buf_free(&text);
    return exit_code;
}

static int print_run(const VerifySettings *settings, const Run *run)
{
    int saved = ENDED_CLEAN;
    if (settings->json) saved |= save_view(settings->json, run_json_add, run);
    if (settings->html) saved |= save_view(settings->html, run_html, run);
    bool to_stdout = settings->json && strcmp(settings->json, "-") == 0;
    if (!to_stdout) saved |= print_table(settings, run);
    return saved ? ENDED_SETUP : run_exit_code(run);
}

/* --- the command --- */

/* The table of stubs lies in a file of its own while the run lasts; "": there is none. */
static bool write_stubs(const VerifySettings *settings, VerifyPlan *plan, char *path, size_t room, Fail *fail)
{
    path[0] = '\0';
    if (plan->stubs || !settings->stubs.count) return true;
    const char *folder = getenv("TMPDIR");
    snprintf(path, room, "%s/loopsafe-stubs-XXXXXX", folder && *folder ? folder : "/tmp");
    int file = mkstemp(path);
    if (file < 0) return fail_at(fail, path, 0, "%s", strerror(errno));
    close(file);
    Catalogue *catalogue = catalogue_new();
    uint32_t network_ms = (uint32_t)(plan->outside.delay_ns / 1000000);
    bool written =
        stub_table_write(catalogue, settings->stubs.items, settings->stubs.count, network_ms, path, fail);
    catalogue_free(catalogue);
    plan->stubs = path;
    return written;
}

static int verify_settled(Arena *arena, VerifySettings *settings, VerifyPlan *plan)
{
    char stubs[LIMIT_PATH_BYTES] = "";
    Fail fail = {0};
    Progress progress;
    progress_begin(&progress, settings->quiet);
    if (progress.enabled) plan->progress = say_step;
    Run run = {0};
    VerifyEnd end = VERIFY_MISUSED;
    if (verify_findings(arena, settings, plan, &progress, &fail) &&
        write_stubs(settings, plan, stubs, sizeof stubs, &fail))
        end = verify_run(arena, plan, &run, &fail);
    if (stubs[0]) unlink(stubs);
    clear_step(plan);
    if (end == VERIFY_DONE) return print_run(settings, &run);
    message_error(fail.text);
    return (int)end;
}

/* From here on the tree is the working directory: findings are named from there. */
static bool enter_tree(VerifySettings *settings, Arena *arena, const VerifyPlan *plan, Fail *fail)
{
    if (chdir(plan->before) != 0) return fail_at(fail, plan->before, 0, "%s", strerror(errno));
    return options_start_here(&settings->options, arena, fail);
}

static Str command_line(Arena *arena, int count, char *const *arguments)
{
    Buf line;
    buf_init(&line);
    buf_add_text(&line, "loopsafe verify");
    for (int i = 0; i < count; i++) {
        bool plain = strpbrk(arguments[i], " '\"\\$&|;<>()*?") == NULL && *arguments[i];
        buf_format(&line, plain ? " %s" : " '%s'", arguments[i]);
    }
    Str kept = str_copy(arena, buf_str(&line));
    buf_free(&line);
    return kept;
}

/* What the project's configuration asks for stands before what was typed: a later value replaces an earlier one. */
static bool read_arguments(VerifySettings *settings, Arena *arena, const ArgResult *typed, int count,
                           char *const *arguments, VerifyPlan *plan, Fail *fail)
{
    AppPlace place;
    Config config;
    if (!typed->positional_count)
        return fail_at(fail, NULL, 0, "APP is required: a folder, a file or 'package.main:app'");
    if (!app_find(arena, typed->positionals[0], &place, fail) ||
        !config_load(arena, settings->options.config_path, place.tree, settings->options.isolated, &config,
                     fail))
        return false;
    char **all = arena_array(arena, config.verify.count + (size_t)count, sizeof *all);
    for (size_t i = 0; i < config.verify.count; i++)
        all[i] = (char *)(uintptr_t)config.verify.items[i].ptr;
    for (int i = 0; i < count; i++)
        all[config.verify.count + (size_t)i] = arguments[i];
    ArgResult result;
    *settings = verify_settings_new();
    return args_parse(arena, &verify_table, (int)config.verify.count + count, all, settings, &result, fail) &&
           verify_settings_finish(settings, arena, &place, plan, fail) &&
           enter_tree(settings, arena, plan, fail);
}

static int run_verify(int count, char *const *arguments)
{
    Arena arena;
    arena_init(&arena);
    VerifySettings settings = verify_settings_new();
    VerifyPlan plan;
    ArgResult typed;
    Fail fail = {0};
    int exit_code;
    if (command_begin(&command_verify, &arena, count, arguments, &settings, &typed, &exit_code)) {
        bool ready = read_arguments(&settings, &arena, &typed, count, arguments, &plan, &fail);
        if (ready) plan.command = command_line(&arena, count, arguments);
        exit_code =
            ready ? verify_settled(&arena, &settings, &plan) : command_misused(&command_verify, &fail);
    }
    arena_free(&arena);
    return exit_code;
}

const Command command_verify = {
    .name = "verify",
    .summary = "Run an application before and after a fix, and prove that the loop is free",
    .usage = "[OPTIONS] <APP>",
    .details =
        "APP is a folder, a file or 'package.main:app'. This runs the application's code: copies of it, in a "
        "network\n"
        "namespace with nothing but loopback, without the environment's secrets.\n"
        "Without --fix, --before or --after the findings are confirmed or not, and nothing is compared.\n"
        "Options that a project always wants stand in [tool.loopsafe.verify] of its pyproject.toml.\n"
        "Exit codes: 0 all fixed and unchanged, 1 something is not, 2 usage or configuration, 3 cannot run "
        "safely,\n"
        "4 the application does not start, 5 too noisy to judge.\n",
    .table = &verify_table,
    .run = run_verify,
};
