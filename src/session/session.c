#include "session/session_state.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/pool.h"
#include "program/contexts.h"
#include "program/loops.h"
#include "program/reach.h"
#include "program/requests.h"
#include "program/waits.h"
#include "rules/swap.h"
#include "session/config.h"
#include "session/target.h"
#include "base/banned.h"

Session *session_new(void)
{
    parser_setup();
    Session *session = memory_alloc(sizeof *session);
    memset(session, 0, sizeof *session);
    arena_init(&session->arena);
    session->names = names_new();
    session->catalogue = catalogue_new();
    return session;
}

static void free_workers(Session *session)
{
    for (size_t i = 0; i < session->worker_count; i++) {
        arena_free(&session->workers[i].bytes);
        arena_free(&session->workers[i].units);
        arena_free(&session->workers[i].results);
        vec_free(&session->workers[i].class_names);
        parser_free(session->workers[i].parser);
    }
    free(session->workers);
}

void session_free(Session *session)
{
    if (!session) return;
    if (session->has_program) program_free(&session->program);
    free_workers(session);
    catalogue_free(session->catalogue);
    names_free(session->names);
    arena_free(&session->arena);
    free(session);
}

const Catalogue *session_catalogue(const Session *session)
{
    return session->catalogue;
}

const Options *session_options(const Session *session)
{
    return &session->options;
}

Str session_stdin(const Session *session)
{
    return session->stdin_bytes;
}

Str session_bytes(const Session *session, Str path)
{
    for (size_t i = 0; session->has_program && i < session->program.units.count; i++)
        if (str_equal(session->program.units.items[i]->path, path))
            return session->program.units.items[i]->bytes;
    return (Str){NULL, 0};
}

Str session_output_format(const Session *session)
{
    return session->options.output_format;
}

static void start_workers(Session *session, size_t count)
{
    session->workers = memory_alloc(count * sizeof *session->workers);
    memset(session->workers, 0, count * sizeof *session->workers);
    session->worker_count = count;
    for (size_t i = 0; i < count; i++) {
        arena_init(&session->workers[i].bytes);
        arena_init(&session->workers[i].units);
        arena_init(&session->workers[i].results);
    }
}

/* --- one file --- */

bool session_is_in_scope(const Session *session, size_t item)
{
    const DiscoveredFile *file = &session->found.files[item];
    return file->named || session->options.scope == SCOPE_ALL ||
           scope_of_path(file->project_path) != PATH_OUTSIDE;
}

/* Classes and triggers, as an earlier run found them or in the bytes. */
static bool is_wanted(Session *session, Worker *worker, size_t item, Str bytes)
{
    CachedFile *cached = &session->cache.files[item];
    const Module *module = session->files[item].module;
    if (cache_take(session, item, bytes)) {
        analysis_take_classes(worker, session->names, module, cached->classes);
        return cached->wanted;
    }
    size_t first = worker->class_names.count;
    if (module) analysis_note_classes(worker, session->names, module, bytes);
    cached->classes = session->cache.is_used ? analysis_classes_text(worker, first) : STR("");
    cached->wanted = analysis_wants(session->catalogue, bytes);
    return cached->wanted;
}

static void read_bytes(Session *session, Worker *worker, size_t item, Str bytes)
{
    const Module *module = session->files[item].module;
    worker->counters.files_read++;
    worker->counters.bytes_read += bytes.len;
    if (!is_wanted(session, worker, item, bytes) || !session_is_in_scope(session, item)) return;
    if (!worker->parser) worker->parser = parser_new();
    analysis_read(worker, &session->cache, session->names, session->catalogue, &session->found.files[item],
                  module, bytes, &session->files[item]);
}

static void read_file(void *context, size_t item, size_t worker_index)
{
    Session *session = context;
    Worker *worker = &session->workers[worker_index];
    const DiscoveredFile *file = &session->found.files[item];
    if (!session_is_in_scope(session, item)) {
        worker->counters.files_skipped++;
    } else if (cache_skips(session, item)) {
        Str classes = session->cache.files[item].classes;
        analysis_take_classes(worker, session->names, session->files[item].module, classes);
    } else {
        arena_reset(&worker->bytes);
        Str bytes;
        const Overlay *overlay = session->options.overlay;
        IoStatus status = overlay_read(overlay, &worker->bytes, file->path.ptr, LIMIT_FILE_BYTES, &bytes);
        if (status == IO_OK) {
            read_bytes(session, worker, item, bytes);
        } else {
            worker->counters.files_unread++;
            session->files[item].trouble = str_from(io_status_text(status));
        }
    }
    size_t done = atomic_fetch_add(&session->done, 1) + 1;
    if (worker_index == 0 && session->progress)
        session->progress(session->progress_context, done, session->found.file_count);
}

/* A stall that nobody asks for does not stand before a weaker one of its statement. */
static uint32_t left_out_effects(const Session *session)
{
    uint32_t left_out = 0;
    for (uint32_t effect = 0; effect < EFFECT_COUNT; effect++) {
        const CodeRule *code = catalogue_code_of(session->catalogue, (Effect)effect);
        if (code && !session_selects(&session->options, code->code)) left_out |= 1u << effect;
    }
    return left_out;
}

static void check_file(void *context, size_t item, size_t worker_index)
{
    Session *session = context;
    AnalysedFile *file = &session->files[item];
    if (file->unit)
        analysis_check(&session->workers[worker_index], &session->program, session->found.files, item,
                       session->left_out, &session->options.fixes, file);
}

/* --- the program --- */

static int compare_class_names(const void *left, const void *right)
{
    const ClassName *one = left, *other = right;
    int by_base = str_compare(name_str(one->base), name_str(other->base));
    if (by_base) return by_base;
    int by_file = str_compare(str_from(one->file->path), str_from(other->file->path));
    return by_file ? by_file : str_compare(name_str(one->name), name_str(other->name));
}

static void take_class_names(Session *session)
{
    size_t most = 0;
    for (size_t i = 0; i < session->worker_count; i++)
        most += session->workers[i].class_names.count;
    ClassName *all = arena_array(&session->arena, most, sizeof *all);
    size_t count = 0;
    for (size_t i = 0; i < session->worker_count; i++)
        for (size_t k = 0; k < session->workers[i].class_names.count; k++)
            all[count++] = session->workers[i].class_names.items[k];
    if (count) qsort(all, count, sizeof *all, compare_class_names);
    session->program.class_names = all;
    session->program.class_name_count = count;
}

/* The walk nests deep: it gets a stack of its own. */
static void follow(void *context, size_t item, size_t worker)
{
    (void)item;
    (void)worker;
    Program *program = context;
    program_follow(program);
    contexts_note_callers(program);
    cost_solve(program);
    reach_solve(program);
    waits_solve(program);
    program_list_on_loop(program);
    requests_spread(program);
}

/* A file without coroutines whose functions turned out to run on the loop. */
static void take_late_unit(Session *session, Unit *unit)
{
    uint32_t item = unit->module_file ? unit->module_file->file : UINT32_MAX;
    if (!unit->is_root || !unit->on_loop.count || item == UINT32_MAX || session->files[item].unit) return;
    session->files[item].unit = unit;
    session->files[item].markers =
        markers_read(&session->arena, session->catalogue, facts_outline(unit->facts), &unit->lines);
}

static Facts *load_facts(void *context, Arena *arena, Names *names, Parser *parser, Str path, Str bytes,
                         Str text)
{
    return cache_facts(context, arena, names, parser, path, bytes, text);
}

static void follow_program(Session *session, size_t threads)
{
    Program *program = &session->program;
    program_init(program, session->names, session->catalogue, session->modules, threads);
    session->has_program = true;
    program->facts_source = (FactsSource){load_facts, &session->cache};
    program->overlay = session->options.overlay;
    program->follow_installed = session->options.follow == FOLLOW_INSTALLED;
    bool *checked = arena_array(&session->arena, session->found.file_count, sizeof *checked);
    for (size_t i = 0; i < session->found.file_count; i++)
        checked[i] = session_is_in_scope(session, i);
    program->is_checked = checked;
    program->files = session->found.files;
    program->file_count = session->found.file_count;
    take_class_names(session);
    for (size_t i = 0; i < session->found.file_count; i++)
        if (session->files[i].unit) program_add(program, session->files[i].unit);
    pool_call(follow, program);
    for (size_t i = 0; i < program->units.count; i++)
        take_late_unit(session, program->units.items[i]);
}

/* --- what is looked at --- */

static const char *working_directory(Session *session)
{
    char path[LIMIT_PATH_BYTES];
    return getcwd(path, sizeof path) ? arena_copy(&session->arena, path, strlen(path)) : ".";
}

static bool load_tables(Session *session, Fail *fail)
{
    const StrList *rules = &session->options.rules;
    for (size_t i = 0; i < rules->count; i++)
        if (!catalogue_load(session->catalogue, rules->items[i].ptr, fail)) return false;
    return true;
}

/* A code of the configuration file that no code is or begins with. */
static bool know_codes(const Session *session, const char *path, const StrList *list, Fail *fail)
{
    for (size_t i = 0; i < list->count; i++) {
        int length = list->items[i].len < 200 ? (int)list->items[i].len : 200;
        if (!catalogue_knows_code(session->catalogue, list->items[i]))
            return fail_at(fail, path, 0, "unknown code \"%.*s\"", length, list->items[i].ptr);
    }
    return true;
}

/* The package that stands in for clients without an asynchronous form is one that the tables know. */
static bool know_client(Session *session, const char *path, Fail *fail)
{
    Str name = session->options.fixes.http_client;
    int length = name.len < 200 ? (int)name.len : 200;
    bool is_typed = session->options.given & OPTION_HTTP_CLIENT;
    if (!name.len || catalogue_swaps_to(session->catalogue, STR("http-client"), name)) return true;
    Str known = catalogue_swap_libraries(session->catalogue, &session->arena, STR("http-client"));
    return fail_at(fail, is_typed ? NULL : path, 0,
                   "unknown package \"%.*s\" for \"http-client\" (possible: %.*s)", length, name.ptr,
                   (int)known.len, known.ptr);
}

static bool configure(Session *session, const Options *options, Fail *fail)
{
    session->options = *options;
    Options *own = &session->options;
    Config config;
    const char *start = options->path_count && !options->read_stdin ? options->paths[0] : ".";
    if (options->read_stdin && options->stdin_filename) start = options->stdin_filename;
    if (!config_load(&session->arena, options->config_path, start, options->isolated, &config, fail))
        return false;
    config_apply(&session->arena, &config, own);
    if (!own->base_directory) own->base_directory = working_directory(session);
    if (!own->fixes.python_minor && !own->isolated)
        own->fixes.python_minor = target_minor(&session->arena, start);
    return load_tables(session, fail) && know_client(session, config.path, fail) &&
           know_codes(session, config.path, &own->select, fail) &&
           know_codes(session, config.path, &own->ignore, fail) &&
           know_codes(session, config.path, &own->fixable, fail) &&
           know_codes(session, config.path, &own->unfixable, fail);
}

static StrList joined_lists(Session *session, StrList left, StrList right)
{
    StrList joined = {arena_array(&session->arena, left.count + right.count, sizeof *joined.items), 0};
    for (size_t i = 0; i < left.count; i++)
        joined.items[joined.count++] = left.items[i];
    for (size_t i = 0; i < right.count; i++)
        joined.items[joined.count++] = right.items[i];
    return joined;
}

static StrList excluded_patterns(Session *session)
{
    const Options *options = &session->options;
    if (options->exclude_given) return joined_lists(session, options->exclude, options->extend_exclude);
    size_t count;
    const Str *names = discover_default_exclude(&count);
    StrList standard = {arena_array(&session->arena, count, sizeof *standard.items), count};
    for (size_t i = 0; i < count; i++)
        standard.items[i] = names[i];
    return joined_lists(session, standard, options->extend_exclude);
}

static bool find_files(Session *session, Fail *fail)
{
    static const char *const here[] = {"."};
    const Options *options = &session->options;
    StrList exclude = excluded_patterns(session);
    DiscoverOptions discover = {.roots = options->path_count ? options->paths : here,
                                .root_count = options->path_count ? options->path_count : 1,
                                .exclude = exclude.items,
                                .exclude_count = exclude.count,
                                .base_directory = options->base_directory,
                                .force_exclude = options->force_exclude,
                                .respect_gitignore = options->respect_gitignore};
    return discover_files(&session->arena, &discover, &session->found, fail);
}

static bool take_stdin(Session *session, Fail *fail)
{
    const char *name = session->options.stdin_filename ? session->options.stdin_filename : "-";
    DiscoveredFile *file = arena_alloc(&session->arena, sizeof *file);
    *file = (DiscoveredFile){.path = str_from(name), .project_path = str_from(name), .named = true};
    session->found = (Discovered){.files = file, .file_count = 1};
    const OverlayText *known = overlay_find(session->options.overlay, name);
    session->stdin_bytes = known ? known->bytes : STR("");
    if (known) return true;
    IoStatus status = io_read_stream(&session->arena, STDIN_FILENO, LIMIT_FILE_BYTES, &session->stdin_bytes);
    return status == IO_OK || fail_at(fail, "standard input", 0, "%s", io_status_text(status));
}

static bool find_environment(Session *session, Fail *fail)
{
    const Options *options = &session->options;
    EnvironmentOptions wanted = {.python = options->python,
                                 .base_directory = options->base_directory,
                                 .virtual_env = getenv("VIRTUAL_ENV"),
                                 .conda_prefix = getenv("CONDA_PREFIX")};
    return environment_find(&session->arena, &wanted, &session->environment, fail);
}

static void find_modules(Session *session)
{
    const Options *options = &session->options;
    session->modules = modules_new(&session->arena, session->names, session->found.files,
                                   session->found.file_count, options->base_directory, &session->environment);
    for (size_t i = 0; i < session->found.file_count; i++)
        session->files[i].module = modules_of_file(session->modules, i);
}

/* --- results --- */

/* Length of the longest prefix in the list, + 1; 0: none. */
static size_t longest_prefix(const StrList *list, Str code)
{
    size_t longest = 0;
    for (size_t i = 0; i < list->count; i++) {
        Str prefix = list->items[i];
        if (str_equal(prefix, STR("ALL")) && longest < 1) longest = 1;
        if (str_starts(code, prefix) && prefix.len + 1 > longest) longest = prefix.len + 1;
    }
    return longest;
}

static bool lists_select(const StrList *in, const StrList *out, Str code)
{
    size_t inside = in->count ? longest_prefix(in, code) : 1;
    return inside > longest_prefix(out, code);
}

bool session_selects(const Options *options, Str code)
{
    return lists_select(&options->select, &options->ignore, code);
}

/* Whoever does not want fixes of a code gets none in any format. */
static void leave_fixes_out(const Options *options, Finding *finding)
{
    if (lists_select(&options->fixable, &options->unfixable, finding->code)) return;
    finding->unfixed = finding->fix_count ? STR("fixes of this code are switched off") : STR("");
    finding->refused_count = 0;
    finding->fix_count = 0;
}

static bool is_named(const Options *options, Str code)
{
    for (size_t i = 0; i < options->select.count; i++)
        if (str_equal(options->select.items[i], code)) return true;
    return false;
}

/* Some codes, and what is cheap or unsure of the others, are for who asks. */
static bool is_asked_for(const Session *session, const Report *report)
{
    const Options *options = &session->options;
    const CodeRule *code = catalogue_code_find(session->catalogue, report->finding.code);
    if (report->cheap && !options->strict) return false;
    return !code || !code->is_opt_in || options->strict || is_named(options, code->code);
}

static void take_report(Session *session, const Report *report, Result *result)
{
    const Options *options = &session->options;
    if (!session_selects(options, report->finding.code) || !is_asked_for(session, report)) return;
    if (report->finding.severity == SEVERITY_INFO && !options->show_info) {
        result->info_count++;
        return;
    }
    result->findings[result->finding_count] = report->finding;
    leave_fixes_out(options, &result->findings[result->finding_count++]);
    if (report->finding.severity >= options->fail_on) result->fails = true;
}

static int compare_findings(const void *left, const void *right)
{
    return finding_compare(left, right);
}

static void collect_findings(Session *session, Result *result)
{
    size_t most = 0;
    for (size_t i = 0; i < session->found.file_count; i++)
        most += session->files[i].count;
    result->findings = arena_array(&session->arena, most, sizeof *result->findings);
    for (size_t i = 0; i < session->found.file_count; i++) {
        const AnalysedFile *file = &session->files[i];
        result->suppressed_count += file->suppressed;
        for (size_t k = 0; k < file->count; k++)
            take_report(session, &file->reports[k], result);
    }
    if (result->finding_count)
        qsort(result->findings, result->finding_count, sizeof *result->findings, compare_findings);
}

static void collect_troubles(Session *session, Result *result)
{
    size_t most = session->found.trouble_count + session->found.file_count;
    result->troubles = arena_array(&session->arena, most, sizeof *result->troubles);
    for (size_t i = 0; i < session->found.trouble_count; i++)
        result->troubles[result->trouble_count++] =
            (Trouble){session->found.troubles[i].path, str_from(session->found.troubles[i].what)};
    for (size_t i = 0; i < session->found.file_count; i++)
        if (session->files[i].trouble.len)
            result->troubles[result->trouble_count++] =
                (Trouble){session->found.files[i].path, session->files[i].trouble};
}

static void add_counters(Counters *sum, const Counters *one)
{
    sum->files_read += one->files_read;
    sum->files_unread += one->files_unread;
    sum->files_outlined += one->files_outlined;
    sum->files_skipped += one->files_skipped;
    sum->bytes_read += one->bytes_read;
    sum->bytes_outlined += one->bytes_outlined;
    sum->functions_on_loop += one->functions_on_loop;
    sum->damaged_regions += one->damaged_regions;
    sum->limits_reached += one->limits_reached;
}

static void add_program_counters(const Session *session, Counters *counters)
{
    const Program *program = &session->program;
    counters->rounds = program->counters.rounds + 1;
    counters->limits_reached += program->counters.limits_reached;
    counters->modules_loaded = program->counters.modules_loaded;
    counters->modules_installed = program->counters.installed_loaded;
    counters->instances = program->counters.instances;
    counters->arena_bytes = program->arena.held_bytes;
    for (size_t i = 0; i < program->instances.count; i++) {
        const Instance *instance = program->instances.items[i];
        counters->instances_in_threads += instance->thread_depth > 0;
        counters->observations += instance->observations.count;
        counters->loops_counted += instance->loops.count;
        counters->calls_resolved += instance->known_calls;
        counters->calls_unresolved += instance->unknown_calls;
    }
    for (size_t i = 0; i < program->units.count; i++) {
        counters->bytes_parsed += facts_bytes_parsed(program->units.items[i]->facts);
        counters->nodes += facts_node_count(program->units.items[i]->facts);
    }
}

static void collect(Session *session, Result *result)
{
    collect_findings(session, result);
    collect_troubles(session, result);
    for (size_t i = 0; i < session->worker_count; i++)
        add_counters(&result->counters, &session->workers[i].counters);
    add_program_counters(session, &result->counters);
    result->counters.files_found = session->found.file_count;
    result->counters.files_from_cache = atomic_load(&session->cache.loaded);
    result->out_of_scope_count = result->counters.files_skipped;
}

bool session_begin(Session *session, const Options *options, Fail *fail)
{
    if (!configure(session, options, fail)) return false;
    session->threads = options->threads ? options->threads : pool_processors();
    if (session->threads > LIMIT_THREADS) session->threads = LIMIT_THREADS;
    bool found = options->read_stdin ? take_stdin(session, fail) : find_files(session, fail);
    if (!found || !find_environment(session, fail)) return false;
    cache_begin(session);
    return true;
}

static void read_and_follow(Session *session)
{
    start_workers(session, session->threads);
    session->files = arena_array(&session->arena, session->found.file_count, sizeof *session->files);
    cache_open_pack(session);
    find_modules(session);
    if (session->options.read_stdin)
        read_bytes(session, &session->workers[0], 0, session->stdin_bytes);
    else
        pool_run(session->threads, session->found.file_count, read_file, session);
    follow_program(session, session->threads);
}

bool session_analyse(Session *session, const Options *options, Fail *fail)
{
    if (!session_begin(session, options, fail)) return false;
    read_and_follow(session);
    return true;
}

bool session_check(Session *session, const Options *options, SessionProgress progress, void *progress_context,
                   Result *result, Fail *fail)
{
    *result = (Result){0};
    session->progress = progress;
    session->progress_context = progress_context;
    if (!session_begin(session, options, fail)) return false;
    /* The result of texts that stand on no disk is nobody else's. */
    bool is_kept = !options->read_stdin && !(options->overlay && options->overlay->count);
    if (is_kept && !options->needs_texts && cache_replay(session, result)) return true;
    read_and_follow(session);
    session->left_out = left_out_effects(session);
    pool_run(session->worker_count, session->found.file_count, check_file, session);
    collect(session, result);
    if (is_kept) cache_keep(session, result);
    return true;
}
