/* server.h - a language server: an editor's buffers analysed while they are typed, findings as diagnostics, fixes as
 * code actions. `loopsafe server` is this and nothing else.
 *
 *   editor ──stdin──▶ message.h ──▶ dispatch ──▶ documents ─┐ 200 ms after the last change
 *          ◀─stdout── wire.h    ◀── diagnostics, actions ◀──┴─ run.h (a thread) ─▶ session_check
 *
 * Shape   one thread reads, answers and keeps all state, in a poll loop; a second one holds the one analysis that runs,
 *         and nothing of the server's: so an edit or a question never waits for an analysis, and nothing is shared that
 *         would need a lock. A result is about the versions that the run copied: what has changed since is not told of,
 *         and a run for it is due already.
 * Errors  the client's: an answer with an error, one line through `complain`. The user's set-up: window/showMessage.
 * Order   diagnostics as in every report. */
#ifndef LOOPSAFE_SERVER_SERVER_H
#define LOOPSAFE_SERVER_SERVER_H

#include "session/options.h"

typedef struct ServerOptions {
    Options analysis; /* of every run; paths of its own are absolute */
    bool all_files;   /* findings of files that are not open, too */
    int input, output;
    void (*complain)(const char *line); /* about messages that are none; one line */
} ServerOptions;

/* Serves until `exit` or the end of the input. True: in order, after a `shutdown`. With an analysis still running, it
 * ends the process itself: 0 in order, else 1. */
bool server_run(const ServerOptions *options) __attribute__((warn_unused_result));

#endif
