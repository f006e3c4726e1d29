#include "report/statistics.h"

#include "report/summary.h"
#include "base/visible.h"

#include "base/banned.h"

static CodeCount *count_of(CodeCounts *counts, Str code)
{
    for (size_t i = 0; i < counts->count; i++)
        if (str_equal(counts->items[i].code, code)) return &counts->items[i];
    return NULL;
}

static int compare_counts(const void *left, const void *right)
{
    const CodeCount *a = left, *b = right;
    if (a->count != b->count) return a->count > b->count ? -1 : 1;
    return str_compare(a->code, b->code);
}

CodeCounts statistics_count(const Report *report, const Catalogue *catalogue)
{
    CodeCounts counts = {0};
    for (size_t i = 0; i < report->finding_count; i++) {
        Str code = report->findings[i].code;
        CodeCount *known = count_of(&counts, code);
        if (known) {
            known->count++;
            continue;
        }
        const CodeRule *rule = catalogue ? catalogue_code_find(catalogue, code) : NULL;
        CodeCount first = {code, rule ? rule->name : STR(""), 1};
        vec_add(&counts, first);
    }
    if (counts.count) qsort(counts.items, counts.count, sizeof *counts.items, compare_counts);
    return counts;
}

void statistics_free(CodeCounts *counts)
{
    vec_free(counts);
}

static int digits_of(size_t number)
{
    int digits = 1;
    while (number /= 10)
        digits++;
    return digits;
}

void statistics_add_text(Buf *buf, const Report *report, const ReportStyle *style)
{
    CodeCounts counts = statistics_count(report, style->catalogue);
    int width = counts.count ? digits_of(counts.items[0].count) : 0;
    for (size_t i = 0; i < counts.count; i++) {
        buf_format(buf, "%*zu  ", width, counts.items[i].count);
        visible_add(buf, counts.items[i].code);
        if (counts.items[i].name.len) buf_add_text(buf, "  ");
        visible_add(buf, counts.items[i].name);
        buf_add_byte(buf, '\n');
    }
    statistics_free(&counts);
    if (!style->quiet) summary_add(buf, report, style);
}

void statistics_add_json(JsonOut *out, const CodeCount *count)
{
    json_out_open(out, '{');
    json_out_key(out, "code");
    json_out_str(out, count->code);
    json_out_key(out, "name");
    if (count->name.len)
        json_out_str(out, count->name);
    else
        json_out_null(out);
    json_out_key(out, "count");
    json_out_number(out, count->count);
    json_out_close(out, '}');
}

void statistics_add_json_list(Buf *buf, const Report *report, const ReportStyle *style)
{
    CodeCounts counts = statistics_count(report, style->catalogue);
    JsonOut out;
    json_out_init(&out, buf, true);
    json_out_open(&out, '[');
    for (size_t i = 0; i < counts.count; i++)
        statistics_add_json(&out, &counts.items[i]);
    json_out_close(&out, ']');
    buf_add_byte(buf, '\n');
    statistics_free(&counts);
}
