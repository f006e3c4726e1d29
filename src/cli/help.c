#include "cli/help.h"

#include "cli/output.h"

#include "base/banned.h"

enum { HELP_COLUMN = 38 };

static void add_padding(Buf *page, size_t line_start)
{
    size_t used = page->len - line_start;
    if (used + 2 <= HELP_COLUMN) {
        buf_add_repeat(page, ' ', HELP_COLUMN - used);
        return;
    }
    buf_add_byte(page, '\n');
    buf_add_repeat(page, ' ', HELP_COLUMN);
}

static void add_row(Buf *page, const ArgRow *row)
{
    if (row->group) buf_format(page, "\n%s:\n", row->group);
    size_t line_start = page->len;
    if (row->letter)
        buf_format(page, "  -%c, --%s", row->letter, row->name);
    else
        buf_format(page, "      --%s", row->name);
    if (row->value) buf_format(page, " <%s>", row->value);
    add_padding(page, line_start);
    buf_add_text(page, row->help);
    if (row->choice) {
        buf_add_text(page, " [");
        choice_list(page, row->choice);
        buf_add_byte(page, ']');
    }
    buf_add_byte(page, '\n');
}

static void add_page(Buf *page, const Command *command)
{
    buf_format(page, "%s\n\nUsage: loopsafe %s %s\n", command->summary, command->name, command->usage);
    for (size_t i = 0; i < command->table->row_count; i++)
        add_row(page, &command->table->rows[i]);
    if (command->details) buf_format(page, "\n%s", command->details);
}

int help_print(const Command *command)
{
    Buf page;
    buf_init(&page);
    add_page(&page, command);
    int exit_code = output_print(buf_str(&page), ENDED_CLEAN);
    buf_free(&page);
    return exit_code;
}

static int print_overview(void)
{
    Buf page;
    buf_init(&page);
    buf_add_text(&page, "loopsafe finds what stalls a Python event loop.\n\n"
                        "Usage: loopsafe <COMMAND> [OPTIONS]\n\nCommands:\n");
    for (size_t i = 0; command_at(i); i++)
        buf_format(&page, "  %-10s %s\n", command_at(i)->name, command_at(i)->summary);
    buf_add_text(&page, "\nOptions:\n  -h, --help     Print help\n  -V, --version  Print the version\n\n"
                        "For help with a command: loopsafe help <COMMAND>\n");
    int exit_code = output_print(buf_str(&page), ENDED_CLEAN);
    buf_free(&page);
    return exit_code;
}

static int help_for(const char *word)
{
    const Command *command = command_find(str_from(word));
    return command ? help_print(command) : command_unknown(word);
}

static int run_help(int count, char *const *arguments)
{
    Arena arena;
    arena_init(&arena);
    ArgResult result;
    int exit_code;
    if (command_begin(&command_help, &arena, count, arguments, NULL, &result, &exit_code))
        exit_code = result.positional_count ? help_for(result.positionals[0]) : print_overview();
    arena_free(&arena);
    return exit_code;
}

static const ArgRow rows[] = {
    {.name = "help", .letter = 'h', .kind = ARG_HELP, .group = "Options", .help = "Print help"},
};

static const ArgTable table = {rows, sizeof rows / sizeof rows[0], 1};

const Command command_help = {
    .name = "help",
    .summary = "Print help, also of one command",
    .usage = "[COMMAND]",
    .table = &table,
    .run = run_help,
};
