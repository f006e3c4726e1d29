#include "fixes/indent.h"

#include <string.h>

#include "base/banned.h"

uint32_t indent_line_start(const Unit *unit, uint32_t offset)
{
    return unit->lines.starts[lines_row1(&unit->lines, offset) - 1];
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\f';
}

static bool is_line_end(char byte)
{
    return byte == '\n' || byte == '\r';
}

/* --- one level --- */

Str indent_unit(const Draft *draft, const FunctionInfo *function)
{
    const Unit *unit = function->unit;
    const Node *node = unit_node(unit, function->node);
    Str outer = draft_indent(draft, unit, node->span.start);
    NodeId first = node->second;
    Str inner = first ? draft_indent(draft, unit, unit_node(unit, first)->span.start) : STR("");
    bool deeper = inner.len > outer.len && str_starts(inner, outer);
    return deeper ? str_drop(inner, outer.len) : STR("    ");
}

/* --- whole lines --- */

bool indent_is_alone(const Unit *unit, Span statements)
{
    Str text = unit->source.text;
    for (uint32_t at = indent_line_start(unit, statements.start); at < statements.start; at++)
        if (!is_blank(text.ptr[at])) return false;
    uint32_t at = statements.end;
    while (at < text.len && is_blank(text.ptr[at]))
        at++;
    return at >= text.len || is_line_end(text.ptr[at]) || text.ptr[at] == '#';
}

/* --- strings --- */

/* The quote that a string starts with: one byte, or three. */
static Str quote_at(Str text, uint32_t at)
{
    char byte = text.ptr[at];
    if (byte != '"' && byte != '\'') return STR("");
    bool three = at + 2 < text.len && text.ptr[at + 1] == byte && text.ptr[at + 2] == byte;
    return str_part(text, at, at + (three ? 3 : 1));
}

/* Past the string that starts with the quote. */
static uint32_t skip_string(Str text, uint32_t at, Str quote)
{
    for (at += (uint32_t)quote.len; at < text.len; at++) {
        if (text.ptr[at] == '\\')
            at++;
        else if (str_starts(str_drop(text, at), quote))
            return at + (uint32_t)quote.len;
        else if (quote.len == 1 && is_line_end(text.ptr[at]))
            return at;
    }
    return (uint32_t)text.len;
}

static uint32_t skip_comment(Str text, uint32_t at)
{
    while (at < text.len && !is_line_end(text.ptr[at]))
        at++;
    return at;
}

/* Past a string, a comment or one byte. */
static uint32_t next_token(Str text, uint32_t at)
{
    Str quote = quote_at(text, at);
    if (quote.len) return skip_string(text, at, quote);
    return text.ptr[at] == '#' ? skip_comment(text, at) : at + 1;
}

/* --- moving --- */

static bool is_empty_line(Str text, uint32_t at)
{
    while (at < text.len && is_blank(text.ptr[at]))
        at++;
    return at >= text.len || is_line_end(text.ptr[at]);
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

/* The header that a line gets before it and the line's own blanks are one edit. */
static void push(Draft *draft, const Unit *unit, uint32_t line, Str by)
{
    for (size_t i = 0; i < draft->edits.count; i++) {
        DraftEdit *edit = &draft->edits.items[i];
        if (edit->unit != unit || edit->span.start != line || edit->span.end != line) continue;
        edit->text = str_join(draft->arena, edit->text, by, STR(""));
        return;
    }
    draft_insert(draft, unit, line, by);
}

/* A line that starts where a token was skipped over stands in that string. */
void indent_lines(Draft *draft, const Unit *unit, Span statements, Str by)
{
    Str text = unit->source.text;
    uint32_t row1 = lines_row1(&unit->lines, statements.start),
             last = lines_row1(&unit->lines, statements.end);
    uint32_t at = indent_line_start(unit, statements.start);
    for (; row1 <= last && row1 <= unit->lines.count; row1++) {
        uint32_t line = unit->lines.starts[row1 - 1];
        while (at < line && at < text.len)
            at = next_token(text, at);
        if (at == line && !is_empty_line(text, line) && !is_replaced(draft, unit, line))
            push(draft, unit, line, by);
    }
}
