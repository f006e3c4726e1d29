#include "session/result_blob.h"

#include <string.h>

#include "base/banned.h"

/* The least bytes that a saved thing takes. */
enum {
    TEXT_BYTES = 2,
    PLACE_BYTES = TEXT_BYTES + 4,
    HOP_BYTES = PLACE_BYTES + 3 * TEXT_BYTES,
    LINE_BYTES = 1 + TEXT_BYTES,
    SPAN_BYTES = 2,
    EDIT_BYTES = PLACE_BYTES + SPAN_BYTES + TEXT_BYTES,
    CLAIM_BYTES = TEXT_BYTES + SPAN_BYTES,
    FIX_BYTES = 3 * TEXT_BYTES + 4
};
enum { FINDING_BYTES = 10 * TEXT_BYTES + 2 * PLACE_BYTES + 9, TROUBLE_BYTES = 2 * TEXT_BYTES };

/* --- saving --- */

static void save_place(Buf *out, const Place *place)
{
    bytes_add_text(out, place->path);
    bytes_add_number(out, place->start.row1);
    bytes_add_number(out, place->start.column1);
    bytes_add_number(out, place->end.row1);
    bytes_add_number(out, place->end.column1);
}

static void save_chain(Buf *out, const Finding *finding)
{
    bytes_add_number(out, finding->chain_count);
    for (size_t i = 0; i < finding->chain_count; i++) {
        const Hop *hop = &finding->chain[i];
        save_place(out, &hop->place);
        bytes_add_text(out, hop->function);
        bytes_add_text(out, hop->callee);
        bytes_add_text(out, hop->source);
    }
}

static void save_frame(Buf *out, const Finding *finding)
{
    bytes_add_number(out, finding->frame_count);
    for (size_t i = 0; i < finding->frame_count; i++) {
        bytes_add_number(out, finding->frame[i].row1);
        bytes_add_text(out, finding->frame[i].text);
    }
}

static void save_span(Buf *out, Span span)
{
    bytes_add_number(out, span.start);
    bytes_add_number(out, span.end);
}

static void save_edits(Buf *out, const Fix *fix)
{
    bytes_add_number(out, fix->edit_count);
    for (size_t i = 0; i < fix->edit_count; i++) {
        save_place(out, &fix->edits[i].place);
        save_span(out, fix->edits[i].span);
        bytes_add_text(out, fix->edits[i].text);
    }
    bytes_add_number(out, fix->claim_count);
    for (size_t i = 0; i < fix->claim_count; i++) {
        bytes_add_text(out, fix->claims[i].path);
        save_span(out, fix->claims[i].span);
    }
}

static void save_fix(Buf *out, const Fix *fix)
{
    bytes_add_text(out, fix->shape);
    bytes_add_text(out, fix->title);
    bytes_add_text(out, fix->note);
    bytes_add_number(out, fix->applicability);
    save_edits(out, fix);
    bytes_add_number(out, fix->package_count);
    for (size_t i = 0; i < fix->package_count; i++)
        bytes_add_text(out, fix->packages[i]);
}

static void save_fixes(Buf *out, const Finding *finding)
{
    bytes_add_number(out, finding->fix_count);
    for (size_t i = 0; i < finding->fix_count; i++)
        save_fix(out, &finding->fixes[i]);
    bytes_add_number(out, finding->refused_count);
    for (size_t i = 0; i < finding->refused_count; i++)
        bytes_add_text(out, finding->refused[i]);
    bytes_add_text(out, finding->unfixed);
}

static void save_finding(Buf *out, const Finding *finding)
{
    bytes_add_text(out, finding->code);
    bytes_add_text(out, finding->message);
    bytes_add_text(out, finding->advice);
    bytes_add_text(out, finding->why);
    bytes_add_number(out, finding->severity);
    bytes_add_number(out, finding->confidence);
    bytes_add_number(out, finding->effect);
    save_place(out, &finding->place);
    bytes_add_number(out, finding->noqa_row);
    bytes_add_text(out, finding->function);
    bytes_add_text(out, finding->sink);
    save_place(out, &finding->sink_place);
    bytes_add_text(out, finding->sink_function);
    bytes_add_text(out, finding->sink_source);
    save_chain(out, finding);
    save_frame(out, finding);
    save_fixes(out, finding);
    bytes_add_text(out, str_from(finding->fingerprint));
    bytes_add_text(out, str_from(finding->group));
}

void result_save(const Result *result, Buf *out)
{
    bytes_add_number(out, result->info_count);
    bytes_add_number(out, result->suppressed_count);
    bytes_add_number(out, result->out_of_scope_count);
    bytes_add_number(out, result->fails);
    bytes_add_number(out, result->trouble_count);
    for (size_t i = 0; i < result->trouble_count; i++) {
        bytes_add_text(out, result->troubles[i].path);
        bytes_add_text(out, result->troubles[i].what);
    }
    bytes_add_number(out, result->finding_count);
    for (size_t i = 0; i < result->finding_count; i++)
        save_finding(out, &result->findings[i]);
}

/* --- loading --- */

static Place load_place(ByteReader *reader)
{
    Place place = {.path = bytes_text(reader)};
    place.start.row1 = bytes_small(reader);
    place.start.column1 = bytes_small(reader);
    place.end.row1 = bytes_small(reader);
    place.end.column1 = bytes_small(reader);
    return place;
}

static void load_chain(Arena *arena, ByteReader *reader, Finding *finding)
{
    finding->chain_count = bytes_count(reader, HOP_BYTES);
    finding->chain = arena_array(arena, finding->chain_count, sizeof *finding->chain);
    for (size_t i = 0; i < finding->chain_count && !reader->bad; i++) {
        Hop *hop = &finding->chain[i];
        hop->place = load_place(reader);
        hop->function = bytes_text(reader);
        hop->callee = bytes_text(reader);
        hop->source = bytes_text(reader);
    }
}

static void load_frame(Arena *arena, ByteReader *reader, Finding *finding)
{
    finding->frame_count = bytes_count(reader, LINE_BYTES);
    finding->frame = arena_array(arena, finding->frame_count, sizeof *finding->frame);
    for (size_t i = 0; i < finding->frame_count && !reader->bad; i++) {
        finding->frame[i].row1 = bytes_small(reader);
        finding->frame[i].text = bytes_text(reader);
    }
}

/* Half open, and not the wrong way round. */
static Span load_span(ByteReader *reader)
{
    Span span = {.start = bytes_small(reader)};
    span.end = bytes_small(reader);
    if (span.end < span.start) reader->bad = true;
    return span;
}

static void load_edits(Arena *arena, ByteReader *reader, Fix *fix)
{
    fix->edit_count = bytes_count(reader, EDIT_BYTES);
    fix->edits = arena_array(arena, fix->edit_count, sizeof *fix->edits);
    for (size_t i = 0; i < fix->edit_count && !reader->bad; i++) {
        fix->edits[i].place = load_place(reader);
        fix->edits[i].span = load_span(reader);
        fix->edits[i].text = bytes_text(reader);
    }
    fix->claim_count = bytes_count(reader, CLAIM_BYTES);
    fix->claims = arena_array(arena, fix->claim_count, sizeof *fix->claims);
    for (size_t i = 0; i < fix->claim_count && !reader->bad; i++) {
        fix->claims[i].path = bytes_text(reader);
        fix->claims[i].span = load_span(reader);
    }
}

static void load_fix(Arena *arena, ByteReader *reader, Fix *fix)
{
    fix->shape = bytes_text(reader);
    fix->title = bytes_text(reader);
    fix->note = bytes_text(reader);
    fix->applicability = (Applicability)bytes_below(reader, APPLICABILITY_SAFE + 1);
    load_edits(arena, reader, fix);
    fix->package_count = bytes_count(reader, TEXT_BYTES);
    fix->packages = arena_array(arena, fix->package_count, sizeof *fix->packages);
    for (size_t i = 0; i < fix->package_count && !reader->bad; i++)
        fix->packages[i] = bytes_text(reader);
}

static void load_fixes(Arena *arena, ByteReader *reader, Finding *finding)
{
    finding->fix_count = bytes_count(reader, FIX_BYTES);
    finding->fixes = arena_array(arena, finding->fix_count, sizeof *finding->fixes);
    for (size_t i = 0; i < finding->fix_count && !reader->bad; i++)
        load_fix(arena, reader, &finding->fixes[i]);
    finding->refused_count = bytes_count(reader, TEXT_BYTES);
    finding->refused = arena_array(arena, finding->refused_count, sizeof *finding->refused);
    for (size_t i = 0; i < finding->refused_count && !reader->bad; i++)
        finding->refused[i] = bytes_text(reader);
    finding->unfixed = bytes_text(reader);
}

static bool is_digits(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!strchr("0123456789abcdef", text.ptr[i]) || !text.ptr[i]) return false;
    return text.len == 0 || text.len == 32;
}

/* 32 hexadecimal digits, or none. */
static void load_digits(ByteReader *reader, char digits[33])
{
    Str text = bytes_text(reader);
    if (!is_digits(text))
        reader->bad = true;
    else if (text.len)
        memcpy(digits, text.ptr, text.len);
}

static void load_finding(Arena *arena, ByteReader *reader, Finding *finding)
{
    finding->code = bytes_text(reader);
    finding->message = bytes_text(reader);
    finding->advice = bytes_text(reader);
    finding->why = bytes_text(reader);
    finding->severity = (Severity)bytes_below(reader, SEVERITY_HIGH + 1);
    finding->confidence = (Confidence)bytes_below(reader, CONFIDENCE_CERTAIN + 1);
    finding->effect = (Effect)bytes_below(reader, EFFECT_COUNT);
    finding->place = load_place(reader);
    finding->noqa_row = bytes_small(reader);
    finding->function = bytes_text(reader);
    finding->sink = bytes_text(reader);
    finding->sink_place = load_place(reader);
    finding->sink_function = bytes_text(reader);
    finding->sink_source = bytes_text(reader);
    load_chain(arena, reader, finding);
    load_frame(arena, reader, finding);
    load_fixes(arena, reader, finding);
    load_digits(reader, finding->fingerprint);
    load_digits(reader, finding->group);
}

static void load_troubles(Arena *arena, ByteReader *reader, Result *result)
{
    result->trouble_count = bytes_count(reader, TROUBLE_BYTES);
    result->troubles = arena_array(arena, result->trouble_count, sizeof *result->troubles);
    for (size_t i = 0; i < result->trouble_count && !reader->bad; i++) {
        result->troubles[i].path = bytes_text(reader);
        result->troubles[i].what = bytes_text(reader);
    }
}

bool result_load(Arena *arena, ByteReader *reader, Result *result)
{
    *result = (Result){0};
    result->info_count = (size_t)bytes_number(reader);
    result->suppressed_count = (size_t)bytes_number(reader);
    result->out_of_scope_count = (size_t)bytes_number(reader);
    result->fails = bytes_flag(reader);
    load_troubles(arena, reader, result);
    result->finding_count = bytes_count(reader, FINDING_BYTES);
    result->findings = arena_array(arena, result->finding_count, sizeof *result->findings);
    for (size_t i = 0; i < result->finding_count && !reader->bad; i++)
        load_finding(arena, reader, &result->findings[i]);
    if (reader->left.len) reader->bad = true;
    if (reader->bad) *result = (Result){0};
    return !reader->bad;
}
