#include "verify/html_parts.h"

#include "verify/html_table.h"
#include "verify/speed.h"

#include "base/banned.h"

static const TableHead heads[] = {
    {"Load", HEAD_TEXT},    {"Requests/s", HEAD_PAIR},        {"p50, ms", HEAD_PAIR},
    {"p99, ms", HEAD_PAIR}, {"Longest stall, ms", HEAD_PAIR}, {"Stood still", HEAD_PAIR}};
enum { HEAD_COUNT = sizeof heads / sizeof *heads };

/* One number of a cell as text. */
typedef Str CellText(const Page *page, const RunCell *cell);

static Str per_second(const Page *page, const RunCell *cell)
{
    return page_number(page, cell->per_second);
}

static Str median(const Page *page, const RunCell *cell)
{
    return page_percentile(page, &cell->latency, 50);
}

static Str tail(const Page *page, const RunCell *cell)
{
    return page_percentile(page, &cell->latency, 99);
}

static Str longest(const Page *page, const RunCell *cell)
{
    return page_ms(page, cell->longest_ns);
}

static Str stalled(const Page *page, const RunCell *cell)
{
    return cell->wall_ns ? page_percent(page, (double)cell->stalled_ns / (double)cell->wall_ns) : STR("–");
}

static CellText *const columns[HEAD_COUNT] = {NULL, per_second, median, tail, longest, stalled};

static void add_lost(const Page *page, const char *tree, uint64_t requests, const char *what)
{
    if (requests)
        HTML(page, "<small>$: $ $</small>", str_from(tree), page_count(page, requests), str_from(what));
}

static void add_losses(const Page *page, const char *tree, const RunCell *cell)
{
    if (!cell) return;
    add_lost(page, tree, cell->failed, "failed");
    add_lost(page, tree, cell->unfinished, "without an answer");
}

static void add_load(const Page *page, const RunEndpoint *endpoint, size_t load)
{
    const RunCell *before = page_cell(endpoint, TREE_BEFORE, load),
                  *after = page_cell(endpoint, TREE_AFTER, load);
    if (!before && !after) return;
    table_row_open(page, NULL, 0, STR("load"));
    HTML(page, "<td role=\"cell\">$", page->run->loads[load].words);
    add_losses(page, "before", before);
    add_losses(page, "after", after);
    if (before && after && speed_is_refused(before, after)) page_markup(page, "<small>not compared</small>");
    page_markup(page, "</td>");
    for (size_t i = 1; i < HEAD_COUNT; i++) {
        table_pair(page, heads[i].name, before ? columns[i](page, before) : STR("–"),
                   after ? columns[i](page, after) : STR("–"));
    }
    table_row_close(page);
}

static void add_endpoint(const Page *page, size_t index)
{
    const RunEndpoint *endpoint = &page->run->endpoints[index];
    table_group_open(page, page_tone(endpoint->verdict), HEAD_COUNT);
    page_verdict(page, endpoint->verdict);
    page_markup(page, " ");
    page_endpoint(page, index);
    Str reason = endpoint->exercised ? endpoint->verdict_reason : endpoint->reason;
    if (reason.len) HTML(page, " <span class=\"aside\">$</span>", reason);
    table_group_close(page);
    for (size_t load = 0; load < page->run->load_count; load++)
        add_load(page, endpoint, load);
}

void html_add_endpoints(const Page *page)
{
    if (!page->run->endpoint_count) return;
    page_markup(page, "<section id=\"endpoints\"><h2>Endpoints</h2>");
    size_t shown = page_rows(page, page->run->endpoint_count, "endpoints");
    table_open(page, "endpoints", "Endpoints, measured before and after", heads, HEAD_COUNT);
    for (size_t i = 0; i < shown; i++)
        add_endpoint(page, i);
    table_close(page);
    page_markup(page, "</section>");
}
