#include "report/explanation_report.h"

#include "report/json_finding.h"

#include "base/banned.h"

static void add_optional_place(JsonOut *out, const Place *place, const ReportStyle *style)
{
    static const char *const keys[] = {"filename", "location", "end_location"};
    if (place->start.row1) {
        json_place_add(out, place, style);
        return;
    }
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        json_out_key(out, keys[i]);
        json_out_null(out);
    }
}

static void add_reason(JsonOut *out, const Reason *reason, const ReportStyle *style)
{
    json_out_open(out, '{');
    json_text_add(out, "kind", str_from(reason_text(reason->kind)));
    json_text_add(out, "text", reason->text);
    add_optional_place(out, &reason->place, style);
    json_text_or_null_add(out, "source", reason->source);
    json_hops_add(out, "way", reason->way, reason->way_count, style);
    json_out_close(out, '}');
}

/* The keys of what blocks, in the object that is open. */
static void add_stall(JsonOut *out, const Finding *finding, Weight weight, const ReportStyle *style)
{
    json_text_add(out, "code", finding->code);
    json_text_add(out, "effect", str_from(effect_text(finding->effect)));
    json_text_add(out, "weight", str_from(weight_text(weight)));
    json_text_add(out, "severity", str_from(severity_text(finding->severity)));
    json_text_add(out, "confidence", str_from(confidence_text(finding->confidence)));
    json_hops_add(out, "chain", finding->chain, finding->chain_count, style);
    json_sink_add(out, finding, style);
}

static void add_step(JsonOut *out, const LineStep *step, const ReportStyle *style)
{
    json_out_open(out, '{');
    json_text_add(out, "name", step->name);
    json_text_add(out, "verdict", str_from(verdict_text(step->verdict)));
    json_text_add(out, "text", step->text);
    json_place_add(out, &step->finding.place, style);
    json_out_key(out, "blocks");
    if (step->blocks) {
        json_out_open(out, '{');
        add_stall(out, &step->finding, step->weight, style);
        json_out_close(out, '}');
    } else {
        json_out_null(out);
    }
    json_out_close(out, '}');
}

static void add_effect(JsonOut *out, const FunctionEffect *effect, const ReportStyle *style)
{
    json_out_open(out, '{');
    add_stall(out, &effect->finding, effect->weight, style);
    json_out_close(out, '}');
}

static void add_unknown(JsonOut *out, const Explanation *explanation, const ReportStyle *style)
{
    json_out_key(out, "unknown");
    json_out_open(out, '{');
    json_out_key(out, "count");
    json_out_number(out, explanation->unknown_count);
    json_out_key(out, "calls");
    json_out_open(out, '[');
    for (size_t i = 0; i < explanation->unknown_listed; i++) {
        const UnknownCall *call = &explanation->unknown[i];
        json_out_open(out, '{');
        json_text_add(out, "function", call->function);
        json_text_or_null_add(out, "name", call->name);
        json_place_add(out, &call->place, style);
        json_text_or_null_add(out, "source", call->source);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
    json_out_close(out, '}');
}

static bool is_on_loop(const Explanation *explanation)
{
    for (size_t i = 0; i < explanation->reason_count; i++)
        if (explanation->reasons[i].kind <= REASON_CALLED) return true;
    return false;
}

static void open_list(JsonOut *out, const char *key)
{
    json_out_key(out, key);
    json_out_open(out, '[');
}

void explanation_add_json(Buf *buf, const Explanation *explanation, const ReportStyle *style)
{
    JsonOut out;
    json_out_init(&out, buf, true);
    json_out_open(&out, '{');
    json_text_or_null_add(&out, "module", explanation->module);
    json_text_or_null_add(&out, "function", explanation->function);
    json_place_add(&out, &explanation->place, style);
    json_text_add(&out, "source", explanation->source);
    json_out_key(&out, "on_loop");
    json_out_bool(&out, is_on_loop(explanation));
    json_out_key(&out, "followed");
    json_out_bool(&out, explanation->is_followed);
    open_list(&out, "reasons");
    for (size_t i = 0; i < explanation->reason_count; i++)
        add_reason(&out, &explanation->reasons[i], style);
    json_out_close(&out, ']');
    open_list(&out, "steps");
    for (size_t i = 0; i < explanation->step_count; i++)
        add_step(&out, &explanation->steps[i], style);
    json_out_close(&out, ']');
    open_list(&out, "effects");
    for (size_t i = 0; i < explanation->effect_count; i++)
        add_effect(&out, &explanation->effects[i], style);
    json_out_close(&out, ']');
    add_unknown(&out, explanation, style);
    json_out_close(&out, '}');
    buf_add_byte(buf, '\n');
}
