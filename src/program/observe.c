#include "program/flow.h"

#include "program/instance.h"
#include "program/outcomes.h"
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

static bool is_at_module_level(const Flow *flow)
{
    return !flow->instance && !flow->defining && flow->function == ID_NONE;
}

void flow_observe(Flow *flow, Observation observation)
{
    if (flow->silent || (!flow->instance && !is_at_module_level(flow))) return;
    Step place = flow_place(flow, observation.node);
    observation.report = place.report;
    observation.statement = place.statement;
    observation.function = place.function;
    observation.in_loop = place.in_loop;
    observation.guarded = place.guarded;
    if (!flow->instance)
        vec_add(&flow->unit->observations, observation);
    else if (!is_known(flow->instance, &observation))
        vec_add(&flow->instance->observations, observation);
}

void flow_observe_call(Flow *flow, NodeId call, const PathEntry *entry, Confidence confidence, bool awaited)
{
    Observation observation = {.node = call, .confidence = confidence, .path = entry->path};
    if (entry->traits & TRAIT_BIT(TRAIT_NESTS_LOOPS) && !flow->silent) flow_program(flow)->nests_loops = true;
    observation.kind = OBSERVED_LOOP_ASKED;
    if (entry->traits & TRAIT_BIT(TRAIT_ASKS_LOOP)) flow_observe(flow, observation);
    observation.kind = OBSERVED_TASK;
    if (entry->traits & TRAIT_BIT(TRAIT_MAKES_TASK) && !awaited) flow_observe(flow, observation);
    observation.kind = OBSERVED_COROUTINE;
    if (entry->traits & TRAIT_BIT(TRAIT_COROUTINE) && !awaited) flow_observe(flow, observation);
}
