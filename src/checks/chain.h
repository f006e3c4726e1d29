/* chain.h - the calls from a statement to the primitive, as a finding tells them.
 *
 *   handler ──call L12──▶ load ──call L40──▶ requests.get
 *
 * Owner   chain.hops until vec_free; the texts live in the run's results arena. */
#ifndef LOOPSAFE_CHECKS_CHAIN_H
#define LOOPSAFE_CHECKS_CHAIN_H

#include "checks/check.h"

typedef struct Chain {
    VEC(Hop) hops;
    const Instance
        *instance;    /* where the walk along the chain stands; at its end: what calls the primitive */
    const Step *step; /* of the instance; at the end: the primitive */
} Chain;

/* Adds the hop or two (through a nested function) of the chain's own step. */
void chain_add_step(CheckRun *run, Chain *chain);
/* Follows the way of the reach from its step to its primitive. */
void chain_follow(CheckRun *run, const Instance *instance, const Reach *reach, Chain *chain);
/* Writes hops and sink into the finding. */
void chain_keep(CheckRun *run, const Chain *chain, Finding *finding);
/* The hops in the results arena; count is chain->hops.count. */
Hop *chain_hops(CheckRun *run, const Chain *chain);

#endif
