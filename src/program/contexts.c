#include "program/contexts.h"

#include "base/banned.h"

enum { CALLER_DEPTH = 12 };

static const char of_script[] = "is the only task of a script";

static void note_caller(Program *program, uint32_t callee, uint32_t caller)
{
    FunctionInfo *info = program->functions.items[callee];
    for (size_t i = 0; i < info->callers.count; i++)
        if (info->callers.items[i] == caller) return;
    vec_add(&info->callers, caller);
}

void contexts_note_callers(Program *program)
{
    for (size_t i = 0; i < program->waiting.count; i++) {
        const Instance *instance = program->waiting.items[i];
        for (size_t k = 0; instance->reached && k < instance->steps.count; k++)
            if (instance->steps.items[k].call)
                note_caller(program, instance->steps.items[k].call->function, instance->function);
    }
}

/* `async def lifespan(app): … yield …`: handed to the application, often in another file, under this name. */
static bool is_lifespan(const FunctionInfo *info)
{
    return info->is_async && info->is_generator &&
           (str_equal(info->name, STR("lifespan")) || str_ends(info->name, STR("_lifespan")));
}

/* The only coroutine of a loop that a script or a thread of its own runs. */
static bool is_run_alone(const Program *program, const FunctionInfo *info)
{
    if (info->contexts.run_alone) return true;
    return info->run_by && program->functions.items[info->run_by - 1]->contexts.thread;
}

static const char *own_reason(const Program *program, const FunctionInfo *info)
{
    if (info->contexts.start_up || is_lifespan(info)) return "runs at start-up or shutdown";
    if (info->contexts.command_line) return "runs for a command";
    if (is_run_alone(program, info) && !info->unit->starts_tasks) return of_script;
    return NULL;
}

static const char *reason(const Program *program, uint32_t function, unsigned depth);

/* A script shows how a class of another module is used: others may use it so, too. */
static bool is_open_to_others(const Program *program, const FunctionInfo *info, uint32_t caller)
{
    size_t dot = str_find_last(info->name, '.');
    bool public = dot != SIZE_MAX && info->name.ptr[dot + 1] != '_';
    return info->class_id != ID_NONE && public && program->functions.items[caller]->unit != info->unit;
}

/* What every caller runs once runs once; one that serves requests is enough for the contrary. */
static const char *shared_reason(const Program *program, uint32_t function, unsigned depth, const char *own)
{
    const FunctionInfo *info = program->functions.items[function];
    const char *shared = own;
    for (size_t i = 0; i < info->callers.count; i++) {
        if (info->callers.items[i] == function) continue;
        shared = reason(program, info->callers.items[i], depth + 1);
        if (!shared) return NULL;
        if (shared == of_script && is_open_to_others(program, info, info->callers.items[i])) return NULL;
    }
    return own ? own : shared;
}

/* A helper counts as part of the command when nobody else can reach it: all callers do, and nothing exposes it. */
static const char *reason(const Program *program, uint32_t function, unsigned depth)
{
    const FunctionInfo *info = program->functions.items[function];
    const char *own = own_reason(program, info);
    if (own && depth < CALLER_DEPTH) return shared_reason(program, function, depth, own);
    if (info->outer != ID_NONE && depth < CALLER_DEPTH && !info->contexts.exposed) {
        const char *outer = own_reason(program, program->functions.items[info->outer]);
        if (outer) return outer;
    }
    if (info->contexts.exposed || !info->callers.count || depth >= CALLER_DEPTH) return NULL;
    return shared_reason(program, function, depth, NULL);
}

const char *contexts_once(const Program *program, uint32_t function)
{
    return reason(program, function, 0);
}
