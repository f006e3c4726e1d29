/* histogram.h - latencies counted in buckets of equal relative width (HdrHistogram).
 *
 * Shape   units are whatever is added, here microseconds; a value is kept to 1 part in 128.
 * Owner   plain data: zero it to begin, copy it to keep it. */
#ifndef LOOPSAFE_LOAD_HISTOGRAM_H
#define LOOPSAFE_LOAD_HISTOGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HISTOGRAM_BUCKETS = 40 * 128 };

typedef struct Histogram {
    uint64_t count; /* values added, unfinished ones too */
    uint64_t sum, largest, smallest;
    uint64_t buckets[HISTOGRAM_BUCKETS];
    /* Of the values: those of which only a lower bound is known, because nobody waited for the end. */
    uint64_t unfinished[HISTOGRAM_BUCKETS];
    uint64_t unfinished_count;
} Histogram;

void histogram_add(Histogram *histogram, uint64_t value);
/* A value of which it is only known that it is at least that. */
void histogram_add_unfinished(Histogram *histogram, uint64_t at_least);
void histogram_merge(Histogram *histogram, const Histogram *other);
/* The value that `percent` of the values do not exceed; 0 of an empty one. *at_least: the percentile lies at or above an
 * unfinished value, so that the truth may be larger. at_least may be NULL. */
uint64_t histogram_percentile(const Histogram *histogram, double percent, bool *at_least);
double histogram_mean(const Histogram *histogram);
/* Upper bound of a bucket. */
uint64_t histogram_value(size_t bucket);
size_t histogram_bucket(uint64_t value);

#endif
