#define _POSIX_C_SOURCE 200809L
#include "server/server.h"

#include <unistd.h>

#include "base/limits.h"
#include "base/path.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/output.h"
#include "session/store.h"

#include "base/banned.h"

typedef struct ServerSettings {
    ServerOptions server;
    size_t scope;
} ServerSettings;

static void complain(const char *line)
{
    message_warning(STR("editor"), str_from(line));
}

/* A path that was typed here and is used in other directories. */
static const char *absolute(Arena *arena, const char *base_directory, const char *path)
{
    if (!path) return NULL;
    Buf spelled;
    buf_init(&spelled);
    path_add_absolute(&spelled, str_from(base_directory), str_from(path));
    const char *copy = str_copy(arena, buf_str(&spelled)).ptr;
    buf_free(&spelled);
    return copy;
}

static bool settle(ServerSettings *settings, Arena *arena, const ArgTable *table, const ArgResult *result,
                   Fail *fail)
{
    Options *options = &settings->server.analysis;
    if (!options_start_here(options, arena, fail)) return false;
    options->scope = (Scope)settings->scope;
    options->fail_on = SEVERITY_LOW;
    options->config_path = absolute(arena, options->base_directory, options->config_path);
    options->cache_directory = absolute(arena, options->base_directory, options->cache_directory);
    options->python = absolute(arena, options->base_directory, options->python);
    if (args_given(table, result, "scope")) options->given |= OPTION_SCOPE;
    if (args_given(table, result, "python")) options->given |= OPTION_PYTHON;
    if (args_given(table, result, "strict")) options->given |= OPTION_STRICT;
    if (args_given(table, result, "show-info")) options->given |= OPTION_SHOW_INFO;
    if (args_given(table, result, "no-cache")) options->given |= OPTION_CACHE;
    if (args_given(table, result, "cache-dir")) options->given |= OPTION_CACHE_DIR;
    return true;
}

#define IN(field) offsetof(ServerSettings, server.field)

/* Two lines an option. */
/* clang-format off */
static const ArgRow rows[] = {
    {.name = "all-files", .kind = ARG_ON, .offset = IN(all_files),
     .group = "Options", .help = "Tell of findings in files that are not open, too"},
    {.name = "strict", .kind = ARG_ON, .offset = IN(analysis.strict),
     .help = "Report calls that block for microseconds too"},
    {.name = "show-info", .kind = ARG_ON, .offset = IN(analysis.show_info),
     .help = "Show findings of severity info too"},
    {.name = "scope", .kind = ARG_CHOICE, .offset = offsetof(ServerSettings, scope), .value = "SCOPE",
     .choice = options_scope, .help = "Whether tests, examples, docs and scripts count"},
    {.name = "python", .kind = ARG_TEXT, .offset = IN(analysis.python), .value = "PATH",
     .help = "Interpreter or environment whose packages are followed; else VIRTUAL_ENV, .venv, venv, conda"},
    {.name = "config", .kind = ARG_TEXT, .offset = IN(analysis.config_path), .value = "FILE",
     .help = "Configuration file, instead of the closest one"},
    {.name = "isolated", .kind = ARG_ON, .offset = IN(analysis.isolated),
     .help = "Ignore configuration files"},
    {.name = "threads", .kind = ARG_NUMBER, .offset = IN(analysis.threads), .value = "N",
     .most = LIMIT_THREADS, .help = "Worker threads; 0: as many as processors"},
    {.name = "cache-dir", .kind = ARG_TEXT, .offset = IN(analysis.cache_directory), .value = "DIR",
     .help = "Where results are kept for the next run, instead of " STORE_DIRECTORY " in the project"},
    {.name = "no-cache", .kind = ARG_ON, .offset = IN(analysis.no_cache),
     .help = "Neither read nor write the cache"},
    {.name = "stdio", .kind = ARG_NONE, .help = "Accepted: standard input and output are all there is"},
    {.name = "help", .letter = 'h', .kind = ARG_HELP, .help = "Print help"},
};
/* clang-format on */

static const ArgTable server_table = {rows, sizeof rows / sizeof rows[0], 0};

static int run_server(int count, char *const *arguments)
{
    Arena arena;
    arena_init(&arena);
    ServerSettings settings = {.server = {.analysis = {.respect_gitignore = true},
                                          .input = STDIN_FILENO,
                                          .output = STDOUT_FILENO,
                                          .complain = complain}};
    ArgResult result;
    Fail fail = {0};
    int exit_code;
    if (command_begin(&command_server, &arena, count, arguments, &settings, &result, &exit_code)) {
        if (!settle(&settings, &arena, &server_table, &result, &fail))
            exit_code = command_misused(&command_server, &fail);
        else
            exit_code = server_run(&settings.server) ? ENDED_CLEAN : ENDED_UNASKED;
    }
    arena_free(&arena);
    return exit_code;
}

const Command command_server = {
    .name = "server",
    .summary = "Serve an editor: diagnostics and quick fixes (Language Server Protocol)",
    .usage = "[OPTIONS]",
    .details = "Speaks on standard input and output; an editor starts it, editors/README.md says how.\n"
               "Exit codes: 0 after shutdown and exit, 1 without shutdown.\n",
    .table = &server_table,
    .run = run_server,
};
