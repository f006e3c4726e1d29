/* verdict.h - the words in which a run is told: of a fix, of a finding, of a stall. */
#ifndef LOOPSAFE_VERIFY_VERDICT_H
#define LOOPSAFE_VERIFY_VERDICT_H

typedef enum Tree { TREE_BEFORE, TREE_AFTER, TREES } Tree;

typedef enum Verdict {
    VERDICT_NONE, /* of a finding that has no fix in this run and was not to be judged: see `seen` */
    VERDICT_FIXED,
    VERDICT_NOT_FIXED,
    VERDICT_BEHAVIOUR_CHANGED,
    VERDICT_SLOWER,
    VERDICT_NOT_REPRODUCED,
    VERDICT_NOT_EXERCISED,
    VERDICT_NOISY,
    VERDICTS
} Verdict;

/* What the run of A says of a finding. */
typedef enum Seen {
    SEEN_CONFIRMED,      /* it stalled there, or the blocking call was made there on the loop's thread */
    SEEN_NOT_REPRODUCED, /* the line ran, nothing was seen */
    SEEN_NOT_EXERCISED   /* the line never ran */
} Seen;

typedef enum StallKind { STALL_BLOCKED, STALL_CPU, STALL_GIL, STALL_KINDS } StallKind;

/* What a finding says goes wrong, and so what its fix is judged by. */
typedef enum RunHarm {
    HARM_STALL, /* the loop stands still: by stalls at its lines */
    HARM_WAIT,  /* requests take longer than they need, awaits in a row: by their latency */
    HARM_OTHER  /* a task or coroutine is lost, …: neither shows it */
} RunHarm;

/* "FIXED", "NOT FIXED", … */
const char *verdict_name(Verdict verdict);
const char *seen_name(Seen seen);            /* "confirmed", "not reproduced", "not exercised" */
const char *stall_kind_name(StallKind kind); /* "blocked", "computing", "waiting for the GIL" */

#endif
