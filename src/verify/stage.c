#define _GNU_SOURCE
#include "verify/stage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "runtime/cover.h"
#include "runtime/environment.h"
#include "runtime/neighbours.h"

#include "base/banned.h"

/* An application with a large schema and many models takes its time. */
static const uint64_t START_NS = 60000000000u;
static const uint64_t STEP_NS = 5000000u;
/* A server looks at its clock now and then; what uses more than that of a processor would be seen in what is measured beside
 * it. Over a shorter time the last answer's remains are all that is seen. */
static const double IDLE_SHARE = 0.01;
static const uint64_t LEAST_IDLE_NS = 100000000u;

static void pause_for(uint64_t ns)
{
    struct timespec time = {0, (long)ns};
    nanosleep(&time, NULL);
}

void stage_progress(const Stage *stage, const char *words)
{
    if (stage->plan->progress) stage->plan->progress(stage->plan->progress_context, words);
}

/* --- the trees --- */

static const char *joined(Arena *arena, const char *folder, const char *name)
{
    return str_join(arena, str_from(folder), STR("/"), str_from(name)).ptr;
}

static bool make_folder(const char *path, Fail *fail)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST) return true;
    return fail_at(fail, path, 0, "%s", strerror(errno));
}

static bool lay_tree(Stage *stage, Tree tree, const char *from, const char *name, Fail *fail)
{
    const char *to = joined(stage->arena, stage->folder, name);
    SpaceCopy copy;
    if (!space_copy_tree(from, to, &copy, fail)) return false;
    stage->trees[tree] = to;
    stage->left_out += copy.skipped;
    return true;
}

static bool write_edits(Stage *stage, Fail *fail)
{
    for (size_t i = 0; i < stage->plan->edit_count; i++) {
        const VerifyEdit *edit = &stage->plan->edits[i];
        Str path = str_join(stage->arena, str_from(stage->trees[TREE_AFTER]), STR("/"), edit->path);
        if (!io_write_file(path.ptr, edit->text, fail)) return false;
    }
    return true;
}

static bool lay_trees(Stage *stage, Fail *fail)
{
    const VerifyPlan *plan = stage->plan;
    if (!lay_tree(stage, TREE_BEFORE, plan->before, "before", fail)) return false;
    if (plan->after) return lay_tree(stage, TREE_AFTER, plan->after, "after", fail);
    if (!plan->edit_count) return true;
    return lay_tree(stage, TREE_AFTER, plan->before, "after", fail) && write_edits(stage, fail);
}

/* --- the interpreter --- */

static const char *python_in(Arena *arena, const char *environment)
{
    const char *path = joined(arena, environment, "bin/python");
    return access(path, X_OK) == 0 ? path : NULL;
}

/* The user's choice, an interpreter or an environment; else the environment that is active or lies in the tree. */
static const char *choose_python(Arena *arena, const VerifyPlan *plan)
{
    struct stat found;
    if (plan->python && stat(plan->python, &found) == 0 && S_ISDIR(found.st_mode)) {
        const char *inside = python_in(arena, plan->python);
        return inside ? inside : plan->python;
    }
    if (plan->python) return plan->python;
    const char *active = getenv("VIRTUAL_ENV");
    const char *environments[] = {active && *active ? active : NULL, joined(arena, plan->before, ".venv"),
                                  joined(arena, plan->before, "venv")};
    for (size_t i = 0; i < sizeof environments / sizeof *environments; i++) {
        const char *python = environments[i] ? python_in(arena, environments[i]) : NULL;
        if (python) return python;
    }
    return "python3";
}

/* --- the application --- */

extern char **environ;

Str stage_path(const Stage *stage, Str relative)
{
    return str_join(stage->arena, str_from(stage->served), STR("/"), relative);
}

/* And the import root of the copy. */
static const char *const *python_lines(Stage *stage, const char *const *lines, size_t count)
{
    const char **all = arena_array(stage->arena, count + 2, sizeof *all);
    for (size_t i = 0; i < count; i++)
        all[i] = lines[i];
    Str root = stage->plan->place.root;
    Str path = root.len ? stage_path(stage, root) : str_from(stage->served);
    all[count] = str_join(stage->arena, STR("PYTHONPATH="), path, STR("")).ptr;
    return all;
}

/* Where one application plays. */
typedef struct Seat {
    const char *cover;  /* FOLDER/seat-N, which it sees as FOLDER/seat; NULL: it sees what all see */
    const char *copy;   /* of the tree */
    const char *state;  /* files for it, and its home unless it is covered */
    const char *inside; /* the state as the application sees it */
} Seat;

static const char *const *environment(Stage *stage, const Seat *seat, Fail *fail)
{
    const char *const *outside;
    size_t count;
    if (!outside_environment(stage->outside, stage->arena, stage->states, &outside, &count, fail))
        return NULL;
    EnvironmentPlan plan = {.inherited = (const char *const *)environ,
                            .folder = seat->inside,
                            .project = stage->plan->before,
                            .copy = stage->served,
                            .further = python_lines(stage, outside, count),
                            .further_count = count + 1,
                            .wanted = stage->plan->environment,
                            .wanted_count = stage->plan->environment_count};
    return environment_make(stage->arena, &plan, fail);
}

/* --- seats --- */

/* One place for all: what the last application left there goes first. */
static bool lay_shared(Stage *stage, Seat *seat, Fail *fail)
{
    *seat = (Seat){.copy = stage->served};
    seat->state = seat->inside = str_format(stage->arena, "%s/state-%u", stage->folder, stage->states).ptr;
    if (access(stage->served, F_OK) == 0 && !space_folder_free(stage->served))
        return fail_at(fail, stage->served, 0, "cannot be removed");
    return make_folder(seat->state, fail);
}

/* A place of its own, made like the empty one. */
static bool lay_covered(Stage *stage, Seat *seat, Fail *fail)
{
    SpaceCopy empty;
    Arena *arena = stage->arena;
    seat->cover = str_format(arena, "%s-%u", stage->seat, stage->states).ptr;
    seat->copy = str_join(arena, str_from(seat->cover),
                          str_drop(str_from(stage->served), strlen(stage->seat)), STR(""))
                     .ptr;
    seat->state = joined(arena, seat->cover, "state");
    seat->inside = joined(arena, stage->seat, "state");
    return space_copy_tree(stage->seat, seat->cover, &empty, fail);
}

/* The environment has made its folders in the empty seat: they are there when that is copied. */
static const char *const *lay_seat(Stage *stage, Tree tree, Seat *seat, Fail *fail)
{
    SpaceCopy copy;
    *seat = (Seat){.inside = joined(stage->arena, stage->seat, "state")};
    if (!stage->covers && !lay_shared(stage, seat, fail)) return NULL;
    const char *const *lines = environment(stage, seat, fail);
    if (!lines || (stage->covers && !lay_covered(stage, seat, fail))) return NULL;
    return space_copy_tree(stage->trees[tree], seat->copy, &copy, fail) ? lines : NULL;
}

/* What the user wants done in a copy first: migrations, test data. */
static bool prepare(Stage *stage, const Seat *seat, const char *const *lines, Fail *fail)
{
    if (!stage->plan->prepare) return true;
    const char *arguments[] = {"/bin/sh", "-c", stage->plan->prepare, NULL};
    ProcessPlan plan = {.arguments = arguments,
                        .environment = lines,
                        .folder = stage->served,
                        .cover = seat->cover,
                        .covered = stage->seat,
                        .limits = stage->plan->limits};
    Process process;
    if (!process_start(&process, &plan, fail)) return false;
    for (uint64_t waited = 0; process_alive(&process) && waited < START_NS; waited += STEP_NS)
        pause_for(STEP_NS);
    process_end(&process, 0);
    bool done = !process.signalled && process.status == 0;
    Str last = str_after_last(process_log_end(&process, stage->arena, 4096), '\n');
    if (!done)
        fail_at(fail, NULL, 0, "--prepare %s: %.*s", process_how_ended(&process, stage->arena).ptr,
                (int)last.len, last.ptr);
    process_free(&process);
    return done;
}

/* --- one application --- */

static void remove_seat(const char *cover)
{
    if (cover) space_folder_free(cover); /* what cannot be removed now is tried again with the whole folder */
}

static bool begin_host(Stage *stage, const StageStart *start, const Seat *seat, const char *const *lines,
                       Host *host, Fail *fail)
{
    HostPlan plan = {.python = stage->python,
                     .tree = stage->served,
                     .cover = seat->cover,
                     .covered = stage->seat,
                     .origin = stage->plan->before,
                     .app = stage->plan->place.app,
                     .folder = seat->state,
                     .server = stage->plan->server,
                     .environment = lines,
                     .stubs = stage->plan->stubs,
                     .watch = start->watch,
                     .watch_count = start->watch_count,
                     .probe = start->probe,
                     .reference = stage->plan->reference_runtime,
                     .limits = stage->plan->limits};
    return host_begin(host, stage->arena, &plan, fail);
}

static bool begin(Stage *stage, const StageStart *start, Host *host, Fail *fail)
{
    Seat seat = {0};
    stage->end = VERIFY_MISUSED;
    const char *const *lines = lay_seat(stage, start->tree, &seat, fail);
    bool begun = lines && prepare(stage, &seat, lines, fail);
    stage->states++;
    if (begun) stage->end = VERIFY_NO_START;
    if (begun) begun = begin_host(stage, start, &seat, lines, host, fail);
    if (!begun) remove_seat(seat.cover);
    return begun;
}

static bool wait_for(Stage *stage, Host *host, Fail *fail)
{
    stage->end = VERIFY_NO_START;
    if (host_wait(host, START_NS, fail)) return true;
    remove_seat(host->cover);
    return false;
}

void stage_stop(Host *host)
{
    process_end(&host->process, 0);
    host_stop(host);
    remove_seat(host->cover);
}

/* --- those who start or wait for their turn --- */

static void end_spares(Stage *stage)
{
    for (size_t i = 0; i < stage->spare_count; i++)
        stage_stop(&stage->spares[i].host);
    stage->spare_count = 0;
}

/* From now on one at a time. */
static void part(Stage *stage)
{
    end_spares(stage);
    stage->together = false;
}

static bool is_wanted(const StageSpare *spare, const StageStart *start)
{
    return spare->start.tree == start->tree && spare->start.probe == start->probe &&
           spare->start.watch_count == start->watch_count;
}

bool stage_has(const Stage *stage, const StageStart *start)
{
    for (size_t i = 0; i < stage->spare_count; i++)
        if (is_wanted(&stage->spares[i], start)) return true;
    return false;
}

/* The first that serves, else the first that starts. */
static bool take_spare(Stage *stage, const StageStart *start, StageSpare *taken)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < stage->spare_count; i++) {
        const StageSpare *spare = &stage->spares[i];
        if (is_wanted(spare, start) && (found == SIZE_MAX || (spare->serves && !stage->spares[found].serves)))
            found = i;
    }
    if (found == SIZE_MAX) return false;
    *taken = stage->spares[found];
    for (size_t i = found + 1; i < stage->spare_count; i++)
        stage->spares[i - 1] = stage->spares[i];
    stage->spare_count--;
    return true;
}

/* failed: there was one, and it does not start. One that ended while it waited is replaced. */
static bool serve_spare(Stage *stage, const StageStart *start, Host *host, bool *failed)
{
    StageSpare spare;
    Fail trouble = {0};
    if (!take_spare(stage, start, &spare)) return false;
    *host = spare.host;
    stage->fresh = !spare.asked;
    if (spare.serves && process_alive(&host->process)) return true;
    if (spare.serves) stage_stop(host);
    *failed = !spare.serves && !wait_for(stage, host, &trouble);
    return !spare.serves && !*failed;
}

static void note_idle(StageSpare *spare)
{
    uint64_t main_ns;
    spare->left_ns = clock_now_ns();
    spare->cpu_ns = process_cpu_ns(&spare->host.process, &main_ns);
}

/* It computes although nobody asks anything. */
static bool is_busy(const StageSpare *spare)
{
    uint64_t main_ns, idle_ns = clock_now_ns() - spare->left_ns;
    uint64_t used_ns = process_cpu_ns(&spare->host.process, &main_ns) - spare->cpu_ns;
    return idle_ns > LEAST_IDLE_NS && (double)used_ns > (double)idle_ns * IDLE_SHARE;
}

static bool serve(Stage *stage, const StageStart *start, Host *host, Fail *fail)
{
    uint64_t began_ns = clock_now_ns();
    stage->fresh = true;
    bool serves = begin(stage, start, host, fail) && wait_for(stage, host, fail);
    stage->start_ns = clock_now_ns() - began_ns;
    return serves;
}

/* What fails beside others is tried once more alone: they may have been in its way. */
bool stage_serve(Stage *stage, const StageStart *start, Host *host, Fail *fail)
{
    Fail trouble = {0};
    bool failed = false, company = stage->spare_count > 0;
    if (serve_spare(stage, start, host, &failed)) return true;
    if (!failed && serve(stage, start, host, &trouble)) return true;
    if (failed || company) {
        part(stage);
        trouble = (Fail){0};
        if (serve(stage, start, host, &trouble)) return true;
    }
    return fail_at(fail, NULL, 0, "%s%s", start->tree == TREE_AFTER ? "the second version: " : "",
                   trouble.text);
}

static void add_spare(Stage *stage, const StageStart *start, const Host *host, bool serves)
{
    StageSpare *spare = &stage->spares[stage->spare_count++];
    *spare = (StageSpare){.host = *host, .start = *start, .serves = serves, .asked = serves};
    if (serves) note_idle(spare);
}

void stage_ahead(Stage *stage, const StageStart *start)
{
    Host host;
    Fail trouble = {0}; /* of one that cannot begin: it comes again, when it is wanted */
    if (!stage->together || stage->spare_count == STAGE_SPARES) return;
    if (begin(stage, start, &host, &trouble)) add_spare(stage, start, &host, false);
}

void stage_leave(Stage *stage, const StageStart *start, Host *host)
{
    if (stage->together && stage->spare_count < STAGE_SPARES)
        add_spare(stage, start, host, true);
    else
        stage_stop(host);
}

void stage_meet(Stage *stage, Host *host)
{
    const VerifyPlan *plan = stage->plan;
    const OutsideCall *calls;
    bool own = stage->covers && stage->space.closed && !plan->opening_count && !plan->outside.postgres &&
               !plan->outside.redis;
    stage->together = own && neighbours_processors() > 1 && neighbours_listening() == stage->listening + 1 &&
                      !outside_calls(stage->outside, stage->arena, &calls) &&
                      neighbours_have_memory(host->process.pid, STAGE_SPARES);
}

static void wait_for_spares(Stage *stage)
{
    size_t kept = 0;
    for (size_t i = 0; i < stage->spare_count; i++) {
        StageSpare spare = stage->spares[i];
        Fail trouble = {0};
        if (!spare.serves && !wait_for(stage, &spare.host, &trouble)) continue;
        if (!spare.serves) note_idle(&spare);
        spare.serves = true;
        stage->spares[kept++] = spare;
    }
    stage->spare_count = kept;
}

void stage_hush(Stage *stage)
{
    wait_for_spares(stage);
    for (size_t i = 0; i < stage->spare_count; i++) {
        if (!is_busy(&stage->spares[i])) continue;
        part(stage);
        return;
    }
}

/* --- opening and closing --- */

static bool isolate(Stage *stage, Fail *fail)
{
    const VerifyPlan *plan = stage->plan;
    Fail refused = {0};
    if (space_enter(&stage->space, plan->openings, plan->opening_count, &refused)) {
        stage->guard = STR("network namespace with loopback only");
        return true;
    }
    if (!plan->allow_guard_only) return fail_at(fail, NULL, 0, "%s", refused.text);
    stage->guard = str_format(stage->arena, "guard only, by --allow-guard-only: %s", refused.text);
    return true;
}

/* The empty seat, and whether applications can have one each. */
static bool lay_empty_seat(Stage *stage, Fail *fail)
{
    Arena *arena = stage->arena;
    stage->seat = joined(arena, stage->folder, "seat");
    const char *apps = joined(arena, stage->seat, "app"), *state = joined(arena, stage->seat, "state");
    stage->served =
        str_join(arena, str_from(apps), STR("/"), str_after_last(str_from(stage->plan->before), '/')).ptr;
    if (!make_folder(stage->seat, fail) || !make_folder(apps, fail) || !make_folder(state, fail))
        return false;
    stage->covers = folder_can_cover(stage->trees[TREE_BEFORE], stage->seat);
    return true;
}

static bool fill(Stage *stage, Fail *fail)
{
    stage->end = VERIFY_UNSAFE;
    if (!isolate(stage, fail)) return false;
    stage->end = VERIFY_MISUSED;
    stage->folder = space_folder_new(stage->arena, fail);
    if (!stage->folder || !lay_trees(stage, fail) || !lay_empty_seat(stage, fail)) return false;
    OutsidePlan outside = stage->plan->outside;
    outside.folder = stage->folder;
    stage->outside = outside_start(stage->arena, &outside, fail);
    stage->listening = neighbours_listening();
    return stage->outside != NULL;
}

bool stage_open(Stage *stage, Arena *arena, const VerifyPlan *plan, Fail *fail)
{
    *stage = (Stage){.arena = arena, .plan = plan};
    stage->python = choose_python(arena, plan);
    if (fill(stage, fail)) return true;
    stage_close(stage);
    return false;
}

void stage_close(Stage *stage)
{
    end_spares(stage);
    if (stage->outside) outside_end(stage->outside);
    space_leave(&stage->space);
    if (stage->folder && !space_folder_free(stage->folder)) stage->remains = stage->folder;
    stage->outside = NULL;
    stage->folder = NULL;
}
