/* Awaits what a loop inside the running one was to run: `asyncio.run(f())` → `await f()`. The call raised before: unsafe. */
#include "fixes/nested_run.h"
#include "fixes/shape.h"
#include "base/banned.h"

static bool catches_runtime_error(const Unit *unit, const Node *try)
{
    for (NodeId at = try->second; at; at = unit_node(unit, at)->next) {
        NodeId types = unit_node(unit, at)->first;
        if (types && str_find(unit_text(unit, types), STR("RuntimeError")) != SIZE_MAX) return true;
    }
    return false;
}

/* The code knows that a loop may be running. */
static bool is_expected(const Around *around)
{
    for (uint32_t i = 0; i < around->count; i++) {
        const Node *node = unit_node(around->unit, around->nodes[i]);
        if (node->kind == STMT_TRY && catches_runtime_error(around->unit, node)) return true;
    }
    return false;
}

static void propose(Draft *draft)
{
    const Subject *subject = draft->subject;
    if (subject->kind != SUBJECT_STALL || subject->reach->next || !nested_run_fits(&subject->sink->rule))
        return;
    Around around;
    if (subject->node != subject->sink->node) {
        draft_refuse(draft, "the way leads through a nested function");
    } else if (draft_may_await(draft, subject->node, &around)) {
        if (is_expected(&around)) draft_refuse(draft, "the RuntimeError of a running loop is caught there");
        nested_run_write(draft, draft->unit, subject->node, around_binds_tighter(&around));
        draft_at_most(draft, APPLICABILITY_UNSAFE);
        draft_title(draft, "Await what the loop was to run");
    }
}

const FixShape fix_nested_run = {.name = "nested-run", .rank = RANK_MISUSE, .propose = propose};
