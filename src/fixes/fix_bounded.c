/* A loop that awaits item by item, as calls that run together, a few at a time. */
#include "fixes/bounded.h"

#include "fixes/gathering.h"
#include "fixes/names.h"
#include "fixes/passage.h"
#include "fixes/shape.h"
#include "base/banned.h"

static const Node *node_of(const Bounded *bounded, NodeId id)
{
    return draft_node(bounded->draft, id);
}

static bool is_one_of(Name name, const char *const *words)
{
    for (size_t i = 0; name && words[i]; i++)
        if (str_equal(name_str(name), str_from(words[i]))) return true;
    return false;
}

/* --- what is iterated over --- */

/* A function of the project that is no generator: what it gives is there when it is called. */
static bool gives_all_at_once(const Bounded *bounded, NodeId call)
{
    const Draft *draft = bounded->draft;
    for (size_t i = 0; i < draft->unit->on_loop.count; i++) {
        const Instance *instance = draft->unit->on_loop.items[i];
        for (size_t k = 0; instance->function == draft->subject->function && k < instance->steps.count; k++) {
            const Step *step = &instance->steps.items[k];
            if (step->call && step->node == call && step->function == instance->function)
                return !program_function(draft->program, step->call->function)->is_generator;
        }
    }
    return false;
}

static bool is_finite_call(const Bounded *bounded, NodeId id)
{
    static const char *const functions[] = {"range", "enumerate", "zip",   "sorted", "reversed",
                                            "list",  "set",       "tuple", "dict",   NULL};
    static const char *const methods[] = {"items", "keys", "values", "split", "splitlines", "copy", NULL};
    const Node *callee = node_of(bounded, node_of(bounded, id)->first);
    if (callee->kind == EXPR_ATTRIBUTE && is_one_of(callee->name, methods)) return true;
    if (callee->kind == EXPR_NAME && is_one_of(callee->name, functions) &&
        !frame_slot(bounded->unit->module, callee->name))
        return true;
    return gives_all_at_once(bounded, id);
}

/* It is all there when the loop begins: going through it first is no different. */
static bool is_finite(const Bounded *bounded, NodeId id)
{
    const Node *node = node_of(bounded, id);
    switch ((NodeKind)node->kind) {
    case EXPR_NAME:
    case EXPR_ATTRIBUTE:
    case EXPR_SUBSCRIPT:
    case EXPR_TUPLE:
    case EXPR_LIST:
    case EXPR_SET:
    case EXPR_DICT:
    case EXPR_STRING:
    case EXPR_AWAIT:
    case EXPR_BOOLEAN:
    case EXPR_BINARY:
    case EXPR_LIST_COMPREHENSION:
    case EXPR_SET_COMPREHENSION:
    case EXPR_DICT_COMPREHENSION:
        return true;
    case EXPR_CALL:
        return is_finite_call(bounded, id);
    default:
        return false;
    }
}

/* The loop's body adds to what it goes through. */
static bool feeds_itself(const Bounded *bounded)
{
    const Node *loop = node_of(bounded, bounded->repetition->loop);
    if (bounded->comprehension) return false;
    Uses uses;
    uses_init(&uses, bounded->unit);
    uses_add_block(&uses, loop->third);
    Span iterable = node_of(bounded, bounded->repetition->iterable)->span;
    bool feeds = false;
    for (size_t i = 0; i < uses.list.count && !feeds; i++) {
        const Use *use = &uses.list.items[i];
        bool changes = use->kind == USE_WRITE || use->kind == USE_ADD || use->kind == USE_STORE ||
                       use->kind == USE_COLLECT;
        feeds = changes && use->name && gathering_uses_name(bounded->unit, iterable, name_str(use->name));
    }
    uses_free(&uses);
    return feeds;
}

static void check_iterable(Bounded *bounded)
{
    if (!is_finite(bounded, bounded->repetition->iterable))
        draft_refuse(bounded->draft, "what the loop goes through may have no end");
    else if (feeds_itself(bounded))
        draft_refuse(bounded->draft, "the loop changes what it goes through");
}

/* --- what one item does before it waits --- */

static void check_call(Bounded *bounded)
{
    const Node *call = node_of(bounded, bounded->value);
    const char *reason = influence_forbids(&bounded->influence, bounded->draft, call->first);
    for (NodeId at = call->kind == EXPR_CALL ? call->second : 0; at && !reason;
         at = node_of(bounded, at)->next)
        reason = influence_forbids(&bounded->influence, bounded->draft, at);
    if (call->kind != EXPR_CALL)
        draft_refuse(bounded->draft, "what is awaited is no call");
    else if (bounded->influence.unknown)
        draft_refuse(bounded->draft, "too much is called to tell whether they share something");
    else if (bounded->influence.sets.count)
        draft_refuse(bounded->draft, "one of them sets what another one uses");
    else if (reason)
        draft_refuse(bounded->draft, "%s", reason);
}

static void check_head(Bounded *bounded)
{
    for (NodeId at = bounded->head; at && at != bounded->holder; at = node_of(bounded, at)->next) {
        const Node *node = node_of(bounded, at);
        NodeId value = node->kind == STMT_ASSIGN ? node->second : node->third;
        const char *reason = influence_forbids(&bounded->influence, bounded->draft, value);
        if (reason) draft_refuse(bounded->draft, "%s", reason);
    }
}

/* `super()` and `:=` mean something else in a function of their own. */
static void check_moved(Bounded *bounded, Span span)
{
    for (size_t id = 1; id < facts_node_count(bounded->unit->facts); id++) {
        const Node *node = node_of(bounded, (NodeId)id);
        if (!span_holds(span, node->span)) continue;
        bool super = node->kind == EXPR_NAME && str_equal(name_str(node->name), STR("super"));
        if (super || node->kind == EXPR_NAMED || node->kind == EXPR_YIELD)
            draft_refuse(bounded->draft, "what would move into a function means something else there");
    }
}

/* --- what is done with the results --- */

static bool is_collecting(const Bounded *bounded, const Node *statement)
{
    static const char *const words[] = {"append", "extend", "add", "update", "insert", "setdefault", NULL};
    const Node *value = node_of(bounded, statement->first), *callee = node_of(bounded, value->first);
    if (value->kind == EXPR_STRING) return true;
    return value->kind == EXPR_CALL && callee->kind == EXPR_ATTRIBUTE && is_one_of(callee->name, words);
}

static const char *rest_forbids(const Bounded *bounded, const Node *node)
{
    switch ((NodeKind)node->kind) {
    case STMT_EXPRESSION:
        return is_collecting(bounded, node) ? NULL
                                            : "something is done with each result before the next call";
    case STMT_RAISE:
    case STMT_ASSERT:
        return "one result may keep the next call from being made";
    case STMT_DELETE:
    case STMT_FUNCTION:
    case STMT_CLASS:
    case STMT_WITH:
    case STMT_WHILE:
    case STMT_GLOBAL:
    case STMT_NONLOCAL:
    case NODE_DAMAGED:
        return "something is done with each result before the next call";
    case EXPR_NAMED:
        return "something is done with each result before the next call";
    default:
        return NULL;
    }
}

/* From the holder to the end of the body. */
static void check_rest(Bounded *bounded)
{
    Span rest = {node_of(bounded, bounded->holder)->span.start, bounded->loop.end};
    for (size_t id = 1; id < facts_node_count(bounded->unit->facts); id++) {
        const Node *node = node_of(bounded, (NodeId)id);
        const char *reason = span_holds(rest, node->span) ? rest_forbids(bounded, node) : NULL;
        if (reason) draft_refuse(bounded->draft, "%s", reason);
    }
}

/* Nothing decides within the statement whether the await is made. */
static void check_holder(Bounded *bounded, NodeId outer)
{
    Around around;
    if (!around_find(bounded->unit, draft_function(bounded->draft)->node, bounded->await, &around)) {
        draft_refuse(bounded->draft, "its place in the function was not found");
        return;
    }
    for (uint32_t i = around.count - 1; i-- > 0 && around.nodes[i] != outer;) {
        NodeKind kind = node_of(bounded, around.nodes[i])->kind;
        if (kind == EXPR_BOOLEAN || kind == EXPR_CONDITIONAL ||
            (kind >= EXPR_LIST_COMPREHENSION && kind <= EXPR_GENERATOR))
            draft_refuse(bounded->draft, "it is awaited for some items only");
    }
}

/* --- comprehensions --- */

typedef struct Element {
    const Bounded *bounded;
    unsigned depth;
} Element;

/* Beside the await an element has names and what is read off the result; a plain function may get it. */
static const char *element_forbids(Element *element, NodeId id)
{
    const Bounded *bounded = element->bounded;
    const Node *node = node_of(bounded, id);
    if (id == bounded->await) return NULL;
    if (!span_holds(node->span, node_of(bounded, bounded->await)->span))
        return influence_forbids(&bounded->influence, bounded->draft, id);
    const Node *callee = node_of(bounded, node->first);
    bool holds = span_holds(callee->span, node_of(bounded, bounded->await)->span);
    if (node->kind == EXPR_CALL && !holds && callee->kind != EXPR_NAME)
        return "something is done with each result before the next call";
    if (element->depth++ >= LIMIT_FIX_NESTING) return "nested too deep";
    NodeId links[] = {node->first, node->second, node->third, node->fourth};
    const char *reason = NULL;
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        for (NodeId at = links[i]; at && !reason; at = node_of(bounded, at)->next)
            reason = element_forbids(element, at);
    element->depth--;
    return reason;
}

static void check_comprehension(Bounded *bounded)
{
    const Node *node = node_of(bounded, bounded->repetition->loop);
    Element element = {.bounded = bounded};
    const char *reason = element_forbids(&element, node->first);
    for (NodeId at = node_of(bounded, node->second)->next; at && !reason; at = node_of(bounded, at)->next)
        reason = influence_forbids(&bounded->influence, bounded->draft, node_of(bounded, at)->first);
    if (reason) draft_refuse(bounded->draft, "%s", reason);
    check_holder(bounded, bounded->repetition->loop);
    check_moved(bounded, node_of(bounded, node->first)->span);
    if (passage_comment_between(bounded->unit, node->span, node_of(bounded, node->first)->span))
        draft_refuse(bounded->draft, "a comment stands in the comprehension");
    if (node->kind == EXPR_LIST_COMPREHENSION) return;
    Str type = node->kind == EXPR_SET_COMPREHENSION ? STR("set") : STR("dict");
    if (frame_slot(bounded->unit->module, names_intern(bounded->unit->names, type)) ||
        name_is_shadowed(bounded->unit, draft_function(bounded->draft), type))
        draft_refuse(bounded->draft, "the name `%.*s` is taken", DRAFT_STR(type));
}

/* --- the whole --- */

/* The names that hold something of the items before the one that fails. */
static Str names_left(const Bounded *bounded)
{
    Str names = STR("");
    Uses uses;
    uses_init(&uses, bounded->unit);
    if (!bounded->comprehension) uses_add_block(&uses, node_of(bounded, bounded->repetition->loop)->third);
    for (size_t i = 0; i < uses.list.count; i++) {
        const Use *use = &uses.list.items[i];
        if (use->kind != USE_READ && use->kind != USE_ATTRIBUTE && use->name)
            names = str_join(bounded->draft->arena, names, STR(","), name_str(use->name));
    }
    uses_free(&uses);
    return names;
}

static void check_statement(Bounded *bounded)
{
    check_head(bounded);
    check_rest(bounded);
    check_holder(bounded, bounded->holder);
    Span await = node_of(bounded, bounded->await)->span;
    NodeId first = bounded->head ? bounded->head : bounded->await;
    check_moved(bounded, (Span){node_of(bounded, first)->span.start, await.end});
}

static void check(Bounded *bounded)
{
    Draft *draft = bounded->draft;
    uint32_t start =
        bounded->comprehension ? node_of(bounded, bounded->holder)->span.start : bounded->loop.start;
    if (!gathering_has_loop(draft)) return;
    check_iterable(bounded);
    check_call(bounded);
    if (bounded->comprehension)
        check_comprehension(bounded);
    else
        check_statement(bounded);
    if (passage_comment_between(bounded->unit, node_of(bounded, bounded->await)->span,
                                node_of(bounded, bounded->value)->span))
        draft_refuse(draft, "a comment stands between `await` and the call");
    if (!passage_starts_line(bounded->unit, start))
        draft_refuse(draft, "a statement shares its line with another one");
    if (!draft_is_refused(draft)) gathering_may_fail(draft, &bounded->around, names_left(bounded));
}

static void propose(Draft *draft)
{
    const Subject *subject = draft->subject;
    if (subject->kind != SUBJECT_REPETITION || subject->function == ID_NONE) return;
    draft_at_most(draft, APPLICABILITY_UNSAFE);
    draft_title(draft, "Await `%.*s` for several items at a time", DRAFT_STR(subject->name));
    if (draft->report->cheap) {
        draft_note(draft, "it is not proven that this gains, or that the items do not need each other");
        draft_display(draft);
        return;
    }
    draft_note(
        draft,
        "at most 10 calls run at a time; the first exception is raised at once while the others go on, and "
        "all results are there before the first is used");
    Bounded bounded;
    if (bounded_init(&bounded, draft)) check(&bounded);
    if (!draft_is_refused(draft)) bounded_write(&bounded);
    bounded_free(&bounded);
}

const FixShape fix_bounded = {.name = "bounded", .rank = RANK_CONCURRENT, .propose = propose};
