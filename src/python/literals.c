/* literals.c - string literals: contents, prefixes, implicit concatenation, replacement fields. */
#include <string.h>

#include "python/read.h"

#include "base/banned.h"

typedef struct Literal {
    Str contents;
    bool is_format; /* f"", t"" and Python 2's backquotes: the value is computed */
    bool is_bytes;
} Literal;

static Literal literal_of(Str text)
{
    Literal literal = {0};
    size_t start = 0;
    while (start < text.len && text.ptr[start] != '\'' && text.ptr[start] != '"' && text.ptr[start] != '`') {
        char letter = (char)(text.ptr[start++] | 0x20);
        literal.is_format |= letter == 'f' || letter == 't';
        literal.is_bytes |= letter == 'b';
    }
    if (start == text.len) return literal;
    char quote = text.ptr[start];
    literal.is_format |= quote == '`';
    size_t width = 1;
    if (text.len - start >= 6 && text.ptr[start + 1] == quote && text.ptr[start + 2] == quote) width = 3;
    if (text.len - start >= 2 * width) literal.contents = str_part(text, start + width, text.len - width);
    return literal;
}

static Literal literal_at(const Reader *reader, Span span)
{
    return literal_of(str_part(reader->facts->text, span.start, span.end));
}

static void read_field(Reader *reader, List *list);

static void read_fields(Reader *reader, List *list)
{
    for (bool more = reader_enter(reader); more; more = reader_next(reader))
        if (reader->syntax == SYNTAX_INTERPOLATION) read_field(reader, list);
}

/* `{total:=10}`: the grammar takes the fill character of the format for a walrus. */
static NodeId read_field_expression(Reader *reader)
{
    if (reader->syntax != SYNTAX_NAMED || !reader_enter(reader)) return read_expression(reader);
    NodeId id = read_expression(reader);
    reader_leave(reader);
    return id;
}

/* One replacement field: its expression, then those in its format. */
static void read_field(Reader *reader, List *list)
{
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (EXPRESSION_READERS[reader->syntax])
            list_add(reader, list, read_field_expression(reader));
        else if (reader->syntax == SYNTAX_FORMAT_SPECIFIER && reader->depth < 64) {
            reader->depth++;
            read_fields(reader, list);
            reader->depth--;
        }
    }
}

static NodeId new_plain(Reader *reader, Span span, Str contents, bool is_bytes)
{
    NodeId id = node_new(reader, EXPR_STRING, span);
    Node *node = node_at(reader->facts, id);
    if (contents.len <= NAME_BYTES_MOST) node->name = names_intern(reader->facts->names, contents);
    if (is_bytes) node->flags = FLAG_BYTES;
    return id;
}

NodeId read_string(Reader *reader, Span span)
{
    Literal literal = literal_at(reader, span);
    if (!literal.is_format) return new_plain(reader, span, literal.contents, literal.is_bytes);
    List list = {0};
    read_fields(reader, &list);
    return node_link(reader, EXPR_FORMAT, span, list.first, 0);
}

NodeId read_concatenated(Reader *reader, Span span)
{
    char joined[NAME_BYTES_MOST];
    size_t length = 0;
    bool is_format = false, is_bytes = false;
    List list = {0};
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax != SYNTAX_STRING) continue;
        Literal piece = literal_at(reader, reader->span);
        is_bytes |= piece.is_bytes;
        is_format |= piece.is_format;
        if (piece.is_format) read_fields(reader, &list);
        if (piece.contents.len && length + piece.contents.len <= sizeof joined)
            memcpy(joined + length, piece.contents.ptr, piece.contents.len);
        length += piece.contents.len;
    }
    if (is_format) return node_link(reader, EXPR_FORMAT, span, list.first, 0);
    return new_plain(reader, span, (Str){joined, length}, is_bytes);
}
