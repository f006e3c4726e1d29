#define _POSIX_C_SOURCE 200809L
#include "cli/output.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/message.h"

#include "base/banned.h"

int output_print(Str text, int exit_code)
{
    if (io_write_stream(STDOUT_FILENO, text) || errno == EPIPE) return exit_code;
    Fail fail = {0};
    fail_at(&fail, "standard output", 0, "cannot be written: %s", strerror(errno));
    message_error(fail.text);
    return ENDED_SETUP;
}

int output_save(const char *path, Str text, int exit_code)
{
    Fail fail = {0};
    if (io_write_file(path, text, &fail)) return exit_code;
    message_error(fail.text);
    return ENDED_SETUP;
}
