/* What each call of a line does, and why that is reported or not. */
#include "session/explain.h"

#include "checks/chain.h"
#include "program/contexts.h"
#include "program/reach.h"
#include "base/banned.h"

typedef VEC(LineStep) LineSteps;

static void judge(LineStep *step, LineVerdict verdict, Str text)
{
    step->verdict = verdict;
    step->text = text;
}

/* --- steps that block, against what the checks found --- */

static bool starts_at(const Place *place, Position position)
{
    return place->start.row1 == position.row1 && place->start.column1 == position.column1;
}

/* The report of just this step; else the one that stands for its statement. */
static const Report *report_of(const Explain *explain, const Step *step, Effect effect, bool *exact)
{
    const Lines *lines = &explain->target.unit->lines;
    Span span = unit_node(explain->target.unit, step->report)->span;
    Span statement = unit_node(explain->target.unit, step->statement)->span;
    Position position = lines_position(lines, span.start);
    uint32_t first = lines_row1(lines, statement.start);
    const Report *other = NULL;
    *exact = false;
    for (size_t i = 0; i < explain->run.reports.count; i++) {
        const Report *report = &explain->run.reports.items[i];
        if (!report->finding.sink.len) continue;
        *exact = starts_at(&report->finding.place, position) && report->finding.effect == effect;
        if (*exact) return report;
        if (report->first_row1 == first) other = report;
    }
    return other;
}

static Str cheap_text(void)
{
    return STR("it is cheap, a matter of microseconds: --strict reports it");
}

static Str info_text(Explain *explain)
{
    uint32_t function = explain->instance->function;
    const char *once =
        explain->run.runs_once ? explain->run.runs_once : contexts_once(explain->program, function);
    return str_format(&explain->session->arena, "%s%s: --show-info lists it",
                      once ? "the function " : "severity info", once ? once : "");
}

/* What stands in a nested function is reported where it is called. */
static Str reported_text(Explain *explain, const Finding *finding)
{
    Position start = finding->place.start;
    if (start.row1 <= explain->target.row1 && explain->target.row1 <= finding->place.end.row1)
        return str_format(&explain->session->arena, "reported as %.*s", WORDS(finding->code));
    return str_format(&explain->session->arena, "reported as %.*s at %u:%u, where it is called",
                      WORDS(finding->code), start.row1, start.column1);
}

static void judge_report(Explain *explain, LineStep *step, const Report *report)
{
    const Options *options = &explain->session->options;
    const AnalysedFile *file = &explain->session->files[explain->target.file];
    const Suppression *marker = markers_find(&file->markers, report, &explain->target.unit->lines);
    Str code = report->finding.code;
    if (!session_selects(options, code))
        judge(step, LINE_VERDICT_DESELECTED, STR("--select and --ignore leave the code out"));
    else if (marker)
        judge(step, LINE_VERDICT_SILENCED,
              str_format(&explain->session->arena, "a comment on line %u silences it", marker->row1));
    else if (report->cheap && !options->strict)
        judge(step, LINE_VERDICT_CHEAP, cheap_text());
    else if (report->finding.severity == SEVERITY_INFO && !options->show_info)
        judge(step, LINE_VERDICT_INFO, info_text(explain));
    else
        judge(step, LINE_VERDICT_REPORTED, reported_text(explain, &report->finding));
}

/* The finding stands where on-loop code leaves for this function. */
static Str judged_above(Explain *explain)
{
    size_t count;
    uint32_t root;
    const Hop *way = explain_way(explain, &explain->on_loop, explain->instance, &count, &root);
    if (count)
        return str_format(&explain->session->arena,
                          "judged where on-loop code makes the call: %.*s:%u in `%.*s`",
                          WORDS(way[0].place.path), way[0].place.start.row1, WORDS(way[0].function));
    return STR("judged where on-loop code makes the call");
}

static void judge_stall(Explain *explain, LineStep *line, const Step *step)
{
    bool own_file = explain->target.file != SIZE_MAX && explain->session->files[explain->target.file].unit;
    if (!explain->is_on_loop) {
        judge(line, LINE_VERDICT_NOT_ON_LOOP, STR("the function is not known to run on a loop"));
        return;
    }
    if (!own_file || !explain->instance->on_loop) {
        bool cheap = line->weight == WEIGHT_CHEAP && !explain->session->options.strict;
        judge(line, cheap ? LINE_VERDICT_CHEAP : LINE_VERDICT_ELSEWHERE,
              cheap ? cheap_text() : judged_above(explain));
        return;
    }
    bool exact;
    const Report *report = report_of(explain, step, line->finding.effect, &exact);
    if (!report) {
        judge(line, LINE_VERDICT_ELSEWHERE, STR("another finding stands for it"));
        return;
    }
    judge_report(explain, line, report);
    line->finding.severity = exact ? report->finding.severity : line->finding.severity;
    if (exact) return;
    judge(line, LINE_VERDICT_STRONGER,
          str_format(&explain->session->arena, "one finding a statement: %.*s at %u:%u stands for it",
                     WORDS(report->finding.code), report->finding.place.start.row1,
                     report->finding.place.start.column1));
}

static bool strongest(Explain *explain, const Step *step, Effect *effect, Reach *reach)
{
    bool any = false;
    for (int i = 0; i < EFFECT_COUNT; i++) {
        Reach one;
        if (!catalogue_code_of(explain->program->catalogue, (Effect)i)) continue;
        if (!reach_of_step(explain->program, step, (Effect)i, &one)) continue;
        if (any && reach_compare(&one, reach) <= 0) continue;
        *reach = one;
        *effect = (Effect)i;
        any = true;
    }
    return any;
}

static void take_stall(Explain *explain, LineStep *line, const Instance *instance, const Step *step,
                       Effect effect, const Reach *reach)
{
    Chain chain;
    chain_follow(&explain->run, instance, reach, &chain);
    line->blocks = true;
    line->weight = reach->weight;
    line->finding.code = catalogue_code_of(explain->program->catalogue, effect)->code;
    line->finding.effect = effect;
    line->finding.severity = reach->severity;
    line->finding.confidence = reach->confidence;
    chain_keep(&explain->run, &chain, &line->finding);
    vec_free(&chain.hops);
    if (!step->call && str_equal(line->name, step->rule.path)) line->name = line->finding.sink;
    judge_stall(explain, line, step);
}

/* --- calls that do not --- */

static void judge_call(Explain *explain, LineStep *line, const Step *step)
{
    const FunctionInfo *callee = program_function(explain->program, step->call->function);
    if (callee->off_loop)
        judge(line, LINE_VERDICT_OFF_LOOP,
              str_format(&explain->session->arena, "the comment on line %u of its file takes it off the loop",
                         off_loop_row1(explain->program, callee)));
    else if (step->elsewhere)
        judge(line, LINE_VERDICT_NOT_RUN, STR("a coroutine that is made here and runs by itself"));
    else if (step_reports_itself(explain->program, step))
        judge(line, LINE_VERDICT_ELSEWHERE, STR("a coroutine: what it does is judged in it"));
    else if (!step->call->instance)
        judge(line, LINE_VERDICT_UNKNOWN, STR("calls nest too deep in what it is called with"));
    else
        judge(line, LINE_VERDICT_HARMLESS,
              STR("nothing it is known to do blocks ('loopsafe why' of it tells more)"));
}

static const char *placed(Placement placement)
{
    return placement == PLACE_PROCESS ? "another process" : "a thread";
}

static void judge_callee(Explain *explain, LineStep *line, const Callee *callee)
{
    bool may_block = callee->kind == CALLEE_BLOCKS || callee->kind == CALLEE_FUNCTION;
    if (may_block && !explain->is_on_loop) {
        judge(line, LINE_VERDICT_NOT_ON_LOOP, STR("the function is not known to run on a loop"));
        return;
    }
    switch (callee->kind) {
    case CALLEE_UNKNOWN:
        judge(line, LINE_VERDICT_UNKNOWN, STR("what it calls is not known: nothing is reported from that"));
        break;
    case CALLEE_OFFLOADS:
        judge(line, LINE_VERDICT_OFFLOADED,
              str_format(&explain->session->arena,
                         "what it is handed runs in %s; its arguments are evaluated here",
                         placed(callee->placed)));
        break;
    case CALLEE_HARMLESS:
        judge(line, LINE_VERDICT_HARMLESS,
              callee->why.len
                  ? str_format(&explain->session->arena, "it does not block: %.*s", WORDS(callee->why))
                  : STR("it does not block"));
        break;
    case CALLEE_BLOCKS:
        judge(line, LINE_VERDICT_HARMLESS, STR("it can block, but not called like this"));
        break;
    default:
        judge(line, LINE_VERDICT_HARMLESS, STR("nothing is known of it that blocks"));
        break;
    }
}

/* --- the steps of a line --- */

static LineStep line_step(Explain *explain, NodeId node, Str name)
{
    Span span = unit_node(explain->target.unit, node)->span;
    LineStep line = {.name = str_copy(&explain->session->arena, name)};
    line.finding.place = check_place(&explain->run, explain->target.unit, span);
    line.finding.confidence = CONFIDENCE_CERTAIN;
    return line;
}

static Str step_name(const Explain *explain, const Step *step)
{
    return step->call ? program_function(explain->program, step->call->function)->name : step->rule.path;
}

/* A nested function that is called in place: its step is shown where it is called. */
static Str entered_name(const Explain *explain, const Step *step)
{
    return step->function == ID_NONE ? step_name(explain, step)
                                     : program_function(explain->program, step->function)->name;
}

static bool on_row(const Explain *explain, NodeId node)
{
    const Unit *unit = explain->target.unit;
    Span span = unit_node(unit, node)->span;
    uint32_t row1 = explain->target.row1;
    return lines_row1(&unit->lines, span.start) <= row1 && row1 <= lines_row1(&unit->lines, span.end);
}

/* The same call reached by another way replaces a weaker one; a call and the `await` before it end together. */
static void keep_step(LineSteps *steps, const LineStep *line)
{
    Position end = line->finding.place.end;
    for (size_t i = 0; i < steps->count; i++) {
        LineStep *known = &steps->items[i];
        Position other = known->finding.place.end;
        if (other.row1 != end.row1 || other.column1 != end.column1 || !str_equal(known->name, line->name))
            continue;
        bool stronger = line->blocks && (!known->blocks || line->verdict < known->verdict);
        if (stronger) *known = *line;
        return;
    }
    vec_add(steps, *line);
}

static void add_steps_of(Explain *explain, const Instance *instance, LineSteps *steps, NodeList *told)
{
    uint32_t function = explain->target.function;
    for (size_t i = 0; i < instance->steps.count; i++) {
        const Step *step = &instance->steps.items[i];
        if (instance->function != function && step->function != function) continue;
        bool entered = instance->function == function && !on_row(explain, step->node);
        NodeId node = entered ? step->report : step->node;
        if (!on_row(explain, node)) continue;
        LineStep line =
            line_step(explain, node, entered ? entered_name(explain, step) : step_name(explain, step));
        Effect effect;
        Reach reach;
        if (strongest(explain, step, &effect, &reach))
            take_stall(explain, &line, instance, step, effect, &reach);
        else if (step->call)
            judge_call(explain, &line, step);
        else
            continue;
        keep_step(steps, &line);
        vec_add(told, node);
    }
}

static bool is_told(const NodeList *told, NodeId call)
{
    for (size_t i = 0; i < told->count; i++)
        if (told->items[i] == call) return true;
    return false;
}

static void add_other_calls(Explain *explain, LineSteps *steps, const NodeList *told)
{
    const Unit *unit = explain->target.unit;
    uint32_t row1 = explain->target.row1, start = unit->lines.starts[row1 - 1];
    uint32_t length = (uint32_t)lines_line(&unit->lines, row1).len;
    bool own = explain->instance && explain->instance->function == explain->target.function;
    FunctionEnd end =
        function_end(explain->program, explain->target.function, own ? explain->instance : NULL);
    NodeList calls = {0};
    calls_in(unit, (Span){start, start + length}, &calls);
    for (size_t i = 0; i < calls.count; i++) {
        if (is_told(told, calls.items[i])) continue;
        Callee callee = function_end_callee(&end, calls.items[i]);
        LineStep line = line_step(explain, calls.items[i], callee.name);
        judge_callee(explain, &line, &callee);
        keep_step(steps, &line);
    }
    vec_free(&calls);
}

static int compare_steps(const void *left, const void *right)
{
    const LineStep *one = left, *other = right;
    int by_place = finding_compare(&one->finding, &other->finding);
    return by_place ? by_place : str_compare(one->name, other->name);
}

void explain_steps(Explain *explain)
{
    if (explain->target.function == ID_NONE) return;
    LineSteps steps = {0};
    NodeList told = {0};
    const Ways *ways = explain->is_on_loop ? &explain->on_loop : &explain->elsewhere;
    for (size_t i = 0; i < ways->count; i++)
        add_steps_of(explain, ways->order[i], &steps, &told);
    add_other_calls(explain, &steps, &told);
    if (steps.count) qsort(steps.items, steps.count, sizeof *steps.items, compare_steps);
    Explanation *out = explain->out;
    out->step_count = steps.count;
    out->steps = arena_array(&explain->session->arena, steps.count, sizeof *out->steps);
    for (size_t i = 0; i < steps.count; i++)
        out->steps[i] = steps.items[i];
    vec_free(&steps);
    vec_free(&told);
}
