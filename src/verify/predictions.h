/* predictions.h - what other loads would see, by the model (model/model.h) of each endpoint that was timed.
 *
 * Shape   the program of a model is made of the first closed load and of how long one request takes alone; it is held against
 *         all closed loads, and a model that misses one by more than MODEL_MOST_ERROR predicts nothing and is said to.
 * Owner   the arena.
 * Order   by endpoint, tree, load. */
#ifndef LOOPSAFE_VERIFY_PREDICTIONS_H
#define LOOPSAFE_VERIFY_PREDICTIONS_H

#include "verify/notes.h"

/* alone_ns: of each endpoint, in both trees, the time of one request when nothing else is under way; 0: unknown. */
void predictions_make(Arena *arena, Run *run, RunEndpoint *endpoints, const uint64_t (*alone_ns)[TREES],
                      Notes *notes);

#endif
