/* process.h - a program that loopsafe starts, watches and ends, with all that it has started itself.
 *
 * Shape   what it prints (standard output and error) is read all the time, so that it never waits for us, and the last
 *         LIMIT_PROCESS_LOG bytes are kept. It dies when loopsafe does.
 * Owner   process_end closes the descriptors and waits for the process; the log stays until process_free.
 * Errors  a program that cannot be started is a Fail with its name.
 * Threads one at a time, and all from the thread that started it; a thread of its own reads the log. */
#ifndef LOOPSAFE_RUNTIME_PROCESS_H
#define LOOPSAFE_RUNTIME_PROCESS_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"
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
    const char *cover,
        *covered;    /* it sees the folder `cover` at the place `covered` (cover.h); NULL: as all do */
    const int *keep; /* descriptors that stay open under their numbers */
    size_t keep_count;
    bool control; /* a pipe on which the program tells: its number is in LOOPSAFE_CONTROL_FD */
    ProcessLimits limits;
} ProcessPlan;

typedef struct ProcessLog ProcessLog;

typedef struct Process {
    pid_t pid;       /* also its process group; 0: none was started */
    int control;     /* where it tells, non-blocking; -1: nothing */
    Buf told;        /* what it told and nobody has read */
    bool ended;      /* known to have ended */
    bool signalled;  /* by a signal */
    int status;      /* its exit code or signal, when ended */
    bool reaped;     /* its number may belong to another process */
    ProcessLog *log; /* what it printed */
} Process;

bool process_start(Process *process, const ProcessPlan *plan, Fail *fail) __attribute__((warn_unused_result));
/* True while it runs. */
bool process_alive(Process *process);
/* One line of what it tells, without its end; ptr NULL: none in time, or it has ended. */
Str process_told(Process *process, Arena *arena, uint64_t timeout_ns);
/* Asks it to end (SIGTERM), waits for at most that long, then ends its group and all its descendants by force. */
void process_end(Process *process, uint64_t patience_ns);
/* Ends it without patience, if need be, and forgets its log. */
void process_free(Process *process);
/* Processor time of the process and of all that it has started and that still runs, nanoseconds. *main_ns: of its first thread. */
uint64_t process_cpu_ns(const Process *process, uint64_t *main_ns);
/* None of it and of what it has started runs or wants to: all wait for somebody else. */
bool process_rests(const Process *process);
/* The last whole lines that it printed, at most that many bytes. */
Str process_log_end(Process *process, Arena *arena, size_t bytes);
/* "ended with exit code 3", "was ended by signal 9 (Killed)"; for messages. */
Str process_how_ended(const Process *process, Arena *arena);

#endif
