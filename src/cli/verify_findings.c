#define _POSIX_C_SOURCE 200809L
#include "cli/verify_findings.h"

#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "session/fixing.h"

#include "base/banned.h"

static RunHarm harm_of(Str code)
{
    if (str_starts(code, STR("LS2")) || str_equal(code, STR("LS406"))) return HARM_WAIT;
    bool stalls =
        !str_starts(code, STR("LS4")) || str_equal(code, STR("LS407")) || str_equal(code, STR("LS408"));
    return stalls ? HARM_STALL : HARM_OTHER;
}

static RunFinding finding_row(Arena *arena, const Finding *finding)
{
    return (RunFinding){.code = str_copy(arena, finding->code),
                        .message = str_copy(arena, finding->message),
                        .path = str_copy(arena, finding->place.path),
                        .function = str_copy(arena, finding->function),
                        .fingerprint = str_copy(arena, str_from(finding->fingerprint)),
                        .row1 = finding->place.start.row1,
                        .end_row1 = finding->place.end.row1,
                        .column1 = finding->place.start.column1,
                        .harm = harm_of(finding->code)};
}

/* A function that should be no coroutine is reported at its head, and what blocks in it, where it blocks: one stall, to be
 * looked for at the second place. */
static bool is_told_again(const Finding *finding, const Result *result)
{
    if (!str_equal(finding->code, STR("LS408")) || !finding->group[0]) return false;
    for (size_t i = 0; i < result->finding_count; i++) {
        const Finding *other = &result->findings[i];
        if (other != finding && !str_equal(other->code, finding->code) &&
            strcmp(other->group, finding->group) == 0)
            return true;
    }
    return false;
}

static void take_findings(Arena *arena, VerifyPlan *plan, const Result *result)
{
    plan->findings = arena_array(arena, result->finding_count, sizeof *plan->findings);
    plan->finding_count = 0;
    for (size_t i = 0; i < result->finding_count; i++)
        if (!is_told_again(&result->findings[i], result))
            plan->findings[plan->finding_count++] = finding_row(arena, &result->findings[i]);
}

/* *outside: files were left out because they are tests or examples, and nothing was found in the others. */
static bool find_in_scope(Arena *arena, const VerifySettings *settings, VerifyPlan *plan, Progress *progress,
                          bool *outside, Fail *fail)
{
    Session *session = session_new();
    Result result = {0};
    bool done = session_check(session, &settings->options, progress_step, progress, &result, fail);
    if (done) take_findings(arena, plan, &result);
    *outside = done && !result.finding_count && result.out_of_scope_count;
    session_free(session);
    return done;
}

/* An application that stands among tests or examples is the one that is meant all the same. */
static bool find(Arena *arena, VerifySettings *settings, VerifyPlan *plan, Progress *progress, Fail *fail)
{
    bool outside;
    if (!find_in_scope(arena, settings, plan, progress, &outside, fail)) return false;
    if (!outside) return true;
    settings->options.scope = SCOPE_ALL;
    settings->options.given |= OPTION_SCOPE;
    return find_in_scope(arena, settings, plan, progress, &outside, fail);
}

/* --- fixes --- */

static void note_fix(Arena *arena, VerifyPlan *plan, const AppliedFix *fix)
{
    if (str_equal(fix->shape, STR("concurrent")) || str_equal(fix->shape, STR("bounded")))
        plan->concurrent_fixes = true;
    for (size_t i = 0; i < plan->finding_count; i++) {
        RunFinding *finding = &plan->findings[i];
        if (finding->fix_title.len || !str_equal(finding->fingerprint, fix->fingerprint)) continue;
        finding->fix_title = str_copy(arena, fix->title);
        finding->fix_shape = str_copy(arena, fix->shape);
        finding->fix_safe = fix->applicability == APPLICABILITY_SAFE;
        return;
    }
}

static bool is_left(const Result *left, Str fingerprint)
{
    for (size_t i = 0; i < left->finding_count; i++)
        if (str_equal(str_from(left->findings[i].fingerprint), fingerprint)) return true;
    return false;
}

/* A fix may mend what stands beside its own finding: it is gone from the second analysis. */
static void note_mended(VerifyPlan *plan, const Fixed *fixed)
{
    for (size_t i = 0; i < plan->finding_count; i++)
        if (!plan->findings[i].fix_title.len && !is_left(fixed->left, plan->findings[i].fingerprint))
            plan->findings[i].fix_title = STR("mended by another fix");
}

static void take_fixes(Arena *arena, VerifyPlan *plan, const Fixed *fixed)
{
    VerifyEdit *edits = arena_array(arena, fixed->file_count, sizeof *edits);
    for (size_t i = 0; i < fixed->file_count; i++)
        edits[i] =
            (VerifyEdit){str_copy(arena, fixed->files[i].path), str_copy(arena, fixed->files[i].after)};
    plan->edits = edits;
    plan->edit_count = fixed->file_count;
    for (size_t i = 0; i < fixed->applied_count; i++)
        note_fix(arena, plan, &fixed->applied[i]);
    note_mended(plan, fixed);
}

static bool fix(Arena *arena, const VerifySettings *settings, VerifyPlan *plan, Progress *progress,
                Fail *fail)
{
    Fixing *fixing = fixing_new();
    Fixed fixed;
    bool done = fixing_run(fixing, &settings->options, false, progress_step, progress, &fixed, fail);
    if (done) take_fixes(arena, plan, &fixed);
    fixing_free(fixing);
    return done;
}

/* --- two trees of the user --- */

static bool differs(Arena *arena, const VerifyPlan *plan, Str path)
{
    Str texts[TREES];
    const char *trees[TREES] = {plan->before, plan->after};
    for (size_t i = 0; i < TREES; i++) {
        Str file = str_join(arena, str_from(trees[i]), STR("/"), path);
        if (io_read_file(arena, file.ptr, LIMIT_FILE_BYTES, &texts[i]) != IO_OK) return true;
    }
    return !str_equal(texts[0], texts[1]);
}

/* A finding whose file differs between the trees is what the change is measured by. */
static void take_changes(Arena *arena, VerifyPlan *plan)
{
    for (size_t i = 0; i < plan->finding_count; i++)
        if (differs(arena, plan, plan->findings[i].path))
            plan->findings[i].fix_title = STR("the change between the trees");
}

bool verify_findings(Arena *arena, VerifySettings *settings, VerifyPlan *plan, Progress *progress, Fail *fail)
{
    bool done = find(arena, settings, plan, progress, fail) &&
                (!settings->fix || fix(arena, settings, plan, progress, fail));
    progress_end(progress);
    if (done && plan->after) take_changes(arena, plan);
    return done;
}
