#define _GNU_SOURCE
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "runtime/request_list.h"
#include "runtime/request_text.h"

#include "base/banned.h"

static Str text_of(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(item) ? str_from(item->valuestring) : STR("");
}

/* --- which host --- */

static size_t count_of(const cJSON *entries, Str host)
{
    size_t count = 0;
    const cJSON *entry;
    cJSON_ArrayForEach(entry, entries)
    {
        const cJSON *request = cJSON_GetObjectItemCaseSensitive(entry, "request");
        count += str_equal(url_host(text_of(request, "url")), host);
    }
    return count;
}

/* How many hosts are counted: a page asks some dozens, and the application's own comes early. */
enum { MOST_HOSTS = 64 };

/* The host that is asked most; the first one of equals. */
static Str main_host(const cJSON *entries)
{
    Str hosts[MOST_HOSTS], best = STR("");
    size_t host_count = 0, best_count = 0;
    const cJSON *entry;
    cJSON_ArrayForEach(entry, entries)
    {
        Str host = url_host(text_of(cJSON_GetObjectItemCaseSensitive(entry, "request"), "url"));
        bool known = false;
        for (size_t i = 0; i < host_count && !known; i++)
            known = str_equal(hosts[i], host);
        if (known || host_count == MOST_HOSTS) continue;
        hosts[host_count++] = host;
        size_t count = count_of(entries, host);
        if (count > best_count) best = host;
        if (count > best_count) best_count = count;
    }
    return best;
}

/* --- one request --- */

/* Headers of the browser's own connection or cache. */
static bool is_dropped(Str name)
{
    static const char *const dropped[] = {"accept-encoding", "if-none-match", "if-modified-since",
                                          "cache-control",   "pragma",        "priority"};
    if (!header_is_name(name) || header_is_ours(name)) return true;
    for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++)
        if (strlen(dropped[i]) == name.len && !strncasecmp(dropped[i], name.ptr, name.len)) return true;
    return name.len > 4 && !strncasecmp(name.ptr, "sec-", 4);
}

static void add_headers(Buf *headers, const cJSON *request)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(request, "headers"))
    {
        Str name = text_of(item, "name");
        if (!is_dropped(name)) header_add(headers, name, text_of(item, "value"));
    }
}

static void add_body(Buf *body, const cJSON *request)
{
    const cJSON *post = cJSON_GetObjectItemCaseSensitive(request, "postData");
    buf_add(body, text_of(post, "text"));
    if (body->len) return;
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(post, "params"))
    {
        form_add(body, text_of(item, "name"), text_of(item, "value"));
    }
}

static void add_kind(Buf *headers, const cJSON *request, const Buf *body)
{
    Str kind = text_of(cJSON_GetObjectItemCaseSensitive(request, "postData"), "mimeType");
    if (body->len && kind.len && !header_find(buf_str(headers), STR("content-type")).ptr)
        header_add(headers, STR("Content-Type"), kind);
}

static Str taken(Arena *arena, Buf *buf)
{
    Str copy = str_copy(arena, buf_str(buf));
    buf_free(buf);
    return copy;
}

static Request read_request(Arena *arena, const cJSON *recorded)
{
    Buf target, headers, body;
    buf_init(&target);
    buf_init(&headers);
    buf_init(&body);
    target_add_written(&target, target_of_url(text_of(recorded, "url")));
    add_headers(&headers, recorded);
    add_body(&body, recorded);
    add_kind(&headers, recorded, &body);
    Request request = {.origin = REQUEST_FROM_HAR, .route = SIZE_MAX};
    request.load.method = str_copy(arena, text_of(recorded, "method"));
    request.load.target = taken(arena, &target);
    request.load.headers = taken(arena, &headers);
    request.load.body = taken(arena, &body);
    return request;
}

static bool is_method(Str method)
{
    for (size_t i = 0; i < method.len; i++)
        if (method.ptr[i] < 'A' || method.ptr[i] > 'Z') return false;
    return method.len > 0;
}

static void leave_out(RequestList *list, const cJSON *recorded, const char *why, Str host, const char *end)
{
    Buf words;
    buf_init(&words);
    Str url = text_of(recorded, "url");
    buf_add(&words, text_of(recorded, "method"));
    buf_add_byte(&words, ' ');
    buf_add(&words, str_part(url, 0, url.len < 200 ? url.len : 200));
    buf_add_text(&words, why);
    buf_add(&words, host);
    buf_add_text(&words, end);
    request_list_leave_out(list, taken(list->arena, &words));
}

/* "h2", "HTTP/2.0", "http/2.0" */
static bool is_http2(const cJSON *recorded)
{
    Str version = text_of(recorded, "httpVersion");
    return str_equal(version, STR("h2")) || (version.len > 5 && !strncasecmp(version.ptr, "http/2", 6));
}

static bool is_websocket(const cJSON *entry, Str url)
{
    const cJSON *response = cJSON_GetObjectItemCaseSensitive(entry, "response");
    const cJSON *status = cJSON_GetObjectItemCaseSensitive(response, "status");
    return str_starts(url, STR("ws:")) || str_starts(url, STR("wss:")) ||
           (cJSON_IsNumber(status) && status->valuedouble == 101);
}

static bool read_entries(RequestList *list, const cJSON *entries)
{
    Str host = main_host(entries);
    const cJSON *entry;
    cJSON_ArrayForEach(entry, entries)
    {
        const cJSON *recorded = cJSON_GetObjectItemCaseSensitive(entry, "request");
        Str url = text_of(recorded, "url");
        bool is_request = is_method(text_of(recorded, "method"));
        if (is_request && is_websocket(entry, url)) {
            leave_out(list, recorded, ": a websocket, which is not driven", STR(""), "");
        } else if (!is_request || !target_of_url(url).len) {
            continue;
        } else if (!str_equal(url_host(url), host)) {
            leave_out(list, recorded, ": not of ", host, ", the host that is asked most");
        } else {
            Request request = read_request(list->arena, recorded);
            list->http2_count += is_http2(recorded);
            if (!request_list_add(list, &request)) return false;
        }
    }
    return true;
}

bool requests_read_har(RequestList *list, Str text, const char *path, Fail *fail)
{
    cJSON *recording = json_parse(text, path, fail);
    if (!recording) return false;
    const cJSON *log = cJSON_GetObjectItemCaseSensitive(recording, "log");
    const cJSON *entries = cJSON_GetObjectItemCaseSensitive(log, "entries");
    bool read = false;
    if (!cJSON_IsArray(entries))
        fail_at(fail, path, 0, "is JSON, but no recording (HAR): it has no 'log.entries'");
    else if (!(read = read_entries(list, entries)))
        fail_at(fail, path, 0, "too many requests");
    cJSON_Delete(recording);
    return read;
}
