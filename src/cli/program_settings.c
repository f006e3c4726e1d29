#define _POSIX_C_SOURCE 200809L
#include "cli/program_settings.h"

#include <unistd.h>

#include "cli/color.h"
#include "cli/output.h"

#include "base/banned.h"

ProgramSettings program_settings_new(void)
{
    return (ProgramSettings){.options = {.respect_gitignore = true}, .color = COLOR_AUTO};
}

bool program_settings_finish(ProgramSettings *settings, Arena *arena, const ArgTable *table,
                             const ArgResult *result, size_t words, Fail *fail)
{
    Options *options = &settings->options;
    options->scope = (Scope)settings->scope;
    options->follow = (Follow)settings->follow;
    options->fail_on = SEVERITY_LOW;
    if (args_given(table, result, "scope")) options->given |= OPTION_SCOPE;
    if (args_given(table, result, "follow")) options->given |= OPTION_FOLLOW;
    if (args_given(table, result, "python")) options->given |= OPTION_PYTHON;
    options->paths = result->positionals + words;
    options->path_count = result->positional_count - words;
    return options_start_here(options, arena, fail);
}

ReportStyle program_settings_style(const ProgramSettings *settings, const Session *session)
{
    ColorEnvironment environment = color_environment();
    bool to_terminal = !settings->output_file && isatty(STDOUT_FILENO);
    if (settings->output_file) environment = (ColorEnvironment){0};
    return (ReportStyle){
        .color = color_wanted((ColorChoice)settings->color, &environment, to_terminal),
        .directory = str_from(settings->options.base_directory),
        .catalogue = session_catalogue(session),
    };
}

int program_settings_print(const ProgramSettings *settings, Str text)
{
    return settings->output_file ? output_save(settings->output_file, text, ENDED_CLEAN)
                                 : output_print(text, ENDED_CLEAN);
}
