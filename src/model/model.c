#include "model/model.h"

#include <string.h>

#include "base/limits.h"
#include "base/vec.h"
#include "model/chance.h"
#include "model/machine.h"
#include "model/model_program.h"

#include "base/banned.h"

enum { STALL_NS = 5 * 1000 * 1000 };
#define SECOND_NS 1000000000u
static const uint32_t nobody = UINT32_MAX;

/* A request, or a branch of its gather. */
typedef struct Task {
    const ModelStep *at; /* NULL: the slot is free */
    uint64_t begun_ns;
    uint64_t left_ns; /* of the CPU step that it is in */
    uint32_t worker;
    uint32_t parent;   /* whose branch it is; nobody: a request */
    uint32_t next;     /* in a queue, or among the free slots */
    uint32_t branches; /* not yet done */
    bool in_thread;
} Task;

typedef struct Queue {
    uint32_t first, last;
} Queue;

typedef struct Pool {
    Queue waiting;
    uint32_t free;
} Pool;

typedef struct Worker {
    Queue ready;         /* for the loop */
    uint32_t on_loop;    /* nobody: the loop rests */
    uint64_t on_loop_ns; /* since when */
    Queue wants_gil;
    uint32_t holder;
    uint32_t turn;     /* counts how often the GIL changed hands */
    uint64_t mark;     /* of the machine: when the holder has computed what it wanted */
    uint64_t thinking; /* users */
    Pool *pools;
} Worker;

typedef enum EventKind {
    EVENT_READY,  /* a task has awaited long enough */
    EVENT_WAITED, /* a blocking call of a task is over */
    EVENT_SWITCH, /* a worker's GIL is asked for */
    EVENT_GIL,    /* the holder of a worker's GIL has computed what it wanted */
    EVENT_PROCESS /* a process has done a task's work */
} EventKind;

typedef struct Simulation {
    const Model *model;
    Prediction *prediction;
    Fail *fail;
    Arena arena;
    Chance chance;
    uint64_t now_ns, warm_ns, end_ns, last_ns; /* counted from warm to end, simulated until last */
    uint64_t under_way;                        /* requests that were begun up to end */
    uint64_t share;                            /* the model's spread in 65,536ths */
    Agenda agenda;
    Machine machine;
    VEC(Task) tasks;
    uint32_t free_task;
    Worker *workers;
    /* Arrivals: `sources` each give one after a time of that mean, exponential where the model does not say even. */
    uint64_t sources, mean_ns;
    uint64_t arrival_left; /* nanoseconds of one source until the next one */
    uint64_t stalled_ns;
} Simulation;

/* --- tasks and queues --- */

static void queue_put(Simulation *simulation, Queue *queue, uint32_t task)
{
    simulation->tasks.items[task].next = nobody;
    if (queue->first == nobody)
        queue->first = task;
    else
        simulation->tasks.items[queue->last].next = task;
    queue->last = task;
}

static void queue_put_first(Simulation *simulation, Queue *queue, uint32_t task)
{
    simulation->tasks.items[task].next = queue->first;
    if (queue->first == nobody) queue->last = task;
    queue->first = task;
}

/* nobody: it is empty. */
static uint32_t queue_take(Simulation *simulation, Queue *queue)
{
    uint32_t task = queue->first;
    if (task != nobody) queue->first = simulation->tasks.items[task].next;
    return task;
}

static Worker *worker_of(const Simulation *simulation, uint32_t task)
{
    return &simulation->workers[simulation->tasks.items[task].worker];
}

/* nobody and a Fail: too many. */
static uint32_t task_new(Simulation *simulation, const ModelStep *program, uint32_t worker, uint32_t parent)
{
    Task task = {
        .at = program, .begun_ns = simulation->now_ns, .worker = worker, .parent = parent, .next = nobody};
    uint32_t number = simulation->free_task;
    if (number != nobody) {
        simulation->free_task = simulation->tasks.items[number].next;
        simulation->tasks.items[number] = task;
        return number;
    }
    if (simulation->tasks.count >= LIMIT_MODEL_TASKS) {
        fail_at(simulation->fail, NULL, 0, "the model stops: more than %d requests are under way at once",
                LIMIT_MODEL_TASKS);
        return nobody;
    }
    vec_add(&simulation->tasks, task);
    return (uint32_t)simulation->tasks.count - 1;
}

static void task_free(Simulation *simulation, uint32_t task)
{
    simulation->tasks.items[task].at = NULL;
    simulation->tasks.items[task].next = simulation->free_task;
    simulation->free_task = task;
}

/* --- arrivals --- */

static void arrivals_go(Simulation *simulation, uint64_t now_ns)
{
    uint64_t gone = simulation->sources * (now_ns - simulation->now_ns);
    simulation->arrival_left = gone < simulation->arrival_left ? simulation->arrival_left - gone : 0;
}

static uint64_t arrivals_next_ns(const Simulation *simulation)
{
    if (!simulation->sources) return UINT64_MAX;
    return simulation->now_ns + (simulation->arrival_left + simulation->sources - 1) / simulation->sources;
}

static bool request_begin(Simulation *simulation, uint32_t worker)
{
    uint32_t task = task_new(simulation, simulation->model->program, worker, nobody);
    if (simulation->now_ns <= simulation->end_ns) simulation->under_way++;
    if (task != nobody) queue_put(simulation, &simulation->workers[worker].ready, task);
    return task != nobody;
}

static bool is_open(const Simulation *simulation)
{
    return simulation->model->rate > 0;
}

static uint64_t time_to_arrival(Simulation *simulation)
{
    if (is_open(simulation) && simulation->model->even) return simulation->mean_ns;
    return chance_exponential(&simulation->chance, simulation->mean_ns);
}

/* Whose user stops thinking, each as likely as the other; in an open loop any worker. */
static uint32_t choose_worker(Simulation *simulation)
{
    if (is_open(simulation)) return (uint32_t)chance_below(&simulation->chance, simulation->model->workers);
    uint64_t user = chance_below(&simulation->chance, simulation->sources);
    uint32_t worker = 0;
    for (; user >= simulation->workers[worker].thinking; worker++)
        user -= simulation->workers[worker].thinking;
    simulation->workers[worker].thinking--;
    simulation->sources--;
    return worker;
}

static uint32_t arrive(Simulation *simulation)
{
    uint32_t worker = choose_worker(simulation);
    simulation->arrival_left = time_to_arrival(simulation);
    return request_begin(simulation, worker) ? worker : nobody;
}

/* The answer has come: its user thinks, or asks again at once. */
static void user_next(Simulation *simulation, uint32_t worker)
{
    if (is_open(simulation)) return;
    if (!simulation->model->think_ns) {
        request_begin(simulation, worker);
        return;
    }
    simulation->workers[worker].thinking++;
    simulation->sources++;
}

/* --- the GIL --- */

static void gil_ask(Simulation *simulation, Worker *worker)
{
    agenda_add(&simulation->agenda, simulation->now_ns + simulation->model->switch_ns, EVENT_SWITCH,
               (uint32_t)(worker - simulation->workers), worker->turn);
}

static void gil_give(Simulation *simulation, Worker *worker, uint32_t task)
{
    worker->holder = task;
    worker->turn++;
    worker->mark = machine_start(&simulation->machine, simulation->tasks.items[task].left_ns, EVENT_GIL,
                                 (uint32_t)(worker - simulation->workers), worker->turn);
    if (worker->wants_gil.first != nobody) gil_ask(simulation, worker);
}

static void gil_want(Simulation *simulation, uint32_t task)
{
    Worker *worker = worker_of(simulation, task);
    if (worker->holder == nobody) {
        gil_give(simulation, worker, task);
        return;
    }
    if (worker->wants_gil.first == nobody) gil_ask(simulation, worker);
    queue_put(simulation, &worker->wants_gil, task);
}

static void gil_release(Simulation *simulation, Worker *worker)
{
    worker->holder = nobody;
    worker->turn++;
    machine_stop(&simulation->machine);
}

static void gil_next(Simulation *simulation, Worker *worker)
{
    if (worker->holder != nobody) return;
    uint32_t task = queue_take(simulation, &worker->wants_gil);
    if (task != nobody) gil_give(simulation, worker, task);
}

static void gil_switch(Simulation *simulation, Worker *worker)
{
    uint32_t task = worker->holder;
    simulation->tasks.items[task].left_ns = machine_left_ns(&simulation->machine, worker->mark);
    gil_release(simulation, worker);
    uint32_t next = queue_take(simulation, &worker->wants_gil);
    queue_put(simulation, &worker->wants_gil, task);
    gil_give(simulation, worker, next);
}

/* --- the loop --- */

static void note_stall(Simulation *simulation, const Worker *worker)
{
    uint64_t since = worker->on_loop_ns > simulation->warm_ns ? worker->on_loop_ns : simulation->warm_ns;
    uint64_t until = simulation->now_ns < simulation->end_ns ? simulation->now_ns : simulation->end_ns;
    uint64_t for_ns = until - worker->on_loop_ns;
    if (until <= since) return;
    if (for_ns > simulation->prediction->longest_stall_ns) simulation->prediction->longest_stall_ns = for_ns;
    if (for_ns > STALL_NS) simulation->stalled_ns += until - since;
}

static void loop_leave(Simulation *simulation, Worker *worker)
{
    note_stall(simulation, worker);
    worker->on_loop = nobody;
}

static uint64_t vary(Simulation *simulation, uint64_t for_ns)
{
    return chance_around(&simulation->chance, for_ns, simulation->share);
}

static bool pool_take(Simulation *simulation, Worker *worker, uint32_t number, uint32_t task)
{
    Pool *pool = &worker->pools[number];
    if (pool->free) {
        pool->free--;
        return true;
    }
    if (simulation->model->pools[number].last_first)
        queue_put_first(simulation, &pool->waiting, task);
    else
        queue_put(simulation, &pool->waiting, task);
    return false;
}

/* Hands the place to the next one, who is returned; nobody: it is free. */
static uint32_t pool_pass(Simulation *simulation, Pool *pool)
{
    uint32_t next = queue_take(simulation, &pool->waiting);
    if (next == nobody) pool->free++;
    return next;
}

static void process_start(Simulation *simulation, uint32_t task)
{
    uint64_t work = vary(simulation, simulation->tasks.items[task].at->for_ns);
    machine_start(&simulation->machine, work, EVENT_PROCESS, task, 0);
}

static void thread_start(Simulation *simulation, uint32_t task);

static void thread_end(Simulation *simulation, Worker *worker, uint32_t task, uint32_t pool)
{
    simulation->tasks.items[task].in_thread = false;
    uint32_t next = pool_pass(simulation, &worker->pools[pool]);
    queue_put(simulation, &worker->ready, task);
    if (next != nobody) thread_start(simulation, next);
}

static bool branches_begin(Simulation *simulation, uint32_t parent, const ModelStep *gather)
{
    uint32_t worker = simulation->tasks.items[parent].worker;
    simulation->tasks.items[parent].branches = gather->branch_count;
    for (uint32_t i = 0; i < gather->branch_count; i++) {
        uint32_t task = task_new(simulation, gather->branches[i], worker, parent);
        if (task == nobody) return false;
        queue_put(simulation, &simulation->workers[worker].ready, task);
    }
    return true;
}

static void note_finished(Simulation *simulation, const Task *task)
{
    if (task->begun_ns > simulation->end_ns) return;
    simulation->under_way--;
    if (simulation->now_ns < simulation->warm_ns) return;
    if (simulation->now_ns <= simulation->end_ns) simulation->prediction->finished++;
    histogram_add(&simulation->prediction->latency, (simulation->now_ns - task->begun_ns) / 1000);
}

static void task_end(Simulation *simulation, uint32_t number)
{
    Task task = simulation->tasks.items[number];
    task_free(simulation, number);
    if (task.parent == nobody) {
        note_finished(simulation, &task);
        user_next(simulation, task.worker);
    } else if (--simulation->tasks.items[task.parent].branches == 0) {
        queue_put(simulation, &simulation->workers[task.worker].ready, task.parent);
    }
}

/* What takes a task off the loop. */
static void begin_elsewhere(Simulation *simulation, uint32_t number, const ModelStep *step)
{
    Task *task = &simulation->tasks.items[number];
    Worker *worker = worker_of(simulation, number);
    if (step->kind != MODEL_PROCESS && step->kind != MODEL_END) task->at++;
    loop_leave(simulation, worker);
    switch (step->kind) {
    case MODEL_AWAIT:
        agenda_add(&simulation->agenda, simulation->now_ns + vary(simulation, step->for_ns), EVENT_READY,
                   number, 0);
        break;
    case MODEL_ENTER:
        task->in_thread = true;
        if (pool_take(simulation, worker, step->pool, number)) thread_start(simulation, number);
        break;
    case MODEL_PROCESS:
        if (pool_take(simulation, worker, step->pool, number)) process_start(simulation, number);
        break;
    case MODEL_GATHER:
        branches_begin(simulation, number, step);
        break;
    default:
        task_end(simulation, number);
    }
}

/* Carries a task on, on the loop or in its thread, until it waits for something. */
static void task_go_on(Simulation *simulation, uint32_t number)
{
    Task *task = &simulation->tasks.items[number];
    const ModelStep *step = task->at;
    switch (step->kind) {
    case MODEL_CPU:
        task->left_ns = vary(simulation, step->for_ns);
        gil_want(simulation, number);
        break;
    case MODEL_BLOCK:
        agenda_add(&simulation->agenda, simulation->now_ns + vary(simulation, step->for_ns), EVENT_WAITED,
                   number, 0);
        break;
    case MODEL_LEAVE:
        task->at++;
        thread_end(simulation, worker_of(simulation, number), number, step->pool);
        break;
    default:
        begin_elsewhere(simulation, number, step);
    }
}

static void thread_start(Simulation *simulation, uint32_t task)
{
    task_go_on(simulation, task);
}

static void loop_go(Simulation *simulation, Worker *worker)
{
    while (worker->on_loop == nobody) {
        uint32_t task = queue_take(simulation, &worker->ready);
        if (task == nobody) return;
        worker->on_loop = task;
        worker->on_loop_ns = simulation->now_ns;
        task_go_on(simulation, task);
    }
}

/* --- events --- */

static void gil_done(Simulation *simulation, Worker *worker)
{
    uint32_t task = worker->holder;
    gil_release(simulation, worker);
    const ModelStep *next = ++simulation->tasks.items[task].at;
    /* Whoever computes on keeps it; those who wait come before a thread that starts now. */
    if (next->kind != MODEL_CPU) gil_next(simulation, worker);
    task_go_on(simulation, task);
}

static void process_done(Simulation *simulation, uint32_t number)
{
    Task *task = &simulation->tasks.items[number];
    Worker *worker = worker_of(simulation, number);
    machine_stop(&simulation->machine);
    uint32_t next = pool_pass(simulation, &worker->pools[task->at->pool]);
    task->at++;
    queue_put(simulation, &worker->ready, number);
    if (next != nobody) process_start(simulation, next);
}

/* The worker that it was about. */
static Worker *handle(Simulation *simulation, const AgendaEvent *event)
{
    bool of_worker = event->kind == EVENT_SWITCH || event->kind == EVENT_GIL;
    Worker *worker = of_worker ? &simulation->workers[event->who] : worker_of(simulation, event->who);
    if (of_worker && event->turn != worker->turn) return worker;
    switch ((EventKind)event->kind) {
    case EVENT_READY:
        queue_put(simulation, &worker->ready, event->who);
        break;
    case EVENT_WAITED:
        simulation->tasks.items[event->who].at++;
        task_go_on(simulation, event->who);
        break;
    case EVENT_SWITCH:
        gil_switch(simulation, worker);
        break;
    case EVENT_GIL:
        gil_done(simulation, worker);
        break;
    case EVENT_PROCESS:
        process_done(simulation, event->who);
        break;
    }
    return worker;
}

static void go_to(Simulation *simulation, uint64_t now_ns)
{
    arrivals_go(simulation, now_ns);
    machine_go(&simulation->machine, now_ns);
    simulation->now_ns = now_ns;
}

/* False: the time is over. */
static bool step(Simulation *simulation)
{
    const AgendaEvent *first = agenda_first(&simulation->agenda);
    uint64_t event_ns = first ? first->at : UINT64_MAX, computed_ns = machine_next_ns(&simulation->machine);
    uint64_t arrival_ns = arrivals_next_ns(simulation);
    uint64_t next_ns = event_ns < computed_ns ? event_ns : computed_ns;
    bool arrives = arrival_ns < next_ns;
    if (arrives) next_ns = arrival_ns;
    if (next_ns > simulation->last_ns || (next_ns > simulation->end_ns && !simulation->under_way))
        return false;
    go_to(simulation, next_ns);
    Worker *worker;
    if (arrives) {
        uint32_t number = arrive(simulation);
        if (number == nobody) return false;
        worker = &simulation->workers[number];
    } else {
        AgendaEvent event =
            computed_ns <= event_ns ? machine_take(&simulation->machine) : agenda_take(&simulation->agenda);
        worker = handle(simulation, &event);
    }
    loop_go(simulation, worker);
    return true;
}

/* --- begin and end --- */

static void workers_new(Simulation *simulation)
{
    const Model *model = simulation->model;
    Queue empty = {nobody, nobody};
    simulation->workers = arena_array(&simulation->arena, model->workers, sizeof *simulation->workers);
    for (uint32_t i = 0; i < model->workers; i++) {
        Worker *worker = &simulation->workers[i];
        *worker = (Worker){.ready = empty, .wants_gil = empty, .on_loop = nobody, .holder = nobody};
        worker->pools = arena_array(&simulation->arena, model->pool_count, sizeof *worker->pools);
        for (size_t k = 0; k < model->pool_count; k++)
            worker->pools[k] = (Pool){empty, model->pools[k].size};
    }
}

/* Users are spread over the workers; those who think stand there as a number. */
static bool users_begin(Simulation *simulation)
{
    const Model *model = simulation->model;
    simulation->mean_ns = is_open(simulation) ? (uint64_t)((double)SECOND_NS / model->rate) : model->think_ns;
    simulation->arrival_left = time_to_arrival(simulation);
    if (is_open(simulation)) {
        simulation->sources = 1;
        return true;
    }
    for (uint32_t user = 0; user < model->users; user++) {
        uint32_t worker = user % model->workers;
        if (model->think_ns) {
            simulation->workers[worker].thinking++;
            simulation->sources++;
        } else if (!request_begin(simulation, worker)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < model->workers; i++)
        loop_go(simulation, &simulation->workers[i]);
    return true;
}

static bool run(Simulation *simulation)
{
    Prediction *prediction = simulation->prediction;
    uint64_t limit = simulation->model->event_limit ? simulation->model->event_limit : LIMIT_MODEL_EVENTS;
    if (!users_begin(simulation)) return false;
    while (step(simulation) && !simulation->fail->failed)
        if (++prediction->events > limit)
            return fail_at(simulation->fail, NULL, 0,
                           "the model stops: more than %llu events in %.0f of %.0f simulated seconds",
                           (unsigned long long)limit, (double)simulation->now_ns / SECOND_NS,
                           (double)simulation->last_ns / SECOND_NS);
    return !simulation->fail->failed;
}

static void finish(Simulation *simulation)
{
    Prediction *prediction = simulation->prediction;
    const Model *model = simulation->model;
    if (simulation->now_ns < simulation->end_ns) go_to(simulation, simulation->end_ns);
    for (uint32_t i = 0; i < model->workers; i++)
        if (simulation->workers[i].on_loop != nobody) note_stall(simulation, &simulation->workers[i]);
    for (size_t i = 0; i < simulation->tasks.count; i++) {
        const Task *task = &simulation->tasks.items[i];
        if (!task->at || task->parent != nobody || task->begun_ns > simulation->end_ns) continue;
        prediction->unfinished++;
        histogram_add_unfinished(&prediction->latency, (simulation->now_ns - task->begun_ns) / 1000);
    }
    double counted_ns = (double)model->duration_ns;
    prediction->per_second = (double)prediction->finished * SECOND_NS / counted_ns;
    prediction->stall_share = (double)simulation->stalled_ns / counted_ns / model->workers;
}

static bool within(uint64_t value, uint64_t least, uint64_t most, const char *what, Fail *fail)
{
    return (value >= least && value <= most) ||
           fail_at(fail, NULL, 0, "the model wants %llu to %llu %s", (unsigned long long)least,
                   (unsigned long long)most, what);
}

static bool check(const Model *model, Fail *fail)
{
    const uint64_t most_ns = (uint64_t)LIMIT_MODEL_SECONDS * SECOND_NS;
    bool fits =
        within(model->workers, 1, LIMIT_MODEL_WORKERS, "workers", fail) &&
        within(model->processors, 1, LIMIT_MODEL_WORKERS, "processors", fail) &&
        within(model->rate > 0 ? 1 : model->users, 1, LIMIT_MODEL_USERS, "users", fail) &&
        within(model->pool_count, 0, LIMIT_MODEL_POOLS, "pools", fail) &&
        within(model->switch_ns, 1000, SECOND_NS, "nanoseconds between two switches of the GIL", fail) &&
        within(model->duration_ns, 1, most_ns, "nanoseconds to simulate", fail) &&
        within(model->warm_ns, 0, most_ns, "nanoseconds to warm up", fail) &&
        within(model->grace_ns, 0, most_ns, "nanoseconds of grace", fail) &&
        within(model->think_ns, 0, (uint64_t)LIMIT_MODEL_STEP_MS * 1000 * 1000, "nanoseconds to think", fail);
    if (fits && (!(model->rate <= 1e6) || !(model->spread >= 0 && model->spread <= 1)))
        return fail_at(fail, NULL, 0,
                       "the model wants a rate up to 1,000,000 a second and a spread of 0 to 1");
    for (size_t i = 0; fits && i < model->pool_count; i++)
        fits = within(model->pools[i].size, 1, LIMIT_MODEL_POOL, "places in a pool", fail);
    return fits;
}

bool model_run(const Model *model, Prediction *prediction, Fail *fail)
{
    memset(prediction, 0, sizeof *prediction);
    if (!check(model, fail)) return false;
    Simulation simulation = {.model = model,
                             .prediction = prediction,
                             .fail = fail,
                             .chance = {model->seed},
                             .machine = {.processors = model->processors},
                             .free_task = nobody};
    simulation.warm_ns = model->warm_ns;
    simulation.end_ns = model->warm_ns + model->duration_ns;
    simulation.last_ns = simulation.end_ns + model->grace_ns;
    simulation.share = (uint64_t)(model->spread * 65536);
    arena_init(&simulation.arena);
    workers_new(&simulation);
    bool done = run(&simulation);
    if (done) finish(&simulation);
    agenda_free(&simulation.agenda);
    machine_free(&simulation.machine);
    vec_free(&simulation.tasks);
    arena_free(&simulation.arena);
    return done;
}
