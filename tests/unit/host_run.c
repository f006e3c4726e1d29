/* Starts an application as `loopsafe verify` does, for tests/verify/host.py:
 *
 *     host_run PYTHON TREE APP FOLDER [NAME=VALUE]...
 *
 * NAME is one of server, stubs, origin, reference, asyncio_debug, probe, timeout_ms, watch (FILE:ROW-END, several times).
 * Prints one JSON object a line: what was loaded, then for each line "covered" on standard input the lines that have run, at
 * its end the log. Exit code 4: the application does not start, and the line is {"failed": "…"}. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/host.h"

#include "base/banned.h"

extern char **environ;

enum { MOST_WATCHED = 64, LOG_BYTES = 4000 };

typedef struct Arguments {
    HostPlan plan;
    HostLine watch[MOST_WATCHED];
    uint64_t timeout_ns;
} Arguments;

static uint32_t number(Str text)
{
    uint32_t value = 0;
    for (size_t i = 0; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9'; i++)
        value = value * 10 + (uint32_t)(text.ptr[i] - '0');
    return value;
}

static void add_watch(Arguments *arguments, Str value)
{
    size_t colon = str_find_last(value, ':');
    Str rows = str_drop(value, colon + 1);
    size_t dash = str_find_byte(rows, '-');
    HostLine line = {str_part(value, 0, colon), number(rows), number(str_drop(rows, dash + 1))};
    if (arguments->plan.watch_count < MOST_WATCHED) arguments->watch[arguments->plan.watch_count++] = line;
}

static HostServer server_of(Str value)
{
    if (str_equal(value, STR("own"))) return HOST_SERVER_OWN;
    return str_equal(value, STR("uvicorn")) ? HOST_SERVER_UVICORN : HOST_SERVER_AUTO;
}

static bool set(Arguments *arguments, const char *argument)
{
    Str text = str_from(argument), name = str_before(text, '=');
    const char *value = argument + (name.len < text.len ? name.len + 1 : name.len);
    HostPlan *plan = &arguments->plan;
    if (str_equal(name, STR("server")))
        plan->server = server_of(str_from(value));
    else if (str_equal(name, STR("stubs")))
        plan->stubs = value;
    else if (str_equal(name, STR("origin")))
        plan->origin = value;
    else if (str_equal(name, STR("reference")))
        plan->reference = true;
    else if (str_equal(name, STR("asyncio_debug")))
        plan->asyncio_debug = true;
    else if (str_equal(name, STR("probe")))
        plan->probe = !(plan->bare = false);
    else if (str_equal(name, STR("watch")))
        add_watch(arguments, str_from(value));
    else if (str_equal(name, STR("timeout_ms")))
        arguments->timeout_ns = (uint64_t)number(str_from(value)) * 1000000u;
    else
        return false;
    return true;
}

static void print(Buf *line)
{
    printf("%.*s\n", (int)line->len, line->data);
    fflush(stdout);
    buf_free(line);
}

static void text(JsonOut *out, const char *key, Str value)
{
    json_out_key(out, key);
    json_out_str(out, value);
}

static void texts(JsonOut *out, const char *key, const HostTexts *items)
{
    json_out_key(out, key);
    json_out_open(out, '[');
    for (size_t i = 0; i < items->count; i++)
        json_out_str(out, items->items[i]);
    json_out_close(out, ']');
}

static void routes(JsonOut *out, const Host *host)
{
    json_out_key(out, "routes");
    json_out_open(out, '[');
    for (size_t i = 0; i < host->routes.count; i++) {
        const HostRoute *route = &host->routes.items[i];
        json_out_open(out, '{');
        text(out, "method", route->method);
        text(out, "path", route->path);
        text(out, "function", route->function);
        text(out, "file", route->file);
        json_out_key(out, "rows");
        json_out_open(out, '[');
        json_out_number(out, route->row1);
        json_out_number(out, route->end_row1);
        json_out_close(out, ']');
        json_out_key(out, "async");
        json_out_bool(out, route->is_async);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
}

static void print_loaded(const Host *host)
{
    Buf line;
    buf_init(&line);
    JsonOut out;
    json_out_init(&out, &line, false);
    json_out_open(&out, '{');
    text(&out, "python", host->python);
    text(&out, "framework", host->framework);
    text(&out, "server", host->server);
    text(&out, "loop", host->loop);
    texts(&out, "stubs", &host->stubs);
    texts(&out, "notices", &host->notices);
    routes(&out, host);
    json_out_key(&out, "openapi");
    json_out_bool(&out, host->openapi != NULL);
    json_out_key(&out, "port");
    json_out_number(&out, host->port);
    json_out_close(&out, '}');
    print(&line);
}

static void print_covered(Host *host, Arena *arena, const HostPlan *plan)
{
    const size_t *lines;
    const uint64_t *at_ns;
    size_t count = host_covered(host, arena, plan, &lines, &at_ns);
    Buf line;
    buf_init(&line);
    JsonOut out;
    json_out_init(&out, &line, false);
    json_out_open(&out, '{');
    json_out_key(&out, "covered");
    json_out_open(&out, '[');
    for (size_t i = 0; i < count; i++)
        json_out_number(&out, lines[i]);
    json_out_close(&out, ']');
    texts(&out, "notices", &host->notices);
    json_out_close(&out, '}');
    print(&line);
}

static void print_text(const char *key, Str value)
{
    Buf line;
    buf_init(&line);
    JsonOut out;
    json_out_init(&out, &line, false);
    json_out_open(&out, '{');
    text(&out, key, value);
    json_out_close(&out, '}');
    print(&line);
}

static int run(const Arguments *arguments, Arena *arena)
{
    Host host;
    Fail fail = {0};
    if (!host_start(&host, arena, &arguments->plan, arguments->timeout_ns, &fail)) {
        print_text("failed", str_from(fail.text));
        return 4;
    }
    print_loaded(&host);
    char command[64];
    while (fgets(command, sizeof command, stdin))
        if (!strcmp(command, "covered\n")) print_covered(&host, arena, &arguments->plan);
    Process process = host.process;
    process_end(&host.process, 3000000000u);
    print_text("log", process_log_end(&process, arena, LOG_BYTES));
    print_text("ended", process_how_ended(&host.process, arena));
    host_stop(&host);
    return 0;
}

int main(int count, char **values)
{
    if (count < 5) return 2;
    Arguments arguments = {.timeout_ns = 30000000000u};
    arguments.plan = (HostPlan){.python = values[1],
                                .tree = values[2],
                                .app = values[3],
                                .folder = values[4],
                                .bare = true,
                                .environment = (const char *const *)environ,
                                .watch = arguments.watch};
    for (int i = 5; i < count; i++)
        if (!set(&arguments, values[i])) return 2;
    Arena arena;
    arena_init(&arena);
    int code = run(&arguments, &arena);
    arena_free(&arena);
    return code;
}
