#define _GNU_SOURCE
#include "probe/lane.h"

#include <errno.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe/clock.h"
#include "probe/probe.h"
#include "probe/walk.h"
#include "probe/watchdog.h"

#include "base/banned.h"

/* A thread that waits longer for the signal blocks it: the application goes on. So long the watchdog may be kept from sending it; one that
 * comes later would cut a call of the application short. */
enum { SIGNAL_PATIENCE_NS = 50 * NS_A_MS };
/* One that has missed so many in a row is asked no more. */
enum { DEAF_AFTER = 3 };
/* Pieces of one wait for the GIL follow each other closer than this. */
enum { GIL_GAP_NS = 50 * NS_A_US };
/* Short calls of one tick are worth a record when they add up to this, however low call_ns is. */
enum { SHORT_CALLS_NS = NS_A_MS };
/* Less computing than this before a call, or at a tick's end, is no sample of its own. */
enum { SAMPLE_LEAST_NS = 20 * NS_A_US };

/* The lane of each thread: what every interposed function looks at first. In the static block of thread-local storage,
 * where reading it is one instruction and never calls malloc. */
static _Thread_local Lane *own_lane __attribute__((tls_model("initial-exec")));

Lane *lane_own(void)
{
    return own_lane;
}

void lane_forget(void)
{
    own_lane = NULL;
}

static uint64_t load(const _Atomic uint64_t *value)
{
    return atomic_load_explicit(value, memory_order_relaxed);
}

static void store(_Atomic uint64_t *value, uint64_t to)
{
    atomic_store_explicit(value, to, memory_order_relaxed);
}

/* Of a value that one thread alone writes. */
static void add(_Atomic uint64_t *value, uint64_t more)
{
    store(value, load(value) + more);
}

/* --- out of RUNNING, not before a signal on its way has arrived --- */

static void give_up_signal(Lane *lane)
{
    int error = errno;
    atomic_fetch_and(&lane->state, (uint32_t)LANE_STATES);
    if (++lane->unanswered == DEAF_AFTER)
        probe_notice("the loop's thread blocks signals: what it computes is placed at its next call only");
    errno = error;
}

/* False: this is a child that shares our memory (vfork); the signal goes to the parent. */
static bool wait_for_signal(Lane *lane)
{
    if ((pid_t)syscall(SYS_gettid) != lane->thread) return false;
    uint64_t until = clock_now() + SIGNAL_PATIENCE_NS;
    while (atomic_load(&lane->state) & LANE_SAMPLING) {
        if (clock_now() > until) give_up_signal(lane);
        sched_yield();
    }
    return true;
}

static bool leave_running(Lane *lane, uint32_t to)
{
    for (;;) {
        uint32_t state = LANE_RUNNING;
        if (atomic_compare_exchange_strong(&lane->state, &state, to)) return true;
        if (state != (LANE_RUNNING | LANE_SAMPLING) || !wait_for_signal(lane)) return false;
    }
}

/* --- records --- */

static ProbeRecord record_of(const Lane *lane, ProbeKind kind, uint64_t at_ns, uint64_t for_ns)
{
    return (ProbeRecord){
        .kind = kind, .lane = lane->number, .at_ns = at_ns, .for_ns = for_ns, .tick = load(&lane->tick)};
}

/* The thread's own stack; of an interpreter that is asked, what the watchdog has seen during this call. */
static uint32_t own_stack(Lane *lane)
{
    if (atomic_load_explicit(&probe.area->mode, memory_order_relaxed) != PROBE_MODE_FRAMES)
        return atomic_load(&lane->seen_call) == load(&lane->call_number) ? atomic_load(&lane->seen_stack) : 0;
    store_lock(&probe.store);
    uint32_t stack = walk_stack(lane->thread_state);
    store_unlock(&probe.store);
    return stack;
}

static uint64_t computed_ns(const Lane *lane, uint64_t now_ns)
{
    uint64_t waited = load(&lane->blocked_ns) + load(&lane->gil_ns) + load(&lane->own_ns),
             all = now_ns - load(&lane->tick_at_ns);
    return all > waited ? all - waited : 0;
}

static uint64_t unsampled_ns(const Lane *lane, uint64_t now_ns)
{
    uint64_t computed = computed_ns(lane, now_ns), sampled = load(&lane->sampled_ns);
    return computed > sampled ? computed - sampled : 0;
}

void lane_sample(Lane *lane, uint32_t stack, uint64_t now_ns, bool assumed)
{
    uint64_t weight = unsampled_ns(lane, now_ns);
    ProbeRecord record = record_of(lane, PROBE_SAMPLE, now_ns - weight, weight);
    record.stack = stack;
    record.call = assumed;
    add(&lane->sampled_ns, weight);
    lane->sampled_stack = stack;
    store_record(&probe.store, &record);
}

/* --- ticks --- */

static uint32_t microseconds(uint64_t ns)
{
    return ns / NS_A_US > UINT32_MAX ? UINT32_MAX : (uint32_t)(ns / NS_A_US);
}

static void usage_set(Lane *lane, Usage usage)
{
    lane->usage = usage;
    lane->idle_ns = lane->waits = 0;
}

/* Of a tick that has slept nowhere but in calls: what was neither computed nor spent in one. A virtual processor that does not
 * run is seen by no scheduler's queue; the kernel only leaves the time out of what the thread has used. */
static uint64_t stolen_ns(const Lane *lane, uint64_t now_ns, uint64_t known_ns)
{
    uint64_t computed = computed_ns(lane, now_ns);
    return computed > known_ns ? computed - known_ns : 0;
}

/* What was used in the tick: all since the last look, less the rest of the thread's life in between, which was spent
 * computing when it was not in the selector. */
static void record_usage(Lane *lane, ProbeRecord *record, uint64_t now_ns)
{
    Usage now = usage_read(lane->usage_file, now_ns);
    uint64_t used = now.cpu_ns - lane->usage.cpu_ns, between = record->at_ns - lane->usage.at_ns;
    uint64_t before = between > lane->idle_ns ? between - lane->idle_ns : 0;
    uint64_t cpu = used > before ? used - before : 0;
    record->cpu_us = microseconds(cpu < record->for_ns ? cpu : record->for_ns);
    uint64_t ready =
        now.runqueue_ns > lane->usage.runqueue_ns ? now.runqueue_ns - lane->usage.runqueue_ns : 0;
    if (now.sleeps - lane->usage.sleeps <= lane->waits) ready += stolen_ns(lane, now_ns, cpu + ready);
    record->runqueue_us = microseconds(ready);
    usage_set(lane, now);
}

static void gil_flush(Lane *lane)
{
    GilWait *wait = &lane->gil;
    if (wait->at_ns && wait->for_ns >= load(&probe.area->call_ns)) {
        ProbeRecord record = record_of(lane, PROBE_GIL, wait->at_ns, wait->for_ns);
        record.stack = wait->stack;
        store_record(&probe.store, &record);
    }
    *wait = (GilWait){0};
}

static void record_tick(Lane *lane, uint64_t for_ns, uint64_t now_ns)
{
    if (lane->sampled_stack && unsampled_ns(lane, now_ns) >= SAMPLE_LEAST_NS)
        lane_sample(lane, lane->sampled_stack, now_ns, true);
    ProbeRecord record = record_of(lane, PROBE_TICK, now_ns - for_ns, for_ns);
    record.blocked_us = microseconds(load(&lane->blocked_ns));
    record.gil_us = microseconds(load(&lane->gil_ns));
    record_usage(lane, &record, now_ns);
    store_record(&probe.store, &record);
}

static void note_longest(uint64_t for_ns)
{
    _Atomic uint64_t *longest = &probe.area->longest_tick_ns;
    uint64_t known = load(longest);
    while (for_ns > known && !atomic_compare_exchange_weak(longest, &known, for_ns))
        continue;
}

bool lane_tick_end(Lane *lane)
{
    if (!leave_running(lane, LANE_IDLE)) return false;
    int error = errno;
    uint64_t now = clock_now(), took = now - load(&lane->tick_at_ns);
    if (lane->gil.at_ns) gil_flush(lane);
    if (took > load(&probe.area->stall_ns)) record_tick(lane, took, now);
    note_longest(took);
    atomic_fetch_add_explicit(&probe.area->ticks, 1, memory_order_relaxed);
    if (lane->calls) atomic_fetch_add_explicit(&probe.area->calls, lane->calls, memory_order_relaxed);
    lane->calls = 0;
    lane->waits++;
    lane->idle_at_ns = now;
    store(&probe.area->tick_at_ns[lane->number], 0);
    errno = error;
    return true;
}

/* Reading it takes 2 us: not at each tick, but so often that a long one begins soon after. */
static void refresh_usage(Lane *lane, uint64_t now_ns)
{
    lane->idle_ns += now_ns - lane->idle_at_ns;
    if (now_ns - lane->usage.at_ns < load(&probe.area->stall_ns) / 2) return;
    usage_set(lane, usage_read(lane->usage_file, now_ns));
}

void lane_tick_begin(Lane *lane)
{
    int error = errno;
    uint64_t now = clock_now();
    refresh_usage(lane, now);
    add(&lane->tick, 1);
    store(&lane->blocked_ns, 0);
    store(&lane->gil_ns, 0);
    store(&lane->sampled_ns, 0);
    store(&lane->own_ns, 0);
    lane->sampled_stack = 0;
    lane->short_ns = 0;
    atomic_store_explicit(&lane->wanted, 0, memory_order_relaxed);
    store(&lane->tick_at_ns, now);
    store(&probe.area->tick_at_ns[lane->number], now);
    atomic_exchange(&lane->state, (uint32_t)LANE_RUNNING);
    if (atomic_load_explicit(&probe.watchdog_parked, memory_order_relaxed)) watchdog_wind();
    errno = error;
}

/* --- calls --- */

Lane *lane_pause(void)
{
    Lane *lane = own_lane;
    if (!lane || !leave_running(lane, LANE_CALLING)) return NULL;
    add(&lane->call_number, 1);
    store(&lane->call_at_ns, clock_now());
    return lane;
}

Lane *lane_pause_gil(void)
{
    Lane *lane = lane_pause();
    if (lane) atomic_store_explicit(&lane->waits_for_gil, 1, memory_order_relaxed);
    return lane;
}

void lane_resume_silent(Lane *lane)
{
    lane->waits++;
    atomic_store_explicit(&lane->state, LANE_RUNNING, memory_order_release);
}

/* The watchdog wanted to look while the call was in progress, or the tick has become long by it: what was computed before
 * goes to the place of the call. */
static void fill_gap(Lane *lane, uint32_t stack, uint64_t now_ns)
{
    bool wanted = atomic_exchange_explicit(&lane->wanted, 0, memory_order_relaxed);
    if (!stack || (!wanted && now_ns - load(&lane->tick_at_ns) <= load(&probe.area->stall_ns))) return;
    lane->sampled_stack = stack;
    if (unsampled_ns(lane, now_ns) >= SAMPLE_LEAST_NS) lane_sample(lane, stack, now_ns, true);
}

/* How much of the time in calls the record of this one stands for; 0: it needs none. */
static uint64_t worth_recording(Lane *lane, uint64_t took_ns)
{
    uint64_t least = load(&probe.area->call_ns);
    if (took_ns >= least) return took_ns ? took_ns : 1;
    lane->short_ns += took_ns;
    if (lane->short_ns < least || lane->short_ns < SHORT_CALLS_NS) return 0;
    uint64_t together = lane->short_ns;
    lane->short_ns = 0;
    return together;
}

static void record_call(Lane *lane, ProbeCall call, uint64_t for_ns, uint64_t now_ns)
{
    int error = errno;
    uint32_t stack = own_stack(lane);
    if (for_ns) {
        ProbeRecord record = record_of(lane, PROBE_CALL, now_ns - for_ns, for_ns);
        record.call = (uint16_t)call;
        record.stack = stack;
        store_record(&probe.store, &record);
    }
    fill_gap(lane, stack, now_ns);
    add(&lane->own_ns, clock_now() - now_ns);
    errno = error;
}

void lane_resume(Lane *lane, ProbeCall call)
{
    uint64_t now = clock_now(), took = now - load(&lane->call_at_ns);
    add(&lane->blocked_ns, took);
    lane->calls++;
    uint64_t worth = worth_recording(lane, took);
    if (worth || atomic_load_explicit(&lane->wanted, memory_order_relaxed))
        record_call(lane, call, worth, now);
    lane_resume_silent(lane);
}

static void gil_add(Lane *lane, uint64_t took_ns, uint64_t now_ns)
{
    GilWait *wait = &lane->gil;
    if (wait->at_ns && load(&lane->call_at_ns) - wait->end_ns > GIL_GAP_NS) gil_flush(lane);
    if (!wait->at_ns) wait->at_ns = load(&lane->call_at_ns);
    wait->for_ns += took_ns;
    wait->end_ns = now_ns;
    if (!wait->stack && wait->for_ns >= load(&probe.area->call_ns)) {
        wait->stack = own_stack(lane);
        add(&lane->own_ns, clock_now() - now_ns);
    }
}

void lane_resume_gil(Lane *lane)
{
    int error = errno;
    uint64_t now = clock_now(), took = now - load(&lane->call_at_ns);
    add(&lane->gil_ns, took);
    gil_add(lane, took, now);
    if (atomic_load_explicit(&lane->wanted, memory_order_relaxed))
        record_call(lane, PROBE_CALLED_NONE, 0, now);
    atomic_store_explicit(&lane->waits_for_gil, 0, memory_order_relaxed);
    lane_resume_silent(lane);
    errno = error;
}

/* --- the watchdog's question and the thread's answer --- */

void lane_ask(Lane *lane)
{
    uint32_t state = LANE_RUNNING;
    if (lane->unanswered >= DEAF_AFTER || !probe.signal ||
        !atomic_compare_exchange_strong(&lane->state, &state, (uint32_t)(LANE_RUNNING | LANE_SAMPLING))) {
        atomic_store_explicit(&lane->wanted, 1, memory_order_relaxed);
        return;
    }
    if (syscall(SYS_tgkill, (long)probe.pid, (long)lane->thread, (long)probe.signal) != 0)
        atomic_fetch_and(&lane->state, (uint32_t)LANE_STATES);
}

void lane_answer(Lane *lane)
{
    if (!(atomic_load(&lane->state) & LANE_SAMPLING)) return;
    lane->unanswered = 0;
    atomic_fetch_add_explicit(&probe.area->samples, 1, memory_order_relaxed);
    uint64_t now = clock_now();
    uint32_t stack = own_stack(lane);
    if (stack) lane_sample(lane, stack, now, false);
    add(&lane->own_ns, clock_now() - now);
    atomic_fetch_and(&lane->state, (uint32_t)LANE_STATES);
}

/* --- entering and leaving a loop --- */

/* One that this thread had before is best: its records then stay in one row. The first is the main thread's, which serves, however
 * many others have come before it. */
static Lane *lane_free(void)
{
    pid_t thread = (pid_t)syscall(SYS_gettid);
    Lane *found = NULL;
    for (uint16_t i = thread != probe.pid; i < PROBE_LANES; i++) {
        Lane *lane = &probe.lanes[i];
        if (atomic_load(&lane->state) != LANE_FREE) continue;
        if (lane->thread == thread) return lane;
        if (!found || (found->thread && !lane->thread)) found = lane;
    }
    return found;
}

static Lane *lane_take(void)
{
    for (Lane *lane; (lane = lane_free());) {
        uint32_t state = LANE_FREE;
        if (atomic_compare_exchange_strong(&lane->state, &state, (uint32_t)LANE_IDLE)) return lane;
    }
    return NULL;
}

static void record_loop(const Lane *lane, uint64_t at_ns, uint64_t for_ns)
{
    ProbeRecord record = record_of(lane, PROBE_LOOP, at_ns, for_ns);
    record.tick = 0;
    store_record(&probe.store, &record);
}

static Lane *lane_start(Lane *lane, uint64_t thread_state, unsigned long identity, int selector)
{
    lane->number = (uint16_t)(lane - probe.lanes);
    lane->depth = 1;
    lane->thread = (pid_t)syscall(SYS_gettid);
    lane->identity = identity;
    lane->thread_state = thread_state;
    lane->selector = selector;
    lane->unanswered = 0;
    lane->usage_file = usage_open();
    lane->entered_ns = lane->idle_at_ns = clock_now();
    lane->usage = usage_read(lane->usage_file, lane->entered_ns);
    record_loop(lane, lane->entered_ns, 0);
    return lane;
}

Lane *lane_enter(uint64_t thread_state, unsigned long identity, int selector)
{
    if (own_lane) {
        own_lane->depth++;
        return own_lane;
    }
    Lane *lane = lane_take();
    if (!lane) return NULL;
    own_lane = lane_start(lane, thread_state, identity, selector);
    lane_tick_begin(lane);
    return lane;
}

void lane_leave(void)
{
    Lane *lane = own_lane;
    if (!lane || --lane->depth > 0) return;
    if (!lane_tick_end(lane)) atomic_store(&lane->state, LANE_IDLE);
    own_lane = NULL;
    uint64_t now = clock_now();
    record_loop(lane, lane->entered_ns, now - lane->entered_ns);
    if (lane->usage_file >= 0) syscall(SYS_close, (long)lane->usage_file);
    atomic_store(&lane->state, LANE_FREE);
}
