#include "verify/html_parts.h"

#include <stdlib.h>

#include "base/limits.h"
#include "verify/cells.h"
#include "verify/html_stack.h"
#include "verify/html_table.h"

#include "base/banned.h"

static const TableHead heads[] = {{"What held the loop", HEAD_TEXT},
                                  {"Version", HEAD_TEXT},
                                  {"During", HEAD_TEXT},
                                  {"Times", HEAD_NUMBER},
                                  {"Longest, ms", HEAD_NUMBER},
                                  {"Together, ms", HEAD_NUMBER}};
enum { HEAD_COUNT = sizeof heads / sizeof *heads };

static void add_place(const Page *page, const RunStall *stall)
{
    HTML(page, "<td role=\"cell\" class=\"where\"><p>$", str_from(stall_kind_name(stall->kind)));
    if (stall->call.len) HTML(page, " in <code>$</code>", stall->call);
    if (stall->at) {
        HTML(page, " at <code class=\"place\">$</code> <span class=\"aside\">$</span>",
             page_place(page, stall->at->file, stall->at->row1), stall->at->function);
    }
    page_markup(page, "</p>");
    if (stall->finding < page->run->finding_count && stall->finding < LIMIT_HTML_ROWS) {
        HTML(page, "<p class=\"aside\">foretold: <a href=\"#finding-$\">$</a></p>",
             page_id(page, stall->finding), page->run->findings[stall->finding].code);
    }
}

static void add_stack(const Page *page, const RunStall *stall, bool is_open)
{
    if (stall->stack.count) {
        page_markup(page, is_open ? "<details open=\"open\">" : "<details>");
        page_markup(page, "<summary>Stack, innermost first</summary>");
        stack_add(page, stall->stack);
        page_markup(page, "</details>");
    }
    page_markup(page, "</td>");
}

static void add_stall(const Page *page, const RunStall *stall, bool is_open)
{
    table_row_open(page, "stall", (size_t)(stall - page->run->stalls), STR("stall"));
    add_place(page, stall);
    add_stack(page, stall, is_open);
    html_table_text(page, "Version", page_tree(stall->tree));
    page_markup(page, "<td role=\"cell\" data-label=\"During\">");
    if (stall->endpoint == SIZE_MAX) page_markup(page, "start-up");
    page_endpoint(page, stall->endpoint);
    page_markup(page, "</td>");
    table_number(page, "Times", page_count(page, stall->count));
    table_number(page, "Longest, ms", page_ms(page, stall->longest_ns));
    table_number(page, "Together, ms", page_ms(page, stall->total_ns));
    table_row_close(page);
}

/* Longest together first; else as they are. */
static int stall_order(const void *left, const void *right)
{
    const RunStall *first = *(const RunStall *const *)left, *second = *(const RunStall *const *)right;
    if (first->total_ns != second->total_ns) return first->total_ns < second->total_ns ? 1 : -1;
    return (first > second) - (first < second);
}

typedef struct Stalls {
    const RunStall **items;
    size_t count;
} Stalls;

typedef enum StallClass {
    STALL_MISSED,
    STALL_FORETOLD, /* by a finding */
    STALL_OF_BUSY   /* a loop with much to do, and what the second version brings */
} StallClass;

static StallClass class_of(const Run *run, const RunStall *stall)
{
    if (stall->finding != SIZE_MAX) return STALL_FORETOLD;
    return stall_is_missed(run, stall) ? STALL_MISSED : STALL_OF_BUSY;
}

static Stalls stalls_list(const Page *page, StallClass wanted)
{
    const Run *run = page->run;
    Stalls stalls = {arena_array(page->arena, run->stall_count, sizeof(RunStall *)), 0};
    for (size_t i = 0; i < run->stall_count && i < LIMIT_HTML_ROWS; i++)
        if (class_of(run, &run->stalls[i]) == wanted) stalls.items[stalls.count++] = &run->stalls[i];
    qsort(stalls.items, stalls.count, sizeof *stalls.items, stall_order);
    return stalls;
}

static void add_table(const Page *page, const Stalls *stalls, const char *name, bool is_open)
{
    table_open(page, "stalls", name, heads, HEAD_COUNT);
    for (size_t i = 0; i < stalls->count; i++)
        add_stall(page, stalls->items[i], is_open);
    table_close(page);
}

void html_add_stalls(const Page *page)
{
    if (!page->run->stall_count) return;
    Stalls missed = stalls_list(page, STALL_MISSED), foretold = stalls_list(page, STALL_FORETOLD),
           busy = stalls_list(page, STALL_OF_BUSY);
    page_markup(page, "<section id=\"stalls\"><h2>What held the loop</h2>");
    page_rows(page, page->run->stall_count, "stalls");
    if (missed.count) {
        page_markup(page, "<h3>Missed by the analyser</h3><p class=\"note\">No finding stands on any line of "
                          "the project in these "
                          "stacks. Each is worth a report or a rule.</p>");
        add_table(page, &missed, "Stalls missed by the analyser", true);
    }
    if (foretold.count) {
        page_markup(page, "<h3>Foretold by a finding</h3>");
        add_table(page, &foretold, "Stalls that a finding had foretold", false);
    }
    if (busy.count) {
        page_markup(page,
                    "<h3>Of a busy loop</h3><p class=\"note\">Ticks that are long because many requests are "
                    "answered in them, and places that only the second version has.</p>");
        add_table(page, &busy, "Stalls of a busy loop", false);
    }
    page_markup(page, "</section>");
}
