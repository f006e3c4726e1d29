#define _POSIX_C_SOURCE 200809L
#include "cli/check_print.h"

#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/color.h"
#include "cli/counters.h"
#include "cli/fix_summary.h"
#include "cli/message.h"
#include "cli/output.h"
#include "source/diff.h"

#include "base/banned.h"

/* The fixed text of standard input takes standard output for itself. */
static bool reports_to_stderr(const CheckSettings *settings)
{
    return settings->options.read_stdin && check_settings_fixes(settings);
}

static ReportStyle style_of(const CheckSettings *settings, const Session *session)
{
    ColorEnvironment environment = color_environment();
    bool to_terminal =
        !settings->output_file && isatty(reports_to_stderr(settings) ? STDERR_FILENO : STDOUT_FILENO);
    /* A file is not coloured because of what the environment says of terminals. */
    if (settings->output_file) environment = (ColorEnvironment){0};
    return (ReportStyle){
        .color = color_wanted((ColorChoice)settings->color, &environment, to_terminal),
        .quiet = settings->quiet,
        .hides_fixes = check_settings_fixes(settings),
        .shows_run = settings->confirmed_by != NULL,
        .unsafe_fixes = session_options(session)->unsafe_fixes,
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

/* Standard error may be closed: there is nobody left to tell. */
static void print_to_stderr(Buf *text)
{
    if (!io_write_stream(STDERR_FILENO, buf_str(text))) buf_clear(text);
    buf_free(text);
}

static void print_counters(const Counters *counters)
{
    Buf text;
    buf_init(&text);
    counters_add(&text, counters);
    print_to_stderr(&text);
}

void check_print_troubles(const Result *result)
{
    for (size_t i = 0; i < result->trouble_count; i++)
        message_warning(result->troubles[i].path, result->troubles[i].what);
    if (!result->counters.files_found)
        message_warning(STR("no Python files found"), STR("nothing was checked"));
}

static void add_fixed(Buf *buf, const CheckSettings *settings, const Fixed *fixed)
{
    if (settings->show_fixes) fix_summary_add_list(buf, fixed);
    if (!settings->quiet) fix_summary_add(buf, fixed, settings->diff);
}

static int print_text(const CheckSettings *settings, Str text, int exit_code)
{
    if (settings->output_file) return output_save(settings->output_file, text, exit_code);
    return output_print(text, exit_code);
}

int check_print(const CheckSettings *settings, const Session *session, const Result *result,
                const Fixed *fixed)
{
    const Reporter *reporter = reporters[settings->format];
    ReportStyle style = style_of(settings, session);
    Report report = report_of(result);
    int exit_code = result->fails && !settings->exit_zero ? ENDED_FINDINGS : ENDED_CLEAN;
    /* Programs read what they asked for and nothing else. */
    bool is_apart = settings->output_file || !reporter->for_people;
    Buf text, fixes;
    buf_init(&text);
    buf_init(&fixes);
    if (settings->statistics)
        reporter->write_statistics(&text, &report, &style);
    else
        reporter->write(&text, &report, &style);
    if (fixed) add_fixed(is_apart ? &fixes : &text, settings, fixed);
    if (reports_to_stderr(settings) && !settings->output_file)
        print_to_stderr(&text);
    else
        exit_code = print_text(settings, buf_str(&text), exit_code);
    print_to_stderr(&fixes);
    buf_free(&text);
    if (settings->counters) print_counters(&result->counters);
    return exit_code;
}

int check_print_fixed(const CheckSettings *settings, const Fixed *fixed, int exit_code)
{
    Buf text;
    buf_init(&text);
    add_fixed(&text, settings, fixed);
    bool is_apart = settings->diff || settings->output_file || !reporters[settings->format]->for_people;
    if (reports_to_stderr(settings) || is_apart)
        print_to_stderr(&text);
    else
        exit_code = output_print(buf_str(&text), exit_code);
    buf_free(&text);
    if (settings->counters) print_counters(&fixed->left->counters);
    return exit_code;
}

int check_print_diff(const CheckSettings *settings, const Fixed *fixed)
{
    Buf text;
    buf_init(&text);
    for (size_t i = 0; i < fixed->file_count; i++)
        diff_add(&text, fixed->files[i].path, fixed->files[i].before, fixed->files[i].after);
    int exit_code = fixed->file_count && !settings->exit_zero ? ENDED_FINDINGS : ENDED_CLEAN;
    exit_code = print_text(settings, buf_str(&text), exit_code);
    buf_free(&text);
    return exit_code == ENDED_SETUP ? exit_code : check_print_fixed(settings, fixed, exit_code);
}
