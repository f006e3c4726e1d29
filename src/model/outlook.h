/* outlook.h - what a prediction says, in a few numbers: its histogram is large, and of many models only these are kept. */
#ifndef LOOPSAFE_MODEL_OUTLOOK_H
#define LOOPSAFE_MODEL_OUTLOOK_H

#include "model/model.h"

typedef enum OutlookPercentile {
    OUTLOOK_P50,
    OUTLOOK_P90,
    OUTLOOK_P99,
    OUTLOOK_PERCENTILES
} OutlookPercentile;

typedef struct Outlook {
    double per_second;
    double ms[OUTLOOK_PERCENTILES];     /* latencies */
    bool at_least[OUTLOOK_PERCENTILES]; /* the truth may be larger */
    double longest_stall_ms, stall_share;
    uint64_t finished, unfinished, events;
} Outlook;

/* Simulates a model and keeps the numbers. */
bool outlook_of(const Model *model, Outlook *outlook, Fail *fail) __attribute__((warn_unused_result));

#endif
