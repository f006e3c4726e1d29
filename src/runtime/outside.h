/* outside.h - the outside world of a run: stand-ins that answer late, and real services, all on loopback.
 *
 *   a name, any port     ─ the probe's routes ─▶ the stand-in (HTTP, and TLS by the first byte of the connection)
 *   any host, port 25, 587, 465           ─▶ the stand-in, which takes mails; localhost's too, lest the machine's own sends them
 *   any host, port 5432  ─▶ PostgreSQL of the run           (--service postgres)
 *   any host, port 6379  ─▶ Redis of the run                (--service redis)
 *   host:port of --allow-network  ─▶ 127.67.x.y, the relay of space.h
 *
 * Shape   the stand-in answers every request after a delay, by default `{"ok": true}`; a file of answers says more
 *         (standin/answers.h).
 * Owner   outside_end stops all that outside_start has started.
 * Errors  a service that is not installed or does not start is a Fail that says what to install. */
#ifndef LOOPSAFE_RUNTIME_OUTSIDE_H
#define LOOPSAFE_RUNTIME_OUTSIDE_H

#include "runtime/process.h"
#include "runtime/space.h"

typedef struct StandInRule {
    Str host; /* api.example.com, or host:port; localhost:port: a neighbour that is not started; empty: every other one */
    uint64_t delay_ns;
} StandInRule;

typedef struct OutsidePlan {
    const char *folder;       /* of the run */
    uint64_t delay_ns;        /* of hosts that no rule names */
    const StandInRule *rules; /* --stand-in host=ms */
    size_t rule_count;
    const char *answers; /* --answers FILE; NULL: none */
    bool postgres, redis;
    const SpaceOpening *openings;
    size_t opening_count;
} OutsidePlan;

typedef struct Outside Outside;

Outside *outside_start(Arena *arena, const OutsidePlan *plan, Fail *fail);
void outside_end(Outside *outside);
/* What the next application needs in its environment: routes for the probe, certificates, DATABASE_URL and the like; "NAME=value",
 * `count` of them, in the arena. A `state` other than the last one's gets an empty database and an empty Redis; only the latest
 * state is served. */
bool outside_environment(Outside *outside, Arena *arena, unsigned state, const char *const **lines,
                         size_t *count, Fail *fail) __attribute__((warn_unused_result));

/* Something that the application did to the outside. */
typedef struct OutsideCall {
    Str kind; /* "http", "mail", "sql", "redis" */
    /* "POST api.example.com/charge", "to ada@example.com from shop@example.com by mail.example.com:25", "INSERT INTO orders …"
     * with its values, "SET key value" */
    Str text;
    uint64_t body_hash; /* of a request's body or a mail's text; 0: none */
    uint64_t at_ns;     /* CLOCK_MONOTONIC; of SQL to the millisecond */
} OutsideCall;
/* All calls since the start or since the last outside_calls, in the order of their times; in the arena. Those before an answer
 * that the application has are among them. */
size_t outside_calls(Outside *outside, Arena *arena, const OutsideCall **calls);
/* The same, and of them only how many were requests to stand-ins. */
uint64_t outside_requests(Outside *outside);
/* The stand-in has nothing to do at the moment. */
bool outside_rests(const Outside *outside);
/* CLOCK_MONOTONIC: when the stand-in's last answer to what outside_calls has seen is due, steps of a conversation with a mail
 * client among them; 0: there was none. */
uint64_t outside_busy_ns(const Outside *outside);

/* What stood in for the outside, for the report: one line each ("stand-in for api.example.com: 100 ms, 240 requests"), of all
 * that outside_calls has seen. */
size_t outside_lines(const Outside *outside, Arena *arena, const Str **lines);

#endif
