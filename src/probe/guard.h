/* guard.h - refuses what would leave this machine: what the network namespace does for certain is refused here first, with a
 * record that names the place.
 *
 * Shape   allowed are loopback, sockets of the file system that the run itself has made, and those of the system's log.
 *         Asked after route_address, which has led the rest to the stand-in: an address of 127.66.0.0/16 that is still there
 *         (a datagram) is refused.
 * Errors  a caller that is refused answers -1 with ENETUNREACH. errno is kept. */
#ifndef LOOPSAFE_PROBE_GUARD_H
#define LOOPSAFE_PROBE_GUARD_H

#include <stdbool.h>
#include <sys/socket.h>

/* address may be NULL: a socket that is connected already. */
bool guard_allows(const struct sockaddr *address, socklen_t length);

#endif
