#include "session/analysis.h"
#include "fixes/fixes.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
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
    if (catalogue_may_hold_thread(catalogue, bytes)) return true;
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

static void keep_reports(Worker *worker, CheckRun *run, AnalysedFile *out)
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
    counters->damaged_regions += damages;
    counters->limits_reached += facts_limits_reached(unit->facts);
    for (size_t i = 0; i < unit->functions.count; i++)
        counters->functions_on_loop += unit_function_info(unit, unit->functions.items[i])->contexts.loop;
}

static void run_checks(CheckRun *run)
{
    for (size_t i = 0; i < check_count; i++)
        checks[i]->run(run);
}

/* Off the cache, else off the text. */
static void read_facts(Worker *worker, Cache *cache, Unit *unit)
{
    Arena *arena = unit->arena;
    Str text = unit->source.text;
    unit->facts = cache_facts(cache, arena, unit->names, worker->parser, unit->path, unit->bytes, text);
    if (unit->facts) return;
    Outline *outline = arena_alloc(arena, sizeof *outline);
    *outline = outline_scan(arena, text);
    unit->facts = facts_new(arena, unit->names, worker->parser, outline, FACTS_ON_DEMAND);
    worker->counters.files_outlined++;
    worker->counters.bytes_outlined += text.len;
}

void analysis_read(Worker *worker, Cache *cache, Names *names, const Catalogue *catalogue,
                   const DiscoveredFile *file, const Module *module, Str bytes, AnalysedFile *out)
{
    Arena *arena = &worker->units;
    Unit *unit = arena_alloc(arena, sizeof *unit);
    unit->arena = arena;
    unit->names = names;
    unit->catalogue = catalogue;
    unit->module_file = module;
    unit->path = file->path;
    unit->is_root = true;
    /* The text outlives the file's turn. */
    unit->bytes = str_copy(arena, bytes);
    unit->source = text_decode(arena, unit->bytes);
    unit->lines = lines_index(arena, unit->source.text);
    read_facts(worker, cache, unit);
    out->markers = markers_read(arena, catalogue, facts_outline(unit->facts), &unit->lines);
    unit->off_loop = out->markers.off_loop;
    unit->off_loop_count = out->markers.off_loop_count;
    out->unit = unit;
}

void analysis_find(CheckRun *run, const DiscoveredFile *file)
{
    if (scope_of_path(file->project_path) == PATH_COMMAND) run->runs_once = "is a command-line module";
    run_checks(run);
    sort_reports(run);
}

void analysis_check(Worker *worker, const Program *program, const DiscoveredFile *files, size_t item,
                    uint32_t left_out, const FixSettings *fixes, AnalysedFile *out)
{
    const DiscoveredFile *file = &files[item];
    CheckRun run = {.program = program, .unit = out->unit, .results = &worker->results, .left_out = left_out};
    analysis_find(&run, file);
    fingerprint_reports(run.reports.items, run.reports.count, file->project_path);
    fingerprint_groups(run.reports.items, run.reports.count, files, file->project_path);
    out->suppressed = markers_apply(&out->markers, &run);
    markers_report(&out->markers, &run);
    sort_reports(&run);
    fingerprint_reports(run.reports.items, run.reports.count, file->project_path);
    for (size_t i = 0; i < run.reports.count; i++)
        fixes_propose(program, out->unit, fixes, &worker->results, &run.reports.items[i]);
    count_unit(worker, out->unit);
    keep_reports(worker, &run, out);
}

/* --- classes by name --- */

/* The last names of the bases between the brackets: of `pkg.Base[T]` Base. */
static void note_bases(Worker *worker, Names *names, const Module *module, Name name, Str bases)
{
    for (size_t at = 0; at < bases.len;) {
        Str word = str_word(bases, at);
        if (!word.len) {
            at++;
            continue;
        }
        at += word.len;
        bool goes_on = at < bases.len && bases.ptr[at] == '.';
        if (!goes_on) vec_add(&worker->class_names, ((ClassName){names_intern(names, word), name, module}));
    }
}

enum { BASES_BYTES = 2000 };

static void note_class(Worker *worker, Names *names, const Module *module, Str bytes, size_t at)
{
    Str name = str_word(bytes, at);
    size_t open = at + name.len;
    if (!name.len || open >= bytes.len || (bytes.ptr[open] != '(' && bytes.ptr[open] != '[')) return;
    Str rest = str_part(bytes, open, open + BASES_BYTES < bytes.len ? open + BASES_BYTES : bytes.len);
    size_t end = str_find(rest, STR("):"));
    if (end == SIZE_MAX) return;
    note_bases(worker, names, module, names_intern(names, name), str_part(rest, 1, end));
}

void analysis_note_classes(Worker *worker, Names *names, const Module *module, Str bytes)
{
    Str needle = STR("class ");
    for (size_t start = 0;;) {
        size_t found = str_find(str_part(bytes, start, bytes.len), needle);
        if (found == SIZE_MAX) return;
        size_t at = start + found;
        start = at + needle.len;
        if (at == 0 || bytes.ptr[at - 1] == '\n') note_class(worker, names, module, bytes, start);
    }
}

Str analysis_classes_text(Worker *worker, size_t first)
{
    Buf text;
    buf_init(&text);
    for (size_t i = first; i < worker->class_names.count; i++) {
        buf_add(&text, name_str(worker->class_names.items[i].base));
        buf_add_byte(&text, '\0');
        buf_add(&text, name_str(worker->class_names.items[i].name));
        buf_add_byte(&text, '\0');
    }
    Str kept = str_copy(&worker->units, buf_str(&text));
    buf_free(&text);
    return kept;
}

/* The next word before a NUL. */
static Str next_word(Str *classes)
{
    size_t end = str_find_byte(*classes, '\0');
    Str word = str_part(*classes, 0, end);
    *classes = str_part(*classes, end == SIZE_MAX ? classes->len : end + 1, classes->len);
    return word;
}

void analysis_take_classes(Worker *worker, Names *names, const Module *module, Str classes)
{
    while (module && classes.len) {
        Name base = names_intern(names, next_word(&classes));
        Name name = names_intern(names, next_word(&classes));
        vec_add(&worker->class_names, ((ClassName){base, name, module}));
    }
}
