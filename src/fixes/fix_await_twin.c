/* The asynchronous form of the same call: `await asyncio.sleep(x)` for `time.sleep(x)`. */
#include "fixes/shape.h"
#include "base/banned.h"

static void propose(Draft *draft)
{
    const Subject *subject = draft->subject;
    if (subject->kind != SUBJECT_STALL || subject->reach->next) return;
    const Rule *rule = &subject->sink->rule;
    if (!str_equal(rule->replacement, STR("asyncio.sleep"))) return;
    const Node *call = draft_node(draft, subject->node);
    Around around;
    if (call->kind != EXPR_CALL || !draft_may_await(draft, subject->node, &around)) return;
    Str name = draft_name(draft, STR("asyncio"), STR("sleep"));
    bool bracket = around_binds_tighter(&around);
    Span callee = draft_node(draft, call->first)->span;
    draft_replace(draft, draft->unit, callee,
                  draft_format(draft, "%sawait %.*s", bracket ? "(" : "", DRAFT_STR(name)));
    if (bracket) draft_insert(draft, draft->unit, call->span.end, STR(")"));
    draft_title(draft, "Await `%.*s`", DRAFT_STR(name));
}

const FixShape fix_await_twin = {.name = "await-twin", .rank = RANK_TWIN, .propose = propose};
