#define _GNU_SOURCE
#include "probe/place.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "base/banned.h"

/* 169.254.0.0/16, 224.0.0.0/4 and all above */
static bool is_neighbours(uint32_t address)
{
    return address >> 16 == 0xa9fe || address >> 28 >= 0xe;
}

static PlaceKind kind_of_address(uint32_t address)
{
    if (address >> 16 == ROUTES_NAMES_NET) return PLACE_NAME;
    if (address >> 16 == ROUTES_OPENINGS_NET) return PLACE_OPENING;
    if (address >> 24 == 127 || address == 0) return PLACE_LOCAL;
    return is_neighbours(address) ? PLACE_NEIGHBOURS : PLACE_OUTSIDE;
}

static void read_ipv4(Place *place, const Routes *routes, struct in_addr address)
{
    place->address = ntohl(address.s_addr);
    place->kind = kind_of_address(place->address);
    if (place->kind == PLACE_LOCAL)
        snprintf(place->host, sizeof place->host, "localhost");
    else if (!routes || !routes_text(routes, place->address, place->host, sizeof place->host))
        inet_ntop(AF_INET, &address, place->host, sizeof place->host);
}

static void read_ipv6(Place *place, const Routes *routes, const struct sockaddr_in6 *address)
{
    place->port = ntohs(address->sin6_port);
    if (IN6_IS_ADDR_V4MAPPED(&address->sin6_addr)) {
        struct in_addr inner;
        memcpy(&inner, &address->sin6_addr.s6_addr[12], sizeof inner);
        read_ipv4(place, routes, inner);
        return;
    }
    bool local = IN6_IS_ADDR_LOOPBACK(&address->sin6_addr) || IN6_IS_ADDR_UNSPECIFIED(&address->sin6_addr);
    bool neighbours =
        IN6_IS_ADDR_LINKLOCAL(&address->sin6_addr) || IN6_IS_ADDR_MULTICAST(&address->sin6_addr);
    place->kind = local ? PLACE_LOCAL : neighbours ? PLACE_NEIGHBOURS : PLACE_OUTSIDE;
    if (local)
        snprintf(place->host, sizeof place->host, "localhost");
    else
        inet_ntop(AF_INET6, &address->sin6_addr, place->host, sizeof place->host);
}

static void read_path(Place *place, const struct sockaddr_un *address, socklen_t length)
{
    size_t room = length - offsetof(struct sockaddr_un, sun_path);
    bool named = length > offsetof(struct sockaddr_un, sun_path) && address->sun_path[0];
    place->kind = named ? PLACE_PATH : PLACE_KERNEL;
    if (!named) return;
    size_t bytes =
        strnlen(address->sun_path, room < sizeof address->sun_path ? room : sizeof address->sun_path);
    memcpy(place->host, address->sun_path, bytes);
}

void place_read(Place *place, const Routes *routes, const struct sockaddr *address, socklen_t length)
{
    memset(place, 0, sizeof *place);
    place->kind = PLACE_KERNEL;
    if (!address || length < sizeof address->sa_family) return;
    place->family = address->sa_family;
    if (address->sa_family == AF_INET && length >= sizeof(struct sockaddr_in)) {
        struct sockaddr_in internet;
        memcpy(&internet, address, sizeof internet);
        place->port = ntohs(internet.sin_port);
        read_ipv4(place, routes, internet.sin_addr);
    } else if (address->sa_family == AF_INET6 && length >= offsetof(struct sockaddr_in6, sin6_scope_id)) {
        struct sockaddr_in6 internet = {0};
        memcpy(&internet, address, length < sizeof internet ? length : sizeof internet);
        read_ipv6(place, routes, &internet);
    } else if (address->sa_family == AF_UNIX) {
        struct sockaddr_un local = {0};
        memcpy(&local, address, length < sizeof local ? length : sizeof local);
        read_path(place, &local, length < sizeof local ? length : (socklen_t)sizeof local);
    } else if (address->sa_family != AF_UNSPEC && address->sa_family != AF_NETLINK &&
               address->sa_family != AF_ALG) {
        place->kind = PLACE_UNKNOWN;
    }
}
