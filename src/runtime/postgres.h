/* postgres.h - a PostgreSQL server of the run: data in the run's folder, gone with it, nothing synced to a disk.
 *
 * Shape   a database for each state, made empty; all statements are logged, before they run.
 * Owner   postgres_end.
 * Errors  not installed, or it does not start: a Fail that says what to install or what it said. */
#ifndef LOOPSAFE_RUNTIME_POSTGRES_H
#define LOOPSAFE_RUNTIME_POSTGRES_H

#include "runtime/calls.h"
#include "runtime/tail.h"

typedef struct Postgres {
    Process process;
    const char *programs; /* folder of initdb and postgres */
    const char *folder;
    const char *socket; /* path of its socket, which ends in its port */
    uint16_t port;      /* of that name alone: it listens on no network */
    char database[64];  /* the latest; "": none yet */
    Str version;
    Tail log;
    uint64_t statements; /* seen so far */
} Postgres;

bool postgres_start(Postgres *postgres, Arena *arena, const char *folder, Fail *fail)
    __attribute__((warn_unused_result));
/* Makes an empty database. */
bool postgres_renew(Postgres *postgres, Arena *arena, unsigned state, Fail *fail)
    __attribute__((warn_unused_result));
/* Statements in the latest database since the last time. */
void postgres_calls(Postgres *postgres, Calls *calls);
void postgres_end(Postgres *postgres);

#endif
