/* command.h - what follows `loopsafe`: one Command a word, its options as data.
 *
 * Shape   a command is a file of its own that exports one `const Command`, and a row in command.c's table.
 * Errors  each command prints its own trouble and returns an exit code of output.h. */
#ifndef LOOPSAFE_CLI_COMMAND_H
#define LOOPSAFE_CLI_COMMAND_H

#include "cli/args.h"

typedef struct Command {
    const char *name;
    const char *summary; /* one line */
    const char *usage;   /* what follows the name */
    const char *details; /* printed below the options, ends in a new line; NULL: nothing */
    const ArgTable *table;
    int (*run)(int count, char *const *arguments); /* arguments after the name */
} Command;

extern const Command command_check;
extern const Command command_why;
extern const Command command_graph;
extern const Command command_model;
extern const Command command_rule;
extern const Command command_verify;
extern const Command command_server;
extern const Command command_clean;
extern const Command command_version;
extern const Command command_help;

/* NULL: no command has that name. */
const Command *command_find(Str name);
/* The whole command line of the process; returns its exit code. */
int command_main(int count, char *const *arguments);
/* Reads a command's arguments. False: the command has ended with *exit_code, because help was asked for or
 * the arguments are wrong; that was said. */
bool command_begin(const Command *command, Arena *arena, int count, char *const *arguments, void *settings,
                   ArgResult *result, int *exit_code) __attribute__((warn_unused_result));
/* Says what is wrong with the command line and where to read on; returns the exit code. */
int command_misused(const Command *command, const Fail *fail);
/* The same for a word that is no command. */
int command_unknown(const char *word);
/* By index in the order of the help; NULL after the last. */
const Command *command_at(size_t index);

#endif
