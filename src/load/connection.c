#define _GNU_SOURCE
#include "load/connection.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/banned.h"

/* One name for every port, so that an application that writes its own address into an answer writes the same in both
 * versions. */
static const Str host_line = {"Host: localhost\r\n", 17};

static bool method_has_body(Str method)
{
    return str_equal(method, STR("POST")) || str_equal(method, STR("PUT")) || str_equal(method, STR("PATCH"));
}

Str request_text(Arena *arena, const LoadRequest *request)
{
    Buf text;
    buf_init(&text);
    buf_add(&text, request->method);
    buf_add_byte(&text, ' ');
    buf_add(&text, request->target);
    buf_add_text(&text, " HTTP/1.1\r\n");
    buf_add(&text, host_line);
    buf_add(&text, request->headers);
    if (request->body.len || method_has_body(request->method)) {
        buf_add_text(&text, "Content-Length: ");
        buf_add_number(&text, request->body.len);
        buf_add_text(&text, "\r\n");
    }
    buf_add_text(&text, "\r\n");
    buf_add(&text, request->body);
    Str copy = str_copy(arena, buf_str(&text));
    buf_free(&text);
    return copy;
}

bool connection_open(Connection *connection, uint16_t port, Fail *fail)
{
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return fail_at(fail, NULL, 0, "no connection can be opened: %s", strerror(errno));
    int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool begun =
        connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0 || errno == EINPROGRESS;
    connection->descriptor = descriptor;
    connection->used = false;
    connection->error = begun ? 0 : errno;
    return true;
}

void connection_close(Connection *connection)
{
    if (connection->descriptor >= 0) close(connection->descriptor);
    connection->descriptor = -1;
}

void connection_free(Connection *connection)
{
    connection_close(connection);
    response_free(&connection->response);
}

void connection_ask(Connection *connection, Str text, bool bodiless, Buf *headers, Buf *body)
{
    connection->outgoing = text;
    response_begin(&connection->response, bodiless, headers, body);
}

static bool would_wait(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINPROGRESS || error == EALREADY ||
           error == EINTR;
}

static ConnectionState broken(Connection *connection, const char *trouble)
{
    connection->response.part = RESPONSE_BROKEN;
    connection->response.reusable = false;
    connection->response.trouble = trouble;
    return CONNECTION_BROKEN;
}

/* False: the other side is gone. It may have answered before it read the whole request, so that is not the end. */
static bool send_rest(Connection *connection, int *error)
{
    while (connection->outgoing.len) {
        ssize_t sent =
            send(connection->descriptor, connection->outgoing.ptr, connection->outgoing.len, MSG_NOSIGNAL);
        if (sent < 0) {
            *error = errno;
            return would_wait(errno);
        }
        connection->outgoing = str_drop(connection->outgoing, (size_t)sent);
    }
    return true;
}

static ConnectionState ended(Connection *connection)
{
    if (connection->response.part == RESPONSE_BROKEN) return CONNECTION_BROKEN;
    connection->used = true;
    return CONNECTION_ANSWERED;
}

/* Bytes behind the answer, or an answer to a request that is not sent yet: this connection is out of step. */
static void take(Connection *connection, Str bytes)
{
    Response *response = &connection->response;
    size_t took = response_feed(response, bytes);
    if (took < bytes.len || connection->outgoing.len) response->reusable = false;
}

static ConnectionState refused(Connection *connection, int error)
{
    if (error == ECONNREFUSED) return broken(connection, "the connection was refused");
    return broken(connection, "the connection broke");
}

static ConnectionState receive(Connection *connection, char *scratch, size_t scratch_bytes, int send_error)
{
    for (;;) {
        ssize_t got = recv(connection->descriptor, scratch, scratch_bytes, 0);
        if (got < 0 && would_wait(errno) && !send_error) return CONNECTION_WAITS;
        if (got < 0 || (got == 0 && send_error && !connection->response.begun))
            return refused(connection, send_error ? send_error : errno);
        if (got == 0) {
            response_close(&connection->response);
            return ended(connection);
        }
        take(connection, (Str){scratch, (size_t)got});
        if (response_ended(&connection->response)) return ended(connection);
    }
}

ConnectionState connection_start(Connection *connection, char *scratch, size_t scratch_bytes)
{
    int error = 0;
    if (connection->error) return refused(connection, connection->error);
    if (send_rest(connection, &error)) return CONNECTION_WAITS;
    return receive(connection, scratch, scratch_bytes, error);
}

ConnectionState connection_go_on(Connection *connection, char *scratch, size_t scratch_bytes)
{
    int error = 0;
    if (connection->error) return refused(connection, connection->error);
    bool sending = send_rest(connection, &error);
    return receive(connection, scratch, scratch_bytes, sending ? 0 : error);
}

bool connection_is_spent(const Connection *connection)
{
    char byte;
    ssize_t got = recv(connection->descriptor, &byte, 1, MSG_PEEK);
    return got >= 0 || !would_wait(errno);
}
