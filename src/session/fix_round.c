#include "session/fix_round.h"

#include "base/buf.h"

#include "base/banned.h"

/* --- what was tried --- */

static Str source_of(const Finding *finding)
{
    for (size_t i = 0; i < finding->frame_count; i++)
        if (finding->frame[i].row1 == finding->place.start.row1) return finding->frame[i].text;
    return STR("");
}

/* Rows change from round to round; words do not. */
static Str key_of(Arena *arena, const Finding *finding, const Fix *fix)
{
    Buf key;
    buf_init(&key);
    const Str words[] = {finding->place.path, finding->code,      finding->function,
                         finding->sink,       source_of(finding), fix->shape};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        buf_add(&key, words[i]);
        buf_add_byte(&key, '\0');
    }
    Str kept = str_copy(arena, buf_str(&key));
    buf_free(&key);
    return kept;
}

static TriedFix *tried_of(const FixTries *tries, Str key)
{
    for (size_t i = 0; i < tries->items.count; i++)
        if (str_equal(tries->items.items[i].key, key)) return &tries->items.items[i];
    return NULL;
}

const TriedFix *fix_tries_find(const FixTries *tries, const Finding *finding, const Fix *fix)
{
    return tried_of(tries, key_of(tries->arena, finding, fix));
}

static void note_tried(FixTries *tries, const FixChoice *choice, Str reason, bool over)
{
    TriedFix *tried = tried_of(tries, choice->key);
    if (!tried) vec_add(&tries->items, ((TriedFix){.key = choice->key}));
    if (!tried) tried = &tries->items.items[tries->items.count - 1];
    tried->over = tried->over || over;
    tried->reason = str_join(tries->arena, choice->fix->shape, STR(": "), reason);
}

/* --- what is in the way of what --- */

static bool is_same(const TextEdit *left, Span span, Str text)
{
    return left->span.start == span.start && left->span.end == span.end && str_equal(left->text, text);
}

/* Several fixes may want it, and it is made once. */
static bool is_shared(const FixFile *file, const TextEdit *edit, Span span, Str text)
{
    return is_same(edit, span, text) &&
           (span.start != span.end || edit_adds_lines(file->source.text, span, text));
}

/* Edits that touch are in each other's way too: which comes first would matter. */
static bool collide(const FixFile *file, const TextEdit *edit, Span span, Str text)
{
    if (is_shared(file, edit, span, text)) return false;
    if (edit_adds_lines(file->source.text, span, text) ||
        edit_adds_lines(file->source.text, edit->span, edit->text))
        return edit->span.start < span.end && span.start < edit->span.end;
    return edit->span.start <= span.end && span.start <= edit->span.end;
}

static bool lies_within(Span edit, Span claim)
{
    return edit.start < claim.end &&
           claim.start < edit.end + (edit.start == edit.end && edit.start > claim.start);
}

static bool edit_fits(const FixFile *file, Span span, Str text)
{
    for (size_t i = 0; i < file->edits.count; i++)
        if (collide(file, &file->edits.items[i].edit, span, text)) return false;
    for (size_t i = 0; i < file->claims.count; i++)
        if (lies_within(span, file->claims.items[i])) return false;
    return !file->is_taken;
}

static bool claim_fits(const FixFile *file, Span claim)
{
    for (size_t i = 0; i < file->edits.count; i++)
        if (lies_within(file->edits.items[i].edit.span, claim)) return false;
    return true;
}

static bool fits(FixRound *round, const FixChoice *choice)
{
    const Fix *fix = choice->fix;
    for (size_t i = 0; i < fix->edit_count; i++) {
        const FixFile *file = fix_files_find(round->files, fix->edits[i].place.path);
        if (!file || !edit_fits(file, fix->edits[i].span, fix->edits[i].text)) return false;
        if (choice->is_alone && file->edits.count) return false;
    }
    for (size_t i = 0; i < fix->claim_count; i++) {
        const FixFile *file = fix_files_find(round->files, fix->claims[i].path);
        if (file && !claim_fits(file, fix->claims[i].span)) return false;
    }
    return true;
}

/* --- choosing --- */

static void put_edit(FixFile *file, const FixEdit *edit, size_t choice)
{
    for (size_t i = 0; i < file->edits.count; i++) {
        const FileEdit *known = &file->edits.items[i];
        if (known->choice != choice && is_shared(file, &known->edit, edit->span, edit->text)) return;
    }
    size_t order = file->edits.count;
    vec_add(&file->edits, ((FileEdit){{edit->span, edit->text}, choice, order}));
}

static void put(FixRound *round, const FixChoice *choice, size_t index)
{
    const Fix *fix = choice->fix;
    for (size_t i = 0; i < fix->edit_count; i++)
        put_edit(fix_files_find(round->files, fix->edits[i].place.path), &fix->edits[i], index);
    for (size_t i = 0; i < fix->edit_count; i++)
        if (choice->is_alone) fix_files_find(round->files, fix->edits[i].place.path)->is_taken = true;
    for (size_t i = 0; i < fix->claim_count; i++) {
        FixFile *file = fix_files_get(round->files, round->session, fix->claims[i].path);
        vec_add(&file->claims, fix->claims[i].span);
    }
}

/* Why the fix may not be, whatever the others do; NULL: it may. */
static const char *refusal_of(FixRound *round, const Fix *fix)
{
    for (size_t i = 0; i < fix->edit_count; i++) {
        const FixEdit *edit = &fix->edits[i];
        const FixFile *file = fix_files_get(round->files, round->session, edit->place.path);
        if (file->refusal) return file->refusal;
        if (edit->span.end > file->source.text.len) return "its edits do not fit the file";
    }
    return NULL;
}

static void consider(FixRound *round, const Finding *finding, const Fix *fix)
{
    FixChoice choice = {.finding = finding, .fix = fix, .key = key_of(round->tries->arena, finding, fix)};
    const TriedFix *tried = tried_of(round->tries, choice.key);
    if (tried && tried->over) return;
    choice.is_alone = tried != NULL;
    const char *refusal = refusal_of(round, fix);
    if (refusal) {
        note_tried(round->tries, &choice, str_from(refusal), true);
    } else if (!fits(round, &choice)) {
        round->put_off++;
    } else {
        put(round, &choice, round->choices.count);
        vec_add(&round->choices, choice);
    }
}

void fix_round_choose(FixRound *round)
{
    fix_files_clear(round->files);
    for (size_t i = 0; i < round->result->finding_count; i++) {
        const Finding *finding = &round->result->findings[i];
        const Fix *fix = finding->severity == SEVERITY_INFO ? NULL : finding_fix(finding, round->least);
        if (fix) consider(round, finding, fix);
    }
}

/* --- blaming --- */

static bool touches(const FixChoice *choice, const FixFile *file)
{
    for (size_t i = 0; i < choice->fix->edit_count; i++)
        if (str_equal(choice->fix->edits[i].place.path, file->path)) return true;
    return false;
}

/* The row, of the text with the edits, is one of those that the choice wrote. */
static bool wrote_row(const FixChoice *choice, const FixFile *file, uint32_t row1)
{
    for (size_t i = 0; i < choice->fix->edit_count; i++) {
        const FixEdit *edit = &choice->fix->edits[i];
        if (!str_equal(edit->place.path, file->path)) continue;
        Span written = fix_file_written(file, edit->span, edit->text);
        uint32_t first = lines_row1(&file->next_lines, written.start);
        if (row1 >= first && row1 <= lines_row1(&file->next_lines, written.end)) return true;
    }
    return false;
}

static void blame(FixChoice *choice, const char *what, bool is_sure)
{
    choice->blame = str_from(what);
    choice->is_to_blame = choice->is_to_blame || is_sure || choice->is_alone;
}

/* Who wrote the row; if nobody did, whoever changed the file. */
static void blame_row(FixRound *round, const FixFile *file, uint32_t row1, const char *what)
{
    size_t writers = 0, touching = 0;
    for (size_t i = 0; i < round->choices.count; i++) {
        touching += touches(&round->choices.items[i], file);
        if (!row1 || !wrote_row(&round->choices.items[i], file, row1)) continue;
        writers++;
        blame(&round->choices.items[i], what, true);
    }
    for (size_t i = 0; i < round->choices.count && !writers; i++)
        if (touches(&round->choices.items[i], file)) blame(&round->choices.items[i], what, touching == 1);
}

static bool is_anybody_blamed(const FixRound *round)
{
    for (size_t i = 0; i < round->choices.count; i++)
        if (round->choices.items[i].blame.len) return true;
    return false;
}

/* --- texts --- */

static void apply_file(FixRound *round, FixFile *file)
{
    const char *reason = fix_file_apply(round->files, file);
    if (reason) {
        blame_row(round, file, 0, reason);
        return;
    }
    uint32_t row1;
    size_t damages = file->edits.count ? fix_files_damages(round->files, file->next_text, &row1) : 0;
    if (damages > file->damages) blame_row(round, file, row1, "the changed file does not parse");
}

bool fix_round_apply(FixRound *round)
{
    for (size_t i = 0; i < round->files->items.count; i++)
        if (!round->files->items.items[i]->refusal) apply_file(round, round->files->items.items[i]);
    return !is_anybody_blamed(round);
}

/* --- the analysis of the changed program --- */

static bool is_about_the_same(const Finding *left, const Finding *right)
{
    return str_equal(left->place.path, right->place.path) && str_equal(left->code, right->code) &&
           str_equal(left->sink, right->sink);
}

/* Choices stand in the order of the findings. */
static bool is_chosen(const FixRound *round, const Finding *finding)
{
    size_t low = 0, high = round->choices.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (round->choices.items[middle].finding == finding) return true;
        if (round->choices.items[middle].finding < finding)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* Where the findings of a result start in the texts with the edits: by finding. */
static uint32_t *starts_of(const FixRound *round, Arena *arena, const Result *result, bool is_after)
{
    uint32_t *starts = arena_array(arena, result->finding_count, sizeof *starts);
    for (size_t i = 0; i < result->finding_count; i++) {
        const Place *place = &result->findings[i].place;
        const FixFile *file = fix_files_find(round->files, place->path);
        if (!file) continue;
        starts[i] = is_after ? fix_file_offset(file, place->start)
                             : fix_file_moved(file, place->start, place->start).start;
    }
    return starts;
}

static bool holds(Span span, uint32_t offset)
{
    return offset >= span.start && offset < span.end;
}

/* What the choice's finding was about, and what its fix wrote in the finding's file. */
typedef struct Ground {
    const FixChoice *choice;
    VEC(Span) spans;
} Ground;

static void ground_take(Ground *ground, const FixFile *file, const FixChoice *choice)
{
    const Place *place = &choice->finding->place;
    ground->choice = choice;
    ground->spans.count = 0;
    vec_add(&ground->spans, fix_file_moved(file, place->start, place->end));
    for (size_t i = 0; i < choice->fix->edit_count; i++) {
        const FixEdit *edit = &choice->fix->edits[i];
        if (str_equal(edit->place.path, file->path))
            vec_add(&ground->spans, fix_file_written(file, edit->span, edit->text));
    }
}

static bool is_on(const Ground *ground, const Finding *finding, uint32_t start)
{
    for (size_t i = 0; i < ground->spans.count; i++)
        if (holds(ground->spans.items[i], start)) return is_about_the_same(finding, ground->choice->finding);
    return false;
}

/* Findings of the choice's kind at its place that nobody meant to mend. */
static size_t count_left(const FixRound *round, const Ground *ground, const uint32_t *starts)
{
    size_t count = 0;
    for (size_t i = 0; i < round->result->finding_count; i++) {
        const Finding *finding = &round->result->findings[i];
        count += is_on(ground, finding, starts[i]) && !is_chosen(round, finding);
    }
    return count;
}

static size_t count_now(const Result *after, const Ground *ground, const uint32_t *starts)
{
    size_t count = 0;
    for (size_t i = 0; i < after->finding_count; i++)
        count += is_on(ground, &after->findings[i], starts[i]);
    return count;
}

static void judge_choices(FixRound *round, const Result *after, const uint32_t *before_starts,
                          const uint32_t *after_starts)
{
    Ground ground = {0};
    for (size_t i = 0; i < round->choices.count; i++) {
        FixChoice *choice = &round->choices.items[i];
        const FixFile *file = fix_files_get(round->files, round->session, choice->finding->place.path);
        if (!file->lines.count) continue;
        ground_take(&ground, file, choice);
        if (count_now(after, &ground, after_starts) > count_left(round, &ground, before_starts))
            blame(choice, "the finding is still there afterwards", true);
    }
    vec_free(&ground.spans);
}

/* A fix must not bring these about: the file is misread, or the loop is misused. */
static bool is_trouble(Str code)
{
    static const char *const codes[] = {"LS9", "LS401", "LS402", "LS403", "LS404"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (str_starts(code, str_from(codes[i]))) return true;
    return false;
}

static bool was_there(const FixRound *round, const FixFile *file, const Finding *trouble,
                      const uint32_t *starts)
{
    uint32_t row1 = trouble->place.start.row1;
    for (size_t i = 0; i < round->result->finding_count; i++)
        if (is_about_the_same(&round->result->findings[i], trouble) &&
            lines_row1(&file->next_lines, starts[i]) == row1)
            return true;
    return false;
}

static void judge_finding(FixRound *round, const Finding *finding, const uint32_t *starts)
{
    const FixFile *file = fix_files_find(round->files, finding->place.path);
    if (!file || !file->edits.count || !is_trouble(finding->code)) return;
    if (was_there(round, file, finding, starts)) return;
    Str reason = str_join(round->tries->arena, STR("it brings "), finding->code, STR(" about"));
    blame_row(round, file, finding->place.start.row1, reason.ptr);
}

bool fix_round_judge(FixRound *round, const Result *after)
{
    Arena arena;
    arena_init(&arena);
    const uint32_t *before_starts = starts_of(round, &arena, round->result, false);
    const uint32_t *after_starts = starts_of(round, &arena, after, true);
    judge_choices(round, after, before_starts, after_starts);
    for (size_t i = 0; i < after->finding_count; i++)
        judge_finding(round, &after->findings[i], before_starts);
    arena_free(&arena);
    return !is_anybody_blamed(round);
}

void fix_round_take_back(FixRound *round)
{
    size_t kept = 0;
    for (size_t i = 0; i < round->choices.count; i++) {
        FixChoice *choice = &round->choices.items[i];
        if (choice->is_to_blame)
            note_tried(round->tries, choice, choice->blame, true);
        else if (choice->blame.len)
            note_tried(round->tries, choice, choice->blame, false);
        else
            round->choices.items[kept++] = *choice;
    }
    round->put_off += round->choices.count - kept;
    round->choices.count = kept;
    fix_files_clear(round->files);
    for (size_t i = 0; i < kept; i++)
        put(round, &round->choices.items[i], i);
}

void fix_round_free(FixRound *round)
{
    vec_free(&round->choices);
}
