/* progress.h - one line on standard error while a long run goes on; gone when it ends. */
#ifndef LOOPSAFE_CLI_PROGRESS_H
#define LOOPSAFE_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Progress {
    bool enabled;     /* standard error is a terminal, and nobody asked for quiet */
    bool drawn;       /* a line stands there now */
    uint64_t next_ms; /* not before that */
} Progress;

void progress_begin(Progress *progress, bool quiet);
/* A SessionProgress; context is the Progress. */
void progress_step(void *context, size_t done, size_t total);
void progress_end(Progress *progress);

#endif
