#include "fixes/swap.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/banned.h"

/* --- rows --- */

bool swap_row(const Swap *swap, Str path, SwapForm form, size_t *from, SwapRow *row)
{
    const Catalogue *catalogue = swap->draft->unit->catalogue;
    while (catalogue_swap(catalogue, path, (*from)++, row))
        if (row->form == form && str_equal(row->library, swap->row.library)) return true;
    return false;
}

bool swap_member_row(const Swap *swap, Str path, SwapRow *row)
{
    const Catalogue *catalogue = swap->draft->unit->catalogue;
    for (size_t i = 0; catalogue_swap(catalogue, path, i, row); i++)
        if (row->form != SWAP_ARGUMENT && str_equal(row->library, swap->row.library)) return true;
    return false;
}

/* --- texts --- */

Str swap_filled(const Swap *swap, Str text, const char *hole, Str by)
{
    Str mark = str_from(hole);
    size_t at = str_find(text, mark);
    if (at == SIZE_MAX) return text;
    Str rest = swap_filled(swap, str_drop(text, at + mark.len), hole, by);
    return str_join(swap->draft->arena, str_part(text, 0, at), by, rest);
}

/* Where the dotted name that starts there ends. */
static size_t name_end(Str text, size_t at)
{
    while (at < text.len && (byte_is_word(text.ptr[at]) || text.ptr[at] == '.'))
        at++;
    return at;
}

Str swap_spelled(Swap *swap, Str text)
{
    size_t at = str_find(text, STR("$."));
    if (at == SIZE_MAX) return text;
    size_t end = name_end(text, at + 2);
    Str name = draft_name(swap->draft, swap->row.library, str_part(text, at + 2, end));
    Str rest = swap_spelled(swap, str_drop(text, end));
    return str_join(swap->draft->arena, str_part(text, 0, at), name, rest);
}

/* --- edits --- */

/* What is inserted at one place is one edit, in the order in which it comes. */
static bool joins(Draft *draft, uint32_t offset, Str text)
{
    for (size_t i = 0; i < draft->edits.count; i++) {
        DraftEdit *edit = &draft->edits.items[i];
        if (edit->unit != draft->unit || edit->span.start != offset || edit->span.end != offset) continue;
        edit->text = str_join(draft->arena, edit->text, text, STR(""));
        return true;
    }
    return false;
}

void swap_replace(Swap *swap, uint32_t start, uint32_t end, Str text)
{
    const Unit *unit = swap->draft->unit;
    Str old = str_part(unit->source.text, start, end);
    if (str_equal(old, text)) return;
    if (str_find_byte(old, '#') != SIZE_MAX && str_find_byte(old, '\n') != SIZE_MAX)
        draft_refuse(swap->draft, "a comment stands in what is replaced");
    if (start == end && str_find_byte(text, '\n') == SIZE_MAX && joins(swap->draft, start, text)) return;
    draft_replace(swap->draft, unit, (Span){start, end}, text);
}

void swap_await(Swap *swap, NodeId node)
{
    Around around;
    if (!draft_may_await(swap->draft, node, &around)) return;
    Span span = draft_node(swap->draft, node)->span;
    bool bracket = around_binds_tighter(&around);
    swap_replace(swap, span.start, span.start, bracket ? STR("(await ") : STR("await "));
    if (bracket) swap_replace(swap, span.end, span.end, STR(")"));
}

uint32_t swap_dot(const Swap *swap, const Node *attribute)
{
    Str text = swap->draft->unit->source.text;
    uint32_t at = attribute->span.end - (uint32_t)name_str(attribute->name).len;
    while (at > attribute->span.start && text.ptr[at] != '.')
        at--;
    return at;
}

/* --- what stands in the way --- */

void swap_advise(Swap *swap, const char *format, ...)
{
    if (swap_stopped(swap)) return;
    char text[300];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    draft_note(swap->draft, "%s", text);
    draft_display(swap->draft);
}

bool swap_stopped(const Swap *swap)
{
    return draft_is_refused(swap->draft) || swap->draft->applicability == APPLICABILITY_DISPLAY;
}

void swap_note(Swap *swap, Str note)
{
    Draft *draft = swap->draft;
    if (!note.len || str_find(draft->note, note) != SIZE_MAX || swap_stopped(swap)) return;
    draft->note = draft->note.len ? str_join(draft->arena, draft->note, STR("; "), note) : note;
}
