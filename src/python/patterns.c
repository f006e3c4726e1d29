/* patterns.c - the cases of a match statement: what a pattern captures and which classes it names. */
#include "base/limits.h"
#include "python/read.h"

#include "base/banned.h"

/* What stands around the node under the cursor. */
typedef struct Around {
    uint8_t syntax;
    bool whole;     /* of the pattern's parts, it is matched with the subject itself */
    NodeId class;   /* of the class pattern it is an argument of; or 0 */
    NodeId keyword; /* EXPR_ATTRIBUTE of that class; or 0 */
} Around;

typedef struct Pattern {
    List captured;
    List classes;
    Around around[LIMIT_NESTING];
    size_t height;
} Pattern;

static bool is_wildcard(const Reader *reader)
{
    return str_equal(str_part(reader->facts->text, reader->span.start, reader->span.end), STR("_"));
}

/* A name with attributes once more: every node has one place. */
static NodeId copied(Reader *reader, NodeId id)
{
    if (!id) return 0;
    Node node = *node_at(reader->facts, id);
    NodeId copy = node_link(reader, (NodeKind)node.kind, node.span, copied(reader, node.first), 0);
    node_at(reader->facts, copy)->name = node.name;
    return copy;
}

static void add_capture(Reader *reader, Pattern *pattern)
{
    if (is_wildcard(reader)) return;
    const Around *around = &pattern->around[pattern->height];
    NodeId id = node_link(reader, EXPR_NAME, reader->span, copied(reader, around->keyword), 0);
    node_at(reader->facts, id)->name = reader_name(reader, reader->span);
    if (around->whole) node_at(reader->facts, id)->flags |= FLAG_SUBJECT;
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

static void add_class(Reader *reader, Pattern *pattern)
{
    size_t parts;
    Around *around = &pattern->around[pattern->height];
    around->class = read_dotted(reader, &parts);
    if (around->whole) list_add(reader, &pattern->classes, around->class);
    around->whole = false;
    around->keyword = 0;
}

/* `name=` in a class pattern: an attribute of the class. */
static void add_keyword(Reader *reader, Pattern *pattern)
{
    Around *around = &pattern->around[pattern->height];
    if (!around->class) return;
    NodeId id = node_link(reader, EXPR_ATTRIBUTE, reader->span, copied(reader, around->class), 0);
    node_at(reader->facts, id)->name = reader_name(reader, reader->span);
    around->keyword = id;
}

/* Takes what the node under the cursor contributes; true when the walk goes on below it. `first`: it is the first
 * child. */
static bool take_pattern(Reader *reader, Pattern *pattern, bool first)
{
    Syntax owner = (Syntax)pattern->around[pattern->height].syntax;
    switch (reader->syntax) {
    case SYNTAX_DOTTED_NAME:
        if (owner == SYNTAX_CLASS_PATTERN && first)
            add_class(reader, pattern);
        else if (is_single(reader))
            add_capture(reader, pattern);
        return false;
    case SYNTAX_IDENTIFIER:
        if (owner == SYNTAX_KEYWORD_PATTERN && first)
            add_keyword(reader, pattern);
        else
            add_capture(reader, pattern);
        return false;
    case SYNTAX_STRING:
    case SYNTAX_CONCATENATED:
        return false;
    default:
        return true;
    }
}

/* What hands its subject on to its parts: alternatives, `… as name`, brackets. */
static bool is_transparent(Syntax syntax)
{
    return syntax == SYNTAX_CASE_PATTERN || syntax == SYNTAX_UNION_PATTERN || syntax == SYNTAX_AS_PATTERN ||
           syntax == SYNTAX_CLASS_PATTERN;
}

static void enter_part(Pattern *pattern, Syntax syntax)
{
    Around inner = pattern->around[pattern->height];
    bool same = is_transparent(syntax) || syntax == SYNTAX_KEYWORD_PATTERN;
    inner.syntax = (uint8_t)syntax;
    inner.whole = inner.whole && is_transparent(syntax);
    if (!same) inner.class = inner.keyword = 0;
    pattern->around[++pattern->height] = inner;
}

/* A walk over the pattern without recursion, in the order of the text. */
static void walk_pattern(Reader *reader, Pattern *pattern)
{
    bool first = true;
    pattern->height = 0;
    pattern->around[0] = (Around){SYNTAX_CASE, true, 0, 0};
    for (;;) {
        Syntax here = reader->syntax;
        if (take_pattern(reader, pattern, first) && pattern->height + 1 < LIMIT_NESTING &&
            ts_tree_cursor_goto_first_child(reader->cursor)) {
            enter_part(pattern, here);
            first = true;
            reader_load(reader);
            continue;
        }
        while (pattern->height > 0 && !ts_tree_cursor_goto_next_sibling(reader->cursor)) {
            reader_leave(reader);
            pattern->height--;
        }
        if (pattern->height == 0) return;
        first = false;
        reader_load(reader);
    }
}

NodeId read_case(Reader *reader, Span span)
{
    Pattern pattern;
    pattern.captured = pattern.classes = (List){0};
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
