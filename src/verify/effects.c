#include "verify/effects.h"

#include "base/limits.h"
#include "verify/tokens.h"
#include "verify/words.h"
#include "base/banned.h"

enum { RUN_BEFORE, RUN_AGAIN, RUN_AFTER, RUNS };

/* One call that A makes, with what it does not hold still masked; or one that only B makes. */
typedef struct EffectKind {
    const OutsideCall *call; /* the first of it */
    Tokens words;
    bool *masked; /* a word each; NULL: none is */
    bool any_body;
    bool is_merged; /* counted as another kind */
    size_t counts[RUNS];
} EffectKind;

typedef struct EffectWalk {
    Differences *differences;
    Arena arena; /* of this comparison */
    VEC(EffectKind) kinds;
    Effects runs[RUNS];
    size_t *kind_of[RUNS]; /* a call each: number of its kind */
} EffectWalk;

/* --- kinds --- */

static bool same_words(const EffectKind *kind, const Tokens *words)
{
    if (kind->words.count != words->count) return false;
    for (size_t i = 0; i < words->count; i++)
        if (!(kind->masked && kind->masked[i]) && !str_equal(kind->words.items[i], words->items[i]))
            return false;
    return true;
}

static bool is_of_kind(const EffectKind *kind, const OutsideCall *call, const Tokens *words)
{
    return str_equal(kind->call->kind, call->kind) &&
           (kind->any_body || kind->call->body_hash == call->body_hash) && same_words(kind, words);
}

static Tokens words_of(EffectWalk *walk, const OutsideCall *call)
{
    return tokens_split(&walk->arena, call->text, true);
}

static size_t kind_find(const EffectWalk *walk, const OutsideCall *call, const Tokens *words)
{
    for (size_t i = 0; i < walk->kinds.count; i++)
        if (!walk->kinds.items[i].is_merged && is_of_kind(&walk->kinds.items[i], call, words)) return i;
    return SIZE_MAX;
}

static void count_call(EffectWalk *walk, size_t run, size_t call, size_t kind)
{
    walk->kinds.items[kind].counts[run]++;
    walk->kind_of[run][call] = kind;
}

/* Calls that are of a known kind are counted; of the others kinds are made, or they stay open. */
static void count_calls(EffectWalk *walk, size_t run, bool makes_kinds)
{
    for (size_t i = 0; i < walk->runs[run].count; i++) {
        if (walk->kind_of[run][i] != SIZE_MAX) continue;
        const OutsideCall *call = &walk->runs[run].calls[i];
        Tokens words = words_of(walk, call);
        size_t kind = kind_find(walk, call, &words);
        if (kind == SIZE_MAX && !makes_kinds) continue;
        if (kind == SIZE_MAX) {
            kind = walk->kinds.count;
            vec_add(&walk->kinds, ((EffectKind){.call = call, .words = words}));
        }
        count_call(walk, run, i, kind);
    }
}

/* --- masks: a call of A and one of A again that differ in some words --- */

static size_t differing_words(const Tokens *left, const Tokens *right)
{
    size_t count = 0;
    for (size_t i = 0; i < left->count; i++)
        count += !str_equal(left->items[i], right->items[i]);
    return count;
}

/* Something that a program puts in: a number, an id, a time, a quoted text. */
static bool is_value(Str word)
{
    for (size_t i = 0; i < word.len; i++)
        if ((word.ptr[i] >= '0' && word.ptr[i] <= '9') || word.ptr[i] == '\'' || word.ptr[i] == '"')
            return true;
    return false;
}

static bool differ_in_values(const Tokens *left, const Tokens *right)
{
    for (size_t i = 0; i < left->count; i++)
        if (!str_equal(left->items[i], right->items[i]) &&
            !(is_value(left->items[i]) && is_value(right->items[i])))
            return false;
    return true;
}

/* The same is done, the first word says what, with other values; or with few other words among many. */
static bool is_alike(const EffectKind *kind, const OutsideCall *call, const Tokens *words)
{
    enum { FEW = 4 }; /* one in so many */
    if (!str_equal(kind->call->kind, call->kind) || kind->words.count != words->count || !words->count)
        return false;
    if (!str_equal(kind->words.items[0], words->items[0])) return false;
    return differ_in_values(&kind->words, words) ||
           differing_words(&kind->words, words) * FEW <= words->count;
}

static void mask_words(EffectWalk *walk, EffectKind *kind, const OutsideCall *call, const Tokens *words)
{
    if (!kind->masked) kind->masked = arena_array(&walk->arena, words->count, sizeof *kind->masked);
    for (size_t i = 0; i < words->count; i++)
        if (!str_equal(kind->words.items[i], words->items[i])) kind->masked[i] = true;
    if (kind->call->body_hash != call->body_hash) kind->any_body = true;
}

/* A kind that A made more often than A again has shown so far. */
static size_t alike_find(const EffectWalk *walk, const OutsideCall *call, const Tokens *words)
{
    size_t best = SIZE_MAX, least = SIZE_MAX;
    for (size_t i = 0; i < walk->kinds.count; i++) {
        const EffectKind *kind = &walk->kinds.items[i];
        if (kind->counts[RUN_BEFORE] <= kind->counts[RUN_AGAIN] || !is_alike(kind, call, words)) continue;
        size_t differing = differing_words(&kind->words, words);
        if (differing >= least) continue;
        best = i;
        least = differing;
    }
    return best;
}

static void mask_open(EffectWalk *walk)
{
    for (size_t i = 0; i < walk->runs[RUN_AGAIN].count; i++) {
        if (walk->kind_of[RUN_AGAIN][i] != SIZE_MAX) continue;
        const OutsideCall *call = &walk->runs[RUN_AGAIN].calls[i];
        Tokens words = words_of(walk, call);
        size_t kind = kind_find(walk, call, &words);
        if (kind == SIZE_MAX) kind = alike_find(walk, call, &words);
        if (kind == SIZE_MAX) continue;
        mask_words(walk, &walk->kinds.items[kind], call, &words);
        count_call(walk, RUN_AGAIN, i, kind);
    }
}

/* Every call that is of the narrow kind is of the wide one, too. */
static bool covers(const EffectKind *wide, const EffectKind *narrow)
{
    if (!wide->masked || !str_equal(wide->call->kind, narrow->call->kind)) return false;
    if (!wide->any_body && (narrow->any_body || wide->call->body_hash != narrow->call->body_hash))
        return false;
    if (wide->words.count != narrow->words.count) return false;
    for (size_t i = 0; i < wide->words.count; i++) {
        bool is_open = narrow->masked && narrow->masked[i];
        if (!wide->masked[i] && (is_open || !str_equal(wide->words.items[i], narrow->words.items[i])))
            return false;
    }
    return true;
}

static void merge(EffectWalk *walk, size_t narrow, size_t wide)
{
    walk->kinds.items[narrow].is_merged = true;
    for (size_t run = 0; run < RUNS; run++) {
        walk->kinds.items[wide].counts[run] += walk->kinds.items[narrow].counts[run];
        walk->kinds.items[narrow].counts[run] = 0;
        for (size_t i = 0; i < walk->runs[run].count; i++)
            if (walk->kind_of[run][i] == narrow) walk->kind_of[run][i] = wide;
    }
}

/* A kind that another one covers since its words are masked is counted there. */
static void merge_kinds(EffectWalk *walk)
{
    for (size_t i = 0; i < walk->kinds.count; i++)
        for (size_t k = 0; k < walk->kinds.count; k++) {
            const EffectKind *narrow = &walk->kinds.items[i], *wide = &walk->kinds.items[k];
            if (i != k && !narrow->is_merged && !wide->is_merged && covers(wide, narrow)) merge(walk, i, k);
        }
}

/* The call's words, with `…` for those that are masked. */
static Str kind_text(EffectWalk *walk, const EffectKind *kind)
{
    Buf text;
    buf_init(&text);
    for (size_t i = 0; i < kind->words.count; i++)
        buf_add(&text, kind->masked && kind->masked[i] ? STR("…") : kind->words.items[i]);
    Str copy = str_copy(&walk->arena, buf_str(&text));
    buf_free(&text);
    return copy;
}

static Str kind_name(const EffectKind *kind)
{
    return str_equal(kind->call->kind, STR("http")) ? STR("upstream call") : kind->call->kind;
}

static bool is_mail(const EffectKind *kind)
{
    return str_equal(kind->call->kind, STR("mail"));
}

static Str not_done(const EffectKind *kind)
{
    return is_mail(kind) ? STR("not sent") : STR("not made");
}

/* What differs when only that does: two hashes say nothing of whose mail it is. */
static Str body_name(EffectWalk *walk, const EffectKind *kind)
{
    if (!is_mail(kind)) return str_join(&walk->arena, kind_name(kind), STR(": its body"), STR(""));
    Str text = words_short(&walk->arena, kind_text(walk, kind), LIMIT_RUN_VALUE);
    return str_join(&walk->arena, STR("mail "), text, STR(": its text"));
}

static void list_masks(EffectWalk *walk)
{
    for (size_t i = 0; i < walk->kinds.count; i++) {
        const EffectKind *kind = &walk->kinds.items[i];
        if (!kind->masked || kind->is_merged) continue;
        Str name = str_join(&walk->arena, kind_name(kind), STR(": "), kind_text(walk, kind));
        differences_mask(walk->differences,
                         str_join(&walk->arena, name, kind->any_body ? STR(", its body") : STR(""), STR("")));
    }
}

/* --- differences --- */

static size_t least_of(const EffectKind *kind)
{
    return kind->counts[RUN_BEFORE] < kind->counts[RUN_AGAIN] ? kind->counts[RUN_BEFORE]
                                                              : kind->counts[RUN_AGAIN];
}

static size_t most_of(const EffectKind *kind)
{
    return kind->counts[RUN_BEFORE] > kind->counts[RUN_AGAIN] ? kind->counts[RUN_BEFORE]
                                                              : kind->counts[RUN_AGAIN];
}

static bool is_lost(const EffectKind *kind)
{
    return kind->counts[RUN_AFTER] < least_of(kind);
}

static bool is_extra(const EffectKind *kind)
{
    return kind->counts[RUN_AFTER] > most_of(kind);
}

static Str times_text(EffectWalk *walk, Str text, size_t count)
{
    return count == 1 ? text
                      : str_format(&walk->arena, "%zu times %.*s", count,
                                   (int)(text.len < 400 ? text.len : 400), text.ptr);
}

/* Another call of B that stands in for one that is lost: the same with another body, or with some other words. */
static EffectKind *replacement_find(EffectWalk *walk, const EffectKind *lost, bool same_text)
{
    for (size_t i = 0; i < walk->kinds.count; i++) {
        EffectKind *kind = &walk->kinds.items[i];
        if (!is_extra(kind) || most_of(kind)) continue;
        if (same_text ? str_equal(kind->call->kind, lost->call->kind) && same_words(lost, &kind->words)
                      : is_alike(lost, kind->call, &kind->words))
            return kind;
    }
    return NULL;
}

static void add_lost(EffectWalk *walk, EffectKind *lost)
{
    Arena *arena = &walk->arena;
    Str text = kind_text(walk, lost);
    EffectKind *other = replacement_find(walk, lost, true);
    bool same_text = other != NULL;
    if (!other) other = replacement_find(walk, lost, false);
    if (!other) {
        size_t made = lost->counts[RUN_AFTER];
        differences_add(walk->differences, str_join(arena, kind_name(lost), STR(" lost"), STR("")),
                        times_text(walk, text, least_of(lost)),
                        made ? str_format(arena, "%zu times", made) : not_done(lost));
        return;
    }
    other->counts[RUN_AFTER] = 0;
    differences_add(
        walk->differences,
        same_text ? body_name(walk, lost) : str_join(arena, kind_name(lost), STR(" changed"), STR("")),
        same_text ? str_format(arena, "hash %016llx", (unsigned long long)lost->call->body_hash) : text,
        same_text ? str_format(arena, "hash %016llx", (unsigned long long)other->call->body_hash)
                  : kind_text(walk, other));
}

static void add_extra(EffectWalk *walk, const EffectKind *extra)
{
    size_t most = most_of(extra);
    differences_add(walk->differences, str_join(&walk->arena, STR("extra "), kind_name(extra), STR("")),
                    most ? str_format(&walk->arena, "%zu times", most) : not_done(extra),
                    times_text(walk, kind_text(walk, extra), extra->counts[RUN_AFTER]));
}

static void add_counts(EffectWalk *walk)
{
    for (size_t i = 0; i < walk->kinds.count; i++)
        if (is_lost(&walk->kinds.items[i])) add_lost(walk, &walk->kinds.items[i]);
    for (size_t i = 0; i < walk->kinds.count; i++)
        if (is_extra(&walk->kinds.items[i])) add_extra(walk, &walk->kinds.items[i]);
}

static size_t first_apart(const EffectWalk *walk, size_t left, size_t right)
{
    for (size_t i = 0; i < walk->runs[left].count; i++)
        if (walk->kind_of[left][i] != walk->kind_of[right][i]) return i;
    return SIZE_MAX;
}

/* The same calls, one after the other: only compared where there are as many. */
static void add_order(EffectWalk *walk)
{
    const Effects *runs = walk->runs;
    if (runs[RUN_BEFORE].count != runs[RUN_AGAIN].count || runs[RUN_BEFORE].count != runs[RUN_AFTER].count)
        return;
    size_t apart = first_apart(walk, RUN_BEFORE, RUN_AFTER);
    if (first_apart(walk, RUN_BEFORE, RUN_AGAIN) != SIZE_MAX || apart == SIZE_MAX) return;
    const EffectKind *before = &walk->kinds.items[walk->kind_of[RUN_BEFORE][apart]];
    const EffectKind *after = &walk->kinds.items[walk->kind_of[RUN_AFTER][apart]];
    differences_add(walk->differences,
                    str_format(&walk->arena, "order of %s %zu",
                               str_equal(kind_name(before), STR("sql")) ? "statement" : "call", apart + 1),
                    kind_text(walk, before), kind_text(walk, after));
}

/* --- the three runs --- */

static void walk_init(EffectWalk *walk)
{
    arena_init(&walk->arena);
    for (size_t run = 0; run < RUNS; run++) {
        walk->kind_of[run] = arena_array(&walk->arena, walk->runs[run].count, sizeof(size_t));
        for (size_t i = 0; i < walk->runs[run].count; i++)
            walk->kind_of[run][i] = SIZE_MAX;
    }
}

void effects_compare(Differences *differences, Effects before, Effects again, Effects after, bool any_order)
{
    EffectWalk walk = {.differences = differences, .runs = {before, again, after}};
    walk_init(&walk);
    count_calls(&walk, RUN_BEFORE, true);
    count_calls(&walk, RUN_AGAIN, false);
    mask_open(&walk);
    count_calls(&walk, RUN_AGAIN, true);
    merge_kinds(&walk);
    count_calls(&walk, RUN_AFTER, true);
    list_masks(&walk);
    size_t known = differences_count(differences);
    add_counts(&walk);
    if (!any_order && differences_count(differences) == known) add_order(&walk);
    vec_free(&walk.kinds);
    arena_free(&walk.arena);
}
