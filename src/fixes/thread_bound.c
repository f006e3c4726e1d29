#include "fixes/thread_bound.h"

#include "fixes/fixed_path.h"
#include "fixes/names.h"
#include "fixes/nodes.h"
#include "fixes/shared_state.h"
#include "base/banned.h"

/* One function on the way, or the moved in the coroutine. */
typedef struct Scene {
    const Instance *instance;
    const FunctionInfo *function;
    const Moved *moved; /* NULL: all of the function */
    bool is_entry;      /* the coroutine calls it */
} Scene;

typedef struct Judge {
    Draft *draft;
    VEC(Scene) scenes;
    bool makes_bound; /* an object that belongs to its thread is made on the way, each time */
    bool uses_bound;
} Judge;

static void warn(const Judge *judge, Str note)
{
    draft_at_most(judge->draft, APPLICABILITY_UNSAFE);
    if (!judge->draft->note.len) judge->draft->note = note;
}

/* --- what belongs to a thread --- */

static uint32_t traits_of(const Draft *draft, Str path)
{
    return catalogue_traits(draft->program->catalogue, path);
}

/* Of "a.B.read" and of "a.B". */
static uint32_t traits_with_owner(const Draft *draft, Str path)
{
    size_t dot = str_find_last(path, '.');
    uint32_t own = traits_of(draft, path);
    return dot == SIZE_MAX ? own : own | traits_of(draft, str_part(path, 0, dot));
}

bool thread_is_bound(const Draft *draft, Str path)
{
    return path.len && traits_of(draft, path) & TRAIT_BIT(TRAIT_THREAD_BOUND);
}

static bool value_is_bound(const Draft *draft, const Value *value)
{
    for (uint32_t i = 0; value && i < value->count; i++)
        if (value->items[i].kind == ITEM_INSTANCE && thread_is_bound(draft, value->items[i].path))
            return true;
    return false;
}

/* --- whose object it is --- */

/* What a step works on: of `a.b.read(x)` a.b, of `for x in a` a; 0: a function's call. */
static NodeId receiver_of(const Unit *unit, const Step *step)
{
    const Node *call = unit_node(unit, step->node);
    bool whole = !step->call && (step->rule.kind == CALL_ITERATION || step->rule.kind == CALL_CONTEXT);
    if (whole || (call->kind != EXPR_CALL && call->kind != EXPR_ATTRIBUTE)) return step->node;
    if (call->kind == EXPR_ATTRIBUTE) return call->first;
    const Node *callee = unit_node(unit, call->first);
    return callee->kind == EXPR_ATTRIBUTE ? callee->first : 0;
}

static bool is_bound_in(const Unit *unit, NodeId statement, Name name)
{
    Uses uses;
    uses_init(&uses, unit);
    uses_add_statement(&uses, statement);
    bool found = uses_has(&uses, USE_WRITE, name);
    uses_free(&uses);
    return found;
}

/* A call that gives something new: a function of the program, or one that makes what belongs to a thread. */
static bool is_maker(const Judge *judge, const Scene *scene, NodeId call)
{
    for (size_t i = 0; i < scene->instance->steps.count; i++) {
        const Step *step = &scene->instance->steps.items[i];
        if (step->node != call) continue;
        bool makes = step->rule.kind == CALL_FUNCTION || step->rule.kind == CALL_CONSTRUCTOR;
        if (step->call || (makes && thread_is_bound(judge->draft, step->rule.returns))) return true;
    }
    return false;
}

/* The object comes about in the scene, so that nobody else has it. */
static bool is_made_here(const Judge *judge, const Scene *scene, const Step *step)
{
    const Unit *unit = scene->function->unit;
    NodeId receiver = receiver_of(unit, step);
    const Node *node = unit_node(unit, receiver);
    for (unsigned i = 0; node->kind == EXPR_CALL && i < LIMIT_FIX_NESTING; i++) {
        if (is_maker(judge, scene, receiver)) return true;
        const Node *callee = unit_node(unit, node->first);
        receiver = callee->kind == EXPR_ATTRIBUTE ? callee->first : 0;
        node = unit_node(unit, receiver);
    }
    if (node->kind != EXPR_NAME) return false;
    if (scene->moved) return scene->moved->is_whole && is_bound_in(unit, scene->moved->node, node->name);
    if (shared_is_parameter(unit, scene->function->node, node->name)) return !scene->is_entry;
    return name_is_local(unit, scene->function->node, name_str(node->name));
}

/* A method of a class whose objects may be used in any thread; a class is written with a capital. */
static bool acts_on_thread(const Draft *draft, Str path)
{
    size_t dot = str_find_last(path, '.');
    Str owner = str_part(path, 0, dot == SIZE_MAX ? 0 : dot), name = str_after_last(owner, '.');
    return name.len && name.ptr[0] >= 'A' && name.ptr[0] <= 'Z' && !thread_is_bound(draft, owner);
}

static void judge_bound(Judge *judge, const Scene *scene, const Step *step, Str path)
{
    uint32_t traits = traits_with_owner(judge->draft, path);
    bool bound = traits & TRAIT_BIT(TRAIT_THREAD_BOUND), session = traits & TRAIT_BIT(TRAIT_SESSION);
    if (!bound && !session) return;
    bool made = is_made_here(judge, scene, step);
    if (bound && acts_on_thread(judge->draft, path)) {
        warn(judge, draft_format(judge->draft, "`%.*s` acts on the thread that it runs in", DRAFT_STR(path)));
        return;
    }
    if (bound) judge->uses_bound = true;
    if (bound && !made) draft_refuse(judge->draft, "works only in the thread that made it");
    if (session && !made)
        warn(judge,
             draft_format(judge->draft, "`%.*s` is for one task at a time: no other may use it meanwhile",
                          DRAFT_STR(path)));
}

static void judge_primitive(Judge *judge, const Scene *scene, const Step *step)
{
    const Rule *rule = &step->rule;
    if (rule->effect == EFFECT_LOOP_MISUSE) draft_refuse(judge->draft, "it runs an event loop of its own");
    if (thread_is_bound(judge->draft, rule->returns) && !step->guarded) judge->makes_bound = true;
    if (writes_fixed_file(scene->function, step->node, traits_of(judge->draft, rule->path)))
        warn(judge, STR("two tasks may write the file at once: only the loop kept them apart"));
    judge_bound(judge, scene, step, rule->path);
}

/* --- what belongs on the loop --- */

static void judge_observation(Judge *judge, const Scene *scene, const Observation *seen)
{
    Draft *draft = judge->draft;
    const Step step = {.node = seen->node};
    if (seen->kind == OBSERVED_TASK || seen->kind == OBSERVED_JOB) draft_refuse(draft, "it makes a task");
    if (seen->kind == OBSERVED_LOOP_ASKED) draft_refuse(draft, "it asks for the running loop or thread");
    if (seen->kind != OBSERVED_CALL) return;
    if (seen->traits & TRAIT_BIT(TRAIT_LOOP_BOUND)) draft_refuse(draft, "it calls what belongs on the loop");
    if (seen->traits & TRAIT_BIT(TRAIT_THREAD_BOUND)) judge_bound(judge, scene, &step, seen->path);
}

/* --- the way --- */

static bool is_in(const Scene *scene, NodeId report)
{
    if (!scene->moved) return true;
    const Unit *unit = scene->function->unit;
    if (!scene->moved->is_whole) return report == scene->moved->node;
    return span_holds(unit_node(unit, scene->moved->node)->span, unit_node(unit, report)->span);
}

static void follow(Judge *judge, const Scene *from, const Step *step)
{
    const Invocation *call = step->call;
    const FunctionInfo *function = program_function(judge->draft->program, call->function);
    if (function->is_async) return;
    if (!call->instance || judge->scenes.count >= LIMIT_FIX_SCENES) {
        warn(judge, STR("it calls more than could be looked at"));
        return;
    }
    for (size_t i = 1; i < judge->scenes.count; i++)
        if (judge->scenes.items[i].instance == call->instance) return;
    Scene scene = {.instance = call->instance, .function = function, .is_entry = from->moved != NULL};
    vec_add(&judge->scenes, scene);
}

static void judge_steps(Judge *judge, Scene scene)
{
    for (size_t i = 0; i < scene.instance->steps.count; i++) {
        const Step *step = &scene.instance->steps.items[i];
        if (step->elsewhere || !is_in(&scene, step->report)) continue;
        if (step->call)
            follow(judge, &scene, step);
        else
            judge_primitive(judge, &scene, step);
    }
    for (size_t i = 0; i < scene.instance->observations.count; i++)
        if (is_in(&scene, scene.instance->observations.items[i].report))
            judge_observation(judge, &scene, &scene.instance->observations.items[i]);
}

static bool has_unknown(const Scene *scene)
{
    if (!scene->moved) return scene->instance->unresolved.count > 0;
    for (size_t i = 0; scene->moved->is_whole && i < scene->instance->unresolved.count; i++)
        if (is_in(scene, scene->instance->unresolved.items[i])) return true;
    return false;
}

static void judge_state(Judge *judge, const Scene *scene)
{
    Draft *draft = judge->draft;
    Str function = str_after_last(scene->function->name, '.');
    NodeId whole = scene->moved && scene->moved->is_whole ? scene->moved->node : 0;
    if (scene->moved && !whole) return;
    Str written = shared_write(draft->arena, scene->function, scene->instance, whole);
    if (written.len && whole)
        warn(judge, draft_format(draft, "`%.*s` changes in a thread: others may use it meanwhile",
                                 DRAFT_STR(written)));
    else if (written.len)
        warn(judge, draft_format(draft, "`%.*s` changes `%.*s`, which others may use meanwhile",
                                 DRAFT_STR(function), DRAFT_STR(written)));
    else if (has_unknown(scene))
        warn(judge,
             draft_format(draft, "`%.*s` calls something that is not known: it may need the loop's thread",
                          DRAFT_STR(function)));
}

/* What the one call of the moved gives belongs to the thread. */
static bool gives_bound(const Draft *draft, const Scene *scene)
{
    for (size_t i = 0; !scene->moved->is_whole && i < scene->instance->steps.count; i++) {
        const Step *step = &scene->instance->steps.items[i];
        if (step->report != scene->moved->node) continue;
        if (!step->call && thread_is_bound(draft, step->rule.returns)) return true;
        if (step->call && step->call->instance && value_is_bound(draft, step->call->instance->result))
            return true;
    }
    return false;
}

void thread_judge(Draft *draft, Moved moved)
{
    Judge judge = {.draft = draft};
    Scene first = {.instance = draft->subject->instance, .function = draft_function(draft), .moved = &moved};
    if (!first.instance || !first.function) return;
    vec_add(&judge.scenes, first);
    for (size_t i = 0; i < judge.scenes.count && !draft_is_refused(draft); i++) {
        Scene scene = judge.scenes.items[i];
        judge_steps(&judge, scene);
        judge_state(&judge, &scene);
    }
    if (gives_bound(draft, &first)) draft_refuse(draft, "what it gives belongs to the thread that makes it");
    if (judge.uses_bound && !judge.makes_bound) draft_refuse(draft, "works only in the thread that made it");
    vec_free(&judge.scenes);
}
