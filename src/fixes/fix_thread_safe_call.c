/* What another thread wants of a loop is handed to the loop: `loop.call_soon_threadsafe(queue.put_nowait, x)`. It happens a
 * moment later: unsafe. */
#include "fixes/loop_name.h"
#include "fixes/shape.h"
#include "fixes/wrap_call.h"
#include "base/banned.h"

static bool is_loops_own(const Observation *call)
{
    return str_starts(call->path, STR("asyncio.AbstractEventLoop."));
}

/* The loop as it is written there: the receiver, or a name that reaches it. */
static Str loop_of(const Draft *draft, const Observation *call, const Node *callee)
{
    if (is_loops_own(call) && callee->kind == EXPR_ATTRIBUTE) return draft_text(draft, callee->first);
    return loop_name(draft->program, draft_function(draft));
}

static bool has_keywords(const Draft *draft, const Node *call)
{
    for (NodeId at = call->second; at; at = draft_node(draft, at)->next)
        if (draft_node(draft, at)->kind == ARG_KEYWORD) return true;
    return false;
}

static bool is_whole_statement(const Draft *draft)
{
    const Node *statement = draft_node(draft, draft->subject->statement);
    return statement->kind == STMT_EXPRESSION && statement->first == draft->subject->node;
}

static const char *obstacle(const Draft *draft, const Observation *call, const Node *node)
{
    if (!draft_function(draft) || call->node != draft->subject->node || node->kind != EXPR_CALL)
        return "the way leads through a nested function";
    if (!is_whole_statement(draft)) return "what the call gives is used";
    if (has_keywords(draft, node)) return "it is given arguments by name";
    return loop_of(draft, call, draft_node(draft, node->first)).len ? NULL
                                                                    : "no name of the loop is known there";
}

/* `create_task(c)` ▸ `asyncio.run_coroutine_threadsafe(c, loop)` */
static void run_threadsafe(Draft *draft, const Node *call, Str loop)
{
    const Node *argument = draft_node(draft, call->second);
    if (!call->second || argument->next || argument->kind != EXPR_CALL) {
        draft_refuse(draft, "what it runs is not known");
        return;
    }
    Str name = draft_name(draft, STR("asyncio"), STR("run_coroutine_threadsafe"));
    draft_replace(draft, draft->unit, draft_node(draft, call->first)->span, name);
    draft_insert(draft, draft->unit, argument->span.end, draft_format(draft, ", %.*s", DRAFT_STR(loop)));
    draft_title(draft, "Use `run_coroutine_threadsafe`");
}

static void call_soon(Draft *draft, const Observation *call, const Node *node, Str loop)
{
    const Node *callee = draft_node(draft, node->first);
    draft_title(draft, "Hand the call to the loop");
    if (str_equal(call->path, STR("asyncio.AbstractEventLoop.call_soon")) && callee->kind == EXPR_ATTRIBUTE)
        draft_insert(draft, draft->unit, callee->span.end, STR("_threadsafe"));
    else
        wrap_call(draft, draft->unit, draft->subject->node,
                  draft_format(draft, "%.*s.call_soon_threadsafe(", DRAFT_STR(loop)), STR(""));
}

static void propose(Draft *draft)
{
    const Observation *call = draft->subject->observation;
    if (draft->subject->kind != SUBJECT_OBSERVATION || !call || call->kind != OBSERVED_CALL) return;
    if (!(call->traits & TRAIT_BIT(TRAIT_LOOP_BOUND))) return;
    const Node *node = draft_node(draft, draft->subject->node);
    const char *reason = obstacle(draft, call, node);
    if (reason) {
        draft_refuse(draft, "%s", reason);
        return;
    }
    Str loop = loop_of(draft, call, draft_node(draft, node->first));
    if (call->traits & TRAIT_BIT(TRAIT_MAKES_TASK))
        run_threadsafe(draft, node, loop);
    else
        call_soon(draft, call, node, loop);
    draft_at_most(draft, APPLICABILITY_UNSAFE);
    draft_note(draft, "the loop does it a moment later");
}

const FixShape fix_thread_safe_call = {.name = "thread-safe-call", .rank = RANK_MISUSE, .propose = propose};
