/* The calls that are only timed: a function of the same name in front of libc's. */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include "probe/next.h"
#include "probe/probe.h"

#include "base/banned.h"

/* glibc declares addresses of sockets as a transparent union in C, which only its own compiler's dialect can say. */
#pragma GCC diagnostic ignored "-Wpedantic"

/* A forked child has no lane any more, the pointer notwithstanding: lane_own is asked again. */
#define DEFINE(result, symbol, call, parameters, arguments)                                                  \
    PROBE_EXPORT result symbol parameters;                                                                   \
    PROBE_EXPORT result symbol parameters                                                                    \
    {                                                                                                        \
        Lane *lane = lane_pause();                                                                           \
        result value = NEXT(symbol) arguments;                                                               \
        if (lane && lane_own()) lane_resume(lane, PROBE_CALLED_##call);                                      \
        return value;                                                                                        \
    }

PROBE_PLAIN_CALLS(DEFINE)
