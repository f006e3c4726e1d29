#include "fixes/bounded.h"

#include "fixes/gathering.h"
#include "fixes/passage.h"
#include "base/banned.h"

static const Node *node_of(const Bounded *bounded, NodeId id)
{
    return unit_node(bounded->unit, id);
}

/* --- names --- */

static bool put_name(Bounded *bounded, Name name)
{
    for (size_t i = 0; i < bounded->own_count; i++)
        if (bounded->own[i] == name) return true;
    if (!name || bounded->own_count >= BOUNDED_NAMES) return false;
    bounded->own[bounded->own_count++] = name;
    return true;
}

/* `key`, `number, (key, page)` */
static bool put_targets(Bounded *bounded, NodeId target, unsigned depth)
{
    const Node *node = node_of(bounded, target);
    if (node->kind == EXPR_NAME) return put_name(bounded, node->name);
    if ((node->kind != EXPR_TUPLE && node->kind != EXPR_LIST) || depth >= BOUNDED_NAMES) return false;
    for (NodeId at = node->first; at; at = node_of(bounded, at)->next)
        if (!put_targets(bounded, at, depth + 1)) return false;
    return true;
}

static bool put_head(Bounded *bounded)
{
    for (NodeId at = bounded->head; at && at != bounded->holder; at = node_of(bounded, at)->next) {
        const Node *node = node_of(bounded, at);
        bool assigns = node->kind == STMT_ASSIGN || (node->kind == STMT_ANNOTATED && node->third);
        NodeId target = assigns ? node->first : 0;
        if (!assigns || (node->kind == STMT_ASSIGN && node_of(bounded, target)->next) ||
            !put_targets(bounded, target, 0))
            return false;
    }
    return true;
}

/* --- where a name is read --- */

static bool binds(const Bounded *bounded, NodeId target, Name name)
{
    return gathering_uses_name(bounded->unit, node_of(bounded, target)->span, name_str(name));
}

/* A loop or a comprehension gives the name a value before anything in it reads it. */
static bool is_bound_again(const Bounded *bounded, Span place, Name name)
{
    for (size_t id = 1; id < facts_node_count(bounded->unit->facts); id++) {
        const Node *node = node_of(bounded, (NodeId)id);
        bool loop =
            node->kind == STMT_FOR || (node->kind >= EXPR_LIST_COMPREHENSION && node->kind <= EXPR_GENERATOR);
        if (!loop || !span_holds(node->span, place) || span_holds(node->span, bounded->loop)) continue;
        if (node->kind == STMT_FOR && !span_holds(node_of(bounded, node->second)->span, place) &&
            binds(bounded, node->first, name))
            return true;
        for (NodeId at = node->kind == STMT_FOR ? 0 : node->second; at; at = node_of(bounded, at)->next)
            if (node_of(bounded, at)->kind == CLAUSE_FOR && binds(bounded, node_of(bounded, at)->first, name))
                return true;
    }
    return false;
}

static bool is_repeated(const Bounded *bounded)
{
    for (uint32_t i = 0; i + 1 < bounded->around.count; i++) {
        NodeKind kind = node_of(bounded, bounded->around.nodes[i])->kind;
        if (kind == STMT_FOR || kind == STMT_WHILE) return true;
    }
    return false;
}

enum { MOST_READS = 200 };

static bool is_read_outside(const Bounded *bounded, Name name)
{
    Span function = node_of(bounded, draft_function(bounded->draft)->node)->span;
    bool repeated = is_repeated(bounded);
    unsigned reads = 0;
    for (size_t id = 1; id < facts_node_count(bounded->unit->facts); id++) {
        const Node *node = node_of(bounded, (NodeId)id);
        if (node->kind != EXPR_NAME || node->name != name) continue;
        if (!span_holds(function, node->span) || span_holds(bounded->loop, node->span)) continue;
        if (node->span.start < bounded->loop.start && !repeated) continue;
        if (++reads > MOST_READS || !is_bound_again(bounded, node->span, name)) return true;
    }
    return false;
}

bool bounded_needs(const Bounded *bounded, Name name)
{
    if (bounded->comprehension) return false;
    Span holder = node_of(bounded, bounded->holder)->span, await = node_of(bounded, bounded->await)->span;
    Span before = {holder.start, await.start}, behind = {await.end, bounded->loop.end};
    return gathering_uses_name(bounded->unit, before, name_str(name)) ||
           gathering_uses_name(bounded->unit, behind, name_str(name)) || is_read_outside(bounded, name);
}

/* --- the body --- */

/* `found.append(x)`: found, when x is the value. */
static Name appended(const Bounded *bounded, NodeId statement, NodeId *value)
{
    const Node *node = node_of(bounded, statement), *call = node_of(bounded, node->first);
    const Node *callee = node_of(bounded, call->first), *list = node_of(bounded, callee->first);
    *value = call->second;
    if (node->kind != STMT_EXPRESSION || call->kind != EXPR_CALL || callee->kind != EXPR_ATTRIBUTE)
        return NULL;
    bool append = str_equal(name_str(callee->name), STR("append")) && list->kind == EXPR_NAME;
    return append && call->second && !node_of(bounded, call->second)->next ? list->name : NULL;
}

/* The whole body is `found.append(await f())`, or `page = await f()` and `found.append(page)`. */
static Name collector_of(const Bounded *bounded)
{
    const Node *holder = node_of(bounded, bounded->holder);
    NodeId value;
    if (!holder->next) {
        Name list = appended(bounded, bounded->holder, &value);
        return value == bounded->await ? list : NULL;
    }
    const Node *target = node_of(bounded, holder->first);
    Name list = appended(bounded, holder->next, &value);
    const Node *read = node_of(bounded, value);
    bool same =
        bounded->direct && target->kind == EXPR_NAME && read->kind == EXPR_NAME && read->name == target->name;
    bool last = !node_of(bounded, holder->next)->next;
    return same && last && !is_read_outside(bounded, target->name) ? list : NULL;
}

static Name collector_if_unneeded(const Bounded *bounded)
{
    for (size_t i = 0; i < bounded->own_count; i++)
        if (is_read_outside(bounded, bounded->own[i])) return NULL;
    return collector_of(bounded);
}

/* `found = []` or `found: list[int] = []`, right above. */
static bool is_new_list(const Bounded *bounded, NodeId statement)
{
    const Node *node = node_of(bounded, statement), *target = node_of(bounded, node->first);
    if (node->kind != STMT_ASSIGN && node->kind != STMT_ANNOTATED) return false;
    const Node *value = node_of(bounded, node->kind == STMT_ASSIGN ? node->second : node->third);
    return target->kind == EXPR_NAME && target->name == bounded->collector && !target->next &&
           value->kind == EXPR_LIST && !value->first && passage_owns_lines(bounded->unit, node->span);
}

static NodeId list_above(const Bounded *bounded)
{
    for (size_t id = 1; id < facts_node_count(bounded->unit->facts); id++)
        if (node_of(bounded, (NodeId)id)->next == bounded->repetition->loop)
            return is_new_list(bounded, (NodeId)id) ? (NodeId)id : 0;
    return 0;
}

/* The function gives the name lists only: what has `append` need not have `extend`. */
static bool is_list(const Bounded *bounded, Name name)
{
    const Node *function = node_of(bounded, draft_function(bounded->draft)->node);
    bool any = false;
    for (size_t id = 1; id < facts_node_count(bounded->unit->facts); id++) {
        const Node *node = node_of(bounded, (NodeId)id);
        bool assigns = node->kind == STMT_ASSIGN || node->kind == STMT_ANNOTATED;
        bool inside = span_holds(function->span, node->span);
        if (inside && node->kind == PARAMETER && node->name == name) return false;
        if (!inside || !assigns || !binds(bounded, node->first, name)) continue;
        NodeKind value = node_of(bounded, node->kind == STMT_ASSIGN ? node->second : node->third)->kind;
        if (node_of(bounded, node->first)->kind != EXPR_NAME) continue;
        if (value != EXPR_LIST && value != EXPR_LIST_COMPREHENSION) return false;
        any = true;
    }
    return any;
}

static NodeId holder_in(const Bounded *bounded, NodeId first)
{
    Span await = node_of(bounded, bounded->await)->span;
    for (NodeId at = first; at; at = node_of(bounded, at)->next)
        if (span_holds(node_of(bounded, at)->span, await)) return at;
    return 0;
}

static const char *holder_forbids(const Node *node)
{
    switch ((NodeKind)node->kind) {
    case STMT_EXPRESSION:
    case STMT_ASSIGN:
    case STMT_ANNOTATED:
    case STMT_AUGMENTED:
        return NULL;
    case STMT_TRY:
        return "an exception is handled for each item";
    case STMT_IF:
    case STMT_MATCH:
        return "it is awaited for some items only";
    default:
        return "it is awaited in a block of the loop";
    }
}

static void take_statement(Bounded *bounded, const Node *loop)
{
    bounded->holder = holder_in(bounded, loop->third);
    bounded->head = loop->third == bounded->holder ? 0 : loop->third;
    const Node *holder = node_of(bounded, bounded->holder);
    const char *reason = holder_forbids(holder);
    bool single = holder->kind == STMT_ASSIGN && !node_of(bounded, holder->first)->next;
    bounded->direct = single && holder->second == bounded->await &&
                      put_targets(&(Bounded){.unit = bounded->unit}, holder->first, 0);
    if (reason)
        draft_refuse(bounded->draft, "%s", reason);
    else if (loop->fourth)
        draft_refuse(bounded->draft, "the loop has an `else`");
    else if (!put_head(bounded))
        draft_refuse(bounded->draft, "more is done for each item before it is awaited");
}

static void take_comprehension(Bounded *bounded)
{
    Around *around = &bounded->around;
    bounded->comprehension = true;
    bounded->holder = around_statement(around);
    NodeKind kind = node_of(bounded, bounded->holder)->kind;
    bool simple = kind == STMT_RETURN || !holder_forbids(node_of(bounded, bounded->holder));
    for (uint32_t i = 0; i + 1 < around->count; i++) {
        NodeKind outer = node_of(bounded, around->nodes[i])->kind;
        simple = simple && !(outer == EXPR_LAMBDA || outer == EXPR_FORMAT ||
                             (outer >= EXPR_LIST_COMPREHENSION && outer <= EXPR_GENERATOR));
    }
    if (!simple)
        draft_refuse(bounded->draft, "the comprehension stands in another expression or the head of a block");
}

bool bounded_init(Bounded *bounded, Draft *draft)
{
    const Repetition *repetition = draft->subject->repetition;
    *bounded = (Bounded){
        .draft = draft, .unit = draft->unit, .repetition = repetition, .await = repetition->awaits[0]};
    influence_init(&bounded->influence);
    const Node *loop = node_of(bounded, repetition->loop), *clause = node_of(bounded, loop->second);
    bounded->loop = loop->span;
    bounded->value = node_of(bounded, bounded->await)->first;
    bool statement = loop->kind == STMT_FOR;
    if (!draft_may_await(draft, repetition->loop, &bounded->around)) return false;
    if (repetition->count != 1 || node_of(bounded, bounded->await)->kind != EXPR_AWAIT)
        draft_refuse(draft, "it is entered with `async with`");
    else if (!put_targets(bounded, statement ? loop->first : clause->first, 0))
        draft_refuse(draft, "what an item is called is more than names");
    bounded->item_count = bounded->own_count;
    if (draft_is_refused(draft)) return false;
    if (statement)
        take_statement(bounded, loop);
    else
        take_comprehension(bounded);
    if (draft_is_refused(draft)) return false;
    influence_add(&bounded->influence, draft, bounded->await);
    if (statement) bounded->collector = collector_if_unneeded(bounded);
    if (bounded->collector && !is_list(bounded, bounded->collector)) bounded->collector = NULL;
    if (bounded->collector) bounded->list = list_above(bounded);
    return true;
}

void bounded_free(Bounded *bounded)
{
    influence_free(&bounded->influence);
}
