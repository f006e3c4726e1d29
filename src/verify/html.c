#include "verify/html.h"

#include "verify/html_parts.h"
#include "verify/style.h"

#include "base/banned.h"

static void add_head(const Page *page)
{
    HTML(page,
         "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;; style-src "
         "&#39;unsafe-inline&#39;\"/>"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>"
         "<meta name=\"color-scheme\" content=\"light dark\"/><meta name=\"referrer\" "
         "content=\"no-referrer\"/>"
         "<title>$$$ · loopsafe verify</title><style>\n",
         str_from(verdict_name(page->run->verdict)), page->run->verdict == VERDICT_NONE ? STR("") : STR(": "),
         page->run->app);
    buf_add(page->out, (Str){style_text, style_length});
    page_markup(page, "</style></head>\n");
}

/* A way to a section, when there is one. */
static void add_way(const Page *page, const char *section, const char *name, size_t count)
{
    if (!count) return;
    HTML(page, "<li><a href=\"#$\">$</a></li>", str_from(section), str_from(name));
}

static void add_ways(const Page *page)
{
    const Run *run = page->run;
    page_markup(page, "<nav aria-label=\"Sections\"><ul>");
    add_way(page, "findings", "Findings", run->finding_count);
    add_way(page, "endpoints", "Endpoints", run->endpoint_count);
    add_way(page, "timelines", "Timelines", run->endpoint_count);
    add_way(page, "stalls", "Stalls", run->stall_count);
    add_way(page, "predictions", "Predictions", run->prediction_count);
    add_way(page, "conditions", "How it was measured", 1);
    page_markup(page, "</ul></nav>");
}

void run_html(Buf *out, const Run *run)
{
    Arena arena;
    arena_init(&arena);
    Page page = {out, &arena, run};
    add_head(&page);
    page_markup(&page, "<body>");
    html_add_banner(&page);
    add_ways(&page);
    page_markup(&page, "<main>\n");
    html_add_findings(&page);
    html_add_endpoints(&page);
    html_add_details(&page);
    html_add_stalls(&page);
    html_add_predictions(&page);
    html_add_conditions(&page);
    page_markup(&page, "</main></body></html>\n");
    arena_free(&arena);
}
