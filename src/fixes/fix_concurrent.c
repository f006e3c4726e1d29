/* Awaits that stand one after the other and need nothing of each other, started together. */
#include "fixes/together.h"

#include "fixes/gathering.h"
#include "fixes/passage.h"
#include "fixes/shape.h"
#include "base/banned.h"

/* --- what may be moved --- */

static void check_parts(Together *together)
{
    for (size_t i = 0; i < together->count; i++) {
        const Part *part = &together->parts[i];
        const Node *node = draft_node(together->draft, part->value);
        if (part->member->entered)
            draft_refuse(together->draft, "one of them is entered with `async with`");
        else if (part->member->conditional)
            draft_refuse(together->draft, "one of them is awaited in some cases only");
        else if (node->kind != EXPR_CALL && node->kind != EXPR_NAME)
            draft_refuse(together->draft, "what is awaited is no call");
        else if (passage_comment_between(together->draft->unit,
                                         draft_node(together->draft, part->await)->span, node->span))
            draft_refuse(together->draft, "a comment stands between `await` and the call");
    }
}

/* Receiver and arguments of a call that starts before the ones ahead of it are done. */
static const char *call_forbids(const Together *together, const Influence *earlier, NodeId value)
{
    const Draft *draft = together->draft;
    const Node *node = draft_node(draft, value);
    if (node->kind != EXPR_CALL) return influence_forbids(earlier, draft, value);
    const char *reason = influence_forbids(earlier, draft, node->first);
    for (NodeId at = node->second; at && !reason; at = draft_node(draft, at)->next)
        reason = influence_forbids(earlier, draft, at);
    return reason;
}

/* Whether the call that is next may start before those of the influence are done. */
static void check_part(Together *together, size_t i)
{
    Influence own;
    influence_init(&own);
    influence_add(&own, together->draft, together->parts[i].await);
    Name name = i ? influence_meets(&together->influence, &own) : NULL;
    const char *reason = i ? call_forbids(together, &together->influence, together->parts[i].value) : NULL;
    if (name)
        draft_refuse(together->draft, "one of them sets what another one uses");
    else if (reason)
        draft_refuse(together->draft, "%s", reason);
    else if (own.unknown)
        draft_refuse(together->draft, "too much is called to tell whether they share something");
    influence_free(&own);
    influence_add(&together->influence, together->draft, together->parts[i].await);
}

/* --- what is done with the results --- */

static bool holds_part(const Together *together, NodeId id, bool all, NodeId statement)
{
    Span span = draft_node(together->draft, id)->span;
    bool any = false;
    for (size_t i = 0; i < together->count; i++) {
        if (together->parts[i].statement != statement) continue;
        bool holds = span_holds(span, draft_node(together->draft, together->parts[i].await)->span);
        if (all && !holds) return false;
        any = any || holds;
    }
    return any;
}

typedef struct Rest {
    const Together *together;
    NodeId statement;
    unsigned depth;
} Rest;

static const char *rest_forbids(Rest *rest, NodeId id);

static const char *rest_forbids_links(Rest *rest, const Node *node)
{
    NodeId links[] = {node->first, node->second, node->third, node->fourth};
    const char *reason = NULL;
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        for (NodeId at = links[i]; at && !reason; at = draft_node(rest->together->draft, at)->next)
            reason = rest_forbids(rest, at);
    return reason;
}

/* A call around results may stay where all of the awaits are done before it anyway. */
static const char *rest_forbids_around(Rest *rest, NodeId id, const Node *node)
{
    const Together *together = rest->together;
    bool last = rest->statement == together->parts[together->count - 1].statement;
    switch ((NodeKind)node->kind) {
    case EXPR_CALL:
        if (!last || !holds_part(together, id, true, rest->statement))
            return "what is done with one result would come after the next call";
        return rest_forbids_links(rest, node);
    case EXPR_BOOLEAN:
    case EXPR_CONDITIONAL:
        return "one of them is awaited in some cases only";
    case EXPR_LAMBDA:
    case EXPR_NAMED:
    case EXPR_LIST_COMPREHENSION:
    case EXPR_SET_COMPREHENSION:
    case EXPR_DICT_COMPREHENSION:
    case EXPR_GENERATOR:
        return "its statement does more than to keep the results";
    default:
        return rest_forbids_links(rest, node);
    }
}

/* What stands beside the awaits of a statement is evaluated after all of them. */
static const char *rest_forbids(Rest *rest, NodeId id)
{
    const Together *together = rest->together;
    const Node *node = draft_node(together->draft, id);
    if (node->kind == EXPR_AWAIT)
        return holds_part(together, id, false, rest->statement) ? NULL : "another await stands beside them";
    if (rest->depth >= LIMIT_FIX_NESTING) return "nested too deep";
    if (!holds_part(together, id, false, rest->statement))
        return influence_forbids(&together->influence, together->draft, id);
    rest->depth++;
    const char *reason = rest_forbids_around(rest, id, node);
    rest->depth--;
    return reason;
}

static NodeId kept_value(const Node *statement)
{
    switch (statement->kind) {
    case STMT_ASSIGN:
        return statement->second;
    case STMT_ANNOTATED:
        return statement->third;
    default:
        return statement->first;
    }
}

/* `page[key()] = …` */
static const char *targets_forbid(const Together *together, NodeId first)
{
    const char *reason = NULL;
    for (NodeId at = first; at && !reason; at = draft_node(together->draft, at)->next) {
        const Node *node = draft_node(together->draft, at);
        if (node->kind == EXPR_SUBSCRIPT)
            reason = influence_forbids(NULL, together->draft, node->second);
        else if (node->kind == EXPR_ATTRIBUTE)
            reason = "a result goes to an attribute";
    }
    return reason;
}

static void check_statement(Together *together, NodeId statement)
{
    const Node *node = draft_node(together->draft, statement);
    Rest rest = {together, statement, 0};
    const char *reason = rest_forbids(&rest, kept_value(node));
    bool assigns = node->kind == STMT_ASSIGN || node->kind == STMT_ANNOTATED;
    if (!reason && assigns) reason = targets_forbid(together, node->first);
    if (reason) draft_refuse(together->draft, "%s", reason);
}

/* --- what stands between --- */

static bool is_member(const Together *together, NodeId statement)
{
    for (size_t i = 0; i < together->count; i++)
        if (together->parts[i].statement == statement) return true;
    return false;
}

/* `limit = 10` can as well come before all of them. */
static void check_between(Together *together, NodeId statement)
{
    const Node *node = draft_node(together->draft, statement);
    bool assigns = node->kind == STMT_ASSIGN || node->kind == STMT_ANNOTATED;
    const Node *target = draft_node(together->draft, node->first);
    if (!assigns || target->kind != EXPR_NAME || target->next ||
        influence_forbids(&together->influence, together->draft, kept_value(node)))
        draft_refuse(together->draft, "something stands between them that keeps its place");
    together->between = true;
}

/* From the first to the last statement, which stand in one block. */
static void check_block(Together *together)
{
    NodeId first = together->parts[0].statement, last = together->parts[together->count - 1].statement;
    for (NodeId at = first;; at = draft_node(together->draft, at)->next) {
        if (!at) draft_refuse(together->draft, "they stand in different blocks");
        if (draft_is_refused(together->draft)) return;
        if (!passage_owns_lines(together->draft->unit, draft_node(together->draft, at)->span))
            draft_refuse(together->draft, "a statement shares its line with another one");
        if (is_member(together, at))
            check_statement(together, at);
        else
            check_between(together, at);
        if (at == last) return;
    }
}

/* --- the whole --- */

static void add_names(const Draft *draft, Uses *uses, Str *names)
{
    for (size_t i = 0; i < uses->list.count; i++) {
        const Use *use = &uses->list.items[i];
        if ((use->kind == USE_WRITE || use->kind == USE_STORE) && use->name)
            *names = str_join(draft->arena, *names, STR(","), name_str(use->name));
    }
}

/* The names that hold something when the last await fails. */
static Str names_left(const Together *together)
{
    Str names = STR("");
    NodeId last = together->parts[together->count - 1].statement;
    for (size_t i = 0; i < together->count && together->parts[i].statement != last; i++) {
        Uses uses;
        uses_init(&uses, together->draft->unit);
        uses_add_statement(&uses, together->parts[i].statement);
        add_names(together->draft, &uses, &names);
        uses_free(&uses);
    }
    return names;
}

static void check(Together *together, Around *around)
{
    Draft *draft = together->draft;
    if (!gathering_has_loop(draft) || !draft_may_await(draft, together->parts[0].await, around)) return;
    check_parts(together);
    for (size_t i = 0; i < together->count && !draft_is_refused(draft); i++)
        check_part(together, i);
    if (!draft_is_refused(draft)) check_block(together);
    if (!draft_is_refused(draft)) gathering_may_fail(draft, around, names_left(together));
}

static void propose(Draft *draft)
{
    if (draft->subject->kind != SUBJECT_SEQUENCE || draft->subject->member_count < 2) return;
    if (draft->subject->member_count > LIMIT_SEQUENCE || draft->subject->function == ID_NONE) return;
    Together together = {.draft = draft};
    Around around;
    together_init(&together);
    together_say(&together);
    if (draft->report->cheap) {
        draft_note(draft, "it is not proven that this gains, or that none of them needs another one");
        draft_display(draft);
    } else {
        check(&together, &around);
        if (!draft_is_refused(draft)) together_write(&together, &around);
    }
    together_free(&together);
}

const FixShape fix_concurrent = {.name = "concurrent", .rank = RANK_CONCURRENT, .propose = propose};
