/* response.h - one answer of an HTTP/1.1 server, read piece by piece as it comes.
 *
 *   status line ─▶ headers ─┬─▶ length ──────────────▶ done
 *        ▲           1xx    ├─▶ chunks ─▶ trailers ──▶ done
 *        └───────────◀──────┼─▶ until the end of the connection
 *                           └─▶ no body (HEAD, 204, 304)
 *
 * Shape   bytes may be cut anywhere; what follows the answer is not touched.
 * Owner   response_free ends it; headers and body go to buffers of the caller, or nowhere.
 * Errors  what is not HTTP ends as RESPONSE_BROKEN, `trouble` says why in a few words. */
#ifndef LOOPSAFE_LOAD_RESPONSE_H
#define LOOPSAFE_LOAD_RESPONSE_H

#include "base/buf.h"

typedef enum ResponsePart {
    RESPONSE_STATUS,
    RESPONSE_HEADERS,
    RESPONSE_LENGTH, /* `left` bytes of body */
    RESPONSE_CHUNK_SIZE,
    RESPONSE_CHUNK, /* `left` bytes of this chunk */
    RESPONSE_CHUNK_END,
    RESPONSE_TRAILERS,
    RESPONSE_UNTIL_CLOSE,
    RESPONSE_DONE,
    RESPONSE_BROKEN
} ResponsePart;

typedef struct Response {
    ResponsePart part;
    bool bodiless; /* the request was a HEAD */
    bool reusable; /* the connection may carry another request */
    bool begun;    /* a byte has come */
    bool chunked, has_length;
    uint16_t status; /* of the last status line read */
    uint64_t left;
    size_t head_bytes;   /* of lines read since the last piece of body */
    Buf line;            /* the start of a line whose end has not come yet */
    Buf *headers, *body; /* NULL: not wanted */
    uint64_t body_bytes, body_hash;
    const char *trouble;
} Response;

/* Begins an answer; a zeroed or a used one may be handed in. */
void response_begin(Response *response, bool bodiless, Buf *headers, Buf *body);
void response_free(Response *response);
/* Reads from the front of bytes; how many it took. All of them, unless the answer ended. */
size_t response_feed(Response *response, Str bytes);
/* The server has closed the connection. */
void response_close(Response *response);
/* Done or broken. */
bool response_ended(const Response *response);

#endif
