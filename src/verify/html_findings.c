#include "verify/html_parts.h"

#include "verify/html_table.h"

#include "base/banned.h"

static void add_where(const Page *page, const RunFinding *finding)
{
    HTML(page,
         "<td role=\"cell\" class=\"where\"><p><code class=\"place\">$</code> <span "
         "class=\"code\">$</span></p><p>$</p>",
         page_place(page, finding->path, finding->row1), finding->code, finding->message);
    if (finding->fix_title.len) {
        HTML(page, "<p class=\"aside\">Fix: $$", finding->fix_title,
             finding->fix_safe ? STR("") : STR(" (unsafe)"));
        if (finding->after_row1 && finding->after_row1 != finding->row1) {
            HTML(page, ", now line $", page_id(page, finding->after_row1));
        }
        page_markup(page, "</p>");
    }
    page_markup(page, "</td>");
}

static void add_runners(const Page *page, const RunFinding *finding)
{
    if (!finding->endpoint_count) return;
    size_t shown = finding->endpoint_count < 5 ? finding->endpoint_count : 5;
    page_markup(page, "<p class=\"aside\">Run by ");
    for (size_t i = 0; i < shown; i++) {
        if (i) page_markup(page, ", ");
        page_endpoint(page, finding->endpoints[i]);
    }
    if (shown < finding->endpoint_count)
        HTML(page, " and $ more", page_count(page, finding->endpoint_count - shown));
    page_markup(page, "</p>");
}

static void add_evidence(const Page *page, const RunFinding *finding)
{
    page_markup(page, "<td role=\"cell\" class=\"evidence\">");
    if (finding->verdict_reason.len) HTML(page, "<p>$</p>", finding->verdict_reason);
    HTML(page, "<p class=\"aside\">Before: $", str_from(seen_name(finding->seen)));
    if (finding->seen_reason.len) HTML(page, ", $", finding->seen_reason);
    page_markup(page, "</p>");
    add_runners(page, finding);
    page_markup(page, "</td>");
}

static Str stall_text(const Page *page, const RunFinding *finding, Tree tree)
{
    return finding->stall_ns[tree] ? page_ms(page, finding->stall_ns[tree]) : STR("none");
}

static void add_finding(const Page *page, size_t index)
{
    const RunFinding *finding = &page->run->findings[index];
    table_row_open(page, "finding", index, page_tone(finding->verdict));
    page_markup(page, "<td role=\"cell\">");
    page_verdict(page, finding->verdict);
    page_markup(page, "</td>");
    add_where(page, finding);
    add_evidence(page, finding);
    table_pair(page, "Longest stall, ms", stall_text(page, finding, TREE_BEFORE),
               stall_text(page, finding, TREE_AFTER));
    table_row_close(page);
}

static const TableHead heads[] = {{"Verdict", HEAD_TEXT},
                                  {"Finding", HEAD_TEXT},
                                  {"What was seen", HEAD_TEXT},
                                  {"Longest stall, ms", HEAD_PAIR}};

void html_add_findings(const Page *page)
{
    const Run *run = page->run;
    if (!run->finding_count) return;
    page_markup(page, "<section id=\"findings\"><h2>Findings</h2>");
    size_t shown = page_rows(page, run->finding_count, "findings");
    table_open(page, "findings", "Findings with their verdicts", heads, sizeof heads / sizeof *heads);
    for (size_t i = 0; i < VERDICTS; i++) {
        for (size_t j = 0; j < shown; j++) {
            if (run->findings[j].verdict == page_verdicts[i]) add_finding(page, j);
        }
    }
    table_close(page);
    page_markup(page, "</section>");
}
