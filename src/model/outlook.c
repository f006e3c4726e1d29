#include "model/outlook.h"

#include "base/banned.h"

bool outlook_of(const Model *model, Outlook *outlook, Fail *fail)
{
    static const double percents[OUTLOOK_PERCENTILES] = {50, 90, 99};
    Prediction prediction;
    if (!model_run(model, &prediction, fail)) return false;
    *outlook = (Outlook){.per_second = prediction.per_second,
                         .longest_stall_ms = (double)prediction.longest_stall_ns / 1e6,
                         .stall_share = prediction.stall_share,
                         .finished = prediction.finished,
                         .unfinished = prediction.unfinished,
                         .events = prediction.events};
    for (size_t i = 0; i < OUTLOOK_PERCENTILES; i++)
        outlook->ms[i] =
            (double)histogram_percentile(&prediction.latency, percents[i], &outlook->at_least[i]) / 1000;
    return true;
}
