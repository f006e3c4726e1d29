/* output.h - finished text on its way out, and exit codes. */
#ifndef LOOPSAFE_CLI_OUTPUT_H
#define LOOPSAFE_CLI_OUTPUT_H

#include "base/str.h"

/* What the process ends with. */
enum {
    ENDED_CLEAN = 0,
    ENDED_FINDINGS = 1,
    ENDED_UNASKED = 1, /* the server: without a shutdown */
    ENDED_SETUP = 2,   /* usage, configuration, output that cannot be written */
    ENDED_INTERNAL = 3 /* a defect of ours, or no memory */
};

/* Writes text to standard output. Returns exit_code, also when the reader has gone away (`| head`);
 * ENDED_SETUP, after saying why, when it cannot be written. */
int output_print(Str text, int exit_code);
/* The same to a file, which is replaced in one step. */
int output_save(const char *path, Str text, int exit_code);

#endif
