/* loopsafe-stand-in SETTINGS.json - the outside world of a run; started by loopsafe (runtime/stand_in.c), never by a person.
 *
 * Tells, one line of JSON on LOOPSAFE_CONTROL_FD: {"event": "ready", "port", "name_server", "postgres"}, or {"event": "failed",
 * "message"}. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"
#include "standin/front.h"
#include "standin/name_server.h"
#include "standin/server.h"

#include "base/banned.h"

/* A socket on 127.0.0.1, at *port, or one that the kernel chooses when it is 0; -1 and a Fail. */
static int open_port(int type, uint16_t *port, Fail *fail)
{
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(*port)};
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof place;
    int handle = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    bool opened = handle >= 0 && bind(handle, (struct sockaddr *)&place, sizeof place) == 0 &&
                  (type & SOCK_DGRAM || listen(handle, 4096) == 0) &&
                  getsockname(handle, (struct sockaddr *)&place, &length) == 0;
    *port = ntohs(place.sin_port);
    if (opened) return handle;
    fail_at(fail, NULL, 0, "the stand-in cannot listen on 127.0.0.1: %s", strerror(errno));
    return -1;
}

/* The same in the file system. */
static int open_path(const char *path, Fail *fail)
{
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    int handle = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (length < sizeof place.sun_path) memcpy(place.sun_path, path, length);
    if (handle >= 0 && place.sun_path[0] && bind(handle, (struct sockaddr *)&place, sizeof place) == 0 &&
        listen(handle, 4096) == 0)
        return handle;
    fail_at(fail, path, 0, "the stand-in cannot listen there: %s", strerror(errno));
    return -1;
}

/* As many connections as the machine allows. */
static void raise_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void tell(JsonOut *out)
{
    const char *number = getenv("LOOPSAFE_CONTROL_FD");
    buf_add_byte(out->buf, '\n');
    bool told = io_write_stream(number ? (int)strtol(number, NULL, 10) : STDOUT_FILENO, buf_str(out->buf));
    if (!told) exit(1); /* nobody is there to serve */
}

static void tell_ready(uint16_t port, uint16_t name_server, uint16_t postgres)
{
    Buf buf;
    JsonOut out;
    buf_init(&buf);
    json_out_init(&out, &buf, false);
    json_out_open(&out, '{');
    json_out_key(&out, "event");
    json_out_str(&out, STR("ready"));
    json_out_key(&out, "port");
    json_out_number(&out, port);
    json_out_key(&out, "name_server");
    json_out_number(&out, name_server);
    json_out_key(&out, "postgres");
    json_out_number(&out, postgres);
    json_out_close(&out, '}');
    tell(&out);
    buf_free(&buf);
}

static void tell_failed(const Fail *fail)
{
    Buf buf;
    JsonOut out;
    buf_init(&buf);
    json_out_init(&out, &buf, false);
    json_out_open(&out, '{');
    json_out_key(&out, "event");
    json_out_str(&out, STR("failed"));
    json_out_key(&out, "message");
    json_out_str(&out, str_from(fail->text));
    json_out_close(&out, '}');
    tell(&out);
    buf_free(&buf);
}

static bool open_front(const Settings *settings, uint16_t *port, Fail *fail)
{
    if (!settings->postgres || !settings->postgres_front) return true;
    *port = settings->postgres_port;
    int front = open_port(SOCK_STREAM, port, fail), local = open_path(settings->postgres_front, fail);
    return front >= 0 && local >= 0 && front_serve(front, settings->postgres, settings->routes, fail) &&
           front_serve(local, settings->postgres, settings->routes, fail);
}

static bool serve(Arena *arena, const char *path, Fail *fail)
{
    Settings settings;
    uint16_t port = 0, name_port = 0, postgres_port = 0;
    Desk desk = {.settings = &settings};
    if (!settings_read(arena, path, &settings, fail)) return false;
    desk.authority = authority_new(arena, fail);
    if (!desk.authority || !authority_write(desk.authority, settings.authority, fail)) return false;
    if (!journal_open(&desk.journal, settings.journal))
        return fail_at(fail, settings.journal, 0, "cannot be written: %s", strerror(errno));
    int listener = open_port(SOCK_STREAM | SOCK_NONBLOCK, &port, fail);
    int names = listener < 0 ? -1 : open_port(SOCK_DGRAM, &name_port, fail);
    if (names < 0 || !name_server_serve(names, settings.routes, fail)) return false;
    if (!open_front(&settings, &postgres_port, fail)) return false;
    tell_ready(port, name_port, postgres_port);
    return server_serve(&desk, listener, fail);
}

int main(int count, char **arguments)
{
    if (count != 2) {
        fprintf(stderr, "loopsafe-stand-in is started by loopsafe verify\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    raise_descriptors();
    Arena arena;
    arena_init(&arena);
    Fail fail = {0};
    if (!serve(&arena, arguments[1], &fail)) tell_failed(&fail);
    return 1;
}
