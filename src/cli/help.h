/* help.h - the help pages, made from the tables of commands and options. */
#ifndef LOOPSAFE_CLI_HELP_H
#define LOOPSAFE_CLI_HELP_H

#include "cli/command.h"

/* A command's page on standard output; returns the exit code. */
int help_print(const Command *command);

#endif
