#include "verify/html_parts.h"

#include "verify/cells.h"

#include "base/banned.h"

static size_t verdict_count(const Run *run, Verdict verdict)
{
    size_t count = 0;
    for (size_t i = 0; i < run->finding_count; i++)
        count += run->findings[i].verdict == verdict;
    return count;
}

/* What a verdict says of several fixes, of one among others, and of the only one. */
typedef struct Sentence {
    const char *some, *one, *only;
} Sentence;

static const Sentence sentences[VERDICTS] = {
    [VERDICT_NONE] = {"", "", "Nothing was to be judged"},
    [VERDICT_FIXED] = {"free the loop and change nothing else", "frees the loop and changes nothing else",
                       "The fix frees the loop and changes nothing else"},
    [VERDICT_NOT_FIXED] = {"leave the loop blocked", "leaves the loop blocked",
                           "The fix leaves the loop blocked"},
    [VERDICT_BEHAVIOUR_CHANGED] = {"change what the application does", "changes what the application does",
                                   "The fix changes what the application does"},
    [VERDICT_SLOWER] = {"free the loop but slow answers down", "frees the loop but slows answers down",
                        "The fix frees the loop but slows answers down"},
    [VERDICT_NOT_REPRODUCED] = {"are for stalls that were not seen", "is for a stall that was not seen",
                                "The stall was not seen"},
    [VERDICT_NOT_EXERCISED] = {"are for code that never ran", "is for code that never ran",
                               "The code of the fix never ran"},
    [VERDICT_NOISY] = {"could not be judged: the machine was too noisy",
                       "could not be judged: the machine was too noisy",
                       "The machine was too noisy to judge"},
};

/* The run's verdict may come from an endpoint and no finding. */
static void add_sentence(const Page *page)
{
    const Run *run = page->run;
    size_t judged = run->finding_count - verdict_count(run, VERDICT_NONE),
           count = verdict_count(run, run->verdict);
    const Sentence *sentence = &sentences[run->verdict];
    page_markup(page, "<h1>");
    if (run->verdict == VERDICT_NONE || (judged == 1 && count == 1)) {
        HTML(page, "$", str_from(sentence->only));
    } else if (judged && count == judged) {
        HTML(page, "All $ fixes $", page_count(page, judged), str_from(sentence->some));
    } else if (count) {
        HTML(page, "$ of $ fixes $", page_count(page, count), page_count(page, judged),
             str_from(count == 1 ? sentence->one : sentence->some));
    } else {
        HTML(page, "$", str_from(verdict_name(run->verdict)));
    }
    page_markup(page, "</h1>");
}

static size_t missed_count(const Run *run)
{
    size_t count = 0;
    for (size_t i = 0; i < run->stall_count; i++)
        count += stall_is_missed(run, &run->stalls[i]);
    return count;
}

/* What else there is to see, and where. */
static void add_more(const Page *page, const char *section, size_t count, const char *one, const char *some)
{
    if (!count) return;
    HTML(page, "<li><b>$</b> <a href=\"#$\">$</a></li>", page_count(page, count), str_from(section),
         str_from(count == 1 ? one : some));
}

static void add_counts(const Page *page)
{
    page_markup(page, "<ul class=\"counts\" aria-label=\"Findings by verdict\">");
    for (size_t i = 0; i < VERDICTS; i++) {
        size_t count = verdict_count(page->run, page_verdicts[i]);
        if (!count) continue;
        HTML(page, "<li><b>$</b> ", page_count(page, count));
        page_verdict(page, page_verdicts[i]);
        page_markup(page, "</li>");
    }
    add_more(page, "stalls", missed_count(page->run), "stall missed by the analyser",
             "stalls missed by the analyser");
    add_more(page, "conditions", page->run->notice_count, "notice", "notices");
    page_markup(page, "</ul>");
}

/* Over all cells of a version. */
typedef struct Extremes {
    uint64_t longest_ns, stalled_ns, wall_ns;
    const RunCell *slowest; /* by its 99th percentile */
    uint64_t slowest_us;
} Extremes;

static void extremes_add(Extremes *extremes, const RunCell *cell)
{
    uint64_t p99_us = histogram_percentile(&cell->latency, 99, NULL);
    if (cell->longest_ns > extremes->longest_ns) extremes->longest_ns = cell->longest_ns;
    extremes->stalled_ns += cell->stalled_ns;
    extremes->wall_ns += cell->wall_ns;
    if (extremes->slowest && p99_us <= extremes->slowest_us) return;
    extremes->slowest = cell;
    extremes->slowest_us = p99_us;
}

static Extremes extremes_of(const Run *run, Tree tree)
{
    Extremes extremes = {0};
    for (size_t i = 0; i < run->endpoint_count; i++) {
        for (size_t j = 0; j < run->endpoints[i].cell_count; j++) {
            if (run->endpoints[i].cells[j].tree == tree) extremes_add(&extremes, &run->endpoints[i].cells[j]);
        }
    }
    return extremes;
}

static void add_tile(const Page *page, const char *name, Str before, Str after, const char *unit)
{
    HTML(page,
         "<div><dt>$</dt><dd><span>$</span><i aria-label=\"to\">→</i><b>$</b><small>$</small></dd></div>",
         str_from(name), before, after, str_from(unit));
}

static Str share_text(const Page *page, const Extremes *extremes)
{
    return extremes->wall_ns ? page_percent(page, (double)extremes->stalled_ns / (double)extremes->wall_ns)
                             : STR("–");
}

static Str slowest_text(const Page *page, const Extremes *extremes)
{
    return extremes->slowest ? page_percentile(page, &extremes->slowest->latency, 99) : STR("–");
}

static void add_tiles(const Page *page)
{
    Extremes before = extremes_of(page->run, TREE_BEFORE), after = extremes_of(page->run, TREE_AFTER);
    if (!before.wall_ns && !after.wall_ns) return;
    page_markup(page, "<dl class=\"tiles\">");
    add_tile(page, "Longest stall of the loop", page_ms(page, before.longest_ns),
             page_ms(page, after.longest_ns), "ms");
    add_tile(page, "Time the loop stood still", share_text(page, &before), share_text(page, &after), "");
    add_tile(page, "Slowest endpoint, 99th percentile", slowest_text(page, &before),
             slowest_text(page, &after), "ms");
    page_markup(page, "</dl>");
}

/* 2026-11-21T20:14:05Z without its letters. */
static void add_started(const Page *page)
{
    Str started = page->run->started;
    bool is_usual = started.len == 20 && started.ptr[10] == 'T' && started.ptr[19] == 'Z';
    if (is_usual) {
        HTML(page, "<time>$ $ UTC</time>", str_part(started, 0, 10), str_part(started, 11, 19));
    } else {
        HTML(page, "<time>$</time>", started);
    }
}

void html_add_banner(const Page *page)
{
    const Run *run = page->run;
    HTML(page, "<header class=\"banner $\"><p class=\"eyebrow\">loopsafe verify <code>$</code> ",
         page_tone(run->verdict), run->app);
    add_started(page);
    page_markup(page, "</p>");
    add_sentence(page);
    add_counts(page);
    add_tiles(page);
    page_markup(page, "</header>");
}
