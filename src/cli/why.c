#include "base/limits.h"
#include "cli/color.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/program_settings.h"
#include "report/explanation_report.h"

#include "base/banned.h"

typedef enum WhyFormat { WHY_TEXT, WHY_JSON } WhyFormat;

static const char *why_format(size_t index)
{
    static const char *const names[] = {[WHY_TEXT] = "text", [WHY_JSON] = "json"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

static int print_explanation(const ProgramSettings *settings, const Session *session,
                             const Explanation *explanation)
{
    ReportStyle style = program_settings_style(settings, session);
    Buf text;
    buf_init(&text);
    if (settings->format == WHY_JSON)
        explanation_add_json(&text, explanation, &style);
    else
        explanation_add_text(&text, explanation, &style);
    int exit_code = program_settings_print(settings, buf_str(&text));
    buf_free(&text);
    return exit_code;
}

static int why_settled(const ProgramSettings *settings, const char *word)
{
    Session *session = session_new();
    Explanation explanation;
    Fail fail = {0};
    int exit_code = ENDED_SETUP;
    if (session_explain(session, &settings->options, word, &explanation, &fail))
        exit_code = print_explanation(settings, session, &explanation);
    else
        message_error(fail.text);
    session_free(session);
    return exit_code;
}

/* Two lines an option. */
/* clang-format off */
static const ArgRow rows[] = {
    {.name = "output-format", .kind = ARG_CHOICE, .offset = offsetof(ProgramSettings, format), .value = "FORMAT",
     .choice = why_format, .group = "Output", .help = "Form of the explanation"},
    {.name = "output-file", .letter = 'o', .kind = ARG_TEXT, .offset = offsetof(ProgramSettings, output_file),
     .value = "FILE", .help = "Write to a file instead of standard output"},
    {.name = "color", .kind = ARG_CHOICE, .offset = offsetof(ProgramSettings, color), .value = "WHEN",
     .choice = color_choice, .help = "Use colour"},
    PROGRAM_ROWS,
};
/* clang-format on */

static const ArgTable table = {rows, sizeof rows / sizeof rows[0], ARGS_MOST_PATHS};

static int run_why(int count, char *const *arguments)
{
    Arena arena;
    arena_init(&arena);
    ProgramSettings settings = program_settings_new();
    ArgResult result;
    Fail fail = {0};
    int exit_code;
    if (command_begin(&command_why, &arena, count, arguments, &settings, &result, &exit_code)) {
        bool ready = result.positional_count
                         ? program_settings_finish(&settings, &arena, &table, &result, 1, &fail)
                         : fail_at(&fail, NULL, 0, "FILE:LINE or module.function is required");
        exit_code =
            ready ? why_settled(&settings, result.positionals[0]) : command_misused(&command_why, &fail);
    }
    arena_free(&arena);
    return exit_code;
}

const Command command_why = {
    .name = "why",
    .summary = "Explain why something is reported, or is not",
    .usage = "[OPTIONS] <FILE:LINE|MODULE.FUNCTION> [PATH]...",
    .details =
        "Of a function: where it runs and why, what it does by its shortest ways, and where knowledge ends.\n"
        "Of a line: each call on it, and why it is reported or not.\n"
        "Without PATH the working directory is looked at. Exit codes: 0 explained, 2 usage, configuration "
        "or\n"
        "nothing of that name, 3 internal.\n",
    .table = &table,
    .run = run_why,
};
