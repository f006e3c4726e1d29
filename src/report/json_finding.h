/* json_finding.h - a finding as a JSON object.
 *
 * Shape   ruff's keys (cell code end_location filename fix location message name noqa_row severity url), so
 *         that tools can swap; ours follow: confidence effect function chain sink why advice fixes unfixed
 *         (json_fix.h) fingerprint group (null without a sink; the same for all findings on one sink), and with
 *         --confirmed-by run: {"seen", "verdict", "stall_ms"}, or null where the run does not know the finding.
 *         File names are absolute, except standard input's "-". */
#ifndef LOOPSAFE_REPORT_JSON_FINDING_H
#define LOOPSAFE_REPORT_JSON_FINDING_H

#include "base/json.h"
#include "report/report.h"

void json_finding_add(JsonOut *out, const Finding *finding, const ReportStyle *style);
/* Its parts. Keys filename, location, end_location: */
void json_place_add(JsonOut *out, const Place *place, const ReportStyle *style);
void json_hops_add(JsonOut *out, const char *key, const Hop *hops, size_t count, const ReportStyle *style);
/* Key sink: name, place, function, source; or null. */
void json_sink_add(JsonOut *out, const Finding *finding, const ReportStyle *style);
/* Key run: what a run of `loopsafe verify` said; nothing when none was asked. */
void json_run_add(JsonOut *out, const Finding *finding, const ReportStyle *style);
void json_text_add(JsonOut *out, const char *key, Str text);
void json_text_or_null_add(JsonOut *out, const char *key, Str text);

#endif
