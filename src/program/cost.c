/* What calls cost: statements run in counted loops, added up along the calls. A loop or a recursion that runs long becomes
 * a step of its own, so that the way to it is found like that to any other stall. */
#include "program/loops.h"

#include <math.h>
#include <stdio.h>

#include "program/numbers.h"
#include "base/banned.h"

/* Statements that hold the interpreter for a tenth of a second and more: some 30 ns each. */
static const double long_cost = 5e6;
static const double most_cost = 1e18;
static const double seconds_a_step = 3e-8;
static const double steps_a_call = 4;
static const double branch_calls = 1.5e5; /* fib(25) */

enum { COST_PASSES = 3, TEXT_BYTES = 120 };

static double cost_of_call(const Program *program, const Instance *instance, const Step *step)
{
    if (!step->call || !step->call->instance || !step_is_followed(program, step)) return 0;
    if (step->call->function == instance->function) return 0;
    return step->call->instance->cost;
}

/* Adds up what stands in each loop, from the inner ones out; gives what one call costs in all. */
static double add_up(const Program *program, const Instance *instance, double *totals)
{
    double own = 0;
    for (size_t i = 0; i < instance->loops.count; i++)
        totals[i] = instance->loops.items[i].steps;
    for (size_t i = 0; i < instance->steps.count; i++) {
        const Step *step = &instance->steps.items[i];
        double cost = cost_of_call(program, instance, step);
        *(step->loop ? &totals[step->loop - 1] : &own) += cost;
    }
    for (size_t i = instance->loops.count; i-- > 0;) {
        const CountedLoop *loop = &instance->loops.items[i];
        totals[i] = fmin(totals[i] * loop->passes, most_cost);
        *(loop->around ? &totals[loop->around - 1] : &own) += totals[i];
    }
    return fmin(own, most_cost);
}

/* --- recursion that branches: f(n - 1) + f(n - 2) --- */

/* The amount that `n - 1` takes off a parameter; 0: something else. */
static double taken_off(const Unit *unit, NodeId id)
{
    const Node *node = unit_node(unit, id);
    if (node->kind != EXPR_BINARY || !node->name || !str_equal(name_str(node->name), STR("-"))) return 0;
    const Node *left = unit_node(unit, node->first), *right = unit_node(unit, node->second);
    if (left->kind != EXPR_NAME || right->kind != EXPR_NUMBER || !right->name || right->name->len != 1)
        return 0;
    char digit = right->name->text[0];
    return digit >= '1' && digit <= '9' ? digit - '0' : 0;
}

static double taken_off_by(const FunctionInfo *info, const Step *step)
{
    const Node *call = unit_node(info->unit, step->node);
    return call->kind == EXPR_CALL ? taken_off(info->unit, call->second) : 0;
}

typedef struct Branching {
    const Step *first; /* of two calls of itself in one statement */
    double least, most;
} Branching;

static Branching branching_of(const Program *program, const Instance *instance)
{
    const FunctionInfo *info = program->functions.items[instance->function];
    Branching found = {NULL, 0, 0};
    if (info->memoised || info->is_async) return found;
    for (size_t i = 0; i < instance->steps.count; i++) {
        const Step *step = &instance->steps.items[i];
        if (!step->call || step->call->function != instance->function) continue;
        if (step->function != instance->function) continue;
        double off = taken_off_by(info, step);
        if (off <= 0) continue;
        if (found.first && found.first->statement == step->statement) {
            found.least = fmin(found.most, off);
            found.most = fmax(found.most, off);
            return found;
        }
        found = (Branching){step, 0, off};
    }
    return (Branching){NULL, 0, 0};
}

/* The largest g with g^-least + g^-most = 1: by how much the calls grow when the argument grows by one. */
static double growth_of(double least, double most)
{
    double low = 1, high = 2;
    for (int i = 0; i < 40; i++) {
        double middle = (low + high) / 2;
        if (pow(middle, -least) + pow(middle, -most) > 1)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* The number that the instance is called with first; false: whatever its caller has. */
static bool first_argument(const Program *program, const Instance *instance, double *number)
{
    const FunctionInfo *info = program->functions.items[instance->function];
    uint32_t index = info->class_id != ID_NONE && !info->is_static;
    if (index >= instance->argument_count) return false;
    const Item *literal = value_literal(instance->arguments[index]);
    return literal && literal->id == EXPR_NUMBER && number_of_text(literal->path, number);
}

/* --- making steps of it --- */

static Str text_kept(Program *program, const char *text)
{
    return str_copy(&program->arena, str_from(text));
}

static const char *time_of(double cost)
{
    double seconds = cost * seconds_a_step;
    return seconds < 0.5  ? "some tenths of a second"
           : seconds < 2  ? "about a second"
           : seconds < 60 ? "some seconds"
                          : "minutes";
}

static Rule rule_of(Str path, Str why)
{
    return (Rule){.path = path,
                  .effect = EFFECT_LONG_LOOP,
                  .weight = WEIGHT_ALWAYS,
                  .gil = GIL_HELD,
                  .severity = SEVERITY_HIGH,
                  .form = FORM_OFFLOAD_PROCESS,
                  .why = why};
}

/* "makes about 10^8 passes" */
static Str passes_text(Program *program, double passes, double cost)
{
    char text[TEXT_BYTES];
    int exponent = (int)floor(log10(passes));
    double factor = round(passes / pow(10, exponent));
    if (factor >= 10) {
        factor = 1;
        exponent++;
    }
    if (factor > 1)
        snprintf(text, sizeof text, "makes about %.0f * 10^%d passes (%s)", factor, exponent, time_of(cost));
    else
        snprintf(text, sizeof text, "makes about 10^%d passes (%s)", exponent, time_of(cost));
    return text_kept(program, text);
}

/* How often the body of the loop runs in one run of the function, those of loops in it counted as well. */
static void add_loop(Program *program, Instance *instance, const CountedLoop *loop, double total)
{
    double passes = fmax(total / fmax(loop->steps, 1), loop->passes);
    vec_add(&instance->steps, ((Step){.node = loop->node,
                                      .report = loop->report,
                                      .statement = loop->statement,
                                      .function = loop->function,
                                      .guarded = loop->guarded,
                                      .weight = WEIGHT_ALWAYS,
                                      .confidence = CONFIDENCE_CERTAIN,
                                      .rule = rule_of(loop->text, passes_text(program, passes, total))}));
}

static void add_recursion(Program *program, Instance *instance, Step step, Confidence confidence, Str why)
{
    const FunctionInfo *info = program->functions.items[instance->function];
    step.call = NULL;
    step.loop = 0;
    step.elsewhere = false;
    step.weight = WEIGHT_ALWAYS;
    step.confidence = confidence;
    step.rule = rule_of(unit_text(info->unit, step.node), why);
    vec_add(&instance->steps, step);
}

static void note_inner(const Program *program, Instance *instance, bool *inner)
{
    for (size_t i = 0; i < instance->steps.count; i++) {
        const Step *step = &instance->steps.items[i];
        if (!step->call || !step->call->instance || !step_is_followed(program, step)) continue;
        if (!step->call->instance->runs_long) continue;
        instance->runs_long = true;
        if (step->loop) inner[step->loop - 1] = true;
    }
}

/* Of loops in loops the innermost that runs long is shown, and none around a call that is shown. */
static void find_loops(Program *program, Instance *instance)
{
    size_t count = instance->loops.count;
    bool *inner = arena_array(&program->arena, count, sizeof *inner);
    double *totals = arena_array(&program->arena, count, sizeof *totals);
    note_inner(program, instance, inner);
    if (count) add_up(program, instance, totals);
    for (size_t i = count; i-- > 0;) {
        const CountedLoop *loop = &instance->loops.items[i];
        if (totals[i] >= long_cost && !inner[i]) {
            add_loop(program, instance, loop, totals[i]);
            instance->runs_long = inner[i] = true;
        }
        if (inner[i] && loop->around) inner[loop->around - 1] = true;
    }
}

/* What it calls itself with is known once: the calls below are part of the count. */
static void leave_out_own_calls(Instance *instance)
{
    for (size_t i = 0; i < instance->steps.count; i++) {
        Step *step = &instance->steps.items[i];
        if (step->call && step->call->function == instance->function) step->elsewhere = true;
    }
}

static void find_recursion(Program *program, Instance *instance)
{
    Branching branching = branching_of(program, instance);
    if (!branching.first) return;
    double argument, growth = growth_of(branching.least, branching.most);
    bool known = first_argument(program, instance, &argument);
    double calls = known ? fmin(pow(growth, argument), most_cost) : branch_calls;
    instance->is_branching = true;
    instance->cost = calls;
    Step first = *branching.first;
    if (known) leave_out_own_calls(instance);
    if (calls < branch_calls) return;
    Str why = known ? passes_text(program, calls, calls * steps_a_call)
                    : STR("calls itself twice in every call: each step of its argument multiplies the time");
    add_recursion(program, instance, first, known ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY, why);
    instance->runs_long = true;
}

static void find_cost(Program *program, Instance *instance)
{
    double none = 0, *totals = &none;
    if (instance->is_branching) return;
    if (instance->loops.count) totals = arena_array(&program->arena, instance->loops.count, sizeof *totals);
    instance->cost = add_up(program, instance, totals);
}

/* Callees were reached after their callers: backwards most costs are known in one pass. */
void cost_solve(Program *program)
{
    for (size_t i = program->waiting.count; i-- > 0;)
        find_recursion(program, program->waiting.items[i]);
    for (int pass = 0; pass < COST_PASSES; pass++)
        for (size_t i = program->waiting.count; i-- > 0;)
            find_cost(program, program->waiting.items[i]);
    for (size_t i = program->waiting.count; i-- > 0;)
        find_loops(program, program->waiting.items[i]);
}
