/* analysis.h - one file from bytes to reports.
 *
 *   bytes ─trigger?─▶ text ─▶ outline ─▶ facts ─▶ unit ─▶ checks ─▶ suppressions
 *
 * Owner   the worker's `file` arena is reset by each file; reports live in its `results` arena.
 * Threads one worker, one thread. */
#ifndef LOOPSAFE_SESSION_ANALYSIS_H
#define LOOPSAFE_SESSION_ANALYSIS_H

#include "checks/check.h"
#include "session/scope.h"
#include "session/session.h"
#include "source/discover.h"

typedef struct Worker {
    Arena file;
    Arena results;
    Parser *parser;
    Counters counters;
} Worker;

typedef struct FileReports {
    Report *reports;
    size_t count;
    size_t suppressed;
    Str trouble; /* why it could not be read; empty: it was */
} FileReports;

void analysis_run(Worker *worker, Names *names, const Catalogue *catalogue, const DiscoveredFile *file,
                  Str bytes, FileReports *out);
/* The bytes may hold on-loop code or a marker of ours. */
bool analysis_wants(const Catalogue *catalogue, Str bytes);

#endif
