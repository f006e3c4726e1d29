/* summary.h - the last lines for people: how much was found, and what was left out. */
#ifndef LOOPSAFE_REPORT_SUMMARY_H
#define LOOPSAFE_REPORT_SUMMARY_H

#include "report/report.h"

void summary_add(Buf *buf, const Report *report, const ReportStyle *style);

#endif
