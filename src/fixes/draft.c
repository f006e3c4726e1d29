#include "fixes/draft.h"

#include "fixes/held_lock.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/banned.h"

/* --- edits --- */

/* The text with the line ends of the unit's file. */
static Str with_line_ends(Draft *draft, const Unit *unit, Str text)
{
    size_t newline = str_find_byte(unit->source.text, '\n');
    bool crlf = newline != SIZE_MAX && newline && unit->source.text.ptr[newline - 1] == '\r';
    if (!crlf || str_find_byte(text, '\n') == SIZE_MAX) return str_copy(draft->arena, text);
    Buf buf;
    buf_init(&buf);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n' && (!i || text.ptr[i - 1] != '\r')) buf_add_byte(&buf, '\r');
        buf_add_byte(&buf, text.ptr[i]);
    }
    Str kept = str_copy(draft->arena, buf_str(&buf));
    buf_free(&buf);
    return kept;
}

static bool is_there(const Draft *draft, const DraftEdit *edit)
{
    for (size_t i = 0; i < draft->edits.count; i++) {
        const DraftEdit *known = &draft->edits.items[i];
        if (known->unit == edit->unit && known->span.start == edit->span.start &&
            known->span.end == edit->span.end && str_equal(known->text, edit->text))
            return true;
    }
    return false;
}

void draft_replace(Draft *draft, const Unit *unit, Span span, Str text)
{
    DraftEdit edit = {unit, span, with_line_ends(draft, unit, text)};
    if (!is_there(draft, &edit)) vec_add(&draft->edits, edit);
}

void draft_insert(Draft *draft, const Unit *unit, uint32_t offset, Str text)
{
    draft_replace(draft, unit, (Span){offset, offset}, text);
}

void draft_claim(Draft *draft, const Unit *unit, Span span)
{
    vec_add(&draft->claims, ((DraftClaim){unit, span}));
}

void draft_package(Draft *draft, Str package)
{
    for (size_t i = 0; i < draft->packages.count; i++)
        if (str_equal(draft->packages.items[i], package)) return;
    if (package.len) vec_add(&draft->packages, str_copy(draft->arena, package));
}

/* --- what the fix is --- */

static Str formatted(Arena *arena, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0) BUG("a text that cannot be formatted");
    char *text = arena_array(arena, (size_t)length + 1, 1);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    return (Str){text, (size_t)length};
}

void draft_title(Draft *draft, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    draft->title = formatted(draft->arena, format, arguments);
    va_end(arguments);
}

void draft_note(Draft *draft, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    draft->note = formatted(draft->arena, format, arguments);
    va_end(arguments);
}

Str draft_format(const Draft *draft, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    Str text = formatted(draft->arena, format, arguments);
    va_end(arguments);
    return text;
}

void draft_at_most(Draft *draft, Applicability most)
{
    if (draft->applicability > most) draft->applicability = most;
}

void draft_refuse(Draft *draft, const char *format, ...)
{
    if (draft_is_refused(draft)) return;
    va_list arguments;
    va_start(arguments, format);
    draft->refusal = formatted(draft->arena, format, arguments);
    va_end(arguments);
}

void draft_display(Draft *draft)
{
    draft_at_most(draft, APPLICABILITY_DISPLAY);
    draft->edits.count = draft->claims.count = 0;
}

bool draft_is_refused(const Draft *draft)
{
    return draft->refusal.len > 0;
}

/* --- reading --- */

const Node *draft_node(const Draft *draft, NodeId node)
{
    return unit_node(draft->unit, node);
}

Str draft_text(const Draft *draft, NodeId node)
{
    return unit_text(draft->unit, node);
}

const FunctionInfo *draft_function(const Draft *draft)
{
    uint32_t function = draft->subject->function;
    return function == ID_NONE ? NULL : program_function(draft->program, function);
}

Str draft_indent(const Draft *draft, const Unit *unit, uint32_t offset)
{
    Str line = lines_line(&unit->lines, lines_row1(&unit->lines, offset));
    size_t end = 0;
    while (end < line.len && (line.ptr[end] == ' ' || line.ptr[end] == '\t'))
        end++;
    return str_copy(draft->arena, str_part(line, 0, end));
}

/* --- awaiting --- */

bool draft_may_await(Draft *draft, NodeId node, Around *around)
{
    const FunctionInfo *function = draft_function(draft);
    bool found = around_find(draft->unit, function ? function->node : 0, node, around);
    const char *reason = found ? around_forbids_await(around) : "its place in the function was not found";
    if (!reason && function && lock_is_held(draft->program, draft->subject->function, around))
        reason = "a lock of threads is held there";
    if (reason) draft_refuse(draft, "%s", reason);
    return !reason;
}
