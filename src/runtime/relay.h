/* relay.h - the one way out of the namespace: a process outside of it that takes what connects to a socket inside to a host.
 *
 *   loopsafe ─ fork, then unshare ─▶ listens inside on 127.67.x.y:port ─ descriptor, number ─▶ relay ─ accepts, connects ─▶ host
 *
 * Shape   one process a connection, so that a host that is looked up or does not answer holds up nobody else.
 * Owner   closing the control socket ends the relay; relay_end waits for it.
 * Errors  a host that cannot be reached closes the connection. */
#ifndef LOOPSAFE_RUNTIME_RELAY_H
#define LOOPSAFE_RUNTIME_RELAY_H

#include <sys/types.h>

#include "base/fail.h"
#include "runtime/space.h"

/* Forks it. *control is where listening sockets are handed over. */
bool relay_start(const SpaceOpening *openings, size_t opening_count, pid_t *relay, int *control, Fail *fail)
    __attribute__((warn_unused_result));
/* Listens for the opening of that number and hands the socket over; fills in its address. */
bool relay_open(int control, SpaceOpening *opening, size_t number, Fail *fail)
    __attribute__((warn_unused_result));
void relay_end(pid_t relay, int control);

#endif
