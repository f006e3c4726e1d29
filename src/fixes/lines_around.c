#include "fixes/lines_around.h"

#include "base/banned.h"

uint32_t line_start(const Unit *unit, uint32_t offset)
{
    return unit->lines.starts[lines_row1(&unit->lines, offset) - 1];
}

uint32_t line_end(const Unit *unit, uint32_t offset)
{
    uint32_t row1 = lines_row1(&unit->lines, offset);
    return unit->lines.starts[row1 - 1] + (uint32_t)lines_line(&unit->lines, row1).len;
}

bool line_is_own(const Unit *unit, Span span)
{
    Str text = unit->source.text;
    Str before = str_trim(str_part(text, line_start(unit, span.start), span.start));
    Str after = str_trim(str_part(text, span.end, line_end(unit, span.end)));
    return !before.len && (!after.len || after.ptr[0] == '#');
}

/* Number of the first comment that ends behind the offset. */
static uint32_t comment_behind(const Outline *outline, uint32_t offset)
{
    uint32_t low = 0, high = outline->comment_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (outline->comments[middle].end <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool span_has_comment(const Unit *unit, Span span)
{
    const Outline *outline = facts_outline(unit->facts);
    uint32_t at = comment_behind(outline, span.start);
    return at < outline->comment_count && outline->comments[at].start < span.end;
}

bool is_in_comment(const Unit *unit, uint32_t offset)
{
    return span_has_comment(unit, (Span){offset, offset + 1});
}
