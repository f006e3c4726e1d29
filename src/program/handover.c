/* Functions handed to something that runs them: threads, loops, frameworks. */
#include "program/flow.h"

#include "base/banned.h"

static void place_function(Flow *flow, uint32_t function, Placement placement)
{
    FunctionInfo *info = unit_function_info(flow->unit, function);
    info->contexts.exposed = info->contexts.exposed || placement == PLACE_LOOP || placement == PLACE_LATER;
    switch (placement) {
    case PLACE_LOOP:
        unit_follow(flow->unit, function);
        break;
    case PLACE_COMMAND_LINE:
        info->contexts.command_line = true;
        break;
    case PLACE_START_UP:
        info->contexts.start_up = true;
        unit_follow(flow->unit, function);
        break;
    default:
        break;
    }
}

/* `loop.call_later(5, time.sleep, 1)`: a blocking function handed to the loop itself. */
static void place_external(Flow *flow, const Item *item, Placement placement, NodeId call,
                           Confidence confidence)
{
    Rule rule;
    if (placement != PLACE_LOOP || !call || !catalogue_find(flow->unit->catalogue, item->path, &rule)) return;
    if (rule.kind == CALL_FUNCTION || rule.kind == CALL_METHOD || rule.kind == CALL_CONSTRUCTOR)
        flow_record(flow, call, &rule, item, confidence);
}

void flow_hand_over(Flow *flow, const Value *function, Placement def_runs, Placement coroutine_runs,
                    NodeId call)
{
    if (flow->silent) return;
    for (uint32_t i = 0; function && i < function->count; i++) {
        const Item *item = &function->items[i];
        if (item->kind == ITEM_FUNCTION || item->kind == ITEM_RESULT) {
            bool is_async = unit_function_info(flow->unit, item->id)->is_async;
            if (item->kind == ITEM_RESULT && !is_async) continue;
            place_function(flow, item->id, is_async ? coroutine_runs : def_runs);
        }
        if (item->kind == ITEM_WRAPPED) flow_hand_over(flow, item->inner, def_runs, coroutine_runs, call);
        if (item->kind == ITEM_PATH)
            place_external(flow, item, def_runs, call, value_confidence(function, item));
    }
}
