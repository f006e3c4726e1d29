#include "program/sequence.h"

#include "base/identifier.h"
#include "base/limits.h"
#include "base/banned.h"

/* The members that may still get company. */
typedef struct Run {
    const Unit *unit;
    Sequences *found;
    size_t first; /* of its members */
    Uses uses;    /* of its members, and of what stands between them */
    unsigned depth;
} Run;

static const Node *node_of(const Run *run, NodeId id)
{
    return unit_node(run->unit, id);
}

static void scan_inside(Run *run, NodeId statement);

/* What is entered and has no company is looked into. */
static void end_run(Run *run)
{
    size_t count = run->found->members.count - run->first;
    const Member *only = count == 1 ? &run->found->members.items[run->first] : NULL;
    NodeId entered = only && only->entered ? only->statement : 0;
    if (count >= 2)
        vec_add(&run->found->sequences, ((Sequence){run->first, count}));
    else
        run->found->members.count = run->first;
    run->first = run->found->members.count;
    run->uses.list.count = 0;
    if (entered) scan_inside(run, entered);
}

/* --- dependence --- */

static bool same_text(const Run *run, NodeId left, NodeId right)
{
    return str_equal(unit_text(run->unit, left), unit_text(run->unit, right));
}

/* The use reads or replaces what the run has written. */
static bool meets(const Run *run, const Use *use, const Use *written)
{
    bool wrote = written->kind == USE_WRITE || written->kind == USE_ADD;
    if (wrote) return use->name == written->name && use->name && use->kind != USE_STORE;
    if (written->kind != USE_STORE) return false;
    if (use->kind == USE_ATTRIBUTE || use->kind == USE_STORE) return same_text(run, use->node, written->node);
    bool item = node_of(run, written->node)->kind == EXPR_SUBSCRIPT;
    return item && use->name && use->name == written->name;
}

/* What is read around an await is read when it is done: `return user, await load()`. Whether there is an await at all is
 * decided before. */
static bool is_needed(const Run *run, const Uses *uses, const Use *use)
{
    if (use->kind != USE_READ && use->kind != USE_ATTRIBUTE) return true;
    bool any = false;
    for (size_t i = 0; i < uses->list.count; i++) {
        const Use *await = &uses->list.items[i];
        if (await->kind != USE_AWAIT) continue;
        Span in = node_of(run, use->node)->span, out = node_of(run, await->node)->span;
        if (await->conditional || (out.start <= in.start && in.end <= out.end)) return true;
        any = true;
    }
    return !any;
}

static bool depends(const Run *run, const Uses *uses)
{
    for (size_t i = 0; i < uses->list.count; i++) {
        if (!is_needed(run, uses, &uses->list.items[i])) continue;
        for (size_t k = 0; k < run->uses.list.count; k++)
            if (meets(run, &uses->list.items[i], &run->uses.list.items[k])) return true;
    }
    return false;
}

/* A name that the run has read gets another value: it could not be given it before the run. */
static bool overwrites(const Run *run, const Uses *uses)
{
    for (size_t i = 0; i < uses->list.count; i++)
        if (uses->list.items[i].kind == USE_WRITE && uses_has(&run->uses, USE_READ, uses->list.items[i].name))
            return true;
    return false;
}

static void keep_uses(Run *run, const Uses *uses)
{
    for (size_t i = 0; i < uses->list.count; i++)
        vec_add(&run->uses.list, uses->list.items[i]);
}

/* --- members --- */

static bool is_local_target(const Run *run, NodeId target)
{
    const Node *node = node_of(run, target);
    if (node->kind == EXPR_SUBSCRIPT) return node_of(run, node->first)->kind == EXPR_NAME;
    if (node->kind != EXPR_TUPLE && node->kind != EXPR_LIST) return node->kind == EXPR_NAME;
    for (NodeId at = node->first; at; at = node_of(run, at)->next)
        if (node_of(run, at)->kind != EXPR_NAME) return false;
    return true;
}

static bool is_bound(const Run *run, NodeId statement)
{
    const Node *node = node_of(run, statement);
    if (node->kind == STMT_RETURN) return true;
    if (node->kind == STMT_ANNOTATED) return is_local_target(run, node->first);
    if (node->kind != STMT_ASSIGN) return false;
    for (NodeId at = node->first; at; at = node_of(run, at)->next)
        if (!is_local_target(run, at)) return false;
    return true;
}

/* `self.user = …`, but not `page["user"] = …` of a local name. */
static bool stores_outside(const Run *run, const Use *use)
{
    if (use->kind != USE_STORE) return false;
    return node_of(run, use->node)->kind != EXPR_SUBSCRIPT || !is_local_target(run, use->node);
}

static void add_members(Run *run, NodeId statement, const Uses *uses)
{
    Member member = {.statement = statement, .bound = is_bound(run, statement)};
    for (size_t i = 0; i < uses->list.count; i++)
        member.stored = member.stored || stores_outside(run, &uses->list.items[i]);
    for (size_t i = 0; i < uses->list.count; i++) {
        if (uses->list.items[i].kind != USE_AWAIT) continue;
        member.await = uses->list.items[i].node;
        member.conditional = uses->list.items[i].conditional;
        vec_add(&run->found->members, member);
    }
}

/* `async with session.get(url) as reply: body = await reply.json()`: one thing as a whole. */
static bool takes_with(Run *run, NodeId statement, Uses *uses)
{
    NodeId target = node_of(run, node_of(run, statement)->first)->second;
    Name entered = node_of(run, target)->name;
    size_t kept = 0;
    bool bound = false;
    for (size_t i = 0; i < uses->list.count; i++) {
        Use use = uses->list.items[i];
        if (use.kind == USE_STORE || use.kind == USE_EACH || use.kind == USE_ADD) return false;
        bound = bound || (use.kind == USE_WRITE && use.name != entered);
        if (use.name != entered || !use.name) uses->list.items[kept++] = use;
    }
    uses->list.count = kept;
    return bound && !uses->leaves;
}

static void add_entered(Run *run, NodeId statement)
{
    NodeId context = node_of(run, node_of(run, statement)->first)->first;
    vec_add(&run->found->members,
            ((Member){.statement = statement, .await = context, .bound = true, .entered = true}));
}

static bool is_simple(NodeKind kind)
{
    return kind == STMT_EXPRESSION || kind == STMT_ASSIGN || kind == STMT_ANNOTATED || kind == STMT_RETURN;
}

/* --- what may stand between --- */

static bool is_logging(const Run *run, NodeId statement)
{
    static const char *const words[] = {"log", "logger", "logging", NULL};
    const Node *call = node_of(run, node_of(run, statement)->first);
    if (call->kind != EXPR_CALL || node_of(run, call->first)->kind != EXPR_ATTRIBUTE) return false;
    return identifier_has_word(unit_text(run->unit, node_of(run, call->first)->first), words);
}

static bool may_stand_between(const Run *run, NodeId statement, const Uses *uses)
{
    NodeKind kind = node_of(run, statement)->kind;
    if (kind == STMT_PASS) return true;
    if (kind == STMT_EXPRESSION)
        return node_of(run, node_of(run, statement)->first)->kind == EXPR_STRING ||
               is_logging(run, statement);
    bool assigns = kind == STMT_ASSIGN || kind == STMT_ANNOTATED;
    return assigns && !uses_count(uses, USE_STORE);
}

/* --- blocks --- */

static void scan_block(Run *run, NodeId first);

/* Code that one task at a time is to run, or that belongs together. */
static bool is_held(const Run *run, NodeId statement)
{
    static const char *const stems[] = {"lock",      "mutex",    "semaphore", "sem",   "limit",
                                        "throttle",  "transact", "atomic",    "begin", "writer",
                                        "savepoint", "rate",     "pipeline",  NULL};
    for (NodeId item = node_of(run, statement)->first; item; item = node_of(run, item)->next) {
        NodeId context = node_of(run, item)->first;
        if (node_of(run, context)->kind == EXPR_CALL) context = node_of(run, context)->first;
        if (identifier_has_stem(unit_text(run->unit, context), stems)) return true;
    }
    return false;
}

/* `async with f() as name:`, and not to keep others out. */
static bool enters_one(const Run *run, NodeId statement)
{
    const Node *node = node_of(run, statement), *item = node_of(run, node->first);
    if (!(node->flags & FLAG_ASYNC) || !node->first || item->next || is_held(run, statement)) return false;
    return node_of(run, item->first)->kind == EXPR_CALL && node_of(run, item->second)->kind == EXPR_NAME;
}

static void scan_handlers(Run *run, NodeId first)
{
    for (NodeId at = first; at; at = node_of(run, at)->next)
        scan_block(run, node_of(run, at)->second);
}

static void scan_cases(Run *run, NodeId first)
{
    for (NodeId at = first; at; at = node_of(run, at)->next)
        scan_block(run, node_of(run, at)->third);
}

static void scan_inside(Run *run, NodeId statement)
{
    const Node node = *node_of(run, statement);
    if (node.kind == STMT_IF || node.kind == STMT_WHILE) {
        scan_block(run, node.second);
        scan_block(run, node.third);
    } else if (node.kind == STMT_FOR) {
        Repetition repetition;
        if (repetition_find(run->unit, statement, &repetition)) vec_add(&run->found->repetitions, repetition);
        scan_block(run, node.third);
        scan_block(run, node.fourth);
    } else if (node.kind == STMT_WITH && !is_held(run, statement)) {
        scan_block(run, node.second);
    } else if (node.kind == STMT_MATCH) {
        scan_cases(run, node.second);
    } else if (node.kind == STMT_TRY) {
        scan_block(run, node.first);
        scan_handlers(run, node.second);
        scan_block(run, node.third);
        scan_block(run, node.fourth);
    }
}

static void note_comprehensions(Run *run, const Uses *uses)
{
    Repetition repetition;
    for (size_t i = 0; i < uses->list.count; i++)
        if (uses->list.items[i].kind == USE_EACH &&
            repetition_find(run->unit, uses->list.items[i].node, &repetition))
            vec_add(&run->found->repetitions, repetition);
}

/* The statement goes on with the run: true. */
static bool goes_on(Run *run, NodeId statement, Uses *uses)
{
    bool awaits = uses_count(uses, USE_AWAIT), each = uses_count(uses, USE_EACH);
    NodeKind kind = node_of(run, statement)->kind;
    if (uses->damaged || each) return false;
    if (!awaits)
        return may_stand_between(run, statement, uses) && !depends(run, uses) && !overwrites(run, uses);
    bool whole = kind == STMT_WITH && takes_with(run, statement, uses);
    if (!whole && (!is_simple(kind) || uses->nests)) return false;
    if (uses->leaves && kind != STMT_RETURN) return false;
    if (depends(run, uses)) end_run(run);
    if (whole)
        add_entered(run, statement);
    else
        add_members(run, statement, uses);
    return true;
}

/* Members are compared with each other. */
static bool is_long(const Run *run)
{
    size_t count = run->found->members.count - run->first;
    return count >= LIMIT_SEQUENCE || run->uses.list.count >= LIMIT_REPETITION;
}

static void scan_statement(Run *run, NodeId statement)
{
    NodeKind kind = node_of(run, statement)->kind;
    Uses uses;
    uses_init(&uses, run->unit);
    bool enters = kind == STMT_WITH && enters_one(run, statement);
    if (is_simple(kind) || enters || kind == STMT_AUGMENTED) uses_add_statement(&uses, statement);
    if (is_simple(kind) || kind == STMT_AUGMENTED) note_comprehensions(run, &uses);
    bool looked_at = is_simple(kind) || enters || kind == STMT_PASS;
    if (looked_at && goes_on(run, statement, &uses)) {
        if (uses_count(&uses, USE_AWAIT)) keep_uses(run, &uses);
        if (kind == STMT_RETURN || is_long(run)) end_run(run);
    } else {
        end_run(run);
        scan_inside(run, statement);
    }
    uses_free(&uses);
}

static void scan_block(Run *run, NodeId first)
{
    if (run->depth >= LIMIT_NESTING) return;
    run->depth++;
    end_run(run);
    for (NodeId at = first; at; at = node_of(run, at)->next)
        scan_statement(run, at);
    end_run(run);
    run->depth--;
}

void sequences_find(const Unit *unit, NodeId function, Sequences *found)
{
    Run run = {.unit = unit, .found = found};
    *found = (Sequences){0};
    uses_init(&run.uses, unit);
    if (unit_node(unit, function)->kind == STMT_FUNCTION && !(unit_node(unit, function)->flags & FLAG_UNREAD))
        scan_block(&run, unit_node(unit, function)->second);
    uses_free(&run.uses);
}

void sequences_free(Sequences *found)
{
    vec_free(&found->members);
    vec_free(&found->sequences);
    vec_free(&found->repetitions);
}
