/* session.h - one analysed project: what the command line and the server call.
 *
 * Shape   options -> files -> facts -> findings, sorted; counters of what it cost and of what was left out.
 * Owner   session_free ends everything that a result points to.
 * Errors  the user's set-up: a Fail (exit code 2). The user's code: findings.
 * Order   findings by finding_compare, the same for any number of threads. */
#ifndef LOOPSAFE_SESSION_SESSION_H
#define LOOPSAFE_SESSION_SESSION_H

#include "checks/explanation.h"
#include "program/graph.h"
#include "session/options.h"

typedef struct Counters {
    size_t files_found; /* by discovery */
    size_t files_read;
    size_t files_unread;   /* could not be read or vanished */
    size_t files_outlined; /* held a trigger */
    size_t files_skipped;  /* out of scope: tests, examples, docs, scripts */
    size_t bytes_read;
    size_t bytes_outlined;
    size_t bytes_parsed;
    size_t nodes;             /* facts nodes built */
    size_t rounds;            /* in which bodies were read, the first with the coroutines */
    size_t modules_loaded;    /* that no coroutine stands in, because a call or a name led there */
    size_t modules_installed; /* of these, installed ones */
    size_t instances;         /* functions, times the ways they are called */
    size_t functions_on_loop;
    size_t instances_in_threads; /* of the instances, those looked at because they run in a thread */
    size_t observations; /* that walks noted for checks beside calls and stalls: awaits, tasks, threads … */
    size_t loops_counted;  /* whose passes are known */
    size_t calls_resolved; /* calls on the loop whose callee is known */
    size_t calls_unresolved;
    size_t damaged_regions; /* regions that did not parse */
    size_t limits_reached;
    size_t arena_bytes;       /* held by the program */
    size_t files_from_cache;  /* whose facts, or lack of them, an earlier run has read */
    size_t result_from_cache; /* 1: nothing had changed, and nothing else was counted */
} Counters;

typedef struct Trouble {
    Str path;
    Str what; /* why the file or directory was left out */
} Trouble;

typedef struct Result {
    Finding *findings; /* shown ones, in order */
    size_t finding_count;
    size_t info_count;         /* findings of severity info that are not shown */
    size_t suppressed_count;   /* silenced by comments */
    size_t out_of_scope_count; /* files left out by scope */
    Trouble *troubles;
    size_t trouble_count;
    Counters counters;
    bool fails; /* some finding reaches fail_on */
} Result;

typedef struct Session Session;
/* Called now and then from the calling thread while files are worked on; NULL: not at all. */
typedef void (*SessionProgress)(void *context, size_t done, size_t total);

Session *session_new(void);
void session_free(Session *session);
/* Runs once; result borrows from the session. */
bool session_check(Session *session, const Options *options, SessionProgress progress, void *progress_context,
                   Result *result, Fail *fail) __attribute__((warn_unused_result));
/* Why FILE:LINE or module.function is reported or not. Runs once, instead of session_check; a word that stands for
 * nothing is a Fail. */
bool session_explain(Session *session, const Options *options, const char *word, Explanation *explanation,
                     Fail *fail) __attribute__((warn_unused_result));
/* Who calls whom on the loop. Runs once, instead of session_check. everything: what does not block or is not on a loop,
 * too. */
bool session_graph(Session *session, const Options *options, bool everything, Graph *graph, Fail *fail)
    __attribute__((warn_unused_result));
/* The catalogue with the user's tables after session_check, else the compiled one. */
const Catalogue *session_catalogue(const Session *session);
/* The bytes that were analysed as the file of that path; ptr NULL: it was not read, or the result is an earlier one's. */
Str session_bytes(const Session *session, Str path);
/* What was read from standard input. */
Str session_stdin(const Session *session);
/* Options after the configuration file was read. */
const Options *session_options(const Session *session);
/* The output format that the configuration file asks for; empty: none. */
Str session_output_format(const Session *session);

#endif
