#include "verify/html_timeline.h"

#include "base/limits.h"
#include "verify/html_axis.h"
#include "verify/html_shares.h"
#include "verify/html_stack.h"

#include "base/banned.h"

/* What happened in one column, as shares of its time. */
typedef struct Column {
    double shares[SHARES];
} Column;

/* Rows of the drawing, from the floor. */
enum { DRAWING_ROWS = 100, LEAST_ROWS = 5 };

/* Ticks so close to each other that they are pointed at together. */
typedef struct Mark {
    uint64_t from_ns, to_ns;
    size_t ticks;
    uint64_t total_ns;
    const RunTick *longest;
    bool is_stop; /* the keyboard stops here */
} Mark;

typedef struct Lane {
    const RunCell *cell;
    uint64_t scale_ns; /* its whole width */
    Mark marks[LIMIT_HTML_MARKS];
    size_t mark_count;
} Lane;

static uint64_t tick_end(const RunTick *tick, uint64_t scale_ns)
{
    return tick->for_ns < scale_ns - tick->at_ns ? tick->at_ns + tick->for_ns : scale_ns;
}

static void columns_add(Column *columns, const RunTick *tick, uint64_t scale_ns)
{
    double width = (double)scale_ns / LIMIT_HTML_COLUMNS;
    double from = (double)tick->at_ns / width, to = (double)tick_end(tick, scale_ns) / width;
    uint64_t parts_ns[SHARES];
    tick_shares(tick, parts_ns);
    for (size_t i = (size_t)from; i < LIMIT_HTML_COLUMNS && (double)i < to; i++) {
        double start = from > (double)i ? from : (double)i, end = to < (double)i + 1 ? to : (double)i + 1;
        for (Share share = SHARE_BLOCKED; share < SHARES; share++) {
            columns[i].shares[share] += (end - start) * (double)parts_ns[share] / (double)tick->for_ns;
        }
    }
}

static Column *columns_make(const Page *page, const Lane *lane)
{
    Column *columns = arena_array(page->arena, LIMIT_HTML_COLUMNS, sizeof *columns);
    for (size_t i = 0; i < lane->cell->tick_count; i++) {
        const RunTick *tick = &lane->cell->ticks[i];
        if (tick->at_ns < lane->scale_ns && tick->for_ns) columns_add(columns, tick, lane->scale_ns);
    }
    return columns;
}

/* Where a share begins and ends in a column, in rows from the floor. A column in which anything stalled is never empty, and
 * loops side by side are never more than all. */
typedef struct Rows {
    int from, to;
} Rows;

static Rows column_rows(const Column *column, Share wanted)
{
    double below = 0, total = 0;
    for (Share share = SHARE_BLOCKED; share < SHARES; share++) {
        if (share < wanted) below += column->shares[share];
        total += column->shares[share];
    }
    if (total <= 0) return (Rows){0, 0};
    double rows = total * DRAWING_ROWS, scale = DRAWING_ROWS;
    if (rows > DRAWING_ROWS) scale = DRAWING_ROWS / total;
    if (rows < LEAST_ROWS) scale = LEAST_ROWS / total;
    return (Rows){(int)(below * scale + 0.5), (int)((below + column->shares[wanted]) * scale + 0.5)};
}

static void add_bar(const Page *page, size_t from, size_t to, Rows rows)
{
    if (rows.to <= rows.from) return;
    buf_format(page->out, "M%zu %dH%zuV%dH%zuz", from, DRAWING_ROWS - rows.from, to, DRAWING_ROWS - rows.to,
               from);
}

/* Columns of the same height are one bar. */
static void add_share(const Page *page, const Column *columns, Share share)
{
    HTML(page, "<path class=\"$\" d=\"M0 0", str_from(share_looks[share].tone));
    size_t from = 0;
    Rows rows = column_rows(&columns[0], share);
    for (size_t i = 1; i < LIMIT_HTML_COLUMNS; i++) {
        Rows next = column_rows(&columns[i], share);
        if (next.from == rows.from && next.to == rows.to) continue;
        add_bar(page, from, i, rows);
        from = i;
        rows = next;
    }
    add_bar(page, from, LIMIT_HTML_COLUMNS, rows);
    page_markup(page, "\"/>");
}

static void add_drawing(const Page *page, const Lane *lane)
{
    buf_format(
        page->out,
        "<svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\">",
        LIMIT_HTML_COLUMNS, DRAWING_ROWS);
    const Column *columns = columns_make(page, lane);
    for (Share share = SHARE_BLOCKED; share < SHARES; share++)
        add_share(page, columns, share);
    page_markup(page, "</svg>");
}

static void mark_add(Mark *mark, const RunTick *tick, uint64_t scale_ns)
{
    uint64_t end_ns = tick_end(tick, scale_ns);
    if (!mark->ticks || tick->at_ns < mark->from_ns) mark->from_ns = tick->at_ns;
    if (end_ns > mark->to_ns) mark->to_ns = end_ns;
    if (!mark->longest || tick->for_ns > mark->longest->for_ns) mark->longest = tick;
    mark->total_ns += tick->for_ns;
    mark->ticks++;
}

/* A tick belongs to the window in which it starts. */
static void marks_find(Lane *lane)
{
    for (size_t i = 0; i < lane->cell->tick_count; i++) {
        const RunTick *tick = &lane->cell->ticks[i];
        if (tick->at_ns >= lane->scale_ns || !tick->for_ns) continue;
        double window = (double)tick->at_ns / (double)lane->scale_ns * LIMIT_HTML_MARKS;
        mark_add(&lane->marks[(size_t)window % LIMIT_HTML_MARKS], tick, lane->scale_ns);
    }
    for (size_t i = 0; i < LIMIT_HTML_MARKS; i++) {
        if (lane->marks[i].ticks) lane->marks[lane->mark_count++] = lane->marks[i];
    }
}

static Mark *longest_unstopped(Lane *lane)
{
    Mark *best = NULL;
    for (size_t i = 0; i < lane->mark_count; i++) {
        Mark *mark = &lane->marks[i];
        if (!mark->is_stop && (!best || mark->longest->for_ns > best->longest->for_ns)) best = mark;
    }
    return best;
}

static void stops_choose(Lane *lane)
{
    for (size_t i = 0; i < LIMIT_HTML_STOPS && i < lane->mark_count; i++)
        longest_unstopped(lane)->is_stop = true;
}

static Str percent_of(const Page *page, uint64_t ns, uint64_t scale_ns)
{
    return str_format(page->arena, "%.2f", (double)ns / (double)scale_ns * 100);
}

static void add_tip_head(const Page *page, const Mark *mark)
{
    Str at = page_seconds(page, mark->from_ns);
    if (mark->ticks == 1) {
        HTML(page, "<b>$&#160;ms</b> at $: ", page_ms(page, mark->longest->for_ns), at);
    } else {
        HTML(page, "<b>$ stalls</b> from $ to $, together $&#160;ms, longest <b>$&#160;ms</b>: ",
             page_count(page, mark->ticks), at, page_seconds(page, mark->to_ns),
             page_ms(page, mark->total_ns), page_ms(page, mark->longest->for_ns));
    }
    uint64_t shares_ns[SHARES];
    tick_shares(mark->longest, shares_ns);
    shares_words(page, shares_ns);
}

static const RunStall *mark_stall(const Page *page, const Mark *mark)
{
    return mark->longest->stall < page->run->stall_count ? &page->run->stalls[mark->longest->stall] : NULL;
}

static void add_tip(const Page *page, const Mark *mark)
{
    const RunStall *stall = mark_stall(page, mark);
    page_markup(page, "<span class=\"tip\"><span>");
    add_tip_head(page, mark);
    page_markup(page, "</span>");
    if (stall && stall->call.len) HTML(page, "<span>in <code>$</code></span>", stall->call);
    if (stall) stack_add_short(page, stall->stack);
    if (!stall || !stall->stack.count) page_markup(page, "<span class=\"other\">no stack was taken</span>");
    page_markup(page, "</span>");
}

static void add_mark(const Page *page, const Lane *lane, const Mark *mark)
{
    Str left = percent_of(page, mark->from_ns, lane->scale_ns);
    Str width = percent_of(page, mark->to_ns - mark->from_ns, lane->scale_ns);
    Str side = mark->from_ns > lane->scale_ns / 2 ? STR("mark late") : STR("mark");
    Str stop = mark->is_stop ? STR("0") : STR("-1");
    bool has_row = mark_stall(page, mark) && mark->longest->stall < LIMIT_HTML_ROWS;
    if (has_row) {
        HTML(page, "<a href=\"#stall-$\"", page_id(page, mark->longest->stall));
    } else {
        page_markup(page, "<span");
    }
    HTML(page, " class=\"$\" tabindex=\"$\" style=\"left:$%;width:$%\">", side, stop, left, width);
    add_tip(page, mark);
    page_markup(page, has_row ? "</a>" : "</span>");
}

static void add_lane(const Page *page, Tree tree, const RunCell *cell, uint64_t scale_ns)
{
    Lane *lane = arena_alloc(page->arena, sizeof *lane);
    *lane = (Lane){.cell = cell, .scale_ns = scale_ns};
    marks_find(lane);
    stops_choose(lane);
    HTML(page, "<div class=\"lane\" role=\"group\" aria-label=\"Stalls $\">", page_tree(tree));
    add_drawing(page, lane);
    for (size_t i = 0; i < lane->mark_count; i++)
        add_mark(page, lane, &lane->marks[i]);
    page_markup(page, "</div>");
}

/* Of the time; less is not worth a word. */
#define LEAST_PART 0.0005

static double share_of(uint64_t part, uint64_t whole)
{
    return whole ? (double)part / (double)whole : 0;
}

static void add_sum(const Page *page, const char *between, Share share, double part)
{
    HTML(page, "$<span>$</span> $", str_from(between), str_from(share_looks[share].name),
         page_percent(page, part));
}

/* What the colours say, in words: the lane's caption. */
static void add_sums(const Page *page, const RunCell *cell)
{
    uint64_t sums_ns[SHARES];
    cell_shares(cell, sums_ns);
    const char *between = ": ";
    for (Share share = SHARE_BLOCKED; share < SHARE_QUEUE; share++) {
        double part = share_of(sums_ns[share], cell->wall_ns);
        if (part < LEAST_PART) continue;
        add_sum(page, between, share, part);
        between = ", ";
    }
}

static void add_longest(const Page *page, const RunCell *cell)
{
    HTML(page, "; longest $&#160;ms", page_ms(page, cell->longest_ns));
    double queue = share_of(cell->runqueue_ns, cell->wall_ns);
    if (queue >= LEAST_PART) add_sum(page, "; plus ", SHARE_QUEUE, queue);
}

static void add_caption(const Page *page, Tree tree, const RunCell *cell)
{
    HTML(page, "<p class=\"lane-name\"><b>$</b> ", tree == TREE_BEFORE ? STR("Before") : STR("After"));
    if (!cell) {
        page_markup(page, "not measured");
    } else if (cell->stalled_ns) {
        HTML(page, "stood still $ of the time",
             page_percent(page, share_of(cell->stalled_ns, cell->wall_ns)));
        add_sums(page, cell);
        add_longest(page, cell);
    } else {
        HTML(page, "never stood still longer than $&#160;ms", page_ms(page, page->run->stall_ns));
    }
    page_markup(page, "</p>");
}

static void add_version(const Page *page, Tree tree, const RunCell *cell, uint64_t scale_ns)
{
    add_caption(page, tree, cell);
    if (cell) add_lane(page, tree, cell, scale_ns);
}

void timeline_add(const Page *page, const RunCell *before, const RunCell *after)
{
    uint64_t scale_ns = 1;
    if (before) scale_ns = before->timeline_ns;
    if (after && after->timeline_ns > scale_ns) scale_ns = after->timeline_ns;
    if (!scale_ns) scale_ns = 1;
    page_markup(page, "<div class=\"timeline\">");
    add_version(page, TREE_BEFORE, before, scale_ns);
    add_version(page, TREE_AFTER, after, scale_ns);
    axis_add_time(page, scale_ns);
    page_markup(page, "</div>");
}

/* Stripes, so that the kinds differ without their colour, too. */
static const char patterns[] =
    "<svg class=\"patterns\" width=\"0\" height=\"0\" aria-hidden=\"true\" focusable=\"false\"><defs>"
    "<pattern id=\"stripes-cpu\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" "
    "patternTransform=\"rotate(45)\">"
    "<rect class=\"cpu-ground\" width=\"7\" height=\"7\"/><rect class=\"stripe\" width=\"2\" "
    "height=\"7\"/></pattern>"
    "<pattern id=\"stripes-gil\" width=\"10\" height=\"8\" patternUnits=\"userSpaceOnUse\">"
    "<rect class=\"gil-ground\" width=\"10\" height=\"8\"/><rect class=\"stripe\" width=\"10\" "
    "height=\"2\"/></pattern>"
    "</defs></svg>";

void timeline_add_legend(const Page *page)
{
    page_markup(page, patterns);
    page_markup(page, "<dl class=\"legend\">");
    for (Share share = SHARE_BLOCKED; share < SHARES; share++) {
        HTML(page,
             "<div><dt><svg viewBox=\"0 0 24 16\" aria-hidden=\"true\" focusable=\"false\"><path class=\"$\" "
             "d=\"M0 0h24v16h-24z\"/></svg>$</dt><dd>$</dd></div>",
             str_from(share_looks[share].tone), str_from(share_looks[share].name),
             str_from(share_looks[share].help));
    }
    page_markup(page, "</dl>");
}
