#define _GNU_SOURCE
#include "runtime/process_log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"

#include "base/banned.h"

struct ProcessLog {
    pthread_mutex_t lock;
    pthread_t reader;
    bool reading;
    int descriptor;
    int stop[2];  /* a pipe: closing its end ends the reader */
    size_t total; /* bytes seen */
    char ring[LIMIT_PROCESS_LOG];
};

static void keep(ProcessLog *log, const char *bytes, size_t length)
{
    pthread_mutex_lock(&log->lock);
    for (size_t i = 0; i < length; i++)
        log->ring[(log->total + i) % LIMIT_PROCESS_LOG] = bytes[i];
    log->total += length;
    pthread_mutex_unlock(&log->lock);
}

/* False: the other end is closed. */
static bool drain(ProcessLog *log)
{
    char bytes[16384];
    ssize_t length;
    while ((length = read(log->descriptor, bytes, sizeof bytes)) > 0)
        keep(log, bytes, (size_t)length);
    return length < 0 && (errno == EAGAIN || errno == EINTR);
}

static void *read_on(void *context)
{
    ProcessLog *log = context;
    struct pollfd ends[2] = {{.fd = log->descriptor, .events = POLLIN},
                             {.fd = log->stop[0], .events = POLLIN}};
    for (;;) {
        if (poll(ends, 2, -1) < 0 && errno != EINTR) return NULL;
        if (ends[0].revents && !drain(log)) return NULL;
        if (ends[1].revents) return NULL;
    }
}

ProcessLog *process_log_new(int descriptor)
{
    ProcessLog *log = memory_alloc(sizeof *log);
    memset(log, 0, sizeof *log);
    log->descriptor = descriptor;
    fcntl(descriptor, F_SETFL, O_NONBLOCK);
    pthread_mutex_init(&log->lock, NULL);
    if (pipe2(log->stop, O_CLOEXEC) != 0) log->stop[0] = log->stop[1] = -1;
    log->reading = pthread_create(&log->reader, NULL, read_on, log) == 0;
    return log;
}

void process_log_close(ProcessLog *log)
{
    if (!log->reading) return;
    if (log->stop[1] >= 0) close(log->stop[1]);
    log->stop[1] = -1;
    pthread_join(log->reader, NULL);
    log->reading = false;
    drain(log);
}

void process_log_free(ProcessLog *log)
{
    process_log_close(log);
    close(log->descriptor);
    if (log->stop[0] >= 0) close(log->stop[0]);
    pthread_mutex_destroy(&log->lock);
    free(log);
}

Str process_log_last(ProcessLog *log, Arena *arena, size_t bytes)
{
    pthread_mutex_lock(&log->lock);
    size_t kept = log->total < LIMIT_PROCESS_LOG ? log->total : LIMIT_PROCESS_LOG;
    size_t length = kept < bytes ? kept : bytes;
    char *text = arena_alloc(arena, length + 1);
    for (size_t i = 0; i < length; i++)
        text[i] = log->ring[(log->total - length + i) % LIMIT_PROCESS_LOG];
    bool cut = length < log->total;
    pthread_mutex_unlock(&log->lock);
    Str last = {text, length};
    size_t line = cut ? str_find_byte(last, '\n') : SIZE_MAX;
    return str_trim(line == SIZE_MAX ? last : str_drop(last, line + 1));
}
