/* patterns.c - the cases of a match statement: what a pattern captures and which classes it names. */
#include "base/limits.h"
#include "python/read.h"

#include "base/banned.h"

typedef struct Pattern {
    List captured;
    List classes;
} Pattern;

static bool is_wildcard(const Reader *reader)
{
    return str_equal(str_part(reader->facts->text, reader->span.start, reader->span.end), STR("_"));
}

static void add_capture(Reader *reader, Pattern *pattern)
{
    if (is_wildcard(reader)) return;
    NodeId id = node_new(reader, EXPR_NAME, reader->span);
    node_at(reader->facts, id)->name = reader_name(reader, reader->span);
    list_add(reader, &pattern->captured, id);
}

/* A dotted name as attributes of its first part; the count says how many parts it has. */
static NodeId read_dotted(Reader *reader, size_t *parts)
{
    NodeId left = 0;
    *parts = 0;
    Span whole = reader->span;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax != SYNTAX_IDENTIFIER) continue;
        Span span = {whole.start, reader->span.end};
        Name name = reader_name(reader, reader->span);
        left = node_link(reader, left ? EXPR_ATTRIBUTE : EXPR_NAME, span, left, 0);
        node_at(reader->facts, left)->name = name;
        (*parts)++;
    }
    return left;
}

static bool is_single(const Reader *reader)
{
    return str_find_byte(str_part(reader->facts->text, reader->span.start, reader->span.end), '.') ==
           SIZE_MAX;
}

/* Takes what the node under the cursor contributes; true when the walk goes on below it. `owner` is the syntax of
 * its parent, `first` whether it is the first child. */
static bool take_pattern(Reader *reader, Pattern *pattern, Syntax owner, bool first)
{
    size_t parts;
    switch (reader->syntax) {
    case SYNTAX_DOTTED_NAME:
        if (owner == SYNTAX_CLASS_PATTERN && first)
            list_add(reader, &pattern->classes, read_dotted(reader, &parts));
        else if (is_single(reader))
            add_capture(reader, pattern);
        return false;
    case SYNTAX_IDENTIFIER:
        if (owner != SYNTAX_KEYWORD_PATTERN || !first) add_capture(reader, pattern);
        return false;
    case SYNTAX_STRING:
    case SYNTAX_CONCATENATED:
        return false;
    default:
        return true;
    }
}

/* A walk over the pattern without recursion, in the order of the text. */
static void walk_pattern(Reader *reader, Pattern *pattern)
{
    uint8_t owners[LIMIT_NESTING] = {SYNTAX_CASE};
    size_t height = 0;
    bool first = true;
    for (;;) {
        Syntax here = reader->syntax;
        if (take_pattern(reader, pattern, (Syntax)owners[height], first) && height + 1 < LIMIT_NESTING &&
            ts_tree_cursor_goto_first_child(reader->cursor)) {
            owners[++height] = (uint8_t)here;
            first = true;
            reader_load(reader);
            continue;
        }
        while (height > 0 && !ts_tree_cursor_goto_next_sibling(reader->cursor)) {
            reader_leave(reader);
            height--;
        }
        if (height == 0) return;
        first = false;
        reader_load(reader);
    }
}

NodeId read_case(Reader *reader, Span span)
{
    Pattern pattern = {0};
    NodeId guard = 0, body = 0;
    reader->last_end = 0;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (reader->syntax == SYNTAX_BLOCK)
            body = read_block(reader);
        else if (reader->syntax == SYNTAX_IF_CLAUSE)
            guard = read_items(reader);
        else if (reader->syntax == SYNTAX_CASE_PATTERN)
            walk_pattern(reader, &pattern);
    }
    NodeId id = node_link(reader, CASE, span, pattern.captured.first, guard);
    Node *node = node_at(reader->facts, id);
    node->third = body;
    node->fourth = pattern.classes.first;
    if (reader->last_end > span.start) node->span.end = reader->last_end;
    return id;
}
