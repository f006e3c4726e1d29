#include "verify/html_latency.h"

#include "verify/html_axis.h"

#include "base/banned.h"

enum { DRAWING_WIDTH = 500, DRAWING_HEIGHT = 100 };

/* A line that is being drawn, to the right and up. */
typedef struct Line {
    const Page *page;
    LogScale scale;
    uint64_t seen, count; /* requests */
    int x, y;
} Line;

static void line_begin(Line *line)
{
    buf_format(line->page->out, "M%d %d", line->x, line->y);
}

/* A step that would not be seen is left out: a line has at most as many points as the drawing has columns and rows. */
static void line_add(Line *line, uint64_t value_us, uint64_t requests)
{
    line->seen += requests;
    int x = (int)(log_scale_place(line->scale, value_us) * DRAWING_WIDTH);
    int y = DRAWING_HEIGHT - (int)((double)line->seen / (double)line->count * DRAWING_HEIGHT);
    if (x > line->x) buf_format(line->page->out, "H%d", x);
    if (y < line->y) buf_format(line->page->out, "V%d", y);
    line->x = x > line->x ? x : line->x;
    line->y = y < line->y ? y : line->y;
}

/* One version's line: certain up to the first request that was not waited for, an upper bound from there on. */
static void add_line(const Page *page, LogScale scale, Tree tree, const Histogram *latency)
{
    Line line = {page,
                 scale,
                 0,
                 latency->count,
                 (int)(log_scale_place(scale, latency->smallest) * DRAWING_WIDTH),
                 DRAWING_HEIGHT};
    bool is_certain = true;
    HTML(page, "<path class=\"line $\" d=\"", page_tree(tree));
    line_begin(&line);
    for (size_t i = 0; i < HISTOGRAM_BUCKETS && line.seen < line.count; i++) {
        if (is_certain && latency->unfinished[i]) {
            is_certain = false;
            HTML(page, "\"/><path class=\"line $ bound\" d=\"", page_tree(tree));
            line_begin(&line);
        }
        if (latency->buckets[i]) line_add(&line, histogram_value(i), latency->buckets[i]);
    }
    page_markup(page, "\"/>");
}

static void add_dot(const Page *page, LogScale scale, Tree tree, const Histogram *latency, double percent)
{
    uint64_t value_us = histogram_percentile(latency, percent, NULL);
    HTML(page, "<span class=\"dot $\" style=\"left:$%;bottom:$%\"></span>", page_tree(tree),
         str_format(page->arena, "%.1f", log_scale_place(scale, value_us) * 100),
         str_format(page->arena, "%.0f", percent));
}

static void add_grid(const Page *page)
{
    page_markup(page, "<path class=\"grid\" d=\"");
    for (int y = 0; y <= DRAWING_HEIGHT; y += DRAWING_HEIGHT / 4)
        buf_format(page->out, "M0 %dH%d", y, DRAWING_WIDTH);
    page_markup(page, "\"/>");
}

static void add_drawing(const Page *page, LogScale scale, const Histogram *const latencies[TREES])
{
    buf_format(
        page->out,
        "<svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\">",
        DRAWING_WIDTH, DRAWING_HEIGHT);
    add_grid(page);
    for (Tree tree = TREE_BEFORE; tree < TREES; tree++) {
        if (latencies[tree]) add_line(page, scale, tree, latencies[tree]);
    }
    page_markup(page, "</svg>");
    for (Tree tree = TREE_BEFORE; tree < TREES; tree++) {
        if (!latencies[tree]) continue;
        add_dot(page, scale, tree, latencies[tree], 50);
        add_dot(page, scale, tree, latencies[tree], 99);
    }
}

static void add_levels(const Page *page)
{
    for (int percent = 0; percent <= 100; percent += 25) {
        HTML(page, "<span class=\"level\" style=\"bottom:$%\">$ %</span>",
             str_format(page->arena, "%d", percent), str_format(page->arena, "%d", percent));
    }
}

/* The key of the two lines, with the numbers of their dots: what a reader hears of the drawing. */
static void add_words(const Page *page, Tree tree, const Histogram *latency)
{
    HTML(page,
         "<li><svg viewBox=\"0 0 28 4\" aria-hidden=\"true\" focusable=\"false\"><path class=\"line $\" "
         "d=\"M0 2H28\"/></svg>"
         "$: half within $&#160;ms, 99 % within $&#160;ms$</li>",
         page_tree(tree), page_tree(tree), page_percentile(page, latency, 50),
         page_percentile(page, latency, 99),
         latency->unfinished_count ? STR(" (dotted: not waited for, takes at least so long)") : STR(""));
}

static LogScale scale_of(const Histogram *const latencies[TREES])
{
    uint64_t smallest = UINT64_MAX, largest = 0;
    for (Tree tree = TREE_BEFORE; tree < TREES; tree++) {
        if (!latencies[tree]) continue;
        if (latencies[tree]->smallest < smallest) smallest = latencies[tree]->smallest;
        if (latencies[tree]->largest > largest) largest = latencies[tree]->largest;
    }
    return log_scale_new(smallest, largest);
}

static const Histogram *latency_of(const RunCell *cell)
{
    return cell && cell->latency.count ? &cell->latency : NULL;
}

void latency_add(const Page *page, const RunCell *before, const RunCell *after)
{
    const Histogram *latencies[TREES] = {latency_of(before), latency_of(after)};
    if (!latencies[TREE_BEFORE] && !latencies[TREE_AFTER]) {
        page_markup(page, "<p class=\"note\">No request was answered.</p>");
        return;
    }
    LogScale scale = scale_of(latencies);
    page_markup(
        page,
        "<div class=\"latency\"><p class=\"lane-name\"><b>Answered within</b> … ms</p><div class=\"plot\">");
    add_drawing(page, scale, latencies);
    add_levels(page);
    page_markup(page, "</div>");
    axis_add_latency(page, scale);
    page_markup(page, "<ul class=\"lines\">");
    for (Tree tree = TREE_BEFORE; tree < TREES; tree++) {
        if (latencies[tree]) add_words(page, tree, latencies[tree]);
    }
    page_markup(page, "</ul></div>");
}
