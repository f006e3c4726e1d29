#include "program/flow.h"

#include "base/limits.h"
#include "program/loops.h"
#include "program/operators.h"
#include "program/outcomes.h"
#include "base/banned.h"

typedef bool (*StatementWalk)(Flow *flow, NodeId id);

static Arena *arena_of(const Flow *flow)
{
    return flow->arena;
}

/* Calls of a module's own statements are looked at again when other modules may be asked. */
static void wait_for_others(const Flow *flow, NodeId expression, bool statement)
{
    if (!flow->defining || !expression) return;
    NodeKind kind = flow_node(flow, expression)->kind;
    if (kind == EXPR_CALL || kind == EXPR_AWAIT)
        vec_add(&flow->unit->pending, ((Pending){expression, flow->frame, 0, statement}));
}

static bool walk_operand(Flow *flow, NodeId id)
{
    NodeId operand = flow_node(flow, id)->first;
    flow_note_use(flow, operand, flow_expression(flow, operand), OUTCOME_NONE);
    wait_for_others(flow, operand, true);
    return false;
}

/* Types with arguments wait too: those may stand further down. */
static bool is_settled(const Value *value)
{
    if (!value || value->open_ended) return false;
    for (uint32_t i = 0; i < value->count; i++) {
        const Item *item = &value->items[i];
        bool type = item->kind == ITEM_PATH || item->kind == ITEM_CLASS;
        if (item->kind == ITEM_RESULT || (type && item->part_count)) return false;
    }
    return true;
}

static const Value *lazy_value(const Flow *flow, NodeId made_by)
{
    return value_of(arena_of(flow), (Item){.kind = ITEM_LAZY,
                                           .made_by = made_by,
                                           .unit = flow->unit,
                                           .closure = flow->frame,
                                           .confidence = CONFIDENCE_CERTAIN});
}

/* A module's value that other modules decide is worked out when somebody asks. */
static const Value *for_later(Flow *flow, NodeId expression, const Value *value)
{
    wait_for_others(flow, expression, false);
    return !flow->defining || !expression || is_settled(value) ? value : lazy_value(flow, expression);
}

static bool walk_operands(Flow *flow, NodeId id)
{
    flow_list(flow, flow_node(flow, id)->first);
    return false;
}

/* `global config` … `config = load()`: what is kept for good was not there before. */
static bool is_kept_in_global(const Flow *flow, NodeId id)
{
    const Node *target = flow_node(flow, flow_node(flow, id)->first);
    return flow->frame->kind == FRAME_FUNCTION && target->kind == EXPR_NAME &&
           map_find(&flow->frame->outer, target->name) == 1;
}

static bool walk_assign(Flow *flow, NodeId id)
{
    NodeId value_id = flow_node(flow, id)->second;
    bool kept = is_kept_in_global(flow, id);
    flow->guard_depth += kept;
    const Value *value = for_later(flow, value_id, flow_expression(flow, value_id));
    flow->guard_depth -= kept;
    flow_note_assigned(flow, id, value);
    for (NodeId target = flow_node(flow, id)->first; target; target = flow_node(flow, target)->next)
        flow_assign(flow, target, value);
    return false;
}

/* `{}`, `[]`: what it will hold is what the annotation says. */
static bool is_empty_container(const Value *value)
{
    const Item *item = value && value->count == 1 ? &value->items[0] : NULL;
    bool container = item && (item->kind == ITEM_DICT || item->kind == ITEM_LIST);
    return container && !item->inner && !item->part_count;
}

static bool walk_annotated(Flow *flow, NodeId id)
{
    NodeId value_id = flow_node(flow, id)->third, target = flow_node(flow, id)->first;
    const Value *value = flow_expression(flow, value_id);
    const Value *declared = flow_annotation(flow, flow_node(flow, id)->second);
    bool known =
        value && !value->open_ended && !value_find(value, ITEM_LITERAL) && !value_find(value, ITEM_RESULT);
    known = known && !(declared && is_empty_container(value));
    /* A declaration without a value tells what the name holds: in a class always, elsewhere when it is set later. */
    if (!declared && !known) {
        value = for_later(flow, value_id, value);
        if (flow->defining && flow->frame->kind == FRAME_CLASS) value = lazy_value(flow, id);
    }
    if (value_id || flow->frame->kind == FRAME_CLASS || declared)
        flow_assign(flow, target, known || !declared ? value : declared);
    return false;
}

static bool walk_augmented(Flow *flow, NodeId id)
{
    NodeId target = flow_node(flow, id)->first;
    const Value *added = flow_expression(flow, flow_node(flow, id)->second);
    const Value *value = flow_expression(flow, target);
    const Value *result = flow_in_place(flow, id, value, added);
    if (flow_node(flow, target)->kind == EXPR_NAME)
        flow_assign(flow, target, result ? result : value);
    else
        flow_write_back(flow, target, result);
    return false;
}

static bool walk_return(Flow *flow, NodeId id)
{
    NodeId value_id = flow_node(flow, id)->first;
    /* Whoever is given a generator expression runs it. */
    const Value *value = flow_node(flow, value_id)->kind == EXPR_GENERATOR
                             ? flow_comprehension(flow, value_id)
                             : flow_expression(flow, value_id);
    bool generator =
        flow->function != ID_NONE && unit_function_info(flow->unit, flow->function)->is_generator;
    if (generator) return true;
    flow_note_use(flow, value_id, value, OUTCOME_RETURN);
    flow->result = flow->result_given ? value_join(arena_of(flow), flow->result, value) : value;
    flow->result_given = true;
    return true;
}

static bool walk_raise(Flow *flow, NodeId id)
{
    flow_expression(flow, flow_node(flow, id)->first);
    flow_expression(flow, flow_node(flow, id)->second);
    return true;
}

static bool walk_assert(Flow *flow, NodeId id)
{
    flow_condition(flow, flow_node(flow, id)->first);
    flow_expression(flow, flow_node(flow, id)->second);
    flow_narrow(flow, flow_node(flow, id)->first, true);
    return false;
}

static bool walk_delete(Flow *flow, NodeId id)
{
    for (NodeId at = flow_node(flow, id)->first; at; at = flow_node(flow, at)->next)
        flow_delete(flow, at);
    return false;
}

static bool walk_jump(Flow *flow, NodeId id)
{
    (void)flow;
    (void)id;
    return true;
}

/* --- once-only work: `if self.client is None: self.client = connect()` --- */

static NodeId tested_for_none(const Flow *flow, NodeId test)
{
    const Node *node = flow_node(flow, test);
    /* `if worker is None or not worker.is_alive():` */
    if (node->kind == EXPR_BOOLEAN && node->name && str_equal(name_str(node->name), STR("or")))
        node = flow_node(flow, node->first);
    if (node->kind == EXPR_UNARY && node->name && str_equal(name_str(node->name), STR("not")))
        return node->first;
    if (node->kind != EXPR_COMPARE || !node->name) return 0;
    NodeId left = node->first, right = left ? flow_node(flow, left)->next : 0;
    bool none = right && flow_node(flow, right)->kind == EXPR_NOTHING;
    bool same = str_equal(name_str(node->name), STR("is")) || str_equal(name_str(node->name), STR("=="));
    bool missing = str_equal(name_str(node->name), STR("not in"));
    return (same && none) || missing ? left : 0;
}

static bool outlives_call(Flow *flow, NodeId id)
{
    const Node *node = flow_node(flow, id);
    if (node->kind == EXPR_ATTRIBUTE) return true;
    return node->kind == EXPR_NAME && map_find(&flow->frame->outer, node->name) == 1;
}

static bool block_assigns(Flow *flow, NodeId first, Str text)
{
    for (NodeId id = first; id; id = flow_node(flow, id)->next) {
        NodeKind kind = flow_node(flow, id)->kind;
        if (kind == STMT_WITH && block_assigns(flow, flow_node(flow, id)->second, text)) return true;
        if (kind == STMT_TRY && block_assigns(flow, flow_node(flow, id)->first, text)) return true;
        if (kind == STMT_IF && block_assigns(flow, flow_node(flow, id)->second, text)) return true;
        if (kind != STMT_ASSIGN && kind != STMT_ANNOTATED) continue;
        NodeId target = flow_node(flow, id)->first;
        if (str_equal(unit_text(flow->unit, target), text)) return true;
    }
    return false;
}

/* `if key not in cls.made: cls.made[key] = make(key)`: once a key, in a table that outlives all objects. */
static bool is_once_a_key(Flow *flow, NodeId test, NodeId body)
{
    const Node *node = flow_node(flow, test);
    bool missing = node->kind == EXPR_COMPARE && node->name && str_equal(name_str(node->name), STR("not in"));
    NodeId container = missing && node->first ? flow_node(flow, node->first)->next : 0;
    if (!container || !str_starts(unit_text(flow->unit, container), STR("cls."))) return false;
    Str item = str_join(flow->arena, unit_text(flow->unit, container), STR("["),
                        str_join(flow->arena, unit_text(flow->unit, node->first), STR("]"), (Str){"", 0}));
    return block_assigns(flow, body, item);
}

static bool is_once_only(Flow *flow, NodeId test, NodeId body)
{
    if (is_once_a_key(flow, test, body)) return true;
    NodeId tested = tested_for_none(flow, test);
    return tested && outlives_call(flow, tested) && block_assigns(flow, body, unit_text(flow->unit, tested));
}

/* `if TYPE_CHECKING:` never runs; in a function there is nothing to learn from it. */
static bool is_for_type_checkers(const Value *tested)
{
    const Item *path = value_find(tested, ITEM_PATH);
    return path && str_equal(path->path, STR("typing.TYPE_CHECKING"));
}

/* `if False:`, `if 0:`, `if None:`, `if False and ready():` */
static bool is_never(const Flow *flow, NodeId test)
{
    const Node *node = flow_node(flow, test);
    if (node->kind == EXPR_BOOLEAN && node->name && str_equal(name_str(node->name), STR("and")))
        node = flow_node(flow, node->first);
    if (node->kind == EXPR_FALSE || node->kind == EXPR_NOTHING) return true;
    return node->kind == EXPR_NUMBER && str_equal(name_str(node->name), STR("0"));
}

/* `if True:`, `if 1:`: what else there is, and what follows a `return` in it, never runs. */
static bool is_always(const Flow *flow, NodeId test)
{
    const Node *node = flow_node(flow, test);
    if (node->kind == EXPR_TRUE) return true;
    return node->kind == EXPR_NUMBER && str_equal(name_str(node->name), STR("1"));
}

/* A block that may not run. */
static bool flow_branch(Flow *flow, NodeId first)
{
    NodeId around = flow->branch;
    if (first) flow->branch = first;
    bool ends = flow_block(flow, first);
    flow->branch = around;
    return ends;
}

static Delta walk_then(Flow *flow, NodeId test, NodeId first)
{
    uint32_t mark = frame_mark(flow->frame);
    Guard guard = {test, true, flow->guards};
    flow->guards = &guard;
    bool ends = !flow_narrow(flow, test, true) || flow_branch(flow, first);
    flow->guards = guard.outer;
    Delta delta = frame_take(flow->frame, mark);
    delta.ends = ends;
    return delta;
}

static Delta walk_else(Flow *flow, NodeId test, NodeId first)
{
    uint32_t mark = frame_mark(flow->frame);
    Guard guard = {test, false, flow->guards};
    flow->guards = &guard;
    bool ends = !flow_narrow(flow, test, false) || flow_branch(flow, first);
    flow->guards = guard.outer;
    Delta delta = frame_take(flow->frame, mark);
    delta.ends = ends;
    return delta;
}

/* `if not future.done(): return`: what follows knows that it is done. */
static void add_guard(Flow *flow, NodeId test)
{
    Guard *guard = arena_alloc(flow->arena, sizeof *guard);
    *guard = (Guard){test, false, flow->guards};
    flow->guards = guard;
}

static bool walk_if(Flow *flow, NodeId id)
{
    NodeId test = flow_node(flow, id)->first, then = flow_node(flow, id)->second;
    NodeId other = flow_node(flow, id)->third;
    const Value *tested = flow_condition(flow, test);
    bool skips = flow->frame->kind == FRAME_FUNCTION && is_for_type_checkers(tested);
    if (skips || is_never(flow, test)) return flow_block(flow, other);
    if (is_always(flow, test)) return flow_block(flow, then);
    bool once = is_once_only(flow, test, then);
    flow->guard_depth += once;
    Delta branches[2];
    branches[0] = walk_then(flow, test, then);
    flow->guard_depth -= once;
    branches[1] = walk_else(flow, test, other);
    frame_join(flow->frame, branches, 2);
    if (branches[0].ends && !other) add_guard(flow, test);
    return branches[0].ends && branches[1].ends;
}

/* Something that was bound before the loop may be something else when the body starts again. */
static bool carries_over(Flow *flow, const Delta *delta)
{
    for (uint32_t i = 0; i < delta->count; i++) {
        const FrameSlot *before = &flow->frame->slots[delta->changes[i].slot];
        const Value *after = delta->changes[i].before.value;
        if (before->bound && value_join(arena_of(flow), before->value, after) != before->value) return true;
    }
    return false;
}

/* Loops in loops multiply their passes: deeper ones take one. */
static bool may_repeat(Flow *flow)
{
    if (flow->loop_depth <= LIMIT_LOOP_PASSES) return true;
    if (!flow->silent) flow_program(flow)->counters.limits_reached++;
    return false;
}

/* A loop's body is walked again when what its end assigns can reach its start. */
static void walk_repeated(Flow *flow, NodeId body, NodeId test, NodeId target, const Value *held)
{
    flow->loop_depth++;
    for (bool again = true, first = true; again; first = false) {
        uint32_t mark = frame_mark(flow->frame);
        flow_condition(flow, test);
        if (test) flow_narrow(flow, test, true);
        flow_assign(flow, target, held);
        flow_block(flow, body);
        Delta branches[2] = {{0}, frame_take(flow->frame, mark)};
        again = first && carries_over(flow, &branches[1]) && may_repeat(flow);
        frame_join(flow->frame, branches, 2);
    }
    flow->loop_depth--;
}

static bool walk_while(Flow *flow, NodeId id)
{
    NodeId test = flow_node(flow, id)->first, body = flow_node(flow, id)->second;
    NodeId other = flow_node(flow, id)->third;
    LoopAround around = {id, flow->loops};
    uint32_t counted = loops_enter_while(flow, id);
    flow->loops = &around;
    walk_repeated(flow, body, test, 0, NULL);
    flow->loops = around.outer;
    flow->counted_loop = counted;
    busy_find(flow, id);
    flow_block(flow, other);
    return false;
}

static bool walk_for(Flow *flow, NodeId id)
{
    bool is_async = flow_node(flow, id)->flags & FLAG_ASYNC;
    NodeId target = flow_node(flow, id)->first, iterable = flow_node(flow, id)->second;
    NodeId body = flow_node(flow, id)->third, other = flow_node(flow, id)->fourth;
    const Value *value = flow_expression(flow, iterable);
    const Value *held = is_async
                            ? value_from_outside(arena_of(flow), flow_iterate_async(flow, iterable, value))
                            : flow_iterate(flow, iterable, value);
    bool walks = flow_walks_files(flow, value);
    flow->walk_depth += walks;
    LoopAround around = {id, flow->loops};
    uint32_t counted = loops_enter_for(flow, id);
    flow->loops = &around;
    walk_repeated(flow, body, 0, target, held);
    flow->loops = around.outer;
    flow->counted_loop = counted;
    flow->walk_depth -= walks;
    flow_block(flow, other);
    return false;
}

enum { TRY_HANDLERS = 30 };

/* A handler may start after any part of the body: names it assigned may hold the old or the new value. */
static bool walk_try(Flow *flow, NodeId id)
{
    NodeId body = flow_node(flow, id)->first, handlers = flow_node(flow, id)->second;
    NodeId other = flow_node(flow, id)->third, finally = flow_node(flow, id)->fourth;
    Delta ends[TRY_HANDLERS + 2];
    size_t count = 0;
    uint32_t mark = frame_mark(flow->frame);
    bool body_ends = flow_block(flow, body);
    bool main_ends = flow_block(flow, other) || body_ends;
    ends[count] = frame_take(flow->frame, mark);
    ends[count++].ends = main_ends;
    Delta interrupted[2] = {{0}, ends[0]};
    interrupted[1].ends = false;
    for (NodeId at = handlers; at && count < TRY_HANDLERS; at = flow_node(flow, at)->next) {
        mark = frame_mark(flow->frame);
        frame_join(flow->frame, interrupted, 2);
        flow_expression(flow, flow_node(flow, at)->first);
        if (flow_node(flow, at)->name) frame_assign(flow->frame, flow_node(flow, at)->name, NULL);
        flow->handler_depth++;
        bool handler_ends = flow_branch(flow, flow_node(flow, at)->second);
        flow->handler_depth--;
        ends[count] = frame_take(flow->frame, mark);
        ends[count++].ends = handler_ends;
    }
    frame_join(flow->frame, ends, count);
    bool all_end = true;
    for (size_t i = 0; i < count; i++)
        all_end = all_end && ends[i].ends;
    return flow_block(flow, finally) || all_end;
}

static bool walk_with(Flow *flow, NodeId id)
{
    bool is_async = flow_node(flow, id)->flags & FLAG_ASYNC;
    NodeId body = flow_node(flow, id)->second;
    size_t before = flow->instance ? flow->instance->steps.count : 0;
    for (NodeId item = flow_node(flow, id)->first; item; item = flow_node(flow, item)->next) {
        NodeId context = flow_node(flow, item)->first;
        const Value *value = is_async && flow_node(flow, context)->kind == EXPR_CALL
                                 ? flow_call(flow, context, true)
                                 : flow_expression(flow, context);
        if (is_async) flow_note_held(flow, context, value);
        const Value *bound = flow_enter(flow, context, value, is_async);
        flow_assign(flow, flow_node(flow, item)->second, bound);
    }
    bool ends = flow_block(flow, body);
    flow_weigh_exit(flow, id, before);
    return ends;
}

enum { MATCH_CASES = 62 };

/* `case Context(search=found):` binds what the attribute of such an object holds. */
static const Value *captured(Flow *flow, NodeId name, const Value *subject)
{
    NodeId keyword = flow_node(flow, name)->first;
    if (flow_node(flow, name)->flags & FLAG_SUBJECT) return subject;
    if (!keyword) return NULL;
    Name attribute = flow_node(flow, keyword)->name;
    const Value *classes = flow_settled(flow, flow_expression(flow, flow_node(flow, keyword)->first));
    return flow_attribute(flow, 0, flow_object_of(flow, classes), attribute);
}

/* The case's pattern matched: what its names and the subject's name are. */
static void take_case(Flow *flow, NodeId subject, NodeId at, const Value *value)
{
    NodeId classes = flow_node(flow, at)->fourth;
    if (classes) flow_narrow_to(flow, subject, classes);
    if (classes && flow_node(flow, subject)->kind == EXPR_NAME) value = flow_expression(flow, subject);
    for (NodeId name = flow_node(flow, at)->first; name; name = flow_node(flow, name)->next)
        flow_assign(flow, name, captured(flow, name, value));
}

static bool walk_match(Flow *flow, NodeId id)
{
    NodeId subject = flow_node(flow, id)->first;
    const Value *value = flow_expression(flow, subject);
    Delta ends[MATCH_CASES + 2] = {{0}};
    size_t count = 1; /* no case may match */
    for (NodeId at = flow_node(flow, id)->second; at; at = flow_node(flow, at)->next) {
        uint32_t mark = frame_mark(flow->frame);
        take_case(flow, subject, at, value);
        flow_condition(flow, flow_node(flow, at)->second);
        bool case_ends = flow_branch(flow, flow_node(flow, at)->third);
        size_t slot = count <= MATCH_CASES ? count++ : MATCH_CASES + 1;
        ends[slot] = frame_take(flow->frame, mark);
        ends[slot].ends = case_ends;
    }
    frame_join(flow->frame, ends, count);
    return false;
}

static bool walk_import(Flow *flow, NodeId id)
{
    flow_import(flow, id);
    return false;
}

static bool walk_outer(Flow *flow, NodeId id)
{
    uint32_t which = flow_node(flow, id)->kind == STMT_GLOBAL ? 1 : 2;
    for (NodeId at = flow_node(flow, id)->first; at; at = flow_node(flow, at)->next)
        map_put(&flow->frame->outer, flow_node(flow, at)->name, which);
    return false;
}

static bool walk_function(Flow *flow, NodeId id)
{
    const Value *function = flow_define_function(flow, id);
    frame_assign(flow->frame, flow_node(flow, id)->name, function);
    return false;
}

static bool walk_class(Flow *flow, NodeId id)
{
    const Value *class = flow_define_class(flow, id);
    frame_assign(flow->frame, flow_node(flow, id)->name, class);
    return false;
}

static const StatementWalk walks[NODE_KIND_COUNT] = {
    [STMT_EXPRESSION] = walk_operand,
    [STMT_ASSIGN] = walk_assign,
    [STMT_ANNOTATED] = walk_annotated,
    [STMT_AUGMENTED] = walk_augmented,
    [STMT_RETURN] = walk_return,
    [STMT_RAISE] = walk_raise,
    [STMT_ASSERT] = walk_assert,
    [STMT_DELETE] = walk_delete,
    [STMT_PRINT] = walk_operands,
    [STMT_EXEC] = walk_operands,
    [STMT_IF] = walk_if,
    [STMT_WHILE] = walk_while,
    [STMT_FOR] = walk_for,
    [STMT_TRY] = walk_try,
    [STMT_WITH] = walk_with,
    [STMT_MATCH] = walk_match,
    [STMT_IMPORT] = walk_import,
    [STMT_IMPORT_FROM] = walk_import,
    [STMT_GLOBAL] = walk_outer,
    [STMT_NONLOCAL] = walk_outer,
    [STMT_FUNCTION] = walk_function,
    [STMT_CLASS] = walk_class,
    [STMT_BREAK] = walk_jump,
    [STMT_CONTINUE] = walk_jump,
};

/* `break` and `continue` end a block, but what they leave behind still reaches the end of the loop. */
static bool leaves_function(const Flow *flow, NodeId id)
{
    NodeKind kind = flow_node(flow, id)->kind;
    return kind != STMT_BREAK && kind != STMT_CONTINUE;
}

bool flow_block(Flow *flow, NodeId first)
{
    if (first && flow->depth >= LIMIT_NESTING) {
        flow_program(flow)->counters.limits_reached++;
        return false;
    }
    bool ends = false;
    const Guard *guards = flow->guards;
    flow->depth++;
    for (NodeId id = first; id; id = flow_node(flow, id)->next) {
        StatementWalk walk = walks[flow_node(flow, id)->kind];
        if (!walk) continue;
        NodeId statement = flow->statement;
        if (!flow->report) flow->statement = id;
        bool leaves = walk(flow, id) && leaves_function(flow, id);
        flow->statement = statement;
        if (leaves) {
            ends = true;
            break; /* what follows is never reached */
        }
    }
    flow->depth--;
    flow->guards = guards;
    return ends;
}
