/* LS101-LS190: a statement on the loop from which calls lead to something that blocks. One finding a statement, the
 * strongest. */
#include "checks/check.h"

#include "checks/wording.h"
#include "program/contexts.h"
#include "program/reach.h"
#include "base/banned.h"

/* One way in which a statement of on-loop code blocks. */
typedef struct Stall {
    const Instance *instance;
    const Step *step;
    Effect effect;
    Reach reach;
    bool done; /* another one of its statement was reported */
} Stall;

typedef struct Stalls {
    VEC(Stall) list;
} Stalls;

/* A call in a loop is made for every item. */
static Severity severity_of(const CheckRun *run, const Stall *stall)
{
    uint32_t function = stall->instance->function;
    if (run->runs_once || contexts_once(run->program, function)) return SEVERITY_INFO;
    Severity severity = stall->reach.severity;
    bool repeated = stall->step->call && stall->step->in_loop && stall->reach.weight > WEIGHT_CHEAP;
    return severity == SEVERITY_LOW && repeated && !stall->step->guarded ? SEVERITY_MEDIUM : severity;
}

static bool has_code(const CheckRun *run, Effect effect)
{
    return catalogue_code_of(run->program->catalogue, effect) != NULL;
}

/* The strongest of what the step leads to. */
static bool stall_of(const CheckRun *run, const Instance *instance, const Step *step, Stall *stall)
{
    bool any = false;
    for (int effect = 0; effect < EFFECT_COUNT; effect++) {
        Reach reach;
        if (!has_code(run, (Effect)effect) || !reach_of_step(run->program, step, (Effect)effect, &reach)) continue;
        if (any && reach_compare(&reach, &stall->reach) <= 0) continue;
        *stall = (Stall){.instance = instance, .step = step, .effect = (Effect)effect, .reach = reach};
        any = true;
    }
    return any;
}

/* Rows of the statement without its body: where a comment about it may stand. */
static Span header_span(const Unit *unit, NodeId statement)
{
    const Node *node = unit_node(unit, statement);
    NodeId last = 0;
    switch ((NodeKind)node->kind) {
    case STMT_IF:
    case STMT_WHILE:
    case STMT_MATCH:
        last = node->first;
        break;
    case STMT_FOR:
        last = node->second;
        break;
    case STMT_WITH:
        for (NodeId item = node->first; item; item = unit_node(unit, item)->next)
            last = item;
        break;
    case STMT_TRY:
    case STMT_FUNCTION:
    case STMT_CLASS:
        return (Span){node->span.start, node->span.start};
    default:
        return node->span;
    }
    return (Span){node->span.start, last ? unit_node(unit, last)->span.end : node->span.start};
}

static Str copied(CheckRun *run, Str text)
{
    return str_copy(run->results, text);
}

static const FunctionInfo *function_of(const CheckRun *run, uint32_t id)
{
    return run->program->functions.items[id];
}

static Str last_part(Str name)
{
    size_t dot = str_find_last(name, '.');
    return dot == SIZE_MAX ? name : str_part(name, dot + 1, name.len);
}

/* --- the chain --- */

typedef struct Chain {
    VEC(Hop) hops;
    const Instance *instance;
    const Step *step;
} Chain;

static void add_hop(CheckRun *run, Chain *chain, const Unit *unit, NodeId node, Str caller, Str callee)
{
    Span span = unit_node(unit, node)->span;
    Hop hop = {.place = check_place(run, unit, span),
               .function = copied(run, caller),
               .callee = copied(run, callee),
               .source = check_line(run, unit, span)};
    vec_add(&chain->hops, hop);
}

/* The function's name; or the other one that it was called by, in its class. */
static Str callee_name(CheckRun *run, const Invocation *call)
{
    Str name = function_of(run, call->function)->name;
    size_t dot = str_find_last(name, '.');
    if (!call->called_as) return name;
    Str class = dot == SIZE_MAX ? (Str){"", 0} : str_part(name, 0, dot + 1);
    return str_join(run->results, class, STR(""), name_str(call->called_as));
}

/* The step's call, through the nested function that it stands in. */
static void add_step(CheckRun *run, Chain *chain)
{
    const Step *step = chain->step;
    const FunctionInfo *own = function_of(run, chain->instance->function);
    const FunctionInfo *inner = step->function == ID_NONE ? own : function_of(run, step->function);
    bool nested = step->report != step->node && inner != own;
    if (nested) add_hop(run, chain, own->unit, step->report, own->name, inner->name);
    if (!step->call) return;
    add_hop(run, chain, own->unit, step->node, nested ? inner->name : own->name, callee_name(run, step->call));
}

/* Follows the way to the primitive; the step that is it stays in `chain`. */
static void follow(CheckRun *run, const Stall *stall, Chain *chain)
{
    *chain = (Chain){.instance = stall->instance, .step = stall->step};
    add_step(run, chain);
    for (const Reach *next = stall->reach.next; next; next = next->next) {
        chain->instance = chain->step->call->instance;
        chain->step = next->step;
        add_step(run, chain);
    }
}

static void keep_chain(CheckRun *run, const Chain *chain, Finding *finding)
{
    finding->chain_count = chain->hops.count;
    finding->chain = arena_array(run->results, chain->hops.count, sizeof *finding->chain);
    for (size_t i = 0; i < chain->hops.count; i++)
        finding->chain[i] = chain->hops.items[i];
}

/* --- reporting --- */

static void report(CheckRun *run, const Stall *stall)
{
    const Unit *unit = run->unit;
    Chain chain;
    follow(run, stall, &chain);
    const Rule *rule = &chain.step->rule;
    const CodeRule *code = catalogue_code_of(unit->catalogue, stall->effect);
    const Unit *sink_unit = function_of(run, chain.instance->function)->unit;
    Span span = unit_node(unit, stall->step->report)->span;
    Span header = header_span(unit, stall->step->statement);
    Str entered = chain.hops.count ? last_part(chain.hops.items[0].callee) : (Str){"", 0};
    Finding finding = {.code = code->code,
                       .message = wording_message(run->results, rule, entered),
                       .advice = wording_advice(run->results, rule),
                       .why = wording_why(run->results, rule),
                       .severity = severity_of(run, stall),
                       .confidence = stall->reach.confidence,
                       .effect = stall->effect,
                       .function = copied(run, function_of(run, stall->instance->function)->name),
                       .sink = copied(run, wording_name(rule)),
                       .sink_place = check_place(run, sink_unit, unit_node(sink_unit, chain.step->node)->span)};
    keep_chain(run, &chain, &finding);
    vec_free(&chain.hops);
    const Lines *lines = &unit->lines;
    uint32_t first = lines_row1(lines, header.start), last = lines_row1(lines, header.end);
    uint32_t row = lines_row1(lines, span.end);
    check_add(run, finding, span, first, row > last ? row : last, stall->reach.weight == WEIGHT_CHEAP);
}

static int stronger(const CheckRun *run, const Stall *left, const Stall *right)
{
    bool left_cheap = left->reach.weight == WEIGHT_CHEAP, right_cheap = right->reach.weight == WEIGHT_CHEAP;
    if (left_cheap != right_cheap) return right_cheap ? 1 : -1;
    int by_severity = (int)severity_of(run, left) - (int)severity_of(run, right);
    return by_severity ? by_severity : reach_compare(&left->reach, &right->reach);
}

static bool same_statement(const Stall *left, const Stall *right)
{
    return left->instance->function == right->instance->function && left->step->statement == right->step->statement;
}

static void collect(const CheckRun *run, Stalls *stalls)
{
    for (size_t i = 0; i < run->unit->on_loop.count; i++) {
        const Instance *instance = run->unit->on_loop.items[i];
        for (size_t k = 0; k < instance->steps.count; k++) {
            Stall stall;
            if (stall_of(run, instance, &instance->steps.items[k], &stall)) vec_add(&stalls->list, stall);
        }
    }
}

/* Stalls of one statement stand near each other in the list, but not always side by side. */
static void run_blocking(CheckRun *run)
{
    Stalls stalls = {0};
    collect(run, &stalls);
    for (size_t i = 0; i < stalls.list.count; i++) {
        const Stall *best = &stalls.list.items[i];
        if (best->done) continue;
        uint32_t function = best->instance->function;
        for (size_t k = i + 1; k < stalls.list.count && stalls.list.items[k].instance->function == function; k++) {
            Stall *other = &stalls.list.items[k];
            if (!same_statement(best, other)) continue;
            other->done = true;
            if (stronger(run, other, best) > 0) best = other;
        }
        report(run, best);
    }
    vec_free(&stalls.list);
}

const Check check_blocking = {.name = "blocking", .run = run_blocking};
