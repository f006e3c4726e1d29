#define _GNU_SOURCE
#include "verify/predictions.h"

#include <unistd.h>

#include "model/accuracy.h"
#include "model/fit.h"
#include "verify/cells.h"
#include "verify/words.h"

#include "base/banned.h"

/* The pool that plain functions run in, and the loop's own of min(32, processors + 4) threads. */
enum { TOKENS = 40, MOST_THREADS = 32, MORE_THREADS = 4 };
static const uint64_t SIMULATED_NS = 20000000000u;

/* Loads that are predicted: users, seconds between an answer and the next request, workers. */
typedef struct Ahead {
    uint32_t users, think_s, workers;
} Ahead;

static const Ahead AHEAD[] = {{2000, 30, 1}, {2000, 30, 2}, {100000, 60, 1}};

static uint32_t processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 && count < 4096 ? (uint32_t)count : 1;
}

static double ms(uint64_t ns)
{
    return (double)ns / 1e6;
}

/* --- one model --- */

static ModelPool *pool_of(Arena *arena, const RunEndpoint *endpoint)
{
    ModelPool *pool = arena_alloc(arena, sizeof *pool);
    uint32_t threads = processors() + MORE_THREADS;
    *pool = endpoint->is_async
                ? (ModelPool){.name = STR("threads"), .size = threads < MOST_THREADS ? threads : MOST_THREADS}
                : (ModelPool){.name = STR("tokens"), .size = TOKENS};
    return pool;
}

/* What one request does, by the first closed load. */
static Str program_of(Arena *arena, const RunEndpoint *endpoint, const RunCell *cell, uint64_t alone_ns,
                      const ModelPool *pool)
{
    static const double some_ms = 0.2; /* less is the threads of the interpreter itself */
    double loop_ms = ms(cell->loop_cpu_per_request_ns), all_ms = ms(cell->cpu_per_request_ns);
    bool threads = !endpoint->is_async || all_ms - loop_ms > some_ms;
    FitMeasured measured = {.loop_cpu_ms = loop_ms,
                            .thread_cpu_ms = threads ? all_ms - loop_ms : 0,
                            .loop_blocked_ms =
                                cell->answered ? ms(cell->blocked_ns) / (double)cell->answered : 0,
                            .alone_ms = ms(alone_ns),
                            .thread_pool = threads ? pool->name : STR("")};
    return fit_program(arena, &measured);
}

static double told_ms(const RunCell *cell, double percent)
{
    bool at_least;
    uint64_t us = cell_percentile(cell, percent, &at_least);
    return at_least ? 0 : (double)us / 1e3;
}

/* The closed loads that both were run and answered. */
static size_t measured_points(const Run *run, const RunEndpoint *endpoint, Tree tree, ModelPoint *points)
{
    size_t count = 0;
    for (size_t load = 0; load < run->load_count; load++) {
        const RunCell *cell = cell_find(endpoint, tree, load);
        if (run->loads[load].rate > 0 || !cell || !cell->answered) continue;
        points[count++] = (ModelPoint){.users = run->loads[load].users,
                                       .think_ns = run->loads[load].think_ns,
                                       .even = true,
                                       .warm_ns = run->loads[load].warm_ns,
                                       .duration_ns = run->loads[load].duration_ns,
                                       .per_second = cell->per_second,
                                       .p50_ms = told_ms(cell, 50),
                                       .p99_ms = told_ms(cell, 99)};
    }
    return count;
}

static bool make_model(Arena *arena, const Run *run, RunEndpoint *endpoint, Tree tree, uint64_t alone_ns,
                       ModelEndpoint *made)
{
    const RunCell *first = cell_find(endpoint, tree, 0);
    if (!first || !first->answered || !alone_ns) return false;
    ModelPool *pool = pool_of(arena, endpoint);
    ModelPoint *points = arena_array(arena, run->load_count, sizeof *points);
    *made = (ModelEndpoint){.text = program_of(arena, endpoint, first, alone_ns, pool), .points = points};
    made->point_count = measured_points(run, endpoint, tree, points);
    made->model = (Model){.pools = pool,
                          .pool_count = 1,
                          .workers = 1,
                          .processors = processors(),
                          .switch_ns = 5000000,
                          .spread = 0.1};
    endpoint->models[tree] = (RunModel){made->text, pool->name, pool->size, made->model.processors};
    Fail fail = {0};
    return model_program(arena, made->text, "fit", 1, pool, 1, &made->model.program, &fail);
}

/* --- what it predicts --- */

typedef struct Maker {
    Arena *arena;
    VEC(RunPrediction) items;
    VEC(Str) missed; /* endpoints of which the model misses what was measured */
    double least, most;
} Maker;

static void predict(Maker *maker, const ModelEndpoint *made, const Ahead *ahead, double error,
                    RunPrediction prediction)
{
    ModelPoint point = {.users = ahead->users,
                        .think_ns = (uint64_t)ahead->think_s * 1000000000u,
                        .warm_ns = SIMULATED_NS / 10,
                        .duration_ns = SIMULATED_NS};
    Model model = model_under(&made->model, &point);
    model.workers = ahead->workers;
    Outlook outlook;
    Fail fail = {0};
    if (!outlook_of(&model, &outlook, &fail)) return;
    prediction.words =
        str_format(maker->arena, "%u users, %u s between an answer and the next request, %u worker%s",
                   ahead->users, ahead->think_s, ahead->workers, ahead->workers == 1 ? "" : "s");
    prediction.per_second = outlook.per_second;
    prediction.p50_us = (uint64_t)(outlook.ms[OUTLOOK_P50] * 1e3);
    prediction.p99_us = (uint64_t)(outlook.ms[OUTLOOK_P99] * 1e3);
    prediction.error = error;
    vec_add(&maker->items, prediction);
}

/* An endpoint stands once, whichever of its versions it is. */
static void note_miss(Maker *maker, const RunEndpoint *endpoint, double error)
{
    Str name = str_join(maker->arena, endpoint->method, STR(" "), endpoint->path);
    bool first = !maker->missed.count;
    if (first || !str_equal(maker->missed.items[maker->missed.count - 1], name))
        vec_add(&maker->missed, name);
    if (first || error < maker->least) maker->least = error;
    if (first || error > maker->most) maker->most = error;
}

static void tell_misses(const Maker *maker, Notes *notes)
{
    if (!maker->missed.count) return;
    Str who = words_list(maker->arena, maker->missed.items, maker->missed.count);
    Str much = str_format(maker->arena, "%.0f", maker->least * 100);
    Str most = str_format(maker->arena, "%.0f", maker->most * 100);
    if (!str_equal(much, most)) much = str_join(maker->arena, much, STR(" to "), most);
    notes_add(notes, str_format(maker->arena,
                                "no prediction for %.*s: the model misses what was measured by %.*s %%",
                                (int)who.len, who.ptr, (int)much.len, much.ptr));
}

static void predict_tree(Maker *maker, const Run *run, RunEndpoint *endpoint, size_t number, Tree tree,
                         uint64_t alone_ns)
{
    ModelEndpoint made;
    Accuracy accuracy;
    Fail fail = {0};
    if (!make_model(maker->arena, run, endpoint, tree, alone_ns, &made)) return;
    if (!accuracy_of(maker->arena, &made, &accuracy, &fail)) return;
    if (accuracy.error < 0 || accuracy.error > MODEL_MOST_ERROR) {
        note_miss(maker, endpoint, accuracy.error);
        return;
    }
    for (size_t i = 0; i < sizeof AHEAD / sizeof *AHEAD; i++)
        predict(maker, &made, &AHEAD[i], accuracy.error, (RunPrediction){.endpoint = number, .tree = tree});
}

void predictions_make(Arena *arena, Run *run, RunEndpoint *endpoints, const uint64_t (*alone_ns)[TREES],
                      Notes *notes)
{
    Maker maker = {.arena = arena};
    for (size_t i = 0; i < run->endpoint_count; i++)
        for (size_t tree = 0; tree < TREES; tree++)
            predict_tree(&maker, run, &endpoints[i], i, (Tree)tree, alone_ns[i][tree]);
    RunPrediction *kept = arena_array(arena, maker.items.count, sizeof *kept);
    for (size_t i = 0; i < maker.items.count; i++)
        kept[i] = maker.items.items[i];
    run->predictions = kept;
    run->prediction_count = maker.items.count;
    tell_misses(&maker, notes);
    vec_free(&maker.items);
    vec_free(&maker.missed);
}
