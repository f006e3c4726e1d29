/* LS101-LS190: a call on the loop that the catalogue knows to block. One finding a statement, the strongest. */
#include "checks/check.h"

#include "checks/wording.h"
#include "program/contexts.h"
#include "base/banned.h"

static Severity lower(Severity severity)
{
    return severity > SEVERITY_LOW ? (Severity)(severity - 1) : severity;
}

static Severity severity_of(const CheckRun *run, const LoopCall *call)
{
    if (run->runs_once || contexts_once(run->unit, call->function)) return SEVERITY_INFO;
    Severity severity = call->rule.severity;
    bool moves_data = call->rule.effect == EFFECT_FILE && call->outside;
    if (severity == SEVERITY_LOW && (call->in_loop || moves_data)) severity = SEVERITY_MEDIUM;
    if (call->weight == WEIGHT_CHEAP && severity > SEVERITY_LOW) severity = SEVERITY_LOW;
    return call->guarded ? lower(severity) : severity;
}

/* Positive when left says more than right. */
static int stronger(const CheckRun *run, const LoopCall *left, const LoopCall *right)
{
    int by_weight = (int)(left->weight > WEIGHT_CHEAP) - (int)(right->weight > WEIGHT_CHEAP);
    if (by_weight) return by_weight;
    int by_severity = (int)severity_of(run, left) - (int)severity_of(run, right);
    if (by_severity) return by_severity;
    if (left->confidence != right->confidence) return (int)left->confidence - (int)right->confidence;
    return left->weight != right->weight ? (int)left->weight - (int)right->weight : 0;
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

/* What is called where the chain leaves the coroutine: `helper` of `helper(1)`. */
static Str entered_name(const CheckRun *run, const LoopCall *call)
{
    const FunctionInfo *sink = unit_function_info(run->unit, call->sink_function);
    size_t dot = str_find_last(sink->name, '.');
    return dot == SIZE_MAX ? sink->name : str_part(sink->name, dot + 1, sink->name.len);
}

static void add_chain(CheckRun *run, const LoopCall *call, Finding *finding)
{
    finding->chain = arena_array(run->results, 1, sizeof *finding->chain);
    finding->chain_count = 1;
    finding->chain[0] =
        (Hop){.place = check_place(run, unit_node(run->unit, call->report)->span),
              .function = finding->function,
              .callee = copied(run, unit_function_info(run->unit, call->sink_function)->name)};
}

static void report(CheckRun *run, const LoopCall *call)
{
    const Unit *unit = run->unit;
    const CodeRule *code = catalogue_code_of(unit->catalogue, call->rule.effect);
    bool nested = call->report != call->node && call->sink_function != call->function;
    Span span = unit_node(unit, call->report)->span;
    Span header = header_span(unit, call->statement);
    Finding finding = {.code = code->code,
                       .message = wording_message(run->results, &call->rule,
                                                  nested ? entered_name(run, call) : (Str){"", 0}),
                       .advice = wording_advice(run->results, &call->rule),
                       .why = wording_why(run->results, &call->rule),
                       .severity = severity_of(run, call),
                       .confidence = call->confidence,
                       .effect = call->rule.effect,
                       .function = copied(run, unit_function_info(unit, call->function)->name),
                       .sink = copied(run, wording_name(&call->rule)),
                       .sink_place = check_place(run, unit_node(unit, call->node)->span)};
    if (nested) add_chain(run, call, &finding);
    uint32_t first = lines_row1(run->lines, header.start), last = lines_row1(run->lines, header.end);
    uint32_t row = lines_row1(run->lines, span.end);
    check_add(run, finding, span, first, row > last ? row : last, call->weight == WEIGHT_CHEAP);
}

static bool is_reported(const CheckRun *run, const LoopCall *call)
{
    return catalogue_code_of(run->unit->catalogue, call->rule.effect) != NULL;
}

static bool same_statement(const LoopCall *left, const LoopCall *right)
{
    return left->function == right->function && left->statement == right->statement;
}

/* Calls of one statement stand near each other in the list, but not always side by side. */
static void run_blocking(CheckRun *run)
{
    const Unit *unit = run->unit;
    bool *done = arena_array(unit->arena, unit->calls.count, sizeof *done);
    for (size_t i = 0; i < unit->calls.count; i++) {
        const LoopCall *best = &unit->calls.items[i];
        if (done[i] || !is_reported(run, best)) continue;
        for (size_t k = i + 1; k < unit->calls.count && unit->calls.items[k].function == best->function;
             k++) {
            const LoopCall *other = &unit->calls.items[k];
            if (!same_statement(best, other) || !is_reported(run, other)) continue;
            done[k] = true;
            if (stronger(run, other, best) > 0) best = other;
        }
        report(run, best);
    }
}

const Check check_blocking = {.name = "blocking", .run = run_blocking};
