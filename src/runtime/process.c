#define _GNU_SOURCE
#include "runtime/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "runtime/cover.h"
#include "runtime/descendants.h"
#include "runtime/process_log.h"

#include "base/banned.h"

/* A killed process is gone when its memory is; one that waits for a broken disk never is. */
static const uint64_t PATIENCE_AFTER_KILL_NS = 5000000000u;

/* --- the child, between fork and exec: only calls that are safe there --- */

static void limit(int what, uint64_t value)
{
    struct rlimit bound = {.rlim_cur = value, .rlim_max = value};
    if (value) setrlimit((__rlimit_resource_t)what, &bound);
}

static void keep_open(const int *descriptors, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fcntl(descriptors[i], F_SETFD, 0);
}

static _Noreturn void become(const ProcessPlan *plan, char *const *environment, pid_t parent, int output,
                             int control, int trouble)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127); /* it died before the line above */
    limit(RLIMIT_AS, plan->limits.memory_bytes);
    limit(RLIMIT_CPU, plan->limits.cpu_seconds);
    limit(RLIMIT_NPROC, plan->limits.processes);
    limit(RLIMIT_FSIZE, plan->limits.file_bytes);
    limit(RLIMIT_CORE, 0);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(nothing, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    keep_open(plan->keep, plan->keep_count);
    if (control >= 0) keep_open(&control, 1);
    bool covered = !plan->cover || folder_cover(plan->cover, plan->covered);
    if (covered && (!plan->folder || chdir(plan->folder) == 0))
        execvpe(plan->arguments[0], (char *const *)(uintptr_t)plan->arguments, environment);
    int error = errno;
    ssize_t ignored = write(trouble, &error, sizeof error);
    (void)ignored;
    _exit(127);
}

/* --- starting --- */

typedef struct Pipes {
    int output[2], control[2], trouble[2];
} Pipes;

static void close_all(Pipes *pipes)
{
    int *ends = (int *)pipes;
    for (size_t i = 0; i < sizeof *pipes / sizeof *ends; i++)
        if (ends[i] >= 0) close(ends[i]);
}

static bool pipes_open(Pipes *pipes, bool control)
{
    *pipes = (Pipes){{-1, -1}, {-1, -1}, {-1, -1}};
    bool opened = pipe2(pipes->output, O_CLOEXEC) == 0 && pipe2(pipes->trouble, O_CLOEXEC) == 0 &&
                  (!control || pipe2(pipes->control, O_CLOEXEC) == 0);
    if (!opened) close_all(pipes);
    return opened;
}

/* The environment, and where to tell. */
static char **environment_with(Arena *arena, const ProcessPlan *plan, int control)
{
    size_t count = 0;
    while (plan->environment && plan->environment[count])
        count++;
    char **lines = arena_array(arena, count + 2, sizeof *lines);
    for (size_t i = 0; i < count; i++)
        lines[i] = (char *)(uintptr_t)plan->environment[i];
    if (control >= 0)
        lines[count] = (char *)(uintptr_t)str_format(arena, "LOOPSAFE_CONTROL_FD=%d", control).ptr;
    return lines;
}

static void take_end(int *end, int *kept)
{
    *kept = *end;
    *end = -1;
}

/* What exec said; 0: it went well and the pipe closed. */
static int exec_error(int trouble)
{
    int error = 0;
    ssize_t length;
    do {
        length = read(trouble, &error, sizeof error);
    } while (length < 0 && errno == EINTR);
    return length == (ssize_t)sizeof error ? error : 0;
}

static bool start(Process *process, const ProcessPlan *plan, Pipes *pipes, Fail *fail)
{
    Arena arena;
    arena_init(&arena);
    char **environment = environment_with(&arena, plan, pipes->control[1]);
    pid_t parent = getpid();
    process->pid = fork();
    if (process->pid == 0)
        become(plan, environment, parent, pipes->output[1], pipes->control[1], pipes->trouble[1]);
    int error = process->pid < 0 ? errno : 0;
    arena_free(&arena);
    close(pipes->trouble[1]);
    pipes->trouble[1] = -1;
    if (!error) error = exec_error(pipes->trouble[0]);
    if (!error) return true;
    if (process->pid > 0) waitpid(process->pid, NULL, 0);
    process->pid = 0;
    return fail_at(fail, NULL, 0, "cannot start '%s': %s", plan->arguments[0], strerror(error));
}

bool process_start(Process *process, const ProcessPlan *plan, Fail *fail)
{
    *process = (Process){.control = -1};
    buf_init(&process->told);
    Pipes pipes;
    if (!pipes_open(&pipes, plan->control))
        return fail_at(fail, NULL, 0, "cannot start '%s': %s", plan->arguments[0], strerror(errno));
    bool started = start(process, plan, &pipes, fail);
    if (started) {
        setpgid(process->pid, process->pid);
        int output;
        take_end(&pipes.output[0], &output);
        process->log = process_log_new(output);
        if (plan->control) {
            take_end(&pipes.control[0], &process->control);
            fcntl(process->control, F_SETFL, O_NONBLOCK);
        }
    }
    close_all(&pipes);
    return started;
}

/* --- while it runs --- */

/* The number stays taken until process_end: its group can still be named. */
bool process_alive(Process *process)
{
    if (!process->pid || process->ended) return false;
    siginfo_t end = {0};
    if (waitid(P_PID, (id_t)process->pid, &end, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        end.si_pid == process->pid) {
        process->ended = true;
        process->signalled = end.si_code != CLD_EXITED;
        process->status = end.si_status;
    }
    return !process->ended;
}

/* The first whole line that was told; ptr NULL: none. */
static Str take_line(Process *process, Arena *arena)
{
    Str all = buf_str(&process->told);
    size_t end = str_find_byte(all, '\n');
    if (end == SIZE_MAX) return (Str){0};
    Str line = str_copy(arena, str_part(all, 0, end));
    Str rest = str_copy(arena, str_drop(all, end + 1));
    buf_clear(&process->told);
    buf_add(&process->told, rest);
    return line;
}

/* False: nothing more will come. */
static bool read_told(Process *process)
{
    char bytes[65536];
    ssize_t length;
    while ((length = read(process->control, bytes, sizeof bytes)) > 0) {
        buf_add(&process->told, (Str){bytes, (size_t)length});
        if (process->told.len > LIMIT_TOLD_BYTES) return false;
    }
    return length < 0 && (errno == EAGAIN || errno == EINTR);
}

Str process_told(Process *process, Arena *arena, uint64_t timeout_ns)
{
    uint64_t end = clock_now_ns() + timeout_ns;
    for (;;) {
        Str line = take_line(process, arena);
        if (line.ptr || process->control < 0) return line;
        uint64_t now = clock_now_ns();
        int wait_ms = now >= end ? 0 : (int)((end - now) / 1000000 % 1000) + 1;
        struct pollfd told = {.fd = process->control, .events = POLLIN};
        if (poll(&told, 1, wait_ms) > 0 && !read_told(process)) {
            line = take_line(process, arena);
            close(process->control);
            process->control = -1;
            return line;
        }
        if (now >= end && !told.revents) return (Str){0};
    }
}

uint64_t process_cpu_ns(const Process *process, uint64_t *main_ns)
{
    uint64_t sum = 0;
    pid_t *family = memory_alloc(LIMIT_DESCENDANTS * sizeof *family);
    size_t count = descendants_of(process->pid, family, LIMIT_DESCENDANTS);
    *main_ns = 0;
    for (size_t i = 0; i < count; i++)
        sum += descendant_cpu_ns(family[i], i == 0 ? main_ns : NULL);
    free(family);
    return sum;
}

bool process_rests(const Process *process)
{
    pid_t *family = memory_alloc(LIMIT_DESCENDANTS * sizeof *family);
    size_t count = descendants_of(process->pid, family, LIMIT_DESCENDANTS);
    bool runs = false;
    for (size_t i = 0; i < count && !runs; i++)
        runs = descendant_runs(family[i]);
    free(family);
    return !runs;
}

/* --- its end --- */

static bool wait_for(Process *process, uint64_t patience_ns)
{
    uint64_t end = clock_now_ns() + patience_ns;
    while (process_alive(process)) {
        if (clock_now_ns() >= end) return false;
        struct timespec moment = {0, 2000000};
        nanosleep(&moment, NULL);
    }
    return true;
}

/* Handles of all that it has started, also of what has left its group. */
static size_t hold_family(const Process *process, int *handles)
{
    pid_t *family = memory_alloc(LIMIT_DESCENDANTS * sizeof *family);
    size_t count = descendants_of(process->pid, family, LIMIT_DESCENDANTS), held = 0;
    for (size_t i = 1; i < count; i++)
        handles[held++] = descendant_open(family[i]);
    free(family);
    return held;
}

void process_end(Process *process, uint64_t patience_ns)
{
    if (!process->pid || process->reaped) return;
    int *handles = memory_alloc(LIMIT_DESCENDANTS * sizeof *handles);
    size_t held = process_alive(process) ? hold_family(process, handles) : 0;
    if (patience_ns && process_alive(process)) kill(process->pid, SIGTERM);
    wait_for(process, patience_ns);
    kill(-process->pid, SIGKILL);
    for (size_t i = 0; i < held; i++)
        descendant_kill(handles[i]);
    free(handles);
    wait_for(process, PATIENCE_AFTER_KILL_NS);
    if (process->ended) process->reaped = waitpid(process->pid, NULL, 0) == process->pid;
    if (process->control >= 0) close(process->control);
    process->control = -1;
    process_log_close(process->log);
}

void process_free(Process *process)
{
    process_end(process, 0);
    if (process->log) process_log_free(process->log);
    buf_free(&process->told);
    *process = (Process){.control = -1};
}

Str process_log_end(Process *process, Arena *arena, size_t bytes)
{
    return process->log ? process_log_last(process->log, arena, bytes) : STR("");
}

Str process_how_ended(const Process *process, Arena *arena)
{
    if (!process->ended) return STR("still runs");
    if (process->signalled)
        return str_format(arena, "was ended by signal %d (%s)", process->status, strsignal(process->status));
    return str_format(arena, "ended with exit code %d", process->status);
}
