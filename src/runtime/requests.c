#define _GNU_SOURCE
#include "runtime/requests.h"

#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "runtime/request_list.h"
#include "runtime/request_text.h"

#include "base/banned.h"

/* --- lists --- */

bool request_list_add(RequestList *list, const Request *request)
{
    if (list->items.count >= LIMIT_REQUESTS) return false;
    vec_add(&list->items, *request);
    return true;
}

void request_list_leave_out(RequestList *list, Str words)
{
    if (list->left_out.count < LIMIT_REQUESTS) vec_add(&list->left_out, words);
}

void request_list_end(RequestList *list, Requests *requests)
{
    Request *items = arena_array(list->arena, list->items.count, sizeof *items);
    Str *left_out = arena_array(list->arena, list->left_out.count, sizeof *left_out);
    if (list->items.count) memcpy(items, list->items.items, list->items.count * sizeof *items);
    if (list->left_out.count) memcpy(left_out, list->left_out.items, list->left_out.count * sizeof *left_out);
    *requests = (Requests){.items = items,
                           .count = list->items.count,
                           .left_out = left_out,
                           .left_out_count = list->left_out.count,
                           .http2_count = list->http2_count};
    vec_free(&list->items);
    vec_free(&list->left_out);
}

bool method_reads(Str method)
{
    return str_equal(method, STR("GET")) || str_equal(method, STR("HEAD"));
}

/* --- reading --- */

bool requests_read_text(Arena *arena, Str text, const char *path, Requests *requests, Fail *fail)
{
    RequestList list = {.arena = arena};
    bool is_har = str_starts(str_trim(text), STR("{"));
    bool read =
        is_har ? requests_read_har(&list, text, path, fail) : requests_read_lines(&list, text, path, fail);
    if (read && !list.items.count) read = fail_at(fail, path, 0, "holds no request");
    request_list_end(&list, requests);
    return read;
}

bool requests_read(Arena *arena, const char *path, Requests *requests, Fail *fail)
{
    Str text;
    IoStatus status = io_read_file(arena, path, LIMIT_RECORDING_BYTES, &text);
    if (status != IO_OK) return fail_at(fail, path, 0, "%s", io_status_text(status));
    return requests_read_text(arena, text, path, requests, fail);
}

/* --- which route --- */

/* A segment of a path against one of a template, which may hold one name: `{id}`, `{id}.json`. */
static bool segment_fits(Str template, Str segment)
{
    size_t open = str_find_byte(template, '{'), close = str_find_last(template, '}');
    if (open == SIZE_MAX || close == SIZE_MAX || close < open) return str_equal(template, segment);
    Str before = str_part(template, 0, open), after = str_drop(template, close + 1);
    return segment.len > before.len + after.len && str_starts(segment, before) && str_ends(segment, after);
}

/* rest: a name at the end stands for all the segments that are left. */
static bool template_fits(Str template, Str path, bool rest)
{
    for (;;) {
        size_t end = str_find_byte(template, '/');
        Str wanted = str_before(template, '/');
        bool last = end == SIZE_MAX;
        if (last && rest && str_starts(wanted, STR("{")) && str_ends(wanted, STR("}"))) return path.len > 0;
        if (!segment_fits(wanted, str_before(path, '/'))) return false;
        size_t there = str_find_byte(path, '/');
        if (last || there == SIZE_MAX) return last && there == SIZE_MAX;
        template = str_drop(template, end + 1);
        path = str_drop(path, there + 1);
    }
}

static Str path_of(Str target)
{
    return str_before(str_before(target, '?'), '#');
}

static bool method_fits(Str method, const HostRoute *route)
{
    return str_equal(method, route->method) ||
           (str_equal(method, STR("HEAD")) && str_equal(route->method, STR("GET")));
}

/* The first route that fits, as frameworks look for it; those with a name for the rest of the path come last. */
static size_t route_of(const Host *host, Str method, Str path)
{
    for (int rest = 0; rest < 2; rest++)
        for (size_t i = 0; i < host->routes.count; i++) {
            const HostRoute *route = &host->routes.items[i];
            if (method_fits(method, route) && template_fits(route->path, path, rest)) return i;
        }
    return SIZE_MAX;
}

static void route_items(Request *items, size_t count, const Host *host)
{
    for (size_t i = 0; i < count; i++)
        items[i].route = route_of(host, items[i].load.method, path_of(items[i].load.target));
}

void requests_route(Requests *requests, const Host *host)
{
    Request *items = arena_array(host->arena, requests->count, sizeof *items);
    if (requests->count) memcpy(items, requests->items, requests->count * sizeof *items);
    route_items(items, requests->count, host);
    requests->items = items;
}

/* --- only some --- */

static bool is_wanted(const Request *request, const Host *host, Str endpoint)
{
    size_t blank = str_find_byte(endpoint, ' ');
    Str method = blank == SIZE_MAX ? STR("") : str_part(endpoint, 0, blank);
    Str path = blank == SIZE_MAX ? endpoint : str_trim(str_drop(endpoint, blank));
    if (method.len && !str_equal(method, request->load.method)) return false;
    if (str_equal(path, path_of(request->load.target)) || str_equal(path, request->load.target)) return true;
    return request->route < host->routes.count && str_equal(path, host->routes.items[request->route].path);
}

static bool is_any(const Request *request, const Host *host, const Str *endpoints, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_wanted(request, host, str_trim(endpoints[i]))) return true;
    return false;
}

bool request_writes(const Request *request)
{
    return !method_reads(request->load.method) && !str_equal(request->load.method, STR("OPTIONS"));
}

/* What somebody wrote down has an order that means something; what is made of a schema has none. */
static bool is_written(const Request *request)
{
    return request->origin == REQUEST_FROM_FILE || request->origin == REQUEST_FROM_HAR;
}

bool requests_only(Arena *arena, Requests *requests, const Host *host, const Str *endpoints, size_t count)
{
    Request *kept = arena_array(arena, requests->count, sizeof *kept);
    LoadRequest *before = arena_array(arena, requests->count, sizeof *before);
    size_t kept_count = 0, writing = 0;
    requests->before = before;
    for (size_t i = 0; i < requests->count; i++) {
        const Request *request = &requests->items[i];
        if (is_any(request, host, endpoints, count)) {
            kept[kept_count++] = *request;
            requests->before_count = writing;
        } else if (is_written(request) && request_writes(request)) {
            before[writing++] = request->load;
        }
    }
    requests->items = kept;
    requests->count = kept_count;
    return kept_count > 0;
}

/* --- made --- */

/* A name of a template as the value of the first or the second request. */
static Str filled(Arena *arena, Str template, unsigned variant)
{
    Buf path;
    buf_init(&path);
    while (template.len) {
        size_t open = str_find_byte(template, '{'), close = str_find_byte(template, '}');
        bool named = open != SIZE_MAX && close != SIZE_MAX && open < close;
        target_add_written(&path, str_part(template, 0, named ? open : template.len));
        if (named) buf_add_text(&path, variant ? "a" : "1");
        template = named ? str_drop(template, close + 1) : STR("");
    }
    Str copy = str_copy(arena, buf_str(&path));
    buf_free(&path);
    return copy;
}

static bool is_asked(const RequestList *list, size_t route)
{
    for (size_t i = 0; i < list->items.count; i++)
        if (list->items.items[i].route == route) return true;
    return false;
}

static bool ask_route(RequestList *list, const HostRoute *route, size_t index)
{
    Request request = {.load = {.method = route->method}, .origin = REQUEST_GENERATED, .route = index};
    Str first = filled(list->arena, route->path, 0), second = filled(list->arena, route->path, 1);
    request.load.target = first;
    if (!request_list_add(list, &request)) return false;
    request.load.target = second;
    return str_equal(first, second) || request_list_add(list, &request);
}

/* Routes of the tree, not those that a framework brings with it. */
static bool is_own(const Host *host, const HostRoute *route)
{
    return route->file.len && host_has_file(host, route->file);
}

static bool ask_routes(RequestList *list, const Host *host, bool writing)
{
    for (size_t i = 0; i < host->routes.count; i++) {
        const HostRoute *route = &host->routes.items[i];
        if (method_reads(route->method) == writing || !is_own(host, route) || is_asked(list, i)) continue;
        if (!ask_route(list, route, i)) return false;
    }
    return true;
}

static bool make_all(RequestList *list, const Host *host, bool writing)
{
    if (host->openapi && !requests_make_of_schema(list, host->openapi, writing)) return false;
    route_items(list->items.items, list->items.count, host);
    return ask_routes(list, host, writing);
}

/* Says of each writing endpoint, once, why it is not asked. */
static void leave_out_writing(RequestList *list, const Host *host)
{
    RequestList writing = {.arena = list->arena};
    bool made = make_all(&writing, host, true);
    Str last = STR("");
    for (size_t i = 0; made && i < writing.items.count; i++) {
        const Request *request = &writing.items.items[i];
        bool known = request->route < host->routes.count;
        Str path = known ? host->routes.items[request->route].path : path_of(request->load.target);
        Str name = str_join(list->arena, request->load.method, STR(" "), path);
        if (!str_equal(name, last))
            request_list_leave_out(list,
                                   str_join(list->arena, name,
                                            STR(": writes, and nothing stands in for what it writes to "),
                                            STR("(--service, --requests, --writes)")));
        last = name;
    }
    vec_free(&writing.items);
    vec_free(&writing.left_out);
}

bool requests_make(Arena *arena, const Host *host, bool writes, Requests *requests, Fail *fail)
{
    RequestList list = {.arena = arena};
    bool made = make_all(&list, host, false) && (!writes || make_all(&list, host, true));
    if (!made) fail_at(fail, NULL, 0, "the application has more than %d operations to ask", LIMIT_REQUESTS);
    if (made && !writes) leave_out_writing(&list, host);
    request_list_end(&list, requests);
    return made;
}
