/* run.h - everything that one `loopsafe verify` has measured and concluded; every view (table, JSON, HTML) shows this and
 * adds nothing.
 *
 *   Run ─┬─ endpoints ─┬─ cells       one a (tree, load): what was measured; with ticks for the timeline
 *        │             └─ differences  of answers and of what was done to the outside
 *        ├─ findings      what the analysis had said, each with its verdict
 *        ├─ stalls        what held the loop, by place; `finding` says who had foretold it
 *        └─ notes         stand-ins, stubs, masks, notices
 *
 * Shape   two trees: A is before, B after. Times are nanoseconds unless the name says otherwise; SIZE_MAX: none.
 * Owner   the arena of whoever made the run. */
#ifndef LOOPSAFE_VERIFY_RUN_H
#define LOOPSAFE_VERIFY_RUN_H

#include "base/str.h"
#include "load/histogram.h"
#include "verify/verdict.h"

typedef struct RunFrame {
    Str file; /* relative to the tree when it stands in it, else as the interpreter has it */
    Str function;
    uint32_t row1;
    bool in_project;
} RunFrame;

/* Frames innermost first. */
typedef struct RunStack {
    const RunFrame *frames;
    size_t count;
} RunStack;

/* Stalls of one tree, one place and one kind. */
typedef struct RunStall {
    Tree tree;
    StallKind kind;
    Str call;           /* libc's function, of STALL_BLOCKED; else empty */
    size_t endpoint;    /* during whose load it was seen; SIZE_MAX: at start-up */
    const RunFrame *at; /* innermost frame of the project, else the innermost one */
    RunStack stack;     /* one of them */
    uint64_t count, total_ns, longest_ns;
    size_t finding; /* of the run's findings; SIZE_MAX: missed by the analyser */
    bool by_change; /* of B: on the way to it is a function that is not A's */
} RunStall;

/* A tick longer than the threshold, for the timeline. */
typedef struct RunTick {
    uint64_t at_ns;                                   /* since the cell's start */
    uint64_t for_ns, blocked_ns, gil_ns, runqueue_ns; /* the rest of for_ns is computing */
    size_t stall; /* what took most of it, of the run's stalls; SIZE_MAX: unknown */
} RunTick;

typedef struct RunLoad {
    Str words; /* "20 users without a pause", "200 users, one request each 3 s", "66.7 requests/s" */
    uint32_t users;
    uint64_t think_ns;
    double rate;                   /* requests a second of an open loop; 0: closed */
    uint64_t warm_ns, duration_ns; /* before it counts, and counted */
} RunLoad;

typedef struct RunCell {
    Tree tree;
    size_t load; /* of the run's loads */
    uint64_t answered, failed, unfinished;
    double per_second;
    Histogram latency;                   /* microseconds; percentiles with "at least" from here */
    uint32_t rounds;                     /* that went into it; 0 counts as one */
    uint64_t wall_ns;                    /* measured time, all rounds */
    uint64_t stalled_ns;                 /* in ticks longer than the threshold, without runqueue_ns */
    uint64_t blocked_ns, gil_ns, cpu_ns; /* of these */
    uint64_t runqueue_ns; /* in long ticks beside it: the machine ran something else; charged to nobody */
    uint64_t longest_ns;  /* tick */
    uint64_t cpu_per_request_ns, loop_cpu_per_request_ns;
    double
        spread; /* between the rounds of this cell: largest deviation of req/s from their mean, as a share */
    const RunTick *ticks; /* of one round, at most LIMIT_RUN_TICKS */
    size_t tick_count;
    uint64_t timeline_ns; /* length of that round */
} RunCell;

typedef struct RunDifference {
    Str request; /* "GET /orders/1" */
    Str what;    /* "status", "header location", "body $.items[0].price", "upstream call", "sql", … */
    Str before, after;
} RunDifference;

/* A model of the endpoint that was made of its numbers (model/model.h); program empty: none was. */
typedef struct RunModel {
    Str program, pool;
    uint32_t pool_size, processors;
} RunModel;

/* Requests to stand-ins: of one good request alone, in the functional pass of A; under load, of how many requests. */
typedef struct RunCalls {
    double alone;
    uint64_t count[TREES], handled[TREES];
} RunCalls;

/* All rounds of one tree, those that were repeated because of noise among them: what the stalls are sums of. */
typedef struct RunAsked {
    uint64_t wall_ns, stalled_ns; /* as in RunCell */
    uint64_t answered, others;    /* others: failed or unfinished */
} RunAsked;

typedef struct RunEndpoint {
    Str method, path, function, file;
    uint32_t row1;
    bool is_async;
    size_t request_count; /* of the functional pass */
    bool exercised;       /* A answered with a status below 400 */
    Str reason;           /* why not, one line: "422: field required (query.q)" */
    const RunCell *cells;
    size_t cell_count;
    double noise; /* between two rounds of A: deviation of p50 at the fewest users, as a share */
    const RunDifference *differences;
    size_t difference_count;
    uint64_t upstream_calls; /* in the functional pass of A */
    RunCalls calls;
    RunAsked asked[TREES];
    RunModel models[TREES];
    Verdict verdict;    /* the worst of its findings', or of its own numbers */
    Str verdict_reason; /* one line; empty: nothing to add */
} RunEndpoint;

typedef struct RunFinding {
    Str code, message, path, function, fingerprint; /* path relative to the tree */
    uint32_t row1, end_row1, column1;
    uint32_t after_row1, after_end_row1; /* where the code that replaced it stands in B; 0: it is gone */
    Str fix_title, fix_shape;            /* the applied fix; empty: none was applied */
    bool fix_safe;
    RunHarm harm;
    Seen seen;
    Str seen_reason; /* "poll in psycopg2, 51 ms, 12 times"; "runs, costs 0.02 ms"; "POST /orders was not asked" */
    Verdict verdict;
    Str verdict_reason;      /* where it still stalls, what changed; one line */
    const size_t *endpoints; /* that ran the line */
    size_t endpoint_count;
    uint64_t stall_ns[TREES]; /* longest at its lines */
    /* Of the calls that A makes at its lines on the loop's thread, one request at a time and however short, the one that
     * takes most time: how often, and how long in all. */
    uint64_t calls[TREES], call_ns[TREES];
} RunFinding;

typedef struct RunPrediction {
    size_t endpoint;
    Tree tree;
    Str words; /* "2,000 users, one request each 3 s, 1 worker" */
    double per_second;
    uint64_t p50_us, p99_us;
    double error; /* of the same model on the measured points, worst of req/s and p50, as a share */
} RunPrediction;

typedef struct Run {
    Str command, app, started;                             /* started: date and time, UTC, ISO 8601 */
    Str python, framework, server, loop, machine, version; /* version: of loopsafe */
    Str guard;         /* "network namespace with loopback only", "guard only: …" */
    Str probe;         /* "frames read from memory", "watchdog: …" */
    uint64_t stall_ns; /* threshold */
    const RunLoad *loads;
    size_t load_count;
    const RunEndpoint *endpoints;
    size_t endpoint_count;
    const RunFinding *findings;
    size_t finding_count;
    const RunStall *stalls;
    size_t stall_count;
    const RunPrediction *predictions;
    size_t prediction_count;
    const Str *stand_ins, *stubs, *masks, *notices; /* one line each */
    size_t stand_in_count, stub_count, mask_count, notice_count;
    double noise;          /* the largest of its endpoints */
    double probe_overhead; /* of CPU a request, as a share; negative: within the noise; NAN: not measured */
    uint64_t took_ns;
    Verdict verdict; /* of all: decides the exit code */
} Run;

/* 0 all fixed and unchanged; 1 not; 5 too noisy to judge. */
int run_exit_code(const Run *run);

#endif
