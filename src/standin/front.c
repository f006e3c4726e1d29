#define _GNU_SOURCE
#include "standin/front.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/pump.h"

#include "base/banned.h"

/* --- the first message --- */

enum {
    FIRST_BYTES = 10000, /* PostgreSQL itself takes no longer first message */
    VERSION_3 = 3,
    CODE_CANCEL = 80877102,
    CODE_TLS = 80877103,
    CODE_GSS = 80877104
};

static uint32_t read_number(const char *bytes)
{
    const unsigned char *byte = (const unsigned char *)bytes;
    return (uint32_t)byte[0] << 24 | (uint32_t)byte[1] << 16 | (uint32_t)byte[2] << 8 | byte[3];
}

static void add_number(Buf *buf, uint32_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_add_byte(buf, (char)(number >> shift));
}

static void add_text(Buf *buf, const char *text)
{
    buf_add(buf, (Str){text, strlen(text) + 1});
}

/* Takes a text and its NUL off the front; false: there is none. */
static bool take_text(Str *rest, Str *text)
{
    size_t end = str_find_byte(*rest, 0);
    if (end == SIZE_MAX) return false;
    *text = str_part(*rest, 0, end);
    *rest = str_drop(*rest, end + 1);
    return true;
}

/* The settings of the session but for who and where. */
static bool copy_settings(Str settings, Buf *kept)
{
    Str name, value;
    while (take_text(&settings, &name) && name.len) {
        if (!take_text(&settings, &value)) return false;
        if (str_equal(name, STR("user")) || str_equal(name, STR("database"))) continue;
        buf_add(kept, (Str){name.ptr, name.len + 1});
        buf_add(kept, (Str){value.ptr, value.len + 1});
    }
    return true;
}

static FrontMessage rewrite(Str settings, uint32_t version, const char *database, Buf *rewritten)
{
    Buf kept;
    buf_init(&kept);
    bool sound = copy_settings(settings, &kept);
    add_text(&kept, "user");
    add_text(&kept, FRONT_USER);
    add_text(&kept, "database");
    add_text(&kept, database);
    buf_add_byte(&kept, 0);
    add_number(rewritten, (uint32_t)kept.len + 8);
    add_number(rewritten, version);
    buf_add(rewritten, buf_str(&kept));
    buf_free(&kept);
    return sound ? FRONT_START : FRONT_BROKEN;
}

FrontMessage front_read(Str bytes, const char *database, Buf *rewritten, size_t *used)
{
    *used = 0;
    if (bytes.len < 8) return FRONT_WANTED;
    uint32_t length = read_number(bytes.ptr), code = read_number(bytes.ptr + 4);
    if (length < 8 || length > FIRST_BYTES) return FRONT_BROKEN;
    if (bytes.len < length) return FRONT_WANTED;
    *used = length;
    if (code == CODE_TLS || code == CODE_GSS) return FRONT_ENCRYPT;
    if (code == CODE_CANCEL) return FRONT_CANCEL;
    return code >> 16 == VERSION_3 ? rewrite(str_part(bytes, 8, length), code, database, rewritten)
                                   : FRONT_BROKEN;
}

/* --- connections --- */

typedef struct Visit {
    int client;
    const char *postgres;
    const Routes *routes;
} Visit;

static bool send_all(int socket, Str bytes)
{
    while (bytes.len) {
        ssize_t count = send(socket, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (count <= 0) return false;
        bytes = str_drop(bytes, (size_t)count);
    }
    return true;
}

/* Reads until the first message that counts is there; `first`: what the server is to get instead. */
static bool read_first(const Visit *visit, Buf *first)
{
    char bytes[FIRST_BYTES], database[sizeof visit->routes->database];
    size_t there = 0;
    memcpy(database, visit->routes->database, sizeof database);
    database[sizeof database - 1] = 0;
    for (;;) {
        size_t used;
        FrontMessage message = front_read((Str){bytes, there}, database, first, &used);
        if (message == FRONT_BROKEN) return false;
        if (message == FRONT_ENCRYPT && send(visit->client, "N", 1, MSG_NOSIGNAL) != 1) return false;
        if (message == FRONT_CANCEL) buf_add(first, (Str){bytes, used});
        memmove(bytes, bytes + used, there - used);
        there -= used;
        if (message == FRONT_START || message == FRONT_CANCEL) {
            buf_add(first, (Str){bytes, there});
            return true;
        }
        ssize_t count =
            message == FRONT_WANTED ? recv(visit->client, bytes + there, sizeof bytes - there, 0) : 1;
        if (count <= 0) return false;
        if (message == FRONT_WANTED) there += (size_t)count;
    }
}

static int connect_server(const char *path)
{
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length >= sizeof place.sun_path) return -1;
    memcpy(place.sun_path, path, length);
    int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server >= 0 && connect(server, (struct sockaddr *)&place, sizeof place) == 0) return server;
    if (server >= 0) close(server);
    return -1;
}

static void *serve_visit(void *context)
{
    Visit *visit = context;
    Buf first;
    buf_init(&first);
    int server = read_first(visit, &first) ? connect_server(visit->postgres) : -1;
    if (server >= 0 && send_all(server, buf_str(&first))) pump_both_ways(visit->client, server);
    if (server >= 0) close(server);
    buf_free(&first);
    close(visit->client);
    free(visit);
    return NULL;
}

/* The stack is small: what it holds is the pump's bytes. */
static bool start_thread(void *(*run)(void *), void *context)
{
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 512 * 1024);
    bool started = pthread_create(&thread, &attributes, run, context) == 0;
    pthread_attr_destroy(&attributes);
    return started;
}

static void *accept_visits(void *context)
{
    Visit *door = context;
    for (;;) {
        int client = accept4(door->client, NULL, NULL, SOCK_CLOEXEC), yes = 1;
        if (client < 0) {
            if (errno == EMFILE || errno == ENFILE) usleep(10000);
            continue;
        }
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        Visit *visit = memory_alloc(sizeof *visit);
        *visit = *door;
        visit->client = client;
        if (start_thread(serve_visit, visit)) continue;
        close(client);
        free(visit);
    }
    return NULL;
}

bool front_serve(int listener, const char *postgres, const Routes *routes, Fail *fail)
{
    Visit *door = memory_alloc(sizeof *door);
    *door = (Visit){.client = listener, .postgres = postgres, .routes = routes};
    if (start_thread(accept_visits, door)) return true;
    free(door);
    return fail_at(fail, NULL, 0, "the stand-in cannot start a thread");
}
