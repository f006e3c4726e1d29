/* html_axis.h - scales and their labels, which stand beside a drawing and not in it: a drawing is stretched, a text is not. */
#ifndef LOOPSAFE_VERIFY_HTML_AXIS_H
#define LOOPSAFE_VERIFY_HTML_AXIS_H

#include "verify/html_page.h"

/* Seconds from 0 on. */
void axis_add_time(const Page *page, uint64_t scale_ns);

/* Microseconds, each power of ten as wide as the next. */
typedef struct LogScale {
    double from, to; /* decimal logarithms of its ends */
} LogScale;

/* Holds all values of both, and a little more. */
LogScale log_scale_new(uint64_t smallest_us, uint64_t largest_us);
/* 0 … 1 */
double log_scale_place(LogScale scale, uint64_t value_us);
void axis_add_latency(const Page *page, LogScale scale);

#endif
