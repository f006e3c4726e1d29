#include "verify/html_parts.h"

#include <stdlib.h>

#include "base/limits.h"
#include "verify/html_latency.h"
#include "verify/html_table.h"
#include "verify/html_timeline.h"

#include "base/banned.h"

/* One endpoint under one load: what a chart shows. */
typedef struct Chart {
    size_t endpoint, load;
    const RunCell *before, *after;
    bool is_drawn;
} Chart;

typedef struct Charts {
    Chart *items;
    size_t count;
} Charts;

static Charts charts_list(const Page *page)
{
    const Run *run = page->run;
    Charts charts = {arena_array(page->arena, run->endpoint_count * run->load_count, sizeof(Chart)), 0};
    for (size_t i = 0; i < run->endpoint_count; i++) {
        for (size_t load = 0; load < run->load_count; load++) {
            const RunCell *before = page_cell(&run->endpoints[i], TREE_BEFORE, load);
            const RunCell *after = page_cell(&run->endpoints[i], TREE_AFTER, load);
            if (before || after) charts.items[charts.count++] = (Chart){i, load, before, after, false};
        }
    }
    return charts;
}

static uint64_t chart_stalled(const Chart *chart)
{
    return (chart->before ? chart->before->stalled_ns : 0) + (chart->after ? chart->after->stalled_ns : 0);
}

/* Most stalled first; else as they are. */
static int chart_order(const void *left, const void *right)
{
    const Chart *first = *(Chart *const *)left, *second = *(Chart *const *)right;
    uint64_t first_ns = chart_stalled(first), second_ns = chart_stalled(second);
    if (first_ns != second_ns) return first_ns < second_ns ? 1 : -1;
    return (first > second) - (first < second);
}

/* Those that stalled most are drawn. */
static void charts_choose(const Page *page, Charts *charts)
{
    Chart **order = arena_array(page->arena, charts->count, sizeof(Chart *));
    for (size_t i = 0; i < charts->count; i++)
        order[i] = &charts->items[i];
    qsort(order, charts->count, sizeof *order, chart_order);
    for (size_t i = 0; i < charts->count && i < LIMIT_HTML_CHARTS; i++)
        order[i]->is_drawn = true;
}

static void add_chart(const Page *page, const Chart *chart)
{
    HTML(page, "<figure><figcaption>$</figcaption>", page->run->loads[chart->load].words);
    if (chart->is_drawn) {
        page_markup(page, "<div class=\"charts\">");
        timeline_add(page, chart->before, chart->after);
        latency_add(page, chart->before, chart->after);
        page_markup(page, "</div>");
    } else {
        page_markup(
            page,
            "<p class=\"note\">Not drawn: others stalled longer. Its numbers stand in the table above.</p>");
    }
    page_markup(page, "</figure>");
}

static const TableHead difference_heads[] = {
    {"Request", HEAD_TEXT}, {"What differs", HEAD_TEXT}, {"Before", HEAD_TEXT}, {"After", HEAD_TEXT}};

static void add_difference(const Page *page, const RunDifference *difference)
{
    table_row_open(page, NULL, 0, STR("bad"));
    HTML(page, "<td role=\"cell\"><code>$</code></td><td role=\"cell\">$</td>", difference->request,
         difference->what);
    HTML(page,
         "<td role=\"cell\" data-label=\"Before\"><pre>$</pre></td><td role=\"cell\" "
         "data-label=\"After\"><pre>$</pre></td>",
         difference->before, difference->after);
    table_row_close(page);
}

static void add_differences(const Page *page, const RunEndpoint *endpoint)
{
    if (!endpoint->difference_count) return;
    page_markup(page, "<h4>What the application does differently</h4>");
    size_t shown = page_rows(page, endpoint->difference_count, "differences");
    table_open(page, "differences", "Differences between the versions", difference_heads, 4);
    for (size_t i = 0; i < shown; i++)
        add_difference(page, &endpoint->differences[i]);
    table_close(page);
}

static void add_function(const Page *page, const RunEndpoint *endpoint)
{
    if (!endpoint->function.len) return;
    HTML(page, "<p class=\"aside\"><code>$ $</code> in <code>$</code>",
         endpoint->is_async ? STR("async def") : STR("def"), endpoint->function,
         page_place(page, endpoint->file, endpoint->row1));
    if (endpoint->upstream_calls) {
        HTML(page, ", $ to the outside in the functional pass",
             endpoint->upstream_calls == 1
                 ? STR("1 call")
                 : str_join(page->arena, page_count(page, endpoint->upstream_calls), STR(" calls"), STR("")));
    }
    page_markup(page, "</p>");
}

static void add_endpoint(const Page *page, size_t index, const Charts *charts)
{
    const RunEndpoint *endpoint = &page->run->endpoints[index];
    HTML(page, "<article id=\"endpoint-$\" class=\"$\"><h3>", page_id(page, index),
         page_tone(endpoint->verdict));
    HTML(page, "<code>$ $</code> ", endpoint->method, endpoint->path);
    page_verdict(page, endpoint->verdict);
    page_markup(page, "</h3>");
    add_function(page, endpoint);
    Str reason = endpoint->exercised ? endpoint->verdict_reason : endpoint->reason;
    if (reason.len) HTML(page, "<p>$</p>", reason);
    for (size_t i = 0; i < charts->count; i++) {
        if (charts->items[i].endpoint == index) add_chart(page, &charts->items[i]);
    }
    add_differences(page, endpoint);
    page_markup(page, "</article>");
}

void html_add_details(const Page *page)
{
    if (!page->run->endpoint_count) return;
    Charts charts = charts_list(page);
    charts_choose(page, &charts);
    page_markup(
        page,
        "<section id=\"timelines\"><h2>Where the loop stood still</h2><p class=\"note\">A lane shows one "
        "round. Its "
        "height is the share of each moment for which the loop did not turn; both versions are on one scale. "
        "Point at a stall, or go there with the keyboard, for its stack.</p>");
    timeline_add_legend(page);
    size_t shown = page_rows(page, page->run->endpoint_count, "endpoints");
    for (size_t i = 0; i < shown; i++)
        add_endpoint(page, i, &charts);
    page_markup(page, "</section>");
}
