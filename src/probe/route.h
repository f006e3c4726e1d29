/* route.h - leads names and connections of an application to the stand-in and the services of the run.
 *
 *   a name             ─ route_query, route_name ─▶ 127.66.x.y (probe/routes.h)
 *   127.66.x.y, any port, and literal addresses of the outside, TCP ─ route_address ─▶ a rule's place, else the stand-in
 *   a name server, UDP ─ route_address ─▶ the stand-in's
 *   /run/postgresql/.s.PGSQL.5432 and Redis' sockets ─ route_address ─▶ those of the run
 *
 * Shape   nothing is led without ROUTES_VARIABLE. Names: all but localhost, *.localhost, numbers, and the machine's own.
 * Owner   texts that are returned live as long as the process. No memory is asked for.
 * Errors  what cannot be led stays as it is; guard.h then refuses it. errno is kept. */
#ifndef LOOPSAFE_PROBE_ROUTE_H
#define LOOPSAFE_PROBE_ROUTE_H

#include <netdb.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "probe/routes.h"

/* The routes of this process; NULL: nothing is led and nothing refused. */
Routes *route_table(void);

/* A name as the resolver is to be asked: itself, or numbers. host may be NULL. */
const char *route_name(const char *host);
/* The same for getaddrinfo, with hints that suit: with loopback alone AI_ADDRCONFIG would find no address, and a caller who
 * asks whether the text is a number (AI_NUMERICHOST) is told the truth. *hints may be NULL and is replaced by room. */
const char *route_query(const char *host, const struct addrinfo **hints, struct addrinfo *room);
/* Where a socket is to connect (or a datagram to go) instead; the address itself when that is right. For the stand-in the socket
 * is bound to an address that says who was meant, unless it is bound already. */
const struct sockaddr *route_address(int socket, const struct sockaddr *address, socklen_t *length,
                                     struct sockaddr_storage *room);
/* Whom a datagram is from, as the caller of recvfrom is to see it: the name server that was asked, not the one that answered. */
void route_source(int socket, struct sockaddr *from, const socklen_t *length);
/* "host:port" of an address, with the name that led to it; for records. */
void route_describe(const struct sockaddr *address, socklen_t length, char *room, size_t size);

#endif
