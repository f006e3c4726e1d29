#define _GNU_SOURCE
#include "cli/verify_settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/path.h"
#include "cli/color.h"
#include "cli/duration.h"

#include "base/banned.h"

static const char *server_choice(size_t index)
{
    static const char *const names[] = {
        [HOST_SERVER_AUTO] = "auto", [HOST_SERVER_OWN] = "own", [HOST_SERVER_UVICORN] = "uvicorn"};
    return index < sizeof names / sizeof *names ? names[index] : NULL;
}

#define IN(field) offsetof(VerifySettings, field)

/* Two lines an option. */
/* clang-format off */
static const ArgRow rows[] = {
    {.name = "fix", .kind = ARG_ON, .offset = IN(fix),
     .group = "What is compared", .help = "The application as it is, and with safe fixes"},
    {.name = "unsafe-fixes", .kind = ARG_ON, .offset = IN(options.unsafe_fixes),
     .help = "With --fix: unsafe fixes too"},
    {.name = "after", .kind = ARG_TEXT, .offset = IN(after), .value = "DIR",
     .help = "The application as it is, and the tree in DIR"},
    {.name = "before", .kind = ARG_TEXT, .offset = IN(before), .value = "DIR",
     .help = "The tree in DIR, and the application as it is"},
    {.name = "http-client", .kind = ARG_TEXT, .offset = IN(http_client), .value = "PACKAGE",
     .help = "As in check"},
    {.name = "endpoint", .kind = ARG_LIST, .offset = IN(endpoints), .value = "'GET /x'",
     .group = "Requests", .help = "Only this endpoint; may be repeated"},
    {.name = "requests", .kind = ARG_TEXT, .offset = IN(requests), .value = "FILE",
     .help = "Requests, one a line (METHOD path [json]), or a HAR recording; else from the schema"},
    {.name = "writes", .kind = ARG_ON, .offset = IN(writes),
     .help = "Without --requests: ask POST, PUT, PATCH and DELETE too"},
    {.name = "users", .kind = ARG_COMMA_LIST, .offset = IN(users), .value = "N,N",
     .group = "Load", .help = "Users at a time; 20,200"},
    {.name = "think", .kind = ARG_TEXT, .offset = IN(think), .value = "TIME",
     .help = "Pause of a user between an answer and the next request; none"},
    {.name = "rate", .kind = ARG_TEXT, .offset = IN(rate), .value = "N",
     .help = "Requests a second of the open loop; half of what the second version reaches"},
    {.name = "secs", .kind = ARG_TEXT, .offset = IN(seconds), .value = "TIME",
     .help = "Length of one measurement; 0.8s, 0.7s with --quick"},
    {.name = "quick", .kind = ARG_ON, .offset = IN(quick),
     .help = "One round with the first number of users"},
    {.name = "stall", .kind = ARG_TEXT, .offset = IN(stall), .value = "TIME",
     .help = "How long a loop may be held; 5ms"},
    {.name = "no-model", .kind = ARG_ON, .offset = IN(no_model),
     .help = "No prediction for other loads"},
    {.name = "delay", .kind = ARG_TEXT, .offset = IN(delay), .value = "TIME",
     .group = "Outside world", .help = "After which stand-ins answer; 100ms"},
    {.name = "stand-in", .kind = ARG_LIST, .offset = IN(stand_ins), .value = "HOST=TIME",
     .help = "Another delay for one host; may be repeated"},
    {.name = "answers", .kind = ARG_TEXT, .offset = IN(answers), .value = "FILE",
     .help = "What stand-ins answer, as JSON"},
    {.name = "service", .kind = ARG_COMMA_LIST, .offset = IN(services), .value = "NAME",
     .help = "Start postgres or redis for the run"},
    {.name = "stub", .kind = ARG_LIST, .offset = IN(stubs), .value = "MODULE",
     .help = "Stand in for a library that is not installed, by the rule tables; or a table of stubs (FILE.json)"},
    {.name = "allow-network", .kind = ARG_LIST, .offset = IN(openings), .value = "HOST:PORT",
     .help = "The only way out; may be repeated"},
    {.name = "allow-guard-only", .kind = ARG_ON, .offset = IN(allow_guard_only),
     .help = "Run even if the kernel gives no network namespace"},
    {.name = "python", .kind = ARG_TEXT, .offset = IN(options.python), .value = "PATH",
     .group = "Application", .help = "Interpreter or environment; else VIRTUAL_ENV, .venv, venv, python3"},
    {.name = "env", .kind = ARG_LIST, .offset = IN(environment), .value = "NAME[=VALUE]",
     .help = "Variable that the application gets; may be repeated"},
    {.name = "prepare", .kind = ARG_TEXT, .offset = IN(prepare), .value = "COMMAND",
     .help = "Run in each copy before the application starts"},
    {.name = "server", .kind = ARG_CHOICE, .offset = IN(server), .value = "NAME",
     .choice = server_choice, .help = "What serves it"},
    {.name = "reference-runtime", .kind = ARG_ON, .offset = IN(reference_runtime),
     .help = "Stand in for a framework that is not installed"},
    {.name = "html", .kind = ARG_TEXT, .offset = IN(html), .value = "FILE",
     .group = "Output", .help = "Write the report as one HTML file"},
    {.name = "json", .kind = ARG_TEXT, .offset = IN(json), .value = "FILE",
     .help = "Write the run as JSON, for check --confirmed-by and model; - is standard output"},
    {.name = "color", .kind = ARG_CHOICE, .offset = IN(color), .value = "WHEN",
     .choice = color_choice, .help = "Use colour"},
    {.name = "quiet", .letter = 'q', .kind = ARG_ON, .offset = IN(quiet),
     .help = "No progress"},
    {.name = "config", .kind = ARG_TEXT, .offset = IN(options.config_path), .value = "FILE",
     .group = "Miscellaneous", .help = "Configuration file, instead of the closest one"},
    {.name = "isolated", .kind = ARG_ON, .offset = IN(options.isolated), .help = "Ignore configuration files"},
    {.name = "help", .letter = 'h', .kind = ARG_HELP, .help = "Print help"},
};
/* clang-format on */

const ArgTable verify_table = {rows, sizeof rows / sizeof rows[0], 1};

VerifySettings verify_settings_new(void)
{
    return (VerifySettings){.options = {.respect_gitignore = true, .no_cache = true}, .color = COLOR_AUTO};
}

/* --- one option each --- */

static const char *absolute(Arena *arena, const char *path)
{
    if (!path) return NULL;
    char *here = getcwd(NULL, 0);
    Buf whole;
    buf_init(&whole);
    path_add_absolute(&whole, str_from(here), str_from(path));
    const char *kept = arena_copy(arena, buf_str(&whole).ptr, buf_str(&whole).len);
    buf_free(&whole);
    free(here);
    return kept;
}

static bool optional_time(const char *text, const char *option, uint64_t *ns, Fail *fail)
{
    return !text || duration_parse(str_from(text), option, ns, fail);
}

static bool settle_users(const VerifySettings *settings, Arena *arena, VerifyPlan *plan, Fail *fail)
{
    static const uint32_t usual[] = {20, 200};
    plan->users = usual;
    plan->users_count = 2;
    if (!settings->users.count) return true;
    uint32_t *users = arena_array(arena, settings->users.count, sizeof *users);
    for (size_t i = 0; i < settings->users.count; i++) {
        double number = 0;
        if (!quantity_parse(settings->users.items[i], "users", &number, fail)) return false;
        if (number > LIMIT_VERIFY_USERS || number < 1)
            return fail_at(fail, NULL, 0, "'--users' takes 1 to %d", LIMIT_VERIFY_USERS);
        users[i] = (uint32_t)number;
    }
    plan->users = users;
    plan->users_count = settings->users.count;
    return true;
}

static bool settle_stand_ins(const VerifySettings *settings, Arena *arena, OutsidePlan *outside, Fail *fail)
{
    StandInRule *rules = arena_array(arena, settings->stand_ins.count, sizeof *rules);
    for (size_t i = 0; i < settings->stand_ins.count; i++) {
        Str word = settings->stand_ins.items[i];
        size_t sign = str_find_last(word, '=');
        if (sign == SIZE_MAX || !sign)
            return fail_at(fail, NULL, 0, "invalid value '%.*s' for '--stand-in' (like api.example.com=50ms)",
                           (int)word.len, word.ptr);
        rules[i].host = str_part(word, 0, sign);
        if (!duration_parse(str_drop(word, sign + 1), "stand-in", &rules[i].delay_ns, fail)) return false;
    }
    outside->rules = rules;
    outside->rule_count = settings->stand_ins.count;
    return true;
}

static bool settle_services(const VerifySettings *settings, OutsidePlan *outside, Fail *fail)
{
    for (size_t i = 0; i < settings->services.count; i++) {
        Str name = settings->services.items[i];
        if (str_equal(name, STR("postgres")))
            outside->postgres = true;
        else if (str_equal(name, STR("redis")))
            outside->redis = true;
        else
            return fail_at(fail, NULL, 0, "invalid value '%.*s' for '--service' (possible: postgres, redis)",
                           (int)name.len, name.ptr);
    }
    return true;
}

static bool settle_openings(const VerifySettings *settings, Arena *arena, VerifyPlan *plan, Fail *fail)
{
    SpaceOpening *openings = arena_array(arena, settings->openings.count, sizeof *openings);
    for (size_t i = 0; i < settings->openings.count; i++) {
        Str word = settings->openings.items[i];
        size_t colon = str_find_last(word, ':');
        double port = 0;
        bool good = colon != SIZE_MAX && colon &&
                    quantity_parse(str_drop(word, colon + 1), "allow-network", &port, &(Fail){0}) &&
                    port < 65536;
        if (!good)
            return fail_at(fail, NULL, 0,
                           "invalid value '%.*s' for '--allow-network' (like db.example.com:5432)",
                           (int)word.len, word.ptr);
        openings[i] = (SpaceOpening){.host = str_part(word, 0, colon), .port = (uint16_t)port};
    }
    plan->openings = openings;
    plan->opening_count = settings->openings.count;
    plan->outside.openings = openings;
    plan->outside.opening_count = settings->openings.count;
    return true;
}

/* A table of stubs is read by the application's host, which starts late: whether it is one is seen here. */
static bool settle_stubs(const VerifySettings *settings, Arena *arena, VerifyPlan *plan, Fail *fail)
{
    Str text;
    if (settings->stubs.count != 1 || !str_ends(settings->stubs.items[0], STR(".json"))) return true;
    plan->stubs = absolute(arena, settings->stubs.items[0].ptr);
    IoStatus read = io_read_file(arena, plan->stubs, LIMIT_FILE_BYTES, &text);
    if (read != IO_OK) return fail_at(fail, plan->stubs, 0, "%s", io_status_text(read));
    cJSON *table = json_parse(text, plan->stubs, fail);
    cJSON_Delete(table);
    return table != NULL;
}

static bool settle_trees(const VerifySettings *settings, Arena *arena, VerifyPlan *plan, Fail *fail)
{
    if ((settings->before != NULL) + (settings->after != NULL) + settings->fix > 1)
        return fail_at(fail, NULL, 0, "'--fix', '--before' and '--after' exclude each other");
    if (settings->options.unsafe_fixes && !settings->fix)
        return fail_at(fail, NULL, 0, "'--unsafe-fixes' needs '--fix'");
    plan->before = settings->before ? absolute(arena, settings->before) : plan->place.tree;
    plan->after = settings->before ? plan->place.tree : absolute(arena, settings->after);
    const char *folders[] = {plan->before, plan->after};
    for (size_t i = 0; i < 2; i++)
        if (folders[i] && access(folders[i], R_OK | X_OK) != 0)
            return fail_at(fail, folders[i], 0, "%s", strerror(errno));
    return true;
}

static bool settle_times(const VerifySettings *settings, VerifyPlan *plan, Fail *fail)
{
    plan->seconds_ns = settings->quick ? 700000000u : 800000000u;
    plan->stall_ns = 5000000u;
    plan->outside.delay_ns = 100000000u;
    return optional_time(settings->think, "think", &plan->think_ns, fail) &&
           optional_time(settings->seconds, "secs", &plan->seconds_ns, fail) &&
           optional_time(settings->stall, "stall", &plan->stall_ns, fail) &&
           optional_time(settings->delay, "delay", &plan->outside.delay_ns, fail) &&
           (!settings->rate || quantity_parse(str_from(settings->rate), "rate", &plan->rate, fail));
}

/* A run takes what it needs and no more than this: a fix gone wild ends itself, not the machine. */
static const ProcessLimits limits = {.memory_bytes = 16u * 1024 * 1024 * 1024ull,
                                     .cpu_seconds = 1800,
                                     .processes = 8192,
                                     .file_bytes = 4ull * 1024 * 1024 * 1024};

bool verify_settings_finish(VerifySettings *settings, Arena *arena, const AppPlace *place, VerifyPlan *plan,
                            Fail *fail)
{
    *plan = (VerifyPlan){.place = *place,
                         .limits = limits,
                         .quick = settings->quick,
                         .model = !settings->no_model,
                         .writes = settings->writes,
                         .server = (HostServer)settings->server,
                         .allow_guard_only = settings->allow_guard_only,
                         .reference_runtime = settings->reference_runtime,
                         .prepare = settings->prepare,
                         .endpoints = settings->endpoints.items,
                         .endpoint_count = settings->endpoints.count,
                         .environment = settings->environment.items,
                         .environment_count = settings->environment.count};
    settings->options.python = settings->options.python && strchr(settings->options.python, '/')
                                   ? absolute(arena, settings->options.python)
                                   : settings->options.python;
    plan->python = settings->options.python;
    plan->requests_file = absolute(arena, settings->requests);
    plan->outside.answers = absolute(arena, settings->answers);
    settings->options.config_path = absolute(arena, settings->options.config_path);
    settings->html = absolute(arena, settings->html);
    if (settings->json && strcmp(settings->json, "-") != 0) settings->json = absolute(arena, settings->json);
    return settle_stubs(settings, arena, plan, fail) && settle_trees(settings, arena, plan, fail) &&
           settle_times(settings, plan, fail) && settle_users(settings, arena, plan, fail) &&
           settle_stand_ins(settings, arena, &plan->outside, fail) &&
           settle_services(settings, &plan->outside, fail) && settle_openings(settings, arena, plan, fail);
}
