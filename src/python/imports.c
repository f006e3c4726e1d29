/* imports.c - import statements. */
#include "python/read.h"

#include "base/banned.h"

static NodeId new_alias(Reader *reader, Span span, Name name, NodeId bound)
{
    NodeId id = node_link(reader, ALIAS, span, bound, 0);
    node_at(reader->facts, id)->name = name;
    return id;
}

static NodeId read_aliased(Reader *reader)
{
    Span span = reader->span;
    Name name = NULL;
    NodeId bound = 0;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax == SYNTAX_DOTTED_NAME)
            name = reader_dotted_name(reader, reader->span);
        else if (reader->syntax == SYNTAX_IDENTIFIER)
            bound = read_expression(reader);
    }
    return new_alias(reader, span, name, bound);
}

static NodeId read_alias(Reader *reader)
{
    if (reader->syntax == SYNTAX_ALIASED_IMPORT) return read_aliased(reader);
    if (reader->syntax == SYNTAX_WILDCARD)
        return new_alias(reader, reader->span, reader_name(reader, reader->span), 0);
    if (reader->syntax != SYNTAX_DOTTED_NAME) return 0;
    Span span = reader->span;
    return new_alias(reader, span, reader_dotted_name(reader, span), 0);
}

NodeId read_import(Reader *reader, Span span)
{
    List list = {0};
    for (bool more = reader_enter(reader); more; more = reader_next(reader))
        list_add(reader, &list, read_alias(reader));
    return node_link(reader, STMT_IMPORT, span, list.first, 0);
}

static uint32_t count_dots(const Reader *reader)
{
    uint32_t dots = 0;
    for (uint32_t i = reader->span.start; i < reader->span.end; i++)
        dots += reader->facts->text.ptr[i] == '.';
    return dots;
}

static void read_relative(Reader *reader, Node *made)
{
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax == SYNTAX_IMPORT_PREFIX)
            made->level = count_dots(reader);
        else if (reader->syntax == SYNTAX_DOTTED_NAME)
            made->name = reader_dotted_name(reader, reader->span);
    }
}

NodeId read_import_from(Reader *reader, Span span)
{
    Node made = {.kind = STMT_IMPORT_FROM, .span = span, .name = reader_name(reader, (Span){0, 0})};
    List list = {0};
    bool has_module = false;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax == SYNTAX_RELATIVE)
            read_relative(reader, &made);
        else if (reader->syntax == SYNTAX_DOTTED_NAME && !has_module)
            made.name = reader_dotted_name(reader, reader->span);
        else {
            list_add(reader, &list, read_alias(reader));
            continue;
        }
        has_module = true;
    }
    made.first = list.first;
    NodeId id = node_new(reader, STMT_IMPORT_FROM, span);
    *node_at(reader->facts, id) = made;
    return id;
}

NodeId read_import_future(Reader *reader, Span span)
{
    NodeId id = read_import(reader, span);
    Node *node = node_at(reader->facts, id);
    node->kind = STMT_IMPORT_FROM;
    node->name = names_intern(reader->facts->names, STR("__future__"));
    return id;
}
