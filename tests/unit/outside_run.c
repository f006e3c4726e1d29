/* Runs a command in a network of its own, with the outside world of a run; prints what came of it as JSON.
 *
 *   outside_run [--delay MS] [--stand-in HOST=MS] [--answers FILE] [--open HOST:PORT] [--postgres] [--redis] [--guard-only]
 *               [--states N] [--env NAME[=VALUE]] [--no-probe] -- COMMAND…
 *
 * {"closed": true, "calls": [[{"kind", "text", "hash"}] one list a state], "lines": [], "notes": [], "status": 0, "output": "…"} */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/vec.h"
#include "runtime/area.h"
#include "runtime/companion.h"
#include "runtime/environment.h"
#include "runtime/outside.h"

typedef struct Wanted {
    OutsidePlan outside;
    VEC(StandInRule) rules;
    VEC(SpaceOpening) openings;
    VEC(Str) environment;
    bool guard_only, no_probe;
    unsigned states;
    const char *const *command;
} Wanted;

static int die(const Fail *fail)
{
    fprintf(stderr, "%s\n", fail->text);
    return 3;
}

static uint64_t milliseconds(Str text)
{
    return (uint64_t)(strtod(text.ptr, NULL) * 1e6);
}

static void add_rule(Wanted *wanted, const char *text)
{
    Str whole = str_from(text), host = str_before(whole, '=');
    vec_add(&wanted->rules, ((StandInRule){host, milliseconds(str_after_last(whole, '='))}));
}

static void add_opening(Wanted *wanted, const char *text)
{
    Str whole = str_from(text);
    size_t colon = str_find_last(whole, ':');
    SpaceOpening opening = {.host = str_part(whole, 0, colon),
                            .port = (uint16_t)strtoul(text + colon + 1, NULL, 10)};
    vec_add(&wanted->openings, opening);
}

static void read_option(Wanted *wanted, const char *option, const char *value)
{
    if (strcmp(option, "--delay") == 0) wanted->outside.delay_ns = milliseconds(str_from(value));
    if (strcmp(option, "--stand-in") == 0) add_rule(wanted, value);
    if (strcmp(option, "--answers") == 0) wanted->outside.answers = value;
    if (strcmp(option, "--open") == 0) add_opening(wanted, value);
    if (strcmp(option, "--states") == 0) wanted->states = (unsigned)strtoul(value, NULL, 10);
    if (strcmp(option, "--env") == 0) vec_add(&wanted->environment, str_from(value));
}

static bool is_flag(Wanted *wanted, const char *option)
{
    struct {
        const char *name;
        bool *flag;
    } flags[] = {{"--postgres", &wanted->outside.postgres},
                 {"--redis", &wanted->outside.redis},
                 {"--guard-only", &wanted->guard_only},
                 {"--no-probe", &wanted->no_probe}};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (strcmp(option, flags[i].name) == 0) return *flags[i].flag = true;
    return false;
}

static bool read_arguments(Wanted *wanted, int count, char **arguments)
{
    *wanted = (Wanted){.states = 1};
    for (int i = 1; i < count; i++) {
        if (strcmp(arguments[i], "--") == 0)
            wanted->command = (const char *const *)(uintptr_t)(arguments + i + 1);
        if (wanted->command) break;
        if (is_flag(wanted, arguments[i])) continue;
        if (i + 1 == count) return false;
        read_option(wanted, arguments[i], arguments[i + 1]);
        i++;
    }
    wanted->outside.rules = wanted->rules.items;
    wanted->outside.rule_count = wanted->rules.count;
    wanted->outside.openings = wanted->openings.items;
    wanted->outside.opening_count = wanted->openings.count;
    return wanted->command && wanted->command[0];
}

/* --- running --- */

static const char *const *environment_of(Arena *arena, const Wanted *wanted, const char *folder,
                                         Outside *outside, unsigned state, const ProbeArea *area, Fail *fail)
{
    EnvironmentPlan plan = {.inherited = (const char *const *)environ,
                            .folder = folder,
                            .wanted = wanted->environment.items,
                            .wanted_count = wanted->environment.count};
    VEC(const char *) further = {0};
    const char *const *lines;
    size_t count;
    if (!outside_environment(outside, arena, state, &lines, &count, fail)) return NULL;
    for (size_t i = 0; i < count; i++)
        vec_add(&further, lines[i]);
    const char *probe = wanted->no_probe ? NULL : companion_path(arena, "libloopsafe_probe.so", fail);
    if (probe) vec_add(&further, str_format(arena, "LD_PRELOAD=%s", probe).ptr);
    if (probe) vec_add(&further, str_format(arena, "%s=%d", PROBE_FD_VARIABLE, area->descriptor).ptr);
    plan.further = further.items;
    plan.further_count = further.count;
    const char *const *made = fail->failed ? NULL : environment_make(arena, &plan, fail);
    vec_free(&further);
    return made;
}

static bool run_command(Arena *arena, const Wanted *wanted, const char *const *environment,
                        const ProbeArea *area, const char *folder, Process *process, Fail *fail)
{
    ProcessPlan plan = {.arguments = wanted->command,
                        .environment = environment,
                        .folder = folder,
                        .keep = &area->descriptor,
                        .keep_count = 1};
    (void)arena;
    if (!process_start(process, &plan, fail)) return false;
    for (int i = 0; i < 6000 && process_alive(process); i++)
        usleep(10000);
    process_end(process, 1000000000u);
    return true;
}

/* --- printing --- */

static void print_calls(JsonOut *out, const OutsideCall *calls, size_t count)
{
    json_out_open(out, '[');
    for (size_t i = 0; i < count; i++) {
        char hash[32];
        snprintf(hash, sizeof hash, "%" PRIx64, calls[i].body_hash);
        json_out_open(out, '{');
        json_out_key(out, "kind");
        json_out_str(out, calls[i].kind);
        json_out_key(out, "text");
        json_out_str(out, calls[i].text);
        json_out_key(out, "hash");
        json_out_str(out, str_from(hash));
        json_out_key(out, "at_ns");
        json_out_number(out, calls[i].at_ns);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
}

/* What the probe has noted of the outside: "refused host:port", "routed host:port". */
static void print_notes(JsonOut *out, Arena *arena, const ProbeArea *area)
{
    json_out_key(out, "notes");
    json_out_open(out, '[');
    for (size_t i = 0; i < probe_area_count(area); i++) {
        const ProbeRecord *record = probe_area_record(area, i);
        bool refused = record->kind == PROBE_REFUSED;
        if (!refused && record->kind != PROBE_ROUTED) continue;
        json_out_str(out, str_join(arena, refused ? STR("refused ") : STR("routed "),
                                   probe_area_text(area, record->text), STR("")));
    }
    json_out_close(out, ']');
}

static void print_lines(JsonOut *out, Arena *arena, const Outside *outside)
{
    const Str *lines;
    size_t count = outside_lines(outside, arena, &lines);
    json_out_key(out, "lines");
    json_out_open(out, '[');
    for (size_t i = 0; i < count; i++)
        json_out_str(out, lines[i]);
    json_out_close(out, ']');
}

static void print_end(JsonOut *out, Arena *arena, Process *process)
{
    json_out_key(out, "status");
    json_out_integer(out, process->signalled ? -process->status : process->status);
    json_out_key(out, "output");
    json_out_str(out, process_log_end(process, arena, 65536));
}

static bool run_states(Arena *arena, const Wanted *wanted, Outside *outside, ProbeArea *area, JsonOut *out,
                       Fail *fail)
{
    json_out_key(out, "calls");
    json_out_open(out, '[');
    Process process = {0};
    for (unsigned state = 0; state < wanted->states; state++) {
        process_free(&process);
        const char *const *environment =
            environment_of(arena, wanted, wanted->outside.folder, outside, state, area, fail);
        if (!environment ||
            !run_command(arena, wanted, environment, area, wanted->outside.folder, &process, fail))
            return false;
        const OutsideCall *calls;
        size_t count = outside_calls(outside, arena, &calls);
        print_calls(out, calls, count);
    }
    json_out_close(out, ']');
    print_lines(out, arena, outside);
    print_notes(out, arena, area);
    print_end(out, arena, &process);
    process_free(&process);
    return true;
}

static bool run(Arena *arena, Wanted *wanted, Space *space, JsonOut *out, Fail *fail)
{
    ProbeArea area;
    if (!probe_area_new(&area, fail)) return false;
    wanted->outside.folder = space_folder_new(arena, fail);
    if (!wanted->outside.folder) return false;
    Outside *outside = outside_start(arena, &wanted->outside, fail);
    bool ran = outside && run_states(arena, wanted, outside, &area, out, fail);
    if (outside) outside_end(outside);
    space_leave(space);
    probe_area_free(&area);
    if (!space_folder_free(wanted->outside.folder))
        return fail_at(fail, wanted->outside.folder, 0, "is not empty");
    return ran;
}

int main(int count, char **arguments)
{
    Wanted wanted;
    Space space;
    Fail fail = {0};
    Arena arena;
    Buf buf;
    JsonOut out;
    if (!read_arguments(&wanted, count, arguments)) return 2;
    bool entered = space_enter(&space, wanted.openings.items, wanted.openings.count, &fail);
    if (!entered && !wanted.guard_only) return die(&fail);
    fail = (Fail){0};
    arena_init(&arena);
    buf_init(&buf);
    json_out_init(&out, &buf, false);
    json_out_open(&out, '{');
    json_out_key(&out, "closed");
    json_out_bool(&out, space.closed && space_is_closed());
    bool ran = run(&arena, &wanted, &space, &out, &fail);
    json_out_close(&out, '}');
    if (ran) printf("%.*s\n", (int)buf.len, buf.data);
    buf_free(&buf);
    vec_free(&wanted.rules);
    vec_free(&wanted.openings);
    vec_free(&wanted.environment);
    arena_free(&arena);
    return ran ? 0 : die(&fail);
}
