#define _POSIX_C_SOURCE 200809L
#include "cli/check_settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "cli/color.h"
#include "session/store.h"

#include "base/banned.h"

static const Severity severities[] = {SEVERITY_HIGH, SEVERITY_MEDIUM, SEVERITY_LOW};
enum { SEVERITY_CHOICES = sizeof severities / sizeof severities[0] };

static const char *severity_choice(size_t index)
{
    return index < SEVERITY_CHOICES ? severity_text(severities[index]) : NULL;
}

#define IN(field) offsetof(CheckSettings, field)

/* Two lines an option. */
/* clang-format off */
static const ArgRow rows[] = {
    {.name = "select", .kind = ARG_COMMA_LIST, .offset = IN(options.select), .value = "CODE",
     .group = "Rule selection", .help = "Codes to report, also by prefix: LS110,LS13; ALL for all"},
    {.name = "ignore", .kind = ARG_COMMA_LIST, .offset = IN(options.ignore), .value = "CODE",
     .help = "Codes to leave out; a longer prefix beats a shorter one"},
    {.name = "strict", .kind = ARG_ON, .offset = IN(options.strict),
     .help = "Report calls that block for microseconds too"},
    {.name = "rules", .kind = ARG_LIST, .offset = IN(options.rules), .value = "FILE",
     .help = "Table of your own that adds, changes or removes entries"},
    {.name = "exclude", .kind = ARG_COMMA_LIST, .offset = IN(options.exclude), .value = "PATTERN",
     .group = "File selection", .help = "Paths to leave out, instead of the built-in list"},
    {.name = "extend-exclude", .kind = ARG_COMMA_LIST, .offset = IN(options.extend_exclude), .value = "PATTERN",
     .help = "Paths to leave out in addition"},
    {.name = "force-exclude", .kind = ARG_ON, .offset = IN(options.force_exclude),
     .help = "Leave out excluded paths that are named, too"},
    {.name = "respect-gitignore", .kind = ARG_ON, .offset = IN(options.respect_gitignore),
     .help = "Honour .gitignore and .ignore (the default)"},
    {.name = "no-respect-gitignore", .kind = ARG_OFF, .offset = IN(options.respect_gitignore),
     .help = "Look at ignored files too"},
    {.name = "scope", .kind = ARG_CHOICE, .offset = IN(scope), .value = "SCOPE",
     .choice = options_scope, .help = "Whether tests, examples, docs and scripts count"},
    {.name = "follow", .kind = ARG_CHOICE, .offset = IN(follow), .value = "WHERE",
     .choice = options_follow, .help = "How far calls are followed: into installed packages, or the project's files only"},
    {.name = "python", .kind = ARG_TEXT, .offset = IN(options.python), .value = "PATH",
     .help = "Interpreter or environment whose packages are followed; else VIRTUAL_ENV, .venv, venv, conda"},
    {.name = "stdin-filename", .kind = ARG_TEXT, .offset = IN(options.stdin_filename), .value = "NAME",
     .help = "Read standard input, as the file of that name"},
    {.name = "fix", .kind = ARG_ON, .offset = IN(fix),
     .group = "Fixes", .help = "Apply safe fixes, and report what is left"},
    {.name = "unsafe-fixes", .kind = ARG_ON, .offset = IN(options.unsafe_fixes),
     .help = "Count unsafe fixes in: another library, signature or order"},
    {.name = "no-unsafe-fixes", .kind = ARG_OFF, .offset = IN(options.unsafe_fixes),
     .help = "Leave unsafe fixes out (the default)"},
    {.name = "diff", .kind = ARG_ON, .offset = IN(diff),
     .help = "Print what fixes would change as a diff, and write nothing"},
    {.name = "fix-only", .kind = ARG_ON, .offset = IN(fix_only),
     .help = "Apply fixes without a report of what is left"},
    {.name = "show-fixes", .kind = ARG_ON, .offset = IN(show_fixes),
     .help = "List the fixes that were applied, and why others were not"},
    {.name = "fixable", .kind = ARG_COMMA_LIST, .offset = IN(options.fixable), .value = "CODE",
     .help = "Codes whose findings may be fixed, also by prefix; ALL for all"},
    {.name = "unfixable", .kind = ARG_COMMA_LIST, .offset = IN(options.unfixable), .value = "CODE",
     .help = "Codes whose findings may not be fixed"},
    {.name = "http-client", .kind = ARG_TEXT, .offset = IN(http_client), .value = "PACKAGE",
     .help = "Package that fixes put in the place of an HTTP client without async form"},
    {.name = "target-version", .kind = ARG_CHOICE, .offset = IN(target), .value = "VERSION",
     .choice = options_target, .help = "Oldest Python that fixes are written for; else requires-python"},
    {.name = "output-format", .kind = ARG_CHOICE, .offset = IN(format), .value = "FORMAT",
     .choice = reporter_name, .group = "Output", .help = "How findings are printed"},
    {.name = "output-file", .letter = 'o', .kind = ARG_TEXT, .offset = IN(output_file), .value = "FILE",
     .help = "Write to a file instead of standard output"},
    {.name = "statistics", .kind = ARG_ON, .offset = IN(statistics),
     .help = "Print how often each code was found"},
    {.name = "show-info", .kind = ARG_ON, .offset = IN(options.show_info),
     .help = "List findings of severity info too"},
    {.name = "confirmed-by", .kind = ARG_TEXT, .offset = IN(confirmed_by), .value = "FILE",
     .help = "Say of each finding what a run measured: the file of 'loopsafe verify --json'"},
    {.name = "quiet", .letter = 'q', .kind = ARG_ON, .offset = IN(quiet),
     .help = "Print findings only, no summary and no progress"},
    {.name = "color", .kind = ARG_CHOICE, .offset = IN(color), .value = "WHEN",
     .choice = color_choice, .help = "Use colour"},
    {.name = "counters", .kind = ARG_ON, .offset = IN(counters),
     .help = "Print what the run cost to standard error"},
    {.name = "exit-zero", .letter = 'e', .kind = ARG_ON, .offset = IN(exit_zero),
     .group = "Miscellaneous", .help = "Exit with 0 even when there are findings"},
    {.name = "fail-on", .kind = ARG_CHOICE, .offset = IN(fail_on), .value = "SEVERITY",
     .choice = severity_choice, .help = "Least severity that makes the exit code 1"},
    {.name = "threads", .kind = ARG_NUMBER, .offset = IN(options.threads), .value = "N",
     .most = LIMIT_THREADS, .help = "Worker threads; 0: as many as processors"},
    {.name = "config", .kind = ARG_TEXT, .offset = IN(options.config_path), .value = "FILE",
     .help = "Configuration file, instead of the closest one"},
    {.name = "isolated", .kind = ARG_ON, .offset = IN(options.isolated),
     .help = "Ignore configuration files"},
    {.name = "cache-dir", .kind = ARG_TEXT, .offset = IN(options.cache_directory), .value = "DIR",
     .help = "Where results are kept for the next run, instead of " STORE_DIRECTORY " in the project"},
    {.name = "no-cache", .kind = ARG_ON, .offset = IN(options.no_cache),
     .help = "Neither read nor write the cache"},
    {.name = "help", .letter = 'h', .kind = ARG_HELP,
     .help = "Print help"},
};
/* clang-format on */

const ArgTable check_table = {rows, sizeof rows / sizeof rows[0], ARGS_MOST_PATHS};

CheckSettings check_settings_new(void)
{
    return (CheckSettings){
        .options = {.respect_gitignore = true},
        .scope = SCOPE_APPLICATION,
        .fail_on = SEVERITY_CHOICES - 1,
        .color = COLOR_AUTO,
    };
}

/* --output-format, then LOOPSAFE_OUTPUT_FORMAT, then the configuration file, then full. */
static bool settle_format(CheckSettings *settings, bool given, Fail *fail)
{
    if (given) return true;
    const char *name = getenv("LOOPSAFE_OUTPUT_FORMAT");
    if (name && *name)
        settings->options.given |= OPTION_OUTPUT_FORMAT;
    else
        name = "full";
    settings->format = choice_find(reporter_name, str_from(name));
    if (settings->format != SIZE_MAX) return true;
    Buf choices;
    buf_init(&choices);
    choice_list(&choices, reporter_name);
    fail_at(fail, NULL, 0, "invalid value '%.200s' in LOOPSAFE_OUTPUT_FORMAT (possible: %.*s)", name,
            (int)choices.len, buf_str(&choices).ptr);
    buf_free(&choices);
    return false;
}

/* `-` and --stdin-filename read standard input, and nothing else then. */
static bool settle_paths(Options *options, const ArgResult *result, Fail *fail)
{
    const char *path = NULL;
    options->read_stdin = options->stdin_filename != NULL;
    for (size_t i = 0; i < result->positional_count; i++) {
        if (strcmp(result->positionals[i], "-") == 0)
            options->read_stdin = true;
        else
            path = result->positionals[i];
    }
    if (options->read_stdin && path)
        return fail_at(fail, NULL, 0, "standard input and '%.200s' cannot be checked together", path);
    if (options->read_stdin) return true;
    options->paths = result->positionals;
    options->path_count = result->positional_count;
    return true;
}

/* What was typed is not overridden by the configuration file. */
static unsigned given_keys(const ArgResult *result)
{
    static const struct {
        const char *name;
        OptionKey key;
    } keys[] = {
        {"select", OPTION_SELECT},
        {"ignore", OPTION_IGNORE},
        {"exclude", OPTION_EXCLUDE},
        {"force-exclude", OPTION_FORCE_EXCLUDE},
        {"respect-gitignore", OPTION_RESPECT_GITIGNORE},
        {"no-respect-gitignore", OPTION_RESPECT_GITIGNORE},
        {"strict", OPTION_STRICT},
        {"scope", OPTION_SCOPE},
        {"show-info", OPTION_SHOW_INFO},
        {"follow", OPTION_FOLLOW},
        {"python", OPTION_PYTHON},
        {"fail-on", OPTION_FAIL_ON},
        {"output-format", OPTION_OUTPUT_FORMAT},
        {"no-cache", OPTION_CACHE},
        {"cache-dir", OPTION_CACHE_DIR},
        {"unsafe-fixes", OPTION_UNSAFE_FIXES},
        {"no-unsafe-fixes", OPTION_UNSAFE_FIXES},
        {"http-client", OPTION_HTTP_CLIENT},
        {"target-version", OPTION_TARGET_VERSION},
    };
    unsigned given = 0;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (args_given(&check_table, result, keys[i].name)) given |= (unsigned)keys[i].key;
    return given;
}

bool check_settings_fixes(const CheckSettings *settings)
{
    return settings->fix || settings->fix_only || settings->diff;
}

static bool settle_fixes(CheckSettings *settings, const ArgResult *result, Fail *fail)
{
    if (settings->http_client) settings->options.fixes.http_client = str_from(settings->http_client);
    if (settings->http_client && !*settings->http_client)
        return fail_at(fail, NULL, 0, "'--http-client' needs the name of a package");
    if (args_given(&check_table, result, "target-version"))
        settings->options.fixes.python_minor = (uint32_t)settings->target + TARGET_FIRST_MINOR;
    if (settings->diff && settings->statistics)
        return fail_at(fail, NULL, 0, "'--diff' and '--statistics' cannot be used together");
    return true;
}

bool check_settings_finish(CheckSettings *settings, Arena *arena, const ArgResult *result, Fail *fail)
{
    settings->options.scope = (Scope)settings->scope;
    settings->options.follow = (Follow)settings->follow;
    settings->options.fail_on = severities[settings->fail_on];
    settings->options.given = given_keys(result);
    settings->options.exclude_given = args_given(&check_table, result, "exclude");
    return settle_fixes(settings, result, fail) &&
           settle_format(settings, args_given(&check_table, result, "output-format"), fail) &&
           settle_paths(&settings->options, result, fail) &&
           options_start_here(&settings->options, arena, fail);
}

static bool know_list(const StrList *list, const char *option, const Catalogue *catalogue, Fail *fail)
{
    for (size_t i = 0; i < list->count; i++) {
        Str prefix = list->items[i];
        int length = prefix.len < 200 ? (int)prefix.len : 200;
        if (!catalogue_knows_code(catalogue, prefix))
            return fail_at(fail, NULL, 0, "unknown code '%.*s' in '--%s' ('loopsafe rule --all' lists them)",
                           length, prefix.ptr, option);
    }
    return true;
}

void check_settings_configured(CheckSettings *settings, Str format)
{
    bool own = settings->options.given & OPTION_OUTPUT_FORMAT;
    size_t index = own || !format.len ? SIZE_MAX : choice_find(reporter_name, format);
    if (index != SIZE_MAX) settings->format = index;
}

bool check_settings_know_codes(const CheckSettings *settings, const Catalogue *catalogue, Fail *fail)
{
    return know_list(&settings->options.select, "select", catalogue, fail) &&
           know_list(&settings->options.ignore, "ignore", catalogue, fail) &&
           know_list(&settings->options.fixable, "fixable", catalogue, fail) &&
           know_list(&settings->options.unfixable, "unfixable", catalogue, fail);
}
