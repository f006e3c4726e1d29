#include "session/analysis.h"

#include <stdlib.h>
#include <string.h>

#include "session/fingerprint.h"
#include "session/markers.h"
#include "base/banned.h"

/* The language's word and our own; the frameworks whose plain functions run on a loop are in the tables. */
bool analysis_wants(const Catalogue *catalogue, Str bytes)
{
    if (str_find(bytes, STR("async")) != SIZE_MAX || str_find(bytes, STR("loopsafe:")) != SIZE_MAX)
        return true;
    for (size_t i = 0; i < catalogue_trigger_count(catalogue); i++)
        if (str_find(bytes, catalogue_trigger(catalogue, i)) != SIZE_MAX) return true;
    /* UTF-16 writes a NUL between the letters of a trigger. */
    return bytes.len >= 2 && (memcmp(bytes.ptr, "\xff\xfe", 2) == 0 || memcmp(bytes.ptr, "\xfe\xff", 2) == 0);
}

static int compare_reports(const void *left, const void *right)
{
    return finding_compare(&((const Report *)left)->finding, &((const Report *)right)->finding);
}

static void sort_reports(CheckRun *run)
{
    if (run->reports.count) qsort(run->reports.items, run->reports.count, sizeof(Report), compare_reports);
}

static void keep_reports(Worker *worker, CheckRun *run, FileReports *out)
{
    out->count = run->reports.count;
    out->reports = arena_array(&worker->results, out->count, sizeof *out->reports);
    if (out->count) memcpy(out->reports, run->reports.items, out->count * sizeof *out->reports);
    vec_free(&run->reports);
}

static void count_unit(Worker *worker, const Unit *unit)
{
    Counters *counters = &worker->counters;
    size_t damages;
    facts_damages(unit->facts, &damages);
    counters->files_outlined++;
    counters->bytes_outlined += facts_outline(unit->facts)->text.len;
    counters->bytes_parsed += facts_bytes_parsed(unit->facts);
    counters->nodes += facts_node_count(unit->facts);
    if (unit->rounds > counters->rounds) counters->rounds = unit->rounds;
    for (size_t i = 0; i < unit->functions.count; i++)
        counters->functions_on_loop += unit->functions.items[i]->contexts.loop;
    counters->calls_resolved += unit->resolved;
    counters->calls_unresolved += unit->unresolved;
    counters->damaged_regions += damages;
    counters->limits_reached += unit->limits_reached;
    if (worker->file.held_bytes > counters->arena_bytes) counters->arena_bytes = worker->file.held_bytes;
}

static void run_checks(CheckRun *run)
{
    for (size_t i = 0; i < check_count; i++)
        checks[i]->run(run);
}

void analysis_run(Worker *worker, Names *names, const Catalogue *catalogue, const DiscoveredFile *file,
                  Str bytes, FileReports *out)
{
    Arena *arena = &worker->file;
    SourceText source = text_decode(arena, bytes);
    Lines lines = lines_index(arena, source.text);
    Outline outline = outline_scan(arena, source.text);
    Markers markers = markers_read(arena, catalogue, &outline, &lines);
    Unit unit = {.arena = arena,
                 .names = names,
                 .catalogue = catalogue,
                 .facts = facts_new(arena, names, worker->parser, &outline, FACTS_ON_DEMAND),
                 .off_loop = markers.off_loop,
                 .off_loop_count = markers.off_loop_count};
    unit_analyse(&unit);
    CheckRun run = {
        .unit = &unit, .source = &source, .lines = &lines, .path = file->path, .results = &worker->results};
    if (scope_of_path(file->project_path) == PATH_COMMAND) run.runs_once = "is a command-line module";
    run_checks(&run);
    unit.limits_reached += facts_limits_reached(unit.facts);
    sort_reports(&run);
    fingerprint_reports(run.reports.items, run.reports.count, file->project_path);
    out->suppressed = markers_apply(&markers, &run);
    markers_report(&markers, &run);
    sort_reports(&run);
    fingerprint_reports(run.reports.items, run.reports.count, file->project_path);
    count_unit(worker, &unit);
    keep_reports(worker, &run, out);
    unit_free(&unit);
}
