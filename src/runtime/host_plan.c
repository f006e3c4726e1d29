#include "runtime/host_plan.h"

#include <string.h>

#include "base/io.h"
#include "runtime/companion.h"

#include "base/banned.h"

/* --- the file --- */

static void add_text(JsonOut *out, const char *key, const char *text)
{
    json_out_key(out, key);
    if (text)
        json_out_str(out, str_from(text));
    else
        json_out_null(out);
}

static void add_flag(JsonOut *out, const char *key, bool value)
{
    json_out_key(out, key);
    json_out_bool(out, value);
}

static void add_watch(JsonOut *out, const HostPlan *plan)
{
    json_out_key(out, "watch");
    json_out_open(out, '[');
    for (size_t i = 0; i < plan->watch_count; i++) {
        json_out_open(out, '{');
        json_out_key(out, "file");
        json_out_str(out, plan->watch[i].file);
        json_out_key(out, "row");
        json_out_number(out, plan->watch[i].row1);
        json_out_key(out, "end_row");
        json_out_number(out, plan->watch[i].end_row1);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
}

static void add_plan(Buf *text, const HostPlan *plan)
{
    static const char *const servers[] = {"auto", "own", "uvicorn"};
    JsonOut out;
    json_out_init(&out, text, false);
    json_out_open(&out, '{');
    add_text(&out, "app", plan->app);
    add_text(&out, "tree", plan->tree);
    add_text(&out, "origin", plan->origin);
    add_text(&out, "server", servers[plan->server]);
    add_text(&out, "stubs", plan->stubs);
    add_flag(&out, "probe", plan->probe);
    add_flag(&out, "reference", plan->reference);
    add_flag(&out, "asyncio_debug", plan->asyncio_debug);
    add_watch(&out, plan);
    json_out_close(&out, '}');
}

const char *host_plan_write(Arena *arena, const HostPlan *plan, Fail *fail)
{
    Str path = str_join(arena, str_from(plan->folder), STR("/"), STR("host.json"));
    Buf text;
    buf_init(&text);
    add_plan(&text, plan);
    bool written = io_write_file(path.ptr, buf_str(&text), fail);
    buf_free(&text);
    return written ? path.ptr : NULL;
}

/* --- the environment --- */

typedef struct Lines {
    Arena *arena;
    const char **items;
    size_t count;
} Lines;

static bool is_named(const char *line, Str name)
{
    return str_starts(str_from(line), name) && line[name.len] == '=';
}

/* Instead of the line with that name, or as a new one. */
static void set_line(Lines *lines, const char *name, Str value)
{
    Str line = str_join(lines->arena, str_from(name), STR("="), value);
    for (size_t i = 0; i < lines->count; i++) {
        if (!is_named(lines->items[i], str_from(name))) continue;
        lines->items[i] = line.ptr;
        return;
    }
    lines->items[lines->count++] = line.ptr;
}

static Str line_value(const Lines *lines, const char *name)
{
    for (size_t i = 0; i < lines->count; i++)
        if (is_named(lines->items[i], str_from(name))) return str_from(lines->items[i] + strlen(name) + 1);
    return STR("");
}

/* The probe comes first and the user's own library behind it. */
static bool add_preload(Lines *lines, Fail *fail)
{
    const char *probe = companion_path(lines->arena, "libloopsafe_probe.so", fail);
    if (!probe) return false;
    Str own = line_value(lines, "LD_PRELOAD");
    set_line(lines, "LD_PRELOAD",
             own.len ? str_join(lines->arena, str_from(probe), STR(":"), own) : str_from(probe));
    return true;
}

const char *const *host_environment(Arena *arena, const HostPlan *plan, const ProbeArea *area, Fail *fail)
{
    enum { OWN_LINES = 8 };
    Lines lines = {.arena = arena};
    size_t count = 0;
    while (plan->environment && plan->environment[count])
        count++;
    lines.items = arena_array(arena, count + OWN_LINES, sizeof *lines.items);
    for (size_t i = 0; i < count; i++)
        lines.items[lines.count++] = plan->environment[i];
    set_line(&lines, "PYTHONDONTWRITEBYTECODE", STR("1")); /* nothing is written beside the user's packages */
    set_line(&lines, "PYTHONUNBUFFERED", STR("1"));        /* its last words are not lost */
    set_line(&lines, "PYTHONHASHSEED", STR("0"));          /* sets have one order in both versions */
    if (area) set_line(&lines, PROBE_FD_VARIABLE, str_format(arena, "%d", area->descriptor));
    if (!plan->bare && !add_preload(&lines, fail)) return NULL;
    return lines.items;
}
