/* model_program.h - what a request does, step by step.
 *
 * Shape   an array that ends in MODEL_END; `thread[NAME] { … }` stands flat between MODEL_ENTER and MODEL_LEAVE, the branches
 *         of a gather are arrays of their own.
 * Owner   the arena of model_program. */
#ifndef LOOPSAFE_MODEL_MODEL_PROGRAM_H
#define LOOPSAFE_MODEL_MODEL_PROGRAM_H

#include "model/model.h"

typedef enum ModelKind {
    MODEL_CPU,
    MODEL_BLOCK,
    MODEL_AWAIT,
    MODEL_ENTER, /* a thread of the pool, when one is free */
    MODEL_LEAVE,
    MODEL_PROCESS,
    MODEL_GATHER,
    MODEL_END
} ModelKind;

struct ModelStep {
    ModelKind kind;
    uint32_t pool; /* of the model's pools */
    uint64_t for_ns;
    const ModelStep *const *branches;
    uint32_t branch_count;
};

#endif
