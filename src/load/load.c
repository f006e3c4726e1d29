#define _GNU_SOURCE
#include "load/load.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/clock.h"
#include "load/connection.h"
#include "load/timers.h"

#include "base/banned.h"

enum { SCRATCH_BYTES = 64 * 1024, EVENTS = 256 };
#define SECOND_NS 1000000000u
static const uint64_t retry_ns = 10 * 1000 * 1000, clock_event = UINT64_MAX;

/* One that asks: a user of a closed loop, a connection of an open one. */
typedef struct User {
    Connection connection;
    bool asks;                     /* a request is under way */
    size_t request;                /* of the plan */
    uint64_t intended_ns, sent_ns; /* of the request under way */
} User;

typedef struct Run {
    const LoadPlan *plan;
    LoadResult *result;
    Fail *fail;
    Arena arena;
    Str *texts; /* a request each */
    User *users;
    size_t user_count;
    Timers due;       /* closed loop: users by when they ask next */
    VEC(size_t) idle; /* open loop: users that may ask */
    uint64_t issued;  /* requests begun, of an open loop also their number */
    uint64_t under_way;
    uint64_t started_ns, warm_ns, stop_ns,
        end_ns;  /* stop: nothing is begun any more; end: nothing is waited for */
    bool drains; /* all is counted */
    uint64_t answered_in_time;
    int epoll, clock;
    uint64_t armed_ns; /* what the clock is set to */
    char *scratch;
} Run;

static bool is_open(const Run *run)
{
    return run->plan->rate > 0;
}

static bool limit_reached(const Run *run)
{
    return run->plan->request_limit && run->issued >= run->plan->request_limit;
}

/* When request number `number` of an open loop is due. */
static uint64_t due_ns(const Run *run, uint64_t number)
{
    return run->started_ns + (uint64_t)((double)number * (double)SECOND_NS / run->plan->rate);
}

/* --- what comes of a request --- */

static LoadTally *tally_of(const Run *run, const User *user)
{
    return &run->result->tallies[user->request];
}

static void count_body(LoadTally *tally, uint64_t hash)
{
    if (tally->answered == 1)
        tally->body_hash = hash;
    else if (tally->body_hash != hash)
        tally->other_bodies++;
}

static void count_answered(Run *run, const User *user, uint64_t now)
{
    LoadResult *result = run->result;
    result->answered++;
    tally_of(run, user)->answered++;
    count_body(tally_of(run, user), user->connection.response.body_hash);
    histogram_add(&result->latency, (now - user->intended_ns) / 1000);
    histogram_add(&result->service, (now - user->sent_ns) / 1000);
    if (now <= run->stop_ns) run->answered_in_time++;
}

static void count_failed(Run *run, const User *user)
{
    LoadTally *tally = tally_of(run, user);
    run->result->failed++;
    if (!tally->failed++) tally->first_failed = user->connection.response.status;
}

static void count(Run *run, const User *user, ConnectionState state, uint64_t now)
{
    if (state == CONNECTION_ANSWERED) run->result->handled++;
    if (now < run->warm_ns || run->drains) return;
    run->result->sent++;
    if (state == CONNECTION_BROKEN) {
        run->result->broken++;
        tally_of(run, user)->broken++;
    } else if (user->connection.response.status < 400) {
        count_answered(run, user, now);
    } else {
        count_failed(run, user);
    }
}

/* --- asking --- */

static bool open_connection(Run *run, User *user)
{
    if (!connection_open(&user->connection, run->plan->port, run->fail)) return false;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET};
    event.data.u64 = (uint64_t)(user - run->users);
    return epoll_ctl(run->epoll, EPOLL_CTL_ADD, user->connection.descriptor, &event) == 0 ||
           fail_at(run->fail, NULL, 0, "a connection cannot be watched: %s", strerror(errno));
}

/* Asking it twice does no harm. */
static bool is_repeatable(const LoadRequest *request)
{
    return str_equal(request->method, STR("GET")) || str_equal(request->method, STR("HEAD"));
}

static void begin_asking(Run *run, User *user)
{
    const LoadRequest *request = &run->plan->requests[user->request];
    connection_ask(&user->connection, run->texts[user->request], str_equal(request->method, STR("HEAD")),
                   NULL, NULL);
}

static bool start(Run *run, User *user);

/* intended_ns 0: now. */
static bool ask(Run *run, User *user, size_t request, uint64_t intended_ns)
{
    user->request = request;
    if (user->connection.descriptor >= 0 && !is_repeatable(&run->plan->requests[request]) &&
        connection_is_spent(&user->connection))
        connection_close(&user->connection);
    if (user->connection.descriptor < 0 && !open_connection(run, user)) return false;
    user->asks = true;
    user->sent_ns = clock_now_ns();
    user->intended_ns = intended_ns ? intended_ns : user->sent_ns;
    run->issued++;
    run->under_way++;
    begin_asking(run, user);
    return start(run, user);
}

/* A server may close a connection that rests just when a request is sent on it. */
static bool may_ask_again(const Run *run, const User *user)
{
    return user->connection.used && !user->connection.response.begun && !run->drains &&
           is_repeatable(&run->plan->requests[user->request]);
}

static bool ask_again(Run *run, User *user)
{
    connection_close(&user->connection);
    if (!open_connection(run, user)) return false;
    begin_asking(run, user);
    return start(run, user);
}

static void rest(Run *run, User *user, ConnectionState state, uint64_t now)
{
    size_t number = (size_t)(user - run->users);
    uint64_t pause = run->plan->think_ns;
    if (state == CONNECTION_BROKEN && pause < retry_ns) pause = retry_ns;
    if (is_open(run))
        vec_add(&run->idle, number);
    else
        timers_add(&run->due, now + pause, number);
}

static bool settle(Run *run, User *user, ConnectionState state)
{
    if (state == CONNECTION_BROKEN && may_ask_again(run, user)) return ask_again(run, user);
    uint64_t now = clock_now_ns();
    count(run, user, state, now);
    user->asks = false;
    run->under_way--;
    if (!user->connection.response.reusable) connection_close(&user->connection);
    rest(run, user, state, now);
    return true;
}

static bool start(Run *run, User *user)
{
    ConnectionState state = connection_start(&user->connection, run->scratch, SCRATCH_BYTES);
    return state == CONNECTION_WAITS || settle(run, user, state);
}

static bool go_on(Run *run, User *user)
{
    ConnectionState state = connection_go_on(&user->connection, run->scratch, SCRATCH_BYTES);
    return state == CONNECTION_WAITS || settle(run, user, state);
}

/* --- who is due --- */

static bool ask_due_users(Run *run, uint64_t now)
{
    while (run->due.count && run->due.items[0].at_ns <= now && !limit_reached(run)) {
        User *user = &run->users[timers_take(&run->due).number];
        if (!ask(run, user, (user->request + 1) % run->plan->request_count, 0)) return false;
    }
    return true;
}

static void note_behind(Run *run, uint64_t now)
{
    uint64_t until = now < run->stop_ns ? now : run->stop_ns;
    double due = (double)(until - run->started_ns) * run->plan->rate / (double)SECOND_NS;
    uint64_t behind = (uint64_t)due + 1 > run->issued ? (uint64_t)due + 1 - run->issued : 0;
    if (behind > run->result->behind) run->result->behind = behind;
}

static bool ask_due_requests(Run *run, uint64_t now)
{
    while (due_ns(run, run->issued) <= now && !limit_reached(run)) {
        if (!run->idle.count) {
            note_behind(run, now);
            return true;
        }
        User *user = &run->users[run->idle.items[--run->idle.count]];
        size_t request = (size_t)(run->issued % run->plan->request_count);
        if (!ask(run, user, request, due_ns(run, run->issued))) return false;
    }
    return true;
}

static bool ask_due(Run *run, uint64_t now)
{
    if (now >= run->stop_ns) return true;
    return is_open(run) ? ask_due_requests(run, now) : ask_due_users(run, now);
}

/* --- waiting --- */

/* When something is to be done that no connection tells. */
static uint64_t next_ns(const Run *run, uint64_t now)
{
    uint64_t next = now < run->stop_ns ? run->stop_ns : run->end_ns;
    if (now >= run->stop_ns || limit_reached(run)) return next;
    uint64_t due = next;
    if (is_open(run) && run->idle.count) due = due_ns(run, run->issued);
    if (!is_open(run) && run->due.count) due = run->due.items[0].at_ns;
    return due < next ? due : next;
}

static void set_clock(Run *run, uint64_t at_ns)
{
    if (at_ns == run->armed_ns) return;
    run->armed_ns = at_ns;
    struct itimerspec setting = {.it_value = {(time_t)(at_ns / SECOND_NS), (long)(at_ns % SECOND_NS)}};
    timerfd_settime(run->clock, TFD_TIMER_ABSTIME, &setting, NULL);
}

static void read_clock(Run *run)
{
    uint64_t times;
    if (read(run->clock, &times, sizeof times) > 0) run->armed_ns = 0;
}

static bool handle(Run *run, uint64_t number)
{
    if (number == clock_event) {
        read_clock(run);
        return true;
    }
    User *user = &run->users[number];
    if (user->connection.descriptor < 0) return true;
    if (user->asks) return go_on(run, user);
    if (connection_is_spent(&user->connection)) connection_close(&user->connection);
    return true;
}

static bool wait_and_handle(Run *run)
{
    struct epoll_event events[EVENTS];
    set_clock(run, next_ns(run, clock_now_ns()));
    int count = epoll_wait(run->epoll, events, EVENTS, -1);
    for (int i = 0; i < count; i++)
        if (!handle(run, events[i].data.u64)) return false;
    return count >= 0 || errno == EINTR || fail_at(run->fail, NULL, 0, "epoll_wait: %s", strerror(errno));
}

static bool is_over(const Run *run, uint64_t now)
{
    if (now >= run->end_ns) return true;
    return (now >= run->stop_ns || limit_reached(run)) && !run->under_way;
}

static bool go_through(Run *run)
{
    for (uint64_t now = clock_now_ns(); !is_over(run, now); now = clock_now_ns()) {
        if (!ask_due(run, now)) return false;
        if (is_over(run, clock_now_ns())) break;
        if (!wait_and_handle(run)) return false;
    }
    return true;
}

/* --- begin and end --- */

static void plan_times(Run *run)
{
    const LoadPlan *plan = run->plan;
    run->started_ns = clock_now_ns();
    run->warm_ns = run->started_ns + plan->warm_ns;
    run->stop_ns = run->warm_ns + plan->duration_ns;
    run->end_ns = run->stop_ns + plan->grace_ns;
    for (size_t i = 0; i < run->user_count; i++) {
        size_t other = run->user_count - 1 - i; /* the idle are taken from the end */
        if (is_open(run))
            vec_add(&run->idle, other);
        else
            timers_add(&run->due, run->started_ns + plan->think_ns / run->user_count * i, i);
    }
}

static void plan_users(Run *run)
{
    const LoadPlan *plan = run->plan;
    run->user_count = plan->users ? plan->users : 1;
    run->users = arena_array(&run->arena, run->user_count, sizeof *run->users);
    for (size_t i = 0; i < run->user_count; i++) {
        run->users[i].connection.descriptor = -1;
        run->users[i].request = (i + plan->request_count - 1) % plan->request_count;
    }
    run->texts = arena_array(&run->arena, plan->request_count, sizeof *run->texts);
    for (size_t i = 0; i < plan->request_count; i++)
        run->texts[i] = request_text(&run->arena, &plan->requests[i]);
    run->scratch = arena_alloc(&run->arena, SCRATCH_BYTES);
}

static bool open_clock(Run *run)
{
    run->epoll = epoll_create1(EPOLL_CLOEXEC);
    run->clock = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN};
    event.data.u64 = clock_event;
    return (run->epoll >= 0 && run->clock >= 0 &&
            epoll_ctl(run->epoll, EPOLL_CTL_ADD, run->clock, &event) == 0) ||
           fail_at(run->fail, NULL, 0, "no load can be put on: %s", strerror(errno));
}

static void count_unfinished(Run *run, uint64_t since_ns, uint64_t now)
{
    uint64_t age = now > since_ns ? now - since_ns : 0;
    run->result->unfinished++;
    if (age > run->result->oldest_unfinished_ns) run->result->oldest_unfinished_ns = age;
    histogram_add_unfinished(&run->result->latency, age / 1000);
}

/* Requests that were due and that nobody was free to send. */
static void count_never_sent(Run *run, uint64_t now)
{
    for (; is_open(run) && !limit_reached(run) && due_ns(run, run->issued) < run->stop_ns &&
           due_ns(run, run->issued) < now;
         run->issued++)
        count_unfinished(run, due_ns(run, run->issued), now);
}

static void finish(Run *run)
{
    LoadResult *result = run->result;
    uint64_t now = clock_now_ns();
    for (size_t i = 0; i < run->user_count; i++) {
        User *user = &run->users[i];
        if (!user->asks) continue;
        result->sent++;
        count_unfinished(run, user->intended_ns, now);
        histogram_add_unfinished(&result->service, (now - user->sent_ns) / 1000);
    }
    count_never_sent(run, now);
    result->started_ns = run->warm_ns;
    result->ended_ns = now < run->stop_ns ? now : run->stop_ns;
    if (result->ended_ns > result->started_ns)
        result->per_second = (double)run->answered_in_time * (double)SECOND_NS /
                             (double)(result->ended_ns - result->started_ns);
}

/* How long the server will need for what it still has. */
static double expected_ns(const Run *run)
{
    const LoadResult *result = run->result;
    if (result->per_second <= 0) return (double)result->unfinished * (double)run->plan->alone_ns;
    return (double)result->unfinished / result->per_second * (double)SECOND_NS;
}

static bool drain(Run *run)
{
    run->drains = true;
    run->end_ns = clock_now_ns() + run->plan->drain_ns;
    bool worth = expected_ns(run) <= (double)run->plan->drain_ns;
    while (worth && run->under_way && clock_now_ns() < run->end_ns)
        if (!wait_and_handle(run)) return false;
    run->result->left = run->under_way;
    return true;
}

static void run_free(Run *run)
{
    for (size_t i = 0; i < run->user_count; i++)
        connection_free(&run->users[i].connection);
    if (run->epoll >= 0) close(run->epoll);
    if (run->clock >= 0) close(run->clock);
    timers_free(&run->due);
    vec_free(&run->idle);
    arena_free(&run->arena);
}

bool load_run(const LoadPlan *plan, LoadResult *result, Fail *fail)
{
    memset(result, 0, sizeof *result);
    if (!plan->request_count) return fail_at(fail, NULL, 0, "a load needs a request");
    if (plan->users > LIMIT_LOAD_USERS)
        return fail_at(fail, NULL, 0, "%u users are too many: at most %d", plan->users, LIMIT_LOAD_USERS);
    result->tally_count = plan->request_count;
    result->tallies = memory_alloc(plan->request_count * sizeof *result->tallies);
    memset(result->tallies, 0, plan->request_count * sizeof *result->tallies);
    Run run = {.plan = plan, .result = result, .fail = fail, .epoll = -1, .clock = -1};
    arena_init(&run.arena);
    plan_users(&run);
    bool done = open_clock(&run);
    if (done) plan_times(&run);
    done = done && go_through(&run);
    if (done) finish(&run);
    done = done && drain(&run);
    run_free(&run);
    return done;
}

void load_result_free(LoadResult *result)
{
    free(result->tallies);
    result->tallies = NULL;
    result->tally_count = 0;
}
