#include "program/flow.h"

#include "program/arguments.h"
#include "program/instance.h"
#include "program/numbers.h"
#include "program/outcomes.h"
#include "program/passes.h"
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
    observation.in_handler = flow->handler_depth > 0;
    observation.branch = place.branch;
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

/* --- calls that some trait tells something of --- */

/* `loop = asyncio.new_event_loop()` … `loop.call_soon(f)`: the object is the function's own. */
static bool made_here(const Flow *flow, NodeId call)
{
    NodeId callee = flow_node(flow, call)->first;
    if (flow_node(flow, callee)->kind != EXPR_ATTRIBUTE) return false;
    NodeId object = flow_node(flow, callee)->first;
    const Node *name = flow_node(flow, object);
    if (name->kind != EXPR_NAME) return false;
    const FrameSlot *slot = frame_slot(flow->frame, name->name);
    const Value *value = slot ? slot->value : NULL;
    return value && value->count && value->items[0].made_by && value->items[0].unit == flow->unit;
}

static void measure_sleep(Flow *flow, Observation *observation)
{
    double seconds;
    NodeId argument = argument_find(flow->unit, observation->node, 0, STR("seconds"), NULL);
    if (!argument || !number_of_node(flow, argument, &seconds)) return;
    Passes passes = flow_passes(flow);
    observation->seconds = seconds * passes.least;
    observation->most_seconds = seconds * passes.most;
    observation->endless = passes.endless;
}

void flow_observe_traits(Flow *flow, NodeId call, const PathEntry *entry, Confidence confidence, bool awaited)
{
    if (flow->silent || !flow->instance || flow_node(flow, call)->kind != EXPR_CALL) return;
    bool sleeps = entry->traits & TRAIT_BIT(TRAIT_SLEEPS);
    bool blocks = entry->has_rule && entry->rule.effect == EFFECT_SLEEP;
    if (sleeps && !blocks && !awaited) return;
    Observation observation = {.kind = OBSERVED_CALL,
                               .node = call,
                               .confidence = confidence,
                               .blocks = blocks,
                               .is_own = made_here(flow, call),
                               .traits = entry->traits,
                               .path = entry->path};
    if (sleeps) measure_sleep(flow, &observation);
    flow_observe(flow, observation);
}

void flow_observe_job(Flow *flow, NodeId call, Str path, const Value *function)
{
    const PathEntry *entry = paths_find(&flow_program(flow)->paths, path);
    if (flow->silent || !(entry->traits & TRAITS_OF_TASKS)) return;
    function = flow_resolved(flow, function);
    for (uint32_t i = 0; function && i < function->count; i++) {
        const Item *item = &function->items[i];
        if (item->kind != ITEM_FUNCTION && item->kind != ITEM_RESULT) continue;
        Invocation *handed = item->kind == ITEM_RESULT ? item->invocation : invocation_of_call(flow, item, 0);
        flow_observe(flow, (Observation){.kind = OBSERVED_JOB,
                                         .node = call,
                                         .confidence = value_confidence(function, item),
                                         .traits = entry->traits,
                                         .path = entry->path,
                                         .call = handed});
    }
}
