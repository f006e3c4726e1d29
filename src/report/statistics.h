/* statistics.h - how often each code was found.
 *
 * Owner   statistics_free ends it; codes and names are borrowed from findings and catalogue.
 * Order   most frequent first, then by code. */
#ifndef LOOPSAFE_REPORT_STATISTICS_H
#define LOOPSAFE_REPORT_STATISTICS_H

#include "base/json.h"
#include "base/vec.h"
#include "report/report.h"

typedef struct CodeCount {
    Str code;
    Str name; /* empty: unknown */
    size_t count;
} CodeCount;

typedef VEC(CodeCount) CodeCounts;

CodeCounts statistics_count(const Report *report, const Catalogue *catalogue);
void statistics_free(CodeCounts *counts);
/* The table for people, with the summary unless style asks for quiet. */
void statistics_add_text(Buf *buf, const Report *report, const ReportStyle *style);
/* {"code", "name", "count"}, keys as ruff's. */
void statistics_add_json(JsonOut *out, const CodeCount *count);
/* One list of these, in lines. */
void statistics_add_json_list(Buf *buf, const Report *report, const ReportStyle *style);

#endif
