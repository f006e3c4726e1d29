/* headline.h - the parts of a finding that full and concise print alike.
 *
 * Shape   `LS110 [high] message`; a confidence below certain is named: `LS110 [high, likely] message`. What `--fix` would
 *         mend has a star: `LS110 [*] [high] message`. What a run said stands at the end: `… message (confirmed: 103 ms; fix: FIXED)`. */
#ifndef LOOPSAFE_REPORT_HEADLINE_H
#define LOOPSAFE_REPORT_HEADLINE_H

#include "report/report.h"

/* One line without its end. */
void headline_add(Buf *buf, const Finding *finding, const ReportStyle *style);
/* `path:row:column`, for a person. */
void headline_place_add(Buf *buf, const Place *place);

#endif
