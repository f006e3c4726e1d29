#include "cli/model_settings.h"

#include "base/limits.h"
#include "cli/duration.h"

#include "base/banned.h"

#define IN(field) offsetof(ModelSettings, field)

/* Two lines an option. */
/* clang-format off */
static const ArgRow rows[] = {
    {.name = "users", .kind = ARG_COMMA_LIST, .offset = IN(users), .value = "N,N",
     .group = "Load", .help = "Users, each of whom waits for an answer before asking again; 20,200,2000"},
    {.name = "think", .kind = ARG_TEXT, .offset = IN(think), .value = "TIME",
     .help = "Mean pause of a user between an answer and the next request; none"},
    {.name = "rate", .kind = ARG_TEXT, .offset = IN(rate), .value = "N",
     .help = "Instead of users: requests a second, come what may"},
    {.name = "simulate", .kind = ARG_TEXT, .offset = IN(simulate), .value = "TIME",
     .help = "Simulated time that counts, behind half as much that does not; 60s"},
    {.name = "workers", .kind = ARG_NUMBER, .offset = IN(workers), .value = "N", .most = LIMIT_MODEL_WORKERS,
     .group = "Server", .help = "Server processes, instead of the file's"},
    {.name = "processors", .kind = ARG_NUMBER, .offset = IN(processors), .value = "N", .most = LIMIT_MODEL_WORKERS,
     .help = "Processors of the machine, instead of the file's"},
    {.name = "json", .kind = ARG_ON, .offset = IN(json),
     .group = "Output", .help = "Print JSON"},
    {.name = "help", .letter = 'h', .kind = ARG_HELP, .help = "Print help"},
};
/* clang-format on */

const ArgTable model_table = {rows, sizeof rows / sizeof rows[0], 1};

ModelSettings model_settings_new(void)
{
    return (ModelSettings){.json = false};
}

static bool parse_users(Str text, uint32_t *users, Fail *fail)
{
    uint64_t number = 0;
    bool valid = text.len > 0;
    for (size_t i = 0; valid && i < text.len; i++) {
        valid = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        number = number * 10 + (uint64_t)(text.ptr[i] - '0');
        valid = valid && number <= LIMIT_MODEL_USERS;
    }
    *users = (uint32_t)number;
    return (valid && number) ||
           fail_at(fail, NULL, 0, "invalid value '%.*s' for '--users' (numbers from 1 to %d)",
                   (int)(text.len < 100 ? text.len : 100), text.ptr, LIMIT_MODEL_USERS);
}

/* One load a number of users. */
static bool settle_users(ModelSettings *settings, Arena *arena, ModelPoint load, Fail *fail)
{
    static const Str usual[] = {{"20", 2}, {"200", 3}, {"2000", 4}};
    bool given = settings->users.count > 0;
    const Str *texts = given ? settings->users.items : usual;
    settings->load_count = given ? settings->users.count : sizeof usual / sizeof usual[0];
    ModelPoint *loads = arena_array(arena, settings->load_count, sizeof *loads);
    settings->loads = loads;
    for (size_t i = 0; i < settings->load_count; i++) {
        loads[i] = load;
        if (!parse_users(texts[i], &loads[i].users, fail)) return false;
    }
    return true;
}

static bool settle_rate(ModelSettings *settings, Arena *arena, ModelPoint load, Fail *fail)
{
    if (settings->users.count || settings->think)
        return fail_at(fail, NULL, 0, "'--rate' stands instead of '--users' and '--think'");
    ModelPoint *loads = arena_array(arena, 1, sizeof *loads);
    *loads = load;
    settings->loads = loads;
    settings->load_count = 1;
    return quantity_parse(str_from(settings->rate), "rate", &loads->rate, fail) &&
           (loads->rate <= 1e6 ||
            fail_at(fail, NULL, 0, "invalid value for '--rate' (at most 1,000,000 a second)"));
}

bool model_settings_finish(ModelSettings *settings, Arena *arena, Fail *fail)
{
    ModelPoint load = {0};
    const char *simulate = settings->simulate ? settings->simulate : "60s";
    if (!duration_parse(str_from(simulate), "simulate", &load.duration_ns, fail)) return false;
    if (!load.duration_ns) return fail_at(fail, NULL, 0, "'--simulate' takes a time above 0");
    load.warm_ns = load.duration_ns / 2;
    load.grace_ns = load.duration_ns;
    if (settings->rate) return settle_rate(settings, arena, load, fail);
    return (!settings->think || duration_parse(str_from(settings->think), "think", &load.think_ns, fail)) &&
           settle_users(settings, arena, load, fail);
}
