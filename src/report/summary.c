#include "report/summary.h"

#include "base/banned.h"

static void add_found(Buf *buf, const Report *report)
{
    size_t counts[] = {[SEVERITY_INFO] = 0, [SEVERITY_LOW] = 0, [SEVERITY_MEDIUM] = 0, [SEVERITY_HIGH] = 0};
    for (size_t i = 0; i < report->finding_count; i++)
        counts[report->findings[i].severity]++;
    buf_format(buf, "Found %zu finding%s (%zu high, %zu medium, %zu low", report->finding_count,
               report->finding_count == 1 ? "" : "s", counts[SEVERITY_HIGH], counts[SEVERITY_MEDIUM],
               counts[SEVERITY_LOW]);
    if (counts[SEVERITY_INFO]) buf_format(buf, ", %zu info", counts[SEVERITY_INFO]);
    buf_add_text(buf, ").\n");
}

static void add_left_out(Buf *buf, size_t count, const char *one, const char *many, const char *rest)
{
    if (count) buf_format(buf, "%zu %s%s\n", count, count == 1 ? one : many, rest);
}

void summary_add(Buf *buf, const Report *report)
{
    if (report->finding_count)
        add_found(buf, report);
    else
        buf_add_text(buf, "No stalls found.\n");
    add_left_out(buf, report->out_of_scope_count, "file", "files",
                 " out of scope (tests, examples, docs, scripts): use --scope all");
    add_left_out(buf, report->info_count, "info finding", "info findings", " hidden: use --show-info");
    add_left_out(buf, report->suppressed_count, "finding", "findings", " suppressed");
}
