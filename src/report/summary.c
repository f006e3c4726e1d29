#include "report/summary.h"

#include <string.h>

#include "base/vec.h"
#include "base/banned.h"

static int compare_groups(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static size_t count_sinks(const Report *report)
{
    VEC(const char *) groups = {0};
    for (size_t i = 0; i < report->finding_count; i++)
        if (report->findings[i].group[0]) vec_add(&groups, report->findings[i].group);
    if (groups.count) qsort(groups.items, groups.count, sizeof *groups.items, compare_groups);
    size_t count = groups.count ? 1 : 0;
    for (size_t i = 1; i < groups.count; i++)
        count += strcmp(groups.items[i - 1], groups.items[i]) != 0;
    vec_free(&groups);
    return count;
}

static void add_sinks(Buf *buf, size_t count)
{
    if (count) buf_format(buf, " in %zu sink%s", count, count == 1 ? "" : "s");
}

static void add_found(Buf *buf, const Report *report)
{
    size_t counts[] = {[SEVERITY_INFO] = 0, [SEVERITY_LOW] = 0, [SEVERITY_MEDIUM] = 0, [SEVERITY_HIGH] = 0};
    for (size_t i = 0; i < report->finding_count; i++)
        counts[report->findings[i].severity]++;
    buf_format(buf, "Found %zu finding%s", report->finding_count, report->finding_count == 1 ? "" : "s");
    add_sinks(buf, count_sinks(report));
    buf_format(buf, " (%zu high, %zu medium, %zu low", counts[SEVERITY_HIGH], counts[SEVERITY_MEDIUM],
               counts[SEVERITY_LOW]);
    if (counts[SEVERITY_INFO]) buf_format(buf, ", %zu info", counts[SEVERITY_INFO]);
    buf_add_text(buf, ").\n");
}

static void add_left_out(Buf *buf, size_t count, const char *one, const char *many, const char *rest)
{
    if (count) buf_format(buf, "%zu %s%s\n", count, count == 1 ? one : many, rest);
}

static void add_fixable(Buf *buf, const Report *report, const ReportStyle *style)
{
    ReportStyle unsafe = *style;
    unsafe.unsafe_fixes = true;
    size_t fixable = 0, more = 0;
    for (size_t i = 0; i < report->finding_count; i++) {
        const Finding *finding = &report->findings[i];
        fixable += report_fix(finding, style) != NULL;
        more += !report_fix(finding, style) && report_fix(finding, &unsafe);
    }
    const char *flags = style->unsafe_fixes ? "--fix --unsafe-fixes" : "--fix";
    if (!fixable && !more) return;
    buf_format(buf, "[*] %zu fixable with `%s`", fixable, flags);
    if (more) buf_format(buf, " (%zu more with `--unsafe-fixes`)", more);
    buf_add_text(buf, ".\n");
}

static size_t count_seen(const Report *report, Str seen)
{
    size_t count = 0;
    for (size_t i = 0; i < report->finding_count; i++)
        count += str_equal(report->findings[i].run.seen, seen);
    return count;
}

/* "The run: 2 confirmed, 1 not reproduced, 4 unknown to it." */
static void add_run(Buf *buf, const Report *report)
{
    static const struct {
        const char *seen, *words;
    } rows[] = {{"confirmed", "confirmed"},
                {"not reproduced", "not reproduced"},
                {"not exercised", "not exercised"},
                {"", "unknown to it"}};
    bool any = false;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t count = count_seen(report, str_from(rows[i].seen));
        if (!count) continue;
        buf_format(buf, "%s%zu %s", any ? ", " : "The run: ", count, rows[i].words);
        any = true;
    }
    if (any) buf_add_text(buf, ".\n");
}

void summary_add(Buf *buf, const Report *report, const ReportStyle *style)
{
    if (report->finding_count)
        add_found(buf, report);
    else
        buf_add_text(buf, "No stalls found.\n");
    if (style->shows_run) add_run(buf, report);
    add_fixable(buf, report, style);
    add_left_out(buf, report->out_of_scope_count, "file", "files",
                 " out of scope (tests, examples, docs, scripts): use --scope all");
    add_left_out(buf, report->info_count, "info finding", "info findings", " hidden: use --show-info");
    add_left_out(buf, report->suppressed_count, "finding", "findings", " suppressed");
}
