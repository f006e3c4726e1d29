#include "verify/html_axis.h"

#include <math.h>

#include "base/banned.h"

enum { TIME_LABELS = 6 };

static void add_label(const Page *page, double place, Str text)
{
    const char *side = place < 0.02 ? "first" : place > 0.98 ? "last" : "";
    HTML(page, "<span class=\"$\" style=\"left:$%\">$</span>", str_from(side),
         str_format(page->arena, "%.2f", place * 100), text);
}

/* 1, 2 or 5 times a power of ten, the first that gives no more labels than wanted. */
static double step_of(double length, double labels)
{
    double power = pow(10, floor(log10(length / labels)));
    for (; power < length; power *= 10) {
        if (length / power <= labels) return power;
        if (length / (power * 2) <= labels) return power * 2;
        if (length / (power * 5) <= labels) return power * 5;
    }
    return length;
}

void axis_add_time(const Page *page, uint64_t scale_ns)
{
    double length = (double)scale_ns / 1e9, step = step_of(length, TIME_LABELS);
    page_markup(page, "<div class=\"axis\" aria-hidden=\"true\">");
    for (int i = 0; i <= TIME_LABELS && i * step <= length * 1.0001; i++) {
        add_label(page, i * step / length, str_format(page->arena, "%g s", i * step));
    }
    page_markup(page, "</div>");
}

LogScale log_scale_new(uint64_t smallest_us, uint64_t largest_us)
{
    double from = log10(smallest_us ? (double)smallest_us : 1),
           to = log10(largest_us ? (double)largest_us : 1);
    if (to - from < 0.5) {
        from -= 0.25;
        to += 0.25;
    }
    double margin = (to - from) * 0.03;
    return (LogScale){from - margin, to + margin};
}

double log_scale_place(LogScale scale, uint64_t value_us)
{
    double place = (log10(value_us ? (double)value_us : 1) - scale.from) / (scale.to - scale.from);
    return place < 0 ? 0 : place > 1 ? 1 : place;
}

static void add_power(const Page *page, LogScale scale, int power, int times)
{
    double place = (power + log10(times) - scale.from) / (scale.to - scale.from);
    if (place < 0 || place > 1) return;
    double value_ms = times * pow(10, power - 3);
    add_label(page, place,
              value_ms < 1 ? str_format(page->arena, "%g", value_ms) : page_count(page, (uint64_t)value_ms));
}

/* Narrow scales are labelled between the powers of ten, too. */
void axis_add_latency(const Page *page, LogScale scale)
{
    bool is_narrow = scale.to - scale.from < 1.8;
    page_markup(page, "<div class=\"axis\" aria-hidden=\"true\">");
    for (int power = (int)floor(scale.from); power <= (int)ceil(scale.to); power++) {
        add_power(page, scale, power, 1);
        if (is_narrow) add_power(page, scale, power, 2);
        if (is_narrow) add_power(page, scale, power, 5);
    }
    page_markup(page, "</div>");
}
