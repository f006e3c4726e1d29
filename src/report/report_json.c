#include "report/json_finding.h"
#include "report/report.h"
#include "report/statistics.h"

#include "base/banned.h"

static void write_json(Buf *buf, const Report *report, const ReportStyle *style)
{
    JsonOut out;
    json_out_init(&out, buf, true);
    json_out_open(&out, '[');
    for (size_t i = 0; i < report->finding_count; i++)
        json_finding_add(&out, &report->findings[i], style);
    json_out_close(&out, ']');
    buf_add_byte(buf, '\n');
}

const Reporter reporter_json = {
    .name = "json",
    .summary = "one list of objects, keys as ruff's",
    .write = write_json,
    .write_statistics = statistics_add_json_list,
};
