#include "fixes/dotted.h"
#include "fixes/swap.h"
#include "base/banned.h"

static NodeId parent_of(const Swap *swap)
{
    return around_parent(&swap->around);
}

static Str before_hole(Str text)
{
    size_t at = str_find_byte(text, '@');
    return str_part(text, 0, at == SIZE_MAX ? text.len : at);
}

static Str behind_hole(Str text)
{
    size_t at = str_find_byte(text, '@');
    return at == SIZE_MAX ? STR("") : str_drop(text, at + 1);
}

/* The receiver is a call of its own class: `Path(p)` of `Path(p).read_text()`. */
static bool is_made_there(const Swap *swap, NodeId receiver)
{
    const Node *node = draft_node(swap->draft, receiver);
    size_t dot = str_find_last(swap->row.path, '.');
    if (node->kind != EXPR_CALL || dot == SIZE_MAX) return false;
    return str_equal(dotted_path(swap->draft, node->first), str_part(swap->row.path, 0, dot));
}

/* `p.read_text` becomes `anyio.Path(p).read_text`; brackets that are there are used. */
static void replace_method(Swap *swap, const Node *callee)
{
    Str text = swap_spelled(swap, swap->row.text);
    Str before = before_hole(text), behind = behind_hole(text);
    const Node *receiver = draft_node(swap->draft, callee->first);
    bool bracketed = receiver->span.start != callee->span.start;
    uint32_t end = swap_dot(swap, callee);
    if (!bracketed && is_made_there(swap, callee->first)) {
        Span name = draft_node(swap->draft, receiver->first)->span;
        swap_replace(swap, name.start, name.end, str_part(before, 0, before.len - 1));
    } else {
        Str head = bracketed ? str_part(before, 0, before.len - 1) : before;
        swap_replace(swap, callee->span.start, callee->span.start, head);
    }
    bool has_bracket = bracketed || is_made_there(swap, callee->first);
    swap_replace(swap, end, callee->span.end, has_bracket ? str_drop(behind, 1) : behind);
}

static void replace_callee(Swap *swap, const Node *callee)
{
    if (str_find_byte(swap->row.text, '@') == SIZE_MAX) {
        Str text = swap_spelled(swap, swap->row.text);
        if (swap->client.len) text = str_join(swap->draft->arena, swap->client, STR("."), text);
        swap_replace(swap, callee->span.start, callee->span.end, text);
    } else if (callee->kind == EXPR_ATTRIBUTE) {
        replace_method(swap, callee);
    } else {
        draft_refuse(swap->draft, "is called under another name");
    }
}

static bool is_entered(const Swap *swap)
{
    return draft_node(swap->draft, parent_of(swap))->kind == WITH_ITEM;
}

static bool awaits_root(const Swap *swap)
{
    if (swap->row.form == SWAP_MAKE) return false;
    return swap->row.form != SWAP_OPEN || !is_entered(swap);
}

/* An object that holds something open has to be closed by somebody: a `with`, or a name that is closed. */
static bool is_kept(const Swap *swap)
{
    SwapForm form = swap->row.form;
    if (form != SWAP_OPEN && form != SWAP_MAKE && form != SWAP_OPEN_AWAITED) return true;
    return is_entered(swap) || draft_node(swap->draft, parent_of(swap))->kind == STMT_ASSIGN;
}

/* The row may ask for it: what was left open ended with its object, and would not any more. */
static bool is_closed(const Swap *swap)
{
    if (is_entered(swap) || !str_equal(swap->row.value, STR("closed"))) return true;
    for (size_t i = 0; i < swap->uses.count; i++)
        if (str_ends(swap->uses.items[i].path, STR(".close"))) return true;
    return false;
}

void swap_root(Swap *swap)
{
    Draft *draft = swap->draft;
    if (!is_kept(swap)) {
        draft_refuse(draft, "what is opened there is not closed there");
        return;
    }
    swap_arguments(swap, swap->root, swap->row.path);
    swap_value(swap, swap->root, swap->row.gives);
    if (!swap_stopped(swap) && !is_closed(swap)) draft_refuse(draft, "is not closed in the function");
    if (awaits_root(swap)) swap_await(swap, swap->root);
    replace_callee(swap, draft_node(draft, draft_node(draft, swap->root)->first));
}
