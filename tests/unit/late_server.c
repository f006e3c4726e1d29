/* An upstream that answers late, for benchmarks: GET /late/MS is answered with {"ok":true} after that many milliseconds.
 *
 *     late_server          listens on a port of 127.0.0.1 that the kernel chooses, prints it, serves until it is ended
 *
 * One thread, epoll, keep-alive; a connection carries one request at a time. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"
#include "base/clock.h"
#include "load/timers.h"

#include "base/banned.h"

enum { HEAD_BYTES = 16384, DESCRIPTORS = 65536, EVENTS = 256 };

typedef struct Peer {
    char *head; /* of the request that is being read; NULL: no such connection */
    size_t length;
    unsigned turn; /* counts the connections that had this descriptor */
} Peer;

typedef struct Server {
    int listener, epoll;
    Peer *peers; /* by descriptor */
    Timers due;
} Server;

static const char answer[] =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"ok\":true}";

static void watch(const Server *server, int descriptor)
{
    struct epoll_event event = {.events = EPOLLIN};
    event.data.fd = descriptor;
    epoll_ctl(server->epoll, EPOLL_CTL_ADD, descriptor, &event);
}

static void greet(Server *server)
{
    int descriptor = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), on = 1;
    if (descriptor < 0) return;
    if (descriptor >= DESCRIPTORS) {
        close(descriptor);
        return;
    }
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    server->peers[descriptor].head = memory_alloc(HEAD_BYTES);
    server->peers[descriptor].length = 0;
    watch(server, descriptor);
}

static void part(Server *server, int descriptor)
{
    Peer *peer = &server->peers[descriptor];
    free(peer->head);
    peer->head = NULL;
    peer->turn++;
    close(descriptor);
}

/* GET /late/100 HTTP/1.1 */
static uint64_t delay_ns(const char *head)
{
    const char *found = strstr(head, "/late/");
    return found ? strtoul(found + strlen("/late/"), NULL, 10) * 1000000u : 0;
}

static size_t ticket(const Server *server, int descriptor)
{
    return (size_t)server->peers[descriptor].turn * DESCRIPTORS + (size_t)descriptor;
}

static void read_request(Server *server, int descriptor)
{
    Peer *peer = &server->peers[descriptor];
    size_t room = HEAD_BYTES - 1 - peer->length;
    ssize_t got = recv(descriptor, peer->head + peer->length, room, 0);
    if (got <= 0 || (size_t)got == room) {
        part(server, descriptor);
        return;
    }
    peer->length += (size_t)got;
    peer->head[peer->length] = '\0';
    if (!strstr(peer->head, "\r\n\r\n")) return;
    timers_add(&server->due, clock_now_ns() + delay_ns(peer->head), ticket(server, descriptor));
    peer->length = 0;
}

static void answer_due(Server *server)
{
    uint64_t now = clock_now_ns();
    while (server->due.count && server->due.items[0].at_ns <= now) {
        size_t number = timers_take(&server->due).number;
        int descriptor = (int)(number % DESCRIPTORS);
        if (server->peers[descriptor].head && ticket(server, descriptor) == number)
            if (send(descriptor, answer, sizeof answer - 1, MSG_NOSIGNAL) < 0) part(server, descriptor);
    }
}

static int patience_ms(const Server *server)
{
    if (!server->due.count) return -1;
    uint64_t now = clock_now_ns(), at = server->due.items[0].at_ns;
    return at > now ? (int)((at - now + 999999) / 1000000) : 0;
}

static void serve(Server *server)
{
    struct epoll_event events[EVENTS];
    for (;;) {
        int count = epoll_wait(server->epoll, events, EVENTS, patience_ms(server));
        for (int i = 0; i < count; i++) {
            int descriptor = events[i].data.fd;
            if (descriptor == server->listener)
                greet(server);
            else if (server->peers[descriptor].head)
                read_request(server, descriptor);
        }
        answer_due(server);
    }
}

int main(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    Server server = {.listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    server.epoll = epoll_create1(EPOLL_CLOEXEC);
    server.peers = calloc(DESCRIPTORS, sizeof *server.peers);
    if (!server.peers || bind(server.listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(server.listener, 4096) != 0 ||
        getsockname(server.listener, (struct sockaddr *)&address, &length) != 0) {
        perror("late_server");
        return 1;
    }
    watch(&server, server.listener);
    printf("%u\n", ntohs(address.sin_port));
    fflush(stdout);
    serve(&server);
}
