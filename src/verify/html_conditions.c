#include "verify/html_parts.h"

#include <math.h>

#include "base/limits.h"
#include "verify/html_table.h"

#include "base/banned.h"

static const TableHead heads[] = {{"Endpoint", HEAD_TEXT},
                                  {"Version", HEAD_TEXT},
                                  {"For", HEAD_TEXT},
                                  {"Requests/s", HEAD_NUMBER},
                                  {"p50, ms", HEAD_NUMBER},
                                  {"p99, ms", HEAD_NUMBER},
                                  {"Error where measured", HEAD_NUMBER}};
enum { HEAD_COUNT = sizeof heads / sizeof *heads };

static void add_prediction(const Page *page, const RunPrediction *prediction)
{
    table_row_open(page, NULL, 0, STR("prediction"));
    page_markup(page, "<td role=\"cell\">");
    page_endpoint(page, prediction->endpoint);
    page_markup(page, "</td>");
    html_table_text(page, "Version", page_tree(prediction->tree));
    html_table_text(page, "For", prediction->words);
    table_number(page, "Requests/s", page_number(page, prediction->per_second));
    table_number(page, "p50, ms", page_number(page, (double)prediction->p50_us / 1e3));
    table_number(page, "p99, ms", page_number(page, (double)prediction->p99_us / 1e3));
    table_number(page, "Error where measured",
                 str_join(page->arena, STR("± "), page_percent(page, prediction->error), STR("")));
    table_row_close(page);
}

void html_add_predictions(const Page *page)
{
    const Run *run = page->run;
    if (!run->prediction_count) return;
    page_markup(page, "<section id=\"predictions\"><h2>Predicted, not measured</h2><p class=\"note\">A "
                      "simulation of loop, threads "
                      "and lock with the times that were measured. The error is its worst on the loads that "
                      "were measured.</p>");
    size_t shown = page_rows(page, run->prediction_count, "predictions");
    table_open(page, "predictions", "Predictions", heads, HEAD_COUNT);
    for (size_t i = 0; i < shown; i++)
        add_prediction(page, &run->predictions[i]);
    table_close(page);
    page_markup(page, "</section>");
}

static void add_list(const Page *page, const char *name, const char *what, const Str *lines, size_t count)
{
    if (!count) return;
    HTML(page, "<h3>$</h3><p class=\"note\">$</p>", str_from(name), str_from(what));
    size_t shown = page_rows(page, count, "lines");
    page_markup(page, "<ul class=\"plain\">");
    for (size_t i = 0; i < shown; i++)
        HTML(page, "<li>$</li>", lines[i]);
    page_markup(page, "</ul>");
}

static void add_load(const Page *page, const RunLoad *load)
{
    HTML(page, "<li><b>$</b>, $: $</li>", load->words, page_seconds(page, load->duration_ns),
         load->rate > 0 ? STR("requests come whether earlier ones were answered or not; a latency counts "
                              "from when the request was due")
                        : STR("each user waits for an answer before asking again"));
}

static void add_loads(const Page *page)
{
    if (!page->run->load_count) return;
    page_markup(
        page,
        "<h3>Load</h3><p class=\"note\">Both versions get the same, in rounds before, after, after, before, "
        "so that a "
        "drift of the machine meets both. A request without an answer at the end counts as ≥ its age.</p>"
        "<ul class=\"plain\">");
    for (size_t i = 0; i < page->run->load_count; i++)
        add_load(page, &page->run->loads[i]);
    page_markup(page, "</ul>");
}

static void add_fact(const Page *page, const char *name, Str text)
{
    if (text.len) HTML(page, "<div><dt>$</dt><dd>$</dd></div>", str_from(name), text);
}

static Str overhead_text(const Page *page)
{
    double overhead = page->run->probe_overhead;
    if (isnan(overhead)) return STR("not measured");
    return overhead < 0 ? STR("within the noise") : page_percent(page, overhead);
}

static void add_facts(const Page *page)
{
    const Run *run = page->run;
    page_markup(page, "<dl class=\"facts\">");
    HTML(page, "<div><dt>Command</dt><dd><code>$</code></dd></div>", run->command);
    add_fact(page, "Isolation", run->guard);
    add_fact(page, "Probe", run->probe);
    add_fact(page, "A stall is", str_format(page->arena, "longer than %g ms", (double)run->stall_ns / 1e6));
    add_fact(page, "Noise between rounds", page_percent(page, run->noise));
    add_fact(page, "Cost of the probe", overhead_text(page));
    add_fact(page, "Python", run->python);
    add_fact(page, "Framework", run->framework);
    add_fact(page, "Server", run->server);
    add_fact(page, "Loop", run->loop);
    add_fact(page, "Machine", run->machine);
    add_fact(page, "loopsafe", run->version);
    add_fact(page, "Started", run->started);
    add_fact(page, "Took", page_seconds(page, run->took_ns));
    page_markup(page, "</dl>");
}

void html_add_conditions(const Page *page)
{
    const Run *run = page->run;
    page_markup(page, "<section id=\"conditions\"><h2>How it was measured</h2>");
    add_list(page, "Notices", "What to know before trusting the numbers.", run->notices, run->notice_count);
    add_loads(page);
    add_list(
        page, "Stand-ins",
        "They answer in place of the outside world, after a fixed time: the loop's behaviour is proved with "
        "them, not with the real services.",
        run->stand_ins, run->stand_in_count);
    add_list(page, "Stubs", "Libraries that are not installed and were replaced.", run->stubs,
             run->stub_count);
    add_list(page, "Masks",
             "Values that already differ between two runs of the version before, and are not compared.",
             run->masks, run->mask_count);
    add_facts(page);
    page_markup(page, "</section>");
}
