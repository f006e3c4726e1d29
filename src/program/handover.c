/* Functions handed to something that runs them: threads, loops, frameworks. */
#include "program/flow.h"

#include "program/instance.h"
#include "program/outcomes.h"
#include "program/threads.h"
#include "base/banned.h"

/* What an installed package does on the loop is shown where the project hands it over. */
static void run_of_package(Flow *flow, const Item *item, NodeId call)
{
    Item function = *item;
    bool coroutine = item->kind == ITEM_RESULT;
    flow_step(flow, call, coroutine ? item->invocation : invocation_of_call(flow, &function, 0),
              item->confidence, coroutine);
}

/* On the loop: what is walked hands it over; a module does so once it is linked. */
static void put_on_loop(Flow *flow, const Item *item, FunctionInfo *info, NodeId call)
{
    Program *program = flow_program(flow);
    Item function = *item;
    if (item->kind == ITEM_RESULT) function.id = item->invocation->function;
    if (!info->unit->is_root) {
        run_of_package(flow, item, call);
        return;
    }
    info->contexts.loop = true;
    if (flow->instance) {
        Invocation *handed =
            item->kind == ITEM_RESULT ? item->invocation : invocation_of_call(flow, &function, 0);
        vec_add(&flow->instance->handed, handed);
    } else if (info->unit->linked) {
        program_add_root(program, invocation_of_call(flow, &function, 0));
    }
    unit_list_root(info, function.id);
}

/* In a thread: looked at for what it hands back to a loop, and for how it holds the thread. */
static void put_in_thread(Flow *flow, const Item *item, FunctionInfo *info, NodeId call)
{
    if (item->kind != ITEM_FUNCTION) return;
    if (!flow->instance) {
        if (info->unit->is_root && thread_matters(info)) unit_list_root(info, item->id);
        return;
    }
    Invocation *invocation = invocation_of_call(flow, item, 0);
    if (call)
        flow_observe(flow, (Observation){.kind = OBSERVED_THREAD,
                                         .node = call,
                                         .confidence = item->confidence,
                                         .call = invocation});
    if (unit_calls_registrar(info) || thread_matters(info) || thread_computes(info))
        vec_add(&flow->instance->in_threads, invocation);
}

static void place_function(Flow *flow, const Item *item, Placement placement, NodeId call)
{
    FunctionInfo *info = item_function(flow, item);
    info->contexts.exposed = info->contexts.exposed || placement == PLACE_LOOP || placement == PLACE_LATER;
    switch (placement) {
    case PLACE_THREAD:
        info->contexts.thread = true;
        put_in_thread(flow, item, info, call);
        break;
    case PLACE_LOOP:
        put_on_loop(flow, item, info, call);
        break;
    case PLACE_COMMAND_LINE:
        info->contexts.command_line = true;
        break;
    case PLACE_START_UP:
        info->contexts.start_up = true;
        put_on_loop(flow, item, info, call);
        break;
    default:
        break;
    }
}

FunctionInfo *item_function(const Flow *flow, const Item *item)
{
    return unit_function_info(flow->unit, item->kind == ITEM_RESULT ? item->invocation->function : item->id);
}

/* `loop.call_later(5, time.sleep, 1)`: a blocking function handed to the loop itself; or to a thread. */
static void place_external(Flow *flow, const Item *item, Placement placement, NodeId call,
                           Confidence confidence)
{
    Rule rule;
    if (!call || !catalogue_find(flow->unit->catalogue, item->path, &rule)) return;
    if (placement == PLACE_THREAD)
        flow_observe(
            flow, (Observation){
                      .kind = OBSERVED_THREAD, .node = call, .confidence = confidence, .path = item->path});
    if (placement != PLACE_LOOP) return;
    if (rule.kind == CALL_FUNCTION || rule.kind == CALL_METHOD || rule.kind == CALL_CONSTRUCTOR)
        flow_record(flow, call, &rule, item, confidence);
}

/* Whether whoever takes the coroutine function would run a plain one in a thread. */
static void note_coroutine(const Flow *flow, FunctionInfo *info, bool pooled, NodeId call)
{
    if (!pooled) {
        info->contexts.as_coroutine = true;
        return;
    }
    info->contexts.pooled = true;
    if (!call || flow->unit != info->unit) return;
    for (size_t i = 0; i < info->pooled_at.count; i++)
        if (info->pooled_at.items[i] == call) return;
    vec_add(&info->pooled_at, call);
}

void flow_note_coroutines(Flow *flow, const Value *function, Placement def_runs, Placement coroutine_runs,
                          NodeId call)
{
    bool pooled = def_runs == PLACE_THREAD && coroutine_runs == PLACE_LOOP;
    function = flow_resolved(flow, function);
    for (uint32_t i = 0; function && i < function->count; i++) {
        const Item *item = &function->items[i];
        bool is_function = item->kind == ITEM_FUNCTION || item->kind == ITEM_RESULT;
        if (is_function && item_function(flow, item)->is_async)
            note_coroutine(flow, item_function(flow, item), pooled, call);
    }
}

void flow_hand_over(Flow *flow, const Value *function, Placement def_runs, Placement coroutine_runs,
                    NodeId call)
{
    if (flow->silent) return;
    function = flow_resolved(flow, function);
    flow_note_coroutines(flow, function, def_runs, coroutine_runs, call);
    for (uint32_t i = 0; function && i < function->count; i++) {
        const Item *item = &function->items[i];
        if (item->kind == ITEM_FUNCTION || item->kind == ITEM_RESULT) {
            bool is_async = item_function(flow, item)->is_async;
            if (item->kind == ITEM_RESULT && !is_async) continue;
            place_function(flow, item, is_async ? coroutine_runs : def_runs, call);
        }
        if (item->kind == ITEM_LIST) flow_hand_over(flow, item->inner, def_runs, coroutine_runs, call);
        for (uint32_t k = 0; item->kind == ITEM_TUPLE && k < item->part_count; k++)
            flow_hand_over(flow, item->parts[k], def_runs, coroutine_runs, call);
        if (item->kind == ITEM_WRAPPED) flow_hand_over(flow, item->inner, def_runs, coroutine_runs, call);
        if (item->kind == ITEM_PATH)
            place_external(flow, item, def_runs, call, value_confidence(function, item));
    }
}
