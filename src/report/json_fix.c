#include "report/json_fix.h"

#include "base/banned.h"

static void add_edits(JsonOut *out, const Fix *fix, const ReportStyle *style)
{
    json_out_key(out, "edits");
    json_out_open(out, '[');
    for (size_t i = 0; i < fix->edit_count; i++) {
        json_out_open(out, '{');
        json_text_add(out, "content", fix->edits[i].text);
        json_place_add(out, &fix->edits[i].place, style);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
}

static void add_ruff_keys(JsonOut *out, const Fix *fix, const ReportStyle *style)
{
    json_text_add(out, "applicability", str_from(applicability_text(fix->applicability)));
    add_edits(out, fix, style);
    json_text_add(out, "message", fix->title);
}

void json_fix_add(JsonOut *out, const Finding *finding, const ReportStyle *style)
{
    const Fix *fix = finding_fix(finding, APPLICABILITY_DISPLAY);
    json_out_key(out, "fix");
    if (!fix) {
        json_out_null(out);
        return;
    }
    json_out_open(out, '{');
    add_ruff_keys(out, fix, style);
    json_out_close(out, '}');
}

void json_fixes_add(JsonOut *out, const Finding *finding, const ReportStyle *style)
{
    json_out_key(out, "fixes");
    json_out_open(out, '[');
    for (size_t i = 0; i < finding->fix_count; i++) {
        const Fix *fix = &finding->fixes[i];
        json_out_open(out, '{');
        json_text_add(out, "shape", fix->shape);
        add_ruff_keys(out, fix, style);
        json_text_or_null_add(out, "note", fix->note);
        json_out_key(out, "packages");
        json_out_open(out, '[');
        for (size_t k = 0; k < fix->package_count; k++)
            json_out_str(out, fix->packages[k]);
        json_out_close(out, ']');
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
    json_out_key(out, "refused");
    json_out_open(out, '[');
    for (size_t i = 0; i < finding->refused_count; i++)
        json_out_str(out, finding->refused[i]);
    json_out_close(out, ']');
    json_text_or_null_add(out, "unfixed", finding->unfixed);
}
