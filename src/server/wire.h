/* wire.h - messages on their way to the client.
 *
 *   JsonOut *out = wire_result(wire, id);   …write one value…   wire_send(wire);
 *
 * Shape   what is sent waits in `pending` until the client reads: writing never blocks.
 * Owner   wire_free ends it.
 * Threads one. */
#ifndef LOOPSAFE_SERVER_WIRE_H
#define LOOPSAFE_SERVER_WIRE_H

#include "base/json.h"

/* Codes of JSON-RPC and of the language server protocol. */
typedef enum WireError {
    WIRE_PARSE_ERROR = -32700,
    WIRE_INVALID_REQUEST = -32600,
    WIRE_METHOD_NOT_FOUND = -32601,
    WIRE_INVALID_PARAMS = -32602,
    WIRE_NOT_INITIALIZED = -32002,
    WIRE_CONTENT_MODIFIED = -32801,
    WIRE_CANCELLED = -32800
} WireError;

typedef struct Wire {
    Buf body;
    JsonOut out;
    Buf pending;
    size_t sent; /* of pending */
    uint64_t last_request;
} Wire;

void wire_init(Wire *wire);
void wire_free(Wire *wire);
/* These three begin a message: the caller writes one value, the result or the params, and sends. id: of the request;
 * NULL: unknown. */
JsonOut *wire_result(Wire *wire, const cJSON *id);
JsonOut *wire_notification(Wire *wire, const char *method);
JsonOut *wire_request(Wire *wire, const char *method);
void wire_send(Wire *wire);
/* A whole answer. */
void wire_error(Wire *wire, const cJSON *id, WireError code, const char *message);
void wire_null(Wire *wire, const cJSON *id);
/* Something waits for the client. */
bool wire_waits(const Wire *wire);
/* Writes as much as can be written to the ready descriptor without blocking; false: the client is gone. */
bool wire_flush(Wire *wire, int descriptor) __attribute__((warn_unused_result));

#endif
