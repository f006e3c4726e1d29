#include "report/headline.h"

#include "report/paint.h"
#include "base/visible.h"

#include "base/banned.h"

static Paint paint_of(Severity severity)
{
    static const Paint paints[] = {
        [SEVERITY_INFO] = PAINT_INFO,
        [SEVERITY_LOW] = PAINT_LOW,
        [SEVERITY_MEDIUM] = PAINT_MEDIUM,
        [SEVERITY_HIGH] = PAINT_HIGH,
    };
    return paints[severity];
}

static void add_run(Buf *buf, const Confirmation *run, bool color)
{
    if (!run->seen.len) return;
    buf_add_byte(buf, ' ');
    paint_open(buf, color, PAINT_LABEL);
    buf_add_byte(buf, '(');
    visible_add(buf, run->seen);
    if (run->stall_us)
        buf_format(buf, run->stall_us < 9950 ? ": %.2g ms" : ": %.0f ms", (double)run->stall_us / 1e3);
    bool is_judged = run->verdict.len && str_equal(run->seen, STR("confirmed"));
    if (is_judged) buf_add_text(buf, "; fix: ");
    if (is_judged) visible_add(buf, run->verdict);
    buf_add_byte(buf, ')');
    paint_close(buf, color);
}

void headline_add(Buf *buf, const Finding *finding, const ReportStyle *style)
{
    paint_open(buf, style->color, PAINT_CODE);
    visible_add(buf, finding->code);
    paint_close(buf, style->color);
    if (report_fix(finding, style)) buf_add_text(buf, " [*]");
    buf_add_text(buf, " [");
    paint_text(buf, style->color, paint_of(finding->severity), severity_text(finding->severity));
    if (finding->confidence != CONFIDENCE_CERTAIN)
        buf_format(buf, ", %s", confidence_text(finding->confidence));
    buf_add_text(buf, "] ");
    visible_add(buf, finding->message);
    add_run(buf, &finding->run, style->color);
}

void headline_place_add(Buf *buf, const Place *place)
{
    visible_add(buf, place->path);
    buf_format(buf, ":%u:%u", place->start.row1, place->start.column1);
}
