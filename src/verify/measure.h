/* measure.h - one measurement after the other: the application that it needs, the load, the numbers in a cell.
 *
 * Shape   a cell a (endpoint, tree, load). An application serves one endpoint after the other and is replaced when it keeps
 *         requests that it does not answer in the time that another one needs to start.
 * Owner   the stage's arena; measure_stop ends the application.
 * Errors  an application that does not start is a Fail. */
#ifndef LOOPSAFE_VERIFY_MEASURE_H
#define LOOPSAFE_VERIFY_MEASURE_H

#include "verify/cell_draft.h"
#include "verify/endpoints.h"
#include "verify/match.h"

/* What is known of an (endpoint, tree, load). */
typedef struct MeasureCell {
    CellDraft draft;
    bool hangs; /* it has left requests that were not answered: nobody waits for them again */
} MeasureCell;

typedef struct Measure {
    Stage *stage;
    const Endpoints *endpoints;
    Match *match;
    RunLoad *loads;          /* closed ones, then the open one */
    size_t load_count, open; /* open: number of the open load; SIZE_MAX: none */
    double *rates;           /* of the open loop, an endpoint each; 0: none yet */
    MeasureCell *cells;      /* [endpoint][tree][load] */
    Host host;
    StageStart start; /* of the host */
    bool serving;
    bool is_last;       /* nothing more is measured with the host */
    bool spends[TREES]; /* some cell of the tree hangs: a load needs an application of its own */
} Measure;

void measure_begin(Measure *measure, Stage *stage, const Endpoints *endpoints, Match *match);
CellDraft *measure_draft(const Measure *measure, size_t endpoint, Tree tree, size_t load);
/* The endpoint's cells, or those of one load, are as if nothing had been measured; stalls that were seen stay. */
void measure_forget(Measure *measure, size_t endpoint);
void measure_forget_load(Measure *measure, size_t endpoint, size_t load);
/* One round of a cell. */
bool measure_load(Measure *measure, Tree tree, size_t endpoint, size_t load, Fail *fail)
    __attribute__((warn_unused_result));
/* One round of the first load in tree A without the probe. */
bool measure_bare(Measure *measure, size_t endpoint, CellDraft *draft, Fail *fail)
    __attribute__((warn_unused_result));
/* Goes on with an application that runs already. */
void measure_adopt(Measure *measure, Tree tree, const Host *host);
/* Whoever is served next may be the same application, or another that waits. */
void measure_leave(Measure *measure);
void measure_stop(Measure *measure);

extern const StageStart MEASURE_BARE; /* what measure_bare serves */

#endif
