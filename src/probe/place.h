/* place.h - an address of a socket, read: who is meant.
 *
 * Shape   host and port of internet addresses, also of IPv4 ones written as IPv6; the path of sockets in the file system. */
#ifndef LOOPSAFE_PROBE_PLACE_H
#define LOOPSAFE_PROBE_PLACE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "probe/routes.h"

typedef enum PlaceKind {
    PLACE_LOCAL,   /* loopback, or the unspecified address, which means it */
    PLACE_NAME,    /* 127.66.x.y */
    PLACE_OPENING, /* 127.67.x.y */
    PLACE_OUTSIDE,
    PLACE_NEIGHBOURS, /* link-local and multicast: nobody stands in for these */
    PLACE_PATH,       /* a socket in the file system */
    PLACE_KERNEL, /* netlink, the kernel's ciphers, no address, an abstract socket: no network, or one's own */
    PLACE_UNKNOWN /* any other family */
} PlaceKind;

typedef struct Place {
    PlaceKind kind;
    int family;
    uint32_t address; /* IPv4, in the machine's order; 0: IPv6 */
    uint16_t port;
    char host[ROUTES_TEXT_BYTES]; /* "localhost", the name, the number, or the path */
} Place;

/* routes may be NULL: then 127.66.x.y has no name. */
void place_read(Place *place, const Routes *routes, const struct sockaddr *address, socklen_t length);

#endif
