/* match.h - from the probe's records to stalls by place, and from places to findings.
 *
 *   records of a phase ─▶ ticks longer than the threshold ─▶ what took their time ─▶ RunStall, one a (tree, place, kind)
 *   RunStall × findings ─▶ confirmed · not reproduced · not exercised · missed by the analyser
 *
 * Shape   the time of a long tick goes to the events in it: each gets the time from the end of the last one to its own, the
 *         last one also what follows it. Time that the machine ran something else is taken off first where the thread
 *         computed, and charged to nobody; a tick that is only long because of it is no stall.
 *         A stall's place is the innermost frame of the project, else the innermost one. It belongs to the finding in whose
 *         rows some frame of the project stands, the innermost frame first; failing that, to the finding of a frame's
 *         function in whose whole statement it stands.
 * Owner   the arena that was handed in; match_free ends the scratch.
 * Order   stalls in the order in which they were first seen: indexes stay. */
#ifndef LOOPSAFE_VERIFY_MATCH_H
#define LOOPSAFE_VERIFY_MATCH_H

#include "runtime/area.h"
#include "verify/run.h"
#include "verify/versions.h"

typedef struct MatchPlan {
    Str roots[TREES];           /* absolute folders of the copies that were run */
    const RunFinding *findings; /* with path, rows, function, harm: nothing else of them is read */
    size_t finding_count;
    const LineRows
        *statements[TREES]; /* of each finding the rows of the whole statement; NULL: its rows alone */
    Versions *versions;     /* of the copies' files; NULL: there is one tree */
    uint64_t stall_ns;
    const char *(*call_name)(uint16_t call); /* of PROBE_CALL */
} MatchPlan;

typedef struct MatchPhase {
    const ProbeArea *area;
    Tree tree;
    size_t endpoint;               /* that was asked; SIZE_MAX: start-up */
    uint64_t from_ns, to_ns;       /* CLOCK_MONOTONIC */
    uint64_t open_ns[PROBE_LANES]; /* start of the tick that had not ended at to_ns, a lane each; 0: none */
    bool is_functional; /* one request at a time: calls confirm findings, and nothing counts as a stall */
    bool
        is_untraced; /* of these: no lines are watched, so that what it computes takes its own time and confirms, too */
} MatchPhase;

/* Of one phase, the fields as in RunCell. */
typedef struct MatchSums {
    uint64_t wall_ns, stalled_ns, blocked_ns, gil_ns, cpu_ns, runqueue_ns, longest_ns;
    uint64_t long_ticks;
    const RunTick *ticks; /* for the timeline: the longest LIMIT_RUN_TICKS, in order of time, in the arena */
    size_t tick_count;
} MatchSums;

typedef struct Match Match;

Match *match_new(Arena *arena, const MatchPlan *plan);
void match_free(Match *match);
MatchSums match_phase(Match *match, const MatchPhase *phase);
/* The finding's lines ran for a request to that endpoint. */
void match_ran(Match *match, size_t finding, size_t endpoint);
/* All stalls so far. */
const RunStall *match_stalls(const Match *match, size_t *count);
/* Fills in seen, seen_reason, endpoints, stall_ns, calls and call_ns. A reason that is there and still holds stays. */
void match_settle(Match *match, RunFinding *findings);

#endif
