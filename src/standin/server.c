#define _GNU_SOURCE
#include "standin/server.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/banned.h"

typedef struct Seat {
    Connection *connection; /* NULL: free */
    uint32_t generation;
    uint32_t events; /* that are waited for */
} Seat;

typedef struct Server {
    Desk *desk;
    int poll, listener, clock;
    bool is_full; /* no descriptor was left */
    VEC(Seat) seats;
    VEC(uint32_t) free_seats;
} Server;

/* What an event is about: a seat, or one of these. */
enum { EVENT_LISTENER = 0x7ffffffe, EVENT_CLOCK = 0x7fffffff };

static bool watch(Server *server, int operation, int descriptor, uint32_t subject, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.u32 = subject};
    return epoll_ctl(server->poll, operation, descriptor, &event) == 0;
}

/* --- seats --- */

static uint32_t take_seat(Server *server)
{
    if (server->free_seats.count) return server->free_seats.items[--server->free_seats.count];
    vec_add(&server->seats, ((Seat){0}));
    return (uint32_t)server->seats.count - 1;
}

static void leave(Server *server, uint32_t subject)
{
    Seat *seat = &server->seats.items[subject];
    connection_free(seat->connection);
    seat->connection = NULL;
    seat->generation++;
    vec_add(&server->free_seats, subject);
    if (server->is_full)
        server->is_full = !watch(server, EPOLL_CTL_MOD, server->listener, EVENT_LISTENER, EPOLLIN);
}

static void watch_again(Server *server, uint32_t subject)
{
    Seat *seat = &server->seats.items[subject];
    uint32_t events = (connection_wants_bytes(seat->connection) ? EPOLLIN | EPOLLRDHUP : 0u) |
                      (connection_wants_room(seat->connection) ? EPOLLOUT : 0u);
    if (events == seat->events) return;
    seat->events = events;
    watch(server, EPOLL_CTL_MOD, seat->connection->channel.socket, subject, events);
}

static void seat_client(Server *server, int socket, uint64_t now_ns)
{
    int yes = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    uint32_t subject = take_seat(server);
    Seat *seat = &server->seats.items[subject];
    seat->connection = connection_new(socket, server->desk->settings, now_ns);
    seat->connection->subject = subject;
    seat->connection->generation = seat->generation;
    seat->events = EPOLLIN | EPOLLRDHUP;
    const uint64_t patience_ns = 5000000000u;
    alarms_add(&server->desk->alarms, (Alarm){now_ns + patience_ns, subject, seat->generation});
    if (!watch(server, EPOLL_CTL_ADD, socket, subject, seat->events) ||
        !connection_begin(seat->connection, server->desk, now_ns))
        leave(server, subject);
}

static void accept_all(Server *server, uint64_t now_ns)
{
    for (;;) {
        int socket = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (socket >= 0) {
            seat_client(server, socket, now_ns);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE)
            server->is_full = watch(server, EPOLL_CTL_MOD, server->listener, EVENT_LISTENER, 0);
        if (errno != EINTR && errno != ECONNABORTED) return;
    }
}

/* --- the loop --- */

static void handle(Server *server, uint32_t subject, uint32_t events, uint64_t now_ns)
{
    if (subject == EVENT_LISTENER) {
        accept_all(server, now_ns);
    } else if (subject == EVENT_CLOCK) {
        uint64_t expirations;
        ssize_t ignored = read(server->clock, &expirations, sizeof expirations);
        (void)ignored;
    } else if (server->seats.items[subject].connection) {
        bool is_broken = events & (EPOLLERR | EPOLLHUP);
        if (connection_ready(server->seats.items[subject].connection, server->desk, now_ns) && !is_broken)
            watch_again(server, subject);
        else
            leave(server, subject);
    }
}

static void tick_due(Server *server, uint64_t now_ns)
{
    Alarm timer;
    while (alarms_take(&server->desk->alarms, now_ns, &timer)) {
        const Seat *seat = &server->seats.items[timer.subject];
        if (!seat->connection || seat->generation != timer.generation) continue;
        if (connection_tick(seat->connection, server->desk, now_ns))
            watch_again(server, timer.subject);
        else
            leave(server, timer.subject);
    }
}

static void set_clock(Server *server)
{
    uint64_t now_ns = clock_now_ns(), wait_ns = alarms_next(&server->desk->alarms, now_ns);
    struct itimerspec next = {0};
    if (wait_ns != UINT64_MAX) {
        uint64_t due_ns = now_ns + (wait_ns ? wait_ns : 1);
        next.it_value.tv_sec = (time_t)(due_ns / 1000000000u);
        next.it_value.tv_nsec = (long)(due_ns % 1000000000u);
    }
    timerfd_settime(server->clock, TFD_TIMER_ABSTIME, &next, NULL);
}

/* What was asked is in the journal before any answer leaves. */
static bool turn(Server *server)
{
    struct epoll_event events[256];
    set_clock(server);
    int count = epoll_wait(server->poll, events, sizeof events / sizeof *events, -1);
    if (count < 0 && errno != EINTR) return false;
    for (int i = 0; i < count; i++)
        handle(server, events[i].data.u32, events[i].events, clock_now_ns());
    journal_flush(&server->desk->journal);
    tick_due(server, clock_now_ns());
    journal_flush(&server->desk->journal);
    return true;
}

bool server_serve(Desk *desk, int listener, Fail *fail)
{
    Server server = {.desk = desk, .listener = listener};
    server.poll = epoll_create1(EPOLL_CLOEXEC);
    server.clock = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (server.poll < 0 || server.clock < 0 ||
        !watch(&server, EPOLL_CTL_ADD, listener, EVENT_LISTENER, EPOLLIN) ||
        !watch(&server, EPOLL_CTL_ADD, server.clock, EVENT_CLOCK, EPOLLIN))
        return fail_at(fail, NULL, 0, "the stand-in cannot wait for connections: %s", strerror(errno));
    while (turn(&server))
        continue;
    return fail_at(fail, NULL, 0, "the stand-in cannot wait for connections: %s", strerror(errno));
}
