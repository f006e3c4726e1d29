#include "cli/command.h"

#include <string.h>

#include "base/closest.h"
#include "cli/help.h"
#include "cli/message.h"
#include "cli/output.h"

#include "base/banned.h"

const Command *command_at(size_t index)
{
    static const Command *const commands[] = {
        &command_check, &command_why,    &command_graph, &command_rule,    &command_verify,
        &command_model, &command_server, &command_clean, &command_version, &command_help,
    };
    return index < sizeof commands / sizeof commands[0] ? commands[index] : NULL;
}

const Command *command_find(Str name)
{
    for (size_t i = 0; command_at(i); i++)
        if (str_equal(str_from(command_at(i)->name), name)) return command_at(i);
    return NULL;
}

int command_misused(const Command *command, const Fail *fail)
{
    message_error(fail->text);
    message_hint(command ? command->name : NULL);
    return ENDED_SETUP;
}

bool command_begin(const Command *command, Arena *arena, int count, char *const *arguments, void *settings,
                   ArgResult *result, int *exit_code)
{
    Fail fail = {0};
    if (!args_parse(arena, command->table, count, arguments, settings, result, &fail)) {
        *exit_code = command_misused(command, &fail);
        return false;
    }
    if (!result->help) return true;
    *exit_code = help_print(command);
    return false;
}

int command_unknown(const char *word)
{
    Fail fail = {0};
    Closest closest;
    closest_init(&closest, str_from(word));
    for (size_t i = 0; command_at(i); i++)
        closest_try(&closest, command_at(i)->name);
    const char *what = word[0] == '-' ? "argument" : "command";
    if (closest.name)
        fail_at(&fail, NULL, 0, "unexpected %s '%.200s' (did you mean '%s'?)", what, word, closest.name);
    else
        fail_at(&fail, NULL, 0, "unexpected %s '%.200s'", what, word);
    return command_misused(NULL, &fail);
}

int command_main(int count, char *const *arguments)
{
    if (count < 2) {
        Fail fail = {0};
        fail_at(&fail, NULL, 0, "a command is required, such as 'loopsafe check'");
        return command_misused(NULL, &fail);
    }
    const char *word = arguments[1];
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) word = command_version.name;
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) word = command_help.name;
    const Command *command = command_find(str_from(word));
    return command ? command->run(count - 2, arguments + 2) : command_unknown(word);
}
