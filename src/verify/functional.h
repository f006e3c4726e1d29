/* functional.h - the functional pass: each request once, one at a time, and all that comes of it.
 *
 * Shape   answers[i], effects[i] and lines belong to request i of the pass. The probe records every call on the loop's
 *         thread, however short; their times lie between an answer's started_ns and ended_ns.
 * Owner   the stage's arena. */
#ifndef LOOPSAFE_VERIFY_FUNCTIONAL_H
#define LOOPSAFE_VERIFY_FUNCTIONAL_H

#include "runtime/requests.h"
#include "verify/effects.h"
#include "verify/stage.h"

/* A request that takes longer has no answer: a stand-in's delay and a slow line of the user's are far below. */
#define PASS_ANSWER_NS UINT64_C(30000000000)

typedef struct Pass {
    const LoadAnswer *answers;
    const Effects *effects;
    size_t request_count;
    uint64_t led_ns; /* when the requests began that only lead to the others; 0: there are none */
    uint64_t started_ns, ended_ns;
} Pass;

/* Asks a host that has just started. */
void pass_run(Stage *stage, Host *host, const Requests *requests, Pass *pass);

#endif
