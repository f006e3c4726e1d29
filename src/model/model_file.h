/* model_file.h - models of endpoints as JSON: written by hand, or the `model` parts of a run of `loopsafe verify`.
 *
 *   {"program": "cpu 0.8; await 100; cpu 0.8",             what a request does (model.h)
 *    "pools": [{"name": "threads", "size": 40, "last_first": false}],
 *    "workers": 1, "processors": 2,                        server processes, processors of the machine
 *    "switch_ms": 5, "spread": 0.1,                        of the GIL; every duration varies by that share
 *    "measured": [{"users": 20, "think_ms": 0,             a load as it was run: closed, or "rate": requests a second
 *                  "warm_seconds": 1, "seconds": 4,
 *                  "per_second": 188, "p50_ms": 105, "p99_ms": 122}]}
 *
 * Shape   such an object alone, or under "endpoints" a list of objects that each have one, or a list of them, as "model"; there
 *         "method" and "path" name it. All but "program" may be left out; a model may have a "name" and a "tree".
 * Owner   the arena.
 * Errors  a Fail of one line: path, place in the JSON, what was expected. */
#ifndef LOOPSAFE_MODEL_MODEL_FILE_H
#define LOOPSAFE_MODEL_MODEL_FILE_H

#include "model/model.h"

/* A load, and what was measured under it. */
typedef struct ModelPoint {
    uint32_t users;
    uint64_t think_ns;
    double rate;                   /* above 0: open loop */
    bool even;                     /* of Model; a measured point is even */
    uint64_t warm_ns, duration_ns; /* duration_ns 0: not said */
    uint64_t grace_ns;             /* of Model; a file does not say */
    double per_second;
    double p50_ms, p99_ms; /* 0: not measured */
} ModelPoint;

typedef struct ModelEndpoint {
    Str name;    /* "GET /orders, before"; empty: it has none */
    Str text;    /* of the program */
    Model model; /* without a load */
    const ModelPoint *points;
    size_t point_count;
} ModelEndpoint;

typedef struct ModelFile {
    const ModelEndpoint *endpoints; /* one at least */
    size_t count;
} ModelFile;

/* processors: of models that do not say. */
bool model_file_read(Arena *arena, Str text, const char *path, uint32_t processors, ModelFile *file,
                     Fail *fail) __attribute__((warn_unused_result));

#endif
