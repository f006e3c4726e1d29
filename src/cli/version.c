#include "cli/command.h"
#include "cli/output.h"

#include "base/banned.h"

static int run_version(int count, char *const *arguments)
{
    Arena arena;
    arena_init(&arena);
    ArgResult result;
    int exit_code;
    if (command_begin(&command_version, &arena, count, arguments, NULL, &result, &exit_code))
        exit_code = output_print(STR("loopsafe " LOOPSAFE_VERSION "\n"), ENDED_CLEAN);
    arena_free(&arena);
    return exit_code;
}

static const ArgRow rows[] = {
    {.name = "help", .letter = 'h', .kind = ARG_HELP, .group = "Options", .help = "Print help"},
};

static const ArgTable table = {rows, sizeof rows / sizeof rows[0], 0};

const Command command_version = {
    .name = "version",
    .summary = "Print the version",
    .usage = "[OPTIONS]",
    .table = &table,
    .run = run_version,
};
