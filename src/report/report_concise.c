#include "report/headline.h"
#include "report/report.h"
#include "report/statistics.h"
#include "report/summary.h"

#include "base/banned.h"

static void write_concise(Buf *buf, const Report *report, const ReportStyle *style)
{
    for (size_t i = 0; i < report->finding_count; i++) {
        headline_place_add(buf, &report->findings[i].place);
        buf_add_text(buf, ": ");
        headline_add(buf, &report->findings[i], style);
        buf_add_byte(buf, '\n');
    }
    if (!style->quiet) summary_add(buf, report, style);
}

const Reporter reporter_concise = {
    .name = "concise",
    .for_people = true,
    .summary = "one line a finding",
    .write = write_concise,
    .write_statistics = statistics_add_text,
};
