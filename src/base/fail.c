#include "base/fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"

static size_t start_of_place(Fail *fail, const char *path, size_t line1)
{
    int length = 0;
    if (path && line1)
        length = snprintf(fail->text, sizeof fail->text, "%s:%zu: ", path, line1);
    else if (path)
        length = snprintf(fail->text, sizeof fail->text, "%s: ", path);
    if (length < 0) return 0;
    return (size_t)length < sizeof fail->text ? (size_t)length : sizeof fail->text - 1;
}

/* A message is one line of text, whatever a path or a table held. */
static void keep_one_line(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f) *text = '?';
}

bool fail_at(Fail *fail, const char *path, size_t line1, const char *format, ...)
{
    if (fail->failed) return false;
    fail->failed = true;
    size_t used = start_of_place(fail, path, line1);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fail->text + used, sizeof fail->text - used, format, arguments);
    va_end(arguments);
    keep_one_line(fail->text);
    return false;
}

_Noreturn void bug(const char *file, const char *function, const char *what)
{
    fprintf(stderr, "loopsafe: internal error in %s (%s): %s\n", function, file, what);
    exit(3);
}
