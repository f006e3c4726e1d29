/* definitions.c - functions, classes, their parameters and decorators. */
#include "base/limits.h"
#include "python/slice.h"

#include "base/banned.h"

/* --- parameters --- */

static uint16_t star_flag(const Reader *reader, Span span)
{
    Str text = str_part(reader->facts->text, span.start, span.end);
    if (str_starts(text, STR("**"))) return FLAG_DOUBLE_STAR;
    return str_starts(text, STR("*")) ? FLAG_STAR : 0;
}

/* Name of a plain or starred parameter; a Python 2 tuple has none. */
static Name parameter_name(Reader *reader)
{
    if (reader->syntax == SYNTAX_IDENTIFIER) return reader_name(reader, reader->span);
    if (reader->syntax == SYNTAX_TUPLE) return NULL;
    Name name = NULL;
    for (bool more = reader_enter(reader); more; more = reader_next(reader))
        if (reader->syntax == SYNTAX_IDENTIFIER) name = reader_name(reader, reader->span);
    return name;
}

static bool is_name_part(Syntax syntax)
{
    return syntax == SYNTAX_IDENTIFIER || syntax == SYNTAX_TUPLE || syntax == SYNTAX_LIST_SPLAT ||
           syntax == SYNTAX_DICTIONARY_SPLAT;
}

static void read_parameter_parts(Reader *reader, Node *made)
{
    bool named = false;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (!named && is_name_part(reader->syntax)) {
            made->name = parameter_name(reader);
            named = true;
        } else if (reader->syntax == SYNTAX_TYPE) {
            made->first = read_expression(reader);
        } else if (EXPRESSION_READERS[reader->syntax]) {
            made->second = read_expression(reader);
        }
    }
}

static NodeId read_parameter(Reader *reader, uint16_t flags)
{
    Span span = reader->span;
    Node made = {.kind = PARAMETER, .flags = (uint16_t)(flags | star_flag(reader, span)), .span = span};
    if (is_name_part(reader->syntax))
        made.name = parameter_name(reader);
    else
        read_parameter_parts(reader, &made);
    NodeId id = node_new(reader, PARAMETER, span);
    *node_at(reader->facts, id) = made;
    return id;
}

static void mark_positional_only(Reader *reader, NodeId first)
{
    for (NodeId id = first; id; id = node_at(reader->facts, id)->next)
        node_at(reader->facts, id)->flags |= FLAG_POSITIONAL_ONLY;
}

static bool is_parameter(Syntax syntax)
{
    return is_name_part(syntax) || syntax == SYNTAX_TYPED_PARAMETER || syntax == SYNTAX_DEFAULT_PARAMETER ||
           syntax == SYNTAX_TYPED_DEFAULT_PARAMETER;
}

NodeId read_parameters(Reader *reader)
{
    List list = {0};
    uint16_t flags = 0;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax == SYNTAX_KEYWORD_SEPARATOR) {
            flags = FLAG_KEYWORD_ONLY;
        } else if (reader->syntax == SYNTAX_POSITIONAL_SEPARATOR) {
            mark_positional_only(reader, list.first);
        } else if (is_parameter(reader->syntax)) {
            bool star = star_flag(reader, reader->span) != 0;
            list_add(reader, &list, read_parameter(reader, star ? 0 : flags));
            if (star) flags = FLAG_KEYWORD_ONLY;
        }
    }
    return list.first;
}

/* --- functions --- */

typedef struct Function {
    Node node;
    bool has_name;
    bool read_body;
} Function;

static void read_function_body(Reader *reader, Node *node)
{
    bool outer_yield = reader->has_yield;
    reader->has_yield = false;
    node->second = read_block(reader);
    if (reader->has_yield) node->flags |= FLAG_GENERATOR;
    reader->has_yield = outer_yield;
}

static void read_function_part(Reader *reader, Function *function)
{
    Node *node = &function->node;
    if (reader->syntax == SYNTAX_ASYNC) {
        node->flags |= FLAG_ASYNC;
    } else if (reader->syntax == SYNTAX_BLOCK) {
        if (function->read_body) read_function_body(reader, node);
    } else if (reader_has_error(reader)) {
        facts_damage(reader->facts, reader->span, "syntax error");
    } else if (reader->syntax == SYNTAX_IDENTIFIER && !function->has_name) {
        node->name = reader_name(reader, reader->span);
        function->has_name = true;
    } else if (reader->syntax == SYNTAX_PARAMETERS) {
        node->first = read_parameters(reader);
    } else if (reader->syntax == SYNTAX_TYPE) {
        node->fourth = read_expression(reader);
    }
}

void read_function_parts(Reader *reader, Node *node)
{
    Function function = {.node = *node, .has_name = true, .read_body = true};
    for (bool more = reader_enter(reader); more; more = reader_next(reader))
        if (reader->syntax != SYNTAX_IDENTIFIER) read_function_part(reader, &function);
    *node = function.node;
}

/* Ties the node to its region: level, span, and whether the body is still to be read. */
static void place_function(Reader *reader, Node *node, uint32_t index)
{
    const Region *region = &reader->facts->outline->regions[index];
    node->level = index + 1;
    node->span.end = region->span.end;
    if (!facts_is_left_out(reader->facts, region)) return;
    node->flags |= FLAG_UNREAD;
    if (region->has_yield) node->flags |= FLAG_GENERATOR;
}

NodeId read_function(Reader *reader, Span span)
{
    uint32_t index = facts_region_at(reader->facts, span.start, REGION_FUNCTION);
    bool left_out =
        index != REGION_NONE && facts_is_left_out(reader->facts, &reader->facts->outline->regions[index]);
    Function function = {.node = {.kind = STMT_FUNCTION, .span = span}, .read_body = !left_out};
    reader->last_end = 0;
    for (bool more = reader_enter(reader); more; more = reader_next(reader))
        read_function_part(reader, &function);
    if (reader->last_end > span.start) function.node.span.end = reader->last_end;
    if (index != REGION_NONE) place_function(reader, &function.node, index);
    NodeId id = node_new(reader, STMT_FUNCTION, span);
    *node_at(reader->facts, id) = function.node;
    if (index != REGION_NONE) reader->facts->region_nodes[index] = id;
    return id;
}

/* --- classes --- */

static void read_class_header(Reader *reader, Node *node)
{
    bool has_name = false;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax == SYNTAX_BLOCK) continue;
        if (reader_has_error(reader))
            facts_damage(reader->facts, reader->span, "syntax error");
        else if (reader->syntax == SYNTAX_ARGUMENTS)
            node->first = read_arguments(reader);
        else if (reader->syntax == SYNTAX_IDENTIFIER && !has_name) {
            node->name = reader_name(reader, reader->span);
            has_name = true;
        }
    }
}

static NodeId new_class(Reader *reader, Span span)
{
    Node made = {.kind = STMT_CLASS, .span = span};
    read_class_header(reader, &made);
    NodeId id = node_new(reader, STMT_CLASS, span);
    *node_at(reader->facts, id) = made;
    return id;
}

static void read_members(Reader *reader, uint32_t owner)
{
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        slices_add_stubs(reader->facts, reader->span.start);
        facts_append(reader->facts, owner, read_statement(reader));
    }
}

/* A class of the outline is met once by each slice that holds members of it; its node is made the first time. */
static NodeId read_placed_class(Reader *reader, Span span, uint32_t index)
{
    Facts *facts = reader->facts;
    bool known = facts->region_nodes[index] != 0;
    if (!known) {
        NodeId id = new_class(reader, span);
        facts->region_nodes[index] = id;
        node_at(facts, id)->span.end = facts->outline->regions[index].span.end;
    }
    if (reader_enter_to(reader, SYNTAX_BLOCK)) {
        read_members(reader, index);
        reader_leave(reader);
    }
    return known ? 0 : facts->region_nodes[index];
}

NodeId read_class(Reader *reader, Span span)
{
    uint32_t index = facts_region_at(reader->facts, span.start, REGION_CLASS);
    if (index != REGION_NONE) return read_placed_class(reader, span, index);
    NodeId id = new_class(reader, span), members = 0;
    reader->last_end = 0;
    if (reader_enter_to(reader, SYNTAX_BLOCK)) {
        members = read_block(reader);
        reader_leave(reader);
    }
    Node *node = node_at(reader->facts, id);
    node->second = members;
    if (reader->last_end > span.start) node->span.end = reader->last_end;
    return id;
}

static NodeId read_decorator(Reader *reader)
{
    if (!reader_has_error(reader)) return read_items(reader);
    return read_damaged(reader, reader->span, "syntax error");
}

NodeId read_decorated(Reader *reader, Span span)
{
    List decorators = {0};
    NodeId definition = 0;
    (void)span;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax == SYNTAX_DECORATOR)
            list_add(reader, &decorators, read_decorator(reader));
        else if (STATEMENT_READERS[reader->syntax])
            definition = read_statement(reader);
    }
    if (definition) node_at(reader->facts, definition)->third = decorators.first;
    return definition;
}
