/* Any bytes as a file of requests or a recording, and as a schema that requests are made from: each ends as requests that can
 * be sent, or as one line that says why not. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/requests.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Nothing in it ends a line of a request before its time. */
static void check(const Requests *requests)
{
    for (size_t i = 0; i < requests->count; i++) {
        const LoadRequest *load = &requests->items[i].load;
        if (!load->method.len || !str_starts(load->target, STR("/"))) abort();
        for (size_t k = 0; k < load->target.len; k++)
            if ((unsigned char)load->target.ptr[k] <= ' ' || (unsigned char)load->target.ptr[k] >= 0x7f)
                abort();
        Str headers = load->headers;
        while (headers.len) {
            size_t end = str_find(headers, STR("\r\n"));
            if (end == SIZE_MAX || str_find_byte(str_part(headers, 0, end), ':') == SIZE_MAX) abort();
            headers = str_drop(headers, end + 2);
        }
    }
}

static void read_text(Arena *arena, Str text)
{
    Requests requests;
    Fail fail = {0};
    bool done = requests_read_text(arena, text, "requests", &requests, &fail);
    if (done == fail.failed) abort();
    if (done) check(&requests);
}

static void make(Arena *arena, Str text)
{
    cJSON *openapi = cJSON_ParseWithLength(text.ptr, text.len);
    Host host = {.arena = arena, .tree = "/p", .openapi = openapi};
    Requests requests;
    Fail fail = {0};
    bool made = requests_make(arena, &host, true, &requests, &fail);
    if (made == fail.failed) abort();
    if (made) check(&requests);
    cJSON_Delete(openapi);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena arena;
    arena_init(&arena);
    Str text = {(const char *)data, size};
    read_text(&arena, text);
    make(&arena, text);
    arena_free(&arena);
    return 0;
}
