/* host.h - the user's application, served by the user's interpreter under the probe.
 *
 *   loopsafe ─ environment, descriptors ─▶ python runtime/python/loopsafe_host.py ─ imports, serves on 127.0.0.1 ─▶ port
 *            ◀─ control pipe, one JSON object a line ─
 *
 * What the host tells (the other fields of a line depend on "event"):
 *   {"event": "loaded", "python": "3.11.2", "framework": "fastapi 0.115", "server": "uvicorn 0.30", "loop": "asyncio",
 *    "stubs": ["psycopg2"]}
 *   {"event": "described", "routes": [{"method", "path", "function", "file", "row", "end_row", "async": true}, …],
 *    "openapi": {…} or null}     once it has started: its start-up may add routes
 *   {"event": "ready", "port": 40123}
 *   {"event": "covered", "file": "…", "row": 12, "at_ns": 123}     a watched line runs, at most once in 2 ms
 *   {"event": "failed", "stage": "import|start|serve", "message": "one line", "file": "…", "row": 3}
 *   {"event": "notice", "message": "one line"}
 *
 * Shape   what the application tells is read and checked as somebody else's: what has another type is not there.
 * Owner   host_stop ends it, and its lists with it; texts live in the arena of host_start.
 * Errors  an application that does not start is a Fail of one line, with the place in the tree that its traceback names.
 * Threads one at a time, as of the process. */
#ifndef LOOPSAFE_RUNTIME_HOST_H
#define LOOPSAFE_RUNTIME_HOST_H

#include "base/json.h"
#include "base/vec.h"
#include "runtime/area.h"
#include "runtime/process.h"

typedef enum HostServer { HOST_SERVER_AUTO, HOST_SERVER_OWN, HOST_SERVER_UVICORN } HostServer;

typedef struct HostLine {
    Str file; /* absolute, in the tree that is served */
    uint32_t row1, end_row1;
} HostLine;

typedef struct HostPlan {
    const char *python; /* interpreter */
    const char *tree;   /* the copy that is served, absolute: working directory, first entry of the path */
    const char *cover, *covered; /* as in ProcessPlan */
    const char *
        origin; /* what it is a copy of, absolute: entries of the path below lead to the copy; NULL: of nothing */
    const char *app;    /* shop.main:app, shop/main.py:create_app, shop.main */
    const char *folder; /* of the run, for files of the host */
    HostServer server;
    const char *const *environment; /* all of it, of environment_make; ends in NULL */
    const char *stubs;              /* JSON file of runtime/python/loopsafe_stubs.py; NULL: none */
    const HostLine *watch; /* lines whose runs are told; makes the application slow, so not for timing */
    size_t watch_count;
    bool probe;         /* the probe records; without, it only leads and guards connections */
    bool bare;          /* the probe is not even loaded: nothing leads or guards connections */
    bool reference;     /* without FastAPI, loopsafe's own reference runtime stands in for it */
    bool asyncio_debug; /* for comparison */
    ProcessLimits limits;
} HostPlan;

typedef struct HostRoute {
    Str method, path;   /* GET, /orders/{order_id} */
    Str function, file; /* qualified name; absolute path */
    uint32_t row1, end_row1;
    bool is_async;
} HostRoute;

/* A watched line that has run. */
typedef struct HostCovered {
    Str file;
    uint32_t row1;
    uint64_t at_ns;
} HostCovered;

typedef VEC(HostCovered) HostCovereds;
typedef VEC(HostRoute) HostRoutes;
typedef VEC(Str) HostTexts;

typedef struct Host {
    Process process;
    ProbeArea area; /* when the plan wants the probe */
    uint16_t port;
    Str python, framework, server, loop;
    HostTexts stubs;      /* modules that a stub stands in for */
    HostTexts notices;    /* for the report, in the order told; at most LIMIT_HOST_NOTICES */
    HostRoutes routes;    /* at most LIMIT_HOST_ROUTES */
    const cJSON *openapi; /* NULL: the framework has none; owned by the host */
    cJSON *loaded;        /* the whole line */
    cJSON *described;     /* the whole line, which the schema is a part of */
    HostCovereds covered; /* told and not asked for */
    Fail trouble;         /* why it does not start, or why it ended while it served */
    const char *tree;     /* of the plan */
    const char *cover;    /* of the plan */
    Arena *arena;
} Host;

/* Starts it and comes back at once; what it tells is read by host_wait. */
bool host_begin(Host *host, Arena *arena, const HostPlan *plan, Fail *fail)
    __attribute__((warn_unused_result));
/* Until it serves, at most timeout_ns from now; one that does not is stopped. */
bool host_wait(Host *host, uint64_t timeout_ns, Fail *fail) __attribute__((warn_unused_result));
/* Both. */
bool host_start(Host *host, Arena *arena, const HostPlan *plan, uint64_t timeout_ns, Fail *fail)
    __attribute__((warn_unused_result));
/* Lines that have run since the last call, as indexes of the plan's `watch`; at_ns beside each; in the arena. */
size_t host_covered(Host *host, Arena *arena, const HostPlan *plan, const size_t **lines,
                    const uint64_t **at_ns);
/* Reads what it has told since: notices, trouble. */
void host_listen(Host *host);
void host_stop(Host *host);
/* The file stands in the tree that is served. */
bool host_has_file(const Host *host, Str path);
/* The path as it stands in the tree; of a file elsewhere as it is. */
Str host_path(const Host *host, Str path);

#endif
