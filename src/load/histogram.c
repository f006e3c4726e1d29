#include "load/histogram.h"

#include "base/banned.h"

enum { PARTS_LOG2 = 7, PARTS = 1 << PARTS_LOG2 }; /* buckets from one power of two to the next */

/* Below PARTS each value has a bucket; from there on the leading bit chooses a row and the next seven the bucket in it. */
size_t histogram_bucket(uint64_t value)
{
    if (value < PARTS) return (size_t)value;
    unsigned shift = 63u - (unsigned)__builtin_clzll(value) - PARTS_LOG2;
    size_t bucket = (size_t)shift * PARTS + (size_t)(value >> shift);
    return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

uint64_t histogram_value(size_t bucket)
{
    if (bucket < PARTS) return bucket;
    size_t shift = bucket / PARTS - 1;
    uint64_t leading = bucket % PARTS + PARTS;
    return ((leading + 1) << shift) - 1;
}

void histogram_add(Histogram *histogram, uint64_t value)
{
    if (!histogram->count || value < histogram->smallest) histogram->smallest = value;
    if (value > histogram->largest) histogram->largest = value;
    histogram->count++;
    histogram->sum += value;
    histogram->buckets[histogram_bucket(value)]++;
}

void histogram_add_unfinished(Histogram *histogram, uint64_t at_least)
{
    histogram_add(histogram, at_least);
    histogram->unfinished[histogram_bucket(at_least)]++;
    histogram->unfinished_count++;
}

void histogram_merge(Histogram *histogram, const Histogram *other)
{
    if (!other->count) return;
    if (!histogram->count || other->smallest < histogram->smallest) histogram->smallest = other->smallest;
    if (other->largest > histogram->largest) histogram->largest = other->largest;
    histogram->count += other->count;
    histogram->sum += other->sum;
    histogram->unfinished_count += other->unfinished_count;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        histogram->buckets[i] += other->buckets[i];
        histogram->unfinished[i] += other->unfinished[i];
    }
}

/* How many values lie at or below the percentile, at least one. */
static uint64_t rank_of(uint64_t count, double percent)
{
    double exact = (double)count * percent / 100;
    uint64_t rank = exact > 0 ? (uint64_t)exact : 0;
    if ((double)rank < exact - 1e-9) rank++;
    return rank < 1 ? 1 : rank > count ? count : rank;
}

uint64_t histogram_percentile(const Histogram *histogram, double percent, bool *at_least)
{
    if (at_least) *at_least = false;
    if (!histogram->count) return 0;
    uint64_t rank = rank_of(histogram->count, percent), seen = 0, open = 0;
    size_t bucket = 0;
    for (;; bucket++) {
        seen += histogram->buckets[bucket];
        open += histogram->unfinished[bucket];
        if (seen >= rank || bucket + 1 == HISTOGRAM_BUCKETS) break;
    }
    /* Had the unfinished ones taken for ever, the others here would have to reach the rank alone. */
    if (at_least) *at_least = seen - open < rank;
    uint64_t value = histogram_value(bucket);
    return value < histogram->largest ? value : histogram->largest;
}

double histogram_mean(const Histogram *histogram)
{
    return histogram->count ? (double)histogram->sum / (double)histogram->count : 0;
}
