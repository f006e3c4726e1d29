#include "cli/command.h"
#include "cli/message.h"
#include "cli/output.h"
#include "session/config.h"
#include "session/store.h"

#include "base/banned.h"

typedef struct CleanSettings {
    const char *directory; /* NULL: the configuration's */
} CleanSettings;

/* 1.2 MB */
static void add_size(Buf *line, size_t bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB"};
    size_t tenths = bytes * 10, unit = 0;
    for (; tenths >= 10000 && unit + 1 < sizeof units / sizeof units[0]; unit++)
        tenths = (tenths + 500) / 1000;
    if (unit)
        buf_format(line, "%zu.%zu %s", tenths / 10, tenths % 10, units[unit]);
    else
        buf_format(line, "%zu %s", bytes, units[unit]);
}

static void add_line(Buf *line, const StoreCleaned *cleaned)
{
    if (cleaned->files) {
        buf_format(line, "removed %zu file%s, ", cleaned->files, cleaned->files == 1 ? "" : "s");
        add_size(line, cleaned->bytes);
    } else {
        buf_add_text(line, "nothing to remove");
    }
    if (cleaned->foreign)
        buf_add_text(line, "; the directory stays, as it holds files that are not loopsafe's");
    buf_add_byte(line, '\n');
}

static int print_cleaned(const StoreCleaned *cleaned)
{
    Buf line;
    buf_init(&line);
    add_line(&line, cleaned);
    int exit_code = output_print(buf_str(&line), ENDED_CLEAN);
    buf_free(&line);
    return exit_code;
}

static int clean_settled(const CleanSettings *settings, Arena *arena)
{
    StoreCleaned cleaned;
    Fail fail = {0};
    const char *directory = settings->directory ? settings->directory : config_cache_directory(arena, &fail);
    if (directory && store_clean(directory, &cleaned, &fail)) return print_cleaned(&cleaned);
    message_error(fail.text);
    return ENDED_SETUP;
}

static int run_clean(int count, char *const *arguments)
{
    Arena arena;
    arena_init(&arena);
    CleanSettings settings = {.directory = NULL};
    ArgResult result;
    int exit_code;
    if (command_begin(&command_clean, &arena, count, arguments, &settings, &result, &exit_code))
        exit_code = clean_settled(&settings, &arena);
    arena_free(&arena);
    return exit_code;
}

/* Two lines an option. */
/* clang-format off */
static const ArgRow rows[] = {
    {.name = "cache-dir", .kind = ARG_TEXT, .offset = offsetof(CleanSettings, directory), .value = "DIR",
     .group = "Options", .help = "Cache directory, instead of " STORE_DIRECTORY " in the project"},
    {.name = "help", .letter = 'h', .kind = ARG_HELP, .help = "Print help"},
};
/* clang-format on */

static const ArgTable table = {rows, sizeof rows / sizeof rows[0], 0};

const Command command_clean = {
    .name = "clean",
    .summary = "Remove the cache",
    .usage = "[OPTIONS]",
    .table = &table,
    .run = run_clean,
};
