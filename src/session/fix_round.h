/* fix_round.h - one round of fixes: which are applied together, and whether the changed program is better for it.
 *
 *   findings ─choose─▶ choices ─try─▶ changed texts ─analyse─▶ findings ─judge─▶ all well, or choices taken back
 *
 * Shape   a choice is a finding and the fix that is applied for it; those of a round are in nobody's way: edits apart,
 *         no edit within another's claim. Imports that several add are added once.
 * Owner   findings: the session before. Texts that outlive the round: the arena of the tries.
 * Order   of the findings. */
#ifndef LOOPSAFE_SESSION_FIX_ROUND_H
#define LOOPSAFE_SESSION_FIX_ROUND_H

#include "session/fix_files.h"
#include "session/fixing.h"

/* A fix that failed once. */
typedef struct TriedFix {
    Str key;    /* finding and shape by their words: the same fix in a later round */
    bool over;  /* it is not tried again; else it is tried once more with no other fix in its files */
    Str reason; /* "await-twin: the file is generated" */
} TriedFix;

typedef struct FixTries {
    Arena *arena;
    VEC(TriedFix) items;
} FixTries;

typedef struct FixChoice {
    const Finding *finding;
    const Fix *fix;
    Str key;
    bool is_alone;    /* nothing else changes its files in this round */
    Str blame;        /* what went wrong; empty: nothing */
    bool is_to_blame; /* it and no other */
} FixChoice;

typedef struct FixRound {
    FixFiles *files;
    FixTries *tries;
    const Session *session; /* before the round */
    const Result *result;
    Applicability least;
    VEC(FixChoice) choices;
    size_t put_off; /* fixes that are in the way of these */
} FixRound;

/* Chooses, and keeps in mind why some fixes cannot be. */
void fix_round_choose(FixRound *round);
/* The texts with the choices' edits. False: some choice is to blame for a text that cannot be written or does not parse. */
bool fix_round_apply(FixRound *round) __attribute__((warn_unused_result));
/* What the analysis of those texts gave. False: some choice is to blame. */
bool fix_round_judge(FixRound *round, const Result *after) __attribute__((warn_unused_result));
/* Takes choices back that are to blame, and notes why. */
void fix_round_take_back(FixRound *round);
void fix_round_free(FixRound *round);

/* NULL: it never failed. */
const TriedFix *fix_tries_find(const FixTries *tries, const Finding *finding, const Fix *fix);

#endif
