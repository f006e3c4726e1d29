#define _GNU_SOURCE
#include "probe/watchdog.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "probe/asker.h"
#include "probe/clock.h"
#include "probe/probe.h"

#include "base/banned.h"

/* Thresholds lower than this are taken as this: looking takes time, too. */
enum { LOOK_LEAST_NS = 200 * NS_A_US };
enum { STACK_BYTES = 256 * 1024, FIRST_CHOICE = 6 };

/* --- the signal --- */

static void on_signal(int number)
{
    (void)number;
    int error = errno;
    Lane *lane = lane_own();
    if (lane) lane_answer(lane);
    errno = error;
}

static bool signal_take(int number)
{
    struct sigaction old, ours = {.sa_handler = on_signal, .sa_flags = SA_RESTART | SA_ONSTACK};
    if (sigaction(number, NULL, &old) != 0 || old.sa_handler != SIG_DFL) return false;
    sigemptyset(&ours.sa_mask);
    return sigaction(number, &ours, NULL) == 0;
}

bool watchdog_signal(void)
{
    int count = SIGRTMAX - SIGRTMIN + 1;
    for (int i = 0; i < count; i++) {
        int number = SIGRTMIN + (FIRST_CHOICE + i) % count;
        if (!signal_take(number)) continue;
        probe.signal = number;
        return true;
    }
    return false;
}

static void say_taken(int number)
{
    char text[PROBE_NOTICE_BYTES];
    snprintf(text, sizeof text,
             "the application uses the signal SIGRTMIN+%d itself: the probe samples by another one",
             number - SIGRTMIN);
    probe_notice(text);
}

/* Somebody has taken the signal for himself: computing is no longer sampled by it. */
static void signal_check(void)
{
    struct sigaction now;
    int taken = probe.signal;
    if (!taken || sigaction(taken, NULL, &now) != 0 || now.sa_handler == on_signal) return;
    if (watchdog_signal()) {
        say_taken(taken);
        return;
    }
    probe.signal = 0;
    probe_notice(
        "the application uses all real-time signals: what its loop computes is placed at its next call only");
}

/* --- looking --- */

static uint64_t setting(const _Atomic uint64_t *value)
{
    uint64_t ns = atomic_load_explicit(value, memory_order_relaxed);
    return ns < LOOK_LEAST_NS ? LOOK_LEAST_NS : ns;
}

static void ask(Lane *lane)
{
    if (atomic_load_explicit(&probe.area->mode, memory_order_relaxed) == PROBE_MODE_FRAMES) {
        signal_check();
        lane_ask(lane);
    } else {
        asker_look(lane);
    }
}

/* When to look at the lane again; 0: its loop does not run. */
static uint64_t look_at(Lane *lane, uint64_t now_ns)
{
    uint32_t state = atomic_load(&lane->state) & LANE_STATES;
    if (state != LANE_RUNNING && state != LANE_CALLING) return 0;
    uint64_t tick = atomic_load(&lane->tick),
             due = atomic_load(&lane->tick_at_ns) + setting(&probe.area->stall_ns);
    uint64_t between = setting(&probe.area->sample_ns);
    if (lane->looked_tick == tick) due = lane->looked_at_ns + between;
    if (now_ns < due) return due;
    lane->looked_tick = tick;
    lane->looked_at_ns = now_ns;
    ask(lane);
    return now_ns + between;
}

/* When to look again; 0: no loop runs. */
static uint64_t look_at_all(uint64_t now_ns)
{
    uint64_t next = 0;
    for (size_t i = 0; i < PROBE_LANES; i++) {
        uint64_t due = look_at(&probe.lanes[i], now_ns);
        if (due && (!next || due < next)) next = due;
    }
    return next;
}

/* --- sleeping; past our own interposed functions --- */

static void sleep_until(uint64_t time_ns)
{
    struct timespec time = {(time_t)(time_ns / NS_A_SECOND), (long)(time_ns % NS_A_SECOND)};
    syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
}

/* The timer's signal reaches this thread alone, which blocks it: whoever else uses the number is not disturbed. */
static void alarm_set(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGRTMAX);
}

static bool alarm_new(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMAX};
    event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
    return timer_create(CLOCK_MONOTONIC, &event, &probe.watchdog_timer) == 0;
}

/* A tick that begins after `parked` is set winds the alarm; one that began before is found by the second look. */
static void sleep_until_wound(void)
{
    sigset_t set;
    alarm_set(&set);
    atomic_store(&probe.watchdog_parked, 1);
    if (!look_at_all(clock_now())) syscall(SYS_rt_sigtimedwait, &set, NULL, NULL, (long)_NSIG / 8);
    atomic_store(&probe.watchdog_parked, 0);
}

void watchdog_wind(void)
{
    uint64_t ns = setting(&probe.area->stall_ns);
    struct itimerspec time = {.it_value = {(time_t)(ns / NS_A_SECOND), (long)(ns % NS_A_SECOND)}};
    if (atomic_exchange(&probe.watchdog_parked, 0)) timer_settime(probe.watchdog_timer, 0, &time, NULL);
}

/* sched_setattr's argument, as the kernel has had it since 3.14. */
typedef struct Scheduling {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t slice_ns, deadline_ns, period_ns;
} Scheduling;

/* It runs for microseconds, and late is too late: short slices are served first (Linux 6.12), a higher rank is not always
 * allowed. Each is tried, none is needed. */
static void ask_for_haste(void)
{
    Scheduling scheduling = {.size = sizeof scheduling, .slice_ns = 100 * NS_A_US};
    prctl(PR_SET_TIMERSLACK, 1UL);
    syscall(SYS_sched_setattr, 0L, &scheduling, 0L);
    scheduling.nice = -10;
    syscall(SYS_sched_setattr, 0L, &scheduling, 0L);
}

static void *watch(void *unused)
{
    (void)unused;
    prctl(PR_SET_NAME, "loopsafe-probe");
    ask_for_haste();
    bool can_park = alarm_new();
    for (;;) {
        uint64_t now = clock_now(), next = look_at_all(now);
        if (next || !can_park)
            sleep_until(next ? next : now + setting(&probe.area->stall_ns));
        else
            sleep_until_wound();
    }
    return NULL;
}

/* --- starting: all signals are the application's --- */

static bool thread_start(void)
{
    pthread_t thread;
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) return false;
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int result = pthread_create(&thread, &attributes, watch, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return result == 0;
}

void watchdog_start(void)
{
    uint32_t expected = 0;
    if (!atomic_compare_exchange_strong(&probe.watchdog_started, &expected, 1)) return;
    if (!thread_start())
        probe_notice("the probe could not start its thread: computing is measured, but not where");
}
