#define _POSIX_C_SOURCE 200809L
#include "verify/verify.h"

#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/vec.h"
#include "probe/call_name.h"
#include "verify/answers.h"
#include "verify/judge.h"
#include "verify/notes.h"
#include "verify/predictions.h"
#include "verify/statement.h"
#include "verify/timing.h"
#include "verify/versions.h"

#include "base/banned.h"

typedef struct Verification {
    Arena *arena;
    VerifyPlan *plan;
    Run *run;
    Stage stage;
    Requests requests;
    Endpoints endpoints;
    Pass passes[3]; /* A, A again, B */
    bool *wanted;   /* endpoints that are timed */
    Match *match;
    Timing *timing;
    Notes notes;
} Verification;

static const char *call_name(uint16_t call)
{
    return probe_call_name(call);
}

static bool has_after(const Verification *verification)
{
    return verification->stage.trees[TREE_AFTER] != NULL;
}

/* --- where findings stand, in both trees --- */

static void place_findings(Verification *verification, Versions *versions, LineRows *statements[TREES])
{
    VerifyPlan *plan = verification->plan;
    for (size_t i = 0; i < plan->finding_count; i++) {
        RunFinding *finding = &plan->findings[i];
        LineRows rows = {finding->row1, finding->end_row1};
        const Version *version = versions_file(versions, finding->path);
        statements[TREE_BEFORE][i] = statement_rows(version->texts[TREE_BEFORE], rows);
        if (!has_after(verification)) continue;
        LineRows moved = line_map_rows(&version->map, rows);
        finding->after_row1 = moved.row1;
        finding->after_end_row1 = moved.end_row1;
        statements[TREE_AFTER][i] = line_map_rows(&version->map, statements[TREE_BEFORE][i]);
    }
}

static void begin_match(Verification *verification)
{
    VerifyPlan *plan = verification->plan;
    LineRows *statements[TREES];
    for (size_t tree = 0; tree < TREES; tree++)
        statements[tree] = arena_array(verification->arena, plan->finding_count, sizeof **statements);
    const char *const *trees = (const char *const *)verification->stage.trees;
    Versions *versions = versions_new(verification->arena, trees);
    place_findings(verification, versions, statements);
    Str root = str_from(verification->stage.served);
    MatchPlan match = {.roots = {root, root},
                       .findings = plan->findings,
                       .finding_count = plan->finding_count,
                       .statements = {statements[TREE_BEFORE], statements[TREE_AFTER]},
                       .versions = has_after(verification) ? versions : NULL,
                       .stall_ns = plan->stall_ns,
                       .call_name = call_name};
    verification->match = match_new(verification->arena, &match);
}

/* --- functional passes --- */

static const HostLine *watched(Verification *verification)
{
    const VerifyPlan *plan = verification->plan;
    HostLine *lines = arena_array(verification->arena, plan->finding_count, sizeof *lines);
    for (size_t i = 0; i < plan->finding_count; i++)
        lines[i] = (HostLine){stage_path(&verification->stage, plan->findings[i].path),
                              plan->findings[i].row1, plan->findings[i].end_row1};
    return lines;
}

static bool nothing_to_ask(const Host *host, Fail *fail)
{
    Str why = host->notices.count ? host->notices.items[host->notices.count - 1] : STR("");
    return fail_at(
        fail, NULL, 0,
        "nothing to ask: the application has no endpoint that can be asked without --requests%s%.*s",
        why.len ? "; " : "", (int)why.len, why.ptr);
}

static bool make_requests(Verification *verification, const Host *host, Fail *fail)
{
    const VerifyPlan *plan = verification->plan;
    Requests *requests = &verification->requests;
    bool writes = plan->writes || plan->outside.postgres || plan->outside.redis || plan->stubs;
    bool made = plan->requests_file ? requests_read(verification->arena, plan->requests_file, requests, fail)
                                    : requests_make(verification->arena, host, writes, requests, fail);
    if (!made) return false;
    requests_route(requests, host);
    if (plan->endpoint_count &&
        !requests_only(verification->arena, requests, host, plan->endpoints, plan->endpoint_count))
        return fail_at(fail, NULL, 0, "no request asks '%.*s'", (int)plan->endpoints[0].len,
                       plan->endpoints[0].ptr);
    return requests->count || nothing_to_ask(host, fail);
}

/* The request during which something happened. */
static size_t request_at(const Pass *pass, uint64_t at_ns)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < pass->request_count; i++)
        if (pass->answers[i].started_ns && pass->answers[i].started_ns <= at_ns) found = i;
    return found;
}

/* For requests that lead to those that are of interest. */
static bool ran_ahead(const Pass *pass, uint64_t at_ns)
{
    return pass->led_ns && at_ns >= pass->led_ns && at_ns < pass->started_ns;
}

/* A line that runs for one endpoint only once may run for others afterwards: it is told of its first time alone. */
static void note_lines(Verification *verification, Host *host, const StageStart *start)
{
    HostPlan plan = {.watch = start->watch, .watch_count = start->watch_count};
    const size_t *lines;
    const uint64_t *at_ns;
    size_t count = host_covered(host, verification->arena, &plan, &lines, &at_ns);
    for (size_t i = 0; i < count; i++) {
        if (ran_ahead(&verification->passes[0], at_ns[i])) continue;
        size_t request = request_at(&verification->passes[0], at_ns[i]);
        size_t endpoint = request == SIZE_MAX ? SIZE_MAX : verification->endpoints.of_request[request];
        match_ran(verification->match, lines[i], endpoint);
    }
}

static void match_pass(Verification *verification, Host *host, Tree tree, const Pass *pass)
{
    bool traced = pass == &verification->passes[0];
    for (size_t i = 0; i < pass->request_count; i++) {
        if (!pass->answers[i].started_ns) continue;
        bool last = i + 1 == pass->request_count || !pass->answers[i + 1].started_ns;
        MatchPhase phase = {.area = &host->area,
                            .tree = tree,
                            .endpoint = verification->endpoints.of_request[i],
                            .from_ns = pass->answers[i].started_ns,
                            .to_ns = last ? pass->answers[i].ended_ns : pass->answers[i + 1].started_ns,
                            .is_functional = true,
                            .is_untraced = !traced};
        match_phase(verification->match, &phase);
    }
}

/* The next ones start while the first is asked. */
static void begin_next(Verification *verification)
{
    const StageStart again = {.tree = TREE_BEFORE, .probe = true},
                     after = {.tree = TREE_AFTER, .probe = true};
    stage_ahead(&verification->stage, &again);
    if (has_after(verification)) stage_ahead(&verification->stage, &after);
}

static bool first_pass(Verification *verification, Fail *fail)
{
    Stage *stage = &verification->stage;
    StageStart start = {.tree = TREE_BEFORE,
                        .watch = watched(verification),
                        .watch_count = verification->plan->finding_count,
                        .probe = true};
    Host host;
    stage_progress(stage, "starting the application");
    if (!stage_serve(stage, &start, &host, fail)) return false;
    stage_meet(stage, &host);
    notes_host(&verification->notes, &host, verification->run);
    stage->end = VERIFY_MISUSED;
    bool made = make_requests(verification, &host, fail);
    if (made) {
        begin_next(verification);
        stage_progress(stage, "asking each request once");
        pass_run(stage, &host, &verification->requests, &verification->passes[0]);
        endpoints_draft(verification->arena, &verification->requests, &host, stage->served,
                        &verification->passes[0], &verification->endpoints);
        endpoints_explain(verification->arena, &verification->endpoints, &host, stage->served,
                          &verification->passes[0], verification->plan->findings,
                          verification->plan->finding_count);
        note_lines(verification, &host, &start);
        match_pass(verification, &host, TREE_BEFORE, &verification->passes[0]);
        host_listen(&host);
        notes_host(&verification->notes, &host, verification->run);
        notes_refused(&verification->notes, &host.area);
        notes_loops(&verification->notes, &host.area);
        const Requests none = {.http2_count = verification->requests.http2_count};
        bool all = !verification->plan->endpoint_count;
        notes_left_out(&verification->notes, all ? &verification->requests : &none, stage->left_out);
    }
    stage_stop(&host);
    return made;
}

/* A second time, or the other tree. A tree that holds its loop needs a new application for each load: one begins here. Where
 * only one may live it is timed at once; else it waits for that. */
static bool next_pass(Verification *verification, Tree tree, Pass *pass, Fail *fail)
{
    Stage *stage = &verification->stage;
    StageStart start = {.tree = tree, .probe = true};
    Host host;
    if (!stage_serve(stage, &start, &host, fail)) return false;
    if (tree == TREE_BEFORE && !verification->plan->quick) stage_ahead(stage, &start);
    stage_progress(stage, tree == TREE_BEFORE ? "asking each request again" : "asking the second version");
    pass_run(stage, &host, &verification->requests, pass);
    match_pass(verification, &host, tree, pass);
    if (stage->together) {
        stage_leave(stage, &start, &host);
        return true;
    }
    return timing_adopt(verification->timing, tree, &host, fail);
}

/* --- what is timed: what findings are about, else everything that can be asked --- */

static void choose_endpoints(Verification *verification)
{
    Endpoints *endpoints = &verification->endpoints;
    verification->wanted = arena_array(verification->arena, endpoints->count, sizeof *verification->wanted);
    match_settle(verification->match, verification->plan->findings);
    size_t count = 0;
    for (size_t i = 0; i < verification->plan->finding_count; i++) {
        const RunFinding *finding = &verification->plan->findings[i];
        for (size_t k = 0; k < finding->endpoint_count; k++) {
            size_t endpoint = finding->endpoints[k];
            if (endpoint >= endpoints->count || !endpoints->items[endpoint].exercised) continue;
            count += !verification->wanted[endpoint];
            verification->wanted[endpoint] = true;
        }
    }
    for (size_t i = 0; !count && i < endpoints->count; i++)
        verification->wanted[i] = endpoints->items[i].exercised;
}

/* --- answers and effects --- */

static void compare_request(Verification *verification, Differences *differences, size_t request)
{
    const LoadRequest *load = &verification->requests.items[request].load;
    const Pass *passes = verification->passes;
    differences_begin(differences, str_join(verification->arena, load->method, STR(" "), load->target));
    answers_compare(differences, &passes[0].answers[request], &passes[1].answers[request],
                    &passes[2].answers[request]);
    effects_compare(differences, passes[0].effects[request], passes[1].effects[request],
                    passes[2].effects[request], verification->plan->concurrent_fixes);
}

static void compare(Verification *verification)
{
    for (size_t i = 0; i < verification->endpoints.count; i++) {
        Differences differences;
        differences_init(&differences, verification->arena);
        const EndpointRequests *requests = &verification->endpoints.requests[i];
        for (size_t k = 0; k < requests->count; k++)
            compare_request(verification, &differences, requests->all[k]);
        RunEndpoint *endpoint = &verification->endpoints.items[i];
        endpoint->differences = differences_list(&differences, &endpoint->difference_count);
        notes_masks(&verification->notes, &differences);
        differences_free(&differences);
    }
}

/* --- the run --- */

static bool run_steps(Verification *verification, Fail *fail)
{
    begin_match(verification);
    if (!first_pass(verification, fail)) return false;
    choose_endpoints(verification);
    verification->timing =
        timing_new(&verification->stage, &verification->endpoints, verification->wanted, verification->match);
    if (!next_pass(verification, TREE_BEFORE, &verification->passes[1], fail)) return false;
    if (has_after(verification)) {
        if (!next_pass(verification, TREE_AFTER, &verification->passes[2], fail)) return false;
        compare(verification);
    }
    return timing_rounds(verification->timing, fail);
}

/* The fastest of its requests: what one takes when it waits for nobody else. */
static uint64_t alone(const Verification *verification, size_t endpoint, const Pass *pass)
{
    const EndpointRequests *requests = &verification->endpoints.requests[endpoint];
    uint64_t least = 0;
    for (size_t i = 0; i < requests->count && pass->answers; i++) {
        const LoadAnswer *answer = &pass->answers[requests->all[i]];
        if (answer_is_good(answer) && (!least || answer->latency_ns < least)) least = answer->latency_ns;
    }
    return least;
}

static void predict(Verification *verification)
{
    size_t count = verification->endpoints.count;
    uint64_t(*alone_ns)[TREES] = arena_array(verification->arena, count, sizeof *alone_ns);
    for (size_t i = 0; i < count; i++) {
        alone_ns[i][TREE_BEFORE] = alone(verification, i, &verification->passes[1]);
        alone_ns[i][TREE_AFTER] = alone(verification, i, &verification->passes[2]);
    }
    predictions_make(verification->arena, verification->run, verification->endpoints.items,
                     (const uint64_t(*)[TREES])alone_ns, &verification->notes);
}

static void conclude(Verification *verification)
{
    Run *run = verification->run;
    TimingResult timing = timing_done(verification->timing);
    match_settle(verification->match, verification->plan->findings);
    run->loads = timing.loads;
    run->load_count = timing.load_count;
    for (size_t i = 0; i < verification->endpoints.count; i++)
        run->noise = fmax(run->noise, verification->endpoints.items[i].noise);
    run->probe_overhead = timing.probe_overhead;
    run->endpoints = verification->endpoints.items;
    run->endpoint_count = verification->endpoints.count;
    run->findings = verification->plan->findings;
    run->finding_count = verification->plan->finding_count;
    run->stalls = match_stalls(verification->match, &run->stall_count);
    if (verification->plan->model) predict(verification);
    notes_outside(&verification->notes, verification->stage.outside);
    run_judge(verification->arena, run, verification->plan->findings, verification->endpoints.items);
}

VerifyEnd verify_run(Arena *arena, VerifyPlan *plan, Run *run, Fail *fail)
{
    Verification verification = {.arena = arena, .plan = plan, .run = run};
    uint64_t started_ns = clock_now_ns();
    if (!stage_open(&verification.stage, arena, plan, fail)) return verification.stage.end;
    *run = (Run){.command = plan->command,
                 .app = str_from(plan->place.app),
                 .guard = verification.stage.guard,
                 .stall_ns = plan->stall_ns};
    notes_begin(&verification.notes, arena, run);
    notes_preload(&verification.notes, plan->environment, plan->environment_count);
    bool done = run_steps(&verification, fail);
    if (done) conclude(&verification);
    if (verification.match) match_free(verification.match);
    stage_close(&verification.stage);
    if (verification.stage.remains)
        notes_add(&verification.notes, str_join(arena, STR("could not be removed: "),
                                                str_from(verification.stage.remains), STR("")));
    notes_take(&verification.notes, run);
    run->took_ns = clock_now_ns() - started_ns;
    return done ? VERIFY_DONE : verification.stage.end;
}
