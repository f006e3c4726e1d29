#include "session/markers.h"

#include "base/banned.h"

/* Where the definition starts that a marker on this row belongs to: the row itself, or the next one with code. */
static uint32_t code_row1(const Lines *lines, uint32_t row1)
{
    for (uint32_t row = row1; row <= lines->count; row++) {
        Str line = str_trim(lines_line(lines, row));
        if (line.len && line.ptr[0] != '#') return row;
    }
    return row1;
}

static uint32_t target_row1(const Suppression *marker, const Lines *lines, bool own_line)
{
    return marker->kind == SUPPRESS_NEXT || own_line ? code_row1(lines, marker->row1 + 1) : marker->row1;
}

/* A def's header may span rows; the marker stands on the one with `def`, or above the definition. */
static Span line_span(const Lines *lines, uint32_t row1)
{
    uint32_t start = lines->starts[row1 - 1];
    uint32_t end = row1 < lines->count ? lines->starts[row1] : (uint32_t)lines->text.len + 1;
    return (Span){start, end};
}

static void add_off_loop(Markers *markers, const Suppression *marker, const Lines *lines, bool own_line)
{
    uint32_t row1 = target_row1(marker, lines, own_line);
    /* Decorators stand between the marker and the definition. */
    while (own_line && row1 < lines->count) {
        Str line = str_trim(lines_line(lines, row1));
        if (!line.len || (line.ptr[0] != '@' && line.ptr[0] != '#')) break;
        row1 = code_row1(lines, row1 + 1);
    }
    markers->off_loop[markers->off_loop_count++] = line_span(lines, row1);
}

/* A code of which no known code is or begins with it. */
static bool names_unknown(const Catalogue *catalogue, const Suppression *marker)
{
    for (size_t i = 0; i < marker->code_count; i++)
        if (!catalogue_knows_code(catalogue, marker->codes[i])) return true;
    return false;
}

Markers markers_read(Arena *arena, const Catalogue *catalogue, const Outline *outline, const Lines *lines)
{
    Markers markers = {.items = arena_array(arena, outline->marker_count, sizeof *markers.items),
                       .off_loop = arena_array(arena, outline->marker_count, sizeof *markers.off_loop)};
    for (uint32_t i = 0; i < outline->marker_count; i++) {
        const Comment *comment = &outline->markers[i];
        Suppression *marker = &markers.items[markers.count];
        *marker = (Suppression){0};
        Str text = str_part(outline->text, comment->span.start, comment->span.end);
        uint32_t row1 = lines_row1(lines, comment->span.start);
        if (!suppress_parse(arena, text, comment->span, row1, comment->own_line, marker)) continue;
        markers.count++;
        if (!marker->is_noqa && names_unknown(catalogue, marker)) marker->malformed = true;
        if (marker->kind == SUPPRESS_OFF_LOOP) add_off_loop(&markers, marker, lines, comment->own_line);
    }
    return markers;
}

static bool silences(const Suppression *marker, const Report *report, const Lines *lines)
{
    if (marker->malformed || marker->kind == SUPPRESS_OFF_LOOP) return false;
    if (!suppress_covers(marker, report->finding.code)) return false;
    if (marker->kind == SUPPRESS_FILE) return true;
    uint32_t row1 = marker->kind == SUPPRESS_NEXT ? code_row1(lines, marker->row1 + 1) : marker->row1;
    return report->first_row1 <= row1 && row1 <= report->last_row1;
}

static bool is_silenced(Markers *markers, const Report *report, const Lines *lines)
{
    bool silenced = false;
    for (size_t i = 0; i < markers->count; i++)
        if (silences(&markers->items[i], report, lines)) silenced = markers->items[i].used = true;
    return silenced;
}

const Suppression *markers_find(const Markers *markers, const Report *report, const Lines *lines)
{
    for (size_t i = 0; i < markers->count; i++)
        if (silences(&markers->items[i], report, lines)) return &markers->items[i];
    return NULL;
}

size_t markers_apply(Markers *markers, CheckRun *run)
{
    size_t kept = 0, all = run->reports.count;
    for (size_t i = 0; i < all; i++)
        if (!is_silenced(markers, &run->reports.items[i], &run->unit->lines))
            run->reports.items[kept++] = run->reports.items[i];
    run->reports.count = kept;
    return all - kept;
}

static bool names_ours(const Suppression *marker)
{
    for (size_t i = 0; i < marker->code_count; i++)
        if (str_starts(marker->codes[i], STR("LS"))) return true;
    return false;
}

static void add(CheckRun *run, const char *code, const char *message, const char *advice, Span span)
{
    const CodeRule *rule = check_code(run, code);
    Finding finding = {.code = rule->code,
                       .message = str_from(message),
                       .advice = str_from(advice),
                       .why = rule->summary,
                       .severity = SEVERITY_LOW,
                       .confidence = CONFIDENCE_CERTAIN};
    uint32_t row1 = lines_row1(&run->unit->lines, span.start);
    check_add(run, finding, span, row1, row1, false);
}

static bool marks_definition(const CheckRun *run, const Markers *markers, const Suppression *marker)
{
    size_t at = 0;
    for (size_t i = 0; &markers->items[i] != marker; i++)
        at += markers->items[i].kind == SUPPRESS_OFF_LOOP;
    Span line = markers->off_loop[at];
    const Outline *outline = facts_outline(run->unit->facts);
    for (uint32_t i = 0; i < outline->region_count; i++) {
        const Region *region = &outline->regions[i];
        if (region->kind != REGION_RUN && region->header.start < line.end && region->header.end > line.start)
            return true;
    }
    Str text = str_trim(str_part(outline->text, line.start, line.end));
    return str_starts(text, STR("def ")) || str_starts(text, STR("async ")) ||
           str_starts(text, STR("class "));
}

/* It is about something that was not looked for in this run. */
static bool names_left_out(const CheckRun *run, const Suppression *marker)
{
    for (uint32_t effect = 0; effect < EFFECT_COUNT; effect++) {
        if (!(run->left_out & 1u << effect)) continue;
        Str code = catalogue_code_of(run->program->catalogue, (Effect)effect)->code;
        for (size_t i = 0; i < marker->code_count; i++)
            if (str_starts(code, marker->codes[i])) return true;
    }
    return false;
}

/* Nothing needs the comment, as far as this run can tell. */
static bool is_unused(const CheckRun *run, const Suppression *marker)
{
    bool ours = !marker->is_noqa || names_ours(marker);
    return !marker->used && ours && !names_left_out(run, marker);
}

void markers_report(const Markers *markers, CheckRun *run)
{
    for (size_t i = 0; i < markers->count; i++) {
        const Suppression *marker = &markers->items[i];
        if (marker->malformed) {
            add(run, "LS903", "this suppression comment cannot be understood: it silences nothing",
                "write `# loopsafe: ignore[LS110] reason` or `# loopsafe: off-loop reason`", marker->span);
        } else if (marker->kind == SUPPRESS_OFF_LOOP) {
            if (!marks_definition(run, markers, marker))
                add(run, "LS902", "this off-loop comment does not belong to a definition",
                    "remove the comment", marker->span);
        } else if (is_unused(run, marker)) {
            add(run, "LS902", "this suppression comment silences nothing", "remove the comment",
                marker->span);
        }
    }
}
