/* LS402: a task that the loop alone refers to, and that only weakly. */
#include "checks/observed.h"

#include "checks/wording.h"
#include "base/banned.h"

static Str message_of(CheckRun *run, Str maker, Str through)
{
    Str tail =
        STR("` makes a task that nobody keeps: it may be collected before it is done, its exception unseen");
    if (!through.len) return str_join(run->results, STR("`"), maker, tail);
    Str head = str_join(run->results, STR("`"), through, STR("` gives what `"));
    tail =
        STR("` made, a task that nobody keeps: it may be collected before it is done, its exception unseen");
    return str_join(run->results, head, maker, tail);
}

static Report *report(CheckRun *run, const Observation *task, NodeId node, const FunctionInfo *function,
                      Str through)
{
    const CodeRule *code = check_code(run, "LS402");
    Finding finding = {
        .code = code->code,
        .message = message_of(run, task->path, through),
        .advice = STR("keep it until it is done (`tasks.add(task)`, "
                      "`task.add_done_callback(tasks.discard)`), await it, or use a TaskGroup"),
        .why = STR("the event loop refers to its tasks weakly: one that nothing else refers to may "
                   "vanish in the middle"),
        .severity = run->runs_once ? SEVERITY_INFO : SEVERITY_MEDIUM,
        .confidence = task->confidence};
    return observed_add(run, finding, node, function, task->path);
}

static const Observation *given_task(const Step *step)
{
    const Instance *callee = step->call ? step->call->instance : NULL;
    for (size_t i = 0; callee && i < callee->observations.count; i++) {
        const Observation *task = &callee->observations.items[i];
        if (task->kind == OBSERVED_TASK && task->use == OUTCOME_RETURN && task->report == task->node)
            return task;
    }
    return NULL;
}

/* The statement is the call of a plain function and nothing else, or of a coroutine function with its `await`:
 * awaiting what a plain function gives awaits the task. */
static bool is_whole_statement(const Unit *unit, const Step *step, bool coroutine)
{
    const Node *statement = unit_node(unit, step->statement);
    if (statement->kind != STMT_EXPRESSION || step->report != step->node) return false;
    const Node *value = unit_node(unit, statement->first);
    if (!coroutine) return statement->first == step->node && value->kind == EXPR_CALL;
    bool call = value->kind == EXPR_AWAIT && unit_node(unit, value->first)->kind == EXPR_CALL;
    return call && (value->first == step->node || statement->first == step->node);
}

/* `spawn(work())`, where spawn returns the task that it makes. */
static void report_given(CheckRun *run, const Instance *instance, NodeId *last)
{
    for (size_t i = 0; i < instance->steps.count; i++) {
        const Step *step = &instance->steps.items[i];
        const Observation *task = given_task(step);
        if (!task || step->statement == *last || step->function != instance->function) continue;
        const FunctionInfo *callee = program_function(run->program, step->call->function);
        if (!is_whole_statement(run->unit, step, callee->is_async)) continue;
        Report *added =
            report(run, task, step->node, program_function(run->program, step->function), callee->name);
        added->subject = (Subject){.kind = SUBJECT_OBSERVATION,
                                   .function = step->function,
                                   .node = step->node,
                                   .statement = step->statement,
                                   .instance = instance,
                                   .observation = task};
        *last = step->statement;
    }
}

/* `# noqa: RUF006` says to another tool that the very same is wanted. */
static bool is_silenced(const Unit *unit, NodeId node)
{
    Str line = lines_line(&unit->lines, lines_row1(&unit->lines, unit_node(unit, node)->span.end));
    return str_find(line, STR("RUF006")) != SIZE_MAX;
}

/* A thread that makes a task has other worries: LS404. */
static bool is_in_thread(const Sighting *task)
{
    return task->instance && task->instance->thread_depth && !task->instance->on_loop;
}

static void run_tasks(CheckRun *run)
{
    Sightings tasks = {0};
    sightings_collect(run, OBSERVED_TASK, 1u << OUTCOME_NONE, &tasks);
    for (size_t i = 0; i < tasks.list.count; i++) {
        const Sighting *task = &tasks.list.items[i];
        if (is_silenced(run->unit, task->observation->node) || is_in_thread(task)) continue;
        Report *added = report(run, task->observation, task->observation->node, sighting_function(run, task),
                               (Str){"", 0});
        observed_subject(added, task);
    }
    sightings_free(&tasks);
    const Instance *before = NULL;
    for (size_t i = 0; i < run->unit->on_loop.count; i++) {
        const Instance *instance = run->unit->on_loop.items[i];
        NodeId last = 0;
        if (!before || before->function != instance->function) report_given(run, instance, &last);
        before = instance;
    }
}

const Check check_tasks = {.name = "tasks", .run = run_tasks};
