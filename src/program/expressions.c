#include "program/flow.h"

#include <string.h>

#include "base/limits.h"
#include "program/containers.h"
#include "program/loops.h"
#include "program/operators.h"
#include "program/outcomes.h"
#include "base/banned.h"

typedef const Value *(*ExpressionWalk)(Flow *flow, NodeId id);

void flow_list(Flow *flow, NodeId first)
{
    for (NodeId id = first; id; id = flow_node(flow, id)->next)
        flow_expression(flow, id);
}

/* The scope in which a name that is read here is bound, or NULL: class scopes are seen from inside only. */
static Frame *scope_of(const Flow *flow, Name name)
{
    for (Frame *frame = flow->frame; frame; frame = frame->parent) {
        if (frame->kind == FRAME_CLASS && frame != flow->frame) continue;
        if (map_find(&frame->outer, name) == 1) return frame_slot(frame, name) ? frame : flow->unit->module;
        if (frame_slot(frame, name)) return frame;
    }
    return NULL;
}

static const Value *lookup_star(const Flow *flow, Name name)
{
    const Unit *unit = flow->unit;
    for (size_t i = unit->star_imports.count; i-- > 0;) {
        Str path = str_join(flow->arena, unit->star_imports.items[i], STR("."), name_str(name));
        Rule rule;
        if (catalogue_find(unit->catalogue, path, &rule) || catalogue_has_prefix(unit->catalogue, path) ||
            catalogue_returns(unit->catalogue, path).len)
            return value_path(flow->arena, path, CONFIDENCE_CERTAIN);
    }
    return NULL;
}

const Value *flow_lookup(Flow *flow, Name name)
{
    Frame *frame = scope_of(flow, name);
    if (frame) {
        const FrameSlot *slot = frame_slot(frame, name);
        if (frame != flow->unit->module || flow->defining) return slot ? slot->value : NULL;
        if (slot) return unit_global(flow->unit, name, slot->value);
    }
    const Value *star = lookup_star(flow, name);
    if (star) return star;
    const Value *member = flow->defining ? NULL : unit_member(flow->unit, name, 0);
    if (frame || member) return member;
    return value_path(flow->arena, paths_joined(&flow_program(flow)->paths, STR("builtins"), name),
                      CONFIDENCE_CERTAIN);
}

static const Value *walk_nothing(Flow *flow, NodeId id)
{
    (void)flow;
    (void)id;
    return NULL;
}

static const Value *walk_name(Flow *flow, NodeId id)
{
    const Value *value = flow_lookup(flow, flow_node(flow, id)->name);
    const Item *item = value && value->count == 1 ? &value->items[0] : NULL;
    while (item && item->kind == ITEM_WRAPPED)
        item = item->inner && item->inner->count == 1 ? &item->inner->items[0] : NULL;
    if (item && item->kind == ITEM_FUNCTION) flow_use_function(flow, item);
    return value;
}

static const Value *walk_attribute(Flow *flow, NodeId id)
{
    const Node *node = flow_node(flow, id);
    Name attribute = node->name;
    const Value *object = flow_expression(flow, node->first);
    flow_note_member(flow, id, object);
    const FrameSlot *slot = flow_dotted_slot(flow, id);
    if (slot && slot->value) return slot->value;
    return flow_attribute(flow, id, object, attribute);
}

static const Value *walk_call(Flow *flow, NodeId id)
{
    return flow_call(flow, id, false);
}

/* An object whose class has `__await__` runs it. */
static const Value *awaited(Flow *flow, NodeId id, const Value *value)
{
    const Item *object = value_find(flow_settled(flow, value), ITEM_OBJECT);
    const Value *result = object ? flow_special(flow, id, object, STR("__await__"), false) : NULL;
    if (result) flow_run(flow, id, result, false);
    return value;
}

static const Value *walk_await(Flow *flow, NodeId id)
{
    NodeId inner = flow_node(flow, id)->first;
    flow->await_depth++;
    const Value *value = flow_node(flow, inner)->kind == EXPR_CALL ? flow_call(flow, inner, true)
                                                                   : flow_expression(flow, inner);
    flow->await_depth--;
    flow_run(flow, id, value, true);
    return value_from_outside(flow->arena, awaited(flow, id, value));
}

static const Value *walk_first(Flow *flow, NodeId id)
{
    return flow_expression(flow, flow_node(flow, id)->first);
}

static const Value *walk_yield(Flow *flow, NodeId id)
{
    const Node *node = flow_node(flow, id);
    bool from = node->flags & FLAG_FROM;
    const Value *value = flow_expression(flow, node->first);
    if (from) value = flow_iterate(flow, id, value);
    flow->result = flow->result_given ? value_join(flow->arena, flow->result, value) : value;
    flow->result_given = true;
    return NULL;
}

static const Value *walk_operands(Flow *flow, NodeId id)
{
    flow_list(flow, flow_node(flow, id)->first);
    return NULL;
}

/* What a part of an expression assigned may have been assigned or not. */
static void leave_part(Flow *flow, uint32_t mark)
{
    Delta branches[2] = {{0}, frame_take(flow->frame, mark)};
    frame_join(flow->frame, branches, 2);
}

/* The right side knows how the left one came out: `x and x.load()`. */
static const Value *walk_boolean(Flow *flow, NodeId id)
{
    NodeId first = flow_node(flow, id)->first;
    bool all = str_equal(name_str(flow_node(flow, id)->name), STR("and"));
    const Value *joined = flow_condition(flow, first);
    uint32_t mark = frame_mark(flow->frame);
    NodeId before = first, around = flow->branch;
    flow->branch = flow_node(flow, first)->next;
    for (NodeId at = flow_node(flow, first)->next; at; before = at, at = flow_node(flow, at)->next) {
        if (!flow_narrow(flow, before, all)) break;
        const Value *value = flow_node(flow, at)->next ? flow_condition(flow, at) : flow_expression(flow, at);
        joined = value_join(flow->arena, joined, value);
    }
    flow->branch = around;
    leave_part(flow, mark);
    return joined;
}

/* An expression that may not be evaluated. */
static const Value *maybe_expression(Flow *flow, NodeId id)
{
    NodeId around = flow->branch;
    flow->branch = id;
    const Value *value = flow_expression(flow, id);
    flow->branch = around;
    return value;
}

static const Value *walk_conditional(Flow *flow, NodeId id)
{
    NodeId then = flow_node(flow, id)->first, test = flow_node(flow, id)->second;
    NodeId other = flow_node(flow, id)->third;
    flow_condition(flow, test);
    uint32_t mark = frame_mark(flow->frame);
    bool may_hold = flow_narrow(flow, test, true);
    const Value *left = may_hold ? maybe_expression(flow, then) : NULL;
    leave_part(flow, mark);
    mark = frame_mark(flow->frame);
    bool may_fail = flow_narrow(flow, test, false);
    const Value *right = may_fail ? maybe_expression(flow, other) : NULL;
    leave_part(flow, mark);
    if (may_hold != may_fail) return may_hold ? left : right;
    return value_join(flow->arena, left, right);
}

static void walk_defaults(Flow *flow, NodeId parameters)
{
    for (NodeId id = parameters; id; id = flow_node(flow, id)->next)
        flow_expression(flow, flow_node(flow, id)->second);
}

static const Value *walk_lambda(Flow *flow, NodeId id)
{
    walk_defaults(flow, flow_node(flow, id)->first);
    uint32_t function = unit_function(flow->unit, id, flow->frame, ID_NONE, flow->function);
    return value_of(flow->arena, (Item){.kind = ITEM_FUNCTION,
                                        .id = function,
                                        .closure = flow->frame,
                                        .confidence = CONFIDENCE_CERTAIN});
}

static int64_t literal_index(const Flow *flow, NodeId id)
{
    const Node *node = flow_node(flow, id);
    if (!id || node->kind != EXPR_NUMBER || !node->name || node->name->len != 1) return -1;
    char digit = node->name->text[0];
    return digit >= '0' && digit <= '9' ? digit - '0' : -1;
}

/* `Annotated[Session, …]`, `Store[Order]`: the type with its arguments; `os.environ["HOME"]` is no type. */
static const Value *generic_alias(Flow *flow, const Item *item, NodeId index)
{
    bool type = flow->defining || type_is_of_language(item->path);
    if (!type || flow_node(flow, index)->kind == EXPR_STRING) return value_of(flow->arena, *item);
    return flow_generic(flow, item, index);
}

/* What one alternative gives when it is indexed. */
static const Value *item_at(Flow *flow, NodeId id, const Value *object, const Item *item, NodeId index)
{
    Arena *arena = flow->arena;
    const Catalogue *catalogue = flow->unit->catalogue;
    int64_t at = literal_index(flow, index);
    switch (item->kind) {
    case ITEM_PATH:
        return generic_alias(flow, item, index);
    case ITEM_LIST:
        return flow_node(flow, index)->kind == EXPR_SLICE ? value_of(arena, *item) : item->inner;
    case ITEM_DICT:
        return dict_value_at(flow, item, index);
    case ITEM_OBJECT: {
        const Value *fields = flow_fields(flow, item);
        if (fields) return item_at(flow, id, fields, &fields->items[0], index);
        return flow_special(flow, id, item, STR("__getitem__"), false);
    }
    case ITEM_CLASS: {
        const Value *member = flow_enum_member(flow, item);
        return member ? member : flow_generic(flow, item, index);
    }
    case ITEM_TUPLE:
        return at >= 0 && at < item->part_count ? item->parts[at] : flow_held(flow, object);
    case ITEM_INSTANCE: {
        Rule rule;
        if (catalogue_member(catalogue, item->path, STR("__getitem__"), &rule))
            flow_record(flow, id, &rule, item, value_confidence(object, item));
        Str type = catalogue_returns(catalogue, str_join(arena, item->path, STR("."), STR("__getitem__")));
        if (!type.len) type = catalogue_item(catalogue, item->path);
        return type.len ? type_value(arena, type, value_confidence(object, item)) : NULL;
    }
    default:
        return NULL;
    }
}

static const Value *walk_subscript(Flow *flow, NodeId id)
{
    NodeId index = flow_node(flow, id)->second;
    const Value *object = flow_settled(flow, flow_expression(flow, flow_node(flow, id)->first));
    flow_list(flow, index);
    const Value *result = NULL;
    for (uint32_t i = 0; object && i < object->count; i++) {
        const Value *at = item_at(flow, id, object, &object->items[i], index);
        result = i ? value_join(flow->arena, result, at) : at;
    }
    return result;
}

static const Value *walk_starred(Flow *flow, NodeId id)
{
    return flow_iterate(flow, id, flow_expression(flow, flow_node(flow, id)->first));
}

static uint32_t list_length(const Flow *flow, NodeId first)
{
    uint32_t count = 0;
    for (NodeId id = first; id; id = flow_node(flow, id)->next)
        count++;
    return count;
}

static bool is_literal(const Flow *flow, NodeId id)
{
    NodeKind kind = flow_node(flow, id)->kind;
    if (kind == PAIR)
        return is_literal(flow, flow_node(flow, id)->first) && is_literal(flow, flow_node(flow, id)->second);
    return kind == EXPR_STRING || kind == EXPR_NUMBER || kind == EXPR_TRUE || kind == EXPR_FALSE ||
           kind == EXPR_NOTHING;
}

/* All items of a display joined into what the container holds; literals add nothing to that. */
static const Value *joined_items(Flow *flow, NodeId first)
{
    const Value *held = NULL;
    bool any = false;
    for (NodeId id = first; id; id = flow_node(flow, id)->next) {
        if (is_literal(flow, id)) continue;
        const Value *value = flow_expression(flow, id);
        held = any ? value_join(flow->arena, held, value) : value;
        any = true;
    }
    return held;
}

static const Value *walk_sequence(Flow *flow, NodeId id)
{
    bool list = flow_node(flow, id)->kind == EXPR_LIST;
    const Value *held = joined_items(flow, flow_node(flow, id)->first);
    return value_of(
        flow->arena,
        (Item){.kind = ITEM_LIST, .exact = list, .inner = held, .confidence = CONFIDENCE_CERTAIN});
}

enum { TUPLE_PARTS = 64 };

static const Value *walk_tuple(Flow *flow, NodeId id)
{
    NodeId first = flow_node(flow, id)->first;
    uint32_t count = list_length(flow, first), at = 0;
    if (count > TUPLE_PARTS) return walk_sequence(flow, id);
    const Value **parts = arena_array(flow->arena, count, sizeof *parts);
    bool starred = false;
    for (NodeId item = first; item; item = flow_node(flow, item)->next) {
        starred = starred || flow_node(flow, item)->kind == EXPR_STARRED;
        parts[at++] = flow_expression(flow, item);
    }
    return starred ? NULL : value_tuple(flow->arena, parts, count);
}

static const Value *walk_pair(Flow *flow, NodeId id)
{
    flow_expression(flow, flow_node(flow, id)->first);
    return flow_expression(flow, flow_node(flow, id)->second);
}

static const Value *dict_of(Flow *flow, const Value *held)
{
    return value_of(flow->arena, (Item){.kind = ITEM_DICT, .inner = held, .confidence = CONFIDENCE_CERTAIN});
}

static const Value *walk_dict(Flow *flow, NodeId id)
{
    return dict_display(flow, flow_node(flow, id)->first);
}

/* The first iterable is evaluated in the scope around the comprehension, the rest inside, once an item. */
static void walk_clauses(Flow *flow, NodeId first, Frame *around, bool made_before)
{
    Frame *inside = flow->frame;
    for (NodeId id = first; id; id = flow_node(flow, id)->next) {
        if (flow_node(flow, id)->kind == CLAUSE_IF) {
            flow_condition(flow, flow_node(flow, id)->first);
            flow_narrow(flow, flow_node(flow, id)->first, true);
            continue;
        }
        bool is_async = flow_node(flow, id)->flags & FLAG_ASYNC, silent = flow->silent;
        if (id == first) flow->frame = around;
        flow->silent = silent || (made_before && id == first);
        const Value *iterable = flow_expression(flow, flow_node(flow, id)->second);
        flow->silent = silent;
        const Value *held =
            is_async ? flow_held(flow, iterable) : flow_iterate(flow, flow_node(flow, id)->second, iterable);
        if (id == first) {
            flow->frame = inside;
            flow->loop_depth++;
        }
        flow->walk_depth += flow_walks_files(flow, iterable);
        loops_enter_clause(flow, id);
        flow_assign(flow, flow_node(flow, id)->first, held);
    }
}

/* made_before: the first iterable was evaluated when the generator was made. */
static const Value *comprehend(Flow *flow, NodeId id, bool made_before)
{
    NodeKind kind = flow_node(flow, id)->kind;
    NodeId element = flow_node(flow, id)->first, clauses = flow_node(flow, id)->second;
    Frame *around = flow->frame;
    unsigned loop_depth = flow->loop_depth, walk_depth = flow->walk_depth;
    uint32_t counted_loop = flow->counted_loop;
    flow->frame = frame_new(flow->arena, FRAME_COMPREHENSION, around);
    walk_clauses(flow, clauses, around, made_before);
    const Value *held = flow_expression(flow, element);
    flow->frame = around;
    flow->loop_depth = loop_depth;
    flow->walk_depth = walk_depth;
    flow->counted_loop = counted_loop;
    return kind == EXPR_DICT_COMPREHENSION ? dict_of(flow, held) : value_list(flow->arena, held);
}

const Value *flow_comprehension(Flow *flow, NodeId id)
{
    return comprehend(flow, id, false);
}

/* --- generator expressions: only the first iterable is evaluated where they are made --- */

static const Value *walk_generator(Flow *flow, NodeId id)
{
    bool silent = flow->silent;
    NodeId clause = flow_node(flow, id)->second;
    if (!silent) flow_expression(flow, flow_node(flow, clause)->second);
    flow->silent = true;
    const Value *value = flow_comprehension(flow, id);
    flow->silent = silent;
    Item item = value->items[0];
    item.made_by = id;
    item.unit = flow->unit;
    item.closure = flow->frame;
    return value_of(flow->arena, item);
}

static bool is_generator(const Flow *flow, const Item *item)
{
    return item->kind == ITEM_LIST && item->made_by && item->unit == flow->unit && item->closure &&
           flow_node(flow, item->made_by)->kind == EXPR_GENERATOR;
}

static bool stands_around(const Flow *flow, const Frame *scope)
{
    for (const Frame *frame = flow->frame; frame; frame = frame->parent)
        if (frame == scope) return true;
    return false;
}

/* Entered like a local function, and bounded like one. */
static void run_generator(Flow *flow, NodeId node, const Item *item)
{
    Program *program = flow_program(flow);
    if (flow->inline_depth >= LIMIT_INLINE_DEPTH || program->inline_calls >= LIMIT_INLINE_CALLS) {
        program->counters.limits_reached++;
        return;
    }
    Frame *around = flow->frame;
    NodeId report = flow->report;
    if (!report) flow->report = node;
    flow->frame = item->closure;
    flow->inline_depth++;
    program->inline_calls++;
    comprehend(flow, item->made_by, true);
    flow->inline_depth--;
    flow->frame = around;
    flow->report = report;
}

void flow_run_generators(Flow *flow, NodeId node, const Value *value)
{
    if (flow->silent || !flow->instance) return;
    for (uint32_t i = 0; value && i < value->count; i++) {
        const Item *item = &value->items[i];
        if (is_generator(flow, item) && stands_around(flow, item->closure)) run_generator(flow, node, item);
    }
}

static const Value *walk_named(Flow *flow, NodeId id)
{
    const Value *value = flow_expression(flow, flow_node(flow, id)->first);
    Frame *frame = flow->frame;
    while (frame->kind == FRAME_COMPREHENSION && frame->parent)
        frame = frame->parent;
    frame_assign(frame, flow_node(flow, id)->name, value);
    return value;
}

static const Value *walk_literal(Flow *flow, NodeId id)
{
    const Node *node = flow_node(flow, id);
    bool text = node->kind == EXPR_STRING || node->kind == EXPR_NUMBER;
    return value_of(flow->arena,
                    (Item){.kind = ITEM_LITERAL,
                           .id = node->kind,
                           .path = text && node->name ? name_str(node->name) : unit_text(flow->unit, id),
                           .confidence = CONFIDENCE_CERTAIN});
}

static const ExpressionWalk walks[NODE_KIND_COUNT] = {
    [EXPR_NAME] = walk_name,
    [EXPR_ATTRIBUTE] = walk_attribute,
    [EXPR_CALL] = walk_call,
    [ARG_KEYWORD] = walk_first,
    [EXPR_STARRED] = walk_starred,
    [EXPR_STRING] = walk_literal,
    [EXPR_FORMAT] = flow_format,
    [EXPR_NUMBER] = walk_literal,
    [EXPR_TRUE] = walk_literal,
    [EXPR_FALSE] = walk_literal,
    [EXPR_NOTHING] = walk_literal,
    [EXPR_AWAIT] = walk_await,
    [EXPR_YIELD] = walk_yield,
    [EXPR_BINARY] = flow_binary,
    [EXPR_UNARY] = flow_unary,
    [EXPR_COMPARE] = flow_comparison,
    [EXPR_BOOLEAN] = walk_boolean,
    [EXPR_CONDITIONAL] = walk_conditional,
    [EXPR_LAMBDA] = walk_lambda,
    [EXPR_SUBSCRIPT] = walk_subscript,
    [EXPR_SLICE] = walk_operands,
    [EXPR_TUPLE] = walk_tuple,
    [EXPR_LIST] = walk_sequence,
    [EXPR_SET] = walk_sequence,
    [EXPR_DICT] = walk_dict,
    [PAIR] = walk_pair,
    [EXPR_LIST_COMPREHENSION] = flow_comprehension,
    [EXPR_SET_COMPREHENSION] = flow_comprehension,
    [EXPR_DICT_COMPREHENSION] = flow_comprehension,
    [EXPR_GENERATOR] = walk_generator,
    [EXPR_NAMED] = walk_named,
};

const Value *flow_expression(Flow *flow, NodeId id)
{
    if (!id) return NULL;
    if (flow->depth >= LIMIT_NESTING * 2) {
        flow_program(flow)->counters.limits_reached++;
        return NULL;
    }
    ExpressionWalk walk = walks[flow_node(flow, id)->kind];
    flow->depth++;
    const Value *value = (walk ? walk : walk_nothing)(flow, id);
    flow->depth--;
    return value;
}
