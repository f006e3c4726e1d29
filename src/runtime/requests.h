/* requests.h - what is asked of an application: from a file of requests, a HAR recording, or made from its OpenAPI schema.
 *
 * Shape   file: one a line, `METHOD path [json-body]`, `#` comments, a line `Name: value` before a request is a header of it.
 * Order   as in the file; of a schema: reading methods first, then by path.
 * Errors  a line that is none of these is a Fail with path and line. */
#ifndef LOOPSAFE_RUNTIME_REQUESTS_H
#define LOOPSAFE_RUNTIME_REQUESTS_H

#include "load/load.h"
#include "runtime/host.h"

typedef enum RequestOrigin {
    REQUEST_FROM_FILE,
    REQUEST_FROM_HAR,
    REQUEST_FROM_EXAMPLE,
    REQUEST_GENERATED
} RequestOrigin;

typedef struct Request {
    LoadRequest load;
    RequestOrigin origin;
    size_t route;  /* of the host's routes, by method and path template; SIZE_MAX: none */
    uint32_t row1; /* in the file; 0: generated */
} Request;

typedef struct Requests {
    const Request *items;
    size_t count;
    const Str *
        left_out; /* "POST /orders: writes, and nothing stands in for what it writes to (--service, --requests)" */
    size_t left_out_count;
} Requests;

/* Requests or HAR, by what the text is. */
bool requests_read(Arena *arena, const char *path, Requests *requests, Fail *fail)
    __attribute__((warn_unused_result));
/* Two of each operation of the schema, or of each route when there is no schema. writes: methods other than GET and HEAD too. */
bool requests_make(Arena *arena, const Host *host, bool writes, Requests *requests, Fail *fail)
    __attribute__((warn_unused_result));
/* Says of each request which route it asks. */
void requests_route(Requests *requests, const Host *host);
/* "GET /x" or a path, as --endpoint names it: keeps these. False: no request is left. */
bool requests_only(Arena *arena, Requests *requests, const Str *endpoints, size_t count);

#endif
