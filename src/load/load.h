/* load.h - HTTP/1.1 load on one port of this machine: N users who each wait for their answer (closed loop), or requests that
 * come at a rate, whether the last ones were answered or not (open loop).
 *
 *   start ── warm_ns ──▶ counted, duration_ns ──▶ grace_ns ──▶ end ── at most drain_ns ──▶ nothing is under way
 *
 * Shape   in an open loop the latency of a request counts from when it was meant to start. Counted are requests that were
 *         under way in the counted time, whenever they began; one that has no answer when the run ends enters the latencies as
 *         "at least its age", also one that was due and had no connection. The latencies are those of answers with a status
 *         below 400: failing is often fast. A user whose connection fails comes again after 10 ms at the earliest.
 * Owner   the caller owns plan and result; load_result_free ends what the result holds.
 * Errors  a server that refuses, breaks off or talks nonsense is counted; only a lack of descriptors or memory is a Fail.
 * Threads one thread, epoll. */
#ifndef LOOPSAFE_LOAD_LOAD_H
#define LOOPSAFE_LOAD_LOAD_H

#include "base/arena.h"
#include "base/fail.h"
#include "base/str.h"
#include "load/histogram.h"

typedef struct LoadRequest {
    Str method;  /* GET; any word */
    Str target;  /* path with its query, as it is sent */
    Str headers; /* further lines, each "Name: value\r\n"; not Host, Content-Length, Connection */
    Str body;
} LoadRequest;

typedef struct LoadPlan {
    uint16_t port;               /* on 127.0.0.1 */
    const LoadRequest *requests; /* users go round them, each begins at another one */
    size_t request_count;
    uint32_t users; /* closed loop: that many connections, one request at a time on each */
    double rate;    /* open loop when above 0: requests a second; `users` then limits the connections */
    /* Closed loop: from an answer to the next request; users begin spread evenly over the first such time. */
    uint64_t think_ns;
    uint64_t warm_ns;     /* at first; what is answered in it is not counted */
    uint64_t duration_ns; /* counted */
    uint64_t grace_ns;    /* at the end, for answers that are on their way */
    /* After the end: what is still under way may be answered, so that the server has nothing left to do. Nobody waits when that
     * would take longer: at the pace of the answers so far; without any, one after the other. */
    uint64_t drain_ns;
    uint64_t alone_ns;      /* what a request takes without others; 0: unknown */
    uint64_t request_limit; /* no more are sent, and the run ends with the last answer; 0: none */
} LoadPlan;

/* What one request of the plan got. */
typedef struct LoadTally {
    uint64_t answered;     /* with a status below 400 */
    uint64_t failed;       /* with another status */
    uint64_t broken;       /* no whole answer: connection refused, cut off, not HTTP */
    uint16_t first_failed; /* status of the first failed one; 0: none */
    uint64_t body_hash;    /* of the first answer's body */
    uint64_t other_bodies; /* answers whose body differs from the first one's */
} LoadTally;

typedef struct LoadResult {
    Histogram latency; /* microseconds, from the intended start */
    Histogram service; /* microseconds, from when the request was sent */
    uint64_t sent;     /* all of the next four but those that were due and had no connection */
    uint64_t answered, failed, broken, unfinished;
    uint64_t handled; /* whole answers, counted or not, drained ones too: by them what it cost is divided */
    uint64_t left;    /* under way, and not even drained */
    uint64_t started_ns, ended_ns; /* of the counted time, CLOCK_MONOTONIC */
    double per_second;             /* answered in the counted time */
    uint64_t oldest_unfinished_ns; /* age */
    uint64_t behind;               /* open loop: most requests that were due and had no connection */
    LoadTally *tallies;            /* one a request of the plan */
    size_t tally_count;
} LoadResult;

bool load_run(const LoadPlan *plan, LoadResult *result, Fail *fail) __attribute__((warn_unused_result));
void load_result_free(LoadResult *result);

/* One request and its whole answer. */
typedef struct LoadAnswer {
    uint16_t status; /* 0: no whole answer came; `trouble` says why */
    Str headers;     /* as they came, lines end in CRLF */
    Str body;        /* decoded from chunks */
    uint64_t latency_ns;
    uint64_t started_ns, ended_ns; /* CLOCK_MONOTONIC */
    Str trouble;
} LoadAnswer;

/* The answer lives in the arena. */
LoadAnswer load_ask(Arena *arena, uint16_t port, const LoadRequest *request, uint64_t timeout_ns);

#endif
