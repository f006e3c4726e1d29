/* Calls that are timed and need more than that: any number of arguments, a wait that may be for the GIL, a way that leads
 * elsewhere. */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <sys/syscall.h>

#include "probe/guard.h"
#include "probe/next.h"
#include "probe/probe.h"
#include "probe/route.h"

#include "base/banned.h"

/* glibc declares addresses of sockets as a transparent union in C, which only its own compiler's dialect can say. */
#pragma GCC diagnostic ignored "-Wpedantic"

/* --- opening: the mode is there only when a file may be made --- */

static mode_t mode_of(int flags, va_list rest)
{
    return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(rest, mode_t) : 0;
}

#define DEFINE_OPEN(symbol, first, parameters, arguments)                                                    \
    PROBE_EXPORT int symbol parameters                                                                       \
    {                                                                                                        \
        va_list rest;                                                                                        \
        va_start(rest, flags);                                                                               \
        mode_t mode = mode_of(flags, rest);                                                                  \
        va_end(rest);                                                                                        \
        Lane *lane = lane_pause();                                                                           \
        int file = NEXT(symbol) arguments;                                                                   \
        if (lane) lane_resume(lane, PROBE_CALLED_OPEN);                                                      \
        return file;                                                                                         \
    }

DEFINE_OPEN(open, path, (const char *path, int flags, ...), (path, flags, mode))
DEFINE_OPEN(open64, path, (const char *path, int flags, ...), (path, flags, mode))
DEFINE_OPEN(openat, folder, (int folder, const char *path, int flags, ...), (folder, path, flags, mode))
DEFINE_OPEN(openat64, folder, (int folder, const char *path, int flags, ...), (folder, path, flags, mode))

/* --- locks of files: the only commands that wait --- */

#define DEFINE_FCNTL(symbol)                                                                                 \
    PROBE_EXPORT int symbol(int file, int command, ...)                                                      \
    {                                                                                                        \
        va_list rest;                                                                                        \
        va_start(rest, command);                                                                             \
        void *argument = va_arg(rest, void *);                                                               \
        va_end(rest);                                                                                        \
        Lane *lane = command == F_SETLKW || command == F_OFD_SETLKW ? lane_pause() : NULL;                   \
        int result = NEXT(symbol)(file, command, argument);                                                  \
        if (lane) lane_resume(lane, PROBE_CALLED_FCNTL);                                                     \
        return result;                                                                                       \
    }

DEFINE_FCNTL(fcntl)
DEFINE_FCNTL(fcntl64)

/* --- system calls by number: libraries that bring their own locks wait on a futex --- */

static bool is_waiting(long number, long operation)
{
    if (number != SYS_futex) return false;
    long command = operation & FUTEX_CMD_MASK;
    return command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET || command == FUTEX_LOCK_PI;
}

PROBE_EXPORT long syscall(long number, ...)
{
    va_list rest;
    va_start(rest, number);
    long a = va_arg(rest, long), b = va_arg(rest, long), c = va_arg(rest, long);
    long d = va_arg(rest, long), e = va_arg(rest, long), f = va_arg(rest, long);
    va_end(rest);
    Lane *lane = is_waiting(number, b) ? lane_pause() : NULL;
    long result = NEXT(syscall)(number, a, b, c, d, e, f);
    if (lane) lane_resume(lane, PROBE_CALLED_FUTEX);
    return result;
}

/* --- conditions: the interpreter waits on one for the GIL, and on no other --- */

static bool is_interpreter(const void *caller)
{
    uintptr_t address = (uintptr_t)caller;
    return address >= probe.interpreter_start && address < probe.interpreter_end;
}

#define DEFINE_WAIT(symbol, parameters, arguments)                                                           \
    PROBE_EXPORT int symbol parameters                                                                       \
    {                                                                                                        \
        bool for_gil = is_interpreter(__builtin_return_address(0));                                          \
        Lane *lane = for_gil ? lane_pause_gil() : lane_pause();                                              \
        int result = NEXT(symbol) arguments;                                                                 \
        if (lane && for_gil)                                                                                 \
            lane_resume_gil(lane);                                                                           \
        else if (lane)                                                                                       \
            lane_resume(lane, PROBE_CALLED_COND_WAIT);                                                       \
        return result;                                                                                       \
    }

DEFINE_WAIT(pthread_cond_wait, (pthread_cond_t * condition, pthread_mutex_t *mutex), (condition, mutex))
DEFINE_WAIT(pthread_cond_timedwait,
            (pthread_cond_t * condition, pthread_mutex_t *mutex, const struct timespec *time),
            (condition, mutex, time))
DEFINE_WAIT(pthread_cond_clockwait,
            (pthread_cond_t * condition, pthread_mutex_t *mutex, clockid_t clock,
             const struct timespec *time),
            (condition, mutex, clock, time))

/* --- ways out: where they lead is the routes' matter, whether they may the guard's --- */

static int refuse(void)
{
    errno = ENETUNREACH;
    return -1;
}

PROBE_EXPORT int connect(int file, const struct sockaddr *address, socklen_t length)
{
    struct sockaddr_storage room;
    Lane *lane = lane_pause();
    address = route_address(file, address, &length, &room);
    int result = guard_allows(address, length) ? NEXT(connect)(file, address, length) : refuse();
    if (lane) lane_resume(lane, PROBE_CALLED_CONNECT);
    return result;
}

PROBE_EXPORT ssize_t sendto(int file, const void *data, size_t size, int flags,
                            const struct sockaddr *address, socklen_t length)
{
    struct sockaddr_storage room;
    Lane *lane = lane_pause();
    if (address) address = route_address(file, address, &length, &room);
    ssize_t result =
        guard_allows(address, length) ? NEXT(sendto)(file, data, size, flags, address, length) : refuse();
    if (lane) lane_resume(lane, PROBE_CALLED_SENDTO);
    return result;
}

/* An answer comes from the name server that was asked, as far as the application can see. */
static ssize_t told_source(ssize_t result, int file, struct sockaddr *from, const socklen_t *length)
{
    if (result >= 0 && from) route_source(file, from, length);
    return result;
}

PROBE_EXPORT ssize_t recvfrom(int file, void *data, size_t size, int flags, struct sockaddr *from,
                              socklen_t *length)
{
    Lane *lane = lane_pause();
    ssize_t result = NEXT(recvfrom)(file, data, size, flags, from, length);
    if (lane) lane_resume(lane, PROBE_CALLED_RECVFROM);
    return told_source(result, file, from, length);
}

PROBE_EXPORT ssize_t __recvfrom_chk(int file, void *data, size_t size, size_t room, int flags,
                                    struct sockaddr *from, socklen_t *length);
PROBE_EXPORT ssize_t __recvfrom_chk(int file, void *data, size_t size, size_t room, int flags,
                                    struct sockaddr *from, socklen_t *length)
{
    Lane *lane = lane_pause();
    ssize_t result = NEXT(__recvfrom_chk)(file, data, size, room, flags, from, length);
    if (lane) lane_resume(lane, PROBE_CALLED_RECVFROM);
    return told_source(result, file, from, length);
}

PROBE_EXPORT ssize_t sendmsg(int file, const struct msghdr *message, int flags)
{
    Lane *lane = lane_pause();
    bool allowed = !message || guard_allows(message->msg_name, message->msg_namelen);
    ssize_t result = allowed ? NEXT(sendmsg)(file, message, flags) : refuse();
    if (lane) lane_resume(lane, PROBE_CALLED_SENDMSG);
    return result;
}

PROBE_EXPORT int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                             struct addrinfo **result)
{
    struct addrinfo room;
    Lane *lane = lane_pause();
    host = route_query(host, &hints, &room);
    int trouble = NEXT(getaddrinfo)(host, service, hints, result);
    if (lane) lane_resume(lane, PROBE_CALLED_GETADDRINFO);
    return trouble;
}

PROBE_EXPORT struct hostent *gethostbyname(const char *host)
{
    Lane *lane = lane_pause();
    struct hostent *entry = NEXT(gethostbyname)(route_name(host));
    if (lane) lane_resume(lane, PROBE_CALLED_GETHOSTBYNAME);
    return entry;
}

PROBE_EXPORT void sync(void)
{
    Lane *lane = lane_pause();
    NEXT(sync)();
    if (lane) lane_resume(lane, PROBE_CALLED_SYNC);
}
