#define _GNU_SOURCE
#include "runtime/outside.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "probe/routes.h"
#include "runtime/calls.h"
#include "runtime/postgres.h"
#include "runtime/redis.h"
#include "runtime/stand_in.h"

#include "base/banned.h"

enum { PORT_POSTGRES = 5432, PORT_REDIS = 6379, NO_STATE = -1 };

struct Outside {
    Arena *arena;
    OutsidePlan plan;
    const char *folder; /* of the outside's own files */
    const char *routes_path, *authority_path, *bundle_path;
    Routes *routes;
    StandIn stand_in;
    Postgres postgres;
    Redis redis;
    bool has_ports; /* every port of the network is the run's own: services stand at their usual ones */
    int64_t state;  /* NO_STATE: none yet */
};

/* --- routes --- */

static const char *below(const Outside *outside, const char *name)
{
    return str_format(outside->arena, "%s/%s", outside->folder, name).ptr;
}

static bool copy_text(char *to, size_t size, Str text, Fail *fail)
{
    if (text.len >= size) return fail_at(fail, NULL, 0, "'%.*s' is too long", (int)text.len, text.ptr);
    memcpy(to, text.ptr, text.len);
    to[text.len] = 0;
    return true;
}

static bool make_routes(Outside *outside, Fail *fail)
{
    int file = open(outside->routes_path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const uint32_t magic = ROUTES_MAGIC;
    bool made = file >= 0 && ftruncate(file, (off_t)sizeof(Routes)) == 0 &&
                write(file, &magic, sizeof magic) == sizeof magic;
    int error = errno;
    if (file >= 0) close(file);
    outside->routes = made ? routes_open(outside->routes_path) : NULL;
    if (!outside->routes)
        return fail_at(fail, outside->routes_path, 0, "cannot be made: %s", strerror(error));
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    outside->routes->started_s = now.tv_sec;
    return copy_text(outside->routes->folder, sizeof outside->routes->folder, str_from(outside->plan.folder),
                     fail);
}

static Str loopback_name(Str host)
{
    bool local =
        str_equal(host, STR("127.0.0.1")) || str_equal(host, STR("[::1]")) || str_equal(host, STR("::1"));
    return local ? STR("localhost") : host;
}

static bool add_rule(Outside *outside, Str host, uint16_t port, RoutesRule rule, Fail *fail)
{
    Routes *routes = outside->routes;
    if (routes->rule_count == ROUTES_RULES)
        return fail_at(fail, NULL, 0, "more than %d openings and neighbours", ROUTES_RULES);
    rule.port = port;
    if (!copy_text(rule.host, sizeof rule.host, loopback_name(host), fail)) return false;
    routes->rules[routes->rule_count++] = rule;
    return true;
}

static bool add_openings(Outside *outside, Fail *fail)
{
    for (size_t i = 0; i < outside->plan.opening_count; i++) {
        const SpaceOpening *opening = &outside->plan.openings[i];
        struct in_addr address;
        if (inet_pton(AF_INET, opening->address, &address) != 1) continue; /* it was not opened */
        RoutesRule rule = {.address = ntohl(address.s_addr), .to_port = opening->port};
        if (!add_rule(outside, opening->host, opening->port, rule, fail)) return false;
    }
    return true;
}

/* 0: the text is no port. */
static uint16_t read_port(Str text)
{
    unsigned long port = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || port > UINT16_MAX) return 0;
        port = port * 10 + (unsigned long)(text.ptr[i] - '0');
    }
    return port <= UINT16_MAX ? (uint16_t)port : 0;
}

/* localhost:8001 is nobody's name: without a rule a connection there would find no one. */
static bool add_neighbours(Outside *outside, Fail *fail)
{
    for (size_t i = 0; i < outside->plan.rule_count; i++) {
        Str place = outside->plan.rules[i].host;
        size_t colon = str_find_last(place, ':');
        if (colon == SIZE_MAX) continue;
        Str host = loopback_name(str_part(place, 0, colon));
        uint16_t port = read_port(str_drop(place, colon + 1));
        if (!port || !str_equal(host, STR("localhost"))) continue;
        RoutesRule rule = {
            .address = INADDR_LOOPBACK, .to_port = outside->stand_in.port, .is_stand_in = true};
        if (!add_rule(outside, host, port, rule, fail)) return false;
    }
    return true;
}

/* The machine's own mail server is the outside, too; --allow-network may lead to it, being the rule before. */
static bool add_mail(Outside *outside, Fail *fail)
{
    static const uint16_t ports[] = {25, 587, 465};
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
        RoutesRule rule = {
            .address = INADDR_LOOPBACK, .to_port = outside->stand_in.port, .is_stand_in = true};
        if (!add_rule(outside, STR("localhost"), ports[i], rule, fail)) return false;
    }
    return true;
}

static bool add_services(Outside *outside, Fail *fail)
{
    Routes *routes = outside->routes;
    RoutesRule postgres = {.address = INADDR_LOOPBACK, .to_port = outside->stand_in.postgres};
    RoutesRule redis = {.address = INADDR_LOOPBACK, .to_port = outside->redis.port};
    if (outside->plan.postgres && !(add_rule(outside, STR(""), PORT_POSTGRES, postgres, fail) &&
                                    add_rule(outside, STR(""), postgres.to_port, postgres, fail) &&
                                    copy_text(routes->postgres_socket, sizeof routes->postgres_socket,
                                              str_from(below(outside, ".s.PGSQL.5432")), fail)))
        return false;
    return !outside->plan.redis || (add_rule(outside, STR(""), PORT_REDIS, redis, fail) &&
                                    add_rule(outside, STR(""), redis.to_port, redis, fail) &&
                                    copy_text(routes->redis_socket, sizeof routes->redis_socket,
                                              str_from(outside->redis.socket), fail));
}

static bool fill_routes(Outside *outside, Fail *fail)
{
    outside->routes->stand_in_port = outside->stand_in.port;
    outside->routes->name_server_port = outside->stand_in.name_server;
    return add_openings(outside, fail) && add_neighbours(outside, fail) && add_mail(outside, fail) &&
           add_services(outside, fail);
}

/* --- certificates --- */

/* The system's authorities: a context of TLS takes as long to make as it does for real, and openings find theirs. */
static Str system_authorities(Arena *arena)
{
    static const char *const places[] = {"/etc/ssl/certs/ca-certificates.crt",
                                         "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
                                         "/etc/ssl/cert.pem"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        Str text;
        if (io_read_file(arena, places[i], LIMIT_TABLE_BYTES, &text) == IO_OK && text.len) return text;
    }
    return STR("");
}

static bool write_bundle(const Outside *outside, Fail *fail)
{
    Str own;
    IoStatus status = io_read_file(outside->arena, outside->authority_path, LIMIT_TABLE_BYTES, &own);
    if (status != IO_OK) return fail_at(fail, outside->authority_path, 0, "%s", io_status_text(status));
    return io_write_file(outside->bundle_path,
                         str_join(outside->arena, system_authorities(outside->arena), STR("\n"), own), fail);
}

/* --- start and end --- */

static bool start_stand_in(Outside *outside, Fail *fail)
{
    bool postgres = outside->plan.postgres;
    StandInPlan plan = {.outside = &outside->plan,
                        .folder = outside->folder,
                        .routes = outside->routes_path,
                        .authority = outside->authority_path,
                        .postgres = postgres ? outside->postgres.socket : NULL,
                        .postgres_front = postgres ? below(outside, ".s.PGSQL.5432") : NULL,
                        .postgres_port = outside->has_ports ? PORT_POSTGRES : 0};
    return stand_in_start(&outside->stand_in, outside->arena, &plan, fail);
}

static bool start_all(Outside *outside, Fail *fail)
{
    if (mkdir(outside->folder, S_IRWXU) != 0)
        return fail_at(fail, outside->folder, 0, "cannot be made: %s", strerror(errno));
    if (!make_routes(outside, fail)) return false;
    if (outside->plan.postgres && !postgres_start(&outside->postgres, outside->arena, outside->folder, fail))
        return false;
    if (outside->plan.redis && !redis_start(&outside->redis, outside->arena, outside->folder,
                                            outside->has_ports ? PORT_REDIS : 0, fail))
        return false;
    return start_stand_in(outside, fail) && fill_routes(outside, fail) && write_bundle(outside, fail);
}

Outside *outside_start(Arena *arena, const OutsidePlan *plan, Fail *fail)
{
    Outside *outside = arena_alloc(arena, sizeof *outside);
    *outside = (Outside){.arena = arena, .plan = *plan, .state = NO_STATE, .has_ports = space_is_closed()};
    outside->redis.monitor = outside->redis.control = -1;
    outside->postgres.log.file = outside->stand_in.journal.file = -1;
    outside->folder = str_format(arena, "%s/outside", plan->folder).ptr;
    outside->routes_path = below(outside, "routes");
    outside->authority_path = below(outside, "authority.pem");
    outside->bundle_path = below(outside, "authorities.pem");
    if (start_all(outside, fail)) return outside;
    outside_end(outside);
    return NULL;
}

void outside_end(Outside *outside)
{
    stand_in_end(&outside->stand_in);
    redis_end(&outside->redis);
    postgres_end(&outside->postgres);
    if (outside->routes) munmap(outside->routes, sizeof *outside->routes);
    outside->routes = NULL;
}

/* --- for the application --- */

static bool renew(Outside *outside, unsigned state, Fail *fail)
{
    if (outside->state == (int64_t)state) return true;
    outside->state = state;
    if (outside->plan.redis && !redis_renew(&outside->redis, fail)) return false;
    if (!outside->plan.postgres) return true;
    if (!postgres_renew(&outside->postgres, outside->arena, state, fail)) return false;
    return copy_text(outside->routes->database, sizeof outside->routes->database,
                     str_from(outside->postgres.database), fail);
}

typedef struct Lines {
    Arena *arena;
    VEC(const char *) items;
} Lines;

static void add_line(Lines *lines, const char *name, const char *value)
{
    vec_add(&lines->items, str_format(lines->arena, "%s=%s", name, value).ptr);
}

static void add_postgres(Lines *lines, const Outside *outside)
{
    const char *database = outside->postgres.database;
    const char *port = str_format(lines->arena, "%u", outside->stand_in.postgres).ptr;
    add_line(lines, "DATABASE_URL",
             str_format(lines->arena, "postgresql://loopsafe:loopsafe@127.0.0.1:%s/%s", port, database).ptr);
    add_line(lines, "PGHOST", "127.0.0.1");
    add_line(lines, "PGPORT", port);
    add_line(lines, "PGUSER", "loopsafe");
    add_line(lines, "PGPASSWORD", "loopsafe");
    add_line(lines, "PGDATABASE", database);
}

bool outside_environment(Outside *outside, Arena *arena, unsigned state, const char *const **lines,
                         size_t *count, Fail *fail)
{
    static const char *const bundles[] = {"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
                                          "AWS_CA_BUNDLE"};
    Lines all = {.arena = arena};
    if (!renew(outside, state, fail)) return false;
    add_line(&all, ROUTES_VARIABLE, outside->routes_path);
    for (size_t i = 0; i < sizeof bundles / sizeof *bundles; i++)
        add_line(&all, bundles[i], outside->bundle_path);
    if (outside->plan.postgres) add_postgres(&all, outside);
    if (outside->plan.redis)
        add_line(&all, "REDIS_URL", str_format(arena, "redis://127.0.0.1:%u/0", outside->redis.port).ptr);
    const char **kept = arena_array(arena, all.items.count, sizeof *kept);
    memcpy(kept, all.items.items, all.items.count * sizeof *kept);
    *lines = kept;
    *count = all.items.count;
    vec_free(&all.items);
    return true;
}

size_t outside_calls(Outside *outside, Arena *arena, const OutsideCall **calls)
{
    Calls all = {.arena = arena};
    stand_in_calls(&outside->stand_in, &all);
    if (outside->plan.postgres) postgres_calls(&outside->postgres, &all);
    if (outside->plan.redis) redis_calls(&outside->redis, &all);
    calls_sort(&all);
    OutsideCall *kept = arena_array(arena, all.items.count, sizeof *kept);
    if (all.items.count) memcpy(kept, all.items.items, all.items.count * sizeof *kept);
    *calls = kept;
    size_t count = all.items.count;
    vec_free(&all.items);
    return count;
}

uint64_t outside_requests(Outside *outside)
{
    Arena scratch;
    const OutsideCall *calls;
    uint64_t requests = 0;
    arena_init(&scratch);
    size_t count = outside_calls(outside, &scratch, &calls);
    for (size_t i = 0; i < count; i++)
        requests += str_equal(calls[i].kind, STR("http"));
    arena_free(&scratch);
    return requests;
}

bool outside_rests(const Outside *outside)
{
    return process_rests(&outside->stand_in.process);
}

uint64_t outside_busy_ns(const Outside *outside)
{
    return outside->stand_in.busy_ns;
}

/* --- for the report --- */

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static Str line_of_count(Arena *arena, const StandInCount *count)
{
    Str host = str_equal(count->host, STR("-")) ? STR("a host that was not named") : count->host;
    unsigned long long number = count->count;
    if (count->words.len)
        return str_format(arena, "%llu connection%s to %.*s %.*s", number, plural(count->count),
                          (int)host.len, host.ptr, (int)count->words.len, count->words.ptr);
    return str_format(arena, "stand-in for %.*s: %g ms, %llu %s%s", (int)host.len, host.ptr,
                      (double)count->delay_ns / 1e6, number, count->is_mail ? "mail" : "request",
                      plural(count->count));
}

static int compare_lines(const void *left, const void *right)
{
    return str_compare(*(const Str *)left, *(const Str *)right);
}

size_t outside_lines(const Outside *outside, Arena *arena, const Str **lines)
{
    size_t hosts = outside->stand_in.counts.count, count = 0;
    Str *all = arena_array(arena, hosts + 3, sizeof *all);
    for (; count < hosts; count++)
        all[count] = line_of_count(arena, &outside->stand_in.counts.items[count]);
    qsort(all, hosts, sizeof *all, compare_lines);
    if (outside->plan.postgres)
        all[count++] =
            str_format(arena, "PostgreSQL %.*s in the run's folder, without fsync: %llu statements",
                       (int)outside->postgres.version.len, outside->postgres.version.ptr,
                       (unsigned long long)outside->postgres.statements);
    if (outside->plan.redis)
        all[count++] = str_format(arena, "Redis in the run's folder, in memory: %llu commands",
                                  (unsigned long long)outside->redis.commands);
    if (outside->stand_in.ended.len)
        all[count++] = str_join(arena, STR("the stand-in "), outside->stand_in.ended,
                                STR(": what was asked later got no answer"));
    *lines = all;
    return count;
}
