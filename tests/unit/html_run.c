/* Writes the report of a run that was never measured, for tests/verify/html.py.
 *
 *   html_run shop FILE      a shop with a verdict of every kind, as in the documentation
 *   html_run hostile FILE   the same, every text trying to break out of the page
 *   html_run big FILE       endpoints, ticks, stalls, lines beyond every limit
 *   html_run empty FILE     nothing was found and nothing was measured */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "verify/html.h"

#include "base/banned.h"

enum { LOADS = 3, MS = 1000 * 1000 };
#define SECOND ((uint64_t)1000 * MS)
#define TEXT(literal)                                                                                        \
    {                                                                                                        \
        (literal), sizeof(literal) - 1                                                                       \
    }
#define COUNT(array) (sizeof(array) / sizeof *(array))

static const RunLoad loads[LOADS] = {
    {TEXT("20 users without a pause"), 20, 0, 0, 200 * (uint64_t)MS, 3 * SECOND},
    {TEXT("200 users without a pause"), 200, 0, 0, 200 * (uint64_t)MS, 3 * SECOND},
    {TEXT("66.7 requests/s"), 400, 0, 66.7, 200 * (uint64_t)MS, 3 * SECOND},
};

/* Frames, innermost first. */
static const RunFrame recv_frames[] = {
    {TEXT("socket.py"), TEXT("SocketIO.readinto"), 706, false},
    {TEXT("http/client.py"), TEXT("HTTPResponse.begin"), 318, false},
    {TEXT("urllib3/connectionpool.py"), TEXT("HTTPConnectionPool.urlopen"), 787, false},
    {TEXT("requests/adapters.py"), TEXT("HTTPAdapter.send"), 667, false},
    {TEXT("requests/sessions.py"), TEXT("Session.request"), 589, false},
    {TEXT("requests/api.py"), TEXT("get"), 73, false},
    {TEXT("shop/services/payments.py"), TEXT("Payments.rate"), 31, true},
    {TEXT("shop/routes/orders.py"), TEXT("read_order"), 48, true},
    {TEXT("starlette/routing.py"), TEXT("request_response.<locals>.app"), 73, false},
    {TEXT("uvicorn/server.py"), TEXT("Server.serve"), 70, false},
};
static const RunFrame poll_frames[] = {
    {TEXT("shop/repositories/orders.py"), TEXT("Orders.totals"), 64, true},
    {TEXT("shop/routes/reports.py"), TEXT("totals"), 22, true},
    {TEXT("uvicorn/server.py"), TEXT("Server.serve"), 70, false},
};
static const RunFrame hash_frames[] = {
    {TEXT("shop/services/images.py"), TEXT("thumbnail"), 19, true},
    {TEXT("shop/routes/uploads.py"), TEXT("upload"), 35, true},
};
static const RunFrame context_frames[] = {
    {TEXT("ssl.py"), TEXT("SSLContext.load_verify_locations"), 711, false},
    {TEXT("httpx/_config.py"), TEXT("SSLConfig.load_ssl_context"), 51, false},
    {TEXT("httpx/_client.py"), TEXT("AsyncClient.__init__"), 1449, false},
    {TEXT("shop/services/mail.py"), TEXT("send"), 16, true},
    {TEXT("shop/routes/admin.py"), TEXT("notify"), 41, true},
};
static const RunFrame template_frames[] = {
    {TEXT("jinja2/environment.py"), TEXT("Environment.compile"), 768, false},
    {TEXT("shop/routes/products.py"), TEXT("page"), 57, true},
};

static const RunStall stalls[] = {
    {TREE_BEFORE,
     STALL_BLOCKED,
     TEXT("recv"),
     0,
     &recv_frames[6],
     {recv_frames, 10},
     61,
     6100 * (uint64_t)MS,
     2048 * (uint64_t)MS,
     0,
     false},
    {TREE_BEFORE,
     STALL_BLOCKED,
     TEXT("poll"),
     1,
     &poll_frames[0],
     {poll_frames, 3},
     140,
     7140 * (uint64_t)MS,
     1020 * (uint64_t)MS,
     1,
     false},
    {TREE_BEFORE,
     STALL_CPU,
     TEXT(""),
     2,
     &hash_frames[0],
     {hash_frames, 2},
     600,
     2400 * (uint64_t)MS,
     88 * (uint64_t)MS,
     2,
     false},
    {TREE_AFTER,
     STALL_GIL,
     TEXT(""),
     2,
     &hash_frames[1],
     {hash_frames + 1, 1},
     410,
     2050 * (uint64_t)MS,
     79 * (uint64_t)MS,
     2,
     false},
    {TREE_BEFORE,
     STALL_BLOCKED,
     TEXT("connect"),
     3,
     &context_frames[3],
     {context_frames, 5},
     9,
     940 * (uint64_t)MS,
     104 * (uint64_t)MS,
     3,
     false},
    {TREE_AFTER,
     STALL_CPU,
     TEXT(""),
     3,
     &context_frames[3],
     {context_frames, 5},
     76,
     2830 * (uint64_t)MS,
     607 * (uint64_t)MS,
     3,
     false},
    {TREE_BEFORE,
     STALL_CPU,
     TEXT(""),
     4,
     &template_frames[1],
     {template_frames, 2},
     23,
     410 * (uint64_t)MS,
     31 * (uint64_t)MS,
     SIZE_MAX,
     false},
    {TREE_AFTER,
     STALL_CPU,
     TEXT(""),
     4,
     &template_frames[1],
     {template_frames, 2},
     22,
     400 * (uint64_t)MS,
     30 * (uint64_t)MS,
     SIZE_MAX,
     false},
    {TREE_BEFORE,
     STALL_BLOCKED,
     TEXT("open"),
     SIZE_MAX,
     NULL,
     {NULL, 0},
     1,
     12 * (uint64_t)MS,
     12 * (uint64_t)MS,
     SIZE_MAX,
     false},
};

static const RunFinding findings[] = {
    {.code = TEXT("LS101"),
     .message = TEXT("requests.get blocks the event loop until the answer is there"),
     .path = TEXT("shop/services/payments.py"),
     .function = TEXT("Payments.rate"),
     .fingerprint = TEXT("1"),
     .row1 = 31,
     .end_row1 = 31,
     .column1 = 16,
     .after_row1 = 33,
     .after_end_row1 = 33,
     .fix_title = TEXT("use a shared httpx.AsyncClient"),
     .fix_safe = true,
     .seen = SEEN_CONFIRMED,
     .seen_reason = TEXT("recv in requests.get, 103 ms, 61 times"),
     .verdict = VERDICT_FIXED,
     .endpoints = (const size_t[]){0},
     .endpoint_count = 1,
     .stall_ns = {2048 * (uint64_t)MS, 0}},
    {.code = TEXT("LS102"),
     .message = TEXT("cursor.execute waits for the database"),
     .path = TEXT("shop/repositories/orders.py"),
     .function = TEXT("Orders.totals"),
     .fingerprint = TEXT("2"),
     .row1 = 64,
     .end_row1 = 66,
     .column1 = 9,
     .after_row1 = 64,
     .after_end_row1 = 66,
     .fix_title = TEXT("await asyncio.to_thread"),
     .fix_safe = true,
     .seen = SEEN_CONFIRMED,
     .seen_reason = TEXT("poll in psycopg2, 51 ms, 140 times"),
     .verdict = VERDICT_BEHAVIOUR_CHANGED,
     .verdict_reason = TEXT("the body of GET /reports/totals differs: $.totals[0].sum 41.5 became null"),
     .endpoints = (const size_t[]){1},
     .endpoint_count = 1,
     .stall_ns = {1020 * (uint64_t)MS, 0}},
    {.code = TEXT("LS105"),
     .message = TEXT("hashing and scaling an upload of any size computes on the loop"),
     .path = TEXT("shop/services/images.py"),
     .function = TEXT("thumbnail"),
     .fingerprint = TEXT("3"),
     .row1 = 19,
     .end_row1 = 19,
     .column1 = 5,
     .after_row1 = 20,
     .after_end_row1 = 20,
     .fix_title = TEXT("await asyncio.to_thread"),
     .fix_safe = false,
     .seen = SEEN_CONFIRMED,
     .seen_reason = TEXT("computing, 4 ms, 600 times"),
     .verdict = VERDICT_NOT_FIXED,
     .verdict_reason = TEXT("waits for the GIL: 84 % of the stall, held by a worker thread"),
     .endpoints = (const size_t[]){2},
     .endpoint_count = 1,
     .stall_ns = {88 * (uint64_t)MS, 79 * (uint64_t)MS}},
    {.code = TEXT("LS101"),
     .message = TEXT("smtplib.SMTP.sendmail blocks the event loop"),
     .path = TEXT("shop/services/mail.py"),
     .function = TEXT("send"),
     .fingerprint = TEXT("4"),
     .row1 = 16,
     .end_row1 = 18,
     .column1 = 5,
     .after_row1 = 16,
     .after_end_row1 = 17,
     .fix_title = TEXT("use httpx.AsyncClient"),
     .fix_safe = true,
     .seen = SEEN_CONFIRMED,
     .seen_reason = TEXT("connect, 104 ms, 9 times"),
     .verdict = VERDICT_NOT_FIXED,
     .verdict_reason = TEXT("builds a client for each call: load_verify_locations 37 ms in httpx.AsyncClient "
                            "(shop/services/mail.py:16)"),
     .endpoints = (const size_t[]){3},
     .endpoint_count = 1,
     .stall_ns = {104 * (uint64_t)MS, 607 * (uint64_t)MS}},
    {.code = TEXT("LS201"),
     .message = TEXT("three awaits that need nothing of each other run one after the other"),
     .path = TEXT("shop/routes/products.py"),
     .function = TEXT("page"),
     .fingerprint = TEXT("5"),
     .row1 = 51,
     .end_row1 = 53,
     .column1 = 5,
     .after_row1 = 51,
     .after_end_row1 = 55,
     .fix_title = TEXT("await asyncio.gather"),
     .fix_safe = true,
     .seen = SEEN_NOT_REPRODUCED,
     .seen_reason = TEXT("runs, holds the loop 0.02 ms"),
     .verdict = VERDICT_SLOWER,
     .verdict_reason = TEXT("p50 at 20 users 31 ms instead of 27 ms, noise 2 %"),
     .endpoints = (const size_t[]){4},
     .endpoint_count = 1},
    {.code = TEXT("LS103"),
     .message = TEXT("Path.write_text writes a file on the loop"),
     .path = TEXT("shop/services/storage.py"),
     .function = TEXT("store"),
     .fingerprint = TEXT("6"),
     .row1 = 12,
     .end_row1 = 12,
     .column1 = 5,
     .after_row1 = 12,
     .after_end_row1 = 12,
     .fix_title = TEXT("await asyncio.to_thread"),
     .fix_safe = true,
     .seen = SEEN_NOT_EXERCISED,
     .seen_reason = TEXT("POST /uploads was not asked: no example of its body"),
     .verdict = VERDICT_NOT_EXERCISED},
    {.code = TEXT("LS401"),
     .message = TEXT("a loop of 200 passes on the loop"),
     .path = TEXT("shop/services/catalog.py"),
     .function = TEXT("index"),
     .fingerprint = TEXT("7"),
     .row1 = 88,
     .end_row1 = 90,
     .column1 = 5,
     .seen = SEEN_NOT_REPRODUCED,
     .seen_reason = TEXT("runs, costs 0.3 ms"),
     .verdict = VERDICT_NONE,
     .endpoints = (const size_t[]){0, 4},
     .endpoint_count = 2},
};

static const RunDifference differences[] = {
    {TEXT("GET /reports/totals"), TEXT("body $.totals[0].sum"), TEXT("41.5"), TEXT("null")},
    {TEXT("GET /reports/totals"), TEXT("sql"), TEXT("SELECT sum(price) FROM orders"), TEXT("(none)")},
};

static const RunEndpoint endpoints[] = {
    {.method = TEXT("GET"),
     .path = TEXT("/orders/{order_id}"),
     .function = TEXT("read_order"),
     .file = TEXT("shop/routes/orders.py"),
     .row1 = 44,
     .is_async = true,
     .request_count = 2,
     .exercised = true,
     .upstream_calls = 2,
     .verdict = VERDICT_FIXED},
    {.method = TEXT("GET"),
     .path = TEXT("/reports/totals"),
     .function = TEXT("totals"),
     .file = TEXT("shop/routes/reports.py"),
     .row1 = 20,
     .is_async = true,
     .request_count = 2,
     .exercised = true,
     .differences = differences,
     .difference_count = COUNT(differences),
     .verdict = VERDICT_BEHAVIOUR_CHANGED,
     .verdict_reason = TEXT("2 differences")},
    {.method = TEXT("POST"),
     .path = TEXT("/images/{name}/thumbnail"),
     .function = TEXT("upload"),
     .file = TEXT("shop/routes/uploads.py"),
     .row1 = 30,
     .is_async = true,
     .request_count = 2,
     .exercised = true,
     .verdict = VERDICT_NOT_FIXED,
     .verdict_reason = TEXT("the loop waits for the GIL")},
    {.method = TEXT("POST"),
     .path = TEXT("/admin/notify"),
     .function = TEXT("notify"),
     .file = TEXT("shop/routes/admin.py"),
     .row1 = 38,
     .is_async = true,
     .request_count = 1,
     .exercised = true,
     .upstream_calls = 1,
     .verdict = VERDICT_NOT_FIXED},
    {.method = TEXT("GET"),
     .path = TEXT("/products/{slug}"),
     .function = TEXT("page"),
     .file = TEXT("shop/routes/products.py"),
     .row1 = 49,
     .is_async = true,
     .request_count = 2,
     .exercised = true,
     .upstream_calls = 6,
     .verdict = VERDICT_SLOWER},
    {.method = TEXT("POST"),
     .path = TEXT("/uploads"),
     .function = TEXT("upload_file"),
     .file = TEXT("shop/routes/uploads.py"),
     .row1 = 52,
     .is_async = true,
     .exercised = false,
     .reason = TEXT("422: field required (body.file)"),
     .verdict = VERDICT_NOT_EXERCISED},
};

/* How one version of one endpoint behaves under a load. */
typedef struct Behaviour {
    double tick_ms, gap_ms;        /* a stall, then none */
    double blocked, gil, runqueue; /* shares of a stall */
    double latency_ms;
    size_t stall;
} Behaviour;

static const Behaviour before_behaviours[] = {{660, 1, 0.97, 0, 0, 2048, 0},
                                              {340, 3, 0.94, 0, 0.02, 1020, 1},
                                              {38, 1, 0, 0, 0.05, 75, 2},
                                              {104, 230, 0.96, 0, 0, 118, 4},
                                              {18, 110, 0.1, 0, 0.2, 27, 6}};
static const Behaviour after_behaviours[] = {{6, 900, 0.1, 0, 0.6, 104, SIZE_MAX},
                                             {8, 640, 0, 0.2, 0.2, 55, SIZE_MAX},
                                             {31, 2, 0, 0.84, 0.04, 82, 3},
                                             {190, 3, 0, 0, 0.02, 746, 5},
                                             {18, 120, 0.1, 0, 0.1, 31, 7}};

/* The same numbers on every machine. */
static double random_next(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(*seed >> 33) / 2147483648.0;
}

static void ticks_fill(Arena *arena, RunCell *cell, const Behaviour *behaviour, uint64_t *seed, size_t limit)
{
    RunTick *ticks = arena_array(arena, limit, sizeof *ticks);
    double at_ms = 4;
    for (; cell->tick_count < limit && at_ms < 2990; cell->tick_count++) {
        double for_ms = behaviour->tick_ms * (0.7 + 0.6 * random_next(seed)) *
                        (cell->load == 0   ? 1
                         : cell->load == 1 ? 3
                                           : 0.5);
        double ns = fmin(for_ms, 2995 - at_ms) * MS;
        ticks[cell->tick_count] = (RunTick){(uint64_t)(at_ms * MS),
                                            (uint64_t)ns,
                                            (uint64_t)(ns * behaviour->blocked),
                                            (uint64_t)(ns * behaviour->gil),
                                            (uint64_t)(ns * behaviour->runqueue),
                                            behaviour->stall};
        at_ms += for_ms + behaviour->gap_ms * (0.5 + random_next(seed));
    }
    cell->ticks = ticks;
    cell->timeline_ns = 3 * SECOND;
}

static void sums_fill(RunCell *cell)
{
    for (size_t i = 0; i < cell->tick_count; i++) {
        const RunTick *tick = &cell->ticks[i];
        cell->stalled_ns += tick->for_ns - tick->runqueue_ns;
        cell->blocked_ns += tick->blocked_ns;
        cell->gil_ns += tick->gil_ns;
        cell->runqueue_ns += tick->runqueue_ns;
        if (tick->for_ns > cell->longest_ns) cell->longest_ns = tick->for_ns;
    }
    cell->cpu_ns = cell->stalled_ns - cell->blocked_ns - cell->gil_ns;
    cell->wall_ns = 3 * SECOND;
}

static void latency_fill(RunCell *cell, double median_ms, uint64_t *seed)
{
    for (size_t i = 0; i < 600; i++) {
        double spread = random_next(seed), tail = spread > 0.97 ? 1 + (spread - 0.97) * 40 : 1;
        uint64_t value_us = (uint64_t)(median_ms * 1000 * (0.85 + 0.3 * random_next(seed)) * tail);
        if (value_us > 3000000) {
            histogram_add_unfinished(&cell->latency, 3000000);
            cell->unfinished++;
        } else {
            histogram_add(&cell->latency, value_us);
            cell->answered++;
        }
    }
    cell->per_second = (double)cell->answered / 3 / (1 + median_ms / 1000);
}

static RunCell *cells_make(Arena *arena, size_t endpoint)
{
    uint64_t seed = endpoint + 1;
    RunCell *cells = arena_array(arena, (size_t)LOADS * TREES, sizeof *cells);
    for (size_t i = 0; i < (size_t)LOADS * TREES; i++) {
        RunCell *cell = &cells[i];
        cell->tree = (Tree)(i % TREES);
        cell->load = i / TREES;
        const Behaviour *behaviour =
            &(cell->tree == TREE_BEFORE ? before_behaviours : after_behaviours)[endpoint];
        ticks_fill(arena, cell, behaviour, &seed, 5000);
        sums_fill(cell);
        latency_fill(cell, behaviour->latency_ms * (cell->load == 1 ? 2 : 1), &seed);
    }
    return cells;
}

static const RunPrediction predictions[] = {
    {0, TREE_BEFORE, TEXT("2,000 users, one request each 3 s, 1 worker"), 9.8, 120400000, 198000000, 0.04},
    {0, TREE_AFTER, TEXT("2,000 users, one request each 3 s, 1 worker"), 421.3, 1650000, 2104000, 0.04},
    {0, TREE_AFTER, TEXT("2,000 users, one request each 3 s, 4 workers"), 655.1, 103000, 131000, 0.04},
};

static const Str stand_ins[] = {TEXT("rates.example.com:443 answers after 100 ms"),
                                TEXT("mail.example.com:25 answers after 100 ms")};
static const Str stubs[] = {
    TEXT("boto3: S3 client, upload_fileobj blocks 50 ms (used by shop/services/storage.py)")};
static const Str masks[] = {TEXT("GET /orders/{order_id}: body $.generated_at"),
                            TEXT("GET /products/{slug}: header set-cookie session")};
static const Str notices[] = {TEXT("3 answers were larger than 1 MB and were compared by their hash")};

static Run shop_run(Arena *arena)
{
    RunEndpoint *shown = arena_array(arena, COUNT(endpoints), sizeof *shown);
    memcpy(shown, endpoints, sizeof endpoints);
    for (size_t i = 0; i < COUNT(before_behaviours); i++) {
        shown[i].cells = cells_make(arena, i);
        shown[i].cell_count = (size_t)LOADS * TREES;
    }
    return (Run){
        .command = TEXT("loopsafe verify shop.main:app --fix --users 20,200 --rate 66.7 --html verify.html"),
        .app = TEXT("shop.main:app"),
        .started = TEXT("2026-11-21T20:14:05Z"),
        .python = TEXT("CPython 3.11.2"),
        .framework = TEXT("FastAPI 0.115.6"),
        .server = TEXT("uvicorn 0.34.0"),
        .loop = TEXT("uvloop 0.21.0"),
        .machine = TEXT("Linux 6.1, 2 processors"),
        .version = TEXT("0.1.0"),
        .guard = TEXT("network namespace with loopback only"),
        .probe = TEXT("frames read from memory"),
        .stall_ns = 5 * MS,
        .loads = loads,
        .load_count = LOADS,
        .endpoints = shown,
        .endpoint_count = COUNT(endpoints),
        .findings = findings,
        .finding_count = COUNT(findings),
        .stalls = stalls,
        .stall_count = COUNT(stalls),
        .predictions = predictions,
        .prediction_count = COUNT(predictions),
        .stand_ins = stand_ins,
        .stand_in_count = COUNT(stand_ins),
        .stubs = stubs,
        .stub_count = COUNT(stubs),
        .masks = masks,
        .mask_count = COUNT(masks),
        .notices = notices,
        .notice_count = COUNT(notices),
        .noise = 0.021,
        .probe_overhead = 0.006,
        .took_ns = 74 * SECOND,
        .verdict = VERDICT_BEHAVIOUR_CHANGED};
}

/* What somebody might call a file, a function or a host. */
static const Str attack = TEXT("</style></title></td></span></a><script>window.broken=1</script><img src=x "
                               "onerror=\"window.broken=1\"/>'\"> "
                               "javascript:window.broken=1 &lt; ]]> <!-- --> \xe2\x80\xae"
                               "drow \xff\xfe \x01 http://example.com/x $ %s");

static Str *attacks_make(Arena *arena, size_t count)
{
    Str *lines = arena_array(arena, count, sizeof *lines);
    for (size_t i = 0; i < count; i++)
        lines[i] = attack;
    return lines;
}

static Run hostile_run(Arena *arena)
{
    Run run = shop_run(arena);
    Str *const texts[] = {&run.command, &run.app,     &run.started, &run.python, &run.framework, &run.server,
                          &run.loop,    &run.machine, &run.version, &run.guard,  &run.probe};
    for (size_t i = 0; i < COUNT(texts); i++)
        *texts[i] = attack;
    RunFrame *frame = arena_alloc(arena, sizeof *frame);
    *frame = (RunFrame){attack, attack, 1, true};
    RunStall *held = arena_array(arena, COUNT(stalls), sizeof *held);
    for (size_t i = 0; i < COUNT(stalls); i++) {
        held[i] = (RunStall){
            stalls[i].tree,    stalls[i].kind,     attack, stalls[i].endpoint, frame, {frame, 1}, 1, MS, MS,
            stalls[i].finding, stalls[i].by_change};
    }
    RunFinding *found = arena_array(arena, COUNT(findings), sizeof *found);
    for (size_t i = 0; i < COUNT(findings); i++) {
        found[i] = findings[i];
        Str *const parts[] = {&found[i].code,      &found[i].message,     &found[i].path,
                              &found[i].function,  &found[i].fingerprint, &found[i].fix_title,
                              &found[i].fix_shape, &found[i].seen_reason, &found[i].verdict_reason};
        for (size_t j = 0; j < COUNT(parts); j++)
            *parts[j] = attack;
    }
    RunDifference *difference = arena_alloc(arena, sizeof *difference);
    *difference = (RunDifference){attack, attack, attack, attack};
    RunEndpoint *asked = arena_array(arena, COUNT(endpoints), sizeof *asked);
    for (size_t i = 0; i < COUNT(endpoints); i++) {
        asked[i] = run.endpoints[i];
        asked[i].method = asked[i].path = asked[i].function = asked[i].file = asked[i].reason =
            asked[i].verdict_reason = attack;
        asked[i].differences = difference;
        asked[i].difference_count = 1;
    }
    RunLoad *load = arena_array(arena, LOADS, sizeof *load);
    memcpy(load, loads, sizeof loads);
    for (size_t i = 0; i < LOADS; i++)
        load[i].words = attack;
    RunPrediction *prediction = arena_alloc(arena, sizeof *prediction);
    *prediction = predictions[0];
    prediction->words = attack;
    run.stalls = held;
    run.findings = found;
    run.endpoints = asked;
    run.loads = load;
    run.predictions = prediction;
    run.prediction_count = 1;
    run.stand_ins = run.stubs = run.masks = run.notices = attacks_make(arena, 2);
    run.stand_in_count = run.stub_count = run.mask_count = run.notice_count = 2;
    return run;
}

enum { MANY_ENDPOINTS = 1200, MANY_TICKS = 20000, MANY_STALLS = 3000, MANY_FRAMES = 200 };

static RunStack deep_stack(Arena *arena)
{
    RunFrame *frames = arena_array(arena, MANY_FRAMES, sizeof *frames);
    for (size_t i = 0; i < MANY_FRAMES; i++)
        frames[i] = recv_frames[i % COUNT(recv_frames)];
    return (RunStack){frames, MANY_FRAMES};
}

static RunStall *many_stalls(Arena *arena)
{
    RunStall *many = arena_array(arena, MANY_STALLS, sizeof *many);
    RunStack stack = deep_stack(arena);
    for (size_t i = 0; i < MANY_STALLS; i++) {
        many[i] = stalls[i % COUNT(stalls)];
        many[i].stack = stack;
        many[i].finding = SIZE_MAX;
    }
    return many;
}

static RunFinding *many_findings(Arena *arena, Str message)
{
    RunFinding *many = arena_array(arena, MANY_STALLS, sizeof *many);
    for (size_t i = 0; i < MANY_STALLS; i++) {
        many[i] = findings[i % COUNT(findings)];
        many[i].message = message;
    }
    return many;
}

static Str long_text(Arena *arena)
{
    enum { LENGTH = 100000 };
    char *text = arena_alloc(arena, LENGTH);
    memset(text, 'x', LENGTH);
    return (Str){text, LENGTH};
}

/* Ticks that lie side by side, overlap, end after the round and begin after it. */
static RunCell *crowded_cells(Arena *arena)
{
    uint64_t seed = 9;
    Behaviour behaviour = {0.1, 0.05, 0.5, 0.3, 0.1, 2000, 2500};
    RunCell *cells = arena_array(arena, TREES, sizeof *cells);
    for (Tree tree = TREE_BEFORE; tree < TREES; tree++) {
        RunCell *cell = &cells[tree];
        cell->tree = tree;
        ticks_fill(arena, cell, &behaviour, &seed, MANY_TICKS);
        RunTick *ticks = (RunTick *)cell->ticks;
        ticks[7].for_ns = UINT64_MAX;
        ticks[8].at_ns = UINT64_MAX;
        ticks[9].blocked_ns = UINT64_MAX;
        sums_fill(cell);
        latency_fill(cell, 900, &seed);
    }
    return cells;
}

static Run big_run(Arena *arena)
{
    Run run = shop_run(arena);
    RunEndpoint *many = arena_array(arena, MANY_ENDPOINTS, sizeof *many);
    RunCell *cells = crowded_cells(arena);
    for (size_t i = 0; i < MANY_ENDPOINTS; i++) {
        many[i] = endpoints[i % COUNT(endpoints)];
        many[i].cells = cells;
        many[i].cell_count = TREES;
    }
    run.endpoints = many;
    run.endpoint_count = MANY_ENDPOINTS;
    run.stalls = many_stalls(arena);
    run.stall_count = MANY_STALLS;
    run.findings = many_findings(arena, long_text(arena));
    run.finding_count = MANY_STALLS;
    run.notices = attacks_make(arena, MANY_STALLS);
    run.notice_count = MANY_STALLS;
    return run;
}

static Run empty_run(Arena *arena)
{
    (void)arena;
    return (Run){.app = TEXT("main:app"),
                 .command = TEXT("loopsafe verify main:app"),
                 .probe_overhead = NAN,
                 .noise = NAN,
                 .verdict = VERDICT_NONE};
}

typedef struct Kind {
    const char *name;
    Run (*make)(Arena *arena);
} Kind;

static const Kind kinds[] = {
    {"shop", shop_run}, {"hostile", hostile_run}, {"big", big_run}, {"empty", empty_run}};

static bool write_run(const Kind *kind, const char *path)
{
    Arena arena;
    Buf out;
    Fail fail = {0};
    arena_init(&arena);
    buf_init(&out);
    Run run = kind->make(&arena);
    run_html(&out, &run);
    if (!io_write_file(path, buf_str(&out), &fail)) fprintf(stderr, "%s\n", fail.text);
    buf_free(&out);
    arena_free(&arena);
    return !fail.failed;
}

int main(int count, char **arguments)
{
    for (size_t i = 0; count == 3 && i < COUNT(kinds); i++) {
        if (strcmp(arguments[1], kinds[i].name) == 0) return write_run(&kinds[i], arguments[2]) ? 0 : 1;
    }
    fprintf(stderr, "html_run shop|hostile|big|empty FILE\n");
    return 2;
}
