#include "verify/run_table.h"

#include <math.h>
#include <stdlib.h>

#include "base/vec.h"
#include "base/visible.h"
#include "verify/cells.h"
#include "verify/speed.h"
#include "verify/words.h"
#include "base/banned.h"

enum { NARROW = 80, NUMBER_CELLS = 15, NUMBERS = 5, LOAD_CELLS = 36, MISSED_SHOWN = 10, FRAMES_SHOWN = 6 };

typedef enum Tone { TONE_GOOD, TONE_BAD, TONE_CARE, TONE_QUIET, TONE_HEAD } Tone;

typedef struct Table {
    Buf *buf;
    const Run *run;
    const RunTableStyle *style;
    bool wide; /* a load and its numbers fit on one line */
} Table;

/* --- text --- */

static const char *plain_glyph(uint32_t code)
{
    switch (code) {
    case 0x2192:
        return "->";
    case 0x2265:
        return ">=";
    case 0x2026:
        return "...";
    default:
        return "?";
    }
}

/* Gives the cells that it takes. */
static size_t add_text(const Table *table, Str text)
{
    size_t cells = 0;
    while (text.len) {
        uint32_t code;
        text = str_drop(text, glyph_read(text, &code));
        code = glyph_visible(code == '\t' ? ' ' : code);
        const char *plain = table->style->plain && code > 0x7e ? plain_glyph(code) : NULL;
        if (plain)
            buf_add_text(table->buf, plain);
        else
            glyph_add(table->buf, code);
        cells += plain ? str_from(plain).len : glyph_cells(code);
    }
    return cells;
}

static void add_line(const Table *table, Str text)
{
    add_text(table, text);
    buf_add_byte(table->buf, '\n');
}

static void add_toned(const Table *table, Tone tone, const char *text)
{
    static const char *const sequences[] = {
        [TONE_GOOD] = "\x1b[1;32m", [TONE_BAD] = "\x1b[1;31m", [TONE_CARE] = "\x1b[1;33m",
        [TONE_QUIET] = "\x1b[2m",   [TONE_HEAD] = "\x1b[1m",
    };
    bool color = table->style->color && *text;
    if (color) buf_add_text(table->buf, sequences[tone]);
    buf_add_text(table->buf, text);
    if (color) buf_add_text(table->buf, "\x1b[0m");
}

static void add_verdict(const Table *table, Verdict verdict)
{
    static const Tone tones[VERDICTS] = {
        [VERDICT_NONE] = TONE_QUIET,         [VERDICT_FIXED] = TONE_GOOD,
        [VERDICT_NOT_FIXED] = TONE_BAD,      [VERDICT_BEHAVIOUR_CHANGED] = TONE_BAD,
        [VERDICT_SLOWER] = TONE_CARE,        [VERDICT_NOT_REPRODUCED] = TONE_CARE,
        [VERDICT_NOT_EXERCISED] = TONE_CARE, [VERDICT_NOISY] = TONE_CARE,
    };
    add_toned(table, tones[verdict], verdict_name(verdict));
}

static void add_head(const Table *table, const char *text)
{
    buf_add_byte(table->buf, '\n');
    add_toned(table, TONE_HEAD, text);
    buf_add_byte(table->buf, '\n');
}

/* --- numbers: `before → after`, to the right --- */

static const char *arrow(const Table *table)
{
    return table->style->plain ? " -> " : " → ";
}

/* Milliseconds without their unit: it stands in the head. */
static void add_ms_number(Buf *buf, uint64_t nanoseconds)
{
    size_t start = buf->len;
    words_add_ms(buf, nanoseconds);
    buf->len -= buf->len - start > 3 ? 3 : 0;
}

typedef void (*AddNumber)(const Table *table, Buf *buf, const RunCell *cell);

static void add_rate(const Table *table, Buf *buf, const RunCell *cell)
{
    (void)table;
    words_add_rate(buf, cell->per_second);
}

static void add_percentile(const Table *table, Buf *buf, const RunCell *cell, double percent)
{
    bool at_least;
    uint64_t value = cell_percentile(cell, percent, &at_least);
    if (at_least) buf_add_text(buf, table->style->plain ? ">=" : "≥");
    add_ms_number(buf, value * 1000);
}

static void add_p50(const Table *table, Buf *buf, const RunCell *cell)
{
    add_percentile(table, buf, cell, 50);
}

static void add_p99(const Table *table, Buf *buf, const RunCell *cell)
{
    add_percentile(table, buf, cell, 99);
}

static void add_longest(const Table *table, Buf *buf, const RunCell *cell)
{
    (void)table;
    add_ms_number(buf, cell->longest_ns);
}

static void add_share(const Table *table, Buf *buf, const RunCell *cell)
{
    (void)table;
    words_add_share(buf, cell_stall_share(cell));
}

static const struct Column {
    const char *head;
    AddNumber add;
} columns[NUMBERS] = {{"req/s", add_rate},
                      {"p50 ms", add_p50},
                      {"p99 ms", add_p99},
                      {"longest ms", add_longest},
                      {"stalled", add_share}};

static size_t cells_of(Str text)
{
    size_t cells = 0;
    while (text.len) {
        uint32_t code;
        text = str_drop(text, glyph_read(text, &code));
        cells += glyph_cells(glyph_visible(code));
    }
    return cells;
}

static void add_right(const Table *table, Str text, size_t width)
{
    size_t cells = cells_of(text);
    buf_add_repeat(table->buf, ' ', cells < width ? width - cells : 1);
    buf_add(table->buf, text);
}

static void add_pair(const Table *table, const struct Column *column, const RunCell *const cells[TREES])
{
    Buf text;
    buf_init(&text);
    for (size_t tree = 0; tree < TREES; tree++) {
        if (!cells[tree]) continue;
        if (text.len) buf_add_text(&text, arrow(table));
        column->add(table, &text, cells[tree]);
    }
    add_right(table, buf_str(&text), NUMBER_CELLS);
    buf_free(&text);
}

/* --- endpoints --- */

/* "failed: 566 of 574 → 421 of 459, not compared": numbers of answers that are errors say nothing of the endpoint. */
static void add_failed(const Table *table, const RunCell *const cells[TREES])
{
    bool any = (cells[TREE_BEFORE] && cells[TREE_BEFORE]->failed) ||
               (cells[TREE_AFTER] && cells[TREE_AFTER]->failed);
    if (!any) return;
    buf_add_text(table->buf, "    failed: ");
    for (size_t tree = 0; tree < TREES; tree++) {
        if (!cells[tree]) continue;
        if (tree == TREE_AFTER && cells[TREE_BEFORE]) buf_add_text(table->buf, arrow(table));
        words_add_count(table->buf, cells[tree]->failed);
        buf_add_text(table->buf, " of ");
        words_add_count(table->buf, cells[tree]->failed + cells[tree]->answered);
    }
    if (cells[TREE_BEFORE] && cells[TREE_AFTER] && speed_is_refused(cells[TREE_BEFORE], cells[TREE_AFTER]))
        buf_add_text(table->buf, ", not compared");
    buf_add_byte(table->buf, '\n');
}

static void add_load(const Table *table, const RunEndpoint *endpoint, size_t load)
{
    const RunCell *cells[TREES] = {cell_find(endpoint, TREE_BEFORE, load),
                                   cell_find(endpoint, TREE_AFTER, load)};
    if (!cells[TREE_BEFORE] && !cells[TREE_AFTER]) return;
    buf_add_text(table->buf, "  ");
    size_t used = add_text(table, table->run->loads[load].words);
    if (table->wide)
        buf_add_repeat(table->buf, ' ', used < LOAD_CELLS ? LOAD_CELLS - used : 0);
    else
        buf_add_text(table->buf, "\n ");
    for (size_t i = 0; i < NUMBERS; i++)
        add_pair(table, &columns[i], cells);
    buf_add_byte(table->buf, '\n');
    add_failed(table, cells);
}

static void add_column_heads(const Table *table)
{
    buf_add_repeat(table->buf, ' ', table->wide ? LOAD_CELLS + 2 : 1);
    for (size_t i = 0; i < NUMBERS; i++)
        add_right(table, str_from(columns[i].head), NUMBER_CELLS);
    buf_add_byte(table->buf, '\n');
}

static void add_reason(const Table *table, Str reason)
{
    if (!reason.len) return;
    buf_add_text(table->buf, "  ");
    add_line(table, reason);
}

static void add_endpoint(const Table *table, const RunEndpoint *endpoint)
{
    add_text(table, endpoint->method);
    buf_add_byte(table->buf, ' ');
    add_text(table, endpoint->path);
    if (endpoint->verdict != VERDICT_NONE) buf_add_text(table->buf, "  ");
    add_verdict(table, endpoint->verdict);
    buf_add_byte(table->buf, '\n');
    if (endpoint->verdict != VERDICT_FIXED) add_reason(table, endpoint->verdict_reason);
    for (size_t i = 0; i < table->run->load_count; i++)
        add_load(table, endpoint, i);
}

static bool has_news(const RunEndpoint *endpoint)
{
    return endpoint->cell_count || endpoint->difference_count || endpoint->verdict != VERDICT_NONE;
}

static void add_endpoints(const Table *table)
{
    bool measured = false;
    size_t quiet = 0;
    for (size_t i = 0; i < table->run->endpoint_count; i++)
        measured |= table->run->endpoints[i].cell_count > 0;
    if (measured) add_column_heads(table);
    for (size_t i = 0; i < table->run->endpoint_count; i++) {
        bool news = has_news(&table->run->endpoints[i]);
        quiet += !news;
        if (news) add_endpoint(table, &table->run->endpoints[i]);
    }
    if (quiet)
        buf_format(table->buf, "%zu%s endpoint%s answered, and ran no line of a finding\n", quiet,
                   quiet < table->run->endpoint_count ? " more" : "", quiet == 1 ? "" : "s");
}

static void add_differences(const Table *table, const RunEndpoint *endpoint)
{
    for (size_t i = 0; i < endpoint->difference_count; i++) {
        const RunDifference *difference = &endpoint->differences[i];
        buf_add_text(table->buf, "  ");
        add_text(table, difference->request);
        buf_add_text(table->buf, ": ");
        add_text(table, difference->what);
        buf_add_text(table->buf, ": ");
        add_text(table, difference->before);
        if (difference->before.len) buf_add_text(table->buf, arrow(table));
        add_line(table, difference->after);
    }
}

static void add_all_differences(const Table *table)
{
    bool any = false;
    for (size_t i = 0; i < table->run->endpoint_count; i++)
        any |= table->run->endpoints[i].difference_count > 0;
    if (any) add_head(table, "What changed");
    for (size_t i = 0; i < table->run->endpoint_count; i++)
        add_differences(table, &table->run->endpoints[i]);
}

/* --- findings --- */

static void add_note(const Table *table, const char *label, Str text)
{
    if (!text.len) return;
    buf_format(table->buf, "      %s", label);
    add_line(table, text);
}

static void add_finding(const Table *table, const RunFinding *finding)
{
    buf_add_text(table->buf, "  ");
    add_text(table, finding->path);
    buf_format(table->buf, ":%u  ", finding->row1);
    add_text(table, finding->code);
    buf_format(table->buf, "  %s", seen_name(finding->seen));
    if (finding->verdict != VERDICT_NONE) buf_add_text(table->buf, "  ");
    add_verdict(table, finding->verdict);
    buf_add_byte(table->buf, '\n');
    add_note(table, "", finding->seen_reason);
    if (!str_equal(finding->seen_reason, finding->verdict_reason))
        add_note(table, "", finding->verdict_reason);
    add_note(table, finding->fix_safe ? "fix: " : "unsafe fix: ", finding->fix_title);
}

/* The line never ran: there is nothing to say of it but why. */
static void add_unexercised(const Table *table, const RunFinding *finding)
{
    buf_add_text(table->buf, "  ");
    add_text(table, finding->path);
    buf_format(table->buf, ":%u  ", finding->row1);
    add_text(table, finding->code);
    buf_add_text(table->buf, "  ");
    add_verdict(table, finding->verdict);
    if (finding->verdict != VERDICT_NONE) buf_add_text(table->buf, "  ");
    add_line(table, finding->seen_reason);
}

static void add_findings_of(const Table *table, const char *head, bool exercised)
{
    bool any = false;
    for (size_t i = 0; i < table->run->finding_count; i++) {
        const RunFinding *finding = &table->run->findings[i];
        if ((finding->seen != SEEN_NOT_EXERCISED) != exercised) continue;
        if (!any) add_head(table, head);
        any = true;
        if (exercised)
            add_finding(table, finding);
        else
            add_unexercised(table, finding);
    }
}

static void add_findings(const Table *table)
{
    add_findings_of(table, "Findings", true);
    add_findings_of(table, "Findings that were not exercised", false);
}

/* --- what no finding had said --- */

/* A place that held the loop, whichever endpoint was asked. */
typedef struct Place {
    const RunStall *longest;
    uint64_t count, total_ns;
} Place;

typedef VEC(Place) Places;

static bool same_place(const RunStall *left, const RunStall *right)
{
    bool placed = left->at && right->at;
    if (left->kind != right->kind || !str_equal(left->call, right->call) || !placed) return left == right;
    return left->at->row1 == right->at->row1 && str_equal(left->at->file, right->at->file);
}

static void places_add(Places *places, const RunStall *stall)
{
    size_t at = 0;
    while (at < places->count && !same_place(places->items[at].longest, stall))
        at++;
    if (at == places->count) vec_add(places, ((Place){.longest = stall}));
    Place *place = &places->items[at];
    if (stall->longest_ns > place->longest->longest_ns) place->longest = stall;
    place->count += stall->count;
    place->total_ns += stall->total_ns;
}

static int compare_places(const void *left, const void *right)
{
    const Place *one = left, *other = right;
    if (one->total_ns != other->total_ns) return one->total_ns > other->total_ns ? -1 : 1;
    return (one->longest > other->longest) - (one->longest < other->longest);
}

static void add_stack(const Table *table, const RunStack *stack)
{
    for (size_t i = 0; i < stack->count && i < FRAMES_SHOWN; i++) {
        buf_add_text(table->buf, "      ");
        add_text(table, stack->frames[i].file);
        buf_format(table->buf, ":%u ", stack->frames[i].row1);
        add_line(table, stack->frames[i].function);
    }
}

static void add_place(const Table *table, const Place *place)
{
    Buf text;
    buf_init(&text);
    stall_add_words(&text, place->longest);
    buf_add_text(&text, ", ");
    words_add_ms(&text, place->longest->longest_ns);
    buf_add_text(&text, ", ");
    words_add_times(&text, place->count);
    buf_add_text(table->buf, "  ");
    add_line(table, buf_str(&text));
    buf_free(&text);
}

typedef bool (*StallTest)(const Run *run, const RunStall *stall);

static void add_places(const Table *table, const char *head, StallTest belongs, bool stacks)
{
    Places places = {0};
    for (size_t i = 0; i < table->run->stall_count; i++)
        if (belongs(table->run, &table->run->stalls[i])) places_add(&places, &table->run->stalls[i]);
    if (places.count) {
        qsort(places.items, places.count, sizeof *places.items, compare_places);
        add_head(table, head);
    }
    for (size_t i = 0; i < places.count && i < MISSED_SHOWN; i++) {
        add_place(table, &places.items[i]);
        if (stacks) add_stack(table, &places.items[i].longest->stack);
    }
    if (places.count > MISSED_SHOWN) buf_format(table->buf, "  and %zu more\n", places.count - MISSED_SHOWN);
    vec_free(&places);
}

static void add_missed(const Table *table)
{
    add_places(table, "Missed by the analyser", stall_is_missed, true);
    add_places(table, "Held up by the server or a library, in no line of the project", stall_is_foreign,
               false);
}

/* --- what it rests on --- */

static void add_notes(const Table *table, const char *head, const Str *lines, size_t count)
{
    if (count) add_head(table, head);
    for (size_t i = 0; i < count; i++) {
        buf_add_text(table->buf, "  ");
        add_line(table, lines[i]);
    }
}

static void add_fact(const Table *table, const char *name, Str value)
{
    if (!value.len) return;
    buf_format(table->buf, "  %s: ", name);
    add_line(table, value);
}

static void add_conditions(const Table *table)
{
    const Run *run = table->run;
    add_head(table, "How it was measured");
    for (size_t i = 0; i < run->load_count; i++)
        add_fact(table, run->loads[i].rate > 0 ? "open loop" : "closed loop", run->loads[i].words);
    add_fact(table, "network", run->guard);
    add_fact(table, "probe", run->probe);
    if (isfinite(run->probe_overhead)) {
        Buf share;
        buf_init(&share);
        words_add_share(&share, run->probe_overhead > 0 ? run->probe_overhead : 0);
        add_fact(table, "probe's cost, of CPU a request", buf_str(&share));
        buf_free(&share);
    }
    add_fact(table, "python", run->python);
    add_fact(table, "framework", run->framework);
    add_fact(table, "server", run->server);
    add_fact(table, "loop", run->loop);
}

static void add_totals(const Table *table)
{
    bool any = false;
    buf_add_byte(table->buf, '\n');
    for (size_t verdict = VERDICT_FIXED; verdict < VERDICTS; verdict++) {
        size_t count = 0;
        for (size_t i = 0; i < table->run->finding_count; i++)
            count += table->run->findings[i].verdict == (Verdict)verdict;
        if (!count) continue;
        buf_format(table->buf, "%s%zu ", any ? ", " : "", count);
        add_verdict(table, (Verdict)verdict);
        any = true;
    }
    buf_add_text(table->buf, any ? "\n" : "No fix was judged.\n");
}

void run_table_add(Buf *buf, const Run *run, const RunTableStyle *style)
{
    unsigned width = style->columns ? style->columns : NARROW;
    Table table = {buf, run, style, width >= LOAD_CELLS + 2 + NUMBERS * NUMBER_CELLS};
    add_endpoints(&table);
    add_all_differences(&table);
    add_findings(&table);
    add_missed(&table);
    add_notes(&table, "Stand-ins", run->stand_ins, run->stand_in_count);
    add_notes(&table, "Stubs", run->stubs, run->stub_count);
    add_notes(&table, "Left out of the comparison, since it differs between two runs before", run->masks,
              run->mask_count);
    add_conditions(&table);
    add_notes(&table, "Notices", run->notices, run->notice_count);
    add_totals(&table);
}
