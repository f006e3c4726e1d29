/* The loop's selector: what happens between two waits on its epoll descriptor is a tick. A wait on another descriptor is a
 * call like every other. Loops on select() or poll() tell of their waits themselves (python.h): the same functions are what
 * code of a tick blocks in. */
#define _GNU_SOURCE
#include "probe/next.h"
#include "probe/probe.h"

#include "base/banned.h"

static bool is_selector(Lane *lane, int epoll)
{
    if (lane->selector == SELECTOR_UNKNOWN) lane->selector = epoll;
    return lane->selector == epoll;
}

#define DEFINE_SELECTOR(symbol, parameters, arguments)                                                       \
    PROBE_EXPORT int symbol parameters                                                                       \
    {                                                                                                        \
        Lane *lane = lane_own();                                                                             \
        bool ticks = lane && is_selector(lane, epoll) && lane_tick_end(lane);                                \
        Lane *timed = ticks ? NULL : lane_pause();                                                           \
        int result = NEXT(symbol) arguments;                                                                 \
        if (timed) lane_resume(timed, PROBE_CALLED_EPOLL_WAIT);                                              \
        if (ticks) lane_tick_begin(lane);                                                                    \
        return result;                                                                                       \
    }

DEFINE_SELECTOR(epoll_wait, (int epoll, struct epoll_event *events, int count, int ms),
                (epoll, events, count, ms))
DEFINE_SELECTOR(epoll_pwait, (int epoll, struct epoll_event *events, int count, int ms, const sigset_t *mask),
                (epoll, events, count, ms, mask))
DEFINE_SELECTOR(epoll_pwait2,
                (int epoll, struct epoll_event *events, int count, const struct timespec *time,
                 const sigset_t *mask),
                (epoll, events, count, time, mask))
