#include "cli/model_print.h"

#include <math.h>

#include "base/json.h"

#include "base/banned.h"

enum { LOAD_COLUMN = 34, NUMBER_COLUMN = 12, STALL_COLUMN = 16 };

/* --- words --- */

/* 1,000,000 */
static void add_grouped(Buf *text, uint64_t number)
{
    if (number >= 1000) {
        add_grouped(text, number / 1000);
        buf_format(text, ",%03u", (unsigned)(number % 1000));
    } else {
        buf_add_number(text, number);
    }
}

/* 0.9 ms, 105 ms, 20.5 s */
static void add_time(Buf *text, double ms)
{
    if (ms >= 10000)
        buf_format(text, "%.1f s", ms / 1000);
    else
        buf_format(text, "%.*f ms", ms < 10 ? 1 : 0, ms);
}

static void add_load(Buf *text, const ModelPoint *load)
{
    if (load->rate > 0) {
        buf_format(text, "%.10g request%s/s", load->rate, load->rate > 1 ? "s" : "");
        return;
    }
    add_grouped(text, load->users);
    buf_add_text(text, load->users == 1 ? " user" : " users");
    if (!load->think_ns) {
        buf_add_text(text, " without a pause");
        return;
    }
    buf_add_text(text, ", pauses of ");
    add_time(text, (double)load->think_ns / 1e6);
}

static void add_server(Buf *text, const Model *model)
{
    buf_format(text, "%u worker%s, %u processor%s", model->workers, model->workers == 1 ? "" : "s",
               model->processors, model->processors == 1 ? "" : "s");
    for (size_t i = 0; i < model->pool_count; i++)
        buf_format(text, ", %.*s: %u%s", (int)model->pools[i].name.len, model->pools[i].name.ptr,
                   model->pools[i].size, model->pools[i].last_first ? " (last come, first served)" : "");
}

/* --- table --- */

static size_t columns_of(Str text)
{
    size_t columns = 0;
    for (size_t i = 0; i < text.len; i++)
        columns += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    return columns;
}

/* One cell, to the right of its column. */
static void add_right(Buf *text, Str cell, size_t width)
{
    size_t columns = columns_of(cell);
    if (columns < width) buf_add_repeat(text, ' ', width - columns);
    buf_add(text, cell);
}

static void add_latency(Buf *text, const Outlook *outlook, OutlookPercentile percentile)
{
    Buf cell;
    buf_init(&cell);
    if (outlook->at_least[percentile]) buf_add_text(&cell, "\xe2\x89\xa5 ");
    if (outlook->finished || outlook->unfinished)
        add_time(&cell, outlook->ms[percentile]);
    else
        buf_add_text(&cell, "-");
    add_right(text, buf_str(&cell), NUMBER_COLUMN);
    buf_free(&cell);
}

static void add_stalls(Buf *text, const Outlook *outlook)
{
    Buf cell;
    buf_init(&cell);
    add_time(&cell, outlook->longest_stall_ms);
    add_right(text, buf_str(&cell), STALL_COLUMN);
    buf_clear(&cell);
    buf_format(&cell, "%.0f %%", outlook->stall_share * 100);
    add_right(text, buf_str(&cell), NUMBER_COLUMN);
    buf_free(&cell);
}

static void add_row(Buf *text, const ModelPoint *load, const Outlook *outlook)
{
    Buf cell;
    buf_init(&cell);
    add_load(&cell, load);
    buf_add_text(text, "  ");
    buf_add(text, buf_str(&cell));
    size_t columns = columns_of(buf_str(&cell));
    buf_add_repeat(text, ' ', columns < LOAD_COLUMN ? LOAD_COLUMN - columns : 1);
    buf_clear(&cell);
    buf_format(&cell, "%.1f", outlook->per_second);
    add_right(text, buf_str(&cell), NUMBER_COLUMN);
    add_latency(text, outlook, OUTLOOK_P50);
    add_latency(text, outlook, OUTLOOK_P99);
    add_stalls(text, outlook);
    buf_add_byte(text, '\n');
    buf_free(&cell);
}

static void add_head(Buf *text)
{
    buf_add_text(text, "  predicted");
    buf_add_repeat(text, ' ', LOAD_COLUMN - sizeof "predicted" + 1);
    static const char *const heads[] = {"req/s", "p50", "p99"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        add_right(text, str_from(heads[i]), NUMBER_COLUMN);
    add_right(text, STR("longest stall"), STALL_COLUMN);
    add_right(text, STR("stalled"), NUMBER_COLUMN);
    buf_add_byte(text, '\n');
}

static void add_accuracy(Buf *text, const Foretold *foretold)
{
    const Accuracy *accuracy = &foretold->accuracy;
    size_t points = foretold->endpoint->point_count;
    if (!points) {
        buf_add_text(text, "  nothing was measured to hold this against\n");
        return;
    }
    buf_format(text, "  off by up to %.0f %% in req/s", accuracy->per_second * 100);
    if (accuracy->p50 >= 0) buf_format(text, ", %.0f %% in p50", accuracy->p50 * 100);
    if (accuracy->p99 >= 0) buf_format(text, ", %.0f %% in p99", accuracy->p99 * 100);
    buf_format(text, " on the %zu point%s measured\n", points, points == 1 ? "" : "s");
}

static void add_refusal(Buf *text, const Foretold *foretold)
{
    const Accuracy *accuracy = &foretold->accuracy;
    const ModelPoint *point = &foretold->endpoint->points[accuracy->worst];
    const Outlook *predicted = &accuracy->outlooks[accuracy->worst];
    buf_format(text, "  not predicted: the model is off by %.0f %% at ", accuracy->error * 100);
    add_load(text, point);
    buf_format(text, ": measured %.1f req/s", point->per_second);
    if (point->p50_ms > 0) {
        buf_add_text(text, " and p50 ");
        add_time(text, point->p50_ms);
    }
    buf_format(text, ", predicted %.1f req/s and p50 ", predicted->per_second);
    add_time(text, predicted->ms[OUTLOOK_P50]);
    buf_add_byte(text, '\n');
}

static void add_endpoint(Buf *text, const Foretold *foretold)
{
    const ModelEndpoint *endpoint = foretold->endpoint;
    if (endpoint->name.len) buf_format(text, "%.*s\n", (int)endpoint->name.len, endpoint->name.ptr);
    buf_format(text, "  %.*s\n  ", (int)endpoint->text.len, endpoint->text.ptr);
    add_server(text, &foretold->model);
    buf_add_byte(text, '\n');
    if (foretold->refused) {
        add_refusal(text, foretold);
        return;
    }
    add_accuracy(text, foretold);
    buf_add_byte(text, '\n');
    add_head(text);
    for (size_t i = 0; i < foretold->load_count; i++)
        add_row(text, &foretold->loads[i], &foretold->outlooks[i]);
}

void model_add_table(Buf *text, const Foretold *foretold, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i) buf_add_byte(text, '\n');
        add_endpoint(text, &foretold[i]);
    }
}

/* --- JSON --- */

static void out_latency(JsonOut *out, const char *key, const char *open_key, const Outlook *outlook,
                        OutlookPercentile percentile)
{
    json_out_key(out, key);
    json_out_decimal(out, outlook->ms[percentile], 3);
    json_out_key(out, open_key);
    json_out_bool(out, outlook->at_least[percentile]);
}

static void out_load(JsonOut *out, const ModelPoint *load)
{
    json_out_key(out, load->rate > 0 ? "rate" : "users");
    if (load->rate > 0)
        json_out_decimal(out, load->rate, 3);
    else
        json_out_number(out, load->users);
    if (load->rate > 0) return;
    json_out_key(out, "think_ms");
    json_out_decimal(out, (double)load->think_ns / 1e6, 3);
}

static void out_outlook(JsonOut *out, const ModelPoint *load, const Outlook *outlook)
{
    json_out_open(out, '{');
    out_load(out, load);
    json_out_key(out, "per_second");
    json_out_decimal(out, outlook->per_second, 3);
    out_latency(out, "p50_ms", "p50_at_least", outlook, OUTLOOK_P50);
    out_latency(out, "p90_ms", "p90_at_least", outlook, OUTLOOK_P90);
    out_latency(out, "p99_ms", "p99_at_least", outlook, OUTLOOK_P99);
    json_out_key(out, "longest_stall_ms");
    json_out_decimal(out, outlook->longest_stall_ms, 3);
    json_out_key(out, "stall_share");
    json_out_decimal(out, outlook->stall_share, 4);
    json_out_key(out, "finished");
    json_out_number(out, outlook->finished);
    json_out_key(out, "unfinished");
    json_out_number(out, outlook->unfinished);
    json_out_key(out, "events");
    json_out_number(out, outlook->events);
    json_out_close(out, '}');
}

static void out_share(JsonOut *out, const char *key, double share)
{
    json_out_key(out, key);
    if (share < 0)
        json_out_null(out);
    else
        json_out_decimal(out, share, 4);
}

static void out_accuracy(JsonOut *out, const Foretold *foretold)
{
    json_out_key(out, "error");
    if (!foretold->endpoint->point_count) {
        json_out_null(out);
        return;
    }
    json_out_open(out, '{');
    out_share(out, "per_second", foretold->accuracy.per_second);
    out_share(out, "p50", foretold->accuracy.p50);
    out_share(out, "p99", foretold->accuracy.p99);
    json_out_close(out, '}');
}

static void out_measured(JsonOut *out, const ModelPoint *point)
{
    json_out_open(out, '{');
    json_out_key(out, "per_second");
    json_out_decimal(out, point->per_second, 3);
    json_out_key(out, "p50_ms");
    json_out_decimal(out, point->p50_ms > 0 ? point->p50_ms : NAN, 3);
    json_out_key(out, "p99_ms");
    json_out_decimal(out, point->p99_ms > 0 ? point->p99_ms : NAN, 3);
    json_out_close(out, '}');
}

/* Each point as it was measured and as the model has it. */
static void out_points(JsonOut *out, const Foretold *foretold)
{
    json_out_key(out, "points");
    json_out_open(out, '[');
    for (size_t i = 0; i < foretold->endpoint->point_count; i++) {
        const ModelPoint *point = &foretold->endpoint->points[i];
        json_out_open(out, '{');
        json_out_key(out, "measured");
        out_measured(out, point);
        json_out_key(out, "predicted");
        out_outlook(out, point, &foretold->accuracy.outlooks[i]);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
}

static void out_refusal(JsonOut *out, const Foretold *foretold)
{
    json_out_key(out, "refused");
    if (!foretold->refused) {
        json_out_null(out);
        return;
    }
    Buf words;
    buf_init(&words);
    add_refusal(&words, foretold);
    json_out_str(out, str_trim(buf_str(&words)));
    buf_free(&words);
}

static void out_endpoint(JsonOut *out, const Foretold *foretold)
{
    json_out_open(out, '{');
    json_out_key(out, "name");
    json_out_str(out, foretold->endpoint->name);
    json_out_key(out, "program");
    json_out_str(out, foretold->endpoint->text);
    json_out_key(out, "workers");
    json_out_number(out, foretold->model.workers);
    json_out_key(out, "processors");
    json_out_number(out, foretold->model.processors);
    out_accuracy(out, foretold);
    out_points(out, foretold);
    out_refusal(out, foretold);
    json_out_key(out, "predicted");
    json_out_open(out, '[');
    for (size_t i = 0; i < foretold->load_count; i++)
        out_outlook(out, &foretold->loads[i], &foretold->outlooks[i]);
    json_out_close(out, ']');
    json_out_close(out, '}');
}

void model_add_json(Buf *text, const Foretold *foretold, size_t count)
{
    JsonOut out;
    json_out_init(&out, text, true);
    json_out_open(&out, '{');
    json_out_key(&out, "endpoints");
    json_out_open(&out, '[');
    for (size_t i = 0; i < count; i++)
        out_endpoint(&out, &foretold[i]);
    json_out_close(&out, ']');
    json_out_close(&out, '}');
    buf_add_byte(text, '\n');
}
