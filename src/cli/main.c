#define _POSIX_C_SOURCE 200809L
#include <signal.h>

#include "cli/command.h"

#include "base/banned.h"

int main(int count, char **arguments)
{
    /* A reader that goes away is seen where the output is written. */
    signal(SIGPIPE, SIG_IGN);
    /* A limit on the size of files is a write that fails, like a full disk. */
    signal(SIGXFSZ, SIG_IGN);
    return command_main(count, arguments);
}
