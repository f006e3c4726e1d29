#include "report/explanation_report.h"

#include "report/headline.h"
#include "report/note.h"
#include "report/paint.h"
#include "base/visible.h"

#include "base/banned.h"

static size_t margin_of(uint32_t row1)
{
    size_t digits = 1;
    while (row1 /= 10)
        digits++;
    return digits;
}

/* `a.b.f`, or `a/b.py:12` with the function that holds the line. */
static void add_head(Buf *buf, const Explanation *explanation, const ReportStyle *style)
{
    paint_open(buf, style->color, PAINT_LABEL);
    visible_add(buf, explanation->module);
    if (explanation->module.len && explanation->function.len) buf_add_byte(buf, '.');
    visible_add(buf, explanation->function);
    paint_close(buf, style->color);
    size_t margin = margin_of(explanation->place.start.row1);
    buf_add_byte(buf, '\n');
    buf_add_repeat(buf, ' ', margin);
    buf_add_text(buf, "--> ");
    headline_place_add(buf, &explanation->place);
    buf_add_byte(buf, '\n');
    buf_add_repeat(buf, ' ', margin + 1);
    buf_format(buf, "|\n%u |%s", explanation->place.start.row1, explanation->source.len ? " " : "");
    visible_add(buf, explanation->source);
    buf_add_byte(buf, '\n');
    buf_add_repeat(buf, ' ', margin + 1);
    buf_add_text(buf, "|\n");
}

static bool is_on_loop(ReasonKind kind)
{
    return kind <= REASON_CALLED;
}

static void add_reason(Buf *buf, const Reason *reason, size_t margin, bool color)
{
    const char *label = is_on_loop(reason->kind)      ? "on the loop"
                        : reason->kind == REASON_ONCE ? "runs once"
                                                      : "not on the loop";
    note_open(buf, margin, label, color);
    visible_add(buf, reason->text);
    buf_add_byte(buf, '\n');
    note_hops(buf, reason->way, reason->way_count, margin, color);
    if (!reason->place.start.row1) return;
    note_open(buf, margin, "note", color);
    headline_place_add(buf, &reason->place);
    buf_add_byte(buf, '\n');
    note_source(buf, margin, reason->source);
}

/* `[high, likely, always] http: ` */
static void add_strength(Buf *buf, const Finding *finding, Weight weight)
{
    buf_format(buf, "[%s", severity_text(finding->severity));
    if (finding->confidence != CONFIDENCE_CERTAIN)
        buf_format(buf, ", %s", confidence_text(finding->confidence));
    if (weight != WEIGHT_ALWAYS) buf_format(buf, ", %s", weight_text(weight));
    buf_format(buf, "] %s", effect_text(finding->effect));
}

static void add_effect(Buf *buf, const FunctionEffect *effect, size_t margin, bool color)
{
    note_open(buf, margin, "effect", color);
    visible_add(buf, effect->finding.code);
    buf_add_byte(buf, ' ');
    add_strength(buf, &effect->finding, effect->weight);
    buf_add_text(buf, ": `");
    visible_add(buf, effect->finding.sink);
    buf_add_text(buf, "`\n");
    note_hops(buf, effect->finding.chain, effect->finding.chain_count, margin, color);
    note_sink(buf, &effect->finding, margin, color);
}

static void add_step(Buf *buf, const LineStep *step, size_t margin, bool color)
{
    note_open(buf, margin, verdict_text(step->verdict), color);
    buf_format(buf, "%u:%u `", step->finding.place.start.row1, step->finding.place.start.column1);
    visible_add(buf, step->name);
    buf_add_byte(buf, '`');
    if (step->blocks) {
        buf_add_byte(buf, ' ');
        add_strength(buf, &step->finding, step->weight);
    }
    buf_add_text(buf, ": ");
    visible_add(buf, step->text);
    buf_add_byte(buf, '\n');
    if (step->blocks) note_chain(buf, &step->finding, margin, color);
}

static void add_unknown_call(Buf *buf, const UnknownCall *call, size_t margin, bool color)
{
    note_open(buf, margin, "note", color);
    headline_place_add(buf, &call->place);
    buf_add_text(buf, " `");
    visible_add(buf, call->function);
    buf_add_text(buf, call->name.len ? "` calls `" : "` calls something\n");
    if (call->name.len) {
        visible_add(buf, call->name);
        buf_add_text(buf, "`\n");
    }
    note_source(buf, margin, call->source);
}

static void add_unknown(Buf *buf, const Explanation *explanation, size_t margin, bool color)
{
    if (!explanation->unknown_count) return;
    note_open(buf, margin, "unknown", color);
    buf_format(buf, "%zu statement%s in it, or in what it runs, call%s something that is not known\n",
               explanation->unknown_count, explanation->unknown_count == 1 ? "" : "s",
               explanation->unknown_count == 1 ? "s" : "");
    for (size_t i = 0; i < explanation->unknown_listed; i++)
        add_unknown_call(buf, &explanation->unknown[i], margin, color);
}

static void add_nothing(Buf *buf, const Explanation *explanation, size_t margin, bool color)
{
    if (explanation->is_line ? explanation->step_count : explanation->effect_count) return;
    note_open(buf, margin, explanation->is_line ? "step" : "effect", color);
    if (explanation->is_line)
        buf_add_text(buf, "none: the line calls nothing that was followed\n");
    else if (explanation->is_followed)
        buf_add_text(buf, "none: nothing it is known to do blocks\n");
    else
        buf_add_text(buf, "not looked at: only what runs on a loop is followed\n");
}

void explanation_add_text(Buf *buf, const Explanation *explanation, const ReportStyle *style)
{
    size_t margin = margin_of(explanation->place.start.row1);
    bool color = style->color;
    add_head(buf, explanation, style);
    for (size_t i = 0; i < explanation->reason_count; i++)
        add_reason(buf, &explanation->reasons[i], margin, color);
    for (size_t i = 0; i < explanation->step_count; i++)
        add_step(buf, &explanation->steps[i], margin, color);
    for (size_t i = 0; i < explanation->effect_count; i++)
        add_effect(buf, &explanation->effects[i], margin, color);
    add_nothing(buf, explanation, margin, color);
    add_unknown(buf, explanation, margin, color);
}
