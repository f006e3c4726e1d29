/* program_settings.h - the options that `why` and `graph` share: which program is looked at, and how it is printed.
 *
 * Owner   borrows from argv and the arena.
 * Errors  what argv alone shows to be wrong is a Fail. */
#ifndef LOOPSAFE_CLI_PROGRAM_SETTINGS_H
#define LOOPSAFE_CLI_PROGRAM_SETTINGS_H

#include "cli/args.h"
#include "report/report.h"
#include "session/session.h"

typedef struct ProgramSettings {
    Options options;
    size_t scope, follow;    /* indices of the choices; settled into options */
    size_t format;           /* of the command's own choices */
    size_t color;            /* a ColorChoice */
    const char *output_file; /* NULL: standard output */
    size_t depth;            /* graph: levels of the tree */
    bool all;                /* graph: what does not block, too */
} ProgramSettings;

/* The rows that both commands have; a command's table begins or ends with them. */
/* clang-format off */
#define PROGRAM_ROWS \
    {.name = "python", .kind = ARG_TEXT, .offset = offsetof(ProgramSettings, options.python), .value = "PATH", \
     .group = "Analysis", .help = "Interpreter or environment whose packages are followed; else VIRTUAL_ENV, .venv, venv, conda"}, \
    {.name = "follow", .kind = ARG_CHOICE, .offset = offsetof(ProgramSettings, follow), .value = "WHERE", \
     .choice = options_follow, \
     .help = "How far calls are followed: into installed packages, or the project's files only"}, \
    {.name = "scope", .kind = ARG_CHOICE, .offset = offsetof(ProgramSettings, scope), .value = "SCOPE", \
     .choice = options_scope, .help = "Whether tests, examples, docs and scripts count"}, \
    {.name = "config", .kind = ARG_TEXT, .offset = offsetof(ProgramSettings, options.config_path), .value = "FILE", \
     .help = "Configuration file, instead of the closest one"}, \
    {.name = "isolated", .kind = ARG_ON, .offset = offsetof(ProgramSettings, options.isolated), \
     .help = "Ignore configuration files"}, \
    {.name = "threads", .kind = ARG_NUMBER, .offset = offsetof(ProgramSettings, options.threads), .value = "N", \
     .most = LIMIT_THREADS, .help = "Worker threads; 0: as many as processors"}, \
    {.name = "help", .letter = 'h', .kind = ARG_HELP, .help = "Print help"}
/* clang-format on */

ProgramSettings program_settings_new(void);
/* Completes what args_parse filled in; the first `words` positionals are not paths. */
bool program_settings_finish(ProgramSettings *settings, Arena *arena, const ArgTable *table,
                             const ArgResult *result, size_t words, Fail *fail)
    __attribute__((warn_unused_result));
ReportStyle program_settings_style(const ProgramSettings *settings, const Session *session);
/* Prints or saves the finished text; returns the exit code. */
int program_settings_print(const ProgramSettings *settings, Str text);

#endif
