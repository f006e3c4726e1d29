/* run.h - one analysis of one folder, in a thread of its own while the server goes on listening.
 *
 *   run_start ──▶ thread: texts that differ from the disk ─▶ overlay ─▶ session_check ──▶ a byte into `wake`
 *   run_join  ──▶ findings, and the texts that they are about
 *
 * Shape   the texts of the open documents are copied when the run starts: what it finds belongs to their versions.
 * Owner   run_free ends all that a result points to; it joins first.
 * Errors  the user's set-up: failed, fail.
 * Threads between run_start and run_join the run belongs to its thread. One run at a time: it changes the process's
 *         working directory, which paths are relative to. */
#ifndef LOOPSAFE_SERVER_RUN_H
#define LOOPSAFE_SERVER_RUN_H

#include "server/document.h"
#include "session/session.h"
#include "source/text.h"

/* A document as it was when the run started. */
typedef struct RunDocument {
    Str uri, path, text;
    int64_t version;
} RunDocument;

/* A file that findings or edits stand in. */
typedef struct RunText {
    Name path; /* absolute */
    Lines lines;
    const RunDocument *document; /* NULL: read from the disk */
    bool is_marked;              /* the client's text starts with a byte order mark, which lines has not */
} RunText;

typedef struct Run Run;

/* directory: absolute; file: the only one that is looked at, or NULL; wake: a descriptor to write one byte to. */
Run *run_start(const Options *options, Str directory, Str file, const Documents *documents, int wake);
/* Waits for the end. */
void run_join(Run *run);
void run_free(Run *run);
/* The process ends with the run still going on: nobody will wait for it. */
void run_abandon(Run *run);

/* After run_join. */
bool run_succeeded(const Run *run);
const char *run_trouble(const Run *run);
const Result *run_result(const Run *run);
Str run_directory(const Run *run);
/* NULL: it was not open. */
const RunDocument *run_document(const Run *run, Str path);
/* A path in a finding is the absolute one. */
bool run_means(const Run *run, Str path, Str absolute);
/* The absolute path of one in a finding. */
Str run_path(Run *run, Str path);
/* The text that a path in a finding stands for; never NULL: what cannot be read is empty. */
const RunText *run_text(Run *run, Str path);

/* The file on the disk was not written since the run started, as far as its time says. */
bool run_is_unwritten(const Run *run, const RunText *text);

#endif
