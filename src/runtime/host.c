#define _GNU_SOURCE
#include "runtime/host.h"

#include <time.h>

#include "base/clock.h"
#include "runtime/companion.h"
#include "runtime/host_plan.h"
#include "runtime/host_told.h"

#include "base/banned.h"

/* The application's own shutdown may take 2 s, and the server closes its connections before. */
static const uint64_t STOP_NS = 3000000000u;
/* How often a process that is silent is looked at. */
static const uint64_t LOOK_NS = 50000000u;
enum { LAST_WORDS_BYTES = 2000 };

/* --- why it did not start --- */

/* The last line that it printed. */
static Str last_words(Host *host)
{
    Str printed = str_trim(process_log_end(&host->process, host->arena, LAST_WORDS_BYTES));
    size_t line = str_find_last(printed, '\n');
    return str_trim(line == SIZE_MAX ? printed : str_drop(printed, line + 1));
}

static bool fail_with_words(Host *host, Str what, Fail *fail)
{
    Str words = last_words(host);
    if (!words.len) return fail_at(fail, NULL, 0, "the application %.*s", (int)what.len, what.ptr);
    return fail_at(fail, NULL, 0, "the application %.*s; it printed last: %.*s", (int)what.len, what.ptr,
                   (int)words.len, words.ptr);
}

static bool fail_late(Host *host, uint64_t timeout_ns, Fail *fail)
{
    const char *what = host->loaded ? "its start-up goes on" : "it is still being imported";
    Str text = str_format(host->arena, "was not ready after %.3g s (%s)", (double)timeout_ns / 1e9, what);
    return fail_with_words(host, text, fail);
}

/* --- its start --- */

/* False: it has failed, or it ends without a word. */
static bool wait_ready(Host *host, uint64_t timeout_ns, Fail *fail)
{
    uint64_t end = clock_now_ns() + timeout_ns;
    for (;;) {
        Str line = process_told(&host->process, host->arena, LOOK_NS);
        HostEvent event = line.ptr ? host_take(host, line) : HOST_OTHER;
        if (event == HOST_READY) return true;
        if (event == HOST_FAILED) return fail_at(fail, NULL, 0, "%s", host->trouble.text);
        if (line.ptr) continue;
        if (!process_alive(&host->process))
            return fail_with_words(host, process_how_ended(&host->process, host->arena), fail);
        if (clock_now_ns() >= end) return fail_late(host, timeout_ns, fail);
    }
}

static bool start_process(Host *host, const HostPlan *plan, Fail *fail)
{
    const char *script = companion_path(host->arena, "python/loopsafe_host.py", fail);
    const char *file = script ? host_plan_write(host->arena, plan, fail) : NULL;
    const char *const *environment =
        file ? host_environment(host->arena, plan, plan->probe ? &host->area : NULL, fail) : NULL;
    if (!environment) return false;
    const char *arguments[] = {plan->python, script, file, NULL};
    ProcessPlan process = {
        .arguments = arguments,
        .environment = environment,
        .folder = plan->tree,
        .cover = plan->cover,
        .covered = plan->covered,
        .keep = &host->area.descriptor,
        .keep_count = plan->probe ? 1 : 0,
        .control = true,
        .limits = plan->limits,
    };
    return process_start(&host->process, &process, fail);
}

bool host_begin(Host *host, Arena *arena, const HostPlan *plan, Fail *fail)
{
    *host = (Host){.arena = arena,
                   .tree = plan->tree,
                   .cover = plan->cover,
                   .process.control = -1,
                   .area.descriptor = -1};
    bool begun = (!plan->probe || probe_area_new(&host->area, fail)) && start_process(host, plan, fail);
    if (!begun) host_stop(host);
    return begun;
}

bool host_wait(Host *host, uint64_t timeout_ns, Fail *fail)
{
    bool ready = wait_ready(host, timeout_ns, fail);
    if (!ready) host_stop(host);
    return ready;
}

bool host_start(Host *host, Arena *arena, const HostPlan *plan, uint64_t timeout_ns, Fail *fail)
{
    return host_begin(host, arena, plan, fail) && host_wait(host, timeout_ns, fail);
}

/* --- while it serves --- */

void host_listen(Host *host)
{
    Str line;
    while ((line = process_told(&host->process, host->arena, 0)).ptr)
        host_take(host, line);
}

static bool is_line(const HostLine *line, const HostCovered *covered)
{
    return line->row1 == covered->row1 && str_equal(line->file, covered->file);
}

size_t host_covered(Host *host, Arena *arena, const HostPlan *plan, const size_t **lines,
                    const uint64_t **at_ns)
{
    host_listen(host);
    size_t *found = arena_array(arena, plan->watch_count, sizeof *found);
    uint64_t *times = arena_array(arena, plan->watch_count, sizeof *times);
    size_t count = 0;
    for (size_t i = 0; i < plan->watch_count; i++) {
        for (size_t k = 0; k < host->covered.count; k++) {
            if (!is_line(&plan->watch[i], &host->covered.items[k])) continue;
            found[count] = i;
            times[count++] = host->covered.items[k].at_ns;
            break;
        }
    }
    host->covered.count = 0;
    *lines = found;
    *at_ns = times;
    return count;
}

void host_stop(Host *host)
{
    process_end(&host->process, STOP_NS);
    process_free(&host->process);
    if (host->area.descriptor >= 0) probe_area_free(&host->area);
    host->area.descriptor = -1;
    cJSON_Delete(host->loaded);
    cJSON_Delete(host->described);
    host->loaded = host->described = NULL;
    host->openapi = NULL;
    vec_free(&host->stubs);
    vec_free(&host->notices);
    vec_free(&host->routes);
    vec_free(&host->covered);
}
