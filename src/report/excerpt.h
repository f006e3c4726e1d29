/* excerpt.h - the code frame: where, the lines around it, and carets under the span.
 *
 *     --> app/main.py:12:5
 *      |
 *   11 | async def handler():
 *   12 |     load(
 *      |     ^^^^^
 *   13 |         key)
 *      |
 *
 * Shape   a span over several lines has its carets on the first; a tab goes to the next multiple of 4 cells.
 *         Of lines too wide for a screen the part around the span is shown, all alike, `…` at cut ends. */
#ifndef LOOPSAFE_REPORT_EXCERPT_H
#define LOOPSAFE_REPORT_EXCERPT_H

#include "report/report.h"

/* Digits of the largest line number in the frame: blanks to put before a line without number. */
size_t excerpt_margin(const Finding *finding);
/* Whole lines, the last one ended. */
void excerpt_add(Buf *buf, const Finding *finding, const ReportStyle *style);

#endif
