/* Another library, which has a form for coroutines: what becomes what is said by the tables (rules/swaps). */
#include "fixes/shape.h"
#include "fixes/swap.h"
#include "base/banned.h"

static bool opens_client(const Swap *swap)
{
    return swap->row.form == SWAP_CLIENT || swap->row.form == SWAP_CLIENT_HELD;
}

static void swap_init(Swap *swap)
{
    Draft *draft = swap->draft;
    if (opens_client(swap)) swap_client_name(swap);
    draft_package(draft, swap->row.package);
    draft_title(draft, "Use `%.*s` instead of `%.*s`", DRAFT_STR(swap->row.library),
                DRAFT_STR(swap->row.path));
    draft_at_most(draft, APPLICABILITY_UNSAFE);
    swap_note(swap, swap->row.note);
}

static void write(Swap *swap)
{
    Draft *draft = swap->draft;
    if (!draft_may_await(draft, swap->root, &swap->around)) return;
    swap_init(swap);
    swap_root(swap);
    if (!swap_stopped(swap)) swap_handlers(swap);
    if (!swap_stopped(swap) && opens_client(swap)) swap_client(swap);
}

static bool is_direct(const Draft *draft)
{
    const Subject *subject = draft->subject;
    return subject->kind == SUBJECT_STALL && subject->instance && subject->sink && subject->reach &&
           !subject->reach->next && draft_function(draft) && subject->sink->function == subject->function;
}

static void propose(Draft *draft)
{
    if (!is_direct(draft)) return;
    Swap swap = {.draft = draft};
    if (swap_find(&swap)) write(&swap);
    if (draft->applicability == APPLICABILITY_DISPLAY) draft_display(draft);
    vec_free(&swap.client_texts);
    vec_free(&swap.uses);
}

const FixShape fix_library_swap = {.name = "library-swap", .rank = RANK_LIBRARY_SWAP, .propose = propose};
