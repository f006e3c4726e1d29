#include "report/json_finding.h"
#include "report/json_fix.h"

#include "base/path.h"

#include "base/banned.h"

void json_text_add(JsonOut *out, const char *key, Str text)
{
    json_out_key(out, key);
    json_out_str(out, text);
}

void json_text_or_null_add(JsonOut *out, const char *key, Str text)
{
    json_out_key(out, key);
    if (text.len)
        json_out_str(out, text);
    else
        json_out_null(out);
}

static void add_null(JsonOut *out, const char *key)
{
    json_out_key(out, key);
    json_out_null(out);
}

static void add_position(JsonOut *out, const char *key, Position position)
{
    json_out_key(out, key);
    json_out_open(out, '{');
    json_out_key(out, "column");
    json_out_number(out, position.column1);
    json_out_key(out, "row");
    json_out_number(out, position.row1);
    json_out_close(out, '}');
}

static void add_filename(JsonOut *out, Str path, const ReportStyle *style)
{
    json_out_key(out, "filename");
    if (str_equal(path, STR("-"))) {
        json_out_str(out, path);
        return;
    }
    Buf absolute;
    buf_init(&absolute);
    path_add_absolute(&absolute, style->directory, path);
    json_out_str(out, buf_str(&absolute));
    buf_free(&absolute);
}

void json_place_add(JsonOut *out, const Place *place, const ReportStyle *style)
{
    add_filename(out, place->path, style);
    add_position(out, "location", place->start);
    add_position(out, "end_location", place->end);
}

void json_hops_add(JsonOut *out, const char *key, const Hop *hops, size_t count, const ReportStyle *style)
{
    json_out_key(out, key);
    json_out_open(out, '[');
    for (size_t i = 0; i < count; i++) {
        json_out_open(out, '{');
        json_place_add(out, &hops[i].place, style);
        json_text_or_null_add(out, "function", hops[i].function);
        json_text_add(out, "callee", hops[i].callee);
        json_text_or_null_add(out, "source", hops[i].source);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
}

void json_sink_add(JsonOut *out, const Finding *finding, const ReportStyle *style)
{
    json_out_key(out, "sink");
    if (!finding->sink.len) {
        json_out_null(out);
        return;
    }
    json_out_open(out, '{');
    json_text_add(out, "name", finding->sink);
    json_place_add(out, &finding->sink_place, style);
    json_text_or_null_add(out, "function", finding->sink_function);
    json_text_or_null_add(out, "source", finding->sink_source);
    json_out_close(out, '}');
}

static void add_ruff_keys(JsonOut *out, const Finding *finding, const ReportStyle *style)
{
    const CodeRule *rule = style->catalogue ? catalogue_code_find(style->catalogue, finding->code) : NULL;
    add_null(out, "cell");
    json_text_add(out, "code", finding->code);
    add_position(out, "end_location", finding->place.end);
    add_filename(out, finding->place.path, style);
    json_fix_add(out, finding, style);
    add_position(out, "location", finding->place.start);
    json_text_add(out, "message", finding->message);
    json_text_or_null_add(out, "name", rule ? rule->name : STR(""));
    json_out_key(out, "noqa_row");
    json_out_number(out, finding->noqa_row);
    json_text_add(out, "severity", str_from(severity_text(finding->severity)));
    add_null(out, "url");
}

void json_run_add(JsonOut *out, const Finding *finding, const ReportStyle *style)
{
    if (!style->shows_run) return;
    if (!finding->run.seen.len) {
        add_null(out, "run");
        return;
    }
    json_out_key(out, "run");
    json_out_open(out, '{');
    json_text_add(out, "seen", finding->run.seen);
    json_text_or_null_add(out, "verdict", finding->run.verdict);
    json_out_key(out, "stall_ms");
    json_out_real(out, (double)finding->run.stall_us / 1e3);
    json_out_close(out, '}');
}

void json_finding_add(JsonOut *out, const Finding *finding, const ReportStyle *style)
{
    json_out_open(out, '{');
    add_ruff_keys(out, finding, style);
    json_text_add(out, "confidence", str_from(confidence_text(finding->confidence)));
    json_text_or_null_add(out, "effect",
                          str_from(finding->effect == EFFECT_NONE ? "" : effect_text(finding->effect)));
    json_text_or_null_add(out, "function", finding->function);
    json_hops_add(out, "chain", finding->chain, finding->chain_count, style);
    json_sink_add(out, finding, style);
    json_text_or_null_add(out, "why", finding->why);
    json_text_or_null_add(out, "advice", finding->advice);
    json_fixes_add(out, finding, style);
    json_text_add(out, "fingerprint", str_from(finding->fingerprint));
    json_text_or_null_add(out, "group", str_from(finding->group));
    json_run_add(out, finding, style);
    json_out_close(out, '}');
}
