#define _GNU_SOURCE
#include "verify/stage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "runtime/environment.h"

#include "base/banned.h"

/* An application with a large schema and many models takes its time. */
static const uint64_t START_NS = 60000000000u;
static const uint64_t STEP_NS = 5000000u;

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

static const char *const *environment(Stage *stage, const char *folder, Fail *fail)
{
    const char *const *outside;
    size_t count;
    if (!outside_environment(stage->outside, stage->arena, stage->states, &outside, &count, fail))
        return NULL;
    EnvironmentPlan plan = {.inherited = (const char *const *)environ,
                            .folder = folder,
                            .project = stage->plan->before,
                            .copy = stage->served,
                            .further = python_lines(stage, outside, count),
                            .further_count = count + 1,
                            .wanted = stage->plan->environment,
                            .wanted_count = stage->plan->environment_count};
    return environment_make(stage->arena, &plan, fail);
}

static bool lay_copy(Stage *stage, Tree tree, Fail *fail)
{
    SpaceCopy copy;
    if (access(stage->served, F_OK) == 0 && !space_folder_free(stage->served))
        return fail_at(fail, stage->served, 0, "cannot be removed");
    return space_copy_tree(stage->trees[tree], stage->served, &copy, fail);
}

/* What the user wants done in a copy first: migrations, test data. */
static bool prepare(Stage *stage, const char *const *lines, Fail *fail)
{
    if (!stage->plan->prepare) return true;
    const char *arguments[] = {"/bin/sh", "-c", stage->plan->prepare, NULL};
    ProcessPlan plan = {
        .arguments = arguments, .environment = lines, .folder = stage->served, .limits = stage->plan->limits};
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

static bool serve(Stage *stage, const StageStart *start, const char *folder, Host *host, Fail *fail)
{
    if (!make_folder(folder, fail) || !lay_copy(stage, start->tree, fail)) return false;
    const char *const *lines = environment(stage, folder, fail);
    if (!lines || !prepare(stage, lines, fail)) return false;
    HostPlan plan = {.python = stage->python,
                     .tree = stage->served,
                     .origin = stage->plan->before,
                     .app = stage->plan->place.app,
                     .folder = folder,
                     .server = stage->plan->server,
                     .environment = lines,
                     .stubs = stage->plan->stubs,
                     .watch = start->watch,
                     .watch_count = start->watch_count,
                     .probe = start->probe,
                     .reference = stage->plan->reference_runtime,
                     .limits = stage->plan->limits};
    stage->end = VERIFY_NO_START;
    return host_start(host, stage->arena, &plan, START_NS, fail);
}

bool stage_serve(Stage *stage, const StageStart *start, Host *host, Fail *fail)
{
    const char *folder = str_format(stage->arena, "%s/state-%u", stage->folder, stage->states).ptr;
    Fail trouble = {0};
    stage->end = VERIFY_MISUSED;
    bool serves = serve(stage, start, folder, host, &trouble);
    stage->states++;
    if (serves) return true;
    return fail_at(fail, NULL, 0, "%s%s", start->tree == TREE_AFTER ? "the second version: " : "",
                   trouble.text);
}

void stage_stop(Host *host)
{
    process_end(&host->process, 0);
    host_stop(host);
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

static bool fill(Stage *stage, Fail *fail)
{
    stage->end = VERIFY_UNSAFE;
    if (!isolate(stage, fail)) return false;
    stage->end = VERIFY_MISUSED;
    stage->folder = space_folder_new(stage->arena, fail);
    if (!stage->folder || !lay_trees(stage, fail)) return false;
    const char *apps = joined(stage->arena, stage->folder, "app");
    stage->served =
        str_join(stage->arena, str_from(apps), STR("/"), str_after_last(str_from(stage->plan->before), '/'))
            .ptr;
    OutsidePlan outside = stage->plan->outside;
    outside.folder = stage->folder;
    if (!make_folder(apps, fail)) return false;
    stage->outside = outside_start(stage->arena, &outside, fail);
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
    if (stage->outside) outside_end(stage->outside);
    space_leave(&stage->space);
    if (stage->folder && !space_folder_free(stage->folder)) stage->remains = stage->folder;
    stage->outside = NULL;
    stage->folder = NULL;
}
