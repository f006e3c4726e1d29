#include "program/reach.h"

#include "base/banned.h"

Severity severity_lowered(Severity severity)
{
    return severity > SEVERITY_LOW ? (Severity)(severity - 1) : severity;
}

int reach_compare(const Reach *left, const Reach *right)
{
    int by_weight = (int)(left->weight > WEIGHT_CHEAP) - (int)(right->weight > WEIGHT_CHEAP);
    if (by_weight) return by_weight;
    if (left->severity != right->severity) return (int)left->severity - (int)right->severity;
    if (left->confidence != right->confidence) return (int)left->confidence - (int)right->confidence;
    if (left->weight != right->weight) return (int)left->weight - (int)right->weight;
    return left->hops == right->hops ? 0 : left->hops < right->hops ? 1 : -1;
}

static Severity own_severity(const Step *step)
{
    Severity severity = step->rule.severity;
    bool moves_data = step->rule.effect == EFFECT_FILE && step->outside;
    if (severity == SEVERITY_LOW && (step->in_loop || moves_data)) severity = SEVERITY_MEDIUM;
    if (step->weight == WEIGHT_CHEAP && severity > SEVERITY_LOW) severity = SEVERITY_LOW;
    return step->guarded ? severity_lowered(severity) : severity;
}

/* Work that only the first call does: it is worth a word when it takes long. A thread that only the first call waits
 * for is one that starts. */
static Weight weight_once(const Reach *reach, Effect effect)
{
    if (effect == EFFECT_THREAD_WAIT) return WEIGHT_CHEAP;
    return reach->severity < SEVERITY_HIGH ? WEIGHT_CHEAP : reach->weight;
}

static bool reach_of_call(const Program *program, const Step *step, Effect effect, Reach *reach)
{
    if (!step_is_followed(program, step) || !step->call->instance) return false;
    const FunctionInfo *info = program->functions.items[step->call->function];
    if (info->is_async && info->unit->is_root) return false;
    const Reach *next = step->call->instance->reach[effect];
    if (!next) return false;
    *reach = *next;
    reach->step = step;
    reach->next = next;
    reach->hops++;
    if (step->confidence < reach->confidence) reach->confidence = step->confidence;
    /* A module is loaded once, whoever asks for it. */
    if (effect == EFFECT_IMPORT) reach->weight = WEIGHT_CHEAP;
    if (!step->guarded) return true;
    reach->weight = weight_once(reach, effect);
    reach->severity = severity_lowered(reach->severity);
    return true;
}

/* A loop is not run inside another by who has asked for that one first. What a plain function gives is awaited: then
 * it has asked, found the loop, and waits for no thread in its place. */
static bool is_guarded_run(const Program *program, const Step *step, Effect effect)
{
    if (effect != EFFECT_LOOP_MISUSE && effect != EFFECT_THREAD_WAIT) return false;
    if (step->asked && effect == EFFECT_LOOP_MISUSE) return true;
    if (!step->call || !step->awaited || !step->call->instance) return false;
    return step->call->instance->asks_loop && !program->functions.items[step->call->function]->is_async;
}

bool reach_of_step(const Program *program, const Step *step, Effect effect, Reach *reach)
{
    if (is_guarded_run(program, step, effect)) return false;
    if (step->call) return reach_of_call(program, step, effect, reach);
    if (step->rule.effect != effect) return false;
    *reach = (Reach){step->weight, own_severity(step), step->confidence, 0, step, NULL};
    if (step->guarded && (step->rule.severity < SEVERITY_HIGH || effect == EFFECT_THREAD_WAIT))
        reach->weight = WEIGHT_CHEAP;
    return true;
}

static bool improve(Program *program, Instance *instance, const Step *step, Effect effect)
{
    Reach reach;
    const Reach *known = instance->reach[effect];
    if (!reach_of_step(program, step, effect, &reach)) return false;
    if (known && reach_compare(&reach, known) <= 0) return false;
    Reach *kept = arena_alloc(&program->arena, sizeof *kept);
    *kept = reach;
    instance->reach[effect] = kept;
    instance->effects |= 1u << effect;
    return true;
}

static bool solve_step(Program *program, Instance *instance, const Step *step)
{
    if (!step->call) return improve(program, instance, step, step->rule.effect);
    bool changed = false;
    uint32_t effects = step->call->instance ? step->call->instance->effects : 0;
    for (uint32_t effect = 0; effects; effect++, effects >>= 1)
        if (effects & 1) changed = improve(program, instance, step, (Effect)effect) || changed;
    return changed;
}

static bool solve_instance(Program *program, Instance *instance)
{
    bool changed = false;
    for (size_t i = 0; i < instance->steps.count; i++)
        changed = solve_step(program, instance, &instance->steps.items[i]) || changed;
    return changed;
}

static bool asks_itself(const Instance *instance)
{
    for (size_t i = 0; i < instance->observations.count; i++)
        if (instance->observations.items[i].kind == OBSERVED_LOOP_ASKED) return true;
    return false;
}

/* `if in_coroutine():` - a plain function that asks in its caller's place. */
static bool asks_through_call(const Program *program, const Instance *instance)
{
    for (size_t i = 0; i < instance->steps.count; i++) {
        const Invocation *call = instance->steps.items[i].call;
        if (!call || !call->instance || program->functions.items[call->function]->is_async) continue;
        if (asks_itself(call->instance)) return true;
    }
    return false;
}

/* A coroutine knows that a loop runs: what it asks for is no guard. */
static void note_asking(Program *program)
{
    for (size_t i = 0; i < program->waiting.count; i++) {
        Instance *instance = program->waiting.items[i];
        if (program->functions.items[instance->function]->is_async) continue;
        instance->asks_loop = asks_itself(instance) || asks_through_call(program, instance);
        for (size_t k = 0; instance->asks_loop && k < instance->steps.count; k++)
            instance->steps.items[k].asked = true;
    }
}

/* Callees were reached after their callers: backwards most ways are known in one pass. */
void reach_solve(Program *program)
{
    note_asking(program);
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = program->waiting.count; i-- > 0;)
            changed = solve_instance(program, program->waiting.items[i]) || changed;
    }
}
