/* run_read.h - what an earlier run said of the findings, read back from its JSON (run_json.h).
 *
 * Owner   the arena.
 * Errors  a file that cannot be read, is no such JSON or was written by a later loopsafe: a Fail with path and line. */
#ifndef LOOPSAFE_VERIFY_RUN_READ_H
#define LOOPSAFE_VERIFY_RUN_READ_H

#include "base/fail.h"
#include "verify/run.h"

typedef struct RunSaid {
    Str code, path, fingerprint; /* path: relative to the tree that was run */
    uint32_t row1, end_row1;
    Seen seen;
    Verdict verdict;
    double stall_ms; /* longest at its lines before; of a call that was never that long the call's time */
} RunSaid;

typedef struct RunSaids {
    const RunSaid *items;
    size_t count;
} RunSaids;

bool run_read(Arena *arena, const char *path, RunSaids *said, Fail *fail) __attribute__((warn_unused_result));

#endif
