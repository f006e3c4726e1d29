#define _POSIX_C_SOURCE 200809L
#include <unistd.h>

#include "base/io.h"
#include "cli/check_settings.h"
#include "cli/color.h"
#include "cli/command.h"
#include "cli/counters.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "session/session.h"

#include "base/banned.h"

static ReportStyle style_of(const CheckSettings *settings, const Session *session)
{
    ColorEnvironment environment = color_environment();
    bool to_terminal = !settings->output_file && isatty(STDOUT_FILENO);
    /* A file is not coloured because of what the environment says of terminals. */
    if (settings->output_file) environment = (ColorEnvironment){0};
    return (ReportStyle){
        .color = color_wanted((ColorChoice)settings->color, &environment, to_terminal),
        .quiet = settings->quiet,
        .directory = str_from(settings->options.base_directory),
        .catalogue = session_catalogue(session),
    };
}

static Report report_of(const Result *result)
{
    return (Report){
        .findings = result->findings,
        .finding_count = result->finding_count,
        .info_count = result->info_count,
        .suppressed_count = result->suppressed_count,
        .out_of_scope_count = result->out_of_scope_count,
    };
}

static void print_counters(const Counters *counters)
{
    Buf text;
    buf_init(&text);
    counters_add(&text, counters);
    /* Standard error may be closed: nobody reads the counters then. */
    if (!io_write_stream(STDERR_FILENO, buf_str(&text))) buf_clear(&text);
    buf_free(&text);
}

static int print_report(const CheckSettings *settings, const Session *session, const Result *result,
                        int exit_code)
{
    const Reporter *reporter = reporters[settings->format];
    ReportStyle style = style_of(settings, session);
    Report report = report_of(result);
    Buf text;
    buf_init(&text);
    if (settings->statistics)
        reporter->write_statistics(&text, &report, &style);
    else
        reporter->write(&text, &report, &style);
    exit_code = settings->output_file ? output_save(settings->output_file, buf_str(&text), exit_code)
                                      : output_print(buf_str(&text), exit_code);
    buf_free(&text);
    return exit_code;
}

static int print_result(const CheckSettings *settings, const Session *session, const Result *result)
{
    for (size_t i = 0; i < result->trouble_count; i++)
        message_warning(result->troubles[i].path, result->troubles[i].what);
    if (!result->counters.files_found)
        message_warning(STR("no Python files found"), STR("nothing was checked"));
    int exit_code = result->fails && !settings->exit_zero ? ENDED_FINDINGS : ENDED_CLEAN;
    exit_code = print_report(settings, session, result, exit_code);
    if (settings->counters) print_counters(&result->counters);
    return exit_code;
}

static bool check_with_progress(const CheckSettings *settings, Session *session, Result *result, Fail *fail)
{
    Progress progress;
    progress_begin(&progress, settings->quiet);
    bool done = session_check(session, &settings->options, progress_step, &progress, result, fail);
    progress_end(&progress);
    return done;
}

static int check_settled(CheckSettings *settings)
{
    Session *session = session_new();
    Result result = {0};
    Fail fail = {0};
    int exit_code = ENDED_SETUP;
    if (!check_settings_know_codes(settings, session_catalogue(session), &fail)) {
        command_misused(&command_check, &fail);
    } else if (!check_with_progress(settings, session, &result, &fail)) {
        message_error(fail.text);
    } else {
        check_settings_configured(settings, session_output_format(session));
        exit_code = print_result(settings, session, &result);
    }
    session_free(session);
    return exit_code;
}

static int run_check(int count, char *const *arguments)
{
    Arena arena;
    arena_init(&arena);
    CheckSettings settings = check_settings_new();
    ArgResult result;
    Fail fail = {0};
    int exit_code;
    if (command_begin(&command_check, &arena, count, arguments, &settings, &result, &exit_code))
        exit_code = check_settings_finish(&settings, &arena, &result, &fail)
                        ? check_settled(&settings)
                        : command_misused(&command_check, &fail);
    arena_free(&arena);
    return exit_code;
}

const Command command_check = {
    .name = "check",
    .summary = "Find what stalls the event loop",
    .usage = "[OPTIONS] [PATH]...",
    .details = "Without PATH the working directory is checked; '-' reads standard input.\n"
               "LOOPSAFE_OUTPUT_FORMAT sets the output format where the option does not.\n"
               "Exit codes: 0 clean, 1 findings, 2 usage or configuration, 3 internal.\n",
    .table = &check_table,
    .run = run_check,
};
