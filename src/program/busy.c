/* Loops that only ask: `while not done: pass`, `while not event.is_set(): await sleep(0.1)`. */
#include "program/loops.h"

#include "program/header.h"
#include "base/banned.h"

enum { TEST_DEPTH = 12 };

static bool has_trait(Flow *flow, NodeId call, Trait trait)
{
    bool silent = flow->silent;
    flow->silent = true;
    const Value *callee = flow_settled(flow, flow_expression(flow, flow_node(flow, call)->first));
    flow->silent = silent;
    if (!callee || !callee->count) return false;
    for (uint32_t i = 0; i < callee->count; i++) {
        const Item *item = &callee->items[i];
        if (item->kind != ITEM_PATH) return false;
        if (!(paths_find(&flow_program(flow)->paths, item->path)->traits & TRAIT_BIT((unsigned)trait)))
            return false;
    }
    return true;
}

static bool only_asks(Flow *flow, NodeId id, unsigned depth);

/* Reading the name runs nothing: no method of a class of the program answers for its truth. */
static bool is_plain(Flow *flow, NodeId id)
{
    bool silent = flow->silent;
    flow->silent = true;
    const Value *value = flow_settled(flow, flow_expression(flow, id));
    flow->silent = silent;
    return !value_find(value, ITEM_OBJECT) && !value_find(value, ITEM_LIST);
}

static bool all_ask(Flow *flow, NodeId first, unsigned depth)
{
    for (NodeId id = first; id; id = flow_node(flow, id)->next)
        if (!only_asks(flow, id, depth)) return false;
    return true;
}

/* Evaluating the expression changes nothing: names, attributes, comparisons, calls that only ask. */
static bool only_asks(Flow *flow, NodeId id, unsigned depth)
{
    const Node *node = flow_node(flow, id);
    if (depth > TEST_DEPTH) return false;
    switch ((NodeKind)node->kind) {
    case EXPR_NAME:
        return is_plain(flow, id);
    case EXPR_NUMBER:
    case EXPR_STRING:
    case EXPR_TRUE:
    case EXPR_FALSE:
    case EXPR_NOTHING:
        return true;
    case EXPR_ATTRIBUTE: {
        NodeKind object = (NodeKind)flow_node(flow, node->first)->kind;
        NodeId object_id = node->first;
        return is_plain(flow, id) && (object == EXPR_NAME || only_asks(flow, object_id, depth + 1));
    }
    case EXPR_UNARY:
        return only_asks(flow, node->first, depth + 1);
    case EXPR_COMPARE:
    case EXPR_BOOLEAN:
        return all_ask(flow, node->first, depth + 1);
    case EXPR_BINARY:
    case EXPR_SUBSCRIPT: {
        NodeId second = node->second;
        return only_asks(flow, node->first, depth + 1) && all_ask(flow, second, depth + 1);
    }
    case EXPR_CALL: {
        NodeId arguments = node->second;
        return has_trait(flow, id, TRAIT_POLLS) && all_ask(flow, arguments, depth + 1);
    }
    default:
        return false;
    }
}

/* `await asyncio.sleep(0.1)` */
static bool is_pause(Flow *flow, NodeId statement)
{
    NodeId value = flow_node(flow, statement)->first;
    if (flow_node(flow, value)->kind != EXPR_AWAIT) return false;
    NodeId call = flow_node(flow, value)->first;
    return flow_node(flow, call)->kind == EXPR_CALL && has_trait(flow, call, TRAIT_PAUSES);
}

static bool is_nothing(const Flow *flow, NodeId id)
{
    const Node *node = flow_node(flow, id);
    if (node->kind == STMT_PASS || node->kind == STMT_CONTINUE) return true;
    if (node->kind != STMT_EXPRESSION) return false;
    NodeKind value = flow_node(flow, node->first)->kind;
    return value == EXPR_ELLIPSIS || value == EXPR_STRING;
}

/* `if done: break` */
static bool is_exit(Flow *flow, NodeId id)
{
    const Node *node = flow_node(flow, id);
    if (node->kind != STMT_IF || node->third) return false;
    NodeId body = node->second;
    const Node *inner = flow_node(flow, body);
    bool leaves = inner->kind == STMT_BREAK || (inner->kind == STMT_RETURN && !inner->first);
    return body && leaves && !inner->next && only_asks(flow, node->first, 0);
}

typedef struct Wait {
    uint32_t pauses, exits;
    bool is_wait;
} Wait;

static Wait look_at_body(Flow *flow, NodeId body)
{
    Wait wait = {.is_wait = body != 0};
    for (NodeId id = body; id && wait.is_wait; id = flow_node(flow, id)->next) {
        if (is_nothing(flow, id)) continue;
        if (is_exit(flow, id))
            wait.exits++;
        else if (flow_node(flow, id)->kind == STMT_EXPRESSION && is_pause(flow, id))
            wait.pauses++;
        else
            wait.is_wait = false;
    }
    return wait;
}

static Str loop_text(Flow *flow, NodeId loop)
{
    Span span = statement_header(flow->unit, loop);
    return name_str(names_intern(flow->unit->names, str_part(flow->unit->source.text, span.start, span.end)));
}

void busy_find(Flow *flow, NodeId loop)
{
    NodeId test = flow_node(flow, loop)->first, body = flow_node(flow, loop)->second;
    if (flow->silent || !flow->instance || !test) return;
    Wait wait = look_at_body(flow, body);
    bool endless = flow_node(flow, test)->kind == EXPR_TRUE;
    if (!wait.is_wait || wait.pauses > 1 || (wait.pauses && endless && !wait.exits)) return;
    if (!only_asks(flow, test, 0)) return;
    Rule rule = {.path = loop_text(flow, loop),
                 .effect = EFFECT_BUSY_WAIT,
                 .weight = wait.pauses ? WEIGHT_CHEAP : WEIGHT_ALWAYS,
                 .gil = GIL_HELD,
                 .severity = wait.pauses ? SEVERITY_LOW : SEVERITY_HIGH};
    flow_record(flow, test, &rule, NULL, CONFIDENCE_CERTAIN);
}
