#include "verify/judge.h"

#include "base/buf.h"
#include "verify/cells.h"
#include "verify/remains.h"
#include "verify/speed.h"
#include "verify/words.h"
#include "base/banned.h"

static const double least_fall = 0.90; /* of the stall, for it to be fixed */

/* A verdict with its one line. */
typedef struct Outcome {
    Verdict verdict;
    Str reason;
} Outcome;

typedef struct Judging {
    Arena *arena;
    Run *run;
    RunFinding *findings;
    RunEndpoint *endpoints;
} Judging;

/* How much a verdict matters beside another one; also what a run comes to. */
static unsigned weight(Verdict verdict)
{
    static const unsigned weights[VERDICTS] = {
        [VERDICT_NONE] = 0,           [VERDICT_FIXED] = 1,
        [VERDICT_NOT_REPRODUCED] = 2, [VERDICT_NOT_EXERCISED] = 3,
        [VERDICT_NOISY] = 4,          [VERDICT_SLOWER] = 5,
        [VERDICT_NOT_FIXED] = 6,      [VERDICT_BEHAVIOUR_CHANGED] = 7,
    };
    return weights[verdict];
}

static bool has_fix(const RunFinding *finding)
{
    return finding->fix_title.len > 0;
}

/* --- words --- */

static Str kept(Judging *judging, Buf *text)
{
    Str copy = str_copy(judging->arena, buf_str(text));
    buf_free(text);
    return copy;
}

static void add_endpoint(Buf *text, const RunEndpoint *endpoint)
{
    buf_add(text, endpoint->method);
    buf_add_byte(text, ' ');
    buf_add(text, endpoint->path);
}

static void add_difference(Buf *text, const RunDifference *difference)
{
    buf_add(text, difference->request);
    buf_add_text(text, ": ");
    buf_add(text, difference->what);
    buf_add_text(text, ": ");
    if (difference->before.len) {
        buf_add(text, difference->before);
        buf_add_text(text, " → ");
    }
    buf_add(text, difference->after);
}

/* "p50 306 → 105 ms, 20 users" */
static Str speed_words(Judging *judging, const RunEndpoint *endpoint, const Speed *speed)
{
    Buf text;
    buf_init(&text);
    add_endpoint(&text, endpoint);
    buf_format(&text, ": p%.0f ", speed->percent);
    words_add_ms(&text, speed->before_us * 1000);
    buf_add_text(&text, " → ");
    words_add_ms(&text, speed->after_us * 1000);
    buf_add_text(&text, ", ");
    buf_add(&text, judging->run->loads[speed->load].words);
    if (speed->kind == SPEED_NOISY) {
        buf_add_text(&text, "; the rounds differ by ");
        words_add_share(&text, speed->noise);
    }
    return kept(judging, &text);
}

/* --- behaviour --- */

static uint64_t sum_failed(const RunEndpoint *endpoint, Tree tree, uint64_t *answered)
{
    uint64_t failed = 0;
    *answered = 0;
    for (size_t i = 0; i < endpoint->cell_count; i++) {
        if (endpoint->cells[i].tree != tree) continue;
        failed += endpoint->cells[i].failed;
        *answered += endpoint->cells[i].answered;
    }
    return failed;
}

/* Under load requests fail that did not, or none is answered any more. */
static bool fails_more(const RunEndpoint *endpoint, uint64_t *failed, uint64_t *asked)
{
    static const double by_accident = 0.01;
    uint64_t before_answered, after_answered;
    uint64_t before = sum_failed(endpoint, TREE_BEFORE, &before_answered);
    *failed = sum_failed(endpoint, TREE_AFTER, &after_answered);
    *asked = *failed + after_answered;
    uint64_t before_asked = before + before_answered; /* a loop that stands still may answer nothing at all */
    if (!*asked) return false;
    double was = before_asked ? (double)before / (double)before_asked : 0;
    double is = (double)*failed / (double)*asked;
    return *failed && (before ? is > was + by_accident : true);
}

/* A request calls the outside as often under load as alone, and in B no longer. A cache makes it seldom in both; hardly any
 * request says nothing. */
static bool loses_calls(const RunEndpoint *endpoint)
{
    enum { LEAST_BEFORE = 3, LEAST_AFTER = 20 };
    static const double kept = 0.7;
    const RunCalls *calls = &endpoint->calls;
    if (calls->handled[TREE_BEFORE] < LEAST_BEFORE || calls->handled[TREE_AFTER] < LEAST_AFTER) return false;
    double before = (double)calls->count[TREE_BEFORE] / (double)calls->handled[TREE_BEFORE];
    double after = (double)calls->count[TREE_AFTER] / (double)calls->handled[TREE_AFTER];
    return before >= kept * calls->alone && after < kept * calls->alone;
}

static Str lost_calls_words(Judging *judging, const RunEndpoint *endpoint)
{
    Buf text;
    buf_init(&text);
    add_endpoint(&text, endpoint);
    double after = (double)endpoint->calls.count[TREE_AFTER] / (double)endpoint->calls.handled[TREE_AFTER];
    buf_format(&text, ": under load %.2g calls to the outside a request, %.2g alone", after,
               endpoint->calls.alone);
    return kept(judging, &text);
}

static Outcome behaviour_of(Judging *judging, const RunEndpoint *endpoint)
{
    uint64_t failed, asked;
    Buf text;
    buf_init(&text);
    if (endpoint->difference_count) {
        add_difference(&text, &endpoint->differences[0]);
        if (endpoint->difference_count > 1) buf_format(&text, "; %zu more", endpoint->difference_count - 1);
        return (Outcome){VERDICT_BEHAVIOUR_CHANGED, kept(judging, &text)};
    }
    if (endpoint->exercised && fails_more(endpoint, &failed, &asked)) {
        add_endpoint(&text, endpoint);
        buf_add_text(&text, ": under load ");
        words_add_count(&text, failed);
        buf_add_text(&text, " of ");
        words_add_count(&text, asked);
        buf_add_text(&text, " requests fail");
        return (Outcome){VERDICT_BEHAVIOUR_CHANGED, kept(judging, &text)};
    }
    buf_free(&text);
    if (endpoint->exercised && loses_calls(endpoint))
        return (Outcome){VERDICT_BEHAVIOUR_CHANGED, lost_calls_words(judging, endpoint)};
    return (Outcome){VERDICT_NONE, STR("")};
}

/* --- what is left of the stall --- */

/* "builds a client for each call: ssl.create_default_context, 37 ms in httpx.AsyncClient (app.py:9)" */
static void add_construction(Buf *text, const RunStall *stall, const RunFrame *made)
{
    const RunFrame *tls = stall_tls(stall);
    buf_add_text(text, tls ? "builds a client" : "builds an object");
    buf_add_text(text, stall->count > 1 ? " for each call: " : ": ");
    if (tls && tls != made) {
        words_add_function(text, tls);
        buf_add_text(text, ", ");
    }
    words_add_ms(text, stall->longest_ns);
    buf_add_text(text, " in ");
    words_add_function(text, made);
    buf_add_text(text, " (");
    buf_add(text, stall->at->file);
    buf_format(text, ":%u)", stall->at->row1);
}

static void add_stall(Buf *text, const RunStall *stall, const char *how)
{
    const RunFrame *made =
        stall->kind == STALL_CPU && stall->at->in_project ? stall_construction(stall) : NULL;
    if (made) {
        add_construction(text, stall, made);
        return;
    }
    buf_add_text(text, how);
    stall_add_words(text, stall);
    buf_add_text(text, ", ");
    words_add_ms(text, stall->longest_ns);
}

static Str remains_words(Judging *judging, const Remains *remains)
{
    Buf text;
    buf_init(&text);
    if (remains->kind == REMAINS_GIL) {
        buf_add_text(&text, "waits for the GIL: ");
        words_add_share(&text, remains->gil_share);
        buf_add_text(&text, " of the stall, held by a worker thread");
    } else if (remains->stall && remains->stall->at) {
        add_stall(&text, remains->stall,
                  remains->kind == REMAINS_MOVED ? "stalls elsewhere now: " : "still: ");
    }
    if (remains->was_stalled && !remains->still_blocks) {
        buf_add_text(&text, text.len ? "; " : "");
        words_add_share(&text, remains->ratio);
        buf_add_text(&text, " of the stall is left");
    }
    return kept(judging, &text);
}

/* The call that A made on the loop's thread is made there in B and takes a good part of its time, too: one that no longer
 * waits is over at once. */
static bool still_calls(const RunFinding *finding)
{
    static const double good_part = 0.3;
    double before = (double)finding->call_ns[TREE_BEFORE], after = (double)finding->call_ns[TREE_AFTER];
    return finding->calls[TREE_BEFORE] && finding->calls[TREE_AFTER] && after > before * good_part;
}

static Str calls_words(Judging *judging, const RunFinding *finding)
{
    Buf text;
    buf_init(&text);
    buf_add_text(&text, "the call is still made on the loop's thread, ");
    words_add_times(&text, finding->calls[TREE_AFTER]);
    buf_add_text(&text, ", ");
    words_add_ms(&text, finding->call_ns[TREE_AFTER] / finding->calls[TREE_AFTER]);
    return kept(judging, &text);
}

static Str little_words(Judging *judging, const Remains *remains)
{
    Buf text;
    buf_init(&text);
    buf_add_text(&text, "runs, and computes ");
    words_add_ms(&text, (uint64_t)remains->before_per_request_ns);
    buf_add_text(&text, " a request");
    return kept(judging, &text);
}

/* A request still holds the loop up for as long as a stall, however little of the old one that is. */
static bool stalls_each_request(const Judging *judging, const Remains *remains)
{
    return remains->kind != REMAINS_NOTHING && remains->per_request_ns > (double)judging->run->stall_ns;
}

static Str fixed_words(Judging *judging, const RunFinding *finding, const Remains *remains)
{
    uint64_t longest = finding->stall_ns[TREE_BEFORE];
    Buf text;
    buf_init(&text);
    if (!remains->was_stalled) {
        buf_add_text(&text, "the call left the loop's thread");
    } else {
        buf_add_text(&text, "longest stall at its lines ");
        words_add_ms(&text, longest);
        buf_add_text(&text, " → ");
        if (finding->stall_ns[TREE_AFTER])
            words_add_ms(&text, finding->stall_ns[TREE_AFTER]);
        else
            buf_add_text(&text, "none");
    }
    return kept(judging, &text);
}

/* The share of time that the machine kept B's loop from running, when that is more than B's loop stood still itself: then a call
 * that waited for a processor looks like one that blocks. 0: it is less. */
static double taken_by_machine(const Judging *judging, const RunFinding *finding)
{
    uint64_t taken_ns = 0, stalled_ns = 0, wall_ns = 0;
    for (size_t i = 0; i < finding->endpoint_count; i++) {
        const RunEndpoint *endpoint = &judging->endpoints[finding->endpoints[i]];
        for (size_t k = 0; k < endpoint->cell_count; k++) {
            if (endpoint->cells[k].tree != TREE_AFTER) continue;
            taken_ns += endpoint->cells[k].runqueue_ns;
            stalled_ns += endpoint->cells[k].stalled_ns;
            wall_ns += endpoint->cells[k].wall_ns;
        }
    }
    return wall_ns && taken_ns > stalled_ns ? (double)taken_ns / (double)wall_ns : 0;
}

static Str machine_words(Judging *judging, const Remains *remains, double share)
{
    Buf text;
    buf_init(&text);
    buf_add(&text, remains_words(judging, remains));
    buf_add_text(&text, "; for ");
    words_add_share(&text, share);
    buf_add_text(&text, " of the time the machine ran something else");
    return kept(judging, &text);
}

static Outcome remains_outcome(Judging *judging, size_t number)
{
    static const double clear = 2; /* times what is allowed: noise does not turn it */
    Remains remains = remains_of(judging->run, number);
    RunFinding *finding = &judging->findings[number];
    double allowed = 1 - least_fall;
    bool is_left = remains.was_stalled && (remains.ratio > allowed || stalls_each_request(judging, &remains));
    bool is_new =
        !remains.was_stalled && remains.kind == REMAINS_MOVED && stalls_each_request(judging, &remains);
    double taken = remains.kind == REMAINS_MOVED ? taken_by_machine(judging, finding) : 0;
    if ((is_left || is_new) && taken > 0)
        return (Outcome){VERDICT_NOISY, machine_words(judging, &remains, taken)};
    if (remains.still_blocks || is_new) return (Outcome){VERDICT_NOT_FIXED, remains_words(judging, &remains)};
    if (!remains.was_stalled && still_calls(finding))
        return (Outcome){VERDICT_NOT_FIXED, calls_words(judging, finding)};
    if (!remains.was_stalled && !finding->calls[TREE_BEFORE])
        return (Outcome){VERDICT_NOT_REPRODUCED, little_words(judging, &remains)};
    if (!is_left) return (Outcome){VERDICT_FIXED, fixed_words(judging, finding, &remains)};
    for (size_t i = 0; i < finding->endpoint_count && remains.ratio <= allowed * clear; i++)
        if (speed_is_noisy(&judging->endpoints[finding->endpoints[i]]))
            return (Outcome){VERDICT_NOISY, remains_words(judging, &remains)};
    return (Outcome){VERDICT_NOT_FIXED, remains_words(judging, &remains)};
}

/* --- findings --- */

/* The worst of an outcome of each endpoint that ran the finding. */
static Outcome worst_endpoint(Judging *judging, const RunFinding *finding,
                              Outcome (*judge)(Judging *judging, const RunEndpoint *endpoint))
{
    Outcome worst = {VERDICT_NONE, STR("")};
    for (size_t i = 0; i < finding->endpoint_count; i++) {
        Outcome one = judge(judging, &judging->endpoints[finding->endpoints[i]]);
        if (weight(one.verdict) > weight(worst.verdict)) worst = one;
    }
    return worst;
}

static Outcome speed_outcome(Judging *judging, const RunEndpoint *endpoint)
{
    Speed speed = speed_of(judging->run, endpoint);
    if (!endpoint->exercised || speed.kind == SPEED_SAME) return (Outcome){VERDICT_NONE, STR("")};
    return (Outcome){speed.kind == SPEED_SLOWER ? VERDICT_SLOWER : VERDICT_NOISY,
                     speed_words(judging, endpoint, &speed)};
}

static bool is_exercised(Judging *judging, const RunFinding *finding, Str *reason)
{
    *reason = finding->seen_reason;
    if (finding->seen == SEEN_NOT_EXERCISED) return false;
    for (size_t i = 0; i < finding->endpoint_count; i++) {
        const RunEndpoint *endpoint = &judging->endpoints[finding->endpoints[i]];
        if (endpoint->exercised) return true;
        *reason = endpoint->reason;
    }
    return !finding->endpoint_count;
}

static Outcome stall_outcome(Judging *judging, size_t number)
{
    RunFinding *finding = &judging->findings[number];
    if (finding->seen == SEEN_NOT_REPRODUCED) return (Outcome){VERDICT_NOT_REPRODUCED, finding->seen_reason};
    Outcome outcome = remains_outcome(judging, number);
    if (outcome.verdict != VERDICT_FIXED) return outcome;
    Outcome speed = worst_endpoint(judging, finding, speed_outcome);
    if (speed.verdict != VERDICT_NONE) return speed;
    return outcome;
}

/* Awaits in a row stall nothing: what a fix of them is for is an earlier answer. */
static Outcome wait_outcome(Judging *judging, RunFinding *finding)
{
    static const double least_gain = 0.10;
    Outcome slower = worst_endpoint(judging, finding, speed_outcome);
    for (size_t i = 0; i < finding->endpoint_count && slower.verdict == VERDICT_NONE; i++) {
        const RunEndpoint *endpoint = &judging->endpoints[finding->endpoints[i]];
        double gain;
        Speed speed = speed_gain(judging->run, endpoint, &gain);
        if (!endpoint->exercised || gain <= least_gain) continue;
        finding->seen = SEEN_CONFIRMED;
        finding->seen_reason = speed_words(judging, endpoint, &speed);
        return (Outcome){VERDICT_FIXED, finding->seen_reason};
    }
    if (slower.verdict != VERDICT_NONE) return slower;
    return (Outcome){VERDICT_NOT_REPRODUCED, STR("runs, and answers come no sooner")};
}

static Outcome finding_outcome(Judging *judging, size_t number)
{
    RunFinding *finding = &judging->findings[number];
    Str reason;
    if (!has_fix(finding)) return (Outcome){VERDICT_NONE, STR("")};
    if (!is_exercised(judging, finding, &reason)) return (Outcome){VERDICT_NOT_EXERCISED, reason};
    Outcome behaviour = worst_endpoint(judging, finding, behaviour_of);
    if (behaviour.verdict != VERDICT_NONE) return behaviour;
    switch (finding->harm) {
    case HARM_STALL:
        return stall_outcome(judging, number);
    case HARM_WAIT:
        return wait_outcome(judging, finding);
    case HARM_OTHER:
        break;
    }
    return (Outcome){VERDICT_NOT_REPRODUCED, STR("runs; neither stalls nor answers show it")};
}

/* --- endpoints and the run --- */

/* An endpoint whose stall is gone is fixed, whatever else runs there and takes no time. */
static unsigned endpoint_weight(Verdict verdict)
{
    return verdict == VERDICT_NOT_REPRODUCED ? 0 : weight(verdict);
}

static Outcome endpoint_outcome(Judging *judging, size_t number)
{
    const RunEndpoint *endpoint = &judging->endpoints[number];
    Outcome own = behaviour_of(judging, endpoint);
    if (own.verdict == VERDICT_NONE && !endpoint->exercised)
        own = (Outcome){VERDICT_NOT_EXERCISED, endpoint->reason};
    if (own.verdict == VERDICT_NONE) own = speed_outcome(judging, endpoint);
    for (size_t i = 0; i < judging->run->finding_count; i++) {
        const RunFinding *finding = &judging->findings[i];
        bool outweighs =
            own.verdict == VERDICT_NONE || endpoint_weight(finding->verdict) > endpoint_weight(own.verdict);
        for (size_t k = 0; k < finding->endpoint_count && outweighs; k++)
            if (finding->endpoints[k] == number && finding->verdict != VERDICT_NONE)
                own = (Outcome){finding->verdict, finding->verdict_reason};
    }
    return own;
}

/* What nobody has fixed is in nobody's way: an endpoint without a fix only counts where it has changed. */
static bool counts(const Judging *judging, size_t endpoint)
{
    Verdict verdict = judging->endpoints[endpoint].verdict;
    if (verdict == VERDICT_BEHAVIOUR_CHANGED || verdict == VERDICT_SLOWER) return true;
    for (size_t i = 0; i < judging->run->finding_count; i++)
        for (size_t k = 0; has_fix(&judging->findings[i]) && k < judging->findings[i].endpoint_count; k++)
            if (judging->findings[i].endpoints[k] == endpoint) return true;
    return false;
}

static Verdict run_outcome(const Judging *judging)
{
    Verdict worst = VERDICT_NONE;
    for (size_t i = 0; i < judging->run->finding_count; i++)
        if (weight(judging->findings[i].verdict) > weight(worst)) worst = judging->findings[i].verdict;
    for (size_t i = 0; i < judging->run->endpoint_count; i++)
        if (counts(judging, i) && weight(judging->endpoints[i].verdict) > weight(worst))
            worst = judging->endpoints[i].verdict;
    return worst;
}

void run_judge(Arena *arena, Run *run, RunFinding *findings, RunEndpoint *endpoints)
{
    Judging judging = {arena, run, findings, endpoints};
    for (size_t i = 0; i < run->finding_count; i++) {
        Outcome outcome = finding_outcome(&judging, i);
        findings[i].verdict = outcome.verdict;
        findings[i].verdict_reason = outcome.reason;
    }
    for (size_t i = 0; i < run->endpoint_count; i++) {
        Outcome outcome = endpoint_outcome(&judging, i);
        endpoints[i].verdict = outcome.verdict;
        endpoints[i].verdict_reason = outcome.reason;
    }
    run->verdict = run_outcome(&judging);
}
