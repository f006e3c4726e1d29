/* explanation_report.h - an explanation as text or JSON.
 *
 * Shape   JSON, one object: module function filename location end_location source, on_loop, followed, reasons
 *         [{kind text filename location end_location source way [hop]}] (no place: null), steps
 *         [{name verdict text filename location end_location blocks {code effect weight severity confidence chain sink}
 *         or null}], effects [{code effect weight severity confidence chain sink}], unknown {count calls
 *         [{function name filename location end_location source}]}. Words of kind and verdict are those of
 *         explanation.h; keys are only ever added. */
#ifndef LOOPSAFE_REPORT_EXPLANATION_REPORT_H
#define LOOPSAFE_REPORT_EXPLANATION_REPORT_H

#include "checks/explanation.h"
#include "report/report.h"

void explanation_add_text(Buf *buf, const Explanation *explanation, const ReportStyle *style);
void explanation_add_json(Buf *buf, const Explanation *explanation, const ReportStyle *style);

#endif
