/* expressions.c - readers of expressions and of the types in annotations. */
#include "base/limits.h"
#include "python/read.h"

#include "base/banned.h"

NodeId read_items(Reader *reader)
{
    List list = {0};
    for (bool more = reader_enter(reader); more; more = reader_next(reader))
        if (EXPRESSION_READERS[reader->syntax]) list_add(reader, &list, read_expression(reader));
    return list.first;
}

NodeId read_arguments(Reader *reader)
{
    List list = {0};
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        bool is_keywords = reader->syntax == SYNTAX_DICTIONARY_SPLAT;
        if (!EXPRESSION_READERS[reader->syntax]) continue;
        list_add(reader, &list, read_expression(reader));
        if (is_keywords) node_at(reader->facts, list.last)->kind = ARG_KEYWORD;
    }
    return list.first;
}

/* --- the left spine: attribute, call, subscript, binary, boolean, parentheses --- */

static bool is_spine(Syntax syntax)
{
    return syntax >= SYNTAX_ATTRIBUTE && syntax <= SYNTAX_PARENTHESIZED;
}

/* What stands right of the left child of a spine node. */
typedef struct RightSide {
    Name word; /* the operator, or the attribute's name */
    NodeId items;
} RightSide;

static bool is_operator(const Reader *reader)
{
    return reader->syntax == SYNTAX_OTHER || reader->syntax == SYNTAX_STAR;
}

static RightSide read_right_side(Reader *reader)
{
    RightSide side = {0};
    List items = {0};
    bool after_dot = false;
    while (reader_next(reader)) {
        if (reader->syntax == SYNTAX_DOT)
            after_dot = true;
        else if (after_dot)
            side.word = reader_name(reader, reader->span);
        else if (reader->syntax == SYNTAX_ARGUMENTS)
            items.first = read_arguments(reader);
        else if (EXPRESSION_READERS[reader->syntax])
            list_add(reader, &items, read_expression(reader));
        else if (is_operator(reader) && !side.word)
            side.word = reader_token_name(reader);
    }
    side.items = items.first;
    return side;
}

static NodeId end_boolean(Reader *reader, NodeId left)
{
    Node *node = node_at(reader->facts, left);
    if (node->kind == EXPR_BOOLEAN) node->second = 0;
    return left;
}

static NodeId join_boolean(Reader *reader, NodeId left, RightSide side, bool may_extend)
{
    Node *node = node_at(reader->facts, left);
    if (may_extend && node->kind == EXPR_BOOLEAN && node->name == side.word) {
        node_at(reader->facts, node->second)->next = side.items;
        node->second = side.items; /* last operand while the chain is read */
        node->span = reader->span;
        return left;
    }
    node_at(reader->facts, end_boolean(reader, left))->next = side.items;
    NodeId id = node_link(reader, EXPR_BOOLEAN, reader->span, left, side.items);
    node_at(reader->facts, id)->name = side.word;
    return id;
}

static NodeId join_plain(Reader *reader, NodeKind kind, NodeId left, NodeId right, Name word)
{
    NodeId id = node_link(reader, kind, reader->span, left, right);
    node_at(reader->facts, id)->name = word;
    return id;
}

/* The spine node around `left`; the reader stands on left's tree node and moves to the spine node. */
static NodeId join_spine(Reader *reader, NodeId left, bool *bare)
{
    RightSide side = read_right_side(reader);
    reader_load(reader);
    bool may_extend = *bare;
    *bare = reader->syntax != SYNTAX_PARENTHESIZED;
    if (reader->syntax == SYNTAX_BOOLEAN) return join_boolean(reader, left, side, may_extend);
    left = end_boolean(reader, left);
    if (reader->syntax == SYNTAX_ATTRIBUTE) return join_plain(reader, EXPR_ATTRIBUTE, left, 0, side.word);
    if (reader->syntax == SYNTAX_CALL) return join_plain(reader, EXPR_CALL, left, side.items, NULL);
    if (reader->syntax == SYNTAX_SUBSCRIPT) return join_plain(reader, EXPR_SUBSCRIPT, left, side.items, NULL);
    if (reader->syntax == SYNTAX_BINARY) return join_plain(reader, EXPR_BINARY, left, side.items, side.word);
    return left;
}

/* Moves from a spine node to its left child. */
static bool enter_spine(Reader *reader)
{
    bool found = reader_enter(reader);
    while (found && !EXPRESSION_READERS[reader->syntax] && !is_spine(reader->syntax))
        found = reader_next(reader);
    return found;
}

static NodeId read_leaf(Reader *reader)
{
    ReadNode read = EXPRESSION_READERS[reader->syntax];
    return read ? read(reader, reader->span) : node_new(reader, NODE_DAMAGED, reader->span);
}

static NodeId read_spine(Reader *reader)
{
    size_t height = 0;
    NodeId left = 0;
    while (is_spine(reader->syntax)) {
        if (!enter_spine(reader)) {
            left = node_new(reader, NODE_DAMAGED, reader->span);
            break;
        }
        height++;
    }
    if (!left) left = read_leaf(reader);
    bool bare = true;
    for (; height > 0; height--)
        left = join_spine(reader, left, &bare);
    return end_boolean(reader, left);
}

NodeId read_expression(Reader *reader)
{
    if (reader->depth >= LIMIT_NESTING) {
        reader->facts->limits_reached++;
        return read_damaged(reader, reader->span, "nested too deeply");
    }
    reader->depth++;
    NodeId id = read_spine(reader);
    reader->depth--;
    return id;
}

static NodeId read_through(Reader *reader, Span span)
{
    (void)span;
    return read_spine(reader);
}

/* --- leaves --- */

static NodeId read_named_leaf(Reader *reader, NodeKind kind, Span span)
{
    NodeId id = node_new(reader, kind, span);
    node_at(reader->facts, id)->name = reader_name(reader, span);
    return id;
}

static NodeId read_identifier(Reader *reader, Span span)
{
    return read_named_leaf(reader, EXPR_NAME, span);
}

static NodeId read_number(Reader *reader, Span span)
{
    return read_named_leaf(reader, EXPR_NUMBER, span);
}

static NodeId read_true(Reader *reader, Span span)
{
    return node_new(reader, EXPR_TRUE, span);
}

static NodeId read_false(Reader *reader, Span span)
{
    return node_new(reader, EXPR_FALSE, span);
}

static NodeId read_none(Reader *reader, Span span)
{
    return node_new(reader, EXPR_NOTHING, span);
}

static NodeId read_ellipsis(Reader *reader, Span span)
{
    return node_new(reader, EXPR_ELLIPSIS, span);
}

/* --- one list of children --- */

static NodeId read_starred(Reader *reader, Span span)
{
    return node_link(reader, EXPR_STARRED, span, read_items(reader), 0);
}

static NodeId read_await(Reader *reader, Span span)
{
    return node_link(reader, EXPR_AWAIT, span, read_items(reader), 0);
}

static NodeId read_tuple(Reader *reader, Span span)
{
    return node_link(reader, EXPR_TUPLE, span, read_items(reader), 0);
}

static NodeId read_list(Reader *reader, Span span)
{
    return node_link(reader, EXPR_LIST, span, read_items(reader), 0);
}

static NodeId read_set(Reader *reader, Span span)
{
    return node_link(reader, EXPR_SET, span, read_items(reader), 0);
}

static NodeId read_dictionary(Reader *reader, Span span)
{
    return node_link(reader, EXPR_DICT, span, read_items(reader), 0);
}

static NodeId read_slice(Reader *reader, Span span)
{
    return node_link(reader, EXPR_SLICE, span, read_items(reader), 0);
}

static void split(Reader *reader, NodeId first, NodeId *second, NodeId *third)
{
    *second = *third = 0;
    if (!first) return;
    Node *node = node_at(reader->facts, first);
    *second = node->next;
    node->next = 0;
    if (!*second) return;
    node = node_at(reader->facts, *second);
    *third = node->next;
    node->next = 0;
}

static NodeId read_pair(Reader *reader, Span span)
{
    NodeId value, rest, key = read_items(reader);
    split(reader, key, &value, &rest);
    return node_link(reader, PAIR, span, key, value);
}

static NodeId read_conditional(Reader *reader, Span span)
{
    NodeId test, otherwise, then = read_items(reader);
    split(reader, then, &test, &otherwise);
    NodeId id = node_link(reader, EXPR_CONDITIONAL, span, then, test);
    node_at(reader->facts, id)->third = otherwise;
    return id;
}

static NodeId read_keyword(Reader *reader, Span span)
{
    Name name = NULL;
    NodeId value = 0;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (!EXPRESSION_READERS[reader->syntax]) continue;
        if (!name)
            name = reader_name(reader, reader->span);
        else
            value = read_expression(reader);
    }
    NodeId id = node_link(reader, ARG_KEYWORD, span, value, 0);
    node_at(reader->facts, id)->name = name;
    return id;
}

static NodeId read_named(Reader *reader, Span span)
{
    NodeId id = read_keyword(reader, span);
    node_at(reader->facts, id)->kind = EXPR_NAMED;
    return id;
}

static NodeId read_unary(Reader *reader, Span span)
{
    Name word = NULL;
    NodeId value = 0;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (EXPRESSION_READERS[reader->syntax])
            value = read_expression(reader);
        else if (!word)
            word = reader_token_name(reader);
    }
    if (reader->facts->text.ptr[span.start] == '*') /* see repair.h */
        return node_link(reader, EXPR_STARRED, span, value, 0);
    NodeId id = node_link(reader, EXPR_UNARY, span, value, 0);
    node_at(reader->facts, id)->name = word;
    return id;
}

static NodeId read_comparison(Reader *reader, Span span)
{
    Name word = NULL;
    List list = {0};
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (EXPRESSION_READERS[reader->syntax])
            list_add(reader, &list, read_expression(reader));
        else if (!word)
            word = reader_token_name(reader);
    }
    NodeId id = node_link(reader, EXPR_COMPARE, span, list.first, 0);
    node_at(reader->facts, id)->name = word;
    return id;
}

static NodeId read_yield(Reader *reader, Span span)
{
    NodeId value = 0;
    uint16_t flags = 0;
    reader->has_yield = true;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax == SYNTAX_FROM)
            flags = FLAG_FROM;
        else if (EXPRESSION_READERS[reader->syntax])
            value = read_expression(reader);
    }
    NodeId id = node_link(reader, EXPR_YIELD, span, value, 0);
    node_at(reader->facts, id)->flags = flags;
    return id;
}

static NodeId read_lambda(Reader *reader, Span span)
{
    NodeId parameters = 0, body = 0;
    bool outer_yield = reader->has_yield;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax == SYNTAX_LAMBDA_PARAMETERS)
            parameters = read_parameters(reader);
        else if (EXPRESSION_READERS[reader->syntax])
            body = read_expression(reader);
    }
    reader->has_yield = outer_yield;
    return node_link(reader, EXPR_LAMBDA, span, parameters, body);
}

/* Inside `with` and `except` the statement takes the pattern apart; elsewhere its expression is all there is. */
static NodeId read_as_pattern(Reader *reader, Span span)
{
    (void)span;
    NodeId value = 0;
    for (bool more = reader_enter(reader); more; more = reader_next(reader))
        if (!value && EXPRESSION_READERS[reader->syntax]) value = read_expression(reader);
    return value;
}

/* --- comprehensions --- */

static Span span_of_list(const Reader *reader, List list)
{
    return (Span){node_at(reader->facts, list.first)->span.start,
                  node_at(reader->facts, list.last)->span.end};
}

static NodeId read_for_in(Reader *reader, Span span)
{
    NodeId target = 0, iterable;
    List list = {0};
    uint16_t flags = 0;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax == SYNTAX_ASYNC) flags = FLAG_ASYNC;
        if (!EXPRESSION_READERS[reader->syntax]) continue;
        if (!target)
            target = read_expression(reader);
        else
            list_add(reader, &list, read_expression(reader));
    }
    iterable = list.first;
    if (list.first != list.last)
        iterable = node_link(reader, EXPR_TUPLE, span_of_list(reader, list), list.first, 0);
    NodeId id = node_link(reader, CLAUSE_FOR, span, target, iterable);
    node_at(reader->facts, id)->flags = flags;
    return id;
}

static NodeId read_comprehension(Reader *reader, NodeKind kind, Span span)
{
    NodeId element = 0;
    List clauses = {0};
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax == SYNTAX_FOR_IN) {
            list_add(reader, &clauses, read_for_in(reader, reader->span));
        } else if (reader->syntax == SYNTAX_IF_CLAUSE) {
            Span clause = reader->span;
            list_add(reader, &clauses, node_link(reader, CLAUSE_IF, clause, read_items(reader), 0));
        } else if (EXPRESSION_READERS[reader->syntax]) {
            element = read_expression(reader);
        }
    }
    return node_link(reader, kind, span, element, clauses.first);
}

static NodeId read_list_comprehension(Reader *reader, Span span)
{
    return read_comprehension(reader, EXPR_LIST_COMPREHENSION, span);
}

static NodeId read_set_comprehension(Reader *reader, Span span)
{
    return read_comprehension(reader, EXPR_SET_COMPREHENSION, span);
}

static NodeId read_dictionary_comprehension(Reader *reader, Span span)
{
    return read_comprehension(reader, EXPR_DICT_COMPREHENSION, span);
}

static NodeId read_generator(Reader *reader, Span span)
{
    return read_comprehension(reader, EXPR_GENERATOR, span);
}

/* --- types --- */

/* `list[int]` as the grammar sees it in an annotation: a name and its parameters. */
static NodeId read_generic_type(Reader *reader, Span span)
{
    NodeId object = 0, indices = 0;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax == SYNTAX_TYPE_PARAMETER)
            indices = read_items(reader);
        else if (EXPRESSION_READERS[reader->syntax])
            object = read_expression(reader);
    }
    return node_link(reader, EXPR_SUBSCRIPT, span, object, indices);
}

static NodeId read_union_type(Reader *reader, Span span)
{
    Name word = NULL;
    List list = {0};
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (EXPRESSION_READERS[reader->syntax])
            list_add(reader, &list, read_expression(reader));
        else if (!word)
            word = reader_token_name(reader);
    }
    NodeId right, rest;
    split(reader, list.first, &right, &rest);
    NodeId id = node_link(reader, EXPR_BINARY, span, list.first, right);
    node_at(reader->facts, id)->name = word;
    return id;
}

static NodeId read_member_type(Reader *reader, Span span)
{
    NodeId object = 0;
    Name name = NULL;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax == SYNTAX_TYPE)
            object = read_expression(reader);
        else if (reader->syntax == SYNTAX_IDENTIFIER)
            name = reader_name(reader, reader->span);
    }
    NodeId id = node_link(reader, EXPR_ATTRIBUTE, span, object, 0);
    node_at(reader->facts, id)->name = name;
    return id;
}

const ReadNode EXPRESSION_READERS[SYNTAX_COUNT] = {
    [SYNTAX_IDENTIFIER] = read_identifier,
    [SYNTAX_ATTRIBUTE] = read_through,
    [SYNTAX_CALL] = read_through,
    [SYNTAX_SUBSCRIPT] = read_through,
    [SYNTAX_BINARY] = read_through,
    [SYNTAX_BOOLEAN] = read_through,
    [SYNTAX_PARENTHESIZED] = read_through,
    [SYNTAX_KEYWORD_ARGUMENT] = read_keyword,
    [SYNTAX_LIST_SPLAT] = read_starred,
    [SYNTAX_DICTIONARY_SPLAT] = read_starred,
    [SYNTAX_STRING] = read_string,
    [SYNTAX_CONCATENATED] = read_concatenated,
    [SYNTAX_NUMBER] = read_number,
    [SYNTAX_TRUE] = read_true,
    [SYNTAX_FALSE] = read_false,
    [SYNTAX_NONE] = read_none,
    [SYNTAX_ELLIPSIS] = read_ellipsis,
    [SYNTAX_AWAIT] = read_await,
    [SYNTAX_YIELD] = read_yield,
    [SYNTAX_UNARY] = read_unary,
    [SYNTAX_NOT] = read_unary,
    [SYNTAX_COMPARISON] = read_comparison,
    [SYNTAX_CONDITIONAL] = read_conditional,
    [SYNTAX_LAMBDA] = read_lambda,
    [SYNTAX_NAMED] = read_named,
    [SYNTAX_AS_PATTERN] = read_as_pattern,
    [SYNTAX_SLICE] = read_slice,
    [SYNTAX_TUPLE] = read_tuple,
    [SYNTAX_LIST] = read_list,
    [SYNTAX_SET] = read_set,
    [SYNTAX_DICTIONARY] = read_dictionary,
    [SYNTAX_PAIR] = read_pair,
    [SYNTAX_LIST_COMPREHENSION] = read_list_comprehension,
    [SYNTAX_SET_COMPREHENSION] = read_set_comprehension,
    [SYNTAX_DICTIONARY_COMPREHENSION] = read_dictionary_comprehension,
    [SYNTAX_GENERATOR] = read_generator,
    [SYNTAX_TYPE] = read_as_pattern,
    [SYNTAX_GENERIC_TYPE] = read_generic_type,
    [SYNTAX_UNION_TYPE] = read_union_type,
    [SYNTAX_CONSTRAINED_TYPE] = read_slice,
    [SYNTAX_MEMBER_TYPE] = read_member_type,
    [SYNTAX_AS_TARGET] = read_as_pattern,
};
