#define _GNU_SOURCE
#include "load/load.h"

#include <poll.h>
#include <time.h>

#include "base/clock.h"
#include "load/connection.h"

#include "base/banned.h"

enum { SCRATCH_BYTES = 64 * 1024 };

/* Waits until the descriptor is ready or the time has come. */
static void wait_for(const Connection *connection, uint64_t until_ns)
{
    uint64_t now = clock_now_ns(), left = until_ns > now ? until_ns - now : 0;
    short events = connection->outgoing.len ? POLLIN | POLLOUT : POLLIN;
    struct pollfd descriptor = {.fd = connection->descriptor, .events = events};
    struct timespec patience = {(time_t)(left / 1000000000u), (long)(left % 1000000000u)};
    ppoll(&descriptor, 1, &patience, NULL);
}

static ConnectionState converse(Connection *connection, char *scratch, uint64_t until_ns)
{
    for (;;) {
        ConnectionState state = connection_go_on(connection, scratch, SCRATCH_BYTES);
        if (state != CONNECTION_WAITS) return state;
        if (clock_now_ns() >= until_ns) {
            connection->response.trouble = "no answer in time";
            return CONNECTION_BROKEN;
        }
        wait_for(connection, until_ns);
    }
}

static void keep_answer(Arena *arena, LoadAnswer *answer, const Response *response, ConnectionState state)
{
    if (state != CONNECTION_ANSWERED) {
        answer->trouble = str_from(response->trouble);
        return;
    }
    answer->status = response->status;
    answer->headers = str_copy(arena, buf_str(response->headers));
    answer->body = str_copy(arena, buf_str(response->body));
}

static void ask_on(Connection *connection, Arena *arena, const LoadRequest *request, uint64_t timeout_ns,
                   LoadAnswer *answer)
{
    Buf headers, body;
    buf_init(&headers);
    buf_init(&body);
    char *scratch = arena_alloc(arena, SCRATCH_BYTES);
    connection_ask(connection, request_text(arena, request), str_equal(request->method, STR("HEAD")),
                   &headers, &body);
    ConnectionState state = converse(connection, scratch, answer->started_ns + timeout_ns);
    answer->ended_ns = clock_now_ns();
    keep_answer(arena, answer, &connection->response, state);
    buf_free(&headers);
    buf_free(&body);
}

LoadAnswer load_ask(Arena *arena, uint16_t port, const LoadRequest *request, uint64_t timeout_ns)
{
    LoadAnswer answer = {.started_ns = clock_now_ns()};
    Connection connection = {.descriptor = -1};
    Fail fail = {0};
    if (connection_open(&connection, port, &fail))
        ask_on(&connection, arena, request, timeout_ns, &answer);
    else
        answer.trouble = str_copy(arena, str_from(fail.text));
    connection_free(&connection);
    if (!answer.ended_ns) answer.ended_ns = clock_now_ns();
    answer.latency_ns = answer.ended_ns - answer.started_ns;
    return answer;
}
