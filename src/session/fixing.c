#include "session/fixing.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/replace.h"
#include "session/fix_round.h"
#include "base/banned.h"

struct Fixing {
    Arena arena;
    Options options; /* as handed in */
    Session *session;
    Result result;
    FixFiles files;
    bool has_files;
    FixTries tries;
    VEC(FixRefusal) refusals;
    VEC(AppliedFix) applied;
    VEC(Str) packages;
    size_t analyses;
    SessionProgress progress;
    void *progress_context;
};

Fixing *fixing_new(void)
{
    Fixing *fixing = memory_alloc(sizeof *fixing);
    memset(fixing, 0, sizeof *fixing);
    arena_init(&fixing->arena);
    fixing->tries.arena = &fixing->arena;
    return fixing;
}

void fixing_free(Fixing *fixing)
{
    if (!fixing) return;
    session_free(fixing->session);
    if (fixing->has_files) fix_files_free(&fixing->files);
    vec_free(&fixing->tries.items);
    vec_free(&fixing->refusals);
    vec_free(&fixing->applied);
    vec_free(&fixing->packages);
    arena_free(&fixing->arena);
    free(fixing);
}

const Session *fixing_session(const Fixing *fixing)
{
    return fixing->session;
}

/* --- rounds --- */

static Session *analyse(Fixing *fixing, const Overlay *overlay, Result *result, Fail *fail)
{
    Options options = fixing->options;
    options.needs_texts = true;
    options.overlay = overlay;
    fixing->analyses++;
    Session *session = session_new();
    if (session_check(session, &options, fixing->progress, fixing->progress_context, result, fail))
        return session;
    session_free(session);
    return NULL;
}

static void put_texts(const FixFiles *files, Overlay *overlay)
{
    for (size_t i = 0; i < files->items.count; i++) {
        const FixFile *file = files->items.items[i];
        if (file->refusal || str_equal(file->next, file->before)) continue;
        overlay_put(overlay, file->path, file->next);
    }
}

static void note_package(Fixing *fixing, Str package)
{
    for (size_t i = 0; i < fixing->packages.count; i++)
        if (str_equal(fixing->packages.items[i], package)) return;
    vec_add(&fixing->packages, str_copy(&fixing->arena, package));
}

static void note_applied(Fixing *fixing, const FixChoice *choice)
{
    const Finding *finding = choice->finding;
    const Fix *fix = choice->fix;
    vec_add(&fixing->applied,
            ((AppliedFix){.code = str_copy(&fixing->arena, finding->code),
                          .path = str_copy(&fixing->arena, finding->place.path),
                          .row1 = finding->place.start.row1,
                          .fingerprint = str_copy(&fixing->arena, str_from(finding->fingerprint)),
                          .shape = str_copy(&fixing->arena, fix->shape),
                          .title = str_copy(&fixing->arena, fix->title),
                          .applicability = fix->applicability}));
    for (size_t i = 0; i < fix->package_count; i++)
        note_package(fixing, fix->packages[i]);
}

static void accept(Fixing *fixing, const FixRound *round, Session *session, const Result *result)
{
    for (size_t i = 0; i < round->choices.count; i++)
        note_applied(fixing, &round->choices.items[i]);
    for (size_t i = 0; i < fixing->files.items.count; i++)
        if (!fixing->files.items.items[i]->refusal)
            fix_file_accept(&fixing->files, fixing->files.items.items[i]);
    session_free(fixing->session);
    fixing->session = session;
    fixing->result = *result;
}

/* One analysis of the choices. */
typedef enum Attempt { ATTEMPT_GOOD, ATTEMPT_BLAMED, ATTEMPT_FAILED } Attempt;

static Attempt attempt(Fixing *fixing, FixRound *round, Fail *fail)
{
    if (!fix_round_apply(round)) return ATTEMPT_BLAMED;
    Overlay *overlay = arena_alloc(&fixing->arena, sizeof *overlay);
    overlay_init(overlay, &fixing->arena);
    put_texts(&fixing->files, overlay);
    Result result;
    Session *session = analyse(fixing, overlay, &result, fail);
    if (!session) return ATTEMPT_FAILED;
    if (fix_round_judge(round, &result)) {
        accept(fixing, round, session, &result);
        return ATTEMPT_GOOD;
    }
    session_free(session);
    return ATTEMPT_BLAMED;
}

/* Until what is left of the choices does well, or nothing is left. */
static Attempt settle_round(Fixing *fixing, FixRound *round, Fail *fail)
{
    Attempt ended = ATTEMPT_BLAMED;
    while (round->choices.count && ended == ATTEMPT_BLAMED && fixing->analyses < LIMIT_FIX_ANALYSES) {
        ended = attempt(fixing, round, fail);
        if (ended == ATTEMPT_BLAMED) fix_round_take_back(round);
    }
    return ended;
}

static FixRound begin_round(Fixing *fixing)
{
    FixRound round = {.files = &fixing->files,
                      .tries = &fixing->tries,
                      .session = fixing->session,
                      .result = &fixing->result,
                      .least = session_options(fixing->session)->unsafe_fixes ? APPLICABILITY_UNSAFE
                                                                              : APPLICABILITY_SAFE};
    fix_round_choose(&round);
    return round;
}

static bool run_rounds(Fixing *fixing, Fail *fail)
{
    for (size_t i = 0; i < LIMIT_FIX_ROUNDS && fixing->analyses < LIMIT_FIX_ANALYSES; i++) {
        FixRound round = begin_round(fixing);
        bool is_last = !round.choices.count && !round.put_off;
        Attempt ended = settle_round(fixing, &round, fail);
        fix_round_free(&round);
        if (ended == ATTEMPT_FAILED) return false;
        if (is_last) break;
    }
    return true;
}

/* --- what it came to --- */

static int compare_files(const void *left, const void *right)
{
    return str_compare(((const ChangedFile *)left)->path, ((const ChangedFile *)right)->path);
}

static void list_files(Fixing *fixing, Fixed *fixed)
{
    const FixFiles *files = &fixing->files;
    ChangedFile *changed = arena_array(&fixing->arena, files->items.count, sizeof *changed);
    Str *locked = arena_array(&fixing->arena, files->items.count, sizeof *locked);
    for (size_t i = 0; i < files->items.count; i++) {
        const FixFile *file = files->items.items[i];
        if (file->is_locked) locked[fixed->locked_count++] = file->path;
        if (file->refusal || str_equal(file->before, file->bytes)) continue;
        changed[fixed->file_count++] = (ChangedFile){file->path, file->target, file->before, file->bytes};
    }
    if (fixed->file_count) qsort(changed, fixed->file_count, sizeof *changed, compare_files);
    fixed->files = changed;
    fixed->locked = locked;
}

static int compare_refusals(const void *left, const void *right)
{
    const FixRefusal *one = left, *other = right;
    if (one->count != other->count) return one->count > other->count ? -1 : 1;
    return str_compare(one->reason, other->reason);
}

static int compare_texts(const void *left, const void *right)
{
    return str_compare(*(const Str *)left, *(const Str *)right);
}

static void refuse(Fixing *fixing, Str reason)
{
    for (size_t i = 0; i < fixing->refusals.count; i++) {
        if (!str_equal(fixing->refusals.items[i].reason, reason)) continue;
        fixing->refusals.items[i].count++;
        return;
    }
    vec_add(&fixing->refusals, ((FixRefusal){reason, 1}));
}

/* Why a finding is left although it has a fix that is sure enough. */
static Str reason_of(Fixing *fixing, const Finding *finding, const Fix *fix)
{
    const TriedFix *tried = fix_tries_find(&fixing->tries, finding, fix);
    return tried ? tried->reason : STR("the rounds are used up: run it again");
}

static void count_left(Fixing *fixing, Fixed *fixed)
{
    bool takes_unsafe = session_options(fixing->session)->unsafe_fixes;
    for (size_t i = 0; i < fixing->result.finding_count; i++) {
        const Finding *finding = &fixing->result.findings[i];
        bool counts = finding->severity != SEVERITY_INFO;
        const Fix *fix = finding_fix(finding, takes_unsafe ? APPLICABILITY_UNSAFE : APPLICABILITY_SAFE);
        if (finding->unfixed.len)
            refuse(fixing, finding->unfixed);
        else if (fix && counts)
            refuse(fixing, reason_of(fixing, finding, fix));
        fixed->unsafe_count += counts && !fix && finding_fix(finding, APPLICABILITY_UNSAFE);
    }
}

static void summarise(Fixing *fixing, Fixed *fixed)
{
    *fixed = (Fixed){.left = &fixing->result};
    count_left(fixing, fixed);
    list_files(fixing, fixed);
    if (fixing->refusals.count)
        qsort(fixing->refusals.items, fixing->refusals.count, sizeof(FixRefusal), compare_refusals);
    if (fixing->packages.count)
        qsort(fixing->packages.items, fixing->packages.count, sizeof(Str), compare_texts);
    fixed->applied = fixing->applied.items;
    fixed->applied_count = fixing->applied.count;
    fixed->refusals = fixing->refusals.items;
    fixed->refusal_count = fixing->refusals.count;
    fixed->packages = fixing->packages.items;
    fixed->package_count = fixing->packages.count;
}

bool fixing_run(Fixing *fixing, const Options *options, bool writes, SessionProgress progress,
                void *progress_context, Fixed *fixed, Fail *fail)
{
    *fixed = (Fixed){0};
    fixing->options = *options;
    fixing->progress = progress;
    fixing->progress_context = progress_context;
    fixing->session = analyse(fixing, NULL, &fixing->result, fail);
    if (!fixing->session) return false;
    fix_files_init(&fixing->files, &fixing->arena, &fixing->options, writes);
    fixing->has_files = true;
    if (!run_rounds(fixing, fail)) return false;
    summarise(fixing, fixed);
    return true;
}

/* --- writing --- */

static bool prepare(Replace *replace, const Fixed *fixed, Fail *fail)
{
    for (size_t i = 0; i < fixed->file_count; i++) {
        const ChangedFile *file = &fixed->files[i];
        if (file->target && !replace_prepare(replace, file->target, file->before, file->after, fail))
            return false;
    }
    return true;
}

bool fixing_write(const Fixed *fixed, Fail *fail)
{
    Replace replace;
    replace_begin(&replace);
    if (!prepare(&replace, fixed, fail)) {
        replace_cancel(&replace);
        return false;
    }
    size_t renamed;
    return replace_commit(&replace, &renamed, fail);
}
