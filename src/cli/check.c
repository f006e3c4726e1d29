#include "cli/check_print.h"
#include "cli/command.h"
#include "cli/confirm.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/progress.h"

#include "base/banned.h"

/* --- findings --- */

static int check_only(CheckSettings *settings, const RunSaids *said, SessionProgress step, Progress *progress)
{
    Session *session = session_new();
    Result result = {0};
    Fail fail = {0};
    int exit_code = ENDED_SETUP;
    bool done = session_check(session, &settings->options, step, progress, &result, &fail);
    progress_end(progress);
    if (done) {
        check_settings_configured(settings, session_output_format(session));
        check_print_troubles(&result);
        confirm_findings(said, &result);
        exit_code = check_print(settings, session, &result, NULL);
    } else {
        message_error(fail.text);
    }
    session_free(session);
    return exit_code;
}

/* --- fixes --- */

/* The text of standard input, changed or not. */
static int print_stdin(const Session *session, const Fixed *fixed)
{
    return output_print(fixed->file_count ? fixed->files[0].after : session_stdin(session), ENDED_CLEAN);
}

static int write_fixes(const CheckSettings *settings, const Session *session, const Fixed *fixed)
{
    Fail fail = {0};
    if (settings->options.read_stdin) return print_stdin(session, fixed);
    for (size_t i = 0; i < fixed->locked_count; i++)
        message_warning(fixed->locked[i], STR("cannot be fixed: it is read-only"));
    if (!fixing_write(fixed, &fail)) {
        message_error(fail.text);
        return ENDED_SETUP;
    }
    return fixed->locked_count ? ENDED_SETUP : ENDED_CLEAN;
}

static int print_fixes(CheckSettings *settings, const Session *session, const Fixed *fixed)
{
    check_settings_configured(settings, session_output_format(session));
    check_print_troubles(fixed->left);
    if (settings->diff) return check_print_diff(settings, fixed);
    int written = write_fixes(settings, session, fixed);
    if (written == ENDED_SETUP && !fixed->locked_count) return written;
    int exit_code = settings->fix_only ? check_print_fixed(settings, fixed, ENDED_CLEAN)
                                       : check_print(settings, session, fixed->left, fixed);
    return written == ENDED_SETUP ? written : exit_code;
}

static int check_and_fix(CheckSettings *settings, const RunSaids *said, SessionProgress step,
                         Progress *progress)
{
    Fixing *fixing = fixing_new();
    Fixed fixed;
    Fail fail = {0};
    int exit_code = ENDED_SETUP;
    bool writes = !settings->diff && !settings->options.read_stdin;
    bool done = fixing_run(fixing, &settings->options, writes, step, progress, &fixed, &fail);
    progress_end(progress);
    if (done) {
        confirm_findings(said, fixed.left);
        exit_code = print_fixes(settings, fixing_session(fixing), &fixed);
    } else {
        message_error(fail.text);
    }
    fixing_free(fixing);
    return exit_code;
}

/* --- the command --- */

static bool know_codes(const CheckSettings *settings, Fail *fail)
{
    Catalogue *catalogue = catalogue_new();
    bool known = check_settings_know_codes(settings, catalogue, fail);
    catalogue_free(catalogue);
    return known;
}

static int check_settled(CheckSettings *settings, Arena *arena)
{
    Fail fail = {0};
    RunSaids said = {0};
    if (!know_codes(settings, &fail)) return command_misused(&command_check, &fail);
    if (settings->confirmed_by && !run_read(arena, settings->confirmed_by, &said, &fail)) {
        message_error(fail.text);
        return ENDED_SETUP;
    }
    Progress progress;
    progress_begin(&progress, settings->quiet);
    return check_settings_fixes(settings) ? check_and_fix(settings, &said, progress_step, &progress)
                                          : check_only(settings, &said, progress_step, &progress);
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
                        ? check_settled(&settings, &arena)
                        : command_misused(&command_check, &fail);
    arena_free(&arena);
    return exit_code;
}

const Command command_check = {
    .name = "check",
    .summary = "Find what stalls the event loop",
    .usage = "[OPTIONS] [PATH]...",
    .details =
        "Without PATH the working directory is checked; '-' reads standard input.\n"
        "With '--fix' the fixed text of standard input is printed, and the report goes to standard error.\n"
        "LOOPSAFE_OUTPUT_FORMAT sets the output format where the option does not.\n"
        "Exit codes: 0 clean, 1 findings, or a diff with '--diff', 2 usage or configuration, 3 internal.\n",
    .table = &check_table,
    .run = run_check,
};
