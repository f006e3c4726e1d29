#define _POSIX_C_SOURCE 200809L
#include "cli/program_settings.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/color.h"
#include "cli/output.h"

#include "base/banned.h"

const char *program_scope_choice(size_t index)
{
    static const char *const names[] = {[SCOPE_APPLICATION] = "application", [SCOPE_ALL] = "all"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

const char *program_follow_choice(size_t index)
{
    static const char *const names[] = {[FOLLOW_INSTALLED] = "installed", [FOLLOW_PROJECT] = "project"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

ProgramSettings program_settings_new(void)
{
    return (ProgramSettings){.options = {.respect_gitignore = true}, .color = COLOR_AUTO};
}

static bool settle_directory(Options *options, Arena *arena, Fail *fail)
{
    char *directory = arena_alloc(arena, LIMIT_PATH_BYTES);
    if (!getcwd(directory, LIMIT_PATH_BYTES))
        return fail_at(fail, NULL, 0, "the working directory cannot be found: %s", strerror(errno));
    options->base_directory = directory;
    return true;
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
    return settle_directory(options, arena, fail);
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
