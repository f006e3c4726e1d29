/* LS901, LS904: what of the file could not be analysed. */
#include "base/buf.h"
#include "checks/check.h"

#include "base/banned.h"

static void add(CheckRun *run, const char *code, Str message, Span span)
{
    Finding finding = {.code = check_code(run, code)->code,
                       .message = message,
                       .advice = {"", 0},
                       .why = check_code(run, code)->summary,
                       .severity = SEVERITY_LOW,
                       .confidence = CONFIDENCE_CERTAIN,
                       .effect = EFFECT_NONE,
                       .function = {"", 0},
                       .sink = {"", 0}};
    uint32_t first = lines_row1(&run->unit->lines, span.start),
             last = lines_row1(&run->unit->lines, span.end);
    check_add(run, finding, span, first, last, false);
}

/* A damaged region is shown by its first line. */
static Span first_line(const CheckRun *run, Span span)
{
    Str text = str_part(run->unit->lines.text, span.start, span.end);
    size_t end = str_find_byte(text, '\n');
    if (end != SIZE_MAX) span.end = span.start + (uint32_t)end;
    return span;
}

static void report_damage(CheckRun *run, const Damage *damage, Str consequence)
{
    bool syntax = str_starts(str_from(damage->what), STR("syntax"));
    Str message = str_join(run->results, str_from(damage->what), STR(": "), consequence);
    add(run, syntax ? "LS901" : "LS904", message, first_line(run, damage->span));
}

enum { DAMAGES_SHOWN = 4 };

/* A template with Python's name has one finding, not one for each of its lines. */
static void report_damages(CheckRun *run)
{
    size_t count;
    const Damage *damages = facts_damages(run->unit->facts, &count);
    if (count > DAMAGES_SHOWN) {
        Buf others;
        buf_init(&others);
        buf_format(&others, "this region and %zu others of the file were not analysed", count - 1);
        report_damage(run, &damages[0], buf_str(&others));
        buf_free(&others);
        return;
    }
    for (size_t i = 0; i < count; i++)
        report_damage(run, &damages[i], STR("this region was not analysed"));
}

static void report_text(CheckRun *run)
{
    const SourceText *source = &run->unit->source;
    Span start = {0, 0};
    if (source->unknown_encoding)
        add(run, "LS904",
            str_join(run->results, STR("unknown encoding `"), str_from(source->encoding),
                     STR("`: the file was read as UTF-8")),
            start);
    if (source->replaced_count)
        add(run, "LS904",
            str_join(run->results, STR("bytes that are not valid "), str_from(source->encoding),
                     STR(" were replaced")),
            start);
    if (source->has_nul) add(run, "LS904", STR("the file holds NUL bytes: Python refuses it"), start);
}

static void run_input(CheckRun *run)
{
    report_text(run);
    report_damages(run);
    if (facts_limits_reached(run->unit->facts))
        add(run, "LS904", STR("a limit was reached: part of the file was not analysed"), (Span){0, 0});
}

const Check check_input = {.name = "input", .run = run_input};
