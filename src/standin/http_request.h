/* http_request.h - requests of HTTP/1.x, cut out of the bytes of a connection.
 *
 *   bytes ─ http_reader_feed ─▶ HTTP_HEAD (method, target, host are known) ─▶ … body, hashed … ─▶ HTTP_DONE ─▶ next request
 *
 * Shape   pieces of any size give the same requests. Bodies by length or in chunks; only their hash and length are kept.
 * Owner   http_reader_free ends it; texts of a request hold until the next one begins.
 * Errors  HTTP_BROKEN, as early as a byte or the first line shows it, and nothing more is read: what came is no HTTP/1.x, or a
 *         head beyond its limit. */
#ifndef LOOPSAFE_STANDIN_HTTP_REQUEST_H
#define LOOPSAFE_STANDIN_HTTP_REQUEST_H

#include "standin/body_hash.h"

typedef enum HttpStep {
    HTTP_WANTED, /* more bytes are */
    HTTP_HEAD,
    HTTP_DONE,
    HTTP_BROKEN
} HttpStep;

typedef struct HttpRequest {
    Str method;
    Str target; /* path and query; "*" */
    Str host;   /* as the request names it, perhaps with a port; empty: it does not */
    uint64_t body_hash, body_bytes;
    bool is_json;          /* the body, by its Content-Type */
    bool keep_alive;       /* the connection stays open behind the answer */
    bool expects_continue; /* the client waits for leave to send the body */
} HttpRequest;

typedef enum HttpPhase {
    HTTP_AT_START,
    HTTP_IN_HEAD,
    HTTP_IN_BODY,
    HTTP_IN_CHUNK_SIZE,
    HTTP_IN_CHUNK,
    HTTP_IN_CHUNK_END,
    HTTP_IN_TRAILER,
    HTTP_AT_END,
    HTTP_IN_RUINS
} HttpPhase;

typedef struct HttpReader {
    HttpPhase phase;
    HttpRequest request;
    Buf head;
    Buf line;      /* size of a chunk, or a line behind the last one */
    uint64_t left; /* bytes of the body or chunk */
    bool in_method, in_first_line;
    BodyHash body;
} HttpReader;

void http_reader_init(HttpReader *reader);
void http_reader_free(HttpReader *reader);
/* Reads up to the next step; *used of the bytes were taken. */
HttpStep http_reader_feed(HttpReader *reader, Str bytes, size_t *used);

#endif
