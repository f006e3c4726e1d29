/* args.h - a command line against a table of options.
 *
 * Shape   `--name value`, `--name=value`, `-n value`, `-nvalue`, `-ab` for flags; `-` alone is a positional;
 *         `--` ends the options. A later value replaces an earlier one, lists grow.
 * Owner   texts borrow from argv, lists live in the arena.
 * Errors  the first thing wrong is a Fail of one line that names the argument and, where one is near, what
 *         was meant. */
#ifndef LOOPSAFE_CLI_ARGS_H
#define LOOPSAFE_CLI_ARGS_H

#include "base/buf.h"
#include "base/fail.h"
#include "session/options.h"

/* What an option does to its place in the settings. */
typedef enum ArgKind {
    ARG_ON,         /* bool: true */
    ARG_OFF,        /* bool: false */
    ARG_NONE,       /* accepted, without effect */
    ARG_TEXT,       /* const char * */
    ARG_NUMBER,     /* size_t, not above most */
    ARG_CHOICE,     /* size_t: index among the choices */
    ARG_LIST,       /* StrList: one item a value */
    ARG_COMMA_LIST, /* StrList: items of a value are separated by commas */
    ARG_HELP        /* stops the parse */
} ArgKind;

/* The choices of an option by index; NULL after the last. */
typedef const char *(*ArgChoice)(size_t index);

typedef struct ArgRow {
    const char *name; /* long form, without dashes */
    char letter;      /* short form; 0: none */
    ArgKind kind;
    size_t offset;     /* of the value in the command's settings */
    const char *value; /* how help calls the value; NULL: takes none */
    const char *help;  /* one line */
    const char *group; /* head above this row and those after it; NULL: the row before's */
    ArgChoice choice;  /* ARG_CHOICE */
    size_t most;       /* ARG_NUMBER */
} ArgRow;

/* Positionals of one command line; the system's own limit on arguments is lower. */
enum { ARGS_MOST_PATHS = 1 << 24 };

typedef struct ArgTable {
    const ArgRow *rows;
    size_t row_count;
    size_t most_positionals;
} ArgTable;

typedef struct ArgResult {
    const char **positionals;
    size_t positional_count;
    bool *given; /* a row each */
    bool help;   /* asked for: nothing after it was read */
} ArgResult;

/* arguments are those after the command's name. */
bool args_parse(Arena *arena, const ArgTable *table, int count, char *const *arguments, void *settings,
                ArgResult *result, Fail *fail) __attribute__((warn_unused_result));
/* The option of that long name, which must exist, was on the command line. */
bool args_given(const ArgTable *table, const ArgResult *result, const char *name);
/* Index among the choices, or SIZE_MAX. */
size_t choice_find(ArgChoice choice, Str text);
/* `full, concise, json` */
void choice_list(Buf *buf, ArgChoice choice);

#endif
