#define _POSIX_C_SOURCE 200809L
#include "cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#include "base/banned.h"

enum {
    PATIENCE_MS = 300, /* a run that is shorter shows nothing */
    REDRAW_MS = 100
};

static uint64_t now_ms(void)
{
    return clock_now_ns() / 1000000;
}

void progress_begin(Progress *progress, bool quiet)
{
    const char *term = getenv("TERM");
    bool dumb = term && strcmp(term, "dumb") == 0;
    *progress = (Progress){.enabled = !quiet && !dumb && isatty(STDERR_FILENO)};
    if (progress->enabled) progress->next_ms = now_ms() + PATIENCE_MS;
}

void progress_step(void *context, size_t done, size_t total)
{
    Progress *progress = context;
    if (!progress->enabled) return;
    uint64_t now = now_ms();
    if (now < progress->next_ms) return;
    progress->next_ms = now + REDRAW_MS;
    progress->drawn = true;
    fprintf(stderr, "\r\x1b[K%zu of %zu files", done, total);
    fflush(stderr);
}

void progress_end(Progress *progress)
{
    if (!progress->drawn) return;
    fputs("\r\x1b[K", stderr);
    fflush(stderr);
    progress->drawn = false;
}
