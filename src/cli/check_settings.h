/* check_settings.h - the options of `loopsafe check`, as typed and in the environment.
 *
 * Owner   borrows from argv and the arena.
 * Errors  what argv and environment alone show to be wrong is a Fail; the configuration is the session's. */
#ifndef LOOPSAFE_CLI_CHECK_SETTINGS_H
#define LOOPSAFE_CLI_CHECK_SETTINGS_H

#include "cli/args.h"
#include "report/report.h"

typedef struct CheckSettings {
    Options options; /* what the session is asked to do */
    size_t scope;
    size_t follow;           /* index of the choice; settled into options */
    size_t fail_on;          /* the same */
    size_t format;           /* index among the reporters */
    size_t color;            /* a ColorChoice */
    const char *output_file; /* NULL: standard output */
    bool statistics;
    bool fix, fix_only, diff, show_fixes;
    size_t target;            /* index of the choice; settled into options */
    const char *http_client;  /* the same; NULL: not given */
    const char *confirmed_by; /* JSON of a run of verify; NULL: not given */
    bool exit_zero;
    bool counters;
    bool quiet;
} CheckSettings;

extern const ArgTable check_table;

/* The defaults, before the arguments are read. */
CheckSettings check_settings_new(void);
/* Completes what args_parse filled in: environment, standard input, the working directory. */
bool check_settings_finish(CheckSettings *settings, Arena *arena, const ArgResult *result, Fail *fail)
    __attribute__((warn_unused_result));
/* The output format of the configuration file, empty when it names none: what was typed goes before. */
void check_settings_configured(CheckSettings *settings, Str format);
/* Findings are mended, or it is shown how they would be. */
bool check_settings_fixes(const CheckSettings *settings);
/* Every --select and --ignore stands for some code. */
bool check_settings_know_codes(const CheckSettings *settings, const Catalogue *catalogue, Fail *fail)
    __attribute__((warn_unused_result));

#endif
