/* request_list.h - requests while they are read or made; for requests.c and its parts.
 *
 * Owner   request_list_end hands them over to the arena and frees the list. */
#ifndef LOOPSAFE_RUNTIME_REQUEST_LIST_H
#define LOOPSAFE_RUNTIME_REQUEST_LIST_H

#include "base/vec.h"
#include "runtime/requests.h"

typedef struct RequestList {
    Arena *arena;
    VEC(Request) items;
    VEC(Str) left_out;
    size_t http2_count;
} RequestList;

/* False: there are LIMIT_REQUESTS already. Its texts must live in the arena. */
bool request_list_add(RequestList *list, const Request *request);
void request_list_leave_out(RequestList *list, Str words);
void request_list_end(RequestList *list, Requests *requests);

/* --- requests_lines.c, requests_har.c, requests_schema.c --- */
bool requests_read_lines(RequestList *list, Str text, const char *path, Fail *fail);
bool requests_read_har(RequestList *list, Str text, const char *path, Fail *fail);
/* Operations of the schema, the reading ones or the others. False: there are too many. */
bool requests_make_of_schema(RequestList *list, const cJSON *openapi, bool writing);

/* GET, HEAD. */
bool method_reads(Str method);

#endif
