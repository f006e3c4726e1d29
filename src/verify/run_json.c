#include "verify/run_json.h"

#include "base/json.h"
#include "verify/cells.h"
#include "base/banned.h"

/* --- small parts --- */

static void add_text(JsonOut *out, const char *key, Str text)
{
    json_out_key(out, key);
    json_out_str(out, text);
}

static void add_text_or_null(JsonOut *out, const char *key, Str text)
{
    json_out_key(out, key);
    if (text.len)
        json_out_str(out, text);
    else
        json_out_null(out);
}

static void add_number(JsonOut *out, const char *key, uint64_t number)
{
    json_out_key(out, key);
    json_out_number(out, number);
}

static void add_real(JsonOut *out, const char *key, double number)
{
    json_out_key(out, key);
    json_out_real(out, number);
}

static void add_bool(JsonOut *out, const char *key, bool value)
{
    json_out_key(out, key);
    json_out_bool(out, value);
}

static void add_ms(JsonOut *out, const char *key, uint64_t nanoseconds)
{
    add_real(out, key, (double)nanoseconds / 1e6);
}

/* SIZE_MAX: none. */
static void add_index(JsonOut *out, const char *key, size_t index)
{
    json_out_key(out, key);
    if (index == SIZE_MAX)
        json_out_null(out);
    else
        json_out_number(out, index);
}

static void open_list(JsonOut *out, const char *key)
{
    json_out_key(out, key);
    json_out_open(out, '[');
}

static void open_object(JsonOut *out, const char *key)
{
    json_out_key(out, key);
    json_out_open(out, '{');
}

static void add_verdict(JsonOut *out, Verdict verdict, Str reason)
{
    add_text_or_null(out, "verdict", str_from(verdict_name(verdict)));
    add_text_or_null(out, "verdict_reason", reason);
}

static void add_tree(JsonOut *out, Tree tree)
{
    add_text(out, "tree", tree == TREE_BEFORE ? STR("before") : STR("after"));
}

static void add_lines(JsonOut *out, const char *key, const Str *lines, size_t count)
{
    open_list(out, key);
    for (size_t i = 0; i < count; i++)
        json_out_str(out, lines[i]);
    json_out_close(out, ']');
}

/* --- what was measured --- */

static void add_load(JsonOut *out, const RunLoad *load)
{
    json_out_open(out, '{');
    add_text(out, "words", load->words);
    add_number(out, "users", load->users);
    add_ms(out, "think_ms", load->think_ns);
    add_real(out, "rate", load->rate);
    add_ms(out, "duration_ms", load->duration_ns);
    json_out_close(out, '}');
}

static void add_percentile(JsonOut *out, const char *key, const RunCell *cell, double percent)
{
    bool at_least;
    uint64_t value = cell_percentile(cell, percent, &at_least);
    open_object(out, key);
    add_ms(out, "ms", value * 1000);
    add_bool(out, "at_least", at_least);
    json_out_close(out, '}');
}

/* [upper bound in ms, how many, of these unfinished] of each bucket that holds something. */
static void add_buckets(JsonOut *out, const Histogram *latency)
{
    open_list(out, "buckets");
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        if (!latency->buckets[i] && !latency->unfinished[i]) continue;
        json_out_open(out, '[');
        json_out_real(out, (double)histogram_value(i) / 1e3);
        json_out_number(out, latency->buckets[i]);
        json_out_number(out, latency->unfinished[i]);
        json_out_close(out, ']');
    }
    json_out_close(out, ']');
}

static void add_latency(JsonOut *out, const RunCell *cell)
{
    open_object(out, "latency");
    add_number(out, "count", cell->latency.count);
    add_number(out, "unfinished", cell->latency.unfinished_count);
    add_real(out, "mean_ms", histogram_mean(&cell->latency) / 1e3);
    add_percentile(out, "p50", cell, 50);
    add_percentile(out, "p90", cell, 90);
    add_percentile(out, "p99", cell, 99);
    add_percentile(out, "p999", cell, 99.9);
    add_percentile(out, "most", cell, 100);
    add_buckets(out, &cell->latency);
    json_out_close(out, '}');
}

static void add_ticks(JsonOut *out, const RunCell *cell)
{
    open_object(out, "timeline");
    add_ms(out, "ms", cell->timeline_ns);
    open_list(out, "ticks");
    for (size_t i = 0; i < cell->tick_count; i++) {
        const RunTick *tick = &cell->ticks[i];
        json_out_open(out, '{');
        add_ms(out, "at_ms", tick->at_ns);
        add_ms(out, "ms", tick->for_ns);
        add_ms(out, "blocked_ms", tick->blocked_ns);
        add_ms(out, "gil_ms", tick->gil_ns);
        add_ms(out, "runqueue_ms", tick->runqueue_ns);
        add_index(out, "stall", tick->stall);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
    json_out_close(out, '}');
}

static void add_stalled(JsonOut *out, const RunCell *cell)
{
    add_ms(out, "measured_ms", cell->wall_ns);
    add_ms(out, "stalled_ms", cell->stalled_ns);
    add_real(out, "stall_share", cell_stall_share(cell));
    add_ms(out, "blocked_ms", cell->blocked_ns);
    add_ms(out, "gil_ms", cell->gil_ns);
    add_ms(out, "computing_ms", cell->cpu_ns);
    add_ms(out, "runqueue_ms", cell->runqueue_ns);
    add_ms(out, "longest_ms", cell->longest_ns);
}

static void add_cell(JsonOut *out, const RunCell *cell)
{
    json_out_open(out, '{');
    add_tree(out, cell->tree);
    add_number(out, "load", cell->load);
    add_number(out, "rounds", cell->rounds);
    add_number(out, "answered", cell->answered);
    add_number(out, "failed", cell->failed);
    add_number(out, "unfinished", cell->unfinished);
    add_real(out, "per_second", cell->per_second);
    add_real(out, "spread", cell->spread);
    add_stalled(out, cell);
    add_ms(out, "cpu_per_request_ms", cell->cpu_per_request_ns);
    add_ms(out, "loop_cpu_per_request_ms", cell->loop_cpu_per_request_ns);
    add_latency(out, cell);
    add_ticks(out, cell);
    json_out_close(out, '}');
}

static void add_difference(JsonOut *out, const RunDifference *difference)
{
    json_out_open(out, '{');
    add_text(out, "request", difference->request);
    add_text(out, "what", difference->what);
    add_text(out, "before", difference->before);
    add_text(out, "after", difference->after);
    json_out_close(out, '}');
}

/* --- models, as `loopsafe model` reads them --- */

static void add_point(JsonOut *out, const RunLoad *load, const RunCell *cell)
{
    bool open50, open99;
    double p50 = (double)cell_percentile(cell, 50, &open50) / 1e3,
           p99 = (double)cell_percentile(cell, 99, &open99) / 1e3;
    json_out_open(out, '{');
    add_number(out, "users", load->users);
    add_real(out, "think_ms", (double)load->think_ns / 1e6);
    add_real(out, "warm_seconds", (double)load->warm_ns / 1e9);
    add_real(out, "seconds", (double)load->duration_ns / 1e9);
    add_real(out, "per_second", cell->per_second);
    if (!open50) add_real(out, "p50_ms", p50);
    if (!open99) add_real(out, "p99_ms", p99);
    json_out_close(out, '}');
}

static void add_model(JsonOut *out, const Run *run, const RunEndpoint *endpoint, Tree tree)
{
    const RunModel *model = &endpoint->models[tree];
    json_out_open(out, '{');
    add_text(out, "tree", tree == TREE_BEFORE ? STR("before") : STR("after"));
    add_text(out, "program", model->program);
    open_list(out, "pools");
    json_out_open(out, '{');
    add_text(out, "name", model->pool);
    add_number(out, "size", model->pool_size);
    json_out_close(out, '}');
    json_out_close(out, ']');
    add_number(out, "processors", model->processors);
    open_list(out, "measured");
    for (size_t i = 0; i < run->load_count; i++) {
        const RunCell *cell = cell_find(endpoint, tree, i);
        if (cell && cell->answered && run->loads[i].rate <= 0) add_point(out, &run->loads[i], cell);
    }
    json_out_close(out, ']');
    json_out_close(out, '}');
}

static void add_models(JsonOut *out, const Run *run, const RunEndpoint *endpoint)
{
    if (!endpoint->models[TREE_BEFORE].program.len && !endpoint->models[TREE_AFTER].program.len) return;
    open_list(out, "model");
    for (size_t tree = 0; tree < TREES; tree++)
        if (endpoint->models[tree].program.len) add_model(out, run, endpoint, (Tree)tree);
    json_out_close(out, ']');
}

static void add_calls(JsonOut *out, const RunCalls *calls)
{
    json_out_key(out, "stand_in_calls");
    json_out_open(out, '{');
    add_real(out, "alone", calls->alone);
    for (size_t tree = 0; tree < TREES; tree++) {
        const char *key = tree == TREE_BEFORE ? "before" : "after";
        if (calls->handled[tree])
            add_real(out, key, (double)calls->count[tree] / (double)calls->handled[tree]);
        else
            add_text_or_null(out, key, STR(""));
    }
    json_out_close(out, '}');
}

static void add_endpoint(JsonOut *out, const Run *run, const RunEndpoint *endpoint)
{
    json_out_open(out, '{');
    add_text(out, "method", endpoint->method);
    add_text(out, "path", endpoint->path);
    add_text_or_null(out, "function", endpoint->function);
    add_text_or_null(out, "file", endpoint->file);
    add_number(out, "row", endpoint->row1);
    add_bool(out, "async", endpoint->is_async);
    add_number(out, "requests", endpoint->request_count);
    add_bool(out, "exercised", endpoint->exercised);
    add_text_or_null(out, "reason", endpoint->reason);
    add_number(out, "upstream_calls", endpoint->upstream_calls);
    add_calls(out, &endpoint->calls);
    add_real(out, "noise", endpoint->noise);
    add_verdict(out, endpoint->verdict, endpoint->verdict_reason);
    open_list(out, "cells");
    for (size_t i = 0; i < endpoint->cell_count; i++)
        add_cell(out, &endpoint->cells[i]);
    json_out_close(out, ']');
    open_list(out, "differences");
    for (size_t i = 0; i < endpoint->difference_count; i++)
        add_difference(out, &endpoint->differences[i]);
    json_out_close(out, ']');
    add_models(out, run, endpoint);
    json_out_close(out, '}');
}

/* --- what was concluded --- */

static void add_fix(JsonOut *out, const RunFinding *finding)
{
    json_out_key(out, "fix");
    if (!finding->fix_title.len) {
        json_out_null(out);
        return;
    }
    json_out_open(out, '{');
    add_text(out, "title", finding->fix_title);
    add_text_or_null(out, "shape", finding->fix_shape);
    add_bool(out, "safe", finding->fix_safe);
    json_out_close(out, '}');
}

static void add_ms_of_trees(JsonOut *out, const char *key, const uint64_t nanoseconds[TREES])
{
    open_object(out, key);
    add_ms(out, "before", nanoseconds[TREE_BEFORE]);
    add_ms(out, "after", nanoseconds[TREE_AFTER]);
    json_out_close(out, '}');
}

static void add_evidence(JsonOut *out, const RunFinding *finding)
{
    open_list(out, "endpoints");
    for (size_t i = 0; i < finding->endpoint_count; i++)
        json_out_number(out, finding->endpoints[i]);
    json_out_close(out, ']');
    add_ms_of_trees(out, "stall_ms", finding->stall_ns);
    open_object(out, "calls");
    add_number(out, "before", finding->calls[TREE_BEFORE]);
    add_number(out, "after", finding->calls[TREE_AFTER]);
    json_out_close(out, '}');
    add_ms_of_trees(out, "call_ms", finding->call_ns);
}

static void add_finding(JsonOut *out, const RunFinding *finding)
{
    json_out_open(out, '{');
    add_text(out, "code", finding->code);
    add_text(out, "message", finding->message);
    add_text(out, "path", finding->path);
    add_number(out, "row", finding->row1);
    add_number(out, "end_row", finding->end_row1);
    add_number(out, "column", finding->column1);
    add_text_or_null(out, "function", finding->function);
    add_text(out, "fingerprint", finding->fingerprint);
    add_number(out, "after_row", finding->after_row1);
    add_number(out, "after_end_row", finding->after_end_row1);
    add_fix(out, finding);
    add_text(out, "seen", str_from(seen_name(finding->seen)));
    add_text_or_null(out, "seen_reason", finding->seen_reason);
    add_verdict(out, finding->verdict, finding->verdict_reason);
    add_evidence(out, finding);
    json_out_close(out, '}');
}

static void add_frame(JsonOut *out, const RunFrame *frame)
{
    json_out_open(out, '{');
    add_text(out, "file", frame->file);
    add_text(out, "function", frame->function);
    add_number(out, "row", frame->row1);
    add_bool(out, "in_project", frame->in_project);
    json_out_close(out, '}');
}

static void add_stall(JsonOut *out, const Run *run, const RunStall *stall)
{
    json_out_open(out, '{');
    add_tree(out, stall->tree);
    add_text(out, "kind", str_from(stall_kind_name(stall->kind)));
    add_text_or_null(out, "call", stall->call);
    add_index(out, "endpoint", stall->endpoint);
    add_index(out, "finding", stall->finding);
    add_bool(out, "missed", stall_is_missed(run, stall));
    json_out_key(out, "at");
    if (stall->at)
        add_frame(out, stall->at);
    else
        json_out_null(out);
    open_list(out, "stack");
    for (size_t i = 0; i < stall->stack.count; i++)
        add_frame(out, &stall->stack.frames[i]);
    json_out_close(out, ']');
    add_number(out, "count", stall->count);
    add_ms(out, "total_ms", stall->total_ns);
    add_ms(out, "longest_ms", stall->longest_ns);
    json_out_close(out, '}');
}

static void add_prediction(JsonOut *out, const RunPrediction *prediction)
{
    json_out_open(out, '{');
    add_index(out, "endpoint", prediction->endpoint);
    add_tree(out, prediction->tree);
    add_text(out, "words", prediction->words);
    add_real(out, "per_second", prediction->per_second);
    add_ms(out, "p50_ms", prediction->p50_us * 1000);
    add_ms(out, "p99_ms", prediction->p99_us * 1000);
    add_real(out, "error", prediction->error);
    json_out_close(out, '}');
}

/* --- the run --- */

static void add_environment(JsonOut *out, const Run *run)
{
    open_object(out, "environment");
    add_text_or_null(out, "python", run->python);
    add_text_or_null(out, "framework", run->framework);
    add_text_or_null(out, "server", run->server);
    add_text_or_null(out, "loop", run->loop);
    add_text_or_null(out, "machine", run->machine);
    add_text_or_null(out, "guard", run->guard);
    add_text_or_null(out, "probe", run->probe);
    json_out_close(out, '}');
}

static void add_head(JsonOut *out, const Run *run)
{
    add_number(out, "loopsafe_run", RUN_JSON_VERSION);
    add_text(out, "version", run->version);
    add_text(out, "command", run->command);
    add_text(out, "app", run->app);
    add_text(out, "started", run->started);
    add_ms(out, "took_ms", run->took_ns);
    add_text_or_null(out, "verdict", str_from(verdict_name(run->verdict)));
    add_number(out, "exit_code", (uint64_t)run_exit_code(run));
    add_environment(out, run);
    add_ms(out, "threshold_ms", run->stall_ns);
    add_real(out, "noise", run->noise);
    add_real(out, "probe_overhead", run->probe_overhead);
}

static void add_lists(JsonOut *out, const Run *run)
{
    open_list(out, "loads");
    for (size_t i = 0; i < run->load_count; i++)
        add_load(out, &run->loads[i]);
    json_out_close(out, ']');
    open_list(out, "endpoints");
    for (size_t i = 0; i < run->endpoint_count; i++)
        add_endpoint(out, run, &run->endpoints[i]);
    json_out_close(out, ']');
    open_list(out, "findings");
    for (size_t i = 0; i < run->finding_count; i++)
        add_finding(out, &run->findings[i]);
    json_out_close(out, ']');
    open_list(out, "stalls");
    for (size_t i = 0; i < run->stall_count; i++)
        add_stall(out, run, &run->stalls[i]);
    json_out_close(out, ']');
    open_list(out, "predictions");
    for (size_t i = 0; i < run->prediction_count; i++)
        add_prediction(out, &run->predictions[i]);
    json_out_close(out, ']');
}

void run_json_add(Buf *buf, const Run *run)
{
    JsonOut out;
    json_out_init(&out, buf, true);
    json_out_open(&out, '{');
    add_head(&out, run);
    add_lists(&out, run);
    add_lines(&out, "stand_ins", run->stand_ins, run->stand_in_count);
    add_lines(&out, "stubs", run->stubs, run->stub_count);
    add_lines(&out, "masks", run->masks, run->mask_count);
    add_lines(&out, "notices", run->notices, run->notice_count);
    json_out_close(&out, '}');
    buf_add_byte(buf, '\n');
}
