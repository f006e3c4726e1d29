/* statements.c - readers of statements and of the blocks they stand in. */
#include "base/limits.h"
#include "python/read.h"

#include "base/banned.h"

/* --- errors --- */

/* Span of the first syntax error below the current node. */
static Span find_error(Reader *reader)
{
    TSNode node = reader_tree_node(reader);
    Span span = {ts_node_start_byte(node), ts_node_end_byte(node)};
    size_t height = 0;
    while (!ts_node_is_error(node) && !ts_node_is_missing(node) &&
           ts_tree_cursor_goto_first_child(reader->cursor)) {
        height++;
        node = reader_tree_node(reader);
        while (!ts_node_has_error(node) && ts_tree_cursor_goto_next_sibling(reader->cursor))
            node = reader_tree_node(reader);
        span = (Span){ts_node_start_byte(node), ts_node_end_byte(node)};
    }
    for (; height > 0; height--)
        reader_leave(reader);
    return span;
}

static NodeId read_broken(Reader *reader, Span span)
{
    facts_damage(reader->facts, find_error(reader), "syntax error");
    return node_new(reader, NODE_DAMAGED, span);
}

static bool is_definition(Syntax syntax)
{
    return syntax == SYNTAX_FUNCTION || syntax == SYNTAX_CLASS || syntax == SYNTAX_DECORATED;
}

static bool is_compound(Syntax syntax)
{
    return syntax == SYNTAX_IF || syntax == SYNTAX_FOR || syntax == SYNTAX_WHILE || syntax == SYNTAX_TRY ||
           syntax == SYNTAX_WITH || syntax == SYNTAX_MATCH || syntax == SYNTAX_CASE;
}

static bool can_be_read(Reader *reader)
{
    if (!reader_has_error(reader)) return true;
    if (is_definition(reader->syntax)) return true;
    return is_compound(reader->syntax) && reader_header_intact(reader);
}

static void note_end(Reader *reader, NodeId id)
{
    if (!id) return;
    uint32_t end = node_at(reader->facts, id)->span.end;
    if (end > reader->last_end) reader->last_end = end;
}

static NodeId read_known_statement(Reader *reader)
{
    Span span = reader->span;
    if (reader->depth >= LIMIT_NESTING) {
        reader->facts->limits_reached++;
        return read_damaged(reader, span, "nested too deeply");
    }
    ReadNode read = STATEMENT_READERS[reader->syntax];
    if (reader->syntax == SYNTAX_ERROR || !can_be_read(reader)) return read_broken(reader, span);
    reader_load(reader);
    reader->depth++;
    NodeId id = read(reader, span);
    reader->depth--;
    return id;
}

NodeId read_statement(Reader *reader)
{
    if (reader->syntax != SYNTAX_ERROR && !STATEMENT_READERS[reader->syntax]) return 0;
    NodeId id = read_known_statement(reader);
    note_end(reader, id);
    return id;
}

NodeId read_block(Reader *reader)
{
    List list = {0};
    for (bool more = reader_enter(reader); more; more = reader_next(reader))
        list_add(reader, &list, read_statement(reader));
    return list.first;
}

/* A compound statement ends where its last statement does, whatever comments follow. */
static NodeId end_compound(Reader *reader, NodeId id)
{
    Node *node = node_at(reader->facts, id);
    if (reader->last_end > node->span.start) node->span.end = reader->last_end;
    return id;
}

/* --- simple statements --- */

static NodeId read_value_list(Reader *reader, Span span)
{
    List list = {0};
    bool comma = false;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax == SYNTAX_COMMA)
            comma = true;
        else if (EXPRESSION_READERS[reader->syntax])
            list_add(reader, &list, read_expression(reader));
    }
    return comma ? node_link(reader, EXPR_TUPLE, span, list.first, 0) : list.first;
}

static NodeId read_expression_statement(Reader *reader, Span span)
{
    if (reader_enter(reader)) {
        ReadNode read = STATEMENT_READERS[reader->syntax];
        NodeId id = read ? read(reader, reader->span) : 0;
        reader_leave(reader);
        if (id) return id;
    }
    return node_link(reader, STMT_EXPRESSION, span, read_value_list(reader, span), 0);
}

typedef struct Assignment {
    List targets;
    NodeId annotation;
    NodeId value;
    size_t height; /* assignments entered: a = b = v nests on its right */
} Assignment;

static void read_assignment_parts(Reader *reader, Assignment *made)
{
    bool has_target = false;
    for (bool more = reader_enter(reader); more;) {
        if (reader->syntax ==
            SYNTAX_ASSIGNMENT) { /* the next target of a chain: go down, come back at the end */
            made->height++;
            has_target = false;
            more = reader_enter(reader);
            continue;
        }
        if (reader->syntax == SYNTAX_TYPE)
            made->annotation = read_expression(reader);
        else if (reader->syntax == SYNTAX_AUGMENTED)
            made->value = read_damaged(reader, reader->span, "syntax error");
        else if (EXPRESSION_READERS[reader->syntax] && has_target)
            made->value = read_expression(reader);
        else if (EXPRESSION_READERS[reader->syntax]) {
            list_add(reader, &made->targets, read_expression(reader));
            has_target = true;
        }
        more = reader_next(reader);
    }
    for (; made->height > 0; made->height--)
        reader_leave(reader);
}

static NodeId read_assignment(Reader *reader, Span span)
{
    Assignment made = {0};
    read_assignment_parts(reader, &made);
    if (!made.annotation) return node_link(reader, STMT_ASSIGN, span, made.targets.first, made.value);
    NodeId id = node_link(reader, STMT_ANNOTATED, span, made.targets.first, made.annotation);
    node_at(reader->facts, id)->third = made.value;
    return id;
}

static NodeId read_augmented(Reader *reader, Span span)
{
    Name word = NULL;
    NodeId target = 0, value = 0;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (!EXPRESSION_READERS[reader->syntax]) {
            if (!word) word = reader_token_name(reader);
        } else if (!target) {
            target = read_expression(reader);
        } else {
            value = read_expression(reader);
        }
    }
    NodeId id = node_link(reader, STMT_AUGMENTED, span, target, value);
    node_at(reader->facts, id)->name = word;
    return id;
}

static NodeId read_return(Reader *reader, Span span)
{
    return node_link(reader, STMT_RETURN, span, read_items(reader), 0);
}

static NodeId read_raise(Reader *reader, Span span)
{
    NodeId exception = 0, cause = 0;
    bool after_from = false;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax == SYNTAX_FROM)
            after_from = true;
        else if (!EXPRESSION_READERS[reader->syntax])
            continue;
        else if (after_from)
            cause = read_expression(reader);
        else
            exception = read_expression(reader);
    }
    return node_link(reader, STMT_RAISE, span, exception, cause);
}

static NodeId read_assert(Reader *reader, Span span)
{
    NodeId test = read_items(reader), message = 0;
    if (test) {
        message = node_at(reader->facts, test)->next;
        node_at(reader->facts, test)->next = 0;
    }
    return node_link(reader, STMT_ASSERT, span, test, message);
}

static NodeId read_delete(Reader *reader, Span span)
{
    NodeId targets = 0;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (!EXPRESSION_READERS[reader->syntax]) continue;
        const char *type = ts_node_type(reader_tree_node(reader));
        bool bare = reader->syntax == SYNTAX_TUPLE && type[0] == 'e'; /* expression_list, not tuple */
        targets = bare ? read_items(reader) : read_expression(reader);
    }
    return node_link(reader, STMT_DELETE, span, targets, 0);
}

static NodeId read_print(Reader *reader, Span span)
{
    List list = {0};
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax == SYNTAX_CHEVRON)
            list_add(reader, &list, read_items(reader));
        else if (EXPRESSION_READERS[reader->syntax])
            list_add(reader, &list, read_expression(reader));
    }
    return node_link(reader, STMT_PRINT, span, list.first, 0);
}

static NodeId read_exec(Reader *reader, Span span)
{
    return node_link(reader, STMT_EXEC, span, read_items(reader), 0);
}

static NodeId read_global(Reader *reader, Span span)
{
    return node_link(reader, STMT_GLOBAL, span, read_items(reader), 0);
}

static NodeId read_nonlocal(Reader *reader, Span span)
{
    return node_link(reader, STMT_NONLOCAL, span, read_items(reader), 0);
}

static NodeId read_type_alias(Reader *reader, Span span)
{
    NodeId name = 0, value = 0;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax != SYNTAX_TYPE) continue;
        if (!name)
            name = read_expression(reader);
        else
            value = read_expression(reader);
    }
    const Node *left = node_at(reader->facts, name);
    if (left->kind == EXPR_SUBSCRIPT) left = node_at(reader->facts, left->first);
    NodeId id = node_link(reader, STMT_TYPE_ALIAS, span, value, 0);
    node_at(reader->facts, id)->name = left->name;
    return id;
}

static NodeId read_pass(Reader *reader, Span span)
{
    return node_new(reader, STMT_PASS, span);
}

static NodeId read_break(Reader *reader, Span span)
{
    return node_new(reader, STMT_BREAK, span);
}

static NodeId read_continue(Reader *reader, Span span)
{
    return node_new(reader, STMT_CONTINUE, span);
}

/* --- compound statements --- */

/* The block of an else or finally clause. */
static NodeId read_clause_block(Reader *reader)
{
    NodeId body = 0;
    for (bool more = reader_enter(reader); more; more = reader_next(reader))
        if (reader->syntax == SYNTAX_BLOCK) body = read_block(reader);
    return body;
}

static NodeId read_branch(Reader *reader, Span span)
{
    NodeId test = 0, body = 0;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax == SYNTAX_BLOCK)
            body = read_block(reader);
        else if (!test && EXPRESSION_READERS[reader->syntax])
            test = read_expression(reader);
    }
    return end_compound(reader, node_link(reader, STMT_IF, span, test, body));
}

/* Every STMT_IF of an elif chain ends with the chain. */
static void end_chain(Reader *reader, NodeId first)
{
    for (NodeId id = first; id; id = node_at(reader->facts, id)->fourth)
        end_compound(reader, id);
    for (NodeId id = first; id;) {
        Node *node = node_at(reader->facts, id);
        id = node->fourth;
        node->fourth = 0;
    }
}

static NodeId read_if(Reader *reader, Span span)
{
    NodeId first = node_new(reader, STMT_IF, span), last = first;
    reader->last_end = 0;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        Node *node = node_at(reader->facts, last);
        if (reader->syntax == SYNTAX_BLOCK)
            node->second = read_block(reader);
        else if (reader->syntax == SYNTAX_ELSE)
            node->third = read_clause_block(reader);
        else if (reader->syntax == SYNTAX_ELIF) {
            last = read_branch(reader, reader->span);
            node->third = node->fourth = last; /* fourth: the chain, until end_chain */
        } else if (EXPRESSION_READERS[reader->syntax] && !node->first)
            node->first = read_expression(reader);
    }
    end_chain(reader, first);
    return first;
}

static NodeId read_while(Reader *reader, Span span)
{
    NodeId test = 0, body = 0, otherwise = 0;
    reader->last_end = 0;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax == SYNTAX_BLOCK)
            body = read_block(reader);
        else if (reader->syntax == SYNTAX_ELSE)
            otherwise = read_clause_block(reader);
        else if (!test && EXPRESSION_READERS[reader->syntax])
            test = read_expression(reader);
    }
    NodeId id = node_link(reader, STMT_WHILE, span, test, body);
    node_at(reader->facts, id)->third = otherwise;
    return end_compound(reader, id);
}

static NodeId read_for(Reader *reader, Span span)
{
    Node made = {.kind = STMT_FOR, .span = span};
    reader->last_end = 0;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax == SYNTAX_ASYNC)
            made.flags = FLAG_ASYNC;
        else if (reader->syntax == SYNTAX_BLOCK)
            made.third = read_block(reader);
        else if (reader->syntax == SYNTAX_ELSE)
            made.fourth = read_clause_block(reader);
        else if (!EXPRESSION_READERS[reader->syntax])
            continue;
        else if (!made.first)
            made.first = read_expression(reader);
        else
            made.second = read_expression(reader);
    }
    NodeId id = node_new(reader, STMT_FOR, span);
    *node_at(reader->facts, id) = made;
    return end_compound(reader, id);
}

/* The name after `as`. */
static NodeId read_as_target(Reader *reader)
{
    NodeId target = 0;
    for (bool more = reader_enter(reader); more; more = reader_next(reader))
        if (reader->syntax == SYNTAX_AS_TARGET) target = read_expression(reader);
    return target;
}

static bool stands_as(const Reader *reader)
{
    Str text = str_part(reader->facts->text, reader->span.start, reader->span.end);
    return reader->syntax == SYNTAX_OTHER && str_equal(text, STR("as"));
}

static NodeId read_handler(Reader *reader, Span span)
{
    List types = {0};
    NodeId target = 0, body = 0;
    bool after_as = false;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax == SYNTAX_BLOCK)
            body = read_block(reader);
        else if (stands_as(reader))
            after_as = true;
        else if (!EXPRESSION_READERS[reader->syntax])
            continue;
        else if (after_as)
            target = read_expression(reader);
        else {
            if (reader->syntax == SYNTAX_AS_PATTERN) target = read_as_target(reader);
            reader_load(reader);
            list_add(reader, &types, read_expression(reader));
        }
    }
    NodeId type = types.first;
    if (types.first != types.last) {
        Span all = {node_at(reader->facts, types.first)->span.start,
                    node_at(reader->facts, types.last)->span.end};
        type = node_link(reader, EXPR_TUPLE, all, types.first, 0);
    }
    NodeId id = node_link(reader, HANDLER, span, type, body);
    node_at(reader->facts, id)->name = target ? node_at(reader->facts, target)->name : NULL;
    return end_compound(reader, id);
}

static NodeId read_try(Reader *reader, Span span)
{
    Node made = {.kind = STMT_TRY, .span = span};
    List handlers = {0};
    reader->last_end = 0;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax == SYNTAX_BLOCK)
            made.first = read_block(reader);
        else if (reader->syntax == SYNTAX_EXCEPT)
            list_add(reader, &handlers, read_handler(reader, reader->span));
        else if (reader->syntax == SYNTAX_ELSE)
            made.third = read_clause_block(reader);
        else if (reader->syntax == SYNTAX_FINALLY)
            made.fourth = read_clause_block(reader);
    }
    made.second = handlers.first;
    NodeId id = node_new(reader, STMT_TRY, span);
    *node_at(reader->facts, id) = made;
    return end_compound(reader, id);
}

/* --- with --- */

static NodeId read_with_value(Reader *reader, Span span)
{
    NodeId target = reader->syntax == SYNTAX_AS_PATTERN ? read_as_target(reader) : 0;
    reader_load(reader);
    return node_link(reader, WITH_ITEM, span, read_expression(reader), target);
}

/* `with (a, b as c):` may come as one item that is a tuple; Python reads it as two items. */
static void read_tuple_items(Reader *reader, List *items)
{
    for (bool more = reader_enter(reader); more; more = reader_next(reader))
        if (EXPRESSION_READERS[reader->syntax])
            list_add(reader, items, read_with_value(reader, reader->span));
}

static bool is_only_tuple(Reader *reader, bool only)
{
    return only && reader->syntax == SYNTAX_TUPLE && reader->span.end - reader->span.start > 2;
}

static void read_with_item(Reader *reader, List *items, bool only)
{
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        size_t parentheses = 0;
        Span span = reader->span;
        while (reader->syntax == SYNTAX_PARENTHESIZED && reader_enter(reader)) {
            while (!EXPRESSION_READERS[reader->syntax] && reader_next(reader))
                continue;
            parentheses++;
        }
        if (is_only_tuple(reader, only && !parentheses))
            read_tuple_items(reader, items);
        else if (EXPRESSION_READERS[reader->syntax])
            list_add(reader, items, read_with_value(reader, parentheses ? reader->span : span));
        for (; parentheses > 0; parentheses--)
            reader_leave(reader);
    }
}

static size_t count_items(Reader *reader)
{
    size_t count = 0;
    for (bool more = reader_enter(reader); more; more = reader_next(reader))
        count += reader->syntax == SYNTAX_WITH_ITEM;
    return count;
}

static NodeId read_with_items(Reader *reader)
{
    List items = {0};
    bool only = count_items(reader) == 1;
    for (bool more = reader_enter(reader); more; more = reader_next(reader))
        if (reader->syntax == SYNTAX_WITH_ITEM) read_with_item(reader, &items, only);
    return items.first;
}

static NodeId read_with(Reader *reader, Span span)
{
    NodeId items = 0, body = 0;
    uint16_t flags = 0;
    reader->last_end = 0;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax == SYNTAX_ASYNC)
            flags = FLAG_ASYNC;
        else if (reader->syntax == SYNTAX_WITH_CLAUSE)
            items = read_with_items(reader);
        else if (reader->syntax == SYNTAX_BLOCK)
            body = read_block(reader);
    }
    NodeId id = node_link(reader, STMT_WITH, span, items, body);
    node_at(reader->facts, id)->flags = flags;
    return end_compound(reader, id);
}

/* --- match --- */

static NodeId read_match(Reader *reader, Span span)
{
    List subjects = {0};
    NodeId cases = 0;
    bool comma = false;
    reader->last_end = 0;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax == SYNTAX_BLOCK)
            cases = read_block(reader);
        else if (reader->syntax == SYNTAX_COMMA)
            comma = true;
        else if (EXPRESSION_READERS[reader->syntax])
            list_add(reader, &subjects, read_expression(reader));
    }
    NodeId subject = subjects.first;
    if (comma && subject) {
        Span all = {node_at(reader->facts, subject)->span.start,
                    node_at(reader->facts, subjects.last)->span.end};
        subject = node_link(reader, EXPR_TUPLE, all, subject, 0);
    }
    return end_compound(reader, node_link(reader, STMT_MATCH, span, subject, cases));
}

const ReadNode STATEMENT_READERS[SYNTAX_COUNT] = {
    [SYNTAX_EXPRESSION_STATEMENT] = read_expression_statement,
    [SYNTAX_ASSIGNMENT] = read_assignment,
    [SYNTAX_AUGMENTED] = read_augmented,
    [SYNTAX_RETURN] = read_return,
    [SYNTAX_RAISE] = read_raise,
    [SYNTAX_ASSERT] = read_assert,
    [SYNTAX_DELETE] = read_delete,
    [SYNTAX_PRINT] = read_print,
    [SYNTAX_EXEC] = read_exec,
    [SYNTAX_IF] = read_if,
    [SYNTAX_WHILE] = read_while,
    [SYNTAX_FOR] = read_for,
    [SYNTAX_TRY] = read_try,
    [SYNTAX_WITH] = read_with,
    [SYNTAX_MATCH] = read_match,
    [SYNTAX_CASE] = read_case,
    [SYNTAX_IMPORT] = read_import,
    [SYNTAX_IMPORT_FROM] = read_import_from,
    [SYNTAX_IMPORT_FUTURE] = read_import_future,
    [SYNTAX_GLOBAL] = read_global,
    [SYNTAX_NONLOCAL] = read_nonlocal,
    [SYNTAX_FUNCTION] = read_function,
    [SYNTAX_CLASS] = read_class,
    [SYNTAX_DECORATED] = read_decorated,
    [SYNTAX_TYPE_ALIAS] = read_type_alias,
    [SYNTAX_PASS] = read_pass,
    [SYNTAX_BREAK] = read_break,
    [SYNTAX_CONTINUE] = read_continue,
};
