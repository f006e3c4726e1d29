#include "fixes/passage.h"

#include "base/buf.h"
#include "base/banned.h"

Str passage_text(const Unit *unit, Span span)
{
    return str_part(unit->source.text, span.start, span.end);
}

/* --- lines --- */

uint32_t passage_line_start(const Unit *unit, uint32_t offset)
{
    return unit->lines.starts[lines_row1(&unit->lines, offset) - 1];
}

uint32_t passage_line_end(const Unit *unit, uint32_t offset)
{
    Str line = lines_line(&unit->lines, lines_row1(&unit->lines, offset));
    return passage_line_start(unit, offset) + (uint32_t)line.len;
}

uint32_t passage_next_line(const Unit *unit, uint32_t offset)
{
    uint32_t row1 = lines_row1(&unit->lines, offset);
    return row1 < unit->lines.count ? unit->lines.starts[row1] : (uint32_t)unit->source.text.len;
}

bool passage_starts_line(const Unit *unit, uint32_t offset)
{
    return !str_trim(passage_text(unit, (Span){passage_line_start(unit, offset), offset})).len;
}

bool passage_owns_lines(const Unit *unit, Span span)
{
    Str behind = str_trim(passage_text(unit, (Span){span.end, passage_line_end(unit, span.end)}));
    return passage_starts_line(unit, span.start) && (!behind.len || behind.ptr[0] == '#');
}

/* --- comments --- */

Span passage_comment(const Unit *unit, Span span)
{
    const Outline *outline = facts_outline(unit->facts);
    uint32_t low = 0, high = outline->comment_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (outline->comments[middle].start < span.start)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < outline->comment_count && outline->comments[low].start < span.end;
    return found ? outline->comments[low] : (Span){0, 0};
}

bool passage_in_comment(const Unit *unit, uint32_t offset)
{
    const Outline *outline = facts_outline(unit->facts);
    uint32_t low = 0, high = outline->comment_count; /* the first that ends behind the offset */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (outline->comments[middle].end <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low < outline->comment_count && outline->comments[low].start <= offset;
}

bool passage_comment_between(const Unit *unit, Span outer, Span inner)
{
    return passage_comment(unit, (Span){outer.start, inner.start}).end ||
           passage_comment(unit, (Span){inner.end, outer.end}).end;
}

Span passage_trailing_comment(const Unit *unit, uint32_t offset)
{
    return passage_comment(unit, (Span){offset, passage_line_end(unit, offset)});
}

/* --- indentation --- */

/* Adjacent pieces are one literal: where none of them keeps its lines, the lines between them are free. */
static bool keeps_lines(Str literal)
{
    static const char *const signs[] = {"\"\"\"", "'''", "\\\n", "\\\r"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (str_find(literal, str_from(signs[i])) != SIZE_MAX) return true;
    return false;
}

bool passage_in_text(const Unit *unit, uint32_t offset)
{
    for (size_t id = 1; id < facts_node_count(unit->facts); id++) {
        const Node *node = unit_node(unit, (NodeId)id);
        bool literal = node->kind == EXPR_STRING || node->kind == EXPR_FORMAT;
        if (literal && node->span.start < offset && offset < node->span.end &&
            keeps_lines(unit_text(unit, (NodeId)id)))
            return true;
    }
    return false;
}

/* The line goes away in another edit. */
static bool is_replaced(const Draft *draft, const Unit *unit, uint32_t line)
{
    for (size_t i = 0; i < draft->edits.count; i++) {
        const DraftEdit *edit = &draft->edits.items[i];
        if (edit->unit == unit && edit->span.start < line && line < edit->span.end) return true;
    }
    return false;
}

/* A header that the line gets before it and the line's own blanks are one edit. */
static void push_line(Draft *draft, const Unit *unit, uint32_t line, Str by)
{
    for (size_t i = 0; i < draft->edits.count; i++) {
        DraftEdit *edit = &draft->edits.items[i];
        if (edit->unit != unit || edit->span.start != line || edit->span.end != line) continue;
        edit->text = str_join(draft->arena, edit->text, by, STR(""));
        return;
    }
    draft_insert(draft, unit, line, by);
}

void passage_push(Draft *draft, const Unit *unit, Span statements, Str by)
{
    uint32_t last = lines_row1(&unit->lines, statements.end);
    for (uint32_t row1 = lines_row1(&unit->lines, statements.start); row1 <= last; row1++) {
        uint32_t line = unit->lines.starts[row1 - 1];
        bool empty = !str_trim(lines_line(&unit->lines, row1)).len;
        if (!empty && !passage_in_text(unit, line) && !is_replaced(draft, unit, line))
            push_line(draft, unit, line, by);
    }
}

static void add_line(Buf *buf, Str line, Str from, Str to)
{
    if (str_starts(line, from) && str_trim(line).len) {
        buf_add(buf, to);
        line = str_drop(line, from.len);
    }
    buf_add(buf, line);
}

static Str kept(const Draft *draft, Buf *buf)
{
    Str text = str_copy(draft->arena, buf_str(buf));
    buf_free(buf);
    return text;
}

/* Line ends are written as "\n": they become the file's own again in draft_replace. */
Str passage_indented(const Draft *draft, const Unit *unit, Span span, Str from, Str to)
{
    Buf buf;
    buf_init(&buf);
    for (uint32_t at = span.start; at < span.end;) {
        uint32_t next = passage_next_line(unit, at), end = passage_line_end(unit, at);
        Str line = passage_text(unit, (Span){at, end < span.end ? end : span.end});
        if (at == span.start || passage_in_text(unit, at))
            buf_add(&buf, line);
        else
            add_line(&buf, line, from, to);
        if (next <= span.end && next > end) buf_add_byte(&buf, '\n');
        if (next <= at) break;
        at = next;
    }
    return kept(draft, &buf);
}

Str passage_joined(const Draft *draft, const Unit *unit, Span span)
{
    Buf buf;
    buf_init(&buf);
    for (uint32_t at = span.start; at < span.end;) {
        uint32_t next = passage_next_line(unit, at), end = passage_line_end(unit, at);
        Str line = str_trim(passage_text(unit, (Span){at, end < span.end ? end : span.end}));
        if (at != span.start && passage_in_text(unit, at)) buf_clear(&buf);
        if (at != span.start && !buf.len) break;
        if (at != span.start && line.len) buf_add_byte(&buf, ' ');
        buf_add(&buf, line);
        if (next <= at) break;
        at = next;
    }
    if (passage_comment(unit, span).end) buf_clear(&buf);
    return kept(draft, &buf);
}

Str passage_step(const Draft *draft, const FunctionInfo *function)
{
    if (!function) return STR("    ");
    const Node *node = unit_node(function->unit, function->node);
    const Node *body = unit_node(function->unit, node->second);
    Str outer = draft_indent(draft, function->unit, node->span.start);
    Str inner = draft_indent(draft, function->unit, body->span.start);
    bool deeper = inner.len > outer.len && str_starts(inner, outer);
    return deeper ? str_drop(inner, outer.len) : STR("    ");
}

/* --- brackets --- */

/* `(a, b)`, but not `(a), b`. */
static bool is_bracketed(Str text)
{
    return text.len > 1 && text.ptr[0] == '(' && text.ptr[text.len - 1] == ')' &&
           str_find_last(text, '(') == 0;
}

Str passage_target(const Draft *draft, const Unit *unit, NodeId target)
{
    Str text = unit_text(unit, target);
    bool open = unit_node(unit, target)->kind == EXPR_TUPLE && !is_bracketed(text);
    return open ? str_join(draft->arena, STR("("), text, STR(")")) : str_copy(draft->arena, text);
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r' || byte == '\\';
}

/* A bracket that only groups belongs to no node. */
Span passage_loop_head(const Unit *unit, NodeId loop)
{
    const Node *node = unit_node(unit, loop);
    Str text = unit->source.text;
    uint32_t start = node->span.start + (uint32_t)sizeof "for" - 1;
    uint32_t end = unit_node(unit, node->second)->span.end, at = end;
    while (start < end && is_blank(text.ptr[start]))
        start++;
    for (; at < text.len && (is_blank(text.ptr[at]) || text.ptr[at] == ')'); at++)
        if (text.ptr[at] == ')') end = at + 1;
    bool whole = at < text.len && text.ptr[at] == ':' && node->kind == STMT_FOR;
    return whole ? (Span){start, end} : (Span){0, 0};
}

Span passage_grouped(const Unit *unit, const Around *around)
{
    Span span = unit_node(unit, around->nodes[around->count - 1])->span;
    if (!around_binds_tighter(around)) return span;
    Str text = unit->source.text;
    uint32_t start = span.start, end = span.end;
    while (start && (text.ptr[start - 1] == ' ' || text.ptr[start - 1] == '\n'))
        start--;
    while (end < text.len && (text.ptr[end] == ' ' || text.ptr[end] == '\n'))
        end++;
    bool brackets = start && text.ptr[start - 1] == '(' && end < text.len && text.ptr[end] == ')';
    return brackets ? (Span){start - 1, end + 1} : span;
}
