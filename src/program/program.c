#include "program/program.h"

#include <string.h>

#include "base/limits.h"
#include "base/pool.h"
#include "program/contributions.h"
#include "program/instance.h"
#include "program/threads.h"
#include "base/banned.h"

/* In unit_of_path: the file cannot be read, or is not to be. */
#define UNIT_ABSENT (UINT32_MAX - 1)

static void start_readers(Program *program, size_t threads)
{
    program->reader_count = threads;
    program->readers = memory_alloc(threads * sizeof *program->readers);
    for (size_t i = 0; i < threads; i++) {
        program->readers[i].parser = NULL;
        arena_init(&program->readers[i].arena);
    }
}

void program_init(Program *program, Names *names, const Catalogue *catalogue, Modules *modules,
                  size_t threads)
{
    *program = (Program){.names = names, .catalogue = catalogue, .modules = modules};
    start_readers(program, threads);
    arena_init(&program->arena);
    map_init(&program->unit_of_path, &program->arena);
    map_init(&program->contributed, &program->arena);
    paths_init(&program->paths, &program->arena, catalogue);
    program->cut_depth = UINT32_MAX;
    program->parser = parser_new();
}

static void free_instance(Instance *instance)
{
    vec_free(&instance->attribute_values);
    vec_free(&instance->steps);
    vec_free(&instance->loops);
    vec_free(&instance->observations);
    vec_free(&instance->handed);
    vec_free(&instance->in_threads);
    vec_free(&instance->unresolved);
}

static void free_function(FunctionInfo *info)
{
    vec_free(&info->callers);
    vec_free(&info->pooled_at);
}

void program_free(Program *program)
{
    for (size_t i = 0; i < program->units.count; i++)
        unit_free(program->units.items[i]);
    for (size_t i = 0; i < program->functions.count; i++)
        free_function(program->functions.items[i]);
    for (size_t i = 0; i < program->classes.count; i++)
        vec_free(&program->classes.items[i]->lazies);
    for (size_t i = 0; i < program->instances.count; i++)
        free_instance(program->instances.items[i]);
    for (size_t i = 0; i < program->reader_count; i++) {
        parser_free(program->readers[i].parser);
        arena_free(&program->readers[i].arena);
    }
    free(program->readers);
    vec_free(&program->units);
    vec_free(&program->functions);
    vec_free(&program->classes);
    vec_free(&program->instances);
    vec_free(&program->waiting);
    vec_free(&program->new_roots);
    contributions_free(program);
    free(program->table);
    paths_free(&program->paths);
    parser_free(program->parser);
    arena_free(&program->arena);
}

/* --- units --- */

void program_add(Program *program, Unit *unit)
{
    unit->program = program;
    unit->index = (uint32_t)program->units.count;
    vec_add(&program->units, unit);
    if (unit->module_file && unit->module_file->path)
        map_put(&program->unit_of_path, names_intern(program->names, str_from(unit->module_file->path)),
                unit->index);
}

static Facts *read_facts(const Program *program, const Unit *unit, Parser *parser, Arena *arena)
{
    const FactsSource *source = &program->facts_source;
    Str text = unit->source.text;
    Facts *facts = NULL;
    if (source->load)
        facts = source->load(source->context, arena, program->names, parser, unit->path, unit->bytes, text);
    if (facts) return facts;
    Outline *outline = arena_alloc(arena, sizeof *outline);
    *outline = outline_scan(arena, text);
    return facts_new(arena, program->names, parser, outline, FACTS_ON_DEMAND);
}

Unit *unit_read(Program *program, const Module *module, Parser *parser, Arena *arena)
{
    Str bytes;
    if (overlay_read(program->overlay, arena, module->path, LIMIT_FILE_BYTES, &bytes) != IO_OK) return NULL;
    Unit *unit = arena_alloc(arena, sizeof *unit);
    unit->names = program->names;
    unit->catalogue = program->catalogue;
    unit->arena = arena;
    unit->module_file = module;
    unit->path = str_from(module->path);
    unit->bytes = bytes;
    unit->source = text_decode(arena, bytes);
    unit->lines = lines_index(arena, unit->source.text);
    unit->facts = read_facts(program, unit, parser, arena);
    return unit;
}

/* Modules of the project that were read since; more may be met on the way. */
static void register_new(Program *program)
{
    if (!program->following || program->registering) return;
    program->registering = true;
    for (; program->registered < program->units.count; program->registered++) {
        Unit *unit = program->units.items[program->registered];
        bool of_project = unit->is_root || (unit->module_file && unit->module_file->origin == MODULE_PROJECT);
        if (of_project && unit->defined) unit_register(unit);
    }
    program->registering = false;
}

Unit *program_unit(Program *program, const Module *module)
{
    if (!module->path) return NULL;
    Name path = names_intern(program->names, str_from(module->path));
    uint32_t known = map_find(&program->unit_of_path, path);
    if (known == UNIT_ABSENT) return NULL;
    if (known != MAP_NONE) {
        unit_define(program->units.items[known]);
        return program->units.items[known];
    }
    bool allowed = module->origin == MODULE_PROJECT || program->follow_installed;
    Unit *unit = allowed ? unit_read(program, module, program->parser, &program->arena) : NULL;
    if (!unit) {
        map_put(&program->unit_of_path, path, UNIT_ABSENT);
        return NULL;
    }
    unit->is_root = module->file != UINT32_MAX && program->is_checked[module->file];
    unit->linked = true;
    program->counters.modules_loaded++;
    program->counters.installed_loaded += module->origin == MODULE_INSTALLED;
    program_add(program, unit);
    unit_define(unit);
    register_new(program);
    return unit;
}

/* --- rounds --- */

void program_reach(Program *program, Instance *instance)
{
    if (instance->reached) return;
    instance->reached = true;
    vec_add(&program->waiting, instance);
}

/* The functions of one unit whose bodies are wanted. */
typedef struct Reading {
    Unit *unit;
    VEC(FunctionInfo *) functions;
} Reading;

typedef struct Round {
    Program *program;
    VEC(Reading) readings;
} Round;

static void read_unit(void *context, size_t item, size_t worker)
{
    Round *round = context;
    Reading *reading = &round->readings.items[item];
    BodyReader *reader = &round->program->readers[worker];
    if (!reader->parser) reader->parser = parser_new();
    facts_use(reading->unit->facts, reader->parser, &reader->arena);
    for (size_t i = 0; i < reading->functions.count; i++)
        facts_read(reading->unit->facts, reading->functions.items[i]->node);
}

static void want_body(Round *round, FunctionInfo *info)
{
    if (info->wanted || !(unit_node(info->unit, info->node)->flags & FLAG_UNREAD)) return;
    info->wanted = true;
    Unit *unit = info->unit;
    if (!unit->reading) {
        vec_add(&round->readings, (Reading){.unit = unit});
        unit->reading = (uint32_t)round->readings.count;
    }
    vec_add(&round->readings.items[unit->reading - 1].functions, info);
}

static void read_bodies(Round *round)
{
    Program *program = round->program;
    pool_run(program->reader_count, round->readings.count, read_unit, round);
    for (size_t i = 0; i < round->readings.count; i++) {
        Reading *reading = &round->readings.items[i];
        reading->unit->reading = 0;
        for (size_t k = 0; k < reading->functions.count; k++)
            unit_body_was_read(reading->functions.items[k]);
        vec_free(&reading->functions);
    }
    if (round->readings.count) program->counters.rounds++;
    vec_free(&round->readings);
}

FunctionInfo *program_function(const Program *program, uint32_t id)
{
    return program->functions.items[id];
}

static FunctionInfo *called(const Program *program, const Step *step)
{
    return program_function(program, step->call->function);
}

/* A coroutine of the project reports what it does itself. */
bool step_is_followed(const Program *program, const Step *step)
{
    if (!step->call || step->elsewhere) return false;
    const FunctionInfo *info = called(program, step);
    if (info->off_loop) return false;
    return !info->is_async || step->awaited || info->unit->is_root;
}

static void look_at(Program *program, Instance *instance, uint32_t thread_depth);

/* A plain function of the project that matters in the thread it is called in. */
static bool is_followed_in_thread(const Program *program, const Instance *instance, const Step *step)
{
    if (instance->reached || !instance->thread_depth || instance->thread_depth > LIMIT_THREAD_CALLS)
        return false;
    if (!step_is_followed(program, step)) return false;
    const FunctionInfo *info = called(program, step);
    return !info->is_async && info->unit->is_root && (thread_matters(info) || thread_computes(info));
}

static void reach_calls_in_thread(Program *program, Instance *instance)
{
    for (size_t i = 0; i < instance->steps.count; i++) {
        if (!is_followed_in_thread(program, instance, &instance->steps.items[i])) continue;
        Instance *callee = invocation_instance(program, instance->steps.items[i].call);
        if (!callee || callee->looked_at || callee->reached) continue;
        callee->thread_by = instance;
        look_at(program, callee, instance->thread_depth + 1);
    }
}

/* Not on the loop: what it does stalls none, but it may put something on one. thread_depth: see there; an instance may
 * turn out later to run in a thread. */
static void look_at(Program *program, Instance *instance, uint32_t thread_depth)
{
    if (instance->reached) return;
    bool is_new = !instance->looked_at, deeper = thread_depth && !instance->thread_depth;
    if (deeper) instance->thread_depth = thread_depth;
    instance->looked_at = true;
    if (is_new) vec_add(&program->waiting, instance);
    if (!is_new && deeper && instance->walked) reach_calls_in_thread(program, instance);
}

/* What was handed over as a task is the instance that runs it. */
static void settle_tasks(Program *program, const Instance *instance)
{
    for (size_t i = 0; i < instance->observations.count; i++)
        if (instance->observations.items[i].kind == OBSERVED_JOB)
            (void)invocation_instance(program, instance->observations.items[i].call);
}

static void reach_calls(Program *program, Instance *instance)
{
    settle_tasks(program, instance);
    reach_calls_in_thread(program, instance);
    for (size_t i = 0; instance->reached && i < instance->steps.count; i++) {
        const Step *step = &instance->steps.items[i];
        if (!step_is_followed(program, step)) continue;
        Instance *callee = invocation_instance(program, step->call);
        if (!callee) continue;
        const FunctionInfo *info = called(program, step);
        if (info->is_async && info->unit->is_root) callee->on_loop = true;
        program_reach(program, callee);
    }
    for (size_t i = 0; i < instance->handed.count; i++) {
        Instance *callee = invocation_instance(program, instance->handed.items[i]);
        if (!callee) continue;
        callee->on_loop = true;
        program_reach(program, callee);
    }
    for (size_t i = 0; i < instance->in_threads.count; i++) {
        Instance *callee = invocation_instance(program, instance->in_threads.items[i]);
        if (callee) look_at(program, callee, 1);
    }
}

static void want_calls(Round *round, const Instance *instance)
{
    const Program *program = round->program;
    for (size_t i = 0; i < instance->steps.count; i++)
        if (step_is_followed(program, &instance->steps.items[i]))
            want_body(round, called(program, &instance->steps.items[i]));
    for (size_t i = 0; i < instance->in_threads.count; i++)
        want_body(round, program->functions.items[instance->in_threads.items[i]->function]);
    for (size_t i = 0; i < instance->handed.count; i++)
        want_body(round, program->functions.items[instance->handed.items[i]->function]);
}

static void reach_roots(Program *program)
{
    for (size_t i = 0; i < program->units.count; i++) {
        Unit *unit = program->units.items[i];
        if (!unit->is_root) continue;
        for (size_t k = 0; k < unit->roots.count; k++) {
            Instance *instance = instance_generic(program, unit->roots.items[k]);
            const FunctionInfo *info = program->functions.items[unit->roots.items[k]];
            if (!instance) continue;
            instance->on_loop = info->is_async || info->contexts.loop;
            if (instance->on_loop)
                program_reach(program, instance);
            else
                look_at(program, instance, info->contexts.thread);
        }
    }
}

void program_add_root(Program *program, Invocation *invocation)
{
    vec_add(&program->new_roots, invocation);
}

static void take_new_roots(Program *program)
{
    for (size_t i = 0; i < program->new_roots.count; i++) {
        Instance *instance = invocation_instance(program, program->new_roots.items[i]);
        if (!instance) continue;
        const FunctionInfo *info = program->functions.items[instance->function];
        instance->on_loop = instance->on_loop || info->is_async || info->contexts.loop;
        program_reach(program, instance);
    }
    program->new_roots.count = 0;
}

static void walk_round(Program *program, Instance *const *instances, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        program->inline_calls = 0;
        instance_complete(program, instances[i]);
    }
    Round round = {.program = program};
    for (size_t i = 0; i < count; i++)
        want_calls(&round, instances[i]);
    read_bodies(&round);
    for (size_t i = 0; i < count; i++)
        reach_calls(program, instances[i]);
    take_new_roots(program);
}

/* What was reached since, until nothing new is. */
static void walk_waiting(Program *program, size_t first)
{
    VEC(Instance *) round = {0};
    while (first < program->waiting.count) {
        round.count = 0;
        for (; first < program->waiting.count; first++)
            vec_add(&round, program->waiting.items[first]);
        walk_round(program, round.items, round.count);
    }
    vec_free(&round);
}

/* Those that read a table before something was put into it. */
static void walk_readers_again(Program *program)
{
    size_t first = program->waiting.count, count;
    Instance **readers;
    contributions_take_readers(program, &readers, &count);
    for (size_t i = 0; i < count; i++) {
        readers[i]->walked = false;
        readers[i]->partial = false;
    }
    walk_round(program, readers, count);
    free(readers);
    walk_waiting(program, first);
}

static void read_roots(Program *program)
{
    Round round = {.program = program};
    for (size_t i = 0; i < program->waiting.count; i++)
        want_body(&round, program->functions.items[program->waiting.items[i]->function]);
    read_bodies(&round);
}

void program_follow(Program *program)
{
    for (size_t i = 0; i < program->units.count; i++)
        if (program->units.items[i]->is_root) unit_define(program->units.items[i]);
    threads_note_sleepers(program);
    for (size_t i = 0; i < program->units.count; i++)
        if (program->units.items[i]->is_root) unit_link(program->units.items[i]);
    program->following = true;
    register_new(program);
    reach_roots(program);
    read_roots(program);
    walk_waiting(program, 0);
    for (unsigned i = 0; i < LIMIT_READ_AGAIN; i++)
        walk_readers_again(program);
}

static int compare_on_loop(const void *left, const void *right)
{
    const Instance *one = *(Instance *const *)left, *other = *(Instance *const *)right;
    if (one->function != other->function) return one->function < other->function ? -1 : 1;
    return one->index < other->index ? -1 : one->index > other->index;
}

/* What was looked at before it was reached waited twice. */
void program_list_on_loop(Program *program)
{
    for (size_t i = 0; i < program->waiting.count; i++) {
        Instance *instance = program->waiting.items[i];
        FunctionInfo *info = program_function(program, instance->function);
        info->contexts.reached = info->contexts.reached || instance->reached;
        if (instance->is_listed || !info->unit->is_root) continue;
        instance->is_listed = true;
        if (instance->on_loop)
            vec_add(&info->unit->on_loop, instance);
        else
            vec_add(&info->unit->others, instance);
        if (instance->observations.count) vec_add(&info->unit->observed, instance);
    }
    for (size_t i = 0; i < program->units.count; i++) {
        Unit *unit = program->units.items[i];
        if (unit->on_loop.count)
            qsort(unit->on_loop.items, unit->on_loop.count, sizeof(Instance *), compare_on_loop);
        if (unit->observed.count)
            qsort(unit->observed.items, unit->observed.count, sizeof(Instance *), compare_on_loop);
        if (unit->others.count)
            qsort(unit->others.items, unit->others.count, sizeof(Instance *), compare_on_loop);
    }
}
