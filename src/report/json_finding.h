/* json_finding.h - a finding as a JSON object.
 *
 * Shape   ruff's keys (cell code end_location filename fix location message name noqa_row severity url), so
 *         that tools can swap; ours follow: confidence effect function chain sink why advice fingerprint.
 *         File names are absolute, except standard input's "-". */
#ifndef LOOPSAFE_REPORT_JSON_FINDING_H
#define LOOPSAFE_REPORT_JSON_FINDING_H

#include "base/json.h"
#include "report/report.h"

void json_finding_add(JsonOut *out, const Finding *finding, const ReportStyle *style);

#endif
