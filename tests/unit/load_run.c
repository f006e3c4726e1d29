/* Puts a load on a port of this machine and prints what came of it as JSON, for scripts.
 *
 *     load_run PORT NAME=VALUE… [METHOD PATH [BODY]]…
 *
 * NAME: users, rate (a second), think, warm, time, grace (milliseconds), limit (requests). `load_run PORT ask METHOD PATH [BODY]`
 * asks once and prints the answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "load/load.h"

#include "base/banned.h"

enum { MOST_REQUESTS = 16 };

static bool set(LoadPlan *plan, const char *text)
{
    const char *equals = strchr(text, '=');
    if (!equals) return false;
    double value = strtod(equals + 1, NULL);
    uint64_t time_ns = (uint64_t)(value * 1e6);
    Str name = {text, (size_t)(equals - text)};
    if (str_equal(name, STR("users"))) plan->users = (uint32_t)value;
    if (str_equal(name, STR("rate"))) plan->rate = value;
    if (str_equal(name, STR("think"))) plan->think_ns = time_ns;
    if (str_equal(name, STR("warm"))) plan->warm_ns = time_ns;
    if (str_equal(name, STR("time"))) plan->duration_ns = time_ns;
    if (str_equal(name, STR("grace"))) plan->grace_ns = time_ns;
    if (str_equal(name, STR("drain"))) plan->drain_ns = time_ns;
    if (str_equal(name, STR("alone"))) plan->alone_ns = time_ns;
    if (str_equal(name, STR("limit"))) plan->request_limit = (uint64_t)value;
    return true;
}

/* METHOD PATH [BODY]: a word that begins with '/' follows each method. */
static size_t read_requests(LoadRequest *requests, int count, char **words)
{
    size_t found = 0;
    for (int i = 0; i + 1 < count && found < MOST_REQUESTS; found++) {
        requests[found] = (LoadRequest){.method = str_from(words[i]), .target = str_from(words[i + 1])};
        i += 2;
        if (i < count && words[i][0] == '{') requests[found].body = str_from(words[i++]);
        if (requests[found].body.len) requests[found].headers = STR("Content-Type: application/json\r\n");
    }
    return found;
}

static void print_percentiles(const char *name, const Histogram *histogram)
{
    static const double percents[] = {50, 90, 95, 99, 99.9, 100};
    printf(", \"%s\": {\"count\": %llu, \"mean_ms\": %.3f", name, (unsigned long long)histogram->count,
           histogram_mean(histogram) / 1000);
    for (size_t i = 0; i < sizeof percents / sizeof percents[0]; i++) {
        bool at_least;
        uint64_t value = histogram_percentile(histogram, percents[i], &at_least);
        printf(", \"p%g_ms\": %.3f, \"p%g_open\": %s", percents[i], (double)value / 1000, percents[i],
               at_least ? "true" : "false");
    }
    printf("}");
}

static void print_tallies(const LoadResult *result)
{
    printf(", \"tallies\": [");
    for (size_t i = 0; i < result->tally_count; i++) {
        const LoadTally *tally = &result->tallies[i];
        printf("%s{\"answered\": %llu, \"failed\": %llu, \"broken\": %llu, \"first_failed\": %u, "
               "\"body_hash\": \"%016llx\", "
               "\"other_bodies\": %llu}",
               i ? ", " : "", (unsigned long long)tally->answered, (unsigned long long)tally->failed,
               (unsigned long long)tally->broken, tally->first_failed, (unsigned long long)tally->body_hash,
               (unsigned long long)tally->other_bodies);
    }
    printf("]");
}

static void print_result(const LoadResult *result)
{
    printf("{\"sent\": %llu, \"answered\": %llu, \"failed\": %llu, \"broken\": %llu, \"unfinished\": %llu, "
           "\"handled\": %llu, \"left\": %llu",
           (unsigned long long)result->sent, (unsigned long long)result->answered,
           (unsigned long long)result->failed, (unsigned long long)result->broken,
           (unsigned long long)result->unfinished, (unsigned long long)result->handled,
           (unsigned long long)result->left);
    printf(", \"per_second\": %.3f, \"seconds\": %.3f, \"oldest_unfinished_ms\": %.3f, \"behind\": %llu",
           result->per_second, (double)(result->ended_ns - result->started_ns) / 1e9,
           (double)result->oldest_unfinished_ns / 1e6, (unsigned long long)result->behind);
    print_percentiles("latency", &result->latency);
    print_percentiles("service", &result->service);
    print_tallies(result);
    printf("}\n");
}

static int load(uint16_t port, int count, char **words)
{
    static LoadResult result;
    LoadRequest requests[MOST_REQUESTS];
    LoadPlan plan = {
        .port = port, .users = 1, .duration_ns = 1000000000, .grace_ns = 1000000000, .requests = requests};
    int at = 0;
    while (at < count && set(&plan, words[at]))
        at++;
    plan.request_count = read_requests(requests, count - at, words + at);
    Fail fail = {0};
    bool done = load_run(&plan, &result, &fail);
    if (done)
        print_result(&result);
    else
        fprintf(stderr, "%s\n", fail.text);
    load_result_free(&result);
    return done ? 0 : 2;
}

static int ask(uint16_t port, int count, char **words)
{
    LoadRequest request;
    if (!read_requests(&request, count < 3 ? count : 3, words)) return 2;
    Arena arena;
    arena_init(&arena);
    LoadAnswer answer = load_ask(&arena, port, &request, 2000000000);
    Buf text;
    JsonOut out;
    buf_init(&text);
    json_out_init(&out, &text, false);
    json_out_open(&out, '{');
    json_out_key(&out, "status");
    json_out_number(&out, answer.status);
    json_out_key(&out, "headers");
    json_out_str(&out, answer.headers);
    json_out_key(&out, "body");
    json_out_str(&out, answer.body);
    json_out_key(&out, "trouble");
    json_out_str(&out, answer.trouble);
    json_out_key(&out, "latency_us");
    json_out_number(&out, answer.latency_ns / 1000);
    json_out_close(&out, '}');
    printf("%.*s\n", (int)text.len, text.data);
    buf_free(&text);
    arena_free(&arena);
    return 0;
}

int main(int count, char **words)
{
    if (count < 3) {
        fprintf(stderr, "usage: load_run PORT NAME=VALUE… METHOD PATH [BODY]…\n");
        return 2;
    }
    uint16_t port = (uint16_t)strtoul(words[1], NULL, 10);
    return strcmp(words[2], "ask") == 0 ? ask(port, count - 3, words + 3) : load(port, count - 2, words + 2);
}
