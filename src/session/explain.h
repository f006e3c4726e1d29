/* explain.h - the parts of session_explain.
 *
 *   target ──explain_target──▶ unit, function or row ──▶ reasons, effects or steps, unknown calls
 *
 * Owner   the session's arena. Threads: one, after session_analyse. */
#ifndef LOOPSAFE_SESSION_EXPLAIN_H
#define LOOPSAFE_SESSION_EXPLAIN_H

#include "checks/explanation.h"
#include "program/explain.h"
#include "program/ways.h"
#include "session/session_state.h"

typedef struct Target {
    Unit *unit;
    size_t file;       /* among the discovered ones; SIZE_MAX: another */
    uint32_t row1;     /* 0: a function is meant */
    uint32_t function; /* ID_NONE: the row stands in no function */
} Target;

typedef struct Explain {
    Session *session;
    Program *program;
    Target target;
    CheckRun run; /* of the target's unit; results is the session's arena */
    Ways on_loop, elsewhere;
    const Instance *instance; /* nearest to the loop that runs the function's code; NULL: not reached */
    bool is_on_loop;
    Explanation *out;
} Explain;

/* FILE:LINE or module.function. */
bool explain_target(Session *session, const char *word, Target *target, Fail *fail)
    __attribute__((warn_unused_result));
/* Fills out->reasons. */
void explain_reasons(Explain *explain);
/* Fills out->steps. */
void explain_steps(Explain *explain);
/* Hops from the root to the instance; its root's function in *root. */
Hop *explain_way(Explain *explain, const Ways *ways, const Instance *instance, size_t *count, uint32_t *root);
/* The words of the text as printf's `%.*s` wants them. */
#define WORDS(text) (int)(text).len, (text).ptr

#endif
