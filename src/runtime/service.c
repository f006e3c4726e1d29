#define _GNU_SOURCE
#include "runtime/service.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/banned.h"

const char *service_find(Arena *arena, const char *program)
{
    Str folders = str_join(arena, str_from(getenv("PATH")), STR(":"), STR("/usr/sbin:/usr/local/sbin"));
    while (folders.len) {
        Str folder = str_before(folders, ':');
        const char *path = str_join(arena, folder, STR("/"), str_from(program)).ptr;
        if (folder.len && access(path, X_OK) == 0) return path;
        folders = str_drop(folders, folder.len < folders.len ? folder.len + 1 : folder.len);
    }
    return NULL;
}

uint16_t service_free_port(void)
{
    struct sockaddr_in place = {.sin_family = AF_INET};
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof place;
    int handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool found = handle >= 0 && bind(handle, (struct sockaddr *)&place, sizeof place) == 0 &&
                 getsockname(handle, (struct sockaddr *)&place, &length) == 0;
    if (handle >= 0) close(handle);
    return found ? ntohs(place.sin_port) : 0;
}

int service_connect(const char *socket_path)
{
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    size_t length = strlen(socket_path);
    if (length >= sizeof place.sun_path) return -1;
    memcpy(place.sun_path, socket_path, length);
    int handle = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (handle < 0 || connect(handle, (struct sockaddr *)&place, sizeof place) == 0) return handle;
    close(handle);
    return -1;
}

uint64_t service_behind_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec - clock_now_ns();
}

bool service_wait(Process *process, uint64_t until_ns)
{
    struct timespec moment = {0, 2000000};
    nanosleep(&moment, NULL);
    return process_alive(process) && clock_now_ns() < until_ns;
}

static bool ended_well(Arena *arena, Process *process, const char *what, Fail *fail)
{
    const uint64_t patience_ns = 60000000000u;
    uint64_t until_ns = clock_now_ns() + patience_ns;
    while (service_wait(process, until_ns))
        continue;
    bool well = process->ended && !process->signalled && process->status == 0;
    process_end(process, 0);
    Str words = process_log_end(process, arena, 400);
    return well ||
           fail_at(fail, NULL, 0, "%s: %.*s; it said: %.*s", what, (int)process_how_ended(process, arena).len,
                   process_how_ended(process, arena).ptr, (int)words.len, words.ptr);
}

bool service_run(Arena *arena, const ProcessPlan *plan, const char *what, Fail *fail)
{
    Process process;
    bool well = process_start(&process, plan, fail) && ended_well(arena, &process, what, fail);
    process_free(&process);
    return well;
}
