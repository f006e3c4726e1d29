#include "model/accuracy.h"

#include <math.h>

#include "base/banned.h"

#define SECOND_NS 1000000000u
/* Of a point that does not say how long it was measured. */
static const uint64_t usual_warm_ns = 30u * (uint64_t)SECOND_NS,
                      usual_duration_ns = 60u * (uint64_t)SECOND_NS;

Model model_under(const Model *model, const ModelPoint *point)
{
    Model loaded = *model;
    loaded.users = point->users;
    loaded.think_ns = point->think_ns;
    loaded.rate = point->rate;
    loaded.even = point->even;
    loaded.warm_ns = point->duration_ns ? point->warm_ns : usual_warm_ns;
    loaded.duration_ns = point->duration_ns ? point->duration_ns : usual_duration_ns;
    loaded.grace_ns = point->duration_ns ? point->grace_ns : usual_duration_ns;
    return loaded;
}

/* Largest deviation so far; what was not measured has none. */
static void note(double *largest, double predicted, double measured)
{
    double deviation = measured > 0 ? fabs(predicted / measured - 1) : *largest;
    if (deviation > *largest) *largest = deviation;
}

static void hold_against(Accuracy *accuracy, size_t index, const ModelPoint *point, const Outlook *outlook)
{
    double here = -1;
    note(&accuracy->per_second, outlook->per_second, point->per_second);
    note(&accuracy->p50, outlook->ms[OUTLOOK_P50], point->p50_ms);
    note(&accuracy->p99, outlook->ms[OUTLOOK_P99], point->p99_ms);
    note(&here, outlook->per_second, point->per_second);
    note(&here, outlook->ms[OUTLOOK_P50], point->p50_ms);
    if (index && here <= accuracy->error) return;
    accuracy->error = here;
    accuracy->worst = index;
}

bool accuracy_of(Arena *arena, const ModelEndpoint *endpoint, Accuracy *accuracy, Fail *fail)
{
    Outlook *outlooks = arena_array(arena, endpoint->point_count, sizeof *outlooks);
    *accuracy = (Accuracy){.per_second = -1, .p50 = -1, .p99 = -1, .outlooks = outlooks};
    for (size_t i = 0; i < endpoint->point_count; i++) {
        Model model = model_under(&endpoint->model, &endpoint->points[i]);
        if (!outlook_of(&model, &outlooks[i], fail)) return false;
        hold_against(accuracy, i, &endpoint->points[i], &outlooks[i]);
    }
    return true;
}
