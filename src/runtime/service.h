/* service.h - what servers of the run have in common: where they are installed, ports, waiting.
 *
 * Errors  as said at each function. */
#ifndef LOOPSAFE_RUNTIME_SERVICE_H
#define LOOPSAFE_RUNTIME_SERVICE_H

#include "runtime/process.h"

/* The program in one of the folders of PATH or in /usr/sbin; NULL: in none. */
const char *service_find(Arena *arena, const char *program);
/* A port of 127.0.0.1 that nobody listens on; 0: none. Somebody else may take it meanwhile. */
uint16_t service_free_port(void);
/* A connection to a socket in the file system; -1: nobody listens. */
int service_connect(const char *socket_path);
/* Runs a program to its end; a Fail with its last words when it does not end well. `what`: words for the message. */
bool service_run(Arena *arena, const ProcessPlan *plan, const char *what, Fail *fail)
    __attribute__((warn_unused_result));
/* A moment passes; false: the process has ended or the time (CLOCK_MONOTONIC) is over. */
bool service_wait(Process *process, uint64_t until_ns);
/* What CLOCK_REALTIME is ahead of CLOCK_MONOTONIC. */
uint64_t service_behind_ns(void);

#endif
