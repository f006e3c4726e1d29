/* html_latency.h - how long requests took: for each latency the share of requests that took no longer, both versions on one
 * logarithmic scale. Where only a lower bound is known (nobody waited for the end) the line is dotted. */
#ifndef LOOPSAFE_VERIFY_HTML_LATENCY_H
#define LOOPSAFE_VERIFY_HTML_LATENCY_H

#include "verify/html_page.h"

/* before or after may be NULL: not measured. */
void latency_add(const Page *page, const RunCell *before, const RunCell *after);

#endif
