#include "checks/sites.h"

#include "program/contexts.h"
#include "program/header.h"
#include "base/banned.h"

bool site_runs_once(const CheckRun *run, const Instance *instance)
{
    return run->runs_once || contexts_once(run->program, instance->function);
}

Finding site_finding(CheckRun *run, const char *code, const Site *site)
{
    return (Finding){
        .code = check_code(run, code)->code,
        .confidence = CONFIDENCE_CERTAIN,
        .severity = SEVERITY_MEDIUM,
        .function = str_copy(run->results, program_function(run->program, site->instance->function)->name)};
}

void site_sink(CheckRun *run, Finding *finding, const Instance *instance, NodeId node, Str name)
{
    const FunctionInfo *info = program_function(run->program, instance->function);
    Span span = unit_node(info->unit, node)->span;
    finding->sink = str_copy(run->results, name);
    finding->sink_place = check_place(run, info->unit, span);
    finding->sink_function = str_copy(run->results, info->name);
    finding->sink_source = check_line(run, info->unit, span);
}

static bool is_reported(const CheckRun *run, const Finding *finding, Position start)
{
    for (size_t i = 0; i < run->reports.count; i++) {
        const Finding *known = &run->reports.items[i].finding;
        if (str_equal(known->code, finding->code) && known->place.start.row1 == start.row1 &&
            known->place.start.column1 == start.column1)
            return true;
    }
    return false;
}

Report *site_add(CheckRun *run, Finding finding, const Site *site, bool cheap)
{
    const Unit *unit = run->unit;
    const Lines *lines = &unit->lines;
    Span span = unit_node(unit, site->report)->span;
    Span header = statement_header(unit, site->statement);
    if (is_reported(run, &finding, lines_position(lines, span.start))) return NULL;
    uint32_t first = lines_row1(lines, header.start), last = lines_row1(lines, header.end);
    uint32_t row = lines_row1(lines, span.end);
    Report *report = check_add(run, finding, span, first, row > last ? row : last, cheap);
    report->subject = (Subject){.kind = SUBJECT_OBSERVATION,
                                .function = site->instance->function,
                                .node = site->report,
                                .statement = site->statement,
                                .instance = site->instance};
    return report;
}
