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

/* Of what was done to the outside the requests to stand-ins. */
static uint64_t requests_of(const Effects *effects)
{
    uint64_t count = 0;
    for (size_t i = 0; i < effects->count; i++)
        count += str_equal(effects->calls[i].kind, STR("http"));
    return count;
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
        const LoadAnswer *answer = &pass->answers[i];
        all[taken.count++] = i;
        if (answer_is_good(answer)) {
            good[taken.good_count++] = requests->items[i].load;
            taken.alone_ns += answer->latency_ns;
        } else if (!refused) {
            refused = answer;
        }
    }
    if (taken.good_count) taken.alone_ns /= taken.good_count;
    RunEndpoint *item = &endpoints->items[endpoint];
    item->request_count = taken.count;
    item->exercised = taken.good_count > 0;
    item->reason = item->exercised || !refused ? STR("") : answer_trouble(arena, refused);
    uint64_t calls = 0;
    for (size_t i = 0; i < taken.count; i++) {
        item->upstream_calls += pass->effects[all[i]].count;
        if (answer_is_good(&pass->answers[all[i]])) calls += requests_of(&pass->effects[all[i]]);
    }
    if (taken.good_count) item->calls.alone = (double)calls / (double)taken.good_count;
    endpoints->requests[endpoint] = taken;
}

/* --- why a handler did not run --- */

static const HostRoute *handler_of(const Host *host, const char *served, const RunFinding *finding)
{
    for (size_t i = 0; i < host->routes.count; i++) {
        const HostRoute *route = &host->routes.items[i];
        bool within = route->row1 <= finding->row1 && finding->end_row1 <= route->end_row1;
        if (within && str_equal(relative(route->file, str_from(served)), finding->path)) return route;
    }
    return NULL;
}

/* Its first good answer led to another place. Empty: it did not. */
static Str led_to(const EndpointRequests *requests, const Pass *pass)
{
    for (size_t i = 0; i < requests->count; i++) {
        const LoadAnswer *answer = &pass->answers[requests->all[i]];
        if (answer_is_good(answer))
            return answer->status >= 300 ? answer_header(answer, STR("location")) : STR("");
    }
    return STR("");
}

static Str why_not(Arena *arena, const Endpoints *endpoints, const HostRoute *route, const Pass *pass)
{
    Str name = str_join(arena, route->method, STR(" "), route->path);
    for (size_t i = 0; i < endpoints->count; i++) {
        const RunEndpoint *item = &endpoints->items[i];
        if (!str_equal(item->method, route->method) || !str_equal(item->path, route->path)) continue;
        if (!item->exercised) return str_join(arena, name, STR(" answers "), item->reason);
        Str place = led_to(&endpoints->requests[i], pass);
        return place.len ? str_join(arena, name, STR(" leads to "), place) : STR("");
    }
    return str_join(arena, name, STR(" was not asked"), STR(""));
}

void endpoints_explain(Arena *arena, const Endpoints *endpoints, const Host *host, const char *served,
                       const Pass *pass, RunFinding *findings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const HostRoute *route = handler_of(host, served, &findings[i]);
        if (route) findings[i].seen_reason = why_not(arena, endpoints, route, pass);
    }
}

static void take_lead(Arena *arena, const Requests *requests, const Pass *pass, Endpoints *endpoints)
{
    LoadRequest *lead = arena_array(arena, requests->before_count + requests->count, sizeof *lead);
    size_t count = 0;
    for (; count < requests->before_count; count++)
        lead[count] = requests->before[count];
    for (size_t i = 0; i < requests->count; i++) {
        const Request *request = &requests->items[i];
        bool leads = request->row1 || request->origin == REQUEST_FROM_HAR;
        if (!leads || !request_writes(request) || !answer_is_good(&pass->answers[i])) continue;
        lead[count++] = request->load;
        endpoints->lead_ns += pass->answers[i].latency_ns;
    }
    endpoints->lead = lead;
    endpoints->lead_count = count;
}

void endpoints_lead(Arena *arena, const Endpoints *endpoints, Host *host)
{
    for (size_t i = 0; i < endpoints->lead_count && process_alive(&host->process); i++)
        load_ask(arena, host->port, &endpoints->lead[i], PASS_ANSWER_NS);
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
    take_lead(arena, requests, pass, endpoints);
}
