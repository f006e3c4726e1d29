#define _POSIX_C_SOURCE 200809L
#include "cli/message.h"

#include <unistd.h>

#include "base/io.h"
#include "base/visible.h"

#include "base/banned.h"

/* Standard error may be closed or full: there is nobody left to tell. */
static void send_line(Buf *line)
{
    buf_add_byte(line, '\n');
    if (!io_write_stream(STDERR_FILENO, buf_str(line))) buf_clear(line);
    buf_free(line);
}

void message_error(const char *text)
{
    Buf line;
    buf_init(&line);
    buf_add_text(&line, "error: ");
    visible_add(&line, str_from(text));
    send_line(&line);
}

void message_warning(Str path, Str what)
{
    Buf line;
    buf_init(&line);
    buf_add_text(&line, "warning: ");
    visible_add(&line, path);
    buf_add_text(&line, ": ");
    visible_add(&line, what);
    send_line(&line);
}

void message_hint(const char *command)
{
    Buf line;
    buf_init(&line);
    buf_add_text(&line, "For more information, try 'loopsafe ");
    if (command) buf_format(&line, "%s ", command);
    buf_add_text(&line, "--help'.");
    send_line(&line);
}
