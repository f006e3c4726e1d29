#define _GNU_SOURCE
#include "runtime/redis.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "runtime/service.h"

#include "base/banned.h"

static const uint64_t PATIENCE_NS = 10000000000u;

/* --- talking to it --- */

/* Waits until the text stands in what was read, and reads on until then; SIZE_MAX: it never comes. Gives the place behind it. */
static size_t read_until(int connection, Buf *seen, Str text)
{
    uint64_t until_ns = clock_now_ns() + PATIENCE_NS;
    for (;;) {
        size_t place = str_find(buf_str(seen), text);
        if (place != SIZE_MAX) return place + text.len;
        char bytes[65536];
        struct pollfd wait = {.fd = connection, .events = POLLIN};
        if (clock_now_ns() > until_ns || (poll(&wait, 1, 100) < 0 && errno != EINTR)) return SIZE_MAX;
        if (!wait.revents) continue;
        ssize_t count = read(connection, bytes, sizeof bytes);
        if (count <= 0) return SIZE_MAX;
        buf_add(seen, (Str){bytes, (size_t)count});
    }
}

/* Sends a command and waits for its answer. */
static bool ask(int connection, Str command, Str answer)
{
    Buf seen;
    buf_init(&seen);
    bool answered = io_write_stream(connection, command) && read_until(connection, &seen, answer) != SIZE_MAX;
    buf_free(&seen);
    return answered;
}

/* --- its start --- */

static bool connect_both(Redis *redis)
{
    uint64_t until_ns = clock_now_ns() + PATIENCE_NS;
    while ((redis->control = service_connect(redis->socket)) < 0)
        if (!service_wait(&redis->process, until_ns)) return false;
    redis->monitor = service_connect(redis->socket);
    return redis->monitor >= 0 && ask(redis->monitor, STR("MONITOR\r\n"), STR("+OK\r\n"));
}

bool redis_start(Redis *redis, Arena *arena, const char *folder, uint16_t wanted_port, Fail *fail)
{
    *redis = (Redis){.monitor = -1, .control = -1, .process = {.control = -1}};
    const char *program = service_find(arena, "redis-server");
    if (!program) program = service_find(arena, "valkey-server");
    if (!program)
        return fail_at(fail, NULL, 0,
                       "--service redis: Redis is not installed here (Debian: the package redis-server)");
    const char *place = str_format(arena, "%s/redis", folder).ptr;
    if (mkdir(place, S_IRWXU) != 0) return fail_at(fail, place, 0, "cannot be made: %s", strerror(errno));
    redis->socket = str_format(arena, "%s/redis.sock", place).ptr;
    redis->port = wanted_port ? wanted_port : service_free_port();
    const char *port = str_format(arena, "%u", redis->port).ptr;
    const char *arguments[] = {
        program,        "--port",       port,    "--bind", "127.0.0.1",    "--save",      "",
        "--appendonly", "no",           "--dir", place,    "--unixsocket", redis->socket, "--daemonize",
        "no",           "--maxclients", "4000",  NULL};
    const char *environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", NULL};
    ProcessPlan plan = {.arguments = arguments, .environment = environment, .folder = place};
    if (!process_start(&redis->process, &plan, fail)) return false;
    if (connect_both(redis)) return true;
    Str words = process_log_end(&redis->process, arena, 400);
    return fail_at(fail, NULL, 0, "--service redis: the server does not start; it said: %.*s", (int)words.len,
                   words.ptr);
}

void redis_end(Redis *redis)
{
    if (redis->monitor >= 0) close(redis->monitor);
    if (redis->control >= 0) close(redis->control);
    redis->monitor = redis->control = -1;
    process_free(&redis->process);
    buf_free(&redis->seen);
}

/* --- commands --- */

/* "1700000000.123456 " in nanoseconds. */
static bool take_time(Str *line, uint64_t *time_ns)
{
    Str text = str_before(*line, ' ');
    uint64_t number = 0;
    size_t digits = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '.') continue;
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || ++digits > 16) return false;
        number = number * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    *time_ns = number * 1000;
    *line = str_drop(*line, text.len);
    return digits == 16;
}

/* Bytes of a quoted word from its quote on; a backslash protects the next byte. */
static size_t word_bytes(Str text)
{
    for (size_t i = 1; i < text.len; i++) {
        if (text.ptr[i] == '\\')
            i++;
        else if (text.ptr[i] == '"')
            return i + 1;
    }
    return text.len;
}

static bool is_plain(Str word)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.ptr[i] == ' ' || word.ptr[i] == '\\' || word.ptr[i] == '"') return false;
    return word.len > 0;
}

/* Words without quotes where nothing is lost by it. */
static void add_words(Buf *buf, Str rest)
{
    while (rest.len) {
        Str quoted = str_part(rest, 0, rest.ptr[0] == '"' ? word_bytes(rest) : 1);
        Str inner = quoted.len >= 2 ? str_part(quoted, 1, quoted.len - 1) : quoted;
        if (quoted.ptr[0] == '"' && buf->len) buf_add_byte(buf, ' ');
        if (quoted.ptr[0] == '"') buf_add(buf, is_plain(inner) ? inner : quoted);
        rest = str_drop(rest, quoted.len);
    }
}

static bool is_greeting(Str command)
{
    static const char *const words[] = {"HELLO", "AUTH", "SELECT",  "CLIENT",
                                        "PING",  "QUIT", "COMMAND", "INFO"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (command.len == strlen(words[i]) && strncasecmp(command.ptr, words[i], command.len) == 0)
            return true;
    return false;
}

bool redis_line_read(Arena *arena, Str line, uint64_t behind_ns, OutsideCall *call)
{
    uint64_t time_ns;
    if (!str_starts(line, STR("+"))) return false;
    line = str_drop(line, 1);
    if (!take_time(&line, &time_ns)) return false;
    size_t open = str_find_byte(line, '['), close = str_find_byte(line, ']');
    if (open == SIZE_MAX || close == SIZE_MAX || close < open) return false;
    Str number = str_before(str_part(line, open + 1, close), ' ');
    Buf buf;
    buf_init(&buf);
    add_words(&buf, str_drop(line, close + 1));
    Str text = str_copy(arena, buf_str(&buf));
    buf_free(&buf);
    *call = (OutsideCall){
        .kind = STR("redis"), .text = text, .at_ns = time_ns > behind_ns ? time_ns - behind_ns : 0};
    if (!str_equal(number, STR("0")))
        call->text = str_format(arena, "db%.*s: %.*s", (int)number.len, number.ptr, (int)text.len, text.ptr);
    return text.len && !is_greeting(str_before(text, ' '));
}

/* Asks for a mark and reads the monitor up to it: all that was done before is there then. The place behind the mark. */
static size_t read_to_mark(Redis *redis)
{
    char command[96], mark[64];
    snprintf(mark, sizeof mark, "loopsafe mark %u", ++redis->marks);
    snprintf(command, sizeof command, "ECHO \"%s\"\r\n", mark);
    if (!ask(redis->control, str_from(command), str_from(mark))) return SIZE_MAX;
    return read_until(redis->monitor, &redis->seen, str_from(mark));
}

/* What stands behind the mark is kept for the next time. */
static void forget(Redis *redis, size_t behind)
{
    Buf rest;
    buf_init(&rest);
    if (behind != SIZE_MAX) buf_add(&rest, str_drop(buf_str(&redis->seen), behind));
    buf_free(&redis->seen);
    redis->seen = rest;
}

bool redis_renew(Redis *redis, Fail *fail)
{
    size_t behind = ask(redis->control, STR("FLUSHALL\r\n"), STR("+OK\r\n")) ? read_to_mark(redis) : SIZE_MAX;
    forget(redis, behind);
    return behind != SIZE_MAX || fail_at(fail, NULL, 0, "--service redis: the server no longer answers");
}

static void add_call(Redis *redis, Calls *calls, Str line, uint64_t behind_ns)
{
    OutsideCall call;
    if (!redis_line_read(calls->arena, line, behind_ns, &call)) return;
    vec_add(&calls->items, call);
    redis->commands++;
}

/* The mark itself stands in the last line, which is not whole. */
void redis_calls(Redis *redis, Calls *calls)
{
    size_t behind = read_to_mark(redis);
    uint64_t behind_ns = service_behind_ns();
    Str rest = str_part(buf_str(&redis->seen), 0, behind == SIZE_MAX ? 0 : behind);
    for (size_t end = str_find_byte(rest, '\n'); end != SIZE_MAX; end = str_find_byte(rest, '\n')) {
        add_call(redis, calls, str_trim(str_part(rest, 0, end)), behind_ns);
        rest = str_drop(rest, end + 1);
    }
    forget(redis, behind);
}
