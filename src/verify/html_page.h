/* html_page.h - the page that is being written: how texts and numbers get into it.
 *
 *   HTML(page, "<td class=\"$\">$</td>", STR("path"), finding->path);
 *
 * Shape   each $ of a template takes one value, which is escaped on its way. Templates are literals; there is no other way for
 *         a text of the user into the page.
 * Owner   texts that are made here live in the page's arena. */
#ifndef LOOPSAFE_VERIFY_HTML_PAGE_H
#define LOOPSAFE_VERIFY_HTML_PAGE_H

#include "base/buf.h"
#include "verify/run.h"

typedef struct Page {
    Buf *out;
    Arena *arena;
    const Run *run;
} Page;

/* Fills a template. A number of $ that differs from count is a bug. */
void page_fill(const Page *page, const char *template, const Str *values, size_t count);
#define HTML(page, template, ...)                                                                            \
    page_fill((page), (template), (const Str[]){__VA_ARGS__},                                                \
              sizeof((const Str[]){__VA_ARGS__}) / sizeof(Str))
/* Markup without a value. */
void page_markup(const Page *page, const char *markup);
/* Escaped for text and for attributes. Bytes that are not UTF-8, control characters and those that turn the direction of
 * writing become U+FFFD; a text beyond LIMIT_HTML_TEXT_BYTES ends in "…". */
void page_text(const Page *page, Str text);

/* A number in a reference: 2048. */
Str page_id(const Page *page, size_t index);
/* Numbers as people read them: 2,048. */
Str page_count(const Page *page, uint64_t number);
/* Three digits, or more where the whole number has more: 0.42, 8.31, 312, 2,048. */
Str page_number(const Page *page, double number);
Str page_ms(const Page *page, uint64_t ns);       /* in milliseconds, without the unit */
Str page_percent(const Page *page, double share); /* "98 %", "0.4 %" */
Str page_seconds(const Page *page, uint64_t ns);  /* "3 s", "0.25 s" */
/* In milliseconds, "≥ 3,916" where requests were not waited for; "–" when nothing was measured. */
Str page_percentile(const Page *page, const Histogram *latency, double percent);
/* "path:12"; the path alone without a row. */
Str page_place(const Page *page, Str path, uint32_t row1);

/* The cell of an endpoint, or NULL. */
const RunCell *page_cell(const RunEndpoint *endpoint, Tree tree, size_t load);
/* "before", "after" */
Str page_tree(Tree tree);
/* Worst first: the order in which they are shown. */
extern const Verdict page_verdicts[VERDICTS];
/* A verdict as a label with a sign, a word and a colour. */
void page_verdict(const Page *page, Verdict verdict);
/* Its colour: "good", "bad", "warn", "mute". */
Str page_tone(Verdict verdict);
/* "GET /orders", which leads to where the endpoint is shown. */
void page_endpoint(const Page *page, size_t endpoint);
/* How many of count are shown; says how many are left out. */
size_t page_rows(const Page *page, size_t count, const char *what);

#endif
