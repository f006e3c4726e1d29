/* connection.h - one connection to 127.0.0.1 that never waits, and the request and answer that are on it.
 *
 *   connection_open ─▶ connection_ask ─▶ connection_start ─▶ connection_go_on, whenever the kernel reports the descriptor,
 *                                                            until it says otherwise than CONNECTION_WAITS
 *
 * Owner   zeroed but for descriptor -1 to begin; connection_free ends it.
 * Errors  a lack of descriptors is a Fail; a server that refuses is CONNECTION_BROKEN. */
#ifndef LOOPSAFE_LOAD_CONNECTION_H
#define LOOPSAFE_LOAD_CONNECTION_H

#include "base/fail.h"
#include "load/load.h"
#include "load/response.h"

typedef enum ConnectionState {
    CONNECTION_WAITS,
    CONNECTION_ANSWERED, /* a whole answer stands in `response` */
    CONNECTION_BROKEN    /* no whole answer will come; `response.trouble` says why */
} ConnectionState;

typedef struct Connection {
    int descriptor; /* -1: closed */
    int error;      /* of connecting, when it was told at once; 0: none */
    bool used;      /* has carried a whole answer */
    Str outgoing;   /* what is still to be sent; belongs to the asker */
    Response response;
} Connection;

/* The bytes of a request, as it is sent; in the arena. */
Str request_text(Arena *arena, const LoadRequest *request);

/* Begins to connect; the outcome shows when something is asked. */
bool connection_open(Connection *connection, uint16_t port, Fail *fail) __attribute__((warn_unused_result));
void connection_close(Connection *connection);
void connection_free(Connection *connection);
/* Begins a request; headers and body as in response_begin. */
void connection_ask(Connection *connection, Str text, bool bodiless, Buf *headers, Buf *body);
/* Sends what can be without waiting, and does not look for an answer: the kernel will report it, as nothing has been reported
 * since connection_ask. */
ConnectionState connection_start(Connection *connection, char *scratch, size_t scratch_bytes);
/* Sends and reads what can be without waiting, through scratch. */
ConnectionState connection_go_on(Connection *connection, char *scratch, size_t scratch_bytes);
/* True when the other side has closed a connection on which nothing is asked, or says something unasked. */
bool connection_is_spent(const Connection *connection);

#endif
