/* Awaits a coroutine that was only made: `f()` → `await f()`. What it does was never done before: unsafe. */
#include "fixes/shape.h"
#include "base/banned.h"

static void propose(Draft *draft)
{
    const Observation *made = draft->subject->observation;
    if (draft->subject->kind != SUBJECT_OBSERVATION || !made || made->kind != OBSERVED_COROUTINE) return;
    Around around;
    if (!draft_may_await(draft, draft->subject->node, &around)) return;
    Span span = draft_node(draft, draft->subject->node)->span;
    bool bracket = around_binds_tighter(&around);
    draft_insert(draft, draft->unit, span.start, bracket ? STR("(await ") : STR("await "));
    if (bracket) draft_insert(draft, draft->unit, span.end, STR(")"));
    draft_at_most(draft, APPLICABILITY_UNSAFE);
    draft_title(draft, "Await the coroutine");
    draft_note(draft, "it runs there, before what follows");
}

const FixShape fix_await_coroutine = {.name = "await-coroutine", .rank = RANK_MISUSE, .propose = propose};
