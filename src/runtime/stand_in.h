/* stand_in.h - the stand-in's process, and what it writes down (standin/journal.h).
 *
 * Owner   stand_in_end.
 * Errors  a Fail with its own words: a file of answers that is wrong, a socket that cannot be had. */
#ifndef LOOPSAFE_RUNTIME_STAND_IN_H
#define LOOPSAFE_RUNTIME_STAND_IN_H

#include "runtime/calls.h"
#include "runtime/tail.h"

/* What was asked of one host, or the mails it took, or the connections to it that ended alike without either. */
typedef struct StandInCount {
    Str host, words; /* words: empty, or what became of the connections */
    uint64_t delay_ns, count;
    bool is_mail;
} StandInCount;

typedef struct StandIn {
    Process process;
    uint16_t port, name_server, postgres; /* postgres 0: no front */
    Tail journal;
    Arena *arena;
    VEC(StandInCount) counts;
    uint64_t busy_ns; /* CLOCK_MONOTONIC: when the last answer that was begun is due */
    Str ended;        /* how, when it should not have; else empty */
} StandIn;

typedef struct StandInPlan {
    const OutsidePlan *outside;
    const char *folder; /* for its files */
    const char *routes, *authority;
    const char *postgres, *postgres_front; /* sockets; NULL: none */
    uint16_t postgres_port;                /* of the front; 0: one that is free */
} StandInPlan;

bool stand_in_start(StandIn *stand_in, Arena *arena, const StandInPlan *plan, Fail *fail)
    __attribute__((warn_unused_result));
/* Requests since the last time. */
void stand_in_calls(StandIn *stand_in, Calls *calls);
void stand_in_end(StandIn *stand_in);

/* One line of the journal: a request and a mail give a call and a count of 1, a connection without either the count alone.
 * *due_ns: when its answer is due; 0: there is none. False: the line counts nothing. */
bool stand_in_line_read(Arena *arena, Str line, OutsideCall *call, StandInCount *count, uint64_t *due_ns);

#endif
