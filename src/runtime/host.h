/* host.h - the user's application, served by the user's interpreter under the probe.
 *
 *   loopsafe ─ environment, descriptors ─▶ python runtime/python/loopsafe_host.py ─ imports, serves on 127.0.0.1 ─▶ port
 *            ◀─ control pipe, one JSON object a line ─
 *
 * What the host tells (the other fields of a line depend on "event"):
 *   {"event": "loaded", "python": "3.11.2", "framework": "fastapi 0.115", "server": "uvicorn 0.30", "loop": "asyncio",
 *    "stubs": ["psycopg2"], "routes": [{"method", "path", "function", "file", "row", "end_row", "async": true}, …],
 *    "openapi": {…} or null}
 *   {"event": "ready", "port": 40123}
 *   {"event": "covered", "file": "…", "row": 12, "at_ns": 123}     first time that a watched line runs
 *   {"event": "failed", "stage": "import|start|serve", "message": "one line", "file": "…", "row": 3}
 *   {"event": "notice", "message": "one line"}
 *
 * Owner   host_stop ends it.
 * Errors  an application that does not start is a Fail of one line, with the place that its traceback names. */
#ifndef LOOPSAFE_RUNTIME_HOST_H
#define LOOPSAFE_RUNTIME_HOST_H

#include "base/json.h"
#include "runtime/area.h"
#include "runtime/process.h"

typedef enum HostServer { HOST_SERVER_AUTO, HOST_SERVER_OWN, HOST_SERVER_UVICORN } HostServer;

typedef struct HostLine {
    Str file; /* absolute, in the tree that is served */
    uint32_t row1, end_row1;
} HostLine;

typedef struct HostPlan {
    const char *python; /* interpreter */
    const char *tree;   /* the copy that is served: working directory, first entry of the path */
    const char *app;    /* shop.main:app */
    const char *folder; /* of the run: HOME, TMPDIR, logs */
    HostServer server;
    const char *const *environment; /* further lines: of outside_environment and of --env; ends in NULL */
    const char *stubs;              /* JSON file of runtime/python/loopsafe_stubs.py; NULL: none */
    const HostLine *watch; /* lines whose first run is told; makes the application slow, so not for timing */
    size_t watch_count;
    bool probe;         /* load the probe */
    bool asyncio_debug; /* for comparison */
    ProcessLimits limits;
} HostPlan;

typedef struct HostRoute {
    Str method, path;   /* GET, /orders/{order_id} */
    Str function, file; /* qualified name; absolute path */
    uint32_t row1, end_row1;
    bool is_async;
} HostRoute;

typedef struct Host {
    Process process;
    ProbeArea area; /* when the plan wants the probe */
    uint16_t port;
    Str python, framework, server, loop;
    const Str *stubs;
    size_t stub_count;
    const HostRoute *routes;
    size_t route_count;
    const cJSON *openapi; /* NULL: the framework has none; owned by the host */
    cJSON *loaded;        /* the whole line */
} Host;

/* Starts and waits until it serves, at most timeout_ns. Texts live in the arena. */
bool host_start(Host *host, Arena *arena, const HostPlan *plan, uint64_t timeout_ns, Fail *fail)
    __attribute__((warn_unused_result));
/* Lines that have run since the last call, as indexes of the plan's `watch`; at_ns beside each. */
size_t host_covered(Host *host, Arena *arena, const HostPlan *plan, const size_t **lines,
                    const uint64_t **at_ns);
void host_stop(Host *host);

#endif
