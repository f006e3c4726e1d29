/* passes.h - how often the loops around a place run, as far as constants in the text tell.
 *
 *   for _ in range(3):      passes 3
 *       time.sleep(60 * 2)  120 seconds a pass
 *
 * Shape   only what is certain: a loop that may be left early counts once.
 * Owner   nothing is kept. */
#ifndef LOOPSAFE_PROGRAM_PASSES_H
#define LOOPSAFE_PROGRAM_PASSES_H

#include "program/flow.h"

/* How often the loops around the place run together. */
typedef struct Passes {
    double least; /* where that is certain */
    double most;  /* when none of them is left early */
    bool endless; /* one of them has no end */
} Passes;

Passes flow_passes(Flow *flow);

#endif
