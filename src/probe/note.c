#define _GNU_SOURCE
#include "probe/note.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "probe/clock.h"
#include "probe/probe.h"
#include "probe/walk.h"

#include "base/banned.h"

/* The interpreter's state of this thread; 0: it is none of Python's. */
static uint64_t own_thread_state(void)
{
    void *(*get)(void);
    void *address = dlsym(RTLD_DEFAULT, "PyGILState_GetThisThreadState");
    memcpy(&get, &address, sizeof address);
    return get ? (uint64_t)(uintptr_t)get() : 0;
}

static void note(ProbeKind kind, const char *text)
{
    if (!probe.area) return;
    Lane *paused = lane_pause(), *lane = lane_own();
    ProbeRecord record = {.kind = kind, .lane = lane ? lane->number : PROBE_LANES, .at_ns = clock_now()};
    store_lock(&probe.store);
    record.text = store_text(&probe.store, text, strlen(text));
    uint64_t state = atomic_load(&probe.area->mode) == PROBE_MODE_FRAMES ? own_thread_state() : 0;
    if (state) record.stack = walk_stack(state);
    store_unlock(&probe.store);
    store_record(&probe.store, &record);
    if (paused) lane_resume_silent(paused);
}

void record_refused(const char *text)
{
    int error = errno;
    note(PROBE_REFUSED, text);
    errno = error;
}

void record_routed(const char *text)
{
    int error = errno;
    note(PROBE_ROUTED, text);
    errno = error;
}
