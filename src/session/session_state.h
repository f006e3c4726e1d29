/* session_state.h - what a session holds, for the files of this layer. */
#ifndef LOOPSAFE_SESSION_SESSION_STATE_H
#define LOOPSAFE_SESSION_SESSION_STATE_H

#include <stdatomic.h>

#include "session/analysis.h"

struct Session {
    Arena arena;
    Names *names;
    Catalogue *catalogue;
    Worker *workers;
    size_t worker_count;
    Discovered found;
    AnalysedFile *files;
    Environment environment;
    Modules *modules;
    Program program;
    bool has_program;
    Options options;
    size_t threads;
    uint32_t left_out; /* bits of effects that --select and --ignore leave out */
    Cache cache;
    SessionProgress progress;
    void *progress_context;
    atomic_size_t done;
    Str stdin_bytes;
};

/* Settles options, files and environment. */
bool session_begin(Session *session, const Options *options, Fail *fail) __attribute__((warn_unused_result));
/* Begins, reads all files and follows the program; nothing is checked yet. */
bool session_analyse(Session *session, const Options *options, Fail *fail)
    __attribute__((warn_unused_result));
/* The discovered file is looked at, not only imported from. */
bool session_is_in_scope(const Session *session, size_t item);
/* --select and --ignore leave the code in. */
bool session_selects(const Options *options, Str code);

#endif
