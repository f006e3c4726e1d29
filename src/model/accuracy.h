/* accuracy.h - how far a model is from what was measured: the same loads, simulated for as long as they were run.
 *
 * Owner   the arena.
 * Errors  a model that reaches a limit is a Fail. */
#ifndef LOOPSAFE_MODEL_ACCURACY_H
#define LOOPSAFE_MODEL_ACCURACY_H

#include "model/model_file.h"
#include "model/outlook.h"

/* A model that misses a measured point by more is not worth printing. */
#define MODEL_MOST_ERROR 0.25

typedef struct Accuracy {
    /* Largest deviation over the points, as a share of what was measured; below 0: no point says. */
    double per_second, p50, p99;
    double error;            /* the larger one of the first two */
    size_t worst;            /* the point that has it */
    const Outlook *outlooks; /* one a point */
} Accuracy;

/* The load of a point, in a model without one. */
Model model_under(const Model *model, const ModelPoint *point);
/* Of an endpoint that has points. */
bool accuracy_of(Arena *arena, const ModelEndpoint *endpoint, Accuracy *accuracy, Fail *fail)
    __attribute__((warn_unused_result));

#endif
