#include "program/ways.h"

#include "base/banned.h"

bool step_reports_itself(const Program *program, const Step *step)
{
    if (!step->call) return false;
    const FunctionInfo *info = program->functions.items[step->call->function];
    return info->is_async && info->unit->is_root;
}

static void add(Ways *ways, const Instance *instance, Way way)
{
    if (ways->of[instance->index].found) return;
    way.found = true;
    ways->of[instance->index] = way;
    ways->order[ways->count++] = instance;
}

static void add_callees(const Program *program, Ways *ways, const Instance *caller, bool into_coroutines)
{
    uint32_t hops = ways->of[caller->index].hops + 1;
    for (size_t i = 0; i < caller->steps.count; i++) {
        const Step *step = &caller->steps.items[i];
        if (!step_is_followed(program, step) || !step->call->instance) continue;
        if (!into_coroutines && step_reports_itself(program, step)) continue;
        add(ways, step->call->instance, (Way){.caller = caller, .step = step, .hops = hops});
    }
}

static Ways ways_new(Arena *arena, const Program *program)
{
    size_t count = program->instances.count;
    return (Ways){.of = arena_array(arena, count, sizeof(Way)),
                  .order = arena_array(arena, count, sizeof(Instance *))};
}

Ways ways_find(Arena *arena, const Program *program, bool on_loop)
{
    Ways ways = ways_new(arena, program);
    for (size_t i = 0; i < program->waiting.count; i++) {
        const Instance *instance = program->waiting.items[i];
        const FunctionInfo *info = program->functions.items[instance->function];
        if (on_loop ? instance->on_loop : !instance->on_loop && info->listed) add(&ways, instance, (Way){0});
    }
    for (size_t i = 0; i < ways.count; i++)
        add_callees(program, &ways, ways.order[i], true);
    return ways;
}

Ways ways_below(Arena *arena, const Program *program, const Instance *start)
{
    Ways ways = ways_new(arena, program);
    add(&ways, start, (Way){0});
    for (size_t i = 0; i < ways.count; i++)
        add_callees(program, &ways, ways.order[i], false);
    return ways;
}

const Instance *ways_nearest(const Ways *ways, uint32_t function)
{
    for (size_t i = 0; i < ways->count; i++)
        if (ways->order[i]->function == function) return ways->order[i];
    return NULL;
}
