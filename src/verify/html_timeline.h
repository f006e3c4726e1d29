/* html_timeline.h - when the loop stood still: a lane for each version, both on one scale of time.
 *
 *   100 % ┌──────────────┐       height: share of that moment for which the loop did not turn, split by what it did
 *         │   blocked    │▁ ▁ ▂
 *     0 % └──────────────┴────   marks: places to point at or to stop at with the keyboard; each says what stalled, with its stack
 *         0 s            1 s */
#ifndef LOOPSAFE_VERIFY_HTML_TIMELINE_H
#define LOOPSAFE_VERIFY_HTML_TIMELINE_H

#include "verify/html_page.h"

/* before or after may be NULL: not measured. */
void timeline_add(const Page *page, const RunCell *before, const RunCell *after);
/* What the colours mean; holds the patterns that every timeline uses. */
void timeline_add_legend(const Page *page);

#endif
