/* plan.h - what one `loopsafe verify` is to do: the command line, and what the analysis has said.
 *
 * Owner   whoever calls verify_run keeps everything alive until it returns. */
#ifndef LOOPSAFE_VERIFY_PLAN_H
#define LOOPSAFE_VERIFY_PLAN_H

#include "runtime/host.h"
#include "runtime/outside.h"
#include "verify/app.h"
#include "verify/run.h"

/* A file of tree B that differs from tree A: the analysis' own fix. */
typedef struct VerifyEdit {
    Str path; /* relative to the tree */
    Str text;
} VerifyEdit;

typedef struct VerifyPlan {
    Str command; /* as typed, for the report */
    AppPlace place;
    const char *before,
        *after; /* folders, absolute; after NULL: `before` with `edits`, or no tree B at all */
    const VerifyEdit *edits;
    size_t edit_count;
    bool concurrent_fixes; /* some fix lets calls to the outside overlap: their order may change */
    RunFinding
        *findings; /* of tree A, with what the analysis knows filled in; verdicts are written into them */
    size_t finding_count;

    const char *python;        /* NULL: VIRTUAL_ENV, .venv, venv, python3 */
    const char *requests_file; /* NULL: made from the schema */
    const Str *endpoints;
    size_t endpoint_count;
    const uint32_t *users;
    size_t users_count;
    uint64_t think_ns, seconds_ns, stall_ns;
    double rate; /* of the open loop; 0: half of what B reaches */
    bool quick;  /* one round at the first number of users */
    bool model;  /* predict other loads */
    bool writes; /* ask methods that write, too, without a file of requests */
    HostServer server;

    OutsidePlan outside; /* `folder` is filled in by verify_run */
    SpaceOpening *openings;
    size_t opening_count;
    bool allow_guard_only;
    const Str *environment; /* --env: NAME or NAME=value */
    size_t environment_count;
    const char *prepare;    /* shell command run in each copy before its application starts; NULL: none */
    const char *stubs;      /* file for HostPlan.stubs; NULL: none */
    bool reference_runtime; /* the shim, when the framework is not installed */
    ProcessLimits limits;

    /* Called before each step with words for a person; NULL: not at all. */
    void (*progress)(void *context, const char *words);
    void *progress_context;
} VerifyPlan;

/* How far a run came that did not end: what its exit code says. */
typedef enum VerifyEnd {
    VERIFY_DONE,
    VERIFY_MISUSED = 2,  /* a file or a word of the user */
    VERIFY_UNSAFE = 3,   /* the kernel refuses the isolation */
    VERIFY_NO_START = 4, /* the application does not start */
} VerifyEnd;

#endif
