#include "report/excerpt.h"
#include "report/headline.h"
#include "report/note.h"
#include "report/paint.h"
#include "report/report.h"
#include "report/statistics.h"
#include "report/summary.h"
#include "base/visible.h"

#include "base/banned.h"

static void add_note(Buf *buf, size_t margin, const char *label, Str text, bool color)
{
    if (!text.len) return;
    note_open(buf, margin, label, color);
    visible_add(buf, text);
    buf_add_byte(buf, '\n');
}

/* What `--fix` would write, or why it would not be it that writes it. */
static void add_fix(Buf *buf, const Finding *finding, size_t margin, const ReportStyle *style)
{
    static const char *const sure[] = {" (by hand)", " (unsafe)", ""};
    const Fix *fix = finding_fix(finding, APPLICABILITY_DISPLAY);
    if (!fix && finding->fix_count) fix = &finding->fixes[0];
    Applicability tried = style->unsafe_fixes ? APPLICABILITY_UNSAFE : APPLICABILITY_SAFE;
    if (!fix || (style->hides_fixes && fix->edit_count && fix->applicability >= tried)) return;
    note_open(buf, margin, "fix", style->color);
    visible_add(buf, fix->title);
    buf_add_text(buf, sure[fix->applicability]);
    if (fix->note.len) buf_add_text(buf, ": ");
    visible_add(buf, fix->note);
    buf_add_byte(buf, '\n');
}

static void add_finding(Buf *buf, const Finding *finding, const ReportStyle *style)
{
    size_t margin = excerpt_margin(finding);
    headline_add(buf, finding, style);
    buf_add_byte(buf, '\n');
    excerpt_add(buf, finding, style);
    note_chain(buf, finding, margin, style->color);
    add_note(buf, margin, "why", finding->why, style->color);
    add_note(buf, margin, "help", finding->advice, style->color);
    add_fix(buf, finding, margin, style);
}

static void write_full(Buf *buf, const Report *report, const ReportStyle *style)
{
    for (size_t i = 0; i < report->finding_count; i++) {
        if (i) buf_add_byte(buf, '\n');
        add_finding(buf, &report->findings[i], style);
    }
    if (style->quiet) return;
    if (report->finding_count) buf_add_byte(buf, '\n');
    summary_add(buf, report, style);
}

const Reporter reporter_full = {
    .name = "full",
    .for_people = true,
    .summary = "the code, the calls that lead to the stall, why, and what to write instead",
    .write = write_full,
    .write_statistics = statistics_add_text,
};
