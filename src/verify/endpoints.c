#include "verify/endpoints.h"

#include "verify/answers.h"

#include "base/banned.h"

bool answer_is_good(const LoadAnswer *answer)
{
    return answer->status >= 100 && answer->status < 400;
}

static Str path_of(const Request *request, const Host *host)
{
    return request->route < host->routes.count ? host->routes.items[request->route].path
                                               : str_before(request->load.target, '?');
}

static size_t find_endpoint(const Endpoints *endpoints, const Request *request, const Host *host)
{
    Str path = path_of(request, host);
    for (size_t i = 0; i < endpoints->count; i++)
        if (str_equal(endpoints->items[i].method, request->load.method) &&
            str_equal(endpoints->items[i].path, path))
            return i;
    return SIZE_MAX;
}

static Str relative(Str file, Str served)
{
    return str_starts(file, served) && file.len > served.len ? str_drop(file, served.len + 1) : file;
}

static RunEndpoint new_endpoint(Arena *arena, const Request *request, const Host *host, const char *served)
{
    RunEndpoint endpoint = {.method = str_copy(arena, request->load.method),
                            .path = str_copy(arena, path_of(request, host))};
    if (request->route >= host->routes.count) return endpoint;
    const HostRoute *route = &host->routes.items[request->route];
    endpoint.function = str_copy(arena, route->function);
    endpoint.file = str_copy(arena, relative(route->file, str_from(served)));
    endpoint.row1 = route->row1;
    endpoint.is_async = route->is_async;
    return endpoint;
}

static void take_requests(Arena *arena, const Requests *requests, const Pass *pass, Endpoints *endpoints,
                          size_t endpoint)
{
    size_t *all = arena_array(arena, requests->count, sizeof *all);
    LoadRequest *good = arena_array(arena, requests->count, sizeof *good);
    EndpointRequests taken = {.all = all, .good = good};
    const LoadAnswer *refused = NULL;
    for (size_t i = 0; i < requests->count; i++) {
        if (endpoints->of_request[i] != endpoint) continue;
        all[taken.count++] = i;
        if (answer_is_good(&pass->answers[i]))
            good[taken.good_count++] = requests->items[i].load;
        else if (!refused)
            refused = &pass->answers[i];
    }
    RunEndpoint *item = &endpoints->items[endpoint];
    item->request_count = taken.count;
    item->exercised = taken.good_count > 0;
    item->reason = item->exercised || !refused ? STR("") : answer_trouble(arena, refused);
    for (size_t i = 0; i < taken.count; i++)
        item->upstream_calls += pass->effects[all[i]].count;
    endpoints->requests[endpoint] = taken;
}

void endpoints_draft(Arena *arena, const Requests *requests, const Host *host, const char *served,
                     const Pass *pass, Endpoints *endpoints)
{
    *endpoints =
        (Endpoints){.items = arena_array(arena, requests->count, sizeof *endpoints->items),
                    .requests = arena_array(arena, requests->count, sizeof *endpoints->requests),
                    .of_request = arena_array(arena, requests->count, sizeof *endpoints->of_request)};
    for (size_t i = 0; i < requests->count; i++) {
        size_t at = find_endpoint(endpoints, &requests->items[i], host);
        if (at == SIZE_MAX) {
            at = endpoints->count++;
            endpoints->items[at] = new_endpoint(arena, &requests->items[i], host, served);
        }
        endpoints->of_request[i] = at;
    }
    for (size_t i = 0; i < endpoints->count; i++)
        take_requests(arena, requests, pass, endpoints, i);
}
