#include "report/json_finding.h"
#include "report/report.h"
#include "report/statistics.h"

#include "base/banned.h"

static void write_json_lines(Buf *buf, const Report *report, const ReportStyle *style)
{
    for (size_t i = 0; i < report->finding_count; i++) {
        JsonOut out;
        json_out_init(&out, buf, false);
        json_finding_add(&out, &report->findings[i], style);
        buf_add_byte(buf, '\n');
    }
}

static void write_json_lines_statistics(Buf *buf, const Report *report, const ReportStyle *style)
{
    CodeCounts counts = statistics_count(report, style->catalogue);
    for (size_t i = 0; i < counts.count; i++) {
        JsonOut out;
        json_out_init(&out, buf, false);
        statistics_add_json(&out, &counts.items[i]);
        buf_add_byte(buf, '\n');
    }
    statistics_free(&counts);
}

const Reporter reporter_json_lines = {
    .name = "json-lines",
    .summary = "one object a line",
    .write = write_json_lines,
    .write_statistics = write_json_lines_statistics,
};
