/* process.h - a program that loopsafe starts, watches and ends, with all that it has started itself.
 *
 * Owner   process_end closes the descriptors and waits for the process.
 * Errors  a program that cannot be started is a Fail with its name.
 * Threads one at a time. */
#ifndef LOOPSAFE_RUNTIME_PROCESS_H
#define LOOPSAFE_RUNTIME_PROCESS_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/fail.h"
#include "base/str.h"

typedef struct ProcessLimits {
    uint64_t memory_bytes; /* address space; 0: no limit */
    uint64_t cpu_seconds;
    uint32_t processes;
    uint64_t file_bytes;
} ProcessLimits;

typedef struct ProcessPlan {
    const char *const *arguments;   /* ends in NULL; the first is the program, searched in PATH */
    const char *const *environment; /* all of it, "NAME=value", ends in NULL */
    const char *folder;             /* working directory */
    const char *log;                /* standard output and error go there, at most LIMIT_PROCESS_LOG bytes; NULL: nowhere */
    const int *keep;                /* descriptors that stay open under their numbers */
    size_t keep_count;
    bool control; /* a pipe on which the program tells: its number is in LOOPSAFE_CONTROL_FD */
    ProcessLimits limits;
} ProcessPlan;

typedef struct Process {
    pid_t pid;         /* also its process group */
    int control;       /* where it tells, non-blocking; -1: nothing */
    bool ended;        /* known to have ended */
    int status;        /* of waitpid, when ended */
} Process;

bool process_start(Process *process, const ProcessPlan *plan, Fail *fail) __attribute__((warn_unused_result));
/* True while it runs. */
bool process_alive(Process *process);
/* One line of what it tells, without its end; ptr NULL: none in time, or it has ended. */
Str process_told(Process *process, Arena *arena, uint64_t timeout_ns);
/* Asks it to end (SIGTERM), waits for at most that long, then ends its group by force. */
void process_end(Process *process, uint64_t patience_ns);
/* Processor time of the process and of all that it has started and that still runs, nanoseconds. *main_ns: of its first thread. */
uint64_t process_cpu_ns(const Process *process, uint64_t *main_ns);
/* The last lines of a log, at most that many bytes. */
Str process_log_end(Arena *arena, const char *log, size_t bytes);

#endif
