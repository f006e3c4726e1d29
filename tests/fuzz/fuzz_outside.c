/* fuzz_outside.c - any bytes as what applications send to the outside of a run, and as what its servers write down. */
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "runtime/calls.h"
#include "runtime/redis.h"
#include "runtime/sql_log.h"
#include "runtime/stand_in.h"
#include "standin/front.h"
#include "standin/http_request.h"
#include "standin/name_server.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Seen {
    size_t requests;
    uint64_t hash; /* of all requests */
    bool broken;
} Seen;

static void note(Seen *seen, const HttpRequest *request)
{
    if (!request->method.len || request->method.len > LIMIT_HTTP_METHOD || !request->target.len)
        BUG("a request without a line");
    if (!request->body_bytes && request->body_hash) BUG("a hash of nothing");
    seen->requests++;
    seen->hash = seen->hash * 31 + str_hash(request->method) + str_hash(request->target) +
                 request->body_hash + request->keep_alive;
}

static void feed(HttpReader *reader, Str bytes, Seen *seen)
{
    size_t used = 1;
    for (HttpStep step = HTTP_HEAD; step != HTTP_BROKEN && (bytes.len || step == HTTP_HEAD);) {
        step = http_reader_feed(reader, bytes, &used);
        if (used > bytes.len) BUG("more taken than there was");
        bytes = str_drop(bytes, used);
        if (step == HTTP_DONE) note(seen, &reader->request);
        if (step == HTTP_WANTED && bytes.len) BUG("bytes were left");
        seen->broken = seen->broken || step == HTTP_BROKEN;
    }
}

/* All at once or in pieces: the same requests. */
static Seen read_requests(Str bytes, size_t piece)
{
    HttpReader reader;
    Seen seen = {0};
    http_reader_init(&reader);
    for (size_t at = 0; at < bytes.len && !seen.broken; at += piece)
        feed(&reader, str_part(bytes, at, at + piece < bytes.len ? at + piece : bytes.len), &seen);
    http_reader_free(&reader);
    return seen;
}

static void check_requests(Str bytes)
{
    Seen whole = read_requests(bytes, bytes.len), pieces = read_requests(bytes, 1 + bytes.len / 7);
    if (whole.requests != pieces.requests || whole.hash != pieces.hash || whole.broken != pieces.broken)
        BUG("pieces are read otherwise");
}

static void check_front(Str bytes)
{
    Buf rewritten, again;
    buf_init(&rewritten);
    buf_init(&again);
    size_t used;
    FrontMessage message = front_read(bytes, "run_1", &rewritten, &used);
    if (used > bytes.len) BUG("more taken than there was");
    if (message == FRONT_START && front_read(buf_str(&rewritten), "run_1", &again, &used) != FRONT_START &&
        rewritten.len < 10000)
        BUG("what was written is not read");
    buf_free(&rewritten);
    buf_free(&again);
}

/* The slots are many; what one input has put into them is taken out again. */
static void check_names(Str bytes)
{
    static Routes routes;
    unsigned char answer[NAME_SERVER_ROOM];
    size_t length = name_server_answer(&routes, bytes, answer);
    if (length > sizeof answer) BUG("an answer beyond its room");
    for (uint32_t i = 0; length && i < ROUTES_SLOTS; i++)
        atomic_store(&routes.slots[i].state, ROUTES_FREE);
}

static void check_logs(Str bytes)
{
    Arena arena;
    arena_init(&arena);
    Calls calls = {.arena = &arena};
    OutsideCall call;
    StandInCount count;
    uint64_t due_ns;
    sql_log_read(&calls, bytes, STR("run_1"), 0);
    for (size_t i = 0; i < calls.items.count; i++)
        if (calls.items.items[i].text.len > bytes.len * bytes.len + 1) BUG("a statement out of nothing");
    redis_line_read(&arena, bytes, 0, &call);
    stand_in_line_read(&arena, bytes, &call, &count, &due_ns);
    calls_sort(&calls);
    vec_free(&calls.items);
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Str bytes = {(const char *)data, size};
    if (!size) return 0;
    check_requests(bytes);
    check_front(bytes);
    check_names(bytes);
    check_logs(bytes);
    return 0;
}
