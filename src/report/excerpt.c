#include "report/excerpt.h"

#include "report/headline.h"
#include "report/paint.h"
#include "base/visible.h"

#include "base/banned.h"

enum {
    TAB_CELLS = 4,
    /* A line wider than this is cut around the span: generated code has lines of megabytes. */
    FRAME_CELLS = 200,
    /* Cells kept before the span when the start of a line is cut off. */
    FRAME_LEAD_CELLS = 40
};

/* A range of cells, half open. */
typedef struct Cells {
    size_t start;
    size_t end;
} Cells;

/* Walks a line character by character. */
typedef struct LineWalk {
    Str rest;
    uint32_t code; /* as it is shown */
    Cells cells;   /* of that character */
} LineWalk;

static bool walk_next(LineWalk *walk)
{
    if (!walk->rest.len) return false;
    size_t length = glyph_read(walk->rest, &walk->code);
    walk->rest = str_part(walk->rest, length, walk->rest.len);
    walk->code = glyph_visible(walk->code);
    size_t start = walk->cells.end;
    size_t width = walk->code == '\t' ? TAB_CELLS - start % TAB_CELLS : glyph_cells(walk->code);
    walk->cells = (Cells){start, start + width};
    return true;
}

/* Cells before the 1-based column; a column beyond the line is its end. */
static size_t cells_before(Str line, uint32_t column1)
{
    LineWalk walk = {.rest = line};
    for (uint32_t column = 1; column < column1; column++)
        if (!walk_next(&walk)) break;
    return walk.cells.end;
}

static Cells caret_cells(const Place *place, Str line)
{
    bool one_line = place->end.row1 == place->start.row1;
    Cells caret = {cells_before(line, place->start.column1),
                   cells_before(line, one_line ? place->end.column1 : UINT32_MAX)};
    if (caret.end <= caret.start) caret.end = caret.start + 1;
    return caret;
}

static const FrameLine *first_line(const Finding *finding)
{
    for (size_t i = 0; i < finding->frame_count; i++)
        if (finding->frame[i].row1 == finding->place.start.row1) return &finding->frame[i];
    return NULL;
}

/* The part of all lines that is shown. */
static Cells window_around(Cells caret)
{
    size_t start = 0;
    if (caret.end > FRAME_CELLS && caret.start > FRAME_LEAD_CELLS) start = caret.start - FRAME_LEAD_CELLS;
    return (Cells){start, start + FRAME_CELLS};
}

static void add_character(Buf *buf, const LineWalk *walk, Cells window)
{
    bool cut = walk->cells.start < window.start || walk->cells.end > window.end;
    if (!cut && walk->code != '\t') {
        glyph_add(buf, walk->code);
        return;
    }
    size_t start = walk->cells.start > window.start ? walk->cells.start : window.start;
    size_t end = walk->cells.end < window.end ? walk->cells.end : window.end;
    if (end > start) buf_add_repeat(buf, ' ', end - start);
}

static void add_code(Buf *buf, Str line, Cells window)
{
    LineWalk walk = {.rest = line};
    if (window.start) buf_add_text(buf, "…");
    while (walk_next(&walk)) {
        if (walk.cells.start >= window.end) {
            buf_add_text(buf, "…");
            return;
        }
        if (walk.cells.start >= window.start || walk.cells.end > window.start)
            add_character(buf, &walk, window);
    }
}

static void add_carets(Buf *buf, Cells caret, Cells window, bool color)
{
    if (caret.end > window.end) caret.end = window.end;
    buf_add_repeat(buf, ' ', 1 + caret.start - window.start + (window.start ? 1 : 0));
    paint_open(buf, color, PAINT_CARET);
    buf_add_repeat(buf, '^', caret.end - caret.start);
    paint_close(buf, color);
}

/* `12 |`; row1 0 gives blanks for the number. */
static void add_gutter(Buf *buf, size_t margin, uint32_t row1, bool color)
{
    paint_open(buf, color, PAINT_GUTTER);
    if (row1)
        buf_format(buf, "%*u |", (int)margin, row1);
    else
        buf_format(buf, "%*s |", (int)margin, "");
    paint_close(buf, color);
}

static void add_line(Buf *buf, const FrameLine *line, size_t margin, Cells window, bool color)
{
    add_gutter(buf, margin, line->row1, color);
    if (line->text.len) {
        buf_add_byte(buf, ' ');
        add_code(buf, line->text, window);
    }
    buf_add_byte(buf, '\n');
}

static void add_lines(Buf *buf, const Finding *finding, size_t margin, bool color)
{
    const FrameLine *first = first_line(finding);
    Cells caret = first ? caret_cells(&finding->place, first->text) : (Cells){0, 0};
    Cells window = window_around(caret);
    add_gutter(buf, margin, 0, color);
    buf_add_byte(buf, '\n');
    for (size_t i = 0; i < finding->frame_count; i++) {
        const FrameLine *line = &finding->frame[i];
        add_line(buf, line, margin, window, color);
        if (line != first) continue;
        add_gutter(buf, margin, 0, color);
        add_carets(buf, caret, window, color);
        buf_add_byte(buf, '\n');
    }
    add_gutter(buf, margin, 0, color);
    buf_add_byte(buf, '\n');
}

size_t excerpt_margin(const Finding *finding)
{
    uint32_t last_row1 = 1;
    for (size_t i = 0; i < finding->frame_count; i++)
        if (finding->frame[i].row1 > last_row1) last_row1 = finding->frame[i].row1;
    size_t digits = 1;
    while (last_row1 /= 10)
        digits++;
    return digits;
}

void excerpt_add(Buf *buf, const Finding *finding, const ReportStyle *style)
{
    size_t margin = excerpt_margin(finding);
    buf_add_repeat(buf, ' ', margin);
    paint_text(buf, style->color, PAINT_GUTTER, "-->");
    buf_add_byte(buf, ' ');
    headline_place_add(buf, &finding->place);
    buf_add_byte(buf, '\n');
    if (finding->frame_count) add_lines(buf, finding, margin, style->color);
}
