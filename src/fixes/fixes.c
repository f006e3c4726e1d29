#include "fixes/fixes.h"

#include "fixes/shape.h"
#include "fixes/untouched.h"
#include "base/banned.h"

static Place place_of(const Draft *draft, const Unit *unit, Span span)
{
    return (Place){.path = str_copy(draft->arena, unit->path),
                   .start = lines_position(&unit->lines, span.start),
                   .end = lines_position(&unit->lines, span.end)};
}

static int compare_edits(const FixEdit *one, const FixEdit *other)
{
    int by_path = str_compare(one->place.path, other->place.path);
    if (by_path) return by_path;
    if (one->span.start != other->span.start) return one->span.start < other->span.start ? -1 : 1;
    if (one->span.end != other->span.end) return one->span.end < other->span.end ? -1 : 1;
    return 0;
}

/* Insertions at one place stay in their order. */
static void sort_edits(Fix *fix)
{
    for (size_t i = 1; i < fix->edit_count; i++) {
        FixEdit edit = fix->edits[i];
        size_t at = i;
        for (; at && compare_edits(&fix->edits[at - 1], &edit) > 0; at--)
            fix->edits[at] = fix->edits[at - 1];
        fix->edits[at] = edit;
    }
}

static bool overlap(const Fix *fix)
{
    for (size_t i = 1; i < fix->edit_count; i++) {
        const FixEdit *before = &fix->edits[i - 1], *edit = &fix->edits[i];
        if (str_equal(before->place.path, edit->place.path) && edit->span.start < before->span.end)
            return true;
    }
    return false;
}

static void keep_edits(const Draft *draft, Fix *fix)
{
    fix->edits = arena_array(draft->arena, draft->edits.count, sizeof *fix->edits);
    for (size_t i = 0; i < draft->edits.count; i++) {
        const DraftEdit *edit = &draft->edits.items[i];
        fix->edits[fix->edit_count++] =
            (FixEdit){place_of(draft, edit->unit, edit->span), edit->span, edit->text};
    }
    sort_edits(fix);
}

static void keep_claims(const Draft *draft, Fix *fix)
{
    fix->claims = arena_array(draft->arena, draft->claims.count, sizeof *fix->claims);
    for (size_t i = 0; i < draft->claims.count; i++) {
        const DraftClaim *claim = &draft->claims.items[i];
        fix->claims[fix->claim_count++] = (FixClaim){str_copy(draft->arena, claim->unit->path), claim->span};
    }
}

static Fix fix_of(const Draft *draft, const FixShape *shape)
{
    Fix fix = {.shape = str_from(shape->name),
               .title = draft->title,
               .note = draft->note,
               .applicability = draft->applicability,
               .packages = arena_array(draft->arena, draft->packages.count, sizeof(Str)),
               .package_count = draft->packages.count};
    for (size_t i = 0; i < draft->packages.count; i++)
        fix.packages[i] = draft->packages.items[i];
    keep_edits(draft, &fix);
    keep_claims(draft, &fix);
    return fix;
}

static void draft_free(Draft *draft)
{
    vec_free(&draft->edits);
    vec_free(&draft->claims);
    vec_free(&draft->packages);
}

static void add_fix(const Draft *draft, const FixShape *shape, Finding *finding)
{
    bool advice = draft->applicability == APPLICABILITY_DISPLAY && draft->title.len;
    Str refusal = draft->refusal;
    if (!refusal.len) refusal = str_from(untouched_reason(draft));
    Fix fix = fix_of(draft, shape);
    if (!refusal.len && overlap(&fix)) refusal = STR("its edits meet in one place");
    if (!refusal.len && (fix.edit_count || advice))
        finding->fixes[finding->fix_count++] = fix;
    else if (refusal.len)
        finding->refused[finding->refused_count++] =
            str_join(draft->arena, str_from(shape->name), STR(": "), refusal);
}

static bool has_edits(const Finding *finding)
{
    for (size_t i = 0; i < finding->fix_count; i++)
        if (finding->fixes[i].edit_count) return true;
    return false;
}

/* The shapes by rank: the table is by name. */
static void propose_ranked(Draft *draft, FixRank rank, Finding *finding)
{
    for (size_t i = 0; i < fix_shape_count; i++) {
        if (fix_shapes[i]->rank != rank) continue;
        Draft own = *draft;
        fix_shapes[i]->propose(&own);
        add_fix(&own, fix_shapes[i], finding);
        draft_free(&own);
    }
}

void fixes_propose(const Program *program, const Unit *unit, const FixSettings *settings, Arena *results,
                   Report *report)
{
    if (report->subject.kind == SUBJECT_NONE) return;
    Finding *finding = &report->finding;
    Draft draft = {.program = program,
                   .unit = unit,
                   .settings = settings,
                   .report = report,
                   .subject = &report->subject,
                   .arena = results,
                   .applicability = APPLICABILITY_SAFE};
    finding->fixes = arena_array(results, fix_shape_count, sizeof *finding->fixes);
    finding->refused = arena_array(results, fix_shape_count, sizeof *finding->refused);
    for (FixRank rank = RANK_MISUSE; rank <= RANK_COLOUR_THREAD; rank++)
        propose_ranked(&draft, rank, finding);
    if (!has_edits(finding) && finding->refused_count) finding->unfixed = finding->refused[0];
}
