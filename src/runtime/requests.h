/* requests.h - what is asked of an application: from a file of requests, a HAR recording, or made from its OpenAPI schema.
 *
 *   # an order, then its list
 *   Authorization: Bearer abc
 *   POST /orders {"item": 3}
 *   GET /orders?page=2
 *
 *   Content-Type: application/pdf
 *   PUT /manuals/1 @manual.pdf
 *
 * Shape   file: one a line, `METHOD path [body]`, `#` comments, a line `Name: value` before a request is a header of it. A body
 *         is JSON unless a header Content-Type says something else; `@name` is the content of a file beside this one. Recording: those of the host that is asked most.
 * Owner   the arena.
 * Order   as in the file; of a schema: reading methods first, then by path.
 * Errors  a line that is none of these is a Fail with path and line; more than LIMIT_REQUESTS are one, too. */
#ifndef LOOPSAFE_RUNTIME_REQUESTS_H
#define LOOPSAFE_RUNTIME_REQUESTS_H

#include "load/load.h"
#include "runtime/host.h"

typedef enum RequestOrigin {
    REQUEST_FROM_FILE,
    REQUEST_FROM_HAR,
    REQUEST_FROM_EXAMPLE, /* some of its values stand in the schema as examples or defaults */
    REQUEST_GENERATED
} RequestOrigin;

typedef struct Request {
    LoadRequest load;
    RequestOrigin origin;
    size_t route;  /* of the host's routes, by method and path template; SIZE_MAX: none */
    uint32_t row1; /* in the file; 0: of a recording, or made */
} Request;

typedef struct Requests {
    const Request *items;
    size_t count;
    const LoadRequest
        *before; /* asked first, of no interest themselves: others rest on what they leave behind */
    size_t before_count;
    /* "POST /orders: writes, and nothing stands in for what it writes to (--service, --requests, --writes)" */
    const Str *left_out;
    size_t left_out_count;
    size_t http2_count; /* recorded over HTTP/2; all are asked over HTTP/1.1 */
} Requests;

/* Requests or HAR, by what the text is. */
bool requests_read(Arena *arena, const char *path, Requests *requests, Fail *fail)
    __attribute__((warn_unused_result));
/* The same of a text in memory; path is for messages. */
bool requests_read_text(Arena *arena, Str text, const char *path, Requests *requests, Fail *fail)
    __attribute__((warn_unused_result));
/* Two of each operation of the schema and of each route of the tree that the schema does not have; one, when the second would
 * be the same. writes: methods other than GET and HEAD too. */
bool requests_make(Arena *arena, const Host *host, bool writes, Requests *requests, Fail *fail)
    __attribute__((warn_unused_result));
/* Says of each request which route it asks; requests_make has done so. */
void requests_route(Requests *requests, const Host *host);
/* The request may leave something behind: its method writes. */
bool request_writes(const Request *request);
/* "GET /x" or a path, as --endpoint names it, of a request or of its route: keeps these. Those of a file that write and stand
 * before the last of them become `before`. False: no request is left. */
bool requests_only(Arena *arena, Requests *requests, const Host *host, const Str *endpoints, size_t count);

#endif
