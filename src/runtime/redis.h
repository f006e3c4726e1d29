/* redis.h - a Redis server of the run: data in memory, nothing saved.
 *
 * Shape   a connection of loopsafe's own sees every command (MONITOR); those that only greet or choose a database are left out.
 * Owner   redis_end.
 * Errors  not installed, or it does not start: a Fail that says what to install or what it said. */
#ifndef LOOPSAFE_RUNTIME_REDIS_H
#define LOOPSAFE_RUNTIME_REDIS_H

#include "base/buf.h"
#include "runtime/calls.h"

typedef struct Redis {
    Process process;
    const char *socket;
    uint16_t port;
    int monitor, control; /* connections; -1: none */
    Buf seen;             /* of the monitor */
    unsigned marks;       /* asked so far: each ends a reading of the monitor */
    uint64_t commands;    /* seen so far */
} Redis;

/* port 0: one that is free. */
bool redis_start(Redis *redis, Arena *arena, const char *folder, uint16_t port, Fail *fail)
    __attribute__((warn_unused_result));
/* Empties it. */
bool redis_renew(Redis *redis, Fail *fail) __attribute__((warn_unused_result));
/* Commands since the last time. */
void redis_calls(Redis *redis, Calls *calls);
void redis_end(Redis *redis);

/* One line of the monitor: `+1700000000.123456 [0 127.0.0.1:40000] "SET" "key" "value"`. False: no command of an application.
 * Of a database other than 0 the text says so: "db3: SET key value". */
bool redis_line_read(Arena *arena, Str line, uint64_t behind_ns, OutsideCall *call);

#endif
