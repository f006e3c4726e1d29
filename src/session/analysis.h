/* analysis.h - one file: from bytes to a unit, and from the analysed unit to reports.
 *
 *   bytes ─trigger?─▶ text ─▶ outline ─▶ facts ─▶ unit ──(program)──▶ checks ─▶ suppressions
 *
 * Owner   units live in the worker's `units` arena, reports in its `results` arena.
 * Threads one worker, one thread. */
#ifndef LOOPSAFE_SESSION_ANALYSIS_H
#define LOOPSAFE_SESSION_ANALYSIS_H

#include "checks/check.h"
#include "session/cache.h"
#include "session/markers.h"
#include "session/scope.h"
#include "session/session.h"
#include "source/discover.h"

typedef struct Worker {
    Arena bytes; /* of the file at hand */
    Arena units;
    Arena results;
    Parser *parser;
    Counters counters;
    VEC(ClassName) class_names;
} Worker;

/* One discovered file. */
typedef struct AnalysedFile {
    const Module *module;
    Unit *unit; /* NULL: it holds nothing that could run on a loop */
    Markers markers;
    Report *reports;
    size_t count;
    size_t suppressed;
    Str trouble; /* why it could not be read; empty: it was */
} AnalysedFile;

/* The bytes may hold on-loop code or a marker of ours. */
bool analysis_wants(const Catalogue *catalogue, Str bytes);
/* Reads the file's facts, from the cache if it has them; module may be NULL. */
void analysis_read(Worker *worker, Cache *cache, Names *names, const Catalogue *catalogue,
                   const DiscoveredFile *file, const Module *module, Str bytes, AnalysedFile *out);
/* The classes that were noted from this one on, as text; and noted again from it. */
Str analysis_classes_text(Worker *worker, size_t first);
void analysis_take_classes(Worker *worker, Names *names, const Module *module, Str classes);
/* Notes the classes that the text defines and what they derive from. */
void analysis_note_classes(Worker *worker, Names *names, const Module *module, Str bytes);
/* After the program was followed: what the checks say of the file. left_out: bits of effects that nobody asks for. */
void analysis_check(Worker *worker, const Program *program, const DiscoveredFile *files, size_t item,
                    uint32_t left_out, const FixSettings *fixes, AnalysedFile *out);
/* What the checks say of the run's unit before comments silence anything, sorted. */
void analysis_find(CheckRun *run, const DiscoveredFile *file);

#endif
