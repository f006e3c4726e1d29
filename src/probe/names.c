/* Calls of libc that take a name or several addresses, each as the application's own but for where it leads. Those that
 * are timed as well (getaddrinfo, gethostbyname, connect, sendto, sendmsg) stand with the timed calls. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "probe/guard.h"
#include "probe/lane.h"
#include "probe/place.h"
#include "probe/route.h"

#include "base/banned.h"

#define INTERPOSED __attribute__((visibility("default")))

/* Puts the next definition behind this one into a pointer to a function. */
static bool find_next(const char *name, void *pointer)
{
    int error = errno;
    void *found = dlsym(RTLD_NEXT, name);
    memcpy(pointer, &found, sizeof found);
    errno = error;
    return found != NULL;
}

static int no_such_call(struct hostent **result, int *trouble)
{
    *result = NULL;
    *trouble = NO_RECOVERY;
    return ENOSYS;
}

INTERPOSED struct hostent *gethostbyname2(const char *name, int family)
{
    struct hostent *(*next)(const char *, int);
    if (!find_next("gethostbyname2", &next)) {
        h_errno = NO_RECOVERY;
        return NULL;
    }
    Lane *lane = lane_pause();
    struct hostent *entry = next(route_name(name), family);
    if (lane) lane_resume(lane, PROBE_CALLED_GETHOSTBYNAME);
    return entry;
}

INTERPOSED int gethostbyname_r(const char *name, struct hostent *entry, char *room, size_t size,
                               struct hostent **result, int *trouble)
{
    int (*next)(const char *, struct hostent *, char *, size_t, struct hostent **, int *);
    if (!find_next("gethostbyname_r", &next)) return no_such_call(result, trouble);
    Lane *lane = lane_pause();
    int error = next(route_name(name), entry, room, size, result, trouble);
    if (lane) lane_resume(lane, PROBE_CALLED_GETHOSTBYNAME);
    return error;
}

INTERPOSED int gethostbyname2_r(const char *name, int family, struct hostent *entry, char *room, size_t size,
                                struct hostent **result, int *trouble)
{
    int (*next)(const char *, int, struct hostent *, char *, size_t, struct hostent **, int *);
    if (!find_next("gethostbyname2_r", &next)) return no_such_call(result, trouble);
    Lane *lane = lane_pause();
    int error = next(route_name(name), family, entry, room, size, result, trouble);
    if (lane) lane_resume(lane, PROBE_CALLED_GETHOSTBYNAME);
    return error;
}

/* The names stay the caller's until the answers are there; those put in their place live for ever. */
INTERPOSED int getaddrinfo_a(int mode, struct gaicb *queries[], int count, struct sigevent *event)
{
    int (*next)(int, struct gaicb *[], int, struct sigevent *);
    if (!find_next("getaddrinfo_a", &next)) return EAI_SYSTEM;
    for (int i = 0; i < count; i++)
        if (queries[i]) queries[i]->ar_name = route_name(queries[i]->ar_name);
    return next(mode, queries, count, event);
}

/* The name that an address was made for, without a question to a name server. */
static bool name_of(const struct sockaddr *address, socklen_t length, char *host, socklen_t size)
{
    Place place;
    place_read(&place, route_table(), address, length);
    size_t bytes = strlen(place.host);
    if (place.kind != PLACE_NAME || bytes >= size) return false;
    memcpy(host, place.host, bytes + 1);
    return true;
}

INTERPOSED int getnameinfo(const struct sockaddr *restrict address, socklen_t length, char *restrict host,
                           socklen_t host_size, char *restrict service, socklen_t service_size, int flags)
{
    int (*next)(const struct sockaddr *, socklen_t, char *, socklen_t, char *, socklen_t, int);
    if (!find_next("getnameinfo", &next)) return EAI_SYSTEM;
    bool named =
        route_table() && host && !(flags & NI_NUMERICHOST) && name_of(address, length, host, host_size);
    if (named && !service) return 0;
    Lane *lane = lane_pause();
    int error =
        next(address, length, named ? NULL : host, named ? 0 : host_size, service, service_size, flags);
    if (lane) lane_resume(lane, PROBE_CALLED_GETNAMEINFO);
    return error;
}

INTERPOSED int sendmmsg(int socket, struct mmsghdr *messages, unsigned count, int flags)
{
    int (*next)(int, struct mmsghdr *, unsigned, int);
    if (!find_next("sendmmsg", &next)) {
        errno = ENOSYS;
        return -1;
    }
    unsigned allowed = 0;
    while (allowed < count &&
           guard_allows(messages[allowed].msg_hdr.msg_name, messages[allowed].msg_hdr.msg_namelen))
        allowed++;
    if (!allowed && count) {
        errno = ENETUNREACH;
        return -1;
    }
    Lane *lane = lane_pause();
    int sent = next(socket, messages, allowed, flags);
    if (lane) lane_resume(lane, PROBE_CALLED_SENDMMSG);
    return sent;
}
