#define _GNU_SOURCE
#include "probe/usage.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe/clock.h"

#include "base/banned.h"

enum { HIGH_DESCRIPTOR = 500 };

/* System calls are made past our own interposed functions. */
int usage_open(void)
{
    int file = (int)syscall(SYS_openat, AT_FDCWD, "/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
    if (file < 0) return -1;
    int high = (int)syscall(SYS_fcntl, file, F_DUPFD_CLOEXEC, HIGH_DESCRIPTOR);
    if (high < 0) return file;
    syscall(SYS_close, file);
    return high;
}

/* "CPU RUNQUEUE SLICES": the second number. */
static uint64_t second_number(const char *text, long size)
{
    uint64_t number = 0;
    long at = 0;
    while (at < size && text[at] != ' ')
        at++;
    for (at++; at < size && text[at] >= '0' && text[at] <= '9'; at++)
        number = number * 10 + (uint64_t)(text[at] - '0');
    return number;
}

static uint64_t sleeps(void)
{
    struct rusage usage;
    if (syscall(SYS_getrusage, (long)RUSAGE_THREAD, &usage) != 0) return 0;
    return (uint64_t)usage.ru_nvcsw + (uint64_t)usage.ru_majflt;
}

Usage usage_read(int file, uint64_t now_ns)
{
    char text[80];
    long size = file < 0 ? 0 : syscall(SYS_pread64, file, text, sizeof text, 0L);
    return (Usage){now_ns, clock_read(CLOCK_THREAD_CPUTIME_ID), second_number(text, size), sleeps()};
}
