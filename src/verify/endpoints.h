/* endpoints.h - the endpoints that a run asked, drafted from the answers of the first pass over tree A.
 *
 * Shape   one a (method, route), or a (method, path) where no route is known; each knows its requests.
 * Owner   the arena.
 * Order   as first asked. */
#ifndef LOOPSAFE_VERIFY_ENDPOINTS_H
#define LOOPSAFE_VERIFY_ENDPOINTS_H

#include "verify/functional.h"

typedef struct EndpointRequests {
    const size_t *all; /* of the pass */
    size_t count;
    const LoadRequest *good; /* those that A answered with a status below 400: what is timed */
    size_t good_count;
} EndpointRequests;

typedef struct Endpoints {
    RunEndpoint *items;
    EndpointRequests *requests; /* beside the items */
    size_t *of_request;         /* index of a request's endpoint */
    size_t count;
} Endpoints;

/* A status below 400. */
bool answer_is_good(const LoadAnswer *answer);
void endpoints_draft(Arena *arena, const Requests *requests, const Host *host, const char *served,
                     const Pass *pass, Endpoints *endpoints);
#endif
