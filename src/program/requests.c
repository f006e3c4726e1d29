#include "program/requests.h"

#include "base/limits.h"
#include "program/flow.h"
#include "base/banned.h"

static void note(Flow *flow, const Item *item, uint32_t traits)
{
    if (item->kind != ITEM_FUNCTION && item->kind != ITEM_RESULT) return;
    FunctionInfo *info = item_function(flow, item);
    bool few = !info->is_async && traits & TRAIT_BIT(TRAIT_FORTY_THREADS);
    info->contexts.request = info->contexts.request || traits & TRAIT_BIT(TRAIT_SERVES_REQUESTS);
    info->contexts.few_threads = info->contexts.few_threads || few;
}

void flow_note_server(Flow *flow, const Value *function, Str path)
{
    uint32_t traits = paths_find(&flow_program(flow)->paths, path)->traits;
    if (flow->defining || !(traits & TRAITS_OF_SERVERS)) return;
    function = flow_resolved(flow, function);
    for (uint32_t i = 0; function && i < function->count; i++)
        note(flow, &function->items[i], traits);
}

/* --- along the calls --- */

typedef struct Spread {
    Program *program;
    VEC(Instance *) queue;
} Spread;

static void serve(Spread *spread, Instance *callee, const Instance *caller, const Step *step)
{
    if (!callee || callee->served || (caller && caller->served >= LIMIT_REQUEST_CALLS)) return;
    const FunctionInfo *info = spread->program->functions.items[callee->function];
    if (info->memoised || info->contexts.start_up) return;
    callee->served = caller ? caller->served + 1 : 1;
    callee->served_by = caller;
    callee->served_step = step;
    vec_add(&spread->queue, callee);
}

static void serve_callees(Spread *spread, const Instance *instance)
{
    for (size_t i = 0; i < instance->steps.count; i++) {
        const Step *step = &instance->steps.items[i];
        if (!step->guarded && step_is_followed(spread->program, step))
            serve(spread, step->call->instance, instance, step);
    }
}

void requests_spread(Program *program)
{
    Spread spread = {.program = program};
    for (size_t i = 0; i < program->waiting.count; i++) {
        Instance *instance = program->waiting.items[i];
        const FunctionInfo *info = program->functions.items[instance->function];
        if (info->contexts.request) serve(&spread, instance, NULL, NULL);
    }
    for (size_t i = 0; i < spread.queue.count; i++)
        serve_callees(&spread, spread.queue.items[i]);
    vec_free(&spread.queue);
}
