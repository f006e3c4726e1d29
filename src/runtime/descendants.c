#define _GNU_SOURCE
#include "runtime/descendants.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/banned.h"

/* Reads a small file of /proc; the text ends in NUL. 0: it is gone. */
static size_t read_small(const char *path, char *text, size_t room)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    size_t length = 0;
    ssize_t part;
    while (length + 1 < room && (part = read(file, text + length, room - 1 - length)) > 0)
        length += (size_t)part;
    close(file);
    text[length] = 0;
    return length;
}

/* Numbers of the entries of a folder that are numbers. */
static long next_number(DIR *folder)
{
    struct dirent *entry;
    while ((entry = readdir(folder))) {
        char *end;
        long number = strtol(entry->d_name, &end, 10);
        if (number > 0 && !*end) return number;
    }
    return 0;
}

/* The children that one thread has started. */
static size_t add_children(pid_t pid, long thread, pid_t *family, size_t count, size_t room)
{
    char path[64], text[65536];
    snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", (long)pid, thread);
    if (!read_small(path, text, sizeof text)) return count;
    char *at = text;
    for (;;) {
        char *end;
        long child = strtol(at, &end, 10);
        if (end == at || child <= 0 || count == room) return count;
        family[count++] = (pid_t)child;
        at = end;
    }
}

static size_t add_children_of(pid_t pid, pid_t *family, size_t count, size_t room)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/task", (long)pid);
    DIR *threads = opendir(path);
    if (!threads) return count;
    long thread;
    while ((thread = next_number(threads)))
        count = add_children(pid, thread, family, count, room);
    closedir(threads);
    return count;
}

size_t descendants_of(pid_t root, pid_t *family, size_t room)
{
    if (!room || root <= 0) return 0;
    size_t count = 1;
    family[0] = root;
    for (size_t i = 0; i < count; i++)
        count = add_children_of(family[i], family, count, room);
    return count;
}

static uint64_t thread_cpu_ns(pid_t pid, long thread)
{
    char path[64], text[128];
    snprintf(path, sizeof path, "/proc/%ld/task/%ld/schedstat", (long)pid, thread);
    return read_small(path, text, sizeof text) ? strtoull(text, NULL, 10) : 0;
}

uint64_t descendant_cpu_ns(pid_t pid, uint64_t *main_ns)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/task", (long)pid);
    DIR *threads = opendir(path);
    if (!threads) return 0;
    uint64_t sum = 0;
    long thread;
    while ((thread = next_number(threads))) {
        uint64_t spent = thread_cpu_ns(pid, thread);
        if (main_ns && thread == (long)pid) *main_ns = spent;
        sum += spent;
    }
    closedir(threads);
    return sum;
}

/* "12345 (any) name) S …": the letter behind the last bracket. */
static bool thread_runs(pid_t pid, long thread)
{
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%ld/task/%ld/stat", (long)pid, thread);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    ssize_t length = read(file, line, sizeof line - 1);
    close(file);
    line[length > 0 ? length : 0] = '\0';
    const char *bracket = strrchr(line, ')');
    return bracket && bracket[1] && (bracket[2] == 'R' || bracket[2] == 'D');
}

bool descendant_runs(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/task", (long)pid);
    DIR *threads = opendir(path);
    if (!threads) return false;
    bool runs = false;
    for (long thread; !runs && (thread = next_number(threads));)
        runs = thread_runs(pid, thread);
    closedir(threads);
    return runs;
}

int descendant_open(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0u);
}

void descendant_kill(int handle)
{
    if (handle < 0) return;
    syscall(SYS_pidfd_send_signal, handle, SIGKILL, NULL, 0u);
    close(handle);
}
