#define _GNU_SOURCE
#include "runtime/relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/pump.h"
#include "probe/routes.h"

#include "base/banned.h"

/* --- descriptors between processes --- */

typedef union Packet {
    char room[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
} Packet;

static bool hand_over(int control, int descriptor, uint32_t number)
{
    Packet packet = {{0}};
    struct iovec text = {&number, sizeof number};
    struct msghdr message = {
        .msg_iov = &text, .msg_iovlen = 1, .msg_control = packet.room, .msg_controllen = sizeof packet.room};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof descriptor);
    memcpy(CMSG_DATA(head), &descriptor, sizeof descriptor);
    return sendmsg(control, &message, MSG_NOSIGNAL) == (ssize_t)sizeof number;
}

/* -1: the other end is closed, or what came is none. */
static int take_over(int control, uint32_t *number)
{
    Packet packet = {{0}};
    struct iovec text = {number, sizeof *number};
    struct msghdr message = {
        .msg_iov = &text, .msg_iovlen = 1, .msg_control = packet.room, .msg_controllen = sizeof packet.room};
    if (recvmsg(control, &message, MSG_CMSG_CLOEXEC) != (ssize_t)sizeof *number) return -1;
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    int descriptor = -1;
    if (head && head->cmsg_type == SCM_RIGHTS) memcpy(&descriptor, CMSG_DATA(head), sizeof descriptor);
    return descriptor;
}

/* --- one connection: a process of its own --- */

static int connect_outward(const SpaceOpening *opening)
{
    char host[256], port[8];
    snprintf(host, sizeof host, "%.*s", (int)opening->host.len, opening->host.ptr);
    snprintf(port, sizeof port, "%u", opening->port);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    if (getaddrinfo(host, port, &hints, &found) != 0) return -1;
    int outside = -1;
    for (const struct addrinfo *one = found; one && outside < 0; one = one->ai_next) {
        outside = socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (outside >= 0 && connect(outside, one->ai_addr, one->ai_addrlen) == 0) break;
        if (outside >= 0) close(outside);
        outside = -1;
    }
    freeaddrinfo(found);
    return outside;
}

static _Noreturn void serve(int inside, const SpaceOpening *opening)
{
    int outside = connect_outward(opening), yes = 1;
    if (outside >= 0) {
        setsockopt(inside, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        setsockopt(outside, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        pump_both_ways(inside, outside);
    }
    _exit(0);
}

/* --- the relay --- */

typedef struct Doors {
    struct pollfd ends[1 + LIMIT_OPENINGS]; /* control first */
    uint32_t numbers[1 + LIMIT_OPENINGS];
    nfds_t count;
} Doors;

static void accept_one(int listener, const SpaceOpening *opening)
{
    int inside = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (inside < 0) return;
    if (fork() == 0) {
        signal(SIGCHLD, SIG_DFL);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(inside, opening);
    }
    close(inside);
}

/* False: nobody needs the relay any longer. */
static bool take_door(Doors *doors, size_t opening_count)
{
    uint32_t number = 0;
    int listener = take_over(doors->ends[0].fd, &number);
    if (listener < 0) return false;
    if (number >= opening_count || doors->count > LIMIT_OPENINGS) {
        close(listener);
        return true;
    }
    doors->ends[doors->count] = (struct pollfd){.fd = listener, .events = POLLIN};
    doors->numbers[doors->count++] = number;
    return true;
}

static _Noreturn void relay_run(int control, const SpaceOpening *openings, size_t opening_count, pid_t parent)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(0);
    signal(SIGCHLD, SIG_IGN);
    Doors doors = {.count = 1};
    doors.ends[0] = (struct pollfd){.fd = control, .events = POLLIN};
    for (;;) {
        if (poll(doors.ends, doors.count, -1) < 0) continue;
        for (nfds_t i = 1; i < doors.count; i++)
            if (doors.ends[i].revents) accept_one(doors.ends[i].fd, &openings[doors.numbers[i]]);
        if (doors.ends[0].revents && !take_door(&doors, opening_count)) break;
    }
    _exit(0);
}

bool relay_start(const SpaceOpening *openings, size_t opening_count, pid_t *relay, int *control, Fail *fail)
{
    int ends[2];
    if (opening_count > LIMIT_OPENINGS)
        return fail_at(fail, NULL, 0, "more than %d openings of the network", LIMIT_OPENINGS);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return fail_at(fail, NULL, 0, "socketpair: %s", strerror(errno));
    pid_t parent = getpid();
    *relay = fork();
    if (*relay == 0) {
        close(ends[0]);
        relay_run(ends[1], openings, opening_count, parent);
    }
    int error = errno;
    close(ends[1]);
    *control = ends[0];
    if (*relay > 0) return true;
    close(ends[0]);
    *relay = 0;
    return fail_at(fail, NULL, 0, "fork: %s", strerror(error));
}

bool relay_open(int control, SpaceOpening *opening, size_t number, Fail *fail)
{
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(opening->port)};
    place.sin_addr.s_addr = htonl((uint32_t)ROUTES_OPENINGS_NET << 16 | (uint32_t)(number + 1));
    inet_ntop(AF_INET, &place.sin_addr, opening->address, sizeof opening->address);
    int yes = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool handed = listener >= 0 && setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
                  bind(listener, (struct sockaddr *)&place, sizeof place) == 0 &&
                  listen(listener, 512) == 0 && hand_over(control, listener, (uint32_t)number);
    int error = errno;
    if (listener >= 0) close(listener);
    return handed || fail_at(fail, NULL, 0, "cannot listen on %s:%u for --allow-network: %s",
                             opening->address, opening->port, strerror(error));
}

void relay_end(pid_t relay, int control)
{
    if (relay <= 0) return;
    close(control);
    kill(-relay, SIGKILL);
    kill(relay, SIGKILL);
    waitpid(relay, NULL, 0);
}
