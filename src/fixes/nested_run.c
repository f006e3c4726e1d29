#include "fixes/nested_run.h"

#include "fixes/passage.h"
#include "fixes/names.h"
#include "base/banned.h"

bool nested_run_fits(const Rule *rule)
{
    return rule->effect == EFFECT_LOOP_MISUSE &&
           (str_equal(rule->path, STR("asyncio.run")) || str_equal(rule->path, STR("asyncio.Runner.run")) ||
            str_equal(rule->path, STR("asyncio.AbstractEventLoop.run_until_complete")));
}

/* What binds tighter than `await` needs no brackets behind it. */
static bool is_primary(const Node *node)
{
    return node->kind == EXPR_NAME || node->kind == EXPR_CALL || node->kind == EXPR_ATTRIBUTE ||
           node->kind == EXPR_SUBSCRIPT;
}

static bool is_module(const Unit *unit, Name name)
{
    const FrameSlot *slot = frame_slot(unit->module, name);
    return slot && value_find(slot->value, ITEM_PATH);
}

/* A task or a future may belong to the loop that was to run it, and to no other. */
static bool is_bound_to_loop(const Unit *unit, const Node *call)
{
    const Node *callee = unit_node(unit, call->first), *argument = unit_node(unit, call->second);
    if (callee->kind != EXPR_ATTRIBUTE) return false;
    const Node *receiver = unit_node(unit, callee->first);
    if (receiver->kind == EXPR_NAME && is_module(unit, receiver->name)) return false;
    Str loop = unit_text(unit, callee->first);
    return argument->kind != EXPR_CALL || name_occurs(unit_text(unit, call->second), loop);
}

static const char *obstacle(const Unit *unit, const Node *call)
{
    if (call->kind != EXPR_CALL || !call->second) return "what it runs is not known";
    const Node *argument = unit_node(unit, call->second);
    if (argument->next || argument->kind == ARG_KEYWORD || argument->kind == EXPR_STARRED)
        return "it is given more than what it runs";
    if (is_bound_to_loop(unit, call)) return "what it runs may belong to another loop";
    return passage_comment_between(unit, call->span, argument->span) ? "a comment stands in the call" : NULL;
}

void nested_run_write(Draft *draft, const Unit *unit, NodeId call, bool bracket)
{
    const Node *node = unit_node(unit, call);
    const char *reason = obstacle(unit, node);
    if (reason) {
        draft_refuse(draft, "%s", reason);
        return;
    }
    const Node *argument = unit_node(unit, node->second);
    bool inner = !is_primary(argument);
    draft_replace(draft, unit, (Span){node->span.start, argument->span.start},
                  draft_format(draft, "%sawait %s", bracket ? "(" : "", inner ? "(" : ""));
    draft_replace(draft, unit, (Span){argument->span.end, node->span.end},
                  draft_format(draft, "%s%s", inner ? ")" : "", bracket ? ")" : ""));
}
