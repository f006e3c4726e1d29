#include "program/flow.h"

#include "program/instance.h"
#include "base/banned.h"

static bool is_known(const Instance *instance, const Observation *wanted)
{
    for (size_t i = instance->observations.count; i-- > 0;) {
        const Observation *known = &instance->observations.items[i];
        if (known->kind == wanted->kind && known->node == wanted->node && known->report == wanted->report &&
            known->function == wanted->function && known->call == wanted->call &&
            str_equal(known->path, wanted->path))
            return true;
    }
    return false;
}

void flow_observe(Flow *flow, Observation observation)
{
    if (flow->silent || !flow->instance) return;
    Step place = flow_place(flow, observation.node);
    observation.report = place.report;
    observation.statement = place.statement;
    observation.function = place.function;
    observation.in_loop = place.in_loop;
    observation.guarded = place.guarded;
    if (!is_known(flow->instance, &observation)) vec_add(&flow->instance->observations, observation);
}
