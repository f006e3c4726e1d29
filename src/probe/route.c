#define _GNU_SOURCE
#include "probe/route.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/un.h>
#include <unistd.h>

#include "probe/note.h"
#include "probe/place.h"

#include "base/banned.h"

/* Read once, before the application runs; the calls that are interposed have no argument that could carry it. */
static struct {
    Routes *table;
    /* Name servers that were asked, by the socket's number; a question that another one drove out is asked again. */
    struct {
        int socket;
        struct sockaddr_storage server;
    } asked[64];
} own;

__attribute__((constructor)) static void read_variable(void)
{
    int error = errno;
    const char *path = getenv(ROUTES_VARIABLE);
    if (path) own.table = routes_open(path);
    errno = error;
}

Routes *route_table(void)
{
    return own.table;
}

/* --- names --- */

static bool is_number(const char *host)
{
    struct in_addr address;
    return inet_aton(host, &address) || strchr(host, ':');
}

static bool names_this_machine(const char *host)
{
    size_t length = strlen(host);
    static const char *const names[] = {"localhost", "localhost.", "ip6-localhost", "ip6-loopback",
                                        "localhost.localdomain"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(host, names[i]) == 0) return true;
    return length > 10 && strcasecmp(host + length - 10, ".localhost") == 0;
}

static bool is_own_name(const char *host)
{
    char name[256];
    return gethostname(name, sizeof name) == 0 && strncasecmp(host, name, sizeof name) == 0;
}

/* A dot at the end only says that the name is whole. */
static uint32_t slot_of(const char *host)
{
    char name[ROUTES_TEXT_BYTES];
    size_t length = strnlen(host, sizeof name);
    if (length == sizeof name) return 0;
    memcpy(name, host, length);
    name[length] = 0;
    if (length && name[length - 1] == '.') name[length - 1] = 0;
    return routes_intern(own.table, name);
}

const char *route_name(const char *host)
{
    if (!own.table || !host || !*host || is_number(host) || names_this_machine(host)) return host;
    int error = errno;
    uint32_t slot = is_own_name(host) ? 0 : slot_of(host);
    const char *routed = slot ? own.table->slots[slot].address : is_own_name(host) ? "127.0.0.1" : host;
    errno = error;
    return routed;
}

const char *route_query(const char *host, const struct addrinfo **hints, struct addrinfo *room)
{
    const struct addrinfo *asked = *hints;
    if (!own.table || (asked && asked->ai_flags & AI_NUMERICHOST)) return host;
    *room = asked ? *asked : (struct addrinfo){.ai_flags = AI_V4MAPPED};
    room->ai_flags &= ~AI_ADDRCONFIG;
    *hints = room;
    return route_name(host);
}

/* --- addresses --- */

static const RoutesRule *rule_find(const Place *place)
{
    uint32_t count = own.table->rule_count < ROUTES_RULES ? own.table->rule_count : ROUTES_RULES;
    for (uint32_t i = 0; i < count; i++) {
        const RoutesRule *rule = &own.table->rules[i];
        bool same_host = !rule->host[0] || strncasecmp(rule->host, place->host, sizeof rule->host) == 0;
        if (same_host && rule->port == place->port) return rule;
    }
    return NULL;
}

static int socket_type(int socket)
{
    int type = 0;
    socklen_t size = sizeof type;
    return getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size) == 0 ? type : 0;
}

static void describe(const Place *place, char *room, size_t size)
{
    if (place->kind == PLACE_PATH || place->kind == PLACE_UNKNOWN || place->kind == PLACE_KERNEL)
        snprintf(room, size, "%s", place->kind == PLACE_PATH ? place->host : "an address of another kind");
    else
        snprintf(room, size, strchr(place->host, ':') ? "[%s]:%u" : "%s:%u", place->host, place->port);
}

/* An IPv4 address as the socket's family writes it. */
static const struct sockaddr *write_address(int family, uint32_t address, uint16_t port,
                                            struct sockaddr_storage *room, socklen_t *length)
{
    memset(room, 0, sizeof *room);
    struct in_addr inner = {.s_addr = htonl(address)};
    if (family == AF_INET) {
        struct sockaddr_in internet = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = inner};
        *length = sizeof internet;
        memcpy(room, &internet, sizeof internet);
    } else {
        struct sockaddr_in6 internet = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
        memset(&internet.sin6_addr.s6_addr[10], 0xff, 2);
        memcpy(&internet.sin6_addr.s6_addr[12], &inner, sizeof inner);
        *length = sizeof internet;
        memcpy(room, &internet, sizeof internet);
    }
    return (const struct sockaddr *)room;
}

/* Tells the stand-in who was meant: by the address that the connection comes from. */
static void say_who(int socket, const Place *place, const char *text)
{
    uint32_t slot = routes_intern(own.table, text);
    if (!slot) return;
    struct sockaddr_storage room;
    socklen_t length;
    const struct sockaddr *from = write_address(place->family, routes_address(slot), 0, &room, &length);
    int yes = 1;
    setsockopt(socket, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    bind(socket, from, length);
}

/* A socket may be one of IPv6 alone, which cannot reach 127.0.0.1. */
static void allow_ipv4(int socket)
{
    int no = 0;
    setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
}

static const struct sockaddr *lead(int socket, const Place *place, uint32_t to, uint16_t port,
                                   bool is_stand_in, struct sockaddr_storage *room, socklen_t *length)
{
    char text[ROUTES_TEXT_BYTES + 8];
    describe(place, text, sizeof text);
    if (place->family == AF_INET6) allow_ipv4(socket);
    if (is_stand_in) say_who(socket, place, text);
    if (record_routed) record_routed(text);
    return write_address(place->family, to, port, room, length);
}

static const struct sockaddr *lead_stream(int socket, const Place *place, const struct sockaddr *address,
                                          socklen_t *length, struct sockaddr_storage *room)
{
    const RoutesRule *rule = rule_find(place);
    if (rule) return lead(socket, place, rule->address, rule->to_port, rule->is_stand_in, room, length);
    bool outside = place->kind == PLACE_NAME || place->kind == PLACE_OUTSIDE;
    if (!outside || !own.table->stand_in_port) return address;
    return lead(socket, place, INADDR_LOOPBACK, own.table->stand_in_port, true, room, length);
}

enum { PORT_NAME_SERVER = 53 };

/* Libraries that ask name servers themselves, past getaddrinfo. */
static const struct sockaddr *lead_datagram(int socket, const Place *place, const struct sockaddr *address,
                                            socklen_t *length, struct sockaddr_storage *room)
{
    if (place->port != PORT_NAME_SERVER || !own.table->name_server_port) return address;
    size_t entry = (unsigned)socket % (sizeof own.asked / sizeof *own.asked);
    own.asked[entry].socket = socket;
    memcpy(&own.asked[entry].server, address,
           *length < sizeof own.asked->server ? *length : sizeof own.asked->server);
    return lead(socket, place, INADDR_LOOPBACK, own.table->name_server_port, false, room, length);
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* The socket of the run that replaces one of the system; NULL: none does. */
static const char *socket_instead(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *end = strrchr(name, '.');
    if (starts_with(path, own.table->folder)) return NULL;
    if (starts_with(name, ".s.PGSQL.") && own.table->postgres_socket[0]) return own.table->postgres_socket;
    bool redis = starts_with(name, "redis") && end && strcmp(end, ".sock") == 0;
    return redis && own.table->redis_socket[0] ? own.table->redis_socket : NULL;
}

static const struct sockaddr *lead_path(const Place *place, const struct sockaddr *address, socklen_t *length,
                                        struct sockaddr_storage *room)
{
    const char *instead = socket_instead(place->host);
    if (!instead) return address;
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    memcpy(local.sun_path, instead, strnlen(instead, sizeof local.sun_path - 1));
    *length = sizeof local;
    memcpy(room, &local, sizeof local);
    if (record_routed) record_routed(place->host);
    return (const struct sockaddr *)room;
}

const struct sockaddr *route_address(int socket, const struct sockaddr *address, socklen_t *length,
                                     struct sockaddr_storage *room)
{
    if (!own.table || !address) return address;
    int error = errno;
    Place place;
    place_read(&place, own.table, address, *length);
    const struct sockaddr *led = address;
    if (place.kind == PLACE_PATH)
        led = lead_path(&place, address, length, room);
    else if (place.family == AF_INET || place.family == AF_INET6) {
        int type = socket_type(socket);
        if (type == SOCK_STREAM) led = lead_stream(socket, &place, address, length, room);
        if (type == SOCK_DGRAM) led = lead_datagram(socket, &place, address, length, room);
    }
    errno = error;
    return led;
}

void route_source(int socket, struct sockaddr *from, const socklen_t *length)
{
    Place place;
    if (!own.table || !own.table->name_server_port || !from || !length) return;
    size_t entry = (unsigned)socket % (sizeof own.asked / sizeof *own.asked);
    const struct sockaddr_storage *server = &own.asked[entry].server;
    place_read(&place, own.table, from, *length);
    bool answers = place.kind == PLACE_LOCAL && place.port == own.table->name_server_port &&
                   place.family == from->sa_family;
    if (!answers || own.asked[entry].socket != socket || server->ss_family != from->sa_family) return;
    memcpy(from, server, *length < sizeof *server ? *length : sizeof *server);
}

void route_describe(const struct sockaddr *address, socklen_t length, char *room, size_t size)
{
    Place place;
    place_read(&place, own.table, address, length);
    describe(&place, room, size);
}
