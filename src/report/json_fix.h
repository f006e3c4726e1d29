/* json_fix.h - the fixes of a finding as JSON: ruff's shape, and what it has no place for. */
#ifndef LOOPSAFE_REPORT_JSON_FIX_H
#define LOOPSAFE_REPORT_JSON_FIX_H

#include "report/json_finding.h"

/* The key "fix": the first with edits as ruff writes it, or null. */
void json_fix_add(JsonOut *out, const Finding *finding, const ReportStyle *style);
/* The keys "fixes", all of them, and "refused", why other shapes have no edits, and "unfixed", why none has. */
void json_fixes_add(JsonOut *out, const Finding *finding, const ReportStyle *style);

#endif
