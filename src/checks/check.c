#include "checks/check.h"

#include "base/banned.h"

enum { FRAME_CONTEXT = 2, FRAME_MOST = 8, FRAME_LINE_BYTES = 400 };

Place check_place(const CheckRun *run, const Unit *unit, Span span)
{
    return (Place){.path = str_copy(run->results, unit->path),
                   .start = lines_position(&unit->lines, span.start),
                   .end = lines_position(&unit->lines, span.end)};
}

/* A character is not cut in half. */
static Str short_line(Str line)
{
    if (line.len <= FRAME_LINE_BYTES) return line;
    size_t end = FRAME_LINE_BYTES;
    while (end && ((unsigned char)line.ptr[end] & 0xc0) == 0x80)
        end--;
    return str_part(line, 0, end);
}

Str check_line(const CheckRun *run, const Unit *unit, Span span)
{
    Str line = str_trim(lines_line(&unit->lines, lines_row1(&unit->lines, span.start)));
    return str_copy(run->results, short_line(line));
}

static void take_frame(const CheckRun *run, Finding *finding)
{
    const Lines *lines = &run->unit->lines;
    uint32_t first =
        finding->place.start.row1 > FRAME_CONTEXT ? finding->place.start.row1 - FRAME_CONTEXT : 1;
    uint32_t last = finding->place.end.row1 + FRAME_CONTEXT;
    if (last > first + FRAME_MOST) last = first + FRAME_MOST;
    if (last > lines->count) last = lines->count;
    finding->frame = arena_array(run->results, last - first + 1, sizeof *finding->frame);
    for (uint32_t row1 = first; row1 <= last; row1++)
        finding->frame[finding->frame_count++] =
            (FrameLine){row1, str_copy(run->results, short_line(lines_line(lines, row1)))};
}

Report *check_add(CheckRun *run, Finding finding, Span span, uint32_t first_row1, uint32_t last_row1,
                  bool cheap)
{
    finding.place = check_place(run, run->unit, span);
    finding.noqa_row = last_row1;
    take_frame(run, &finding);
    Report report = {.finding = finding, .first_row1 = first_row1, .last_row1 = last_row1, .cheap = cheap};
    vec_add(&run->reports, report);
    return &run->reports.items[run->reports.count - 1];
}

const CodeRule *check_code(const CheckRun *run, const char *code)
{
    const CodeRule *rule = catalogue_code_find(run->unit->catalogue, str_from(code));
    if (!rule) BUG("a code without a rule");
    return rule;
}
