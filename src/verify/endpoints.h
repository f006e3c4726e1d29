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
    uint64_t alone_ns; /* what a good one took in the pass */
} EndpointRequests;

typedef struct Endpoints {
    RunEndpoint *items;
    EndpointRequests *requests; /* beside the items */
    size_t *of_request;         /* index of a request's endpoint */
    size_t count;
    /* What a fresh application is asked before it is timed, in order, so that what the passes left behind is there again:
     * requests of a file that write and that A answered. */
    const LoadRequest *lead;
    size_t lead_count;
    uint64_t lead_ns; /* that they took */
} Endpoints;

/* A status below 400. */
bool answer_is_good(const LoadAnswer *answer);
/* Asks the lead of an application. */
void endpoints_lead(Arena *arena, const Endpoints *endpoints, Host *host);
/* Of findings in a handler that did not run, why: it was not asked, or what it answered instead. Fills in seen_reason. */
void endpoints_explain(Arena *arena, const Endpoints *endpoints, const Host *host, const char *served,
                       const Pass *pass, RunFinding *findings, size_t count);
void endpoints_draft(Arena *arena, const Requests *requests, const Host *host, const char *served,
                     const Pass *pass, Endpoints *endpoints);
#endif
